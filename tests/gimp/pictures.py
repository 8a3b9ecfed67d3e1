# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures as NumPy arrays, through ImageMagick, so that nothing of what is tested reads or writes them."""

import struct
import subprocess

import numpy


def write(path, pixels):
    """Writes an array of shape (height, width, 3 or 4) or (height, width), 8 or 16 bits."""
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    kind = {1: "GRAY", 3: "RGB", 4: "RGBA"}[channels]
    depth = pixels.dtype.itemsize * 8
    target = {1: "PNG:", 3: "PNG24:", 4: "PNG32:"}[channels] if depth == 8 else {1: "PNG:", 3: "PNG48:", 4: "PNG64:"}[channels]
    if path.suffix == ".jpg":
        target = "JPEG:"
    subprocess.run(["convert", "-size", f"{width}x{height}", "-depth", str(depth), "-endian", "LSB", f"{kind}:-",
                    "-quality", "100", "-sampling-factor", "4:4:4" if path.suffix == ".jpg" else "1x1", f"{target}{path}"],
                   input=pixels.astype(pixels.dtype.newbyteorder("<")).tobytes(), check=True)


def read(path, depth=8):
    """Reads a picture as an array of shape (height, width, 4)."""
    size = subprocess.run(["identify", "-format", "%w %h", str(path)], check=True, capture_output=True, text=True).stdout
    width, height = (int(side) for side in size.split())
    raw = subprocess.run(["convert", str(path), "-depth", str(depth), "-endian", "LSB", "RGBA:-"], check=True,
                         capture_output=True).stdout
    return numpy.frombuffer(raw, dtype="<u1" if depth == 8 else "<u2").reshape(height, width, 4).astype(numpy.int64)


def noise(width, height, channels=3, dtype=numpy.uint8, seed=1):
    """Every value may occur, so that nothing goes right by chance."""
    return numpy.random.default_rng(seed).integers(0, numpy.iinfo(dtype).max, (height, width, channels), dtype=dtype, endpoint=True)


def flat(width, height, color):
    return numpy.full((height, width, len(color)), color, dtype=numpy.uint8)


def turn_in_exif(path):
    """Marks a JPEG as lying on its side: viewers must turn it clockwise by a quarter (orientation 6)."""
    jpeg = path.read_bytes()
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
    exif = b"Exif\0\0" + tiff
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])


def to_linear(value):
    """sRGB's transfer function (IEC 61966-2-1), 0..1."""
    return numpy.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def from_linear(value):
    value = numpy.clip(value, 0.0, None)
    return numpy.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)


def luminance(color):
    """The 8-bit gray of an 8-bit colour: from sRGB's primaries as adapted to D50, which is what ICC profiles and GIMP's gray speak of."""
    return from_linear(to_linear(numpy.array(color) / 255.0) @ numpy.array([0.2225, 0.7169, 0.0606])) * 255.0
