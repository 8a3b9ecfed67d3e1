# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of ink and of the graver: their width varies, and their edges are sharp."""
import numpy as np
from PIL import Image, ImageDraw

from flow import scattered

MARGIN = 6  # how many pixels lines go on outside the picture
FINER = 3  # shapes are drawn so many times finer, which smooths their edges


class Sheet:
    """Coverage from 0 to 1, drawn with shapes."""

    def __init__(self, width, height):
        self.image = Image.new("L", (width * FINER, height * FINER), 0)
        self.draw = ImageDraw.Draw(self.image)
        self.size = (width, height)

    def polygon(self, points, value=255):
        self.draw.polygon([(float(x) * FINER, float(y) * FINER) for x, y in points], fill=value)

    def line(self, path, widths, value=255):
        """A line along `path` (points × 2), as wide at each point as `widths` says. A `value` of 0 cuts it out of what is there."""
        if len(path) < 2:
            return
        tangent = np.gradient(path, axis=0)
        normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1) / (np.hypot(*tangent.T)[:, None] + 1e-9)
        half = np.asarray(widths)[:, None] / 2
        self.polygon(np.concatenate([path + normal * half, (path - normal * half)[::-1]]), value)

    def coverage(self):
        return np.asarray(self.image.resize(self.size, Image.BOX), dtype=np.float32) / 255


def ruled(rng, flow, width, height, spacing, shortest=3.0, longest=400.0, wanted=None):
    """Lines along the flow that keep about `spacing` pixels between them: a list of paths of points × 2. With the picture `wanted`, they stay where it
    is positive. `shortest` and `longest` are in spacings."""
    cell = spacing / 3
    owner = np.zeros((int(height / cell) + 3, int(width / cell) + 3), dtype=np.int32)  # which line passes there
    angles = flow.angles()
    cosine, sine = np.cos(angles), np.sin(angles)
    xs, ys = scattered(rng, width, height, spacing * 0.9)
    by_chance = list(zip(xs, ys))
    beside = []  # places just beside lines that are there, which are tried first: so lines lie densely
    stride = spacing / 2.5
    paths = []

    def free(x, y, distance, line):
        r = int(distance / cell + 0.5)
        i, j = int(y / cell) + 1, int(x / cell) + 1
        patch = owner[max(i - r, 0) : i + r + 1, max(j - r, 0) : j + r + 1]
        return not ((patch != 0) & (patch != line)).any()

    while beside or by_chance:
        x0, y0 = (beside or by_chance).pop()
        if not (0 <= x0 < width and 0 <= y0 < height):
            continue
        r, c = int(y0), int(x0)
        if (wanted is not None and wanted[r, c] <= 0) or not free(x0, y0, spacing * 0.8, 0):
            continue
        line = len(paths) + 1
        halves = []
        for sense in (1, -1):
            x, y = x0, y0
            dx, dy = cosine[r, c] * sense, sine[r, c] * sense
            half = []
            for _ in range(int(longest * spacing / stride / 2)):
                x, y = x + dx * stride, y + dy * stride
                if not (-MARGIN <= x < width + MARGIN and -MARGIN <= y < height + MARGIN):
                    break
                ri, ci = min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)
                if wanted is not None and wanted[ri, ci] <= 0:
                    break
                if not free(min(max(x, 0), width - 1), min(max(y, 0), height - 1), spacing * 0.6, line):
                    break
                nx, ny = cosine[ri, ci], sine[ri, ci]
                dot = nx * dx + ny * dy
                if dot < 0:
                    nx, ny, dot = -nx, -ny, -dot
                if dot < 0.5:  # a turn by more than 60 degrees
                    break
                dx, dy = nx, ny
                half.append((x, y))
            halves.append(half)
        path = halves[1][::-1] + [(x0, y0)] + halves[0]
        if len(path) * stride < shortest * spacing:
            continue
        for x, y in path:
            i, j = int(min(max(y, 0), height - 1) / cell) + 1, int(min(max(x, 0), width - 1) / cell) + 1
            owner[i, j] = line
        for k in range(1, len(path), 6):
            (xa, ya), (xb, yb) = path[k - 1], path[k]
            nx, ny = -(yb - ya) * spacing / stride, (xb - xa) * spacing / stride
            beside += [(xb + nx, yb + ny), (xb - nx, yb - ny)]
        paths.append(np.array(path, dtype=np.float32))
    return paths


def smoothed(path, times=2):
    """A path without the corners of its steps."""
    for _ in range(times):
        if len(path) > 4:
            path = np.concatenate([path[:1], (path[:-2] + 2 * path[1:-1] + path[2:]) / 4, path[-1:]])
    return path


def tapered(count, head, tail):
    """Widths from 0 to 1 to 0: `head` and `tail` are the shares of the line in which it swells and thins out."""
    t = np.linspace(0, 1, count)
    rise = np.clip(t / max(head, 1e-3), 0, 1)
    fall = np.clip((1 - t) / max(tail, 1e-3), 0, 1)
    return np.sqrt(rise) * fall**0.7
