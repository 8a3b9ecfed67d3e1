# SPDX-License-Identifier: GPL-3.0-or-later
"""Directions of strokes: along the edges of what is painted, and of the painter's own where there are none."""
import numpy as np

from noise import blur, clouds, luma, sample


class Flow:
    """A direction without a sense for every pixel, as the vector (cos 2a, sin 2a), which can be smoothed and added."""

    def __init__(self, double_cos, double_sin):
        length = np.hypot(double_cos, double_sin) + 1e-9
        self.field = np.stack([double_cos / length, double_sin / length], axis=2).astype(np.float32)

    def angle(self, x, y):
        c = sample(self.field, x, y)
        return 0.5 * np.arctan2(c[..., 1], c[..., 0])

    def angles(self):
        return 0.5 * np.arctan2(self.field[..., 1], self.field[..., 0])

    def turned(self, by):
        c, s = np.cos(2 * by), np.sin(2 * by)
        return Flow(self.field[..., 0] * c - self.field[..., 1] * s, self.field[..., 0] * s + self.field[..., 1] * c)


def along_edges(image, radius, own, own_weight=0.01):
    """The structure tensor of `image` smoothed over `radius` pixels; where edges are weaker than `own_weight`, the angles `own` (radians) win."""
    tone = luma(image) if image.ndim == 3 else image
    tone = blur(tone, radius / 4)
    gy, gx = np.gradient(tone)
    scale = max(tone.shape) / 100  # edges count as much at any size
    gx, gy = gx * scale, gy * scale
    difference, product = blur(gy * gy - gx * gx, radius), blur(-2 * gx * gy, radius)
    return Flow(difference + own_weight * np.cos(2 * own), product + own_weight * np.sin(2 * own))


def swirls(rng, shape, lumps, turn=1.0, base=0.0):
    """Angles that wander about `base` by about `turn` radians, in lumps of that many pixels."""
    return base + turn * clouds(rng, shape, lumps, 1.5, lumps / 4)


def traced(flow, x, y, length, step, bend=None):
    """Paths of `length` pixels (one number or one for each) that start at x, y: an array of starts × points × 2. With `bend`, a path ends where the
    direction turns faster than so many radians a step. What a path does not reach repeats its last point."""
    count = int(np.ceil(np.max(length) / step)) + 1
    path = np.empty((len(x), count, 2), dtype=np.float32)
    x, y = x.astype(np.float32), y.astype(np.float32)
    path[:, 0, 0], path[:, 0, 1] = x, y
    previous = flow.angle(x, y)
    previous = previous + np.pi * (np.sin(x * 12.9898 + y * 78.233) > 0)  # either sense, but always the same
    going = np.ones(len(x), dtype=bool)
    for i in range(1, count):
        angle = flow.angle(x, y)
        angle = angle + np.pi * np.round((previous - angle) / np.pi)
        if bend is not None:
            going &= np.abs(angle - previous) < bend
        going &= i * step <= length
        x = np.where(going, x + step * np.cos(angle), x)
        y = np.where(going, y + step * np.sin(angle), y)
        previous = angle
        path[:, i, 0], path[:, i, 1] = x, y
    return path


def scattered(rng, width, height, spacing):
    """Places about `spacing` pixels apart, none on a grid, in a random order: x, y."""
    gx, gy = np.meshgrid(np.arange(-spacing, width + spacing, spacing), np.arange(-spacing, height + spacing, spacing))
    gx = gx + (np.arange(gx.shape[0]) % 2)[:, None] * spacing / 2
    x = gx.ravel() + rng.uniform(-0.5, 0.5, gx.size) * spacing
    y = gy.ravel() + rng.uniform(-0.5, 0.5, gx.size) * spacing
    order = rng.permutation(x.size)
    return x[order], y[order]
