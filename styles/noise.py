# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise and smoothing: what makes paper, pigment and hands uneven. Pictures are float32 arrays of rows × columns, or × 3 for sRGB from 0 to 1."""
import numpy as np


def blur(image, along, across=None):
    """A Gaussian of `along` pixels in a row and `across` in a column, as much if left out; the edges are mirrored."""
    across = along if across is None else across
    if image.ndim == 3:
        return np.stack([blur(image[..., c], along, across) for c in range(image.shape[2])], axis=2)
    if max(along, across) < 0.05:
        return image.astype(np.float32)
    rows, columns = image.shape
    margin = int(3 * max(along, across)) + 1
    top, left = min(margin, rows - 1), min(margin, columns - 1)
    # Sides that are multiples of 32 are transformed quickly.
    wide = np.pad(image.astype(np.float32), [(top, top + -(rows + 2 * top) % 32), (left, left + -(columns + 2 * left) % 32)], mode="symmetric")
    fy = np.fft.fftfreq(wide.shape[0])[:, None].astype(np.float32)
    fx = np.fft.rfftfreq(wide.shape[1])[None, :].astype(np.float32)
    wide = np.fft.irfft2(np.fft.rfft2(wide) * np.exp(-2 * np.pi**2 * ((fy * across) ** 2 + (fx * along) ** 2)), s=wide.shape)
    return wide[top : top + rows, left : left + columns].astype(np.float32)


def clouds(rng, shape, coarse, roughness=1.0, fine=1.0):
    """Noise of mean 0 and deviation 1 with lumps between `fine` and `coarse` pixels: amplitudes fall as frequency^-`roughness` between them."""
    rows, columns = shape[0] + -shape[0] % 32, shape[1] + -shape[1] % 32
    f = np.hypot(np.fft.fftfreq(rows)[:, None].astype(np.float32), np.fft.rfftfreq(columns)[None, :].astype(np.float32))
    weight = (f**2 + (1 / coarse) ** 2) ** (-(roughness + 0.5) / 2) * np.exp(-((f * fine) ** 2) * 2)
    weight[0, 0] = 0
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((rows, columns), dtype=np.float32)) * weight, s=(rows, columns))[: shape[0], : shape[1]]
    return (field / field.std()).astype(np.float32)


def streaks(rng, shape, along, across):
    """Noise of mean 0 and deviation 1, drawn out to `along` pixels in a row and `across` in a column; it has no seam."""
    fy = np.fft.fftfreq(shape[0])[:, None]
    fx = np.fft.rfftfreq(shape[1])[None, :]
    weight = np.exp(-2 * np.pi**2 * ((fy * across) ** 2 + (fx * along) ** 2))
    weight[0, 0] = 0
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal(shape, dtype=np.float32)) * weight.astype(np.float32), s=shape)
    return (field / field.std()).astype(np.float32)


def sample(image, x, y):
    """The values of `image` at the places x, y, bilinear; places outside take the edge."""
    rows, columns = image.shape[:2]
    x = np.clip(x, 0, columns - 1.001)
    y = np.clip(y, 0, rows - 1.001)
    left, top = x.astype(np.int32), y.astype(np.int32)
    fx, fy = (x - left).astype(np.float32), (y - top).astype(np.float32)
    if image.ndim == 3:
        fx, fy = fx[..., None], fy[..., None]
    right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    above = image[top, left] * (1 - fx) + image[top, right] * fx
    below = image[bottom, left] * (1 - fx) + image[bottom, right] * fx
    return above * (1 - fy) + below * fy


def step(low, high, values):
    """0 below `low`, 1 above `high`, smooth between."""
    t = (values - low) * (1 / (high - low))
    t = np.minimum(np.maximum(t, 0), 1)
    return t * t * (3 - 2 * t)


def mixed(one, other, share):
    """`one` where `share` is 0, `other` where it is 1."""
    share = np.asarray(share, dtype=np.float32)
    if share.ndim == 2 and (np.ndim(one) != 2 or np.ndim(other) != 2):
        share = share[..., None]
    return one * (1 - share) + other * share


def luma(image):
    return (image @ np.array([0.299, 0.587, 0.114], dtype=np.float32)).astype(np.float32)


def rgb(text):
    """The colour of '#rrggbb'."""
    return np.array([int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)], dtype=np.float32)
