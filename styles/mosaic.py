# SPDX-License-Identifier: GPL-3.0-or-later
"""Mosaic of stone and glass."""
import numpy as np
from PIL import Image, ImageDraw

from brush import broken, Canvas
from flow import along_edges, scattered, swirls
from ground import frame
from line import ruled, smoothed
from motif import graded, photograph
from noise import blur, clouds, mixed, rgb, step


def mosaic(rng, size):
    """Mosaic of stone and glass: rows of tesserae follow the forms; no two are alike, each tilts its own way to the light."""
    width, height, u = frame(size, 1.25)
    shape = (height, width)
    photo = graded(photograph("roman-colosseum", width, height, (0.3, 0, 1, 1)), 1.5, 1.2, 0.85)
    stones = np.stack([rgb(c) for c in ("#f3e6c8", "#e6c98f", "#d9a441", "#b9772e", "#8c4a25", "#5a2f20", "#2b2024", "#163a5a", "#1f6488", "#3f97ad",
        "#8cc7c9", "#cfe3da", "#5d7a4a", "#a33a2a", "#f0d060", "#47545e")])
    flow = along_edges(photo, 16 * u, swirls(rng, shape, 420 * u, 0.7, 0.4), 0.01)
    side = 17 * u
    soft = blur(photo, side / 3)
    grout = rgb("#8d8474") * (1 + 0.06 * clouds(rng, shape, 6 * u, 0.3, 1.5 * u) + 0.05 * clouds(rng, shape, 200 * u))[..., None]
    canvas = Canvas(grout, 0.6 * u * clouds(rng, shape, 5 * u, 0.3, 1.5 * u))
    finer = 2
    ids = Image.new("I", (width * finer, height * finer), 0)
    draw = ImageDraw.Draw(ids)
    colours, tilts, names = [np.zeros(3)], [np.zeros(3)], 0
    def lay(corners):
        nonlocal names
        corners = corners + rng.normal(0, 0.9 * u, (4, 2))
        middle = corners.mean(axis=0)
        if rng.random() < 0.25:  # a chipped corner
            k = rng.integers(4)
            corners = np.insert(corners, k, corners[k - 1] * 0.3 + corners[k] * 0.7, axis=0)
            corners[(k + 1) % 5] = corners[(k + 1) % 5] * 0.75 + middle * 0.25
        x, y = int(np.clip(middle[0], 0, width - 1)), int(np.clip(middle[1], 0, height - 1))
        wanted = soft[y, x] + rng.normal(0, 0.035, 3)
        distance = ((stones - wanted) ** 2).sum(axis=1) * rng.uniform(0.8, 1.25, len(stones))
        names += 1
        draw.polygon([(float(p[0]) * finer, float(p[1]) * finer) for p in corners], fill=names)
        colours.append(broken(rng, stones[distance.argmin()] * 0.8 + wanted * 0.2, 0.03))
        tilts.append([rng.normal(0, 0.13), rng.normal(0, 0.13), rng.uniform(0.6, 1.3)])

    for path in ruled(rng, flow, width, height, side, 0.8, 60):
        path = smoothed(path, 3)
        arc = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
        at = 0.0
        while at < arc[-1] - side * 0.3:
            long = side * rng.uniform(0.65, 1.2)
            a, b = at + 1.1 * u, min(at + long, arc[-1] + side * 0.3) - 1.1 * u
            at += long
            if b - a < side * 0.25:
                continue
            ends = np.stack([np.interp([a, b], arc, path[:, 0]), np.interp([a, b], arc, path[:, 1])], axis=1)
            t = ends[1] - ends[0]
            n = np.array([-t[1], t[0]]) / (np.hypot(*t) + 1e-6) * side * rng.uniform(0.42, 0.48)
            lay(np.array([ends[0] - n, ends[1] - n, ends[1] + n, ends[0] + n]))
    # Gaps between the rows take cut pieces, the larger first.
    for least in (0.42, 0.28):
        free = step(0.5, 0.0, blur((np.asarray(ids)[::finer, ::finer] > 0).astype(np.float32), least * side * 0.55))
        for x, y in zip(*scattered(rng, width, height, side * 0.35)):
            if not (0 <= x < width and 0 <= y < height) or free[int(y), int(x)] < 0.93:
                continue
            angle = float(flow.angle(np.array([x]), np.array([y]))[0]) + rng.normal(0, 0.2)
            half, wide = least * side * rng.uniform(0.8, 1.3), least * side * rng.uniform(0.7, 1.0)
            t, n = np.array([np.cos(angle), np.sin(angle)]) * half, np.array([-np.sin(angle), np.cos(angle)]) * wide
            lay(np.array([x, y]) + np.array([-t - n, t - n, t + n, n - t]))
            i, j, r = int(y), int(x), int(least * side * 1.5)
            free[max(i - r, 0) : i + r, max(j - r, 0) : j + r] = 0
    colours, tilts = np.array(colours, dtype=np.float32), np.array(tilts, dtype=np.float32)
    owner = np.asarray(ids)
    owner = owner.reshape(height, finer, width, finer)
    there = (owner > 0).astype(np.float32).mean(axis=(1, 3))
    owner = owner.max(axis=(1, 3))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    vein = clouds(rng, shape, 14 * u, 0.8, 1.5 * u)
    stone = colours[owner] * (1 + 0.05 * vein + 0.04 * clouds(rng, shape, 3 * u, 0.2, 1.2 * u))[..., None]
    canvas.colour = mixed(canvas.colour * (0.55 + 0.45 * (1 - blur(there, 3 * u)))[..., None], stone, there)
    tilt = tilts[owner]
    dome = blur(there, 2.2 * u) * 3.2 * u * tilt[..., 2]
    canvas.relief = canvas.relief * (1 - there) + dome + 0.12 * u * vein * there
    picture = canvas.lit(0.6 / u, 0.1, soften=0.7)
    facing = 1 + 0.55 * (tilt[..., 0] + tilt[..., 1]) * there
    glint = step(0.2, 0.34, tilt[..., 0] + 0.25 * clouds(rng, shape, 9 * u, 0.5, 2 * u)) * there
    return np.clip(picture * facing[..., None] + 0.22 * glint[..., None], 0, 1)
