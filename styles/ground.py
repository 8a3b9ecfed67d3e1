# SPDX-License-Identifier: GPL-3.0-or-later
"""What is painted on: its size, linen, and papers."""
import numpy as np

from noise import blur, clouds, rgb, step


def frame(size, finer, shape=1.5):
    """Width and height to work at, `finer` times the size of the result, and the pixels there that 1 of 1600 of the longer side has."""
    return round(size * finer), round(size * finer / shape), size * finer / 1600


def weave(rng, shape, thread):
    """The relief of linen, threads `thread` pixels apart, none quite straight or even."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    x = x + 0.35 * thread * clouds(rng, shape, 60 * thread, 1, 4 * thread)
    y = y + 0.35 * thread * clouds(rng, shape, 60 * thread, 1, 4 * thread)
    u, v = np.pi * x / thread, np.pi * y / thread
    over = np.sin(u) * np.sin(v) > 0
    return (np.where(over, np.abs(np.sin(u)), np.abs(np.sin(v))) * (1 + 0.3 * clouds(rng, shape, 3 * thread))).astype(np.float32)


def sheet_of_paper(rng, shape, colour, u, rough=0.02):
    """Paper: fibres, a little uneven, a little foxed."""
    grain = clouds(rng, shape, 4 * u, 0.2, 1.1 * u)
    patches = clouds(rng, shape, 400 * u, 1.2, 20 * u)
    return rgb(colour) * (1 + rough * grain + 0.018 * patches)[..., None]


def tooth(rng, shape, u, laid=0.0):
    """The grain of paper from 0 to 1; `laid` adds the lines of the sieve."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    grain = clouds(rng, shape, 5 * u, 0.4, 1.3 * u) + 0.5 * clouds(rng, shape, 2.4 * u, 0, 0.8 * u)
    wires = np.sin(2 * np.pi * (x + 1.5 * u * clouds(rng, shape, 90 * u, 1, 20 * u)) / (4.6 * u)) + 0.6 * np.cos(2 * np.pi * y / (120 * u)) ** 60
    return step(-1.9, 1.9, grain + laid * wires)


def cold_pressed(rng, shape, u):
    """The grain of rough paper from 0 (hollows) to 1."""
    bumps = clouds(rng, shape, 9 * u, 0.5, 2.2 * u) + 0.5 * clouds(rng, shape, 4 * u, 0.3, 1.1 * u)
    return step(-2, 2, bumps)


def relief_of_paper(grain, u):
    """How the grain catches the light: about 1."""
    gy, gx = np.gradient(blur(grain, 0.7 * u))
    return 1 - 0.3 * np.clip((gx + gy) * u, -0.12, 0.12)
