# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink on paper: pen, graver, gouge."""
import numpy as np

from flow import along_edges, Flow, swirls
from ground import frame, sheet_of_paper
from line import ruled, Sheet, smoothed, tapered
from motif import levelled, photograph, tone_mapped
from noise import blur, clouds, luma, mixed, rgb, sample, step


def engraving(rng, size):
    """Copper engraving: sweeping lines that bend over the forms and swell in the dark, crossed in the shadows, broken into flicks in the light."""
    width, height, u = frame(size, 1.0)
    shape, finer = (height, width), 2
    photo = photograph("perched-osprey", width, height, (0.2, 0.05, 0.75, 0.9))
    tone = levelled(tone_mapped(photo, 70 * u, 0.6), 0.03, 0.97)
    dark = 1 - np.clip(0.85 * tone + 0.15 * blur(tone, 3 * u) + 0.5 * (tone - blur(tone, 5 * u)), 0, 1)
    form = 26 * u * (blur(tone, 22 * u) + 0.5 * blur(tone, 9 * u)) + 12 * u * clouds(rng, shape, 700 * u, 1.5, 150 * u)
    y, x = np.mgrid[0 : height * finer, 0 : width * finer].astype(np.float32) / finer
    form, dark = sample(form, x, y), sample(dark, x, y)
    hand = sample(0.35 * u * clouds(rng, shape, 60 * u, 1, 8 * u), x, y)
    ink = np.zeros_like(x)
    for degrees, pitch, bulge, start, most in [(12, 5.4, 1.0, 0.06, 0.78), (64, 5.8, -0.8, 0.46, 0.66), (-38, 5.6, 0.9, 0.7, 0.6)]:
        a = np.deg2rad(degrees)
        sweep = 40 * u * np.sin(x / (420 * u) + degrees) + bulge * form + hand
        across = -x * np.sin(a) + y * np.cos(a) + sweep
        line = np.abs((across / (pitch * u)) % 1 - 0.5) * 2  # 0 in the middle of a line
        amount = np.clip((dark - start) / (1 - start), 0, 1)
        swell = most * amount**0.85 + 0.09 * (amount > 0)
        # In the light, lines break into flicks.
        along = x * np.cos(a) + y * np.sin(a)
        row = np.floor(across / (pitch * u))
        flick = 0.5 + 0.5 * np.cos(2 * np.pi * (along / (13 * u) + row * 0.382))
        swell = np.where(amount < 0.16, swell * step(0.75, 0.3, flick + 0.4 - 4 * amount), swell)
        edge = 1.1 / (pitch * u * finer)
        ink = np.maximum(ink, step(swell + edge, swell - edge, line) * (amount > 0))
    ink = ink.reshape(height, finer, width, finer).mean(axis=(1, 3))
    ink = blur(ink, 0.45 * u)
    paper = sheet_of_paper(rng, shape, "#f0e6cf", u, 0.014)
    film = 0.035 + 0.02 * clouds(rng, shape, 250 * u, 1, 30 * u)  # what wiping leaves on the plate
    worn = 0.95 + 0.04 * clouds(rng, shape, 3 * u)
    return mixed(paper * (1 - film[..., None]), rgb("#1d1613"), np.clip(ink * worn, 0, 1))


def pen(rng, size):
    """Pen and ink: outlines in few strokes, and hatching in patches that change direction."""
    width, height, u = frame(size, 1.0)
    photo = photograph("casa-mila", width, height, (0.1, 0.3, 0.85, 1))
    tone = levelled(tone_mapped(photo, 70 * u, 0.45), 0.02, 0.9)
    soft = blur(tone, 1.5 * u)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rays = np.arctan2(y - 0.12 * height, x - 0.5 * width) + swirls(rng, (height, width), 250 * u, 0.15)
    flow = along_edges(soft, 7 * u, rays, 0.004)
    sheet = Sheet(width, height)

    def stroke(path, widest, shaky=0.6):
        n = len(path)
        path = smoothed(path) + np.cumsum(rng.normal(0, 0.12, (n, 2)), axis=0) * shaky * u
        pressure = tapered(n, 0.1, rng.uniform(0.2, 0.5)) * (1 + 0.25 * np.sin(np.linspace(0, rng.uniform(2, 6), n) + rng.uniform(0, 6)))
        sheet.line(path, widest * pressure + 0.5 * u)

    hatch = swirls(rng, (height, width), 160 * u, 0.35, -0.85)
    patches = np.round(hatch / 0.4) * 0.4  # every patch has its own direction
    leaning = Flow(np.cos(2 * patches), np.sin(2 * patches))
    for direction, limit, spacing, widest in [(flow, 0.72, 7, 1.9), (leaning, 0.5, 6, 1.9), (flow.turned(1.2), 0.33, 5.5, 2.2),
        (leaning.turned(0.9), 0.2, 4.6, 2.6), (flow.turned(0.3), 0.1, 4, 3)]:
        wanted = limit - soft + 0.05 * clouds(rng, (height, width), 30 * u, 1, 4 * u)
        for path in ruled(rng, direction, width, height, spacing * u, 2, 16, wanted):
            stroke(path, widest * u * rng.uniform(0.8, 1.2))
    # Outlines where the tone changes quickly, heavier on the dark side.
    fine = blur(luma(photo), 1.2 * u)
    gy, gx = np.gradient(fine)
    edge = np.hypot(gx, gy) * u
    edge = edge / np.quantile(edge, 0.97)
    sharp = along_edges(photo, 3 * u, patches, 0.0005)
    for path in ruled(rng, sharp, width, height, 6 * u, 3, 40, edge - 0.5):
        stroke(path, 3.4 * u * rng.uniform(0.6, 1.1), 0.9)
    ink = sheet.coverage()
    paper = sheet_of_paper(rng, (height, width), "#f4ecd9", u, 0.02)
    pale = np.clip(0.9 + 0.08 * clouds(rng, (height, width), 40 * u, 1, 2 * u), 0.6, 1)  # ink pools and thins
    return mixed(paper, rgb("#1b1a22"), ink * pale)


def woodcut(rng, size):
    """Woodcut: what is light was carved away with the gouge, along the forms; the grain of the plank prints along."""
    width, height, u = frame(size, 1.0)
    photo = photograph("canyon-wren", width, height)
    tone = levelled(tone_mapped(photo, 90 * u, 0.5), 0.03, 0.95)
    soft = blur(tone, 3 * u)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rays = np.arctan2(y - 0.34 * height, x - 0.38 * width)  # the sky is cut towards the bird
    flow = along_edges(soft, 13 * u, rays + 0.05 * clouds(rng, (height, width), 200 * u), 0.01)
    sheet = Sheet(width, height)
    for spacing, low, longest in [(15, 0.3, 14), (9.5, 0.5, 10)]:
        for path in ruled(rng, flow, width, height, spacing * u, 1.6, longest, soft - low):
            path = smoothed(path)
            n = len(path)
            light = sample(soft, path[:, 0], path[:, 1])
            cut = tapered(n, rng.uniform(0.08, 0.2), rng.uniform(0.35, 0.7))
            # The gouge digs in, wavers, and comes out.
            widths = spacing * u * (0.2 + 0.66 * np.clip((light - low) / (1 - low), 0, 1)) * cut * (1 + 0.06 * rng.standard_normal(n))
            sheet.line(path, widths)
    cut = sheet.coverage()
    whites = Sheet(width, height)
    for path in ruled(rng, flow.turned(0.12), width, height, 9 * u, 1.5, 7, soft - 0.86):
        whites.line(smoothed(path), 6 * u * tapered(len(path), 0.1, 0.3))
    cut = np.maximum(cut, whites.coverage())
    ink = 1 - cut
    warp = y + 14 * u * clouds(rng, (height, width), 500 * u, 1.5, 60 * u)
    plank = np.sin(warp / (5.5 * u) + 2.2 * clouds(rng, (height, width), 300 * u, 1.2, 8 * u)) + 0.8 * clouds(rng, (height, width), 5 * u)
    pores = step(1.25, 1.9, plank + 0.35 * clouds(rng, (height, width), 60 * u, 0.8, 10 * u))
    worn = step(1.5, 2.6, clouds(rng, (height, width), 12 * u, 0.6, 1.2 * u))
    rim = np.clip(blur(ink, 2.2 * u) - 0.5, 0, 0.5) * 0.12  # ink pressed out to the edges
    ink = np.clip(ink * (1 - 0.55 * pores) * (1 - 0.7 * worn), 0, 1)
    paper = sheet_of_paper(rng, (height, width), "#ecdcb9", u, 0.03)
    return mixed(paper, rgb("#16130f") * (1.15 - rim[..., None]), ink)
