# SPDX-License-Identifier: GPL-3.0-or-later
"""Dry media on the tooth of paper: pastel, charcoal, pencil."""
import numpy as np

from brush import Bristles, broken, Canvas
from flow import along_edges, Flow, scattered, swirls, traced
from ground import frame, sheet_of_paper, tooth
from line import ruled, smoothed
from motif import graded, levelled, photograph, tone_mapped
from noise import blur, clouds, mixed, rgb, sample, step


def pastel(rng, size):
    """Soft pastel on grey paper: broad broken strokes, rubbed below, crisp on top."""
    width, height, u = frame(size, 1.25)
    photo = graded(photograph("extreme-desert-hike", width, height, (0, 0.1, 1, 1)), 0.95, 1.2, 0.9)
    shape = (height, width)
    grain = tooth(rng, shape, 1.3 * u, 0.25)
    flow = along_edges(photo, 12 * u, swirls(rng, shape, 400 * u, 0.35, -0.7), 0.01)
    paper = rgb("#6e6068") * (0.9 + 0.2 * grain[..., None])
    rubbed = mixed(paper, blur(photo, 14 * u), 0.68 + 0.12 * clouds(rng, shape, 90 * u, 1, 4 * u))
    canvas = Canvas(rubbed, 0.4 * grain, 0.26 + 0.74 * grain)
    stick = Bristles(rng, 5 * u, 26 * u)
    for w, miss, length, press in [(54, 0.0, 3.4, 0.66), (34, 0.1, 3.6, 0.72), (19, 0.24, 4, 0.8), (9, 0.4, 4.5, 0.92)]:
        w *= u
        aim = blur(photo, w / 5)
        x, y = scattered(rng, width, height, w * 0.7)
        cy, cx = np.clip(y, 0, height - 1).astype(int), np.clip(x, 0, width - 1).astype(int)
        keep = np.abs(blur(canvas.colour, w / 4) - aim).sum(axis=2)[cy, cx] > miss * (0.5 + rng.random(len(x)))
        x, y, cx, cy = x[keep], y[keep], cx[keep], cy[keep]
        paths = traced(flow, x, y, w * length * rng.uniform(0.6, 1.3, len(x)), w / 4, 0.5)
        for path, colour in zip(paths, aim[cy, cx]):
            canvas.stroke(rng, stick, path, w * rng.uniform(0.6, 1.1), broken(rng, colour, 0.07), thick=0.6 * u, load=1.1, streak=0.03, taper=0.3,
                tip=0.2, edge=0.2, opacity=press * rng.uniform(0.85, 1.15))
    dust = step(2.2, 3.2, clouds(rng, shape, 3 * u, 0.3, 1.2 * u) + 0.4 * clouds(rng, shape, 120 * u))
    canvas.colour = mixed(canvas.colour, canvas.colour * 0.5 + 0.45, 0.5 * dust)
    return canvas.lit(0.45 / u, 0)


def charcoal(rng, size):
    """Charcoal: rubbed greys, broad and sharp strokes on laid paper, lights lifted with the eraser."""
    width, height, u = frame(size, 1.25)
    shape = (height, width)
    photo = photograph("lake-sherburne", width, height, (0, 0.05, 0.9, 1))
    tone = levelled(tone_mapped(photo, 120 * u, 0.3) + 0.035 * clouds(rng, shape, 320 * u, 1.3, 30 * u), 0.0, 0.95) ** 0.95
    grain = tooth(rng, shape, 1.4 * u, 0.45)
    paper = sheet_of_paper(rng, shape, "#e6dccb", u, 0.012) * (0.95 + 0.06 * grain[..., None])
    flow = along_edges(tone, 15 * u, swirls(rng, shape, 350 * u, 0.5, -0.8), 0.015)
    # The canvas holds how much charcoal there is, in its first colour.
    rubbed = np.clip(0.8 * np.maximum(1 - blur(tone, 6 * u), 0) ** 1.4 + 0.025 * clouds(rng, shape, 120 * u, 1.2, 8 * u), 0, 1) * (0.8 + 0.2 * grain)
    canvas = Canvas(np.repeat(rubbed[..., None], 3, axis=2), np.zeros(shape), 0.15 + 0.85 * grain)
    stick = Bristles(rng, 3.2 * u, 34 * u)
    black, bare = np.full(3, 0.97), np.full(3, 0.03)
    for w, length, start, strength, spacing in [(40, 4.5, 0.85, 0.85, 0.8), (19, 6, 0.66, 0.95, 0.95), (8, 9, 0.5, 1.15, 1.5)]:
        w *= u
        soft = blur(tone, w / 4)
        x, y = scattered(rng, width, height, w * spacing)
        cy, cx = np.clip(y, 0, height - 1).astype(int), np.clip(x, 0, width - 1).astype(int)
        need = (start - soft[cy, cx]) / start
        keep = need > rng.random(len(x)) * 0.9
        x, y, need = x[keep], y[keep], need[keep]
        paths = traced(flow, x, y, w * length * rng.uniform(0.5, 1.4, len(x)), w / 3, 0.45)
        stray = sample(soft, paths[..., 0], paths[..., 1]) > start + 0.08
        stray[:, :3] = False
        stop = np.where(stray.any(axis=1), stray.argmax(axis=1), paths.shape[1])
        for path, until, amount in zip(paths, stop, need):
            canvas.stroke(rng, stick, path[:until], w * rng.uniform(0.5, 1.15), black, load=1.0, streak=0.0, taper=0.35, tip=0.15,
                opacity=np.clip(strength * (0.5 + 0.45 * amount), 0, 1))
    # Outlines, pressed hard.
    gy, gx = np.gradient(blur(tone, 2.5 * u))
    edge = np.hypot(gx, gy)
    edge = edge / np.quantile(edge, 0.97)
    lines = along_edges(photo, 5 * u, swirls(rng, shape, 200 * u, 0.4), 0.001)
    for path in ruled(rng, lines, width, height, 11 * u, 7, 40, edge - 0.7):
        canvas.stroke(rng, stick, smoothed(path), rng.uniform(3.5, 7.5) * u, black, load=1.2, streak=0, taper=1.5, tip=1.0,
            opacity=rng.uniform(0.75, 1))
    canvas.tooth = None
    for path in ruled(rng, flow, width, height, 16 * u, 1.5, 7, tone - 0.86):
        canvas.stroke(rng, stick, smoothed(path), rng.uniform(5, 13) * u, bare, load=0.9, streak=0, taper=0.5, opacity=0.75)
    amount = np.clip(canvas.colour[..., 0], 0, 1)
    return mixed(paper, rgb("#171515"), amount * 0.97)


def pencil(rng, size):
    """Graphite: hatching in patches that change direction, laid over each other where it is dark."""
    width, height, u = frame(size, 1.25)
    shape = (height, width)
    photo = photograph("oakland-zoo-otters", width, height, (0.2, 0.1, 0.95, 0.9))
    tone = levelled(tone_mapped(photo, 120 * u, 0.45), 0.02, 0.98)
    tone = np.clip(tone + 0.05 * clouds(rng, shape, 180 * u, 1, 20 * u), 0, 1)
    grain = tooth(rng, shape, 1.1 * u)
    paper = sheet_of_paper(rng, shape, "#f1ede3", u, 0.012) * (0.97 + 0.04 * grain[..., None])
    lead = Bristles(rng, 1.2 * u, 20 * u)
    canvas = Canvas(np.repeat((0.2 * (1 - blur(tone, 4 * u)) * (0.4 + grain))[..., None], 3, axis=2), np.zeros(shape), 0.5 + 0.5 * grain)
    form = along_edges(tone, 18 * u, swirls(rng, shape, 300 * u, 0.6, -0.7), 0.02)
    patches = np.round(swirls(rng, shape, 260 * u, 0.4, -0.8) / 0.3) * 0.3
    leaning = Flow(np.cos(2 * patches), np.sin(2 * patches))
    for direction, limit, spacing, opacity, wide in [(leaning, 0.92, 5.6, 0.5, 3.6), (form, 0.76, 5, 0.6, 3.6),
        (leaning.turned(0.45), 0.56, 4.8, 0.66, 4), (form.turned(0.3), 0.4, 4.6, 0.75, 4.4), (leaning.turned(-0.5), 0.24, 4.4, 0.85, 5)]:
        for path in ruled(rng, direction, width, height, spacing * u, 4, 34, limit - tone + 0.05 * clouds(rng, shape, 40 * u, 1, 5 * u)):
            path = smoothed(path) + np.cumsum(rng.normal(0, 0.1 * u, path.shape), axis=0)
            canvas.stroke(rng, lead, path, wide * u * rng.uniform(0.7, 1.3), np.full(3, 0.93), load=0.9, streak=0, taper=1.5, tip=0.5,
                opacity=opacity * rng.uniform(0.7, 1.15))
    gy, gx = np.gradient(blur(tone, 2 * u))
    edge = np.hypot(gx, gy)
    edge = edge / np.quantile(edge, 0.97)
    for path in ruled(rng, along_edges(photo, 4 * u, patches, 0.001), width, height, 9 * u, 4, 60, edge - 0.6):
        for _ in range(2):  # a contour is felt for
            shifted = smoothed(path) + rng.normal(0, 1.2 * u, 2)
            canvas.stroke(rng, lead, shifted, 3.4 * u, np.full(3, 0.96), load=1.05, streak=0, taper=2, opacity=0.8)
    amount = np.clip(canvas.colour[..., 0], 0, 1)
    return mixed(paper, rgb("#3a3b40"), amount)
