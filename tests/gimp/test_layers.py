# SPDX-License-Identifier: GPL-3.0-or-later
"""What is painted of which layers, to the pixel: the test core turns every colour c into 255 - c."""

import unittest

import numpy

import pictures
from gimp import Profile

PROGRAM = """
(define style (list #:style-file "style.png"))
(define (paint-inverted image . layers) (apply paint (append (list image layers) style)))

(test-case "two layers" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (below (first-layer image))
         (middle (add-layer image "other.png"))
         (above (add-layer image "photo.png")))
    (paint-inverted image below above)
    (save-layer image below "two-below.png")
    (save-layer image middle "two-middle.png")
    (save-layer image above "two-above.png"))))

(test-case "selection" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 10 5 30 20)
    (paint-inverted image (first-layer image))
    (save-layer image (first-layer image) "selection.png"))))

; The selection is the ramp layer's alpha.
(test-case "soft selection" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (first-layer image))
         (ramp (add-layer image "ramp.png")))
    (gimp-image-select-item image CHANNEL-OP-REPLACE ramp)
    (paint-inverted image layer)
    (save-layer image layer "soft.png"))))

(test-case "offset" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (add-layer image "other.png")))
    (gimp-layer-set-offsets layer 50 -12)
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 60 30)
    (paint-inverted image layer)
    (save-layer image layer "offset.png"))))

(test-case "one of two outside the selection" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (below (first-layer image))
         (above (add-layer image "other.png")))
    (gimp-layer-set-offsets above 40 0)
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 20 20)
    (paint-inverted image below above)
    (save-layer image below "outside-below.png")
    (save-layer image above "outside-above.png"))))

(test-case "transparent" (lambda ()
  (let* ((image (open-picture "transparent.png")))
    (paint-inverted image (first-layer image))
    (save-layer image (first-layer image) "transparent-painted.png"))))

(test-case "alpha lock" (lambda ()
  (let* ((image (open-picture "transparent.png")))
    (gimp-layer-set-lock-alpha (first-layer image) TRUE)
    (paint-inverted image (first-layer image))
    (save-layer image (first-layer image) "alpha-lock.png"))))

(test-case "gray" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (gimp-image-convert-grayscale image)
    (save-layer image (first-layer image) "gray-before.png")
    (paint-inverted image (first-layer image))
    (save-layer image (first-layer image) "gray.png"))))

(test-case "gray in colour" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (gimp-image-convert-grayscale image)
    (paint image (list (first-layer image)) #:style-file "orange.png" #:model "style")
    (save-layer image (first-layer image) "gray-orange.png"))))

(test-case "gray and transparent" (lambda ()
  (let* ((image (open-picture "gray-transparent.png")))
    (gimp-image-convert-grayscale image)
    (paint-inverted image (first-layer image))
    (save-layer image (first-layer image) "gray-transparent-painted.png"))))

; The filter stays, and what is painted are the pixels under it.
(test-case "filtered" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (first-layer image)))
    (gimp-drawable-append-filter layer (car (gimp-drawable-filter-new layer "gegl:invert-gamma" "")))
    (paint-inverted image layer)
    (save-layer image layer "filtered-seen.png")
    (let ((filters (car (gimp-drawable-get-filters layer))))
      (if (not (= 1 (vector-length filters))) (*error-hook* "another number of filters"))
      (gimp-drawable-filter-delete (vector-ref filters 0)))
    (save-layer image layer "filtered.png"))))

(test-case "hidden" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (add-layer image "other.png")))
    (gimp-item-set-visible layer FALSE)
    (paint-inverted image layer)
    (save-layer image layer "hidden.png"))))

(test-case "in a group" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (group (car (gimp-group-layer-new image "group")))
         (layer (add-layer image "other.png")))
    (gimp-image-insert-layer image group 0 0)
    (gimp-image-reorder-item image layer group 0)
    (paint-inverted image layer)
    (gimp-image-reorder-item image layer 0 0)
    (save-layer image layer "in-a-group.png"))))

(test-case "one pixel" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 7 9 1 1)
    (paint-inverted image (first-layer image))
    (save-layer image (first-layer image) "one-pixel.png"))))

(test-case "last values" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (plug-in-pastiche #:run-mode RUN-WITH-LAST-VALS #:image image #:drawables (vector (first-layer image))
                      #:style-file "style.png")
    (save-layer image (first-layer image) "last-values.png"))))
"""


class Layers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = Profile()
        cls.addClassCleanup(cls.profile.remove)
        cls.photo = pictures.noise(64, 48)
        cls.other = pictures.noise(40, 32, seed=2)
        cls.transparent = pictures.noise(64, 48, channels=4, seed=3)
        cls.ramp = numpy.zeros((48, 64, 4), dtype=numpy.uint8)
        cls.ramp[:, :, 3] = numpy.arange(64) * 4
        folder = cls.profile.pictures
        pictures.write(folder / "photo.png", cls.photo)
        pictures.write(folder / "other.png", cls.other)
        pictures.write(folder / "transparent.png", cls.transparent)
        cls.gray_transparent = numpy.dstack([cls.transparent[:, :, :1]] * 3 + [cls.transparent[:, :, 3:]])
        pictures.write(folder / "gray-transparent.png", cls.gray_transparent)
        pictures.write(folder / "ramp.png", cls.ramp)
        pictures.write(folder / "style.png", pictures.noise(50, 50, seed=4))
        pictures.write(folder / "orange.png", pictures.flat(8, 8, (230, 120, 20)))
        cls.outcomes = cls.profile.run_cases(PROGRAM)

    def done(self, case):
        self.assertEqual(self.outcomes[case], "done")

    def colors(self, name):
        return pictures.read(self.profile.pictures / name)[:, :, :3]

    def test_selected_layers_are_painted_and_others_are_not(self):
        self.done("two layers")
        numpy.testing.assert_array_equal(self.colors("two-below.png"), 255 - self.photo)
        numpy.testing.assert_array_equal(self.colors("two-above.png"), 255 - self.photo)
        numpy.testing.assert_array_equal(self.colors("two-middle.png"), self.other)

    def test_a_selection_is_painted_and_nothing_beside_it(self):
        self.done("selection")
        expected = self.photo.copy()
        expected[5:25, 10:40] = 255 - expected[5:25, 10:40]
        numpy.testing.assert_array_equal(self.colors("selection.png"), expected)

    def test_a_soft_selection_mixes(self):
        self.done("soft selection")
        share = self.ramp[:, :, 3:] / 255.0
        # GIMP mixes in linear light.
        linear = pictures.to_linear(self.photo / 255.0) * (1.0 - share) + pictures.to_linear(1.0 - self.photo / 255.0) * share
        expected = pictures.from_linear(linear) * 255.0
        self.assertLessEqual(abs(self.colors("soft.png") - expected).max(), 1.0)
        numpy.testing.assert_array_equal(self.colors("soft.png")[:, 0], self.photo[:, 0])

    def test_an_offset_layer_is_painted_where_the_selection_meets_it(self):
        self.done("offset")
        expected = self.other.copy()
        # Columns 50..59 of the image are the layer's 0..9; rows 0..29 are its 12..31, all that is left of it.
        expected[12:32, 0:10] = 255 - expected[12:32, 0:10]
        numpy.testing.assert_array_equal(self.colors("offset.png"), expected)

    def test_a_layer_beside_the_selection_is_left_out(self):
        self.done("one of two outside the selection")
        expected = self.photo.copy()
        expected[0:20, 0:20] = 255 - expected[0:20, 0:20]
        numpy.testing.assert_array_equal(self.colors("outside-below.png"), expected)
        numpy.testing.assert_array_equal(self.colors("outside-above.png"), self.other)

    def test_alpha_is_kept(self):
        for case, name, before in (("transparent", "transparent-painted.png", self.transparent),
                                   ("alpha lock", "alpha-lock.png", self.transparent),
                                   ("gray and transparent", "gray-transparent-painted.png", self.gray_transparent)):
            with self.subTest(case):
                self.done(case)
                painted = pictures.read(self.profile.pictures / name)
                numpy.testing.assert_array_equal(painted[:, :, 3], before[:, :, 3])
                visible = before[:, :, 3] > 0
                numpy.testing.assert_array_equal(painted[visible][:, :3], 255 - before[visible][:, :3])

    def test_gray(self):
        self.done("gray")
        numpy.testing.assert_array_equal(self.colors("gray.png"), 255 - self.colors("gray-before.png"))

    def test_gray_gets_the_luminance_of_colours(self):
        self.done("gray in colour")
        self.assertLessEqual(abs(self.colors("gray-orange.png") - pictures.luminance((230, 120, 20))).max(), 1.0)

    def test_a_layer_with_filters_is_painted_under_them(self):
        self.done("filtered")
        numpy.testing.assert_array_equal(self.colors("filtered.png"), 255 - self.photo)
        numpy.testing.assert_array_equal(self.colors("filtered-seen.png"), self.photo)

    def test_a_hidden_layer(self):
        self.done("hidden")
        numpy.testing.assert_array_equal(self.colors("hidden.png"), 255 - self.other)

    def test_a_layer_in_a_group(self):
        self.done("in a group")
        numpy.testing.assert_array_equal(self.colors("in-a-group.png"), 255 - self.other)

    def test_one_pixel(self):
        self.done("one pixel")
        expected = self.photo.copy()
        expected[9, 7] = 255 - expected[9, 7]
        numpy.testing.assert_array_equal(self.colors("one-pixel.png"), expected)

    def test_repeating_with_the_last_values(self):
        self.done("last values")
        numpy.testing.assert_array_equal(self.colors("last-values.png"), 255 - self.photo)


if __name__ == "__main__":
    unittest.main()
