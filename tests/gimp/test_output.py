# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the painting goes: the layer itself, or a new layer above it, with or without a mask. The test core turns every colour c into
255 - c."""

import unittest

import numpy

import pictures
from gimp import Profile

PROGRAM = """
(define (paint-into output image . layers) (paint image layers #:style-file "style.png" #:output output))

(define (layers-of image) (vector->list (car (gimp-image-get-layers image))))

(define (tell-place name layer)
  (tell name (car (gimp-item-get-name layer)) (car (gimp-drawable-get-offsets layer)) (cadr (gimp-drawable-get-offsets layer))
        (car (gimp-layer-get-mode layer)) (car (gimp-layer-get-opacity layer)) (car (gimp-drawable-has-alpha layer))
        (car (gimp-layer-get-mask layer))))

; With the mask as its alpha.
(define (save-masked image layer path)
  (gimp-layer-add-alpha layer)
  (gimp-layer-remove-mask layer MASK-APPLY)
  (save-layer image layer path))

(define (select-ramp image)
  (let ((ramp (add-layer image "ramp.png")))
    (gimp-image-select-item image CHANNEL-OP-REPLACE ramp)
    (gimp-image-remove-layer image ramp)))

(test-case "new layer" (lambda ()
  (let ((image (open-picture "photo.png")))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 10 5 30 20)
    (paint-into "new-layer" image (first-layer image))
    (tell "count" (length (layers-of image)))
    (tell-place "new layer" (car (layers-of image)))
    (save-layer image (car (layers-of image)) "new.png")
    (save-layer image (cadr (layers-of image)) "new-original.png"))))

(test-case "new layer, soft selection" (lambda ()
  (let ((image (open-picture "photo.png")))
    (select-ramp image)
    (paint-into "new-layer" image (first-layer image))
    (save-layer image (car (layers-of image)) "new-soft.png")
    (save-layer image (cadr (layers-of image)) "new-soft-original.png"))))

(test-case "masked, soft selection" (lambda ()
  (let ((image (open-picture "photo.png")))
    (select-ramp image)
    (paint-into "new-layer-masked" image (first-layer image))
    (save-layer image (cadr (layers-of image)) "masked-original.png")
    (save-masked image (car (layers-of image)) "masked.png"))))

(test-case "masked, no selection" (lambda ()
  (let ((image (open-picture "photo.png")))
    (paint-into "new-layer-masked" image (first-layer image))
    (tell "mask" (= -1 (car (gimp-layer-get-mask (car (layers-of image))))))
    (save-masked image (car (layers-of image)) "masked-whole.png"))))

(test-case "alpha" (lambda ()
  (let ((image (open-picture "transparent.png")))
    (paint-into "new-layer" image (first-layer image))
    (save-layer image (car (layers-of image)) "alpha.png"))))

; A layer in a group, beside its corner, half opaque and in another mode.
(test-case "group" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (group (car (gimp-group-layer-new image "group")))
         (layer (add-layer image "other.png")))
    (gimp-image-insert-layer image group 0 0)
    (gimp-image-reorder-item image layer group 0)
    (gimp-layer-set-offsets layer 50 -12)
    (gimp-layer-set-opacity layer 50)
    (gimp-layer-set-mode layer LAYER-MODE-MULTIPLY)
    (paint-into "new-layer" image layer)
    (let ((children (car (gimp-item-get-children group))))
      (tell "children" (vector-length children) (= layer (vector-ref children 1)))
      (tell-place "in the group" (vector-ref children 0))
      (gimp-image-reorder-item image (vector-ref children 0) 0 0)
      (save-layer image (vector-ref children 0) "group.png")))))

(test-case "two layers" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (below (first-layer image))
         (above (add-layer image "other.png")))
    (paint image (list below above) #:style-file "style.png" #:style-file-2 "orange.png" #:output "new-layer")
    (let ((layers (layers-of image)))
      (tell "order" (length layers) (= above (list-ref layers 1)) (= below (list-ref layers 3)))
      (tell "names" (car (gimp-item-get-name (list-ref layers 0))) (car (gimp-item-get-name (list-ref layers 2))))
      (tell "selected" (vector-length (car (gimp-image-get-selected-layers image))))
      (save-layer image (list-ref layers 0) "two-above.png")
      (save-layer image (list-ref layers 2) "two-below.png")))))

; What the layer's own mask hides is hidden in the painting too.
(test-case "masked layer" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (first-layer image)))
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 32 48)
    (gimp-layer-add-mask layer (car (gimp-layer-create-mask layer ADD-MASK-SELECTION)))
    (gimp-layer-set-edit-mask layer FALSE)
    (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 64 24)
    (gimp-image-set-selected-layers image (vector layer))
    (paint-into "new-layer-masked" image layer)
    (save-masked image (car (layers-of image)) "both-masks.png"))))

; What is seen of a group, of layers side by side and in another mode, is painted above it.
(define (paint-group name . arguments)
  (test-case name (lambda ()
    (let* ((image (open-picture "photo.png"))
           (group (car (gimp-group-layer-new image "A group")))
           (below (add-layer image "other.png"))
           (above (add-layer image "other.png")))
      (gimp-image-insert-layer image group 0 1)
      (gimp-image-reorder-item image below group 0)
      (gimp-image-reorder-item image above group 0)
      (gimp-layer-set-offsets below 30 5)
      (gimp-layer-set-offsets above -10 2)
      (gimp-drawable-invert above FALSE)
      (apply paint (append (list image (list group) #:style-file "style.png") arguments))
      (let ((layers (layers-of image)))
        (tell name (length layers) (= group (cadr layers)) (vector-length (car (gimp-item-get-children group))))
        (tell-place (string-append name ", place") (car layers))
        (save-layer image (car layers) (string-append name ".png")))))))
(paint-group "whole group")
(paint-group "group itself" #:output "replace")

; The layer's mask is what is edited; layer and mask are one thing to paint.
(test-case "mask" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (layer (first-layer image))
         (mask (car (gimp-layer-create-mask layer ADD-MASK-WHITE))))
    (gimp-layer-add-mask layer mask)
    (paint image (list mask layer) #:style-file "style.png")
    (tell "mask edited" (car (gimp-layer-get-edit-mask layer)))
    (gimp-layer-remove-mask layer MASK-DISCARD)
    (save-layer image layer "under-mask.png"))))

(define (paint-locked name lock)
  (test-case name (lambda ()
    (let* ((image (open-picture "photo.png"))
           (outer (car (gimp-group-layer-new image "Outer group")))
           (inner (car (gimp-group-layer-new image "Inner group")))
           (layer (add-layer image "other.png")))
      (gimp-item-set-name layer "A layer")
      (gimp-image-insert-layer image outer 0 1)
      (gimp-image-insert-layer image inner outer 0)
      (gimp-image-reorder-item image layer inner 0)
      (gimp-layer-set-offsets layer 7 3)
      (lock layer inner outer)
      (paint image (list layer) #:style-file "style.png")
      (tell name (length (layers-of image)) (vector-length (car (gimp-item-get-children inner))))
      (let ((painted (vector-ref (car (gimp-image-get-selected-layers image)) 0)))
        (tell-place (string-append name ", place") painted)
        (gimp-image-reorder-item image painted 0 0)
        (save-layer image painted (string-append name ".png")))
      (gimp-item-set-lock-content outer FALSE)
      (gimp-item-set-lock-content inner FALSE)
      (gimp-item-set-lock-content layer FALSE)
      (gimp-image-reorder-item image layer 0 0)
      (save-layer image layer (string-append name ", original.png"))))))
(paint-locked "locked" (lambda (layer inner outer) (gimp-item-set-lock-content layer TRUE)))
(paint-locked "in a locked group" (lambda (layer inner outer)
  (gimp-item-set-lock-content inner TRUE)
  (gimp-item-set-lock-content outer TRUE)))
; Neither keeps anybody from painting.
(paint-locked "locked otherwise" (lambda (layer inner outer)
  (gimp-item-set-lock-position layer TRUE)
  (gimp-layer-set-lock-alpha layer TRUE)))

(test-case "16 bits" (lambda ()
  (let ((image (open-picture "deep.png")))
    (paint-into "new-layer" image (first-layer image))
    (tell "precision" (= PRECISION-U16-NON-LINEAR (car (gimp-image-get-precision image))))
    (save-layer image (car (layers-of image)) "deep-new.png"))))

(test-case "gray" (lambda ()
  (let ((image (open-picture "photo.png")))
    (gimp-image-convert-grayscale image)
    (save-layer image (first-layer image) "gray-before.png")
    (paint-into "new-layer-masked" image (first-layer image))
    (save-masked image (car (layers-of image)) "gray.png"))))
"""
NORMAL, NO_MASK = "28", "-1"


class Output(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = Profile()
        cls.addClassCleanup(cls.profile.remove)
        cls.photo = pictures.noise(64, 48)
        cls.other = pictures.noise(40, 32, seed=2)
        cls.transparent = pictures.noise(64, 48, channels=4, seed=3)
        cls.deep = pictures.noise(64, 48, dtype=numpy.uint16, seed=5)
        cls.ramp = numpy.zeros((48, 64, 4), dtype=numpy.uint8)
        cls.ramp[:, :, 3] = numpy.arange(64) * 4
        for name in ("photo", "other", "transparent", "deep", "ramp"):
            pictures.write(cls.profile.pictures / f"{name}.png", getattr(cls, name))
        pictures.write(cls.profile.pictures / "style.png", pictures.noise(50, 50, seed=4))
        pictures.write(cls.profile.pictures / "orange.png", pictures.flat(8, 8, (230, 120, 20)))
        finished = cls.profile.run(PROGRAM)
        lines = [line.split("\t") for line in finished.stdout.splitlines()]
        cls.outcomes = {line[1]: line[2] for line in lines if line[0] == "case"}
        cls.told = {line[1]: line[2:] for line in lines if line[0] == "told"}
        cls.errors = finished.stderr

    def done(self, case):
        self.assertEqual(self.outcomes.get(case), "done", self.errors)

    def read(self, name, depth=8):
        return pictures.read(self.profile.pictures / name, depth)

    def test_a_new_layer_is_painted_where_the_selection_is(self):
        self.done("new layer")
        expected = self.photo.copy()
        expected[5:25, 10:40] = 255 - expected[5:25, 10:40]
        numpy.testing.assert_array_equal(self.read("new.png")[:, :, :3], expected)
        numpy.testing.assert_array_equal(self.read("new-original.png")[:, :, :3], self.photo)
        self.assertEqual(self.told["count"], ["2"])
        self.assertEqual(self.told["new layer"], ["style", "0", "0", NORMAL, "100.0", "0", NO_MASK])

    def test_a_new_layer_mixes_where_the_selection_is_soft(self):
        self.done("new layer, soft selection")
        share = self.ramp[:, :, 3:] / 255.0
        linear = pictures.to_linear(self.photo / 255.0) * (1.0 - share) + pictures.to_linear(1.0 - self.photo / 255.0) * share
        expected = pictures.from_linear(linear) * 255.0
        self.assertLessEqual(abs(self.read("new-soft.png")[:, :, :3] - expected).max(), 1.0)
        numpy.testing.assert_array_equal(self.read("new-soft-original.png")[:, :, :3], self.photo)

    def test_a_mask_is_as_soft_as_the_selection(self):
        self.done("masked, soft selection")
        painted = self.read("masked.png")
        numpy.testing.assert_array_equal(painted[:, :, 3], self.ramp[:, :, 3])
        # The first column is outside the selection: never painted, and hidden.
        numpy.testing.assert_array_equal(painted[:, 1:, :3], 255 - self.photo[:, 1:])
        numpy.testing.assert_array_equal(self.read("masked-original.png")[:, :, :3], self.photo)

    def test_without_a_selection_there_is_nothing_to_hide(self):
        self.done("masked, no selection")
        painted = self.read("masked-whole.png")
        numpy.testing.assert_array_equal(painted[:, :, :3], 255 - self.photo)
        self.assertEqual(painted[:, :, 3].min(), 255)
        self.assertEqual(self.told["mask"], ["#f"], "a mask to go on with")

    def test_alpha_is_kept(self):
        self.done("alpha")
        painted = self.read("alpha.png")
        numpy.testing.assert_array_equal(painted[:, :, 3], self.transparent[:, :, 3])
        visible = self.transparent[:, :, 3] > 0
        numpy.testing.assert_array_equal(painted[visible][:, :3], 255 - self.transparent[visible][:, :3])

    def test_a_layer_in_a_group_gets_its_new_one_there(self):
        self.done("group")
        self.assertEqual(self.told["children"], ["2", "#t"])
        self.assertEqual(self.told["in the group"], ["style", "50", "-12", NORMAL, "100.0", "0", NO_MASK])
        numpy.testing.assert_array_equal(self.read("group.png")[:, :, :3], 255 - self.other)

    def test_two_layers_get_one_each(self):
        self.done("two layers")
        self.assertEqual(self.told["order"], ["4", "#t", "#t"])
        self.assertEqual(self.told["names"], ["style + orange #1", "style + orange"], "painted from below, and names are unique")
        self.assertEqual(self.told["selected"], ["2"])
        numpy.testing.assert_array_equal(self.read("two-above.png")[:, :, :3], 255 - self.other)
        numpy.testing.assert_array_equal(self.read("two-below.png")[:, :, :3], 255 - self.photo)

    def test_what_the_layers_own_mask_hides_stays_hidden(self):
        self.done("masked layer")
        expected = numpy.zeros((48, 64))
        expected[:24, :32] = 255
        numpy.testing.assert_array_equal(self.read("both-masks.png")[:, :, 3], expected)

    def test_a_group_is_painted_as_it_is_seen(self):
        expected = numpy.zeros((35, 80, 4), dtype=numpy.int64)  # from -10, 2 to 70, 37
        expected[3:35, 40:80] = numpy.dstack([255 - self.other, numpy.full((32, 40), 255)])
        expected[0:32, 0:40] = numpy.dstack([self.other, numpy.full((32, 40), 255)])
        for name in ("whole group", "group itself"):
            with self.subTest(name):
                self.done(name)
                self.assertEqual(self.told[name], ["3", "#t", "2"], "above the group, which is as it was")
                self.assertEqual(self.told[f"{name}, place"], ["style", "-10", "2", NORMAL, "100.0", "1", NO_MASK])
                painted = self.read(f"{name}.png")
                numpy.testing.assert_array_equal(painted * (painted[:, :, 3:] > 0), expected)
        self.assertEqual(self.errors.count("“A group” is a layer group; the painting of what is seen of it is in a new layer above it."), 2)

    def test_with_its_mask_edited_the_layer_is_painted(self):
        self.done("mask")
        numpy.testing.assert_array_equal(self.read("under-mask.png")[:, :, :3], 255 - self.photo)
        self.assertEqual(self.told["mask edited"], ["1"])

    def test_what_is_locked_is_painted_above_the_lock(self):
        for name, counts, lock in (("locked", ["2", "2"], "A layer"), ("in a locked group", ["3", "1"], "Outer group")):
            with self.subTest(name):
                self.done(name)
                self.assertEqual(self.told[name], counts)
                self.assertEqual(self.told[f"{name}, place"], ["style", "7", "3", NORMAL, "100.0", "0", NO_MASK])
                numpy.testing.assert_array_equal(self.read(f"{name}.png")[:, :, :3], 255 - self.other)
                numpy.testing.assert_array_equal(self.read(f"{name}, original.png")[:, :, :3], self.other)
                self.assertEqual(self.errors.count(f"The pixels of “{lock}” are locked; the painting is in a new layer above it."), 1)
        self.done("locked otherwise")
        self.assertEqual(self.told["locked otherwise"], ["2", "1"])
        numpy.testing.assert_array_equal(self.read("locked otherwise, original.png")[:, :, :3], 255 - self.other)

    def test_sixteen_bits(self):
        self.done("16 bits")
        self.assertEqual(self.told["precision"], ["#t"])
        numpy.testing.assert_array_equal(self.read("deep-new.png", 16)[:, :, :3], 65535 - self.deep.astype(numpy.int64))

    def test_gray(self):
        self.done("gray")
        numpy.testing.assert_array_equal(self.read("gray.png")[:, :, :3], 255 - self.read("gray-before.png")[:, :, :3])


if __name__ == "__main__":
    unittest.main()
