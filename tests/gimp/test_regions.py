# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each style is painted: the test core gives the sum of the styles' colours, each times its share and its mask. The styles are pure
red and pure green, so that the red and green that come out are the masks."""

import unittest

import numpy

import pictures
from gimp import Profile

PROGRAM = """
(define (paint-red image layer name . arguments)
  (apply paint (append (list image (list layer) #:model "regions" #:style-file "red.png") arguments))
  (save-layer image layer (string-append name ".png")))

; What is gray on the picture, as a channel.
(define (add-channel image path)
  (let* ((layer (add-layer image path))
         (channel (car (gimp-channel-new-from-component image CHANNEL-RED path))))
    (gimp-image-remove-layer image layer)
    (gimp-image-insert-channel image channel 0 0)
    channel))

; The alpha of the ramp, as a selection that was saved.
(define (save-ramp image)
  (let ((ramp (add-layer image "ramp.png")))
    (gimp-image-select-item image CHANNEL-OP-REPLACE ramp)
    (let ((saved (car (gimp-selection-save image))))
      (gimp-selection-none image)
      (gimp-image-remove-layer image ramp)
      saved)))

(test-case "channel" (lambda ()
  (let ((image (open-picture "photo.png")))
    (paint-red image (first-layer image) "channel" #:style-region (add-channel image "noise.png")))))

; Of a style that is red on the left and green on the right.
(define (paint-cropped name . arguments)
  (test-case name (lambda ()
    (let ((image (open-picture "photo.png")))
      (apply paint (append (list image (list (first-layer image)) #:model "regions") arguments))
      (save-layer image (first-layer image) (string-append name ".png"))))))
(paint-cropped "whole" #:style-file "halves.png")
(paint-cropped "left" #:style-file "halves.png" #:style-crop "0,0,4,8")
(paint-cropped "both" #:style-file "halves.png" #:style-crop "4,1,4,2" #:style-share 0.5 #:style-file-2 "halves.png" #:style-crop-2 "0,0,4,8")
(test-case "crop of a layer" (lambda ()
  (let ((image (open-picture "photo.png")) (style (open-picture "halves.png")))
    (paint image (list (first-layer image)) #:model "regions" #:style-source "drawable" #:style-drawable (first-layer style)
           #:style-crop "5,0,3,8")
    (save-layer image (first-layer image) "layer.png"))))
(paint-cropped "beside it" #:style-file "halves.png" #:style-crop "5,0,4,8")
(paint-cropped "nonsense" #:style-file "halves.png" #:style-crop "left")

(test-case "part of a channel" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (channel (add-channel image "noise.png")))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 5 3 20 10)
    (paint-red image (first-layer image) "part" #:style-region channel))))

(define (paint-in precision name)
  (test-case name (lambda ()
    (let ((image (open-picture "photo.png")))
      (if (not (= precision (car (gimp-image-get-precision image))))
          (gimp-image-convert-precision image precision))
      (paint-red image (first-layer image) name #:style-region (save-ramp image))))))
(paint-in PRECISION-U8-NON-LINEAR "saved 8")
(paint-in PRECISION-U8-LINEAR "saved 8 linear")
(paint-in PRECISION-U16-NON-LINEAR "saved 16")
(paint-in PRECISION-HALF-LINEAR "saved half")
(paint-in PRECISION-FLOAT-LINEAR "saved float linear")

(test-case "feathered" (lambda ()
  (let ((image (open-picture "photo.png")))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 16 0 16 24)
    (gimp-selection-feather image 8)
    (let ((saved (car (gimp-selection-save image))))
      (gimp-selection-none image)
      (paint-red image (first-layer image) "feathered" #:style-region saved)))))

(test-case "selection" (lambda ()
  (let ((image (open-picture "photo.png")))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 10 5 12 8)
    (paint-red image (first-layer image) "selection" #:style-region (car (gimp-image-get-selection image))))))

(test-case "layer mask" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (add-layer image "ramp.png"))
         (mask (car (gimp-layer-create-mask layer ADD-MASK-ALPHA))))
    (gimp-layer-add-mask layer mask)
    (gimp-layer-set-offsets layer 3 2)
    (apply paint (list image (list layer) #:model "regions" #:style-file "red.png" #:style-region mask))
    (gimp-layer-remove-mask layer MASK-DISCARD)
    (save-layer image layer "layer mask.png"))))

(test-case "offset layers" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (first-layer image))
         (region (add-layer image "small.png")))
    (gimp-layer-set-offsets layer 4 -2)
    (gimp-layer-set-offsets region 9 5)
    (paint-red image layer "offset" #:style-region region))))

(test-case "coloured layer" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (first-layer image)))
    (paint-red image layer "coloured" #:style-region (add-layer image "orange.png")))))

(test-case "filtered layer" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (first-layer image))
         (region (add-layer image "small.png")))
    (gimp-layer-set-offsets region 9 5)
    (gimp-drawable-append-filter region (car (gimp-drawable-filter-new region "gegl:invert-gamma" "")))
    (paint-red image layer "filtered" #:style-region region))))

(test-case "group" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (first-layer image))
         (group (car (gimp-group-layer-new image "group")))
         (inside (add-layer image "small.png")))
    (gimp-image-insert-layer image group 0 0)
    (gimp-image-reorder-item image inside group 0)
    (gimp-layer-set-offsets inside 9 5)
    (paint-red image layer "group" #:style-region group))))

(define other (open-picture "large.png"))
(define other-channel (add-channel other "large.png"))
(define wide (open-picture "wide.png"))
(define wide-channel (add-channel wide "wide.png"))
(test-case "another image" (lambda ()
  (let ((image (open-picture "photo.png")))
    (paint-red image (first-layer image) "another" #:style-region other-channel))))
(test-case "another image, reduced" (lambda ()
  (let ((image (open-picture "photo.png")))
    (paint-red image (first-layer image) "another reduced" #:style-region wide-channel))))
(test-case "another image's layer, reduced" (lambda ()
  (let ((image (open-picture "photo.png")))
    (paint-red image (first-layer image) "another layer" #:style-region (first-layer wide)))))

(test-case "two styles" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (channel (add-channel image "noise.png"))
         (inverted (add-channel image "noise inverted.png")))
    (paint-red image (first-layer image) "two" #:style-region channel
      #:style-file-2 "green.png" #:style-share-2 0.5 #:style-region-2 inverted))))

(test-case "the second alone has a region" (lambda ()
  (let ((image (open-picture "photo.png")))
    (paint-red image (first-layer image) "second"
      #:style-file-2 "green.png" #:style-region-2 (add-channel image "noise.png")))))

(test-case "two layers" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (below (first-layer image))
         (above (add-layer image "photo.png"))
         (channel (add-channel image "noise.png")))
    (gimp-layer-set-offsets above 10 0)
    (paint image (list below above) #:model "regions" #:style-file "red.png" #:style-region channel)
    (save-layer image below "two below.png")
    (save-layer image above "two above.png"))))

(define (refuse name prepare)
  (let* ((image (open-picture "photo.png"))
         (region (prepare image)))
    (gimp-image-clean-all image)
    (test-case name (lambda ()
      (paint image (list (first-layer image)) #:model "regions" #:style-file "red.png" #:style-region region)))
    (test-case (string-append name ", dirty") (lambda ()
      (if (= TRUE (car (gimp-image-is-dirty image))) (*error-hook* "dirty"))))))
(refuse "empty channel" (lambda (image)
  (let ((channel (add-channel image "black.png")))
    (gimp-item-set-name channel "A channel")
    channel)))
(refuse "nothing selected" (lambda (image) (car (gimp-image-get-selection image))))
(refuse "layer beside it" (lambda (image)
  (let* ((region (add-layer image "small.png"))
         (layer (vector-ref (car (gimp-image-get-layers image)) 1)))
    (gimp-image-reorder-item image region 0 1)
    (gimp-layer-set-offsets region 40 0)
    (gimp-item-set-name region "A layer")
    region)))
(test-case "images" (lambda ()
  (vector-for-each (lambda (image) (if (= 0 (vector-length (car (gimp-image-get-layers image)))) (*error-hook* "a stray image")))
                   (car (gimp-get-images)))))
"""


class Regions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = Profile()
        cls.addClassCleanup(cls.profile.remove)
        folder = cls.profile.pictures
        cls.photo = pictures.noise(32, 24)
        cls.noise = pictures.noise(32, 24, channels=1, seed=2)[:, :, 0]
        cls.small = pictures.noise(10, 8, channels=1, seed=3)[:, :, 0]
        cls.large = pictures.noise(64, 48, channels=1, seed=5)[:, :, 0]
        cls.wide = pictures.noise(4096, 48, channels=1, seed=6)[:, :, 0]
        cls.ramp = numpy.broadcast_to(numpy.arange(32, dtype=numpy.uint8) * 8, (24, 32))
        ramp = numpy.zeros((24, 32, 4), dtype=numpy.uint8)
        ramp[:, :, 3] = cls.ramp
        pictures.write(folder / "photo.png", cls.photo)
        pictures.write(folder / "red.png", pictures.flat(8, 8, (255, 0, 0)))
        pictures.write(folder / "black.png", pictures.flat(32, 24, (0, 0, 0)))
        pictures.write(folder / "green.png", pictures.flat(8, 8, (0, 255, 0)))
        halves = pictures.flat(8, 8, (255, 0, 0))
        halves[:, 4:] = (0, 255, 0)
        pictures.write(folder / "halves.png", halves)
        pictures.write(folder / "noise.png", numpy.dstack([cls.noise] * 3))
        pictures.write(folder / "noise inverted.png", numpy.dstack([255 - cls.noise] * 3))
        pictures.write(folder / "small.png", numpy.dstack([cls.small] * 3))
        pictures.write(folder / "large.png", numpy.dstack([cls.large] * 3))
        pictures.write(folder / "wide.png", numpy.dstack([cls.wide] * 3))
        pictures.write(folder / "ramp.png", ramp)
        pictures.write(folder / "orange.png", pictures.flat(32, 24, (230, 120, 20, 102)))
        cls.outcomes = cls.profile.run_cases(PROGRAM)

    def painted(self, case, name, depth=8):
        self.assertEqual(self.outcomes[case], "done")
        return pictures.read(self.profile.pictures / f"{name}.png", depth)

    def assert_red(self, case, name, expected, tolerance=0):
        painted = self.painted(case, name)
        self.assertLessEqual(abs(painted[:, :, 0] - expected).max(), tolerance)
        numpy.testing.assert_array_equal(painted[:, :, 1:3], 0)

    def small_at(self, x, y, values):
        """A small picture at its place, nothing beside it."""
        expected = numpy.zeros((24, 32), dtype=int)
        expected[y:y + 8, x:x + 10] = values
        return expected

    def test_a_crop_is_all_that_is_used_of_a_style(self):
        for case, name, color in (
            ("whole", "whole", (128, 128, 0)),
            ("left", "left", (255, 0, 0)),
            ("both", "both", (255, 128, 0)),
            ("crop of a layer", "layer", (0, 255, 0)),
        ):
            with self.subTest(case):
                self.assertLessEqual(abs(self.painted(case, name)[:, :, :3] - numpy.array(color)).max(), 1)

    def test_a_crop_that_is_none_is_refused(self):
        self.assertIn("does not lie within the picture, which has 8 × 8.", self.outcomes["beside it"])
        self.assertIn("The crop of a style is a rectangle X,Y,WIDTH,HEIGHT in its pixels, such as 40,30,800,600, not “left”.", self.outcomes["nonsense"])

    def test_a_channel(self):
        self.assert_red("channel", "channel", self.noise)

    def test_a_selection_takes_its_part_of_the_channel(self):
        expected = self.photo.copy()
        expected[3:13, 5:25] = 0
        expected[3:13, 5:25, 0] = self.noise[3:13, 5:25]
        numpy.testing.assert_array_equal(self.painted("part of a channel", "part")[:, :, :3], expected)

    def test_a_saved_selection_means_the_same_in_every_depth(self):
        for depth in ("8", "8 linear", "16", "half", "float linear"):
            with self.subTest(depth):
                # Linear light with 8 bits cannot hold dark reds: its steps are up to 13/255 of sRGB's code there.
                self.assert_red(f"saved {depth}", f"saved {depth}", self.ramp, tolerance=7 if depth == "8 linear" else 1)

    def test_feathering(self):
        red = self.painted("feathered", "feathered")[12, :, 0]
        self.assertTrue((numpy.diff(red) >= 0).all())
        self.assertEqual((red[0], red[31]), (0, 255))
        # Symmetric about the edge that was feathered, which lies between two pixels.
        self.assertLessEqual(abs(int(red[15]) + int(red[16]) - 255), 2)
        self.assertGreater(((red > 0) & (red < 255)).sum(), 4)

    def test_the_selection_itself(self):
        expected = self.photo.copy()
        expected[5:13, 10:22] = (255, 0, 0)
        numpy.testing.assert_array_equal(self.painted("selection", "selection")[:, :, :3], expected)

    def test_the_mask_of_the_layer_that_is_painted(self):
        red = self.painted("layer mask", "layer mask")
        visible = self.ramp > 0
        numpy.testing.assert_array_equal(red[:, :, 0][visible], self.ramp[visible])

    def test_a_layer_counts_where_it_lies_in_the_image(self):
        # The region begins at (9, 5) of the image, which is (5, 7) of the layer that begins at (4, -2).
        self.assert_red("offset layers", "offset", self.small_at(5, 7, self.small), tolerance=1)

    def test_a_layer_counts_with_its_luminance_and_alpha(self):
        linear = pictures.to_linear(numpy.array([230, 120, 20]) / 255.0)
        luminance = pictures.from_linear(linear @ numpy.array([0.2225, 0.7169, 0.0606])) * 255.0
        self.assert_red("coloured layer", "coloured", luminance * 102 / 255, tolerance=1)

    def test_a_layer_counts_as_it_is_seen(self):
        self.assert_red("filtered layer", "filtered", self.small_at(9, 5, 255 - self.small), tolerance=1)

    def test_a_group(self):
        self.assert_red("group", "group", self.small_at(9, 5, self.small), tolerance=1)

    def test_another_image_is_fitted_to_the_layer(self):
        self.assert_red("another image", "another", self.large[::2, ::2])

    def test_a_large_region_is_reduced(self):
        # To 2048 × 24, of which the stand-in takes every 64th column.
        def reduced(values):
            return values.reshape(24, 2, 2048, 2).mean(axis=(1, 3))[:, ::64]
        self.assert_red("another image, reduced", "another reduced", reduced(self.wide), tolerance=1)
        # Layers are reduced in linear light, like every picture.
        linear = reduced(pictures.to_linear(self.wide / 255.0))
        self.assert_red("another image's layer, reduced", "another layer", pictures.from_linear(linear) * 255, tolerance=1)

    def test_each_style_has_its_own(self):
        painted = self.painted("two styles", "two")
        numpy.testing.assert_array_equal(painted[:, :, 0], self.noise)
        self.assertLessEqual(abs(painted[:, :, 1] - (255 - self.noise) * 0.5).max(), 0.51)

    def test_a_style_without_one_is_everywhere(self):
        painted = self.painted("the second alone has a region", "second")
        numpy.testing.assert_array_equal(painted[:, :, 0], 255)
        numpy.testing.assert_array_equal(painted[:, :, 1], self.noise)

    def test_every_layer_gets_what_lies_on_it(self):
        self.assert_red("two layers", "two below", self.noise)
        above = numpy.zeros((24, 32), dtype=int)
        above[:, :22] = self.noise[:, 10:]
        self.assert_red("two layers", "two above", above)

    def test_a_region_that_covers_nothing_is_refused(self):
        for case, region in (("empty channel", "A channel"), ("nothing selected", ".*"), ("layer beside it", "A layer")):
            with self.subTest(case):
                self.assertRegex(self.outcomes[case], f"The region “{region}” covers nothing of “.*”; paint it white")
                self.assertEqual(self.outcomes[f"{case}, dirty"], "done")

    def test_no_hidden_image_is_left(self):
        self.assertEqual(self.outcomes["images"], "done")


if __name__ == "__main__":
    unittest.main()
