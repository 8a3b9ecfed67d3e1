# SPDX-License-Identifier: GPL-3.0-or-later
"""The live filter in GIMP: on a layer, on a group, in a file, and where something is missing. The counting core turns every colour c into
255 - c."""

import os
import re
import subprocess
import unittest

import numpy

import pictures
from gimp import REAL_CORE, Profile

COUNTING_CORE = os.environ["PASTICHE_COUNTING_CORE"]
MODULES = os.environ["PASTICHE_OPERATION"] + ":" + os.environ["PASTICHE_GEGL_MODULES"]
CLI = os.environ["PASTICHE_CLI"]

DEFINITIONS = """
(define (live drawable . settings)
  (let ((filter (car (gimp-drawable-filter-new drawable "pastiche:stylize" ""))))
    (apply gimp-drawable-filter-configure filter LAYER-MODE-REPLACE 1.0 settings)
    (gimp-drawable-append-filter drawable filter)
    filter))
(define (filters-of drawable) (car (gimp-drawable-get-filters drawable)))
(define (save image path) (gimp-file-save RUN-NONINTERACTIVE image path))
"""

PROGRAM = DEFINITIONS + """
(test-case "layer" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (live (first-layer image) "strength" 0.4 "style" "woodcut" "color" "content")
    (save image "layer.png")
    (save image "layer-again.png")
    (save image "live.xcf")
    (gimp-drawable-filter-delete (vector-ref (filters-of (first-layer image)) 0))
    (save image "deleted.png"))))

(test-case "transparent" (lambda ()
  (let* ((image (open-picture "transparent.png")))
    (live (first-layer image))
    (save image "transparent-painted.png"))))

(test-case "offset" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (add-layer image "other.png")))
    (gimp-layer-set-offsets layer 50 -12)
    (live layer)
    (save image "offset.png"))))

(test-case "selection" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 10 5 30 20)
    (live (first-layer image))
    (save image "selection.png"))))

(test-case "gray" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (gimp-image-convert-grayscale image)
    (save image "gray-before.png")
    (live (first-layer image))
    (save image "gray.png"))))

(test-case "deep" (lambda ()
  (let* ((image (open-picture "deep.png")))
    (live (first-layer image))
    (save image "deep-painted.png"))))

(test-case "group" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (group (car (gimp-group-layer-new image "group")))
         (layer (first-layer image)))
    (gimp-image-insert-layer image group 0 0)
    (gimp-image-reorder-item image layer group 0)
    (live group)
    (save image "group.png"))))

(define (paint-live . arguments)
  (let* ((image (open-picture "photo.png")))
    (apply paint (append (list image (list (first-layer image)) #:output "live-filter") arguments))
    (tell "filters" (vector-length (filters-of (first-layer image))))
    (save image "into.png")))

(test-case "paint into" (lambda () (paint-live #:style-file "style.png" #:strength 0.3 #:color "free")))
(test-case "two styles" (lambda () (paint-live #:style-file "style.png" #:style-file-2 "other.png")))
(test-case "cropped" (lambda () (paint-live #:style-file "style.png" #:style-crop "0,0,1,1")))
(test-case "nowhere" (lambda () (paint-live #:style-file "/nowhere/style.png")))

(test-case "missing style" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (live (first-layer image) "style-file" "/nowhere/style.png")
    (save image "missing.png"))))
"""

RELOADED = DEFINITIONS + """
(test-case "reloaded" (lambda ()
  (let* ((image (open-picture "live.xcf")))
    (tell "filters" (vector-length (filters-of (first-layer image))))
    (save image "reloaded.png"))))
"""

INTO = """
(test-case "into" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (paint image (list (first-layer image)) #:output "live-filter" #:style-file "style.png"))))
"""

REAL = DEFINITIONS + """
(test-case "real" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (live (first-layer image) "style-file" "style.png" "strength" 0.7 "style-scale" 1.5)
    (save image "real.png"))))
"""


def with_operation(core):
    profile = Profile(core=core)
    profile.environment["GEGL_PATH"] = MODULES
    return profile


def negative(picture):
    turned = picture.copy()
    turned[..., :3] = 255 - turned[..., :3]
    return turned


def painted_with(said):
    """Strength, colours, and what was painted in which style, of everything that the counting core has painted."""
    return re.findall(r"^counting core: strength (.*), color (.*), content (.*), style (.*)$", said, re.MULTILINE)


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = with_operation(COUNTING_CORE)
        folder = cls.profile.pictures
        pictures.write(folder / "photo.png", pictures.noise(64, 48))
        pictures.write(folder / "other.png", pictures.noise(40, 30, seed=2))
        pictures.write(folder / "style.png", pictures.noise(8, 8, seed=6))
        pictures.write(folder / "transparent.png", pictures.noise(64, 48, channels=4, seed=3))
        pictures.write(folder / "deep.png", pictures.noise(64, 48, dtype=numpy.uint16, seed=4))
        cls.outcomes = cls.profile.run_cases(PROGRAM)
        cls.said = cls.profile.said
        cls.photo = pictures.read(folder / "photo.png")

    @classmethod
    def tearDownClass(cls):
        cls.profile.remove()

    def read(self, name, depth=8):
        return pictures.read(self.profile.pictures / name, depth)

    def check(self, case, expected, name, most=1):
        self.assertEqual(self.outcomes[case], "done")
        self.assertLessEqual(numpy.abs(self.read(name) - expected).max(), most)

    def test_layer(self):
        self.check("layer", negative(self.photo), "layer.png")
        self.check("layer", negative(self.photo), "layer-again.png")

    def test_what_is_under_it_stays(self):
        self.check("layer", self.photo, "deleted.png", 0)

    def test_it_is_kept_in_files(self):
        self.outcomes |= self.profile.run_cases(RELOADED)
        self.check("reloaded", negative(self.photo), "reloaded.png")
        self.assertEqual([painted[:2] for painted in painted_with(self.profile.said)], [("0.4", "1")])

    def test_alpha_stays(self):
        self.assertEqual(self.outcomes["transparent"], "done")
        expected, painted = negative(self.read("transparent.png")), self.read("transparent-painted.png")
        self.assertTrue((painted[..., 3] == expected[..., 3]).all())
        # GIMP mixes in 8 bits, so that of colours that are hardly seen not much is left.
        self.assertLessEqual((numpy.abs(painted - expected)[..., :3] * expected[..., 3:] / 255).max(), 2)

    def test_offset(self):
        expected = self.photo.copy()
        expected[:18, 50:] = negative(self.read("other.png"))[12:, :14]
        self.check("offset", expected, "offset.png")

    def test_selection(self):
        expected = self.photo.copy()
        expected[5:25, 10:40] = negative(expected[5:25, 10:40])
        self.check("selection", expected, "selection.png")

    def test_gray(self):
        self.check("gray", negative(self.read("gray-before.png")), "gray.png")

    def test_sixteen_bits(self):
        self.assertEqual(self.outcomes["deep"], "done")
        expected = self.read("deep.png", 16)
        expected[..., :3] = 65535 - expected[..., :3]
        self.assertLessEqual(numpy.abs(self.read("deep-painted.png", 16) - expected).max(), 1)

    def test_group(self):
        self.check("group", negative(self.photo), "group.png")

    def test_nothing_is_painted_twice(self):
        painted = painted_with(self.said)
        self.assertGreaterEqual(len(painted), 8)
        self.assertEqual(len(painted), len(set(painted)), painted)

    def test_the_plug_in_paints_into_one(self):
        self.check("paint into", negative(self.photo), "into.png")
        self.assertIn(("0.3", "4"), [painted[:2] for painted in painted_with(self.said)])

    def test_the_plug_in_refuses_what_the_filter_cannot(self):
        for case in ("two styles", "cropped"):
            self.assertIn("A live filter takes a single style from a picture file", self.outcomes[case])
        self.assertIn("“/nowhere/style.png” does not exist", self.outcomes["nowhere"])

    def test_a_missing_style_is_told(self):
        self.check("missing style", self.photo, "missing.png", 0)
        self.assertIn("Pastiche: “/nowhere/style.png” does not exist.", self.said)


class Alone(unittest.TestCase):
    def paint(self, core, style):
        profile = with_operation(core)
        self.addCleanup(profile.remove)
        pictures.write(profile.pictures / "photo.png", pictures.noise(96, 64, seed=5))
        pictures.write(profile.pictures / "style.png", style)
        self.assertEqual(profile.run_cases(REAL), {"real": "done"})
        return profile

    def test_a_missing_engine_is_told(self):
        profile = self.paint("/nowhere/libpastiche-core.so", pictures.noise(8, 8))
        self.assertEqual(profile.said.count("Pastiche: The painting engine cannot be opened (there is no /nowhere/libpastiche-core.so)"), 1)
        self.assertTrue((pictures.read(profile.pictures / "real.png") == pictures.read(profile.pictures / "photo.png")).all())

    def test_a_missing_operation_is_told(self):
        profile = Profile(core=COUNTING_CORE)
        self.addCleanup(profile.remove)
        profile.environment["GEGL_PATH"] = os.environ["PASTICHE_GEGL_MODULES"]
        for name in ("photo.png", "style.png"):
            pictures.write(profile.pictures / name, pictures.noise(8, 8))
        if "pastiche.so" not in os.listdir(os.environ["PASTICHE_GEGL_MODULES"]):
            self.assertIn("the GEGL operation pastiche:stylize", profile.run_cases(INTO)["into"])

    @unittest.skipUnless(CLI, "there is no command line to compare with")
    def test_it_is_the_first_picture(self):
        y, x = numpy.mgrid[:150, :200]
        style = numpy.stack([128 + 90 * numpy.sin(x / 5 + y / 9), y * 255 / 150, 128 + 90 * numpy.cos(x / 7)], axis=-1).astype(numpy.uint8)
        profile = self.paint(REAL_CORE, style)
        subprocess.run([CLI, "stylize", "photo.png", "--style", "style.png", "--steps", "0", "--brush-work", "0", "--strength", "0.7", "--style-scale", "1.5",
                        "--output", "expected.png", "--quiet"], cwd=profile.pictures, env=profile.environment, check=True)
        expected, painted = (pictures.read(profile.pictures / name) for name in ("expected.png", "real.png"))
        self.assertLessEqual(numpy.abs(painted - expected).max(), 1)
        self.assertGreater(numpy.abs(painted - pictures.read(profile.pictures / "photo.png")).mean(), 10)


if __name__ == "__main__":
    unittest.main()
