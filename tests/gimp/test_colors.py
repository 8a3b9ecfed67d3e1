# SPDX-License-Identifier: GPL-3.0-or-later
"""Bit depths and colour profiles: the core always sees sRGB, and the layer gets back what belongs in it."""

import struct
import unittest

import numpy

import pictures
from gimp import Profile

# Each precision holds the 16-bit picture; what comes out is exported with 16 bits again.
PRECISIONS = ["PRECISION-U8-NON-LINEAR", "PRECISION-U16-NON-LINEAR", "PRECISION-U16-LINEAR", "PRECISION-U16-PERCEPTUAL",
              "PRECISION-U32-NON-LINEAR", "PRECISION-U32-LINEAR", "PRECISION-FLOAT-NON-LINEAR", "PRECISION-FLOAT-LINEAR",
              "PRECISION-FLOAT-PERCEPTUAL", "PRECISION-HALF-NON-LINEAR", "PRECISION-DOUBLE-LINEAR"]
GRAY_PRECISIONS = ["PRECISION-U16-NON-LINEAR", "PRECISION-U16-PERCEPTUAL", "PRECISION-U32-LINEAR", "PRECISION-FLOAT-NON-LINEAR",
                   "PRECISION-FLOAT-LINEAR"]
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
(define (convert-precision image precision)
  (if (not (= precision (car (gimp-image-get-precision image))))
      (gimp-image-convert-precision image precision)))
; With 16 bits in the transfer function of sRGB or of the profile, whatever the image has.
(define (save-deep image path)
  (let ((copy (car (gimp-image-duplicate image))))
    (convert-precision copy PRECISION-U16-NON-LINEAR)
    (save-layer copy (first-layer copy) path)
    (gimp-image-delete copy)))
(define (open-as path profile precision)
  (let ((image (open-picture path)))
    (if profile (gimp-image-set-color-profile-from-file image profile))
    (convert-precision image precision)
    image))

(test-case "coarse linear" (lambda ()
  (let ((image (open-as "deep.png" #f PRECISION-U8-LINEAR)))
    (save-deep image "coarse before.png")
    (paint image (list (first-layer image)) #:style-file "style.png")
    (save-deep image "coarse linear.png"))))

(define (paint-gray-in precision name)
  (test-case name (lambda ()
    (let ((image (open-as "gray.png" #f precision)))
      (if (= TRUE (car (gimp-drawable-is-rgb (first-layer image)))) (*error-hook* "not gray"))
      (paint image (list (first-layer image)) #:style-file "style.png")
      (save-deep image (string-append name ".png"))))))
""" + "".join(f'(paint-gray-in {name} "gray {name}")\n' for name in GRAY_PRECISIONS) + """
(define (paint-profile name path profile precision . arguments)
  (test-case name (lambda ()
    (let ((image (open-as path profile precision)))
      (apply paint (append (list image (list (first-layer image)) #:style-file "style.png") arguments))
      (save-deep image (string-append name ".png"))))))
(paint-profile "wide" "photo.png" "wide.icc" PRECISION-U8-NON-LINEAR)
(paint-profile "wide 16" "muted.png" "wide.icc" PRECISION-U16-NON-LINEAR)
(paint-profile "wide float" "muted.png" "wide.icc" PRECISION-FLOAT-NON-LINEAR)
(paint-profile "wide float linear" "muted.png" "wide.icc" PRECISION-FLOAT-LINEAR)
(paint-profile "out of sRGB" "deep.png" "wide.icc" PRECISION-U16-NON-LINEAR)
(paint-profile "narrow" "photo.png" "narrow.icc" PRECISION-U8-NON-LINEAR #:model "style" #:style-file "orange.png")
(test-case "narrow float" (lambda ()
  (let ((image (open-as "photo.png" "narrow.icc" PRECISION-FLOAT-LINEAR)))
    (paint image (list (first-layer image)) #:model "style" #:style-file "orange.png")
    (gimp-image-convert-color-profile-from-file image "wide.icc" COLOR-RENDERING-INTENT-RELATIVE-COLORIMETRIC FALSE)
    (save-deep image "narrow float.png"))))

; Twice the light, which for many pixels is more than white.
(test-case "brighter than white" (lambda ()
  (let* ((image (open-as "deep.png" #f PRECISION-FLOAT-LINEAR))
         (layer (first-layer image)))
    (gimp-drawable-merge-new-filter layer "gegl:exposure" "" LAYER-MODE-REPLACE 1.0 "exposure" 1.0)
    (paint image (list layer) #:style-file "style.png")
    (save-deep image "brighter than white.png"))))
"""
# Adobe RGB (1998): the primaries adapted to D50, one per row, and the exponent.
WIDE_PRIMARIES = numpy.array([[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]])
GAMMA = 563 / 256
SRGB_PRIMARIES = numpy.array([[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410]])
# Three tenths of the way from sRGB's primaries to white: a space that lacks many colours of sRGB.
NARROW_PRIMARIES = 0.7 * SRGB_PRIMARIES + 0.1 * SRGB_PRIMARIES.sum(axis=0)


def write_profile(path, primaries):
    """The smallest ICC profile of three primaries and GAMMA."""

    def fixed(value):
        return struct.pack(">i", round(value * 65536))

    def xyz(values):
        return b"XYZ \0\0\0\0" + b"".join(fixed(value) for value in values)

    text = b"A test space"
    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(GAMMA * 256))
    description = b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + bytes(1 + 4 + 4 + 2 + 1 + 67)
    tags = {b"desc": description, b"cprt": b"text\0\0\0\0CC0\0", b"wtpt": xyz((0.9642, 1.0, 0.8249)),
            b"rXYZ": xyz(primaries[0]), b"gXYZ": xyz(primaries[1]), b"bXYZ": xyz(primaries[2]),
            b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s6H4s", start + len(data), b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ",
                         2020, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    path.write_bytes(header + bytes(128 - len(header)) + table + data)

BABL_GAMMA_ERROR = 1e-3  # babl works out a plain gamma only about so exactly
ORANGE = (250, 120, 10)


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
        cls.gray = pictures.noise(40, 30, channels=1, dtype=numpy.uint16, seed=6)[:, :, 0]
        cls.muted = (20000 + pictures.noise(40, 30, dtype=numpy.uint16, seed=7) // 3).astype(numpy.uint16)
        pictures.write(folder / "gray.png", cls.gray)
        pictures.write(folder / "muted.png", cls.muted)
        pictures.write(folder / "orange.png", pictures.flat(8, 8, ORANGE))
        write_profile(folder / "wide.icc", WIDE_PRIMARIES)
        write_profile(folder / "narrow.icc", NARROW_PRIMARIES)
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
        tolerances = {"PRECISION-HALF-NON-LINEAR": 65535 / 2**11, "PRECISION-U16-LINEAR": 13}
        for name in PRECISIONS[2:]:
            with self.subTest(name):
                difference = self.painted(name, 16) - (65535 - self.deep.astype(int))
                self.assertLessEqual(abs(difference).max(), tolerances.get(name, 1))

    def test_8_bits_of_linear_light(self):
        before = pictures.read(self.profile.pictures / "coarse before.png", 16)[:, :, :3]
        linear = pictures.to_linear(self.painted("coarse linear", 16) / 65535) * 255
        # The level that is nearest.
        self.assertLessEqual(abs(linear - pictures.to_linear(1 - before / 65535) * 255).max(), 0.51)

    def test_gray(self):
        for name in GRAY_PRECISIONS:
            with self.subTest(name):
                self.assertLessEqual(abs(self.painted(f"gray {name}", 16) - (65535 - self.gray.astype(int))[:, :, None]).max(), 1)

    def test_profile(self):
        self.assert_inverted_in_wide("wide", 8, self.photo, 1.0 / 255)

    def test_profile_in_other_depths(self):
        for name in ("wide 16", "wide float", "wide float linear"):
            with self.subTest(name):
                self.assert_inverted_in_wide(name, 16, self.muted, BABL_GAMMA_ERROR)

    def assert_inverted_in_wide(self, name, depth, photo, tolerance):
        to_srgb = WIDE_PRIMARIES @ numpy.linalg.inv(SRGB_PRIMARIES)
        given = photo / numpy.iinfo(photo.dtype).max
        srgb = pictures.from_linear(given**GAMMA @ to_srgb)
        self.assertLess(srgb.max(), 1.0)  # else the core would clamp, and the sum below would not hold
        inverted = pictures.to_linear(1.0 - srgb) @ numpy.linalg.inv(to_srgb)
        expected = numpy.clip(inverted, 0.0, None) ** (1.0 / GAMMA)
        # It must be told apart from taking the numbers as they are.
        self.assertGreater(abs(expected - (1.0 - given)).max(), 3.0 / 255)
        self.assertLessEqual(abs(self.painted(name, depth) / (2**depth - 1) - expected).max(), tolerance)

    def test_colors_outside_of_srgb_are_clamped_before_the_core_sees_them(self):
        to_srgb = WIDE_PRIMARIES @ numpy.linalg.inv(SRGB_PRIMARIES)
        linear = (self.deep / 65535.0) ** GAMMA @ to_srgb
        self.assertTrue((linear < -0.01).any() and (linear > 1.01).any())
        srgb = pictures.from_linear(numpy.clip(linear, 0.0, 1.0))
        inverted = pictures.to_linear(1.0 - srgb) @ numpy.linalg.inv(to_srgb)
        expected = numpy.clip(inverted, 0.0, 1.0) ** (1.0 / GAMMA)
        # In linear light, since the shadows of a plain gamma are steep: there are four errors of babl's in a row.
        self.assertLessEqual(abs((self.painted("out of sRGB", 16) / 65535.0) ** GAMMA - expected**GAMMA).max(), 4 * BABL_GAMMA_ERROR)

    def test_what_the_image_cannot_represent_is_clamped_where_it_is_written(self):
        linear = pictures.to_linear(numpy.array(ORANGE) / 255.0) @ SRGB_PRIMARIES @ numpy.linalg.inv(NARROW_PRIMARIES)
        self.assertTrue(linear.max() > 1.05 and linear.min() < -0.05)
        expected = numpy.clip(linear, 0.0, 1.0) ** (1.0 / GAMMA) * 255
        self.assertLessEqual(abs(self.painted("narrow", 8) - expected).max(), 1.0)

    def test_floats_of_linear_light_represent_it(self):
        # Nothing was lost: in a wider space the colour is there.
        linear = pictures.to_linear(numpy.array(ORANGE) / 255.0) @ SRGB_PRIMARIES @ numpy.linalg.inv(WIDE_PRIMARIES)
        expected = linear ** (1.0 / GAMMA) * 255
        self.assertLessEqual(abs(self.painted("narrow float", 16) / 257 - expected).max(), 1.0)

    def test_brighter_than_white_is_white(self):
        seen = pictures.from_linear(numpy.clip(2 * pictures.to_linear(self.deep / 65535), 0, 1)) * 65535
        self.assertLessEqual(abs(self.painted("brighter than white", 16) - (65535 - seen)).max(), 2)


if __name__ == "__main__":
    unittest.main()
