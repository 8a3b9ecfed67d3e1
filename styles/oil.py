# SPDX-License-Identifier: GPL-3.0-or-later
"""Oil and body colour: opaque paint with the traces of the brush or the knife."""
import numpy as np

from brush import Bristles, broken, Canvas
from flow import along_edges, Flow, scattered, swirls, traced
from ground import frame, weave
from motif import graded, levelled, photograph
from noise import blur, clouds, luma, mixed, rgb, sample, step


def painted(rng, canvas, target, flow, bristles, widths, length, colours=0.03, miss=0.09, stiff=False, **stroke):
    """Paints `target` from wide to narrow strokes: the widest everywhere, narrower ones where the picture still misses the target by `miss`."""
    rows, columns = canvas.relief.shape
    canvas.colour += (blur(target, widths[0] / 4) - canvas.colour) * 0.8  # a thin lay-in, so that no gap is a hole
    for layer, width in enumerate(widths):
        aim = blur(target, width / 5)
        x, y = scattered(rng, columns, rows, width * (0.55 if layer == 0 else 0.62))
        cx, cy = np.clip(x, 0, columns - 1).astype(int), np.clip(y, 0, rows - 1).astype(int)
        if layer > 0:
            off = np.abs(blur(canvas.colour, width / 5) - aim).sum(axis=2)
            keep = off[cy, cx] > miss * (0.6 + 0.8 * rng.random(len(x)))
            x, y, cx, cy = x[keep], y[keep], cx[keep], cy[keep]
        reach = width * length * rng.uniform(0.6, 1.3, len(x))
        if stiff:  # the knife goes straight, and not always the same way
            angle = flow.angle(x, y) + rng.normal(0, 0.35, len(x)) + np.pi / 2 * (rng.random(len(x)) < 0.2)
            along = np.linspace(0, 1, 9)[None, :] * reach[:, None]
            bow = rng.normal(0, 0.06, len(x))[:, None] * along * (along / reach[:, None] - 1)
            paths = np.stack([x[:, None] + along * np.cos(angle)[:, None] - bow * np.sin(angle)[:, None],
                y[:, None] + along * np.sin(angle)[:, None] + bow * np.cos(angle)[:, None]], axis=2)
        else:
            paths = traced(flow, x, y, reach, max(width / 4, 2), 0.5)
        wanted = aim[cy, cx]
        # A stroke ends where it would cover what has quite another colour.
        far = np.abs(sample(aim, paths[..., 0], paths[..., 1]) - wanted[:, None, :]).sum(axis=2) > 0.34
        far[:, :3] = False
        if layer == 0:
            far[:] = False
        stop = np.where(far.any(axis=1), far.argmax(axis=1), paths.shape[1])
        for path, until, colour in zip(paths, stop, wanted):
            canvas.stroke(rng, bristles, path[:until], width * rng.uniform(0.75, 1.2), broken(rng, colour, colours), **stroke)


def directed(rng, size):
    """Oil in long strokes that follow what they paint."""
    width, height, u = frame(size, 1.25)
    photo = graded(photograph("roman-colosseum", width, height), 1.35, 1.15, 0.95)
    flow = along_edges(photo, 14 * u, swirls(rng, (height, width), 500 * u, 0.9, 0.5), 0.004)
    canvas = Canvas(rgb("#7a4a2c") * np.ones((height, width, 1)), 0.5 * weave(rng, (height, width), 4 * u))
    bristles = Bristles(rng, 2.2 * u, 60 * u)
    painted(rng, canvas, photo, flow, bristles, [w * u for w in (84, 44, 24, 13)], 5, 0.04, 0.26, thick=3.2 * u, load=1.1, streak=0.06, pickup=0.12)
    return canvas.lit(0.55 / u, 0.22)


def knife(rng, size):
    """Oil laid on thickly with a palette knife: slabs with sharp edges, dragged over each other."""
    width, height, u = frame(size, 1.25)
    photo = graded(photograph("beacon-street-sunset", width, height, (0.1, 0, 1, 1)), 1.5, 1.2, 0.8)
    cool = rgb("#2b4a78")
    photo = mixed(photo, cool * (0.45 + 0.8 * luma(photo)[..., None]), 0.75 * step(0.3, 0.05, luma(photo)))
    flow = along_edges(photo, 24 * u, swirls(rng, (height, width), 500 * u, 0.5, 0.1), 0.02)
    canvas = Canvas(rgb("#3a2f38") * np.ones((height, width, 1)), 0.6 * weave(rng, (height, width), 4.5 * u))
    blade = Bristles(rng, 7 * u, 90 * u)
    painted(rng, canvas, photo, flow, blade, [w * u for w in (170, 110, 66, 40)], 1.7, 0.05, 0.44, True,
            thick=8 * u, load=0.98, streak=0.1, pickup=0.35, edge=0.8, taper=0.1, tip=0.06, lean=0.9)
    return canvas.lit(0.5 / u, 0.3)


def nocturne(rng, size):
    """Oil in short thick strokes that turn about lights, after the manner of Arles."""
    width, height, u = frame(size, 1.25)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / width
    bottom = height / width
    warp = 0.02 * clouds(rng, (height, width), 300 * u, 1.5, 30 * u)
    lights = [(0.16, 0.14, 0.05), (0.38, 0.09, 0.03), (0.57, 0.2, 0.038), (0.83, 0.15, 0.085), (0.69, 0.06, 0.022), (0.3, 0.26, 0.026),
        (0.96, 0.3, 0.024)]
    # The stream through the sky, and the turning about every light.
    stream = 0.25 * np.sin(7 * x + 1) + 0.9 * np.sin(5 * x - 9 * y + 2)
    vx, vy = np.cos(stream), np.sin(stream) * 0.9
    glow = np.zeros_like(x)
    for cx, cy, r in lights:
        dx, dy = x - cx, y - cy
        d = np.hypot(dx, dy) + 1e-6
        pull = np.exp(-((d / (3.2 * r)) ** 2)) * 4
        vx, vy = vx - pull * dy / d, vy + pull * dx / d
        glow = np.maximum(glow, step(2.7 * r, 0.35 * r, d + 0.3 * warp))
    sky_angle = np.arctan2(vy, vx)
    hue = step(-1.2, 1.2, np.sin(16 * (y - 0.12 * np.sin(5 * x + 1.2)) + 3 * warp) + 0.7 * clouds(rng, (height, width), 160 * u, 1.2, 12 * u))
    target = mixed(rgb("#15246a"), rgb("#4f86c6"), hue)
    target = mixed(target, rgb("#a9cfc3"), 0.8 * step(0.35, 0.9, np.sin(9 * (y - 0.3 - 0.1 * np.sin(6 * x)) + 2) - 0.2) * step(0.42, 0.3, y))
    target = mixed(target, rgb("#f3cf4e"), step(0.1, 0.75, glow))
    target = mixed(target, rgb("#fff3b8"), step(0.75, 1.0, glow))
    angle = sky_angle
    # Hills, fields and trees before each other, each with strokes of its own.
    hills = [(0.40, 0.045, 5, 0.4, "#24407e", "#4f76a8", 0.3), (0.47, 0.03, 8, 2.0, "#1d5560", "#5b9a86", -0.25),
        (0.545, 0.022, 6, 4.2, "#4b6b22", "#b9b24a", 0.35), (0.60, 0.02, 9, 1.0, "#8a5a1c", "#e0b04a", -0.15)]
    for top, swell, often, phase, dark, bright, lean in hills:
        line = top + swell * np.sin(often * x + phase) + 0.4 * swell * np.sin(2.7 * often * x + 2 * phase) + 0.1 * warp
        inside = y > line
        shade = step(-1.5, 1.5, clouds(rng, (height, width), 110 * u, 1, 14 * u) + np.sin(60 * (y - line) + 6 * x))
        target = np.where(inside[..., None], mixed(rgb(dark), rgb(bright), shade), target)
        slope = swell * often * np.cos(often * x + phase)
        angle = np.where(inside, np.arctan(slope) + lean + 0.5 * np.sin(14 * x + 8 * y), angle)
    for cx, foot, top, wide in [(0.085, bottom + 0.05, 0.1, 0.05), (0.15, bottom + 0.05, 0.3, 0.035), (0.9, 0.62, 0.36, 0.03)]:
        t = np.clip((y - top) / (foot - top), 0, 1)
        side = (x - cx - 0.02 * np.sin(12 * y)) / (wide * np.sqrt(t + 1e-6) * (1.15 - 0.5 * t) + 1e-6)
        inside = (np.abs(side + 0.25 * np.sin(40 * y + 3 * side)) < 1) & (t > 0)
        flame = step(-1, 1, np.sin(5 * side + 25 * y) + 0.6 * clouds(rng, (height, width), 60 * u, 1, 6 * u))
        target = np.where(inside[..., None], mixed(rgb("#0c2420"), rgb("#3d6b3a"), flame * 0.8), target)
        angle = np.where(inside, -np.pi / 2 + 0.55 * np.sin(30 * y + 2.5 * side), angle)
    flow = Flow(blur(np.cos(2 * angle), 5 * u), blur(np.sin(2 * angle), 5 * u))
    canvas = Canvas(rgb("#5d4a2e") * np.ones((height, width, 1)), 0.5 * weave(rng, (height, width), 4 * u))
    bristles = Bristles(rng, 2.4 * u, 60 * u)
    painted(rng, canvas, target, flow, bristles, [w * u for w in (40, 24, 15)], 4.2, 0.05, 0.3, thick=4.2 * u, load=1.05, streak=0.08, pickup=0.1,
        edge=0.7)
    return canvas.lit(0.6 / u, 0.25)


def gouache(rng, size):
    """Gouache: flat, matt, opaque, few colours, with the brush run dry here and there."""
    width, height, u = frame(size, 1.25)
    photo = photograph("lake-sherburne", width, height)
    tone = levelled(blur(luma(photo), 3 * u)) + 0.025 * clouds(rng, (height, width), 70 * u, 1, 12 * u)
    palette = np.stack([rgb(c) for c in ("#1d2b45", "#23425c", "#2f6272", "#6d8f86", "#d9836a", "#eda57f", "#f3c9a0", "#f8ead2")])
    limits = np.quantile(tone, [0.16, 0.3, 0.41, 0.5, 0.62, 0.78, 0.9])
    flat = palette[np.searchsorted(limits, tone)]
    flow = along_edges(photo, 22 * u, 0.12 * clouds(rng, (height, width), 500 * u, 1.5, 100 * u) - 0.05, 0.15)
    grain = clouds(rng, (height, width), 7 * u, 0.3, 1.6 * u)
    canvas = Canvas(rgb("#c98d6b") * (1 + 0.02 * grain[..., None]), 0.35 * grain, 0.72 + 0.28 * step(-2.2, 0.6, grain))
    bristles = Bristles(rng, 2.8 * u, 120 * u)
    painted(rng, canvas, flat, flow, bristles, [w * u for w in (110, 56, 28, 13)], 4.5, 0.014, 0.28, thick=0.8 * u, load=0.95, streak=0.02, edge=0.3,
        taper=0.5)
    return canvas.lit(0.5 / u, 0.0)


def pointillism(rng, size):
    """Dots of unmixed colour side by side, which the eye mixes."""
    width, height, u = frame(size, 1.25)
    photo = graded(photograph("singaporean-cityscape", width, height), 1.45, 1.1, 0.72)
    flow = along_edges(photo, 10 * u, swirls(rng, (height, width), 300 * u, 0.8, 0.1), 0.02)
    canvas = Canvas(rgb("#efe3c8") * (1 + 0.03 * clouds(rng, (height, width), 200 * u)[..., None]), 0.5 * weave(rng, (height, width), 4 * u))
    bristles = Bristles(rng, 2 * u, 14 * u)
    spectrum = np.stack([rgb(c) for c in ("#f7e9b0", "#f2c230", "#ee8a2c", "#d9462e", "#b8326e", "#6a3a94", "#33479e", "#1f6fb5", "#38a3b8",
        "#3f9457", "#9cbf45", "#f4b9b4", "#1d2450", "#e9f0ef", "#93b4e0", "#b98fc9")])
    for dot, opacity in ((15 * u, 0.9), (11 * u, 1.0), (8.5 * u, 1.0)):
        aim = blur(photo, dot / 3)
        x, y = scattered(rng, width, height, dot * 0.84)
        keep = rng.random(len(x)) < (1.0 if dot > 14 * u else 0.72)
        x, y = x[keep], y[keep]
        wanted = aim[np.clip(y, 0, height - 1).astype(int), np.clip(x, 0, width - 1).astype(int)]
        # Each dot takes a colour of the palette that is near, by chance the more seldom the farther: together they give the one wanted.
        distance = ((wanted[:, None, :] - spectrum) ** 2).sum(axis=2)
        chance = np.exp(-distance / 0.045) + 1e-12
        chance = np.cumsum(chance / chance.sum(axis=1, keepdims=True), axis=1)
        pick = np.minimum((rng.random(len(x))[:, None] > chance).sum(axis=1), len(spectrum) - 1)
        colours = spectrum[pick] * 0.72 + wanted * 0.28
        paths = traced(flow, x, y, dot * rng.uniform(0.9, 1.5, len(x)), dot / 4)
        for path, colour in zip(paths, colours):
            canvas.stroke(rng, bristles, path, dot * rng.uniform(0.75, 1.1), broken(rng, colour, 0.02), thick=2.6 * u, load=1.5, streak=0.04,
                taper=0.08, edge=0.25, tip=0.4, opacity=opacity)
    return canvas.lit(0.6 / u, 0.12)
