# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the style comes from: the test core copies the style picture onto the layer, enlarged by nearest neighbour."""

import subprocess
import unittest

import numpy

import pictures
from gimp import Profile

PROGRAM = """
(define (copy-style-onto-photo name . arguments)
  (let ((image (open-picture "photo.png")))
    (apply paint (append (list image (list (first-layer image)) #:model "style") arguments))
    (save-layer image (first-layer image) (string-append name ".png"))
    (gimp-image-delete image)))
(define other (open-picture "squares.png"))

(test-case "file" (lambda () (copy-style-onto-photo "file" #:style-file "squares.png")))
(test-case "file of pages" (lambda () (copy-style-onto-photo "pages" #:style-file "pages.gif")))
(test-case "turned file" (lambda () (copy-style-onto-photo "turned" #:style-file "turned.jpg")))

; What is seen of an image of several layers: red, under it green that is hidden, blue in the left half.
(test-case "file of layers" (lambda ()
  (let* ((image (open-picture "red.png"))
         (green (add-layer image "green.png"))
         (blue (add-layer image "blue-left.png")))
    (gimp-item-set-visible green FALSE)
    (gimp-xcf-save RUN-NONINTERACTIVE image "layers.xcf")
    (gimp-image-delete image)
    (copy-style-onto-photo "layers" #:style-file "layers.xcf"))))

(test-case "layer" (lambda ()
  (copy-style-onto-photo "layer" #:style-source "drawable" #:style-drawable (first-layer other))))

(test-case "group" (lambda ()
  (let* ((image (open-picture "green.png"))
         (group (car (gimp-group-layer-new image "group")))
         (red (add-layer image "red.png"))
         (blue (add-layer image "blue-left.png")))
    (gimp-image-insert-layer image group 0 0)
    (gimp-image-reorder-item image red group 0)
    (gimp-image-reorder-item image blue group 0)
    (copy-style-onto-photo "group" #:style-source "drawable" #:style-drawable group)
    (gimp-image-delete image))))

(test-case "channel" (lambda ()
  (let* ((image (open-picture "red.png"))
         (channel (car (gimp-channel-new-from-component image CHANNEL-RED "red"))))
    (gimp-image-insert-channel image channel 0 0)
    (copy-style-onto-photo "channel" #:style-source "drawable" #:style-drawable channel)
    (gimp-image-delete image))))

(test-case "filtered layer" (lambda ()
  (let* ((image (open-picture "squares.png"))
         (filter (car (gimp-drawable-filter-new (first-layer image) "gegl:invert-gamma" ""))))
    (gimp-drawable-append-filter (first-layer image) filter)
    (copy-style-onto-photo "filtered" #:style-source "drawable" #:style-drawable (first-layer image))
    (gimp-image-delete image))))

(test-case "options" (lambda ()
  (copy-style-onto-photo "options" #:style-file "large.png" #:strength 0.25 #:style-scale 2 #:size 640 #:steps 7
    #:color "content" #:seed 11 #:optimizer "lbfgs" #:content-weight 3 #:style-weight 4.5 #:tv-weight 0
    #:device "cpu" #:precision "bfloat16" #:model "tell")))

(test-case "large" (lambda ()
  (let ((image (open-picture "large.png")))
    (paint image (list (first-layer image)) #:style-file "squares.png" #:model "tell"))))

(test-case "standard options" (lambda ()
  (copy-style-onto-photo "options" #:style-file "squares.png" #:model "tell")))

; The images that were loaded for their style are gone, also when the call was refused.
(define photo (open-picture "photo.png"))
(define images-before (car (gimp-get-images)))
(define (paint-photo . style) (apply paint (append (list photo (list (first-layer photo))) style)))
(test-case "from a file" (lambda () (paint-photo #:style-file "squares.png")))
(test-case "refused" (lambda () (paint-photo #:style-file "transparent.png")))
(test-case "images" (lambda ()
  (if (not (= (vector-length images-before) (vector-length (car (gimp-get-images)))))
      (*error-hook* "another number of images"))))
"""


class Style(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = Profile()
        cls.addClassCleanup(cls.profile.remove)
        folder = cls.profile.pictures
        # Four large flat squares survive JPEG, and no two turns or mirrors of them are alike.
        cls.squares = numpy.kron(numpy.array([[[220, 30, 40], [40, 200, 60]], [[50, 60, 210], [230, 220, 50]]], dtype=numpy.uint8),
                                 numpy.ones((16, 16, 1), dtype=numpy.uint8))
        blue_left = numpy.zeros((32, 32, 4), dtype=numpy.uint8)
        blue_left[:, :16] = (0, 0, 255, 255)
        pictures.write(folder / "photo.png", pictures.noise(32, 32))
        pictures.write(folder / "squares.png", cls.squares)
        pictures.write(folder / "turned.jpg", cls.squares)
        pictures.turn_in_exif(folder / "turned.jpg")
        pictures.write(folder / "red.png", pictures.flat(32, 32, (255, 0, 0)))
        subprocess.run(["convert", "-size", "32x32", "xc:red", "xc:blue", folder / "pages.gif"], check=True)
        pictures.write(folder / "green.png", pictures.flat(32, 32, (0, 255, 0)))
        pictures.write(folder / "blue-left.png", blue_left)
        pictures.write(folder / "transparent.png", pictures.flat(8, 8, (200, 100, 50, 0)))
        pictures.write(folder / "large.png", pictures.flat(4096, 1024, (9, 9, 9)))
        cls.outcomes = cls.profile.run_cases(PROGRAM)

    def assert_painted(self, case, name, expected, tolerance=0):
        self.assertEqual(self.outcomes[case], "done")
        painted = pictures.read(self.profile.pictures / f"{name}.png")[:, :, :3]
        self.assertLessEqual(abs(painted - expected).max(), tolerance)

    def test_file(self):
        self.assert_painted("file", "file", self.squares)

    def test_a_note_on_a_file_is_told(self):
        self.assert_painted("file of pages", "pages", pictures.flat(32, 32, (255, 0, 0)))
        self.assertRegex(self.profile.said, r"“[^”]*pages.gif” holds several pictures; the first one was read.")

    def test_a_file_is_turned_as_its_exif_data_say(self):
        self.assert_painted("turned file", "turned", numpy.rot90(self.squares, -1), tolerance=8)

    def test_a_file_counts_as_it_is_seen(self):
        expected = pictures.flat(32, 32, (255, 0, 0))
        expected[:, :16] = (0, 0, 255)
        self.assert_painted("file of layers", "layers", expected)

    def test_layer_of_another_image(self):
        self.assert_painted("layer", "layer", self.squares)

    def test_layer_group(self):
        expected = pictures.flat(32, 32, (255, 0, 0))
        expected[:, :16] = (0, 0, 255)
        self.assert_painted("group", "group", expected)

    def test_channel(self):
        self.assert_painted("channel", "channel", pictures.flat(32, 32, (255, 255, 255)))

    def test_a_layer_counts_with_its_filters(self):
        self.assert_painted("filtered layer", "filtered", 255 - self.squares)

    def test_options_arrive_and_a_large_style_is_reduced(self):
        self.assertIn("strength 0.25, style-scale 2, size 640, steps 7, color 1, seed 11, optimizer 1, content-weight 3, style-weight 4.5, "
                      "tv-weight 0, device 1, precision 2, style 2048x512", self.outcomes["options"])

    def test_options_left_out_have_their_defaults(self):
        self.assertIn("strength 0.5, style-scale 1, size 1024, steps 50, color 0, seed 0, optimizer 1, content-weight 1, style-weight 1, "
                      "tv-weight 1, device 0, precision 0, style 32x32", self.outcomes["standard options"])

    def test_the_content_is_also_read_small(self):
        # 4096 × 1024, with as many pixels as 416 × 416.
        self.assertIn("overview 832x208", self.outcomes["large"])

    def test_no_hidden_image_is_left(self):
        self.assertEqual(self.outcomes["from a file"], "done")
        self.assertIn("transparent", self.outcomes["refused"])
        self.assertEqual(self.outcomes["images"], "done")


if __name__ == "__main__":
    unittest.main()
