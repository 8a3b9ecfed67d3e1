# SPDX-License-Identifier: GPL-3.0-or-later
"""Marbled paper."""
import numpy as np

from ground import frame
from noise import clouds, mixed, rgb, sample, step


def marbling(rng, size):
    """Marbled paper: drops of colour on a bath, drawn out with stylus and comb, and lifted off: the mapping of Lu, Jaffer, Jin, Zhao and Mao
    (Mathematical Marbling, 2012)."""
    width, height, u = frame(size, 1.0)
    shape, finer = (height, width), 2
    bottom = height / width
    stirs = [(rng.uniform(0, 1), rng.uniform(0, bottom), rng.choice([-1, 1]) * rng.uniform(1.6, 3.4), rng.uniform(0.03, 0.06)) for _ in range(9)]
    palette = [rgb(c) for c in ("#1d3557", "#b5272d", "#e9b44c", "#f3ead6", "#2a7f7a", "#f3ead6", "#d9653b", "#14213d", "#8fb8b0")]
    drops = [(rng.uniform(-0.15, 1.15), rng.uniform(-0.15, bottom + 0.15), rng.uniform(0.02, 0.085),
        palette[rng.integers(len(palette))]) for _ in range(230)]

    def pulled(along, across, teeth, reach, sharp, offset, to_and_fro):
        """What a comb drawn along does to the places `along`: a tooth pulls what is near it most."""
        t = (across + offset + 0.004 * np.sin(17 * along)) * teeth
        tooth = np.round(t)
        pull = reach * sharp / (np.abs(t - tooth) / teeth + sharp)
        return along - (pull * (1 - 2 * (tooth % 2)) if to_and_fro else pull)

    def bath(x, y):
        """The colours that came to the places x, y of the paper: back through the tools, the last first, to the drops."""
        for cx, cy, turn, radius in stirs:
            dx, dy = x - cx, y - cy
            a = turn * np.exp(np.hypot(dx, dy) / -radius)
            x, y = cx + dx * np.cos(a) - dy * np.sin(a), cy + dx * np.sin(a) + dy * np.cos(a)
        x = x + 0.012 * np.sin(2 * np.pi * 3.1 * y + 1)
        y = pulled(y, x, 27, 0.085, 0.004, 0.011, False)
        x = pulled(x, y, 13, 0.13, 0.009, 0.02, True)
        y = pulled(y, x, 7, 0.16, 0.02, 0.05, True)
        colours = np.tile(rgb("#23374d"), x.shape + (1,))
        rim = np.zeros_like(x)
        open_ = np.ones(x.shape, dtype=bool)
        for cx, cy, r, colour in drops[::-1]:  # every drop pushed aside what was there
            dx, dy = x - cx, y - cy
            d2 = dx * dx + dy * dy
            inside = open_ & (d2 < r * r)
            colours[inside] = colour
            rim[inside] = np.sqrt(d2[inside]) / r
            open_ &= ~inside
            scale = np.sqrt(np.maximum(1 - r * r / np.maximum(d2, r * r), 0))
            x, y = cx + dx * scale, cy + dy * scale
        return np.clip(colours * (1 - 0.16 * step(0.8, 1, rim) + 0.05 * step(0.6, 0.1, rim))[..., None], 0, 1)

    wobble = [0.0025 * clouds(rng, shape, 500 * u, 1.5, 30 * u) for _ in range(2)]
    picture = np.empty(shape + (3,), dtype=np.float32)
    for row in range(height):  # row by row, which stays in the processor's cache
        y, x = np.mgrid[row * finer : (row + 1) * finer, 0 : width * finer].astype(np.float32) / finer
        dx, dy = (sample(w, x, y) for w in wobble)
        picture[row] = bath(x / width + dx, y / width + dy).reshape(1, finer, width, finer, 3).mean(axis=(1, 3))[0]
    film = clouds(rng, shape, 200 * u, 1.2, 20 * u)
    grain = clouds(rng, shape, 4 * u, 0.3, 1.1 * u)
    pale = np.clip(0.1 + 0.05 * film + 0.05 * grain, 0, 1)  # paint lies thinly on the fibres
    specks = step(2.35, 2.9, clouds(rng, shape, 3.5 * u, 0.3, 1.3 * u))
    picture = mixed(picture, rgb("#f1e7d2"), np.clip(pale + 0.5 * specks, 0, 1))
    return np.clip(picture * (1 + 0.025 * grain)[..., None], 0, 1)
