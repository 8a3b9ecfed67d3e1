# SPDX-License-Identifier: GPL-3.0-or-later
"""What a painted layer keeps of its painting, painting again with it, and `pastiche info`. The test core's model "style" gives the style
picture, every other one turns each colour c into 255 - c."""

import hashlib
import json
import os
import re
import subprocess
import unittest

import numpy

import pictures
from gimp import Profile

PROGRAM = """
(define (save-settings layer path)
  (call-with-output-file path (lambda (port)
    (display (list-ref (car (gimp-item-get-parasite layer "pastiche-settings")) 2) port))))

(define (again image layer . arguments)
  (apply plug-in-pastiche-repeat
    (append (list #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (vector layer)) arguments)))

(define (top image) (vector-ref (car (gimp-image-get-layers image)) 0))

(test-case "settings" (lambda ()
  (let* ((image (open-picture "photo.png")))
    (paint image (list (first-layer image)) #:style-file "my style.png" #:style-file-2 "orange.png" #:style-share-2 0.25
      #:strength 0.75 #:steps 7 #:seed 5 #:color "content" #:model "{folder}/model.safetensors" #:output "new-layer")
    (save-settings (top image) "settings.json")
    (gimp-file-save RUN-NONINTERACTIVE image "painted.xcf"))))

(test-case "again on another layer" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (painted (first-layer image))
         (other (add-layer image "other.png")))
    (paint image (list painted) #:style-file "orange.png" #:model "style" #:steps 9)
    (again image other #:settings-layer painted)
    (save-settings painted "first.json")
    (save-settings other "second.json")
    (save-layer image other "again.png"))))

; From a file that has been closed: with the settings of the layer itself.
(test-case "again from a file" (lambda ()
  (let* ((image (open-picture "photo.png"))
         (style (add-layer image "orange.png")))
    (paint image (list (list-ref (vector->list (car (gimp-image-get-layers image))) 1))
           #:style-source "drawable" #:style-drawable style #:model "style" #:output "new-layer")
    (gimp-file-save RUN-NONINTERACTIVE image "closed.xcf")
    (gimp-image-delete image))
  (let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "closed.xcf")))
         (painted (vector-ref (car (gimp-image-get-layers image)) 1)))
    (gimp-drawable-invert painted FALSE)
    (again image painted)
    (save-layer image (vector-ref (car (gimp-image-get-layers image)) 1) "again-from-file.png")
    (gimp-image-remove-layer image (top image))
    (test-case "style layer gone" (lambda () (again image (top image)))))))

(test-case "no settings" (lambda ()
  (let ((image (open-picture "photo.png")))
    (again image (first-layer image)))))

(test-case "broken settings" (lambda ()
  (let ((image (open-picture "photo.png")))
    (gimp-item-attach-parasite (first-layer image) (list "pastiche-settings" 1 "{\\"arguments\\": {\\"steps\\": \\"many\\"}}"))
    (again image (first-layer image)))))
"""


class Repeat(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = Profile()
        cls.addClassCleanup(cls.profile.remove)
        cls.folder = cls.profile.pictures
        cls.photo = pictures.noise(64, 48)
        pictures.write(cls.folder / "photo.png", cls.photo)
        pictures.write(cls.folder / "other.png", pictures.noise(64, 48, seed=2))
        pictures.write(cls.folder / "my style.png", pictures.noise(50, 50, seed=4))
        pictures.write(cls.folder / "orange.png", pictures.flat(64, 48, (230, 120, 20)))
        (cls.folder / "model.safetensors").write_bytes(b"weights")
        finished = cls.profile.run(PROGRAM.replace("{folder}", str(cls.folder)))
        cls.outcomes = dict(re.findall(r"^case\t(.*)\t(.*)$", finished.stdout, re.MULTILINE))
        cls.errors = finished.stderr

    def done(self, case):
        self.assertEqual(self.outcomes.get(case), "done", self.errors)

    def settings(self, name):
        return json.loads((self.folder / name).read_text())

    def test_a_layer_keeps_how_it_was_painted(self):
        self.done("settings")
        settings = self.settings("settings.json")
        self.assertRegex(settings["pastiche"], r"^\d+\.\d+\.\d+$")
        self.assertRegex(settings["date"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(settings["model"], "stand-in")
        self.assertEqual(settings["model_sha256"], hashlib.sha256(b"weights").hexdigest())
        self.assertEqual(settings["styles"], [{"name": "my style", "share": 1.0}, {"name": "orange", "share": 0.25}])
        arguments = settings["arguments"]
        self.assertEqual(arguments["style-file"], (self.folder / "my style.png").as_uri())
        expected = {"strength": 0.75, "steps": 7, "seed": 5, "color": "content", "output": "new-layer", "style-share-2": 0.25,
                    "optimizer": "lbfgs", "size": 1024}
        self.assertEqual({name: arguments[name] for name in expected}, expected)
        self.assertNotIn("style-file-3", arguments)
        self.assertNotIn("image", arguments)

    def test_another_layer_is_painted_in_the_same_way(self):
        self.done("again on another layer")
        numpy.testing.assert_array_equal(pictures.read(self.folder / "again.png")[:, :, :3], numpy.full((48, 64, 3), (230, 120, 20)))
        first, second = self.settings("first.json"), self.settings("second.json")
        self.assertEqual(first["arguments"], second["arguments"])
        self.assertEqual(first["arguments"]["steps"], 9)

    def test_settings_and_style_layer_outlive_the_file(self):
        self.done("again from a file")
        numpy.testing.assert_array_equal(pictures.read(self.folder / "again-from-file.png")[:, :, :3],
                                         numpy.full((48, 64, 3), (230, 120, 20)))

    def test_refusals(self):
        self.assertRegex(self.outcomes["style layer gone"], "“orange.png”, which the painting was made with, is not in this image any more")
        self.assertRegex(self.outcomes["no settings"], "was not painted by Pastiche, so that it has no settings to repeat")
        self.assertRegex(self.outcomes["broken settings"], "cannot be read; they may be from another version")


if __name__ == "__main__":
    unittest.main()
