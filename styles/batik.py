# SPDX-License-Identifier: GPL-3.0-or-later
"""Wax and dye on cotton."""
import numpy as np

from flow import Flow, scattered, swirls, traced
from ground import frame, weave
from line import Sheet
from noise import blur, clouds, rgb, sample, step


def batik(rng, size):
    """Batik: cotton dyed bath after bath, with what was drawn in wax left out, and the dye that crept in where the wax broke."""
    width, height, u = frame(size, 1.0)
    shape = (height, width)
    gy, gx = np.mgrid[0:height, 0:width].astype(np.float32)
    sheets = {name: Sheet(width, height) for name in ("white", "ochre", "red")}

    def trail(name, path, widths):
        """A line of wax from the spout: it wavers, and blots where it stops."""
        path = path + np.cumsum(rng.normal(0, 0.14 * u, path.shape), axis=0)
        widths = np.asarray(widths) * (1 + 0.1 * np.sin(np.linspace(0, rng.uniform(6, 20), len(path)) + rng.uniform(0, 6)))
        sheets[name].line(path, np.maximum(widths, 0.9 * u))

    def dot(name, x, y, r):
        t = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        ring = r * (1 + 0.14 * np.sin(t + rng.uniform(0, 6)) + 0.08 * np.sin(3 * t + rng.uniform(0, 6)))
        sheets[name].polygon(np.stack([x + ring * np.cos(t), y + ring * np.sin(t)], axis=1))

    def cleared(outline):
        for sheet in sheets.values():
            sheet.polygon(outline, 0)

    def leaf(x, y, angle, length, wide, name):
        t = np.linspace(0, 1, 40)
        bend = rng.normal(0, 0.25)
        body = wide / 2 * np.sin(np.pi * t**0.8) ** 0.9
        place = lambda along, across: np.stack([x + along * np.cos(angle + bend * along / length) - across * np.sin(angle),
            y + along * np.sin(angle + bend * along / length) + across * np.cos(angle)], axis=1)
        cleared(np.concatenate([place(t * length, body * 1.1), place(t * length, -body * 1.1)[::-1]]))
        sheets[name].polygon(np.concatenate([place(t * length, body * 0.8), place(t * length, -body * 0.8)[::-1]]))
        for sense in (1, -1):
            trail("white", place(t * length, sense * body), 3.2 * u * np.ones(40))
        trail("white", place(t * length * 0.9, 0 * t), np.linspace(3.5, 1.5, 40) * u)
        for k in np.linspace(0.12, 0.8, int(length / (17 * u))):
            for sense in (1, -1):
                v = np.linspace(0, 1, 9)
                reach = wide / 2 * np.sin(np.pi * min(k + 0.1, 1) ** 0.8) * 0.72
                trail("white", place((k + 0.12 * v) * length, sense * v * reach), np.linspace(2.2, 1.1, 9) * u)

    def flower(x, y, r):
        petals, turn = int(rng.integers(6, 10)), rng.uniform(0, 6)
        t = np.linspace(0, 2 * np.pi, 90)
        cleared(np.stack([x + r * 1.2 * np.cos(t) * (1 + 0.02 * np.sin(5 * t)), y + r * 1.2 * np.sin(t)], axis=1))
        for shell, name in [(1.0, "red"), (0.62, "ochre")]:
            for k in range(petals):
                a = turn + 2 * np.pi * (k + (0.5 if shell < 1 else 0)) / petals
                t = np.linspace(0, 1, 30)
                body = r * shell * 0.36 * np.sin(np.pi * t**1.35) ** 0.8
                along = t * r * shell
                one = np.stack([x + along * np.cos(a) - body * np.sin(a), y + along * np.sin(a) + body * np.cos(a)], axis=1)
                two = np.stack([x + along * np.cos(a) + body * np.sin(a), y + along * np.sin(a) - body * np.cos(a)], axis=1)
                sheets[name].polygon(np.concatenate([one, two[::-1]]))
                trail("white", one, 2.6 * u * np.ones(30))
                trail("white", two, 2.6 * u * np.ones(30))
                for f in (-0.5, 0, 0.5):
                    trail("white", np.stack([x + along[8:25] * np.cos(a + 0.3 * f), y + along[8:25] * np.sin(a + 0.3 * f)], axis=1),
                        np.linspace(0.9, 1.5, 17) * u)
        for k in range(26):
            q = r * 0.2 * np.sqrt((k + 0.5) / 26)
            dot("white", x + q * np.cos(2.4 * k), y + q * np.sin(2.4 * k), rng.uniform(1.4, 2.4) * u)
        for k in range(int(petals * 4)):
            a = turn + 2 * np.pi * k / (petals * 4)
            dot("ochre" if k % 2 else "white", x + 1.13 * r * np.cos(a), y + 1.13 * r * np.sin(a), rng.uniform(2.2, 3.8) * u)

    # Stems that wind over the cloth, with leaves and flowers on them, then dots wherever room is left.
    flow = Flow(*[f(2 * swirls(rng, shape, 500 * u, 1.3, 0.7)) for f in (np.cos, np.sin)])
    xs, ys = scattered(rng, width, height, 170 * u)
    for path in traced(flow, xs, ys, 420 * u, 8 * u):
        trail("white", path, np.linspace(6, 2, len(path)) * u)
        for k in range(8, len(path) - 2, 13):
            a = np.arctan2(*(path[k + 1] - path[k - 1])[::-1])
            for sense in (-1, 1):
                if rng.random() < 0.7:
                    leaf(*path[k], a + sense * rng.uniform(0.5, 1.0), rng.uniform(80, 150) * u, rng.uniform(34, 60) * u, rng.choice(["ochre", "red"]))
    xs, ys = scattered(rng, width, height, 285 * u)
    for x, y in zip(xs, ys):
        flower(x, y, rng.uniform(85, 150) * u)
    drawn = np.maximum.reduce([s.coverage() for s in sheets.values()])
    taken = blur(drawn, 5 * u)
    # An echo of the outlines, drawn once about everything.
    around = blur(np.clip(blur(drawn, 3 * u) * 3, 0, 1), 9 * u)
    around = around + 0.03 * clouds(rng, shape, 60 * u, 1, 8 * u)
    echo = np.exp(-(((around - 0.13) / (0.03 + 0.008 * clouds(rng, shape, 40 * u))) ** 2))
    taken = np.maximum(taken, around)
    xs, ys = scattered(rng, width, height, 15 * u)
    for x, y in zip(xs, ys):
        if 0 <= x < width and 0 <= y < height and taken[int(y), int(x)] < 0.07:
            dot("white", x, y, rng.uniform(1.3, 3.2) * u)
    creep = [1.2 * u * clouds(rng, shape, 14 * u, 1, 1.5 * u) for _ in range(2)]
    wax = {name: blur(sample(s.coverage(), gx + creep[0], gy + creep[1]), 0.7 * u) for name, s in sheets.items()}
    # Cracks run across the cloth in families, wander, and end.
    cracks = np.zeros(shape, dtype=np.float32)
    for degrees, apart in [(20, 190), (75, 150), (125, 170), (160, 120), (48, 95), (100, 80)]:
        a = np.deg2rad(degrees + rng.normal(0, 6))
        field = (gx * np.cos(a) + gy * np.sin(a)) / (apart * u) + 0.5 * clouds(rng, shape, 260 * u, 1.4, 60 * u) + 0.06 * clouds(rng, shape, 26 * u,
            1.1, 3 * u)
        slope = np.hypot(*np.gradient(field)) + 1e-5
        off = np.abs(field - np.round(field)) / slope
        fade = step(0.1, 1.1, clouds(rng, shape, 150 * u, 1.2, 20 * u) + 0.2)
        cracks = np.maximum(cracks, step(1.4 * u, 0.3 * u, off / (0.4 + fade)) * fade)
    cracks = np.clip(cracks + 0.5 * blur(cracks, 2 * u), 0, 1)
    cotton = 1 + 0.05 * (weave(rng, shape, 2.6 * u) - 0.6) + 0.02 * clouds(rng, shape, 3 * u)
    uneven = [1 + 0.12 * clouds(rng, shape, 220 * u, 1.2, 15 * u) + 0.05 * clouds(rng, shape, 20 * u, 1, 2 * u) for _ in range(3)]
    takes = [-np.log(rgb(c)) for c in ("#e6ac45", "#b8402a", "#22365e")]
    bare = np.clip(np.maximum(wax["white"], echo), 0, 1)
    first = np.clip(1 - bare + 0.3 * cracks * bare, 0, 1)
    second = np.clip(1 - np.maximum(bare, wax["ochre"]) + 0.35 * cracks * np.maximum(bare, wax["ochre"]), 0, 1)
    every = np.maximum(np.maximum(bare, wax["ochre"]), wax["red"])
    third = np.clip(1 - every + 0.55 * cracks * every, 0, 1)
    painted = 0.12 + 0.88 * blur(np.clip(wax["red"] - wax["ochre"], 0, 1), 2.5 * u)  # the red bath is brushed on, and bleeds a little
    second = second * painted
    dye = (first * (0.35 + 0.65 * np.maximum(wax["red"], wax["ochre"])) * uneven[0])[..., None] * takes[0] + (second * uneven[1])[...,
        None] * takes[1] + (third * uneven[2])[..., None] * takes[2]
    return np.clip(rgb("#f5ead2") * np.exp(-dye) * cotton[..., None], 0, 1)
