# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug-in with the real core and the built-in model, and without a core at all."""

import pathlib
import re
import unittest

import numpy

import pictures
from gimp import REAL_CORE, Profile

PROGRAM = """
(define quick (list #:style-file "style.png" #:steps 4 #:size 0))
(test-case "selection" (lambda ()
  (let ((image (open-picture "photo.png")))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 16 8 64 48)
    (apply paint (append (list image (list (first-layer image))) quick))
    (save-layer image (first-layer image) "selection.png"))))
(test-case "again" (lambda ()
  (let ((image (open-picture "photo.png")))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 16 8 64 48)
    (apply paint (append (list image (list (first-layer image))) quick))
    (save-layer image (first-layer image) "again.png"))))
(test-case "one pixel" (lambda ()
  (let ((image (open-picture "photo.png")))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 7 9 1 1)
    (apply paint (append (list image (list (first-layer image))) quick))
    (save-layer image (first-layer image) "one-pixel.png"))))
(define (paint-whole path)
  (test-case path (lambda ()
    (let ((image (open-picture path)))
      (apply paint (append (list image (list (first-layer image))) quick))
      (save-layer image (first-layer image) (string-append "painted " path))))))
(paint-whole "hidden green.png")
(paint-whole "hidden noise.png")
(test-case "flat" (lambda ()
  (let ((image (open-picture "flat.png")))
    (paint image (list (first-layer image)) #:style-file "flat style.png" #:steps 4)
    (save-layer image (first-layer image) "painted flat.png"))))
(test-case "unknown model" (lambda ()
  (let ((image (open-picture "photo.png")))
    (paint image (list (first-layer image)) #:style-file "style.png" #:model "nobody-has-it"))))
"""
WITHOUT_CORE = """
(test-case "painting" (lambda ()
  (let ((image (open-picture "photo.png")))
    (paint image (list (first-layer image)) #:style-file "style.png"))))
"""


def write_pictures(folder):
    photo = numpy.concatenate([pictures.noise(96, 64) // 4 + 90, numpy.full((64, 96, 1), 200, dtype=numpy.uint8)], axis=2)
    photo[20:40, 30:70, 3] = 40
    pictures.write(folder / "photo.png", photo)
    stripes = numpy.where(numpy.arange(64)[None, :, None] // 4 % 2 == 0, [220, 40, 30], [20, 60, 200]).astype(numpy.uint8)
    pictures.write(folder / "style.png", numpy.broadcast_to(stripes, (64, 64, 3)))
    # The same where something is to be seen, with a soft edge, and other colours beside it.
    alpha = numpy.clip(numpy.arange(96) * 16 - 768, 0, 255).astype(numpy.uint8)
    hidden = photo.copy()
    hidden[:, :, 3] = alpha
    hidden[:, alpha == 0, :3] = (0, 255, 0)
    pictures.write(folder / "hidden green.png", hidden)
    hidden[:, alpha == 0, :3] = pictures.noise(96, 64, seed=8)[:, alpha == 0]
    pictures.write(folder / "hidden noise.png", hidden)
    flat = numpy.full((64, 96, 4), 180, dtype=numpy.uint8)
    flat[:, :, 3] = alpha
    flat[:, alpha == 0, :3] = 0
    pictures.write(folder / "flat.png", flat)
    pictures.write(folder / "flat style.png", pictures.flat(64, 64, (180, 180, 180)))
    return photo


class RealCore(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = Profile(core=REAL_CORE)
        cls.addClassCleanup(cls.profile.remove)
        cls.photo = write_pictures(cls.profile.pictures)
        finished = cls.profile.run(PROGRAM)
        cls.outcomes = dict(re.findall(r"^case\t(.*)\t(.*)$", finished.stdout, re.MULTILINE))
        cls.errors = finished.stderr

    def painted(self, case, name):
        self.assertEqual(self.outcomes.get(case), "done", self.errors)
        return pictures.read(self.profile.pictures / name)

    def test_the_selection_is_painted_and_alpha_kept(self):
        painted = self.painted("selection", "selection.png")
        inside = numpy.zeros((64, 96), dtype=bool)
        inside[8:56, 16:80] = True
        numpy.testing.assert_array_equal(painted[~inside], self.photo[~inside])
        numpy.testing.assert_array_equal(painted[:, :, 3], self.photo[:, :, 3])
        changed = (painted[:, :, :3] != self.photo[:, :, :3]).any(axis=2)
        self.assertGreater(changed[inside].mean(), 0.9)

    def test_the_same_seed_gives_the_same_picture(self):
        numpy.testing.assert_array_equal(self.painted("again", "again.png"), self.painted("selection", "selection.png"))

    def test_one_pixel(self):
        painted = self.painted("one pixel", "one-pixel.png")
        beside = numpy.ones((64, 96), dtype=bool)
        beside[9, 7] = False
        numpy.testing.assert_array_equal(painted[beside], self.photo[beside])

    def test_what_is_transparent_lends_nothing(self):
        green = self.painted("hidden green.png", "painted hidden green.png")
        noise = self.painted("hidden noise.png", "painted hidden noise.png")
        visible = green[:, :, 3] > 0
        self.assertTrue(visible.any() and not visible.all())
        numpy.testing.assert_array_equal(green[:, :, 3], noise[:, :, 3])
        numpy.testing.assert_array_equal(green[visible], noise[visible])

    def test_edges_do_not_darken(self):
        painted = self.painted("flat", "painted flat.png")
        visible = painted[:, :, 3] > 0
        self.assertLessEqual(abs(painted[visible][:, :3] - 180).max(), 6)

    def test_unknown_model(self):
        self.assertIn("nobody-has-it", self.outcomes["unknown model"])

    def test_progress(self):
        lines = re.findall(r"^pastiche: (\d+) % scale (\d+)/(\d+) step (\d+)/(\d+)", self.errors, re.MULTILINE)
        self.assertTrue(lines)
        for percent, scale, scales, step, steps in ([int(number) for number in line] for line in lines):
            self.assertTrue(0 <= percent <= 100 and 1 <= scale <= scales and 1 <= step <= steps)
        self.assertRegex(self.errors, r"(?m)^pastiche: painted Background, 64x48 pixels, in \d+\.\d s$")


class WithoutCore(unittest.TestCase):
    def test_a_missing_core_is_said(self):
        profile = Profile(core=pathlib.Path("/not/there/libpastiche-core.so"))
        self.addCleanup(profile.remove)
        write_pictures(profile.pictures)
        outcomes = profile.run_cases(WITHOUT_CORE)
        self.assertRegex(outcomes["painting"], "/not/there/libpastiche-core.so.*install LibTorch")


if __name__ == "__main__":
    unittest.main()
