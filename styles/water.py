# SPDX-License-Identifier: GPL-3.0-or-later
"""Watercolour and ink washes: transparent pigment, carried by water to the edges of what is wet."""
import numpy as np
from PIL import Image, ImageDraw

from flow import scattered
from ground import cold_pressed, frame, relief_of_paper, sheet_of_paper
from noise import blur, clouds, mixed, rgb, sample, step


def warped(rng, field, strength, lumps, fine):
    """A field pulled about by `strength` pixels, as water does with edges."""
    shape = field.shape[:2]
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    return sample(field, x + strength * clouds(rng, shape, lumps, 1.2, fine), y + strength * clouds(rng, shape, lumps, 1.2, fine))


def wash(rng, wet, u, grain, edge=1.0, granulation=0.35, blooms=0.35, wander=0.3):
    """How much pigment dries where, for what was wet (0 to 1, sharp where the edge dried): more at the edges, in the hollows of the paper, and where
    water that ran back has pushed it."""
    shape = wet.shape
    inside = np.clip(wet, 0, 1)
    rim = np.clip(inside - blur(inside, 5 * u), 0, 1) * 1.5 + np.clip(inside - blur(inside, 1.8 * u), 0, 1) * 1.6
    pool = 1 + wander * clouds(rng, shape, 260 * u, 1.2, 30 * u)
    # A bloom: pigment-poor inside, with a jagged dark front.
    front = clouds(rng, shape, 330 * u, 1.4, 60 * u) + 0.22 * clouds(rng, shape, 45 * u, 1.0, 3 * u)
    level = 0.7
    bloom = step(level - 0.02, level + 0.35, front)
    line = np.exp(-(((front - level) / 0.05) ** 2)) * step(-0.5, 0.5, clouds(rng, shape, 120 * u))
    amount = inside * np.clip(pool, 0.25, 2) * (1 - blooms * bloom) + inside * blooms * 0.75 * line
    amount = amount * (1 + granulation * (0.5 - grain) * 2) + edge * rim * inside * (0.6 + 0.5 * step(-1, 1, clouds(rng, shape, 90 * u)))
    return np.clip(amount, 0, 3)


def density(colour):
    """How much a wash of that colour, laid once, takes of red, green and blue."""
    return -np.log(np.clip(colour, 0.02, 0.995))


def profile(rng, width, coarse, fine):
    """The line of a range of hills: one number for each column, deviation 1."""
    line = clouds(rng, (32, width + 64), coarse, 1.2, fine)[7, :width]
    return line - line.mean()


def landscape(rng, size):
    """Misty hills in watercolour, wash behind wash: every crest dried with a hard edge, every foot faded into clear water."""
    width, height, u = frame(size, 1.0)
    shape = (height, width)
    grain = cold_pressed(rng, shape, u)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    total = np.zeros(shape + (3,), dtype=np.float32)
    # The sky, wet in wet: blue, then rose and ochre towards the hills, with a light left between.
    drift = clouds(rng, shape, 380 * u, 1.4, 50 * u)
    for colour, load, middle, spread in [("#5f8fc4", 0.75, 0.05, 0.22), ("#e58f86", 0.55, 0.3, 0.12), ("#f0b95e", 0.6, 0.42, 0.13)]:
        place = np.exp(-(((y / height + 0.06 * drift - middle) / spread) ** 2))
        wet = place * step(-1.6, 0.4, clouds(rng, shape, 520 * u, 1.5, 40 * u))
        total += load * wash(rng, wet, u, grain, 0.3, 0.36, 0.3)[..., None] * density(rgb(colour))
    ranges = [(0.32, 0.035, 700, 26, "#8fa3cf", 0.5), (0.40, 0.036, 600, 18, "#6f86b8", 0.75), (0.50, 0.036, 700, 14, "#5c7f9f", 0.9),
        (0.62, 0.04, 800, 14, "#4a6f78", 1.0), (0.76, 0.035, 800, 12, "#5f7a3f", 1.1), (0.90, 0.03, 800, 10, "#35513f", 1.3)]
    crests = []
    run_colours = ["#d58aa0", "#8a6fb0", "#c98a6a", "#7a9a55", "#d9a23f", "#4a3f6a"]
    for (top, swell, coarse, fine, colour, load), run in zip(ranges, run_colours):
        crest = (top + swell * profile(rng, width, coarse * u, fine * u)) * height
        crests.append(crest)
        below = y - crest[None, :] + 2.5 * u * clouds(rng, shape, 40 * u, 1.2, 4 * u)
        soft = 1 + 16 * step(0.9, 1.6, clouds(rng, shape, 240 * u, 1.4, 50 * u))  # where the paper was still damp, it bled upwards
        wet = step(-1, 1, below / (1.3 * u * soft))
        depth = 0.22 * height * (1 + 0.35 * clouds(rng, (height, width), 260 * u, 1.4, 40 * u))
        wet = wet * (0.16 + 0.84 * step(1.15, 0.0, below / depth))
        amount = wash(rng, wet, u, grain, 1.1, 0.26, 0.4, 0.3)
        share = step(0.2, 1.2, clouds(rng, shape, 200 * u, 1.3, 25 * u))[..., None]
        total = total * (1 - 0.25 * wet[..., None]) + load * amount[...,
            None] * (density(rgb(colour)) * (1 - 0.7 * share) + 0.7 * share * density(rgb(run)))
    # Firs on the last three crests, dabbed with the point of the brush.
    layer = Image.new("L", (width * 2, height * 2), 0)
    draw = ImageDraw.Draw(layer)
    for crest, tall, count in [(crests[3], 60, 40), (crests[4], 110, 26), (crests[5], 230, 13)]:
        for x0 in rng.uniform(0, width, count):
            h = tall * u * rng.uniform(0.5, 1.25)
            foot = crest[int(x0)] + abs(rng.normal(0, 0.25)) * tall * u + 6 * u
            tip_y = foot - h
            shade = int(rng.uniform(110, 215))
            for t in np.linspace(0.03, 1, int(h / (5 * u)) + 4):
                half = h * 0.2 * t * rng.uniform(0.55, 1.25)
                cy = tip_y + t * (foot - tip_y)
                for sense in (-1, 1):
                    droop = half * rng.uniform(0.15, 0.5)
                    draw.polygon([(2 * x0, 2 * (cy - h * 0.035)), (2 * (x0 + sense * half), 2 * (cy + droop)),
                        (2 * (x0 + sense * half * 0.4), 2 * (cy + h * 0.03)), (2 * x0, 2 * (cy + h * 0.03))], fill=shade)
    firs = np.asarray(layer.resize((width, height), Image.BOX), dtype=np.float32) / 255
    firs = warped(rng, firs, 1.6 * u, 18 * u, 2 * u)
    damp = step(0.3, 1.2, clouds(rng, shape, 150 * u, 1.3, 20 * u))
    firs = mixed(firs, blur(firs, 7 * u), 0.9 * damp)
    greens = step(-0.6, 0.8, clouds(rng, shape, 130 * u, 1.2, 8 * u))[..., None]
    total += 1.15 * wash(rng, firs, u, grain, 0.8, 0.4, 0.2)[..., None] * (density(rgb("#2f4a52")) * (1 - greens) + density(rgb("#4f5a2c")) * greens)
    total += 0.7 * spatter(rng, shape, u, 70)[..., None] * density(rgb("#4a5d78"))
    paper = sheet_of_paper(rng, shape, "#f8f3e7", u, 0.008)
    return np.clip(paper * np.exp(-total) * relief_of_paper(grain, u)[..., None], 0, 1)


def spatter(rng, shape, u, count):
    """Drops from a knocked brush, with dark rims."""
    layer = Image.new("L", (shape[1] * 2, shape[0] * 2), 0)
    draw = ImageDraw.Draw(layer)
    for _ in range(count):
        x, y = rng.uniform(0, shape[1]), rng.uniform(0, shape[0])
        r = u * (0.8 + 4.5 * rng.random() ** 4)
        t = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        ring = r * (1 + 0.18 * np.sin(2 * t + rng.uniform(0, 6)) + 0.1 * np.sin(3 * t + rng.uniform(0, 6)))
        draw.polygon([(2 * (x + a * np.cos(b)), 2 * (y + a * np.sin(b) * 0.9)) for a, b in zip(ring, t)], fill=int(rng.uniform(90, 255)))
    mask = np.asarray(layer.resize((shape[1], shape[0]), Image.BOX), dtype=np.float32) / 255
    return mask * 0.6 + 1.2 * np.clip(mask - blur(mask, 1.2 * u), 0, 1)


def petal(rng, x, y, length, wide, angle):
    """The outline of a petal or leaf that starts at x, y: points × 2."""
    t = np.linspace(0, 1, 40)
    body = np.sin(np.pi * t**0.75) ** 0.8
    bend = rng.normal(0, 0.18)
    sides = []
    for sense in (1, -1):
        rim = body * (1 + 0.12 * np.sin(rng.uniform(3, 6) * np.pi * t + rng.uniform(0, 6)) + 0.06 * np.sin(13 * t + rng.uniform(0, 6)))
        along, across = t * length, sense * wide / 2 * rim + bend * length * t**2
        sides.append(np.stack([x + along * np.cos(angle) - across * np.sin(angle), y + along * np.sin(angle) + across * np.cos(angle)], axis=1))
    return np.concatenate([sides[0], sides[1][::-1]])


def flowers(rng, size):
    """Loose watercolour flowers: petal over petal, each dried with a dark edge, colours run into each other."""
    width, height, u = frame(size, 1.0, 1.4)
    shape = (height, width)
    grain = cold_pressed(rng, shape, u)
    total = np.zeros(shape + (3,), dtype=np.float32)
    # The ground, wet in wet.
    for colour, load in [("#9fc7b4", 0.8), ("#f0d07a", 0.55), ("#9fbbdc", 0.7), ("#eab0b4", 0.5)]:
        field = clouds(rng, shape, 420 * u, 1.5, 50 * u) + 0.15 * clouds(rng, shape, 60 * u, 1, 3 * u)
        wet = step(0.0, 1.3, field)
        total += load * wash(rng, wet, u, grain, 0.4, 0.5, 0.5)[..., None] * density(rgb(colour))
    fields = [clouds(rng, shape, 150 * u, 1.2, 20 * u) for _ in range(2)]
    jag = [u * 2.4 * clouds(rng, shape, 45 * u, 1.5, 7 * u) for _ in range(2)]
    gy, gx = np.mgrid[0:height, 0:width].astype(np.float32)
    backrun = clouds(rng, shape, 110 * u, 1.3, 30 * u) + 0.25 * clouds(rng, shape, 30 * u, 1.0, 2.5 * u)

    def lay(outline, colour, run_colour, load, wetness, start, lifted=0.0):
        """One wet shape, with a second colour that ran into it from `start`."""
        x0, y0 = np.maximum(np.floor(outline.min(axis=0)).astype(int) - int(14 * u), 0)
        x1, y1 = np.ceil(outline.max(axis=0)).astype(int) + int(14 * u)
        x1, y1 = min(x1, width), min(y1, height)
        if x1 - x0 < 4 or y1 - y0 < 4:
            return
        layer = Image.new("L", ((x1 - x0) * 2, (y1 - y0) * 2), 0)
        ImageDraw.Draw(layer).polygon([((x - x0) * 2, (y - y0) * 2) for x, y in outline], fill=255)
        mask = np.asarray(layer.resize((x1 - x0, y1 - y0), Image.BOX), dtype=np.float32) / 255
        part = (slice(y0, y1), slice(x0, x1))
        mask = sample(mask, gx[part] - x0 + jag[0][part], gy[part] - y0 + jag[1][part])
        soft = blur(mask, 9 * u)
        mask = mixed(mask, step(0.15, 0.8, soft), step(1.0 - wetness, 1.6 - wetness, fields[0][part]))
        rim = np.clip(mask - blur(mask, 4 * u), 0, 1) * 1.3 + np.clip(mask - blur(mask, 1.5 * u), 0, 1) * 1.3
        front = np.roll(backrun, rng.integers(1, height), axis=0)[part]
        bloom = step(0.8, 1.1, front)
        line = np.exp(-(((front - 0.8) / 0.07) ** 2))
        amount = mask * np.clip(0.75 + 0.3 * fields[1][part], 0.25, 1.6) * (1 - 0.5 * bloom) + mask * (0.4 * line) + 0.9 * rim * mask
        amount *= 1 + 0.7 * (0.5 - grain[part])
        far = np.hypot(gx[part] - start[0], gy[part] - start[1]) / (np.ptp(outline, axis=0).max() + 1)
        run = step(0.75, 0.05, far + 0.12 * fields[0][part])
        takes = mixed(density(rgb(colour)) * np.ones(3, dtype=np.float32), density(rgb(run_colour)), run)
        total[part] *= 1 - (0.85 * lifted) * np.minimum(mask, 1)[..., None]
        total[part] += load * amount[..., None] * takes

    leaves = [("#4f7f57", "#2a4f6b"), ("#7d9a4a", "#36614a"), ("#3c6a70", "#243f66"), ("#a3ab58", "#4d7a4a")]
    reds = [("#d9415c", "#8e1f57"), ("#e8705a", "#c22f4f"), ("#b8478f", "#5b2a80"), ("#f0a23c", "#d9512f"), ("#6a6fc4", "#35307f"),
        ("#e58aa5", "#b5346a")]
    x, y = scattered(rng, width, height, 140 * u)
    for x0, y0 in zip(x, y):
        angle = rng.uniform(0, 2 * np.pi)
        for k in range(rng.integers(1, 4)):
            colour, run = leaves[rng.integers(len(leaves))]
            length = rng.uniform(110, 260) * u
            outline = petal(rng, x0, y0, length, length * rng.uniform(0.16, 0.34), angle + rng.normal(0, 0.8))
            lay(outline, colour, run, rng.uniform(0.4, 0.95), rng.uniform(0.2, 0.7), (x0, y0), 0.35)
    x, y = scattered(rng, width, height, 255 * u)
    for x0, y0 in zip(x, y):
        colour, run = reds[rng.integers(len(reds))]
        petals, turn, length = rng.integers(5, 9), rng.uniform(0, 6), rng.uniform(70, 165) * u
        flat = rng.uniform(0.6, 1)
        for k in range(petals):
            a = turn + 2 * np.pi * k / petals + rng.normal(0, 0.13)
            r = length * rng.uniform(0.8, 1.15)
            outline = petal(rng, 0, 0, r, r * rng.uniform(0.55, 0.85), a)
            outline = outline * [1, flat] + [x0, y0]
            lay(outline, colour, run, rng.uniform(0.4, 0.9), rng.uniform(0.1, 0.6), (x0, y0), 0.75)
        for _ in range(rng.integers(14, 26)):
            a, r = rng.uniform(0, 6.3), length * 0.22 * rng.random() ** 0.5
            lay(petal(rng, x0 + r * np.cos(a), y0 + r * np.sin(a) * flat, rng.uniform(4, 13) * u, rng.uniform(3, 7) * u, a), "#5b2f2a", "#2b1d33",
                1.3, 0, (x0, y0))
    total += spatter(rng, shape, u, 160)[..., None] * density(rgb("#a8506a")) * 0.8
    total += spatter(rng, shape, u, 120)[..., None] * density(rgb("#3f6a70")) * 0.8
    paper = sheet_of_paper(rng, shape, "#f8f3e8", u, 0.008)
    return np.clip(paper * np.exp(-total) * relief_of_paper(grain, u)[..., None], 0, 1)
