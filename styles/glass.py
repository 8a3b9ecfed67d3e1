# SPDX-License-Identifier: GPL-3.0-or-later
"""Stained glass."""
import numpy as np

from brush import Canvas
from ground import frame
from line import Sheet
from noise import blur, clouds, luma, mixed, rgb, sample, step, streaks


def glass(rng, size):
    """Stained glass: pieces of streaky glass between cames of lead, the sky behind."""
    width, height, u = frame(size, 1.0, 1.3)
    shape = (height, width)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / width
    bottom = height / width
    wobble = 0.006 * clouds(rng, shape, 240 * u, 1.5, 60 * u)
    x, y = x + wobble, y + 0.006 * clouds(rng, shape, 240 * u, 1.5, 60 * u)
    label = np.zeros(shape, dtype=np.int64)
    colour = np.zeros(shape + (3,), dtype=np.float32)

    def pieces(mask, number, palette):
        """Fills `mask` with pieces numbered by the picture `number`, coloured from the palette by chance."""
        nonlocal label
        chosen = (number * 7919 + 13) % 104729
        table = np.random.default_rng(int(rng.integers(1 << 30)))
        shades = np.stack([rgb(c) for c in palette])
        pick = table.integers(len(palette), size=4096)
        vary = 1 + 0.1 * table.standard_normal((4096, 1))
        base = int(label.max()) + 1
        label = np.where(mask, number - number.min() + base, label)
        colour[mask] = (shades[pick[chosen % 4096]] * vary[chosen % 4096])[mask]

    sx, sy = 0.63, 0.24
    d, a = np.hypot(x - sx, y - sy), np.arctan2(y - sy, x - sx)
    ring = np.searchsorted([0.075, 0.15, 0.24, 0.35, 0.48, 0.63, 0.8], d)
    wedges = np.array([1, 9, 14, 18, 22, 26, 30, 34])[ring]
    part = np.floor(a / (2 * np.pi) * wedges + 0.37 * ring + 0.25 * np.sin(9 * d)).astype(np.int64)
    sky = ring * 1000 + part + 100
    everywhere = np.ones(shape, dtype=bool)
    pieces(everywhere, sky, ["#3f7fc4", "#5fa6d9", "#8cc6e0", "#2c5fa8", "#6f86d0", "#a9d3dc", "#4a8fd0"])
    pieces(ring <= 1, sky, ["#ffd24a", "#ffb62e", "#ffe27a"])
    pieces(ring == 2, sky, ["#ff9a3a", "#ffc05a", "#f47f4a"])
    pieces(ring == 3, sky, ["#f3a5a0", "#f7c58a", "#e58ab0"])
    # Hills and water: bands that swing, cut across into pieces.
    bands = [(0.44, 0.05, 5, 0.3, ["#6a4fa0", "#8a6fc0", "#4f3f90"]), (0.50, 0.045, 6, 2.2, ["#2f8f6a", "#5fb27a", "#1f6f5f"]),
        (0.565, 0.03, 7, 4.4, ["#9cc24a", "#c9d65a", "#6fa53a"]), (0.62, 0.02, 9, 1.2, ["#1f7fa8", "#2fa3c0", "#155f90"]), (0.675, 0.018, 11, 3.0,
        ["#2456a0", "#3a86c8", "#1a3f86"]), (0.735, 0.016, 8, 5.0, ["#1b8f9c", "#57c0bd", "#126a80"])]
    for i, (top, swell, often, phase, palette) in enumerate(bands):
        line = top + swell * np.sin(often * x + phase) + 0.4 * swell * np.sin(2.3 * often * x - phase)
        cut = np.floor((x + 0.35 * (y - line) * np.sin(3 * i + 1) + 0.02 * np.sin(25 * y)) * (7 + 1.3 * i) + 0.41 * i).astype(np.int64)
        half = ((y - line) > 0.055 + 0.012 * np.sin(13 * x + i)).astype(np.int64)
        pieces(y > line, 100000 * (i + 1) + cut * 4 + half, palette)
    # Irises before it.
    for k, (fx, fy, r) in enumerate([(0.14, 0.30, 0.10), (0.33, 0.47, 0.085), (0.88, 0.58, 0.1), (0.53, 0.62, 0.07), (0.04, 0.56, 0.065)]):
        stem = np.abs(x - fx - 0.05 * np.sin(4 * (y - fy)) * (1 if k % 2 else -1)) < 0.0075
        pieces(stem & (y > fy), 2000000 + 50 * k + np.floor(y * 6).astype(np.int64), ["#2f8a3f", "#4fa04a", "#1f6a3a"])
        for sense in (-1, 1):  # leaves
            t = np.clip((bottom + 0.02 - y) / (bottom - fy - 0.08), 0, 1.001)
            middle = fx + sense * (0.02 + 0.13 * t**1.6)
            inside = (np.abs(x - middle) < 0.026 * np.maximum(1 - t, 0) ** 0.6) & (y > fy + 0.1)
            pieces(inside, 2100000 + 500 * k + 50 * (sense + 1) + np.floor(y * 5).astype(np.int64), ["#3f9a4a", "#7fbf5a", "#1f7a4f"])
        dx, dy = x - fx, y - fy
        da, dd = np.arctan2(dy, dx), np.hypot(dx, dy)
        petals = 6
        lobe = r * (0.55 + 0.45 * np.abs(np.cos(da * petals / 2 + k)) ** 0.7)
        number = np.floor((da + 2 * k / petals + np.pi) / (2 * np.pi) * petals).astype(np.int64)
        outer = (dd > 0.55 * lobe).astype(np.int64)
        pieces(dd < lobe, 2200000 + 500 * k + number * 2 + outer, [["#7a3fb0", "#a05fd0", "#c78ae0"], ["#c8327a", "#e86aa0", "#f4a0c0"], ["#4a4fc0",
            "#7a86e0", "#a6b4f0"]][k % 3])
        pieces(dd < 0.2 * r, 2300000 + k + 0 * number, ["#ffd040", "#ffb020"])
    # Where labels differ runs the lead.
    change = np.zeros(shape, dtype=np.float32)
    change[:, 1:] = label[:, 1:] != label[:, :-1]
    change[1:] = np.maximum(change[1:], label[1:] != label[:-1])
    wide = 4.2 * u * (1 + 0.12 * clouds(rng, shape, 80 * u))
    near = blur(change, 1.8 * u)
    lead = step(0.02, 0.09, blur(change, wide.mean() * 0.62) * (1 + 0.15 * clouds(rng, shape, 60 * u)))
    # The glass: streaks drawn out when it was hot, its own way in every piece, seeds, and waves that bend the light behind.
    turned = streaks(rng, (2048, 2048), 120 * u, 6 * u)
    angle = ((label * 2654435761) % 997) / 997 * np.pi
    gx, gy = np.mgrid[0:height, 0:width][1].astype(np.float32), np.mgrid[0:height, 0:width][0].astype(np.float32)
    su = (gx * np.cos(angle) + gy * np.sin(angle) + (label * 131) % 2000) % 2046
    sv = (-gx * np.sin(angle) + gy * np.cos(angle) + (label * 57) % 2000) % 2046
    streak = sample(turned, su, sv)
    ripple = clouds(rng, shape, 40 * u, 1.3, 7 * u)
    behind = 1 + 0.14 * sample(clouds(rng, shape, 300 * u, 1.2, 12 * u), gx + 9 * u * ripple, gy + 9 * u * np.roll(ripple, 99, axis=0))
    seeds = Sheet(width, height)
    for _ in range(1300):
        cx, cy, r = rng.uniform(0, width), rng.uniform(0, height), u * (0.8 + 1.8 * rng.random() ** 3)
        t = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        seeds.polygon(np.stack([cx + r * np.cos(t), cy + r * rng.uniform(1, 2.4) * np.sin(t)], axis=1), int(rng.uniform(60, 200)))
    bubble = seeds.coverage()
    thick = 1 + 0.3 * streak + 0.05 * ripple + 0.25 * blur(change, 14 * u) * 8
    lit = np.clip(colour, 0.02, 1) ** np.clip(thick, 0.35, 2.2)[..., None] * behind[..., None]
    gyr, gxr = np.gradient(ripple)
    lit = lit * (1 + 0.4 * u * (gxr + gyr))[..., None] + 0.14 * (blur(bubble, 0.6 * u) - np.roll(bubble, (1, 1), (0, 1)) * 0.7)[..., None]
    grime = step(0.03, 0.0, near) * 0.25 + 0.75
    lit = lit * grime[..., None]
    halo = blur(lit * (luma(lit) > 0.55)[..., None], 10 * u)
    lit = lit + 0.18 * halo
    came = Canvas(rgb("#22242a") * (1 + 0.12 * clouds(rng, shape, 8 * u, 0.6, 1.2 * u))[..., None],
        blur(lead, 1.6 * u) * 4 * u + 0.25 * u * clouds(rng, shape, 5 * u))
    return np.clip(mixed(lit, came.lit(0.8 / u, 0.35) + 0.12 * halo, lead), 0, 1)
