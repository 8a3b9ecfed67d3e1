# SPDX-License-Identifier: GPL-3.0-or-later
"""Paint that is laid on stroke by stroke: a picture of colours with a relief, and the light on it."""
import numpy as np

from noise import blur, step, streaks


def broken(rng, colour, amount):
    """A colour as it comes from the palette: a little warmer or cooler, lighter or darker than meant."""
    return np.clip(colour + amount * (rng.standard_normal(3) * [1, 0.7, 1] + 0.8 * rng.standard_normal()), 0.01, 0.99)


class Bristles:
    """The traces of the hairs of a brush: noise drawn out along the stroke."""

    def __init__(self, rng, hair, wander):
        self.trace = streaks(rng, (512, 4096), wander, hair) * 0.8 + streaks(rng, (512, 4096), wander * 0.25, hair * 0.45) * 0.45

    def of(self, rng, across, along):
        """Two traces, rows × columns of a stroke, for the relief and for the colour."""

        def cut():
            r, c = rng.integers(512 - across), rng.integers(4096 - along)
            return self.trace[r : r + across, c : c + along]

        return cut(), cut()


class Canvas:
    """Colours, and how thick the paint is in pixels. With a `tooth`, the grain of a paper from 0 (hollows) to 1, what is pressed on it lightly stays
    on its heights."""

    def __init__(self, colour, relief, tooth=None):
        self.colour = np.array(colour, dtype=np.float32)
        self.relief = np.array(relief, dtype=np.float32)
        self.tooth = tooth

    def stroke(self, rng, bristles, path, width, colour, thick=1.0, load=1.0, streak=0.05, taper=0.3, pickup=0.0, edge=0.5, tip=0.5, lean=0.0,
        opacity=1.0):
        """One stroke along `path` (points × 2), `width` pixels wide.

        thick     the height of the paint, in pixels
        load      1 and less: the brush runs dry towards the end
        streak    how far the hairs differ in lightness
        taper     how ragged the ends are, in widths
        pickup    how much of the paint under its start the stroke takes along
        edge      how high the ridges at its sides are
        tip       how far the ends are round, in widths
        lean      1 presses one side down, as a knife does
        opacity   how much it covers, and on a tooth how hard it is pressed
        """
        rows, columns = self.relief.shape
        steps = np.hypot(*np.diff(path, axis=0).T)
        path = path[np.concatenate([[True], steps > 1e-3])]
        if len(path) < 2:
            return
        arc = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
        spacing = 0.66  # of the hairs' samples: no pixel between them is missed, at any angle
        along, across = min(int(arc[-1] / spacing) + 2, 4000), min(max(int(width / spacing), 3), 500)
        s = np.linspace(0, arc[-1], along, dtype=np.float32)
        px, py = (np.interp(s, arc, path[:, i]).astype(np.float32) for i in (0, 1))
        tx, ty = np.gradient(px), np.gradient(py)
        norm = np.hypot(tx, ty) + 1e-9
        width = float(width)
        v = np.linspace(-1, 1, across, dtype=np.float32)[:, None]
        x = (px - ty / norm * (width / 2) * v + 0.5).astype(np.int32)
        y = (py + tx / norm * (width / 2) * v + 0.5).astype(np.int32)
        hairs, tints = bristles.of(rng, across, along)
        # Every hair touches down and lifts at a place of its own; in the end they have less and less paint.
        u = s / width
        end = float(arc[-1]) / width
        lift = taper * (0.5 + 0.5 * hairs[:, :1]) + tip * v**2
        alpha = np.minimum((u - 0.6 * lift) * 4, (end - lift - u) * 3)
        alpha = np.minimum(alpha, 4.6 + 0.4 * hairs[:, :1] - 4.6 * np.abs(v))
        dry = (load - 0.75 * (u / end) ** 2) * 3
        alpha = np.minimum(alpha, dry + hairs)
        alpha = np.minimum(np.maximum(alpha, 0), 1) * np.float32(opacity)
        ridge = edge * np.exp(-(((np.abs(v) - 0.88) / 0.1) ** 2)) * (1 + lean * np.sign(v)) + 0.3 * lean * v
        height = hairs * np.float32(0.3 * thick) + thick * (0.55 + ridge + 0.35 * step(0.7, 1.0, u / end))
        place = y * columns + x
        tints = tints * np.float32(streak)
        if x.min() < 0 or y.min() < 0 or x.max() >= columns or y.max() >= rows:
            inside = (x >= 0) & (y >= 0) & (x < columns) & (y < rows)
            if not inside.any():
                return
            place, alpha, height, tints = place[inside], alpha[inside], height[inside], tints[inside]
        else:
            place, alpha, height, tints = place.ravel(), alpha.ravel(), height.ravel(), tints.ravel()
        if self.tooth is not None:
            alpha = step(0.0, 0.35, alpha + self.tooth.reshape(-1)[place] - 1.0) * alpha
        colours, relief = self.colour.reshape(-1, 3), self.relief.reshape(-1)
        colour = np.asarray(colour, dtype=np.float32)
        if pickup > 0:
            colour = colour * (1 - pickup) + colours[place[: len(place) // 3 + 1 : 5]].mean(axis=0) * pickup
        lively = 0.4 + 0.8 * colour
        for channel in range(3):
            layer = colours[:, channel]
            under = layer[place]
            layer[place] = under + (colour[channel] + tints * lively[channel] - under) * alpha
        under = relief[place]
        relief[place] = under + (height - 0.75 * under) * alpha

    def lit(self, strength=1.0, gloss=0.15, soften=0.6):
        """The picture under a lamp at the upper left: `strength` scales the slopes, `gloss` is how bright wet ridges shine, `soften` smooths the relief,
        in pixels."""
        relief = blur(self.relief, soften)
        gy, gx = np.gradient(relief)
        gx, gy = gx * strength, gy * strength
        norm = np.sqrt(gx * gx + gy * gy + 1)
        lamp = np.array([-0.6, -0.75, 0.9])
        lamp = lamp / np.linalg.norm(lamp)
        shade = (-gx * lamp[0] - gy * lamp[1] + lamp[2]) / norm
        half = lamp + [0, 0, 1]
        half = half / np.linalg.norm(half)
        shine = np.clip((-gx * half[0] - gy * half[1] + half[2]) / norm, 0, 1) ** 40
        flat = lamp[2]
        hollow = np.clip(relief - blur(relief, 5), -3, 3)
        lit = self.colour * np.clip(1 + 0.75 * (shade - flat) / flat + 0.04 * strength * hollow, 0.25, 1.7)[..., None]
        excess = np.clip(shine - half[2] ** 40, 0, 1)[..., None]
        return np.clip(lit + gloss * excess * (1 - 0.4 * lit), 0, 1).astype(np.float32)
