# SPDX-License-Identifier: GPL-3.0-or-later
"""What is painted: photographs of Debian's package budgie-backgrounds, all of them CC0."""
import numpy as np
from PIL import Image

from noise import blur, luma


FOLDER = "/usr/share/backgrounds/budgie"


def photograph(name, width, height, box=(0, 0, 1, 1)):
    """The part `box` (left, top, right, bottom, each of 1) of a photograph, reduced to the middle that has the shape of width × height."""
    path = f"{FOLDER}/{name}.jpg"
    try:
        with Image.open(path) as image:
            image = image.convert("RGB")
    except FileNotFoundError:
        raise SystemExit(f"{path} is missing: this style is painted from a photograph of Debian's package budgie-backgrounds. Install it.") from None
    left, top, right, bottom = (f * n for f, n in zip(box, image.size * 2))
    scale = min((right - left) / width, (bottom - top) / height)
    x, y = (left + right - scale * width) / 2, (top + bottom - scale * height) / 2
    image = image.resize((width, height), Image.LANCZOS, (x, y, x + scale * width, y + scale * height))
    return np.asarray(image, dtype=np.float32) / 255


def graded(image, saturation=1.0, contrast=1.0, gamma=1.0):
    """Colours as a painter would push them."""
    gray = luma(image)[..., None]
    image = gray + (image - gray) * saturation
    image = np.clip(0.5 + (image - 0.5) * contrast, 0, 1)
    return (image**gamma).astype(np.float32)


def levelled(tone, low=0.02, high=0.98):
    """A tone stretched so that its darkest share `low` is black and what is above `high` white."""
    a, b = np.quantile(tone, [low, high])
    return np.clip((tone - a) / (b - a), 0, 1).astype(np.float32)


def tone_mapped(image, radius, amount):
    """Tones with local contrast: every neighbourhood of `radius` pixels has its darks and lights."""
    tone = luma(image)
    mean = blur(tone, radius)
    spread = np.sqrt(np.maximum(blur((tone - mean) ** 2, radius), 1e-4)) + 0.06
    local = 0.5 + 0.22 * (tone - mean) / spread
    return np.clip(tone * (1 - amount) + local * amount, 0, 1).astype(np.float32)
