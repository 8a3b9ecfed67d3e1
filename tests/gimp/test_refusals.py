# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be painted gets one clear sentence, and nothing is changed."""

import unittest

import numpy

import pictures
from gimp import Profile

# A refusal must not even make the image dirty.
PROGRAM = """
(define (refuse name prepare . arguments)
  (let* ((image (open-picture "photo.png"))
         (drawables (prepare image))
         (layer (first-layer image)))
    (save-layer image layer (string-append name " before.png"))
    (gimp-image-clean-all image)
    (test-case name (lambda ()
      (apply paint (append (list image drawables) (if (null? arguments) (list #:style-file "style.png") arguments)))))
    (test-case (string-append name ", dirty") (lambda ()
      (if (= TRUE (car (gimp-image-is-dirty image)))
          (*error-hook* "dirty"))))
    (save-layer image layer (string-append name " after.png"))
    (gimp-image-delete image)))
(define (all-of image) (list (first-layer image)))

(refuse "not refused" all-of)
(refuse "channel" (lambda (image)
  (let ((channel (car (gimp-channel-new-from-component image CHANNEL-RED "A channel"))))
    (gimp-image-insert-channel image channel 0 0)
    (list channel))))
(refuse "live filter on a locked layer" (lambda (image)
  (gimp-item-set-name (first-layer image) "Locked")
  (gimp-item-set-lock-content (first-layer image) TRUE)
  (all-of image)) #:style-file "style.png" #:output "live-filter")
(refuse "indexed" (lambda (image)
  (gimp-image-convert-indexed image CONVERT-DITHER-NONE CONVERT-PALETTE-GENERATE 255 FALSE FALSE "")
  (all-of image)))
(refuse "beside the selection" (lambda (image)
  (gimp-layer-set-offsets (first-layer image) 10 10)
  (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 5 5)
  (all-of image)))
(refuse "nothing selected" (lambda (image) '()))
(refuse "no style file" all-of #:style-source "file")
(refuse "no style layer" all-of #:style-source "drawable")
(refuse "missing file" all-of #:style-file "not-there.png")
(refuse "a folder" all-of #:style-file ".")
(refuse "no picture" all-of #:style-file "no-picture.png")
(refuse "unknown format" all-of #:style-file "no-picture.txt")
(refuse "transparent" all-of #:style-file "transparent.png")
(refuse "core" all-of #:style-file "style.png" #:model "tell")
(refuse "range" all-of #:style-file "style.png" #:strength 1.5)
"""

SENTENCES = {
    "channel": "“A channel” is a channel; select a layer instead.",
    "live filter on a locked layer": "The pixels of “Locked” are locked; unlock them in the Layers dialog first.",
    "indexed": "has indexed colours; change the image with Image ▸ Mode ▸ RGB first.",
    "beside the selection": "The selection lies beside the selected layers; move it, or select nothing to paint the whole of them.",
    "nothing selected": "Select a layer to paint.",
    "no style file": "Choose a style picture.",
    "no style layer": "Choose a style layer.",
    "missing file": "not-there.png” does not exist; choose another file.",
    "a folder": "cannot be opened",
    "no picture": "no-picture.png” cannot be opened",
    "unknown format": "no-picture.txt” cannot be opened",
    "transparent": "transparent.png” is completely transparent; choose one with something to see.",
    "core": "strength 0.5",
    "range": "out of range: 0.000000 to 1.000000",
}


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = Profile()
        cls.addClassCleanup(cls.profile.remove)
        folder = cls.profile.pictures
        cls.photo = pictures.noise(24, 16)
        pictures.write(folder / "photo.png", cls.photo)
        pictures.write(folder / "style.png", pictures.noise(16, 16, seed=4))
        pictures.write(folder / "transparent.png", pictures.flat(8, 8, (200, 100, 50, 0)))
        (folder / "no-picture.png").write_text("This is no picture.\n")
        (folder / "no-picture.txt").write_text("This is no picture.\n")
        cls.outcomes = cls.profile.run_cases(PROGRAM)

    def test_each_gets_its_sentence(self):
        for case, sentence in SENTENCES.items():
            with self.subTest(case):
                self.assertIn(sentence, self.outcomes[case])

    def test_nothing_is_changed(self):
        for case in SENTENCES:
            with self.subTest(case):
                self.assertEqual(self.outcomes[f"{case}, dirty"], "done")
                before, after = (pictures.read(self.profile.pictures / f"{case} {when}.png") for when in ("before", "after"))
                numpy.testing.assert_array_equal(after, before)

    def test_a_change_would_be_noticed(self):
        self.assertEqual(self.outcomes["not refused"], "done")
        self.assertIn("dirty", self.outcomes["not refused, dirty"])


if __name__ == "__main__":
    unittest.main()
