# SPDX-License-Identifier: GPL-3.0-or-later
"""Bit depths and colour profiles: the core always sees sRGB, and the layer gets back what belongs in it."""

import struct
import unittest

import numpy

import pictures
from gimp import Profile

# Each precision holds the 16-bit picture; what comes out is exported with 16 bits again.
PRECISIONS = ["PRECISION-U8-NON-LINEAR", "PRECISION-U16-NON-LINEAR", "PRECISION-U16-LINEAR", "PRECISION-U32-NON-LINEAR",
              "PRECISION-FLOAT-NON-LINEAR", "PRECISION-FLOAT-LINEAR", "PRECISION-HALF-NON-LINEAR", "PRECISION-DOUBLE-LINEAR"]
PROGRAM = """
(define (paint-in precision name)
  (test-case name (lambda ()
    (let ((image (open-picture "deep.png")))
      (if (not (= precision (car (gimp-image-get-precision image))))
          (gimp-image-convert-precision image precision))
      (if (= precision PRECISION-U8-NON-LINEAR)
          (save-layer image (first-layer image) "PRECISION-U8-NON-LINEAR-before.png"))
      (paint image (list (first-layer image)) #:style-file "style.png")
      (save-layer image (first-layer image) (string-append name ".png"))))))
""" + "".join(f'(paint-in {name} "{name}")\n' for name in PRECISIONS) + """
(test-case "wide" (lambda ()
  (let ((image (open-picture "photo.png")))
    (gimp-image-set-color-profile-from-file image "wide.icc")
    (paint image (list (first-layer image)) #:style-file "style.png")
    (save-layer image (first-layer image) "wide.png"))))
"""
# Adobe RGB (1998): the primaries adapted to D50, one per row, and the exponent.
WIDE_PRIMARIES = numpy.array([[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]])
WIDE_GAMMA = 563 / 256
SRGB_PRIMARIES = numpy.array([[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410]])


def write_profile(path):
    """The smallest ICC profile of three primaries and a gamma."""

    def fixed(value):
        return struct.pack(">i", round(value * 65536))

    def xyz(values):
        return b"XYZ \0\0\0\0" + b"".join(fixed(value) for value in values)

    text = b"A wide test space"
    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(WIDE_GAMMA * 256))
    description = b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + bytes(1 + 4 + 4 + 2 + 1 + 67)
    tags = {b"desc": description, b"cprt": b"text\0\0\0\0CC0\0", b"wtpt": xyz((0.9642, 1.0, 0.8249)),
            b"rXYZ": xyz(WIDE_PRIMARIES[0]), b"gXYZ": xyz(WIDE_PRIMARIES[1]), b"bXYZ": xyz(WIDE_PRIMARIES[2]),
            b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s6H4s", start + len(data), b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ",
                         2020, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    path.write_bytes(header + bytes(128 - len(header)) + table + data)


class Colors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = Profile()
        cls.addClassCleanup(cls.profile.remove)
        folder = cls.profile.pictures
        cls.deep = pictures.noise(40, 30, dtype=numpy.uint16)
        # Greyish colours, inside sRGB when they are taken for Adobe RGB.
        cls.photo = (80 + pictures.noise(40, 30) // 3).astype(numpy.uint8)
        pictures.write(folder / "deep.png", cls.deep)
        pictures.write(folder / "photo.png", cls.photo)
        pictures.write(folder / "style.png", pictures.noise(16, 16, seed=4))
        write_profile(folder / "wide.icc")
        cls.outcomes = cls.profile.run_cases(PROGRAM)

    def painted(self, name, depth):
        self.assertEqual(self.outcomes[name], "done")
        return pictures.read(self.profile.pictures / f"{name}.png", depth)[:, :, :3]

    def test_8_bits(self):
        before = pictures.read(self.profile.pictures / "PRECISION-U8-NON-LINEAR-before.png")[:, :, :3]
        numpy.testing.assert_array_equal(self.painted("PRECISION-U8-NON-LINEAR", 8), 255 - before)

    def test_16_bits(self):
        numpy.testing.assert_array_equal(self.painted("PRECISION-U16-NON-LINEAR", 16), 65535 - self.deep.astype(int))

    def test_other_depths(self):
        # What the depth itself cannot tell apart: a half has 11 bits, and linear light with 16 bits is coarse in the shadows.
        tolerances = {"PRECISION-U32-NON-LINEAR": 1, "PRECISION-FLOAT-NON-LINEAR": 1, "PRECISION-FLOAT-LINEAR": 1,
                      "PRECISION-DOUBLE-LINEAR": 1, "PRECISION-HALF-NON-LINEAR": 65535 / 2**11,
                      "PRECISION-U16-LINEAR": 13}
        for name, tolerance in tolerances.items():
            with self.subTest(name):
                difference = self.painted(name, 16) - (65535 - self.deep.astype(int))
                self.assertLessEqual(abs(difference).max(), tolerance)

    def test_profile(self):
        to_srgb = WIDE_PRIMARIES @ numpy.linalg.inv(SRGB_PRIMARIES)
        srgb = pictures.from_linear((self.photo / 255.0) ** WIDE_GAMMA @ to_srgb)
        self.assertLess(srgb.max(), 1.0)  # else the core would clamp, and the sum below would not hold
        inverted = pictures.to_linear(1.0 - srgb) @ numpy.linalg.inv(to_srgb)
        expected = numpy.clip(inverted, 0.0, None) ** (1.0 / WIDE_GAMMA) * 255.0
        # It must be told apart from taking the numbers as they are.
        self.assertGreater(abs(expected - (255 - self.photo)).max(), 3.0)
        self.assertLessEqual(abs(self.painted("wide", 8) - expected).max(), 1.0)


if __name__ == "__main__":
    unittest.main()
