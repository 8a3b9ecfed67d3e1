# SPDX-License-Identifier: GPL-3.0-or-later
"""Text, vector and link layers, which GIMP draws itself and draws anew: what is painted of them goes into a layer above. The test core turns every
colour c into 255 - c. Vector and link layers are there since GIMP 3.2."""

import subprocess
import unittest

import numpy

import pictures
from gimp import Profile

# Each makes a layer that GIMP draws, with an opaque background where it can have one, and draws it anew.
KINDS = {
    "text": ("""(define (make-drawn image)
  (let ((layer (car (gimp-text-layer-new image "Pastiche" (car (gimp-context-get-font)) 20 UNIT-PIXEL))))
    (gimp-image-insert-layer image layer 0 0)
    layer))
(define (draw-anew layer) (gimp-text-layer-set-text layer "Pastiche") (gimp-text-layer-set-font-size layer 20 UNIT-PIXEL))
(define (is-drawn layer) (car (gimp-item-id-is-text-layer layer)))"""),
    "vector": ("""(define (make-drawn image)
  (let ((path (car (gimp-path-new image "triangle"))))
    (gimp-image-insert-path image path 0 0)
    (gimp-path-stroke-new-from-points path PATH-STROKE-TYPE-BEZIER #(4 4 4 4 4 4 60 4 60 4 60 4 30 44 30 44 30 44) TRUE)
    (let ((layer (car (gimp-vector-layer-new image path))))
      (gimp-image-insert-layer image layer 0 0)
      (gimp-vector-layer-refresh layer)
      layer)))
(define (draw-anew layer) (gimp-vector-layer-refresh layer))
(define (is-drawn layer) (car (gimp-item-id-is-vector-layer layer)))"""),
    "link": ("""(define (make-drawn image)
  (let ((layer (car (gimp-link-layer-new image "linked.png"))))
    (gimp-image-insert-layer image layer 0 0)
    layer))
(define (draw-anew layer) #t) ; Script-Fu of GIMP 3.2 cannot set its file
(define (is-drawn layer) (car (gimp-item-id-is-link-layer layer)))"""),
}
PROGRAM = """
(define (layers-of image) (vector->list (car (gimp-image-get-layers image))))

(define (paint-drawn name . arguments)
  (test-case name (lambda ()
    (let* ((image (open-picture "photo.png"))
           (drawn (make-drawn image)))
      (save-layer image drawn (string-append name "-before.png"))
      (apply paint (append (list image (list drawn) #:style-file "style.png") arguments))
      (save-layer image (car (layers-of image)) (string-append name "-painted.png"))
      (if (not (string=? name "replaced")) (draw-anew drawn))
      (save-layer image drawn (string-append name "-after.png"))
      (save-layer image (car (layers-of image)) (string-append name "-top.png"))
      (tell name (length (layers-of image)) (is-drawn drawn))))))

(paint-drawn "by-itself")
(paint-drawn "replaced" #:output "replace")
(paint-drawn "above" #:output "new-layer")

; Once it is rasterized it is a layer like others. Script-Fu of GIMP 3.2 cannot ask whether it is.
(test-case "again" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (drawn (make-drawn image)))
    (paint image (list drawn) #:style-file "style.png" #:output "replace")
    (paint image (list drawn) #:style-file "style.png")
    (tell "again" (length (layers-of image))))))
"""


def inverted(picture):
    return numpy.concatenate([255 - picture[:, :, :3], picture[:, :, 3:]], axis=2)


class Drawn(unittest.TestCase):
    def check(self, kind):
        profile = Profile()
        self.addCleanup(profile.remove)
        folder = profile.pictures
        pictures.write(folder / "photo.png", pictures.noise(64, 48))
        pictures.write(folder / "linked.png", pictures.noise(40, 30, seed=3))
        pictures.write(folder / "style.png", pictures.noise(64, 48, seed=2))
        finished = profile.run(KINDS[kind] + PROGRAM, fonts=True)
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)
        told = finished.stdout + finished.stderr
        for name in ("by-itself", "replaced", "above"):
            self.assertIn(f"case\t{name}\tdone", told)

        def picture(name):
            pixels = pictures.read(folder / name)
            return pixels * (pixels[:, :, 3:] > 0)  # colours under no opacity are nobody's

        def assert_same(name, expected):
            self.assertGreater(expected[:, :, 3].max(), 0, "something is drawn")
            numpy.testing.assert_allclose(picture(name), expected, atol=1, err_msg=name)

        for name in ("by-itself", "above"):
            before = picture(f"{name}-before.png")
            self.assertIn(f"{name}\t3\t1", told, "the drawn layer is still one")
            assert_same(f"{name}-after.png", before)
            for painted in ("painted", "top"):
                visible = before[:, :, 3:] > 0
                assert_same(f"{name}-{painted}.png", inverted(before) * visible)
        self.assertEqual(told.count("would draw over the painting"), 1, told)
        self.assertIn("replaced\t2\t", told)
        before = picture("replaced-before.png")
        assert_same("replaced-painted.png", inverted(before) * (before[:, :, 3:] > 0))
        if kind != "text":
            self.assertIn("again\t2", told)

    def test_text(self):
        self.check("text")

    @unittest.skipUnless(b"3.0" not in subprocess.check_output(["gimp-console-3", "--version"]), "since GIMP 3.2")
    def test_vectors_and_links(self):
        for kind in ("vector", "link"):
            with self.subTest(kind):
                self.check(kind)


if __name__ == "__main__":
    unittest.main()
