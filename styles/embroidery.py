# SPDX-License-Identifier: GPL-3.0-or-later
"""Silk thread on linen."""
import numpy as np

from brush import Bristles, broken, Canvas
from flow import along_edges, swirls
from ground import frame, weave
from line import ruled, smoothed
from motif import graded, photograph
from noise import blur, clouds, luma, rgb, step


def embroidery(rng, size):
    """Silk embroidery: long and short stitches that lie along the forms and shine with their direction."""
    width, height, u = frame(size, 1.2)
    shape = (height, width)
    photo = graded(photograph("blue-periwinkle", width, height, (0.2, 0.15, 0.95, 0.95)), 1.35, 1.15, 0.55)
    warm = rgb("#d9a05a") * step(0.3, 0.05, luma(photo))[..., None] * step(-0.2, 1.2, clouds(rng, shape, 260 * u))[..., None]
    photo = np.clip(photo + 0.22 * warm + 0.06 * rgb("#c03a70") * step(0.2, 1.2, clouds(rng, shape, 200 * u))[..., None], 0, 1)
    flow = along_edges(photo, 10 * u, swirls(rng, shape, 260 * u, 0.8, -0.7), 0.004).turned(np.pi / 2 * 0.75)
    ground = rgb("#2a2f3a") * (0.8 + 0.3 * weave(rng, shape, 4 * u))[..., None]
    canvas = Canvas(ground, weave(rng, shape, 4 * u))
    thread = Bristles(rng, 0.9 * u, 22 * u)
    thread.trace = thread.trace * 0.7 + np.sin(np.arange(4096) * 2 * np.pi / (5.5 * u) + np.arange(512)[:,
        None] * 0.9).astype(np.float32) * 0.5  # the twist
    threads = np.stack([rgb(c) for c in ("#f4f1e4", "#cfe0f5", "#9fc0ee", "#6f98e0", "#4a6fc8", "#2f4a96", "#1d2c5a", "#f0d050", "#d98a3a", "#a8c05a",
        "#6f9a48", "#47703a", "#2c4a30", "#16281f", "#e8a0b8", "#b0507a", "#5a2f50", "#c9b27a")])
    soft = blur(photo, 3 * u)
    lines = ruled(rng, flow, width, height, 6.2 * u, 3, 200)
    under = ruled(rng, flow, width, height, 6.2 * u, 1, 200)
    for path in under + lines:
        path = smoothed(path)
        at = int(rng.integers(4))
        while at < len(path) - 3:
            until = at + int(rng.integers(11, 24))
            stitch = path[max(at - 1, 0) : until]
            at = until
            if len(stitch) < 4:
                continue
            x, y = stitch[len(stitch) // 2]
            own = soft[int(np.clip(y, 0, height - 1)), int(np.clip(x, 0, width - 1))]
            colour = threads[((own + rng.normal(0, 0.025, 3) - threads) ** 2).sum(axis=1).argmin()]
            run = stitch[-1] - stitch[0]
            sheen = 1 + 0.25 * np.cos(2 * np.arctan2(run[1], run[0]) - 1.2)
            canvas.stroke(rng, thread, stitch, rng.uniform(6.8, 8) * u, broken(rng, (0.72 * colour + 0.28 * own) * sheen, 0.012), thick=3 * u, load=2,
                streak=0.06, taper=0.15, edge=-0.8, tip=0.6)
    return canvas.lit(0.7 / u, 0.3)
