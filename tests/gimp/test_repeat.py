# SPDX-License-Identifier: GPL-3.0-or-later
"""What a painted layer keeps of its painting, painting again with it, and `pastiche info`. The test core's model "style" gives the style
picture, every other one turns each colour c into 255 - c."""

import hashlib
import json
import os
import re
import struct
import subprocess
import unittest

import numpy

import pictures
from gimp import SEVERAL_MINUTES, Profile

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

; The painting among several layers lends its settings.
(define (several name . paint-others)
  (test-case name (lambda ()
    (let* ((image (open-picture "photo.png"))
           (painted (first-layer image))
           (other (add-layer image "other.png"))
           (third (add-layer image "other.png")))
      (paint image (list painted) #:style-file "orange.png" #:model "style" #:steps 9)
      (for-each (lambda (work) (work image other third)) paint-others)
      (gimp-drawable-fill painted FILL-WHITE)
      (plug-in-pastiche-repeat #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (vector third other painted))
      (save-layer image painted (string-append name " painted.png"))
      (save-layer image other (string-append name " other.png"))
      (save-layer image third (string-append name " third.png"))))))
(several "one among others")
(several "alike" (lambda (image other third)
  (paint image (list other third) #:style-file "orange.png" #:model "style" #:steps 9)))
(several "not alike" (lambda (image other third)
  (paint image (list other) #:style-file "orange.png" #:model "style" #:steps 8)))

; Paints a picture's painting again, from what it was painted from or not.
(define (from-original name . change)
  (test-case name (lambda ()
    (let* ((image (open-picture "photo.png")))
      (paint image (list (first-layer image)) #:style-file "orange.png" #:output "new-layer")
      (gimp-file-save RUN-NONINTERACTIVE image "original.xcf")
      (gimp-image-delete image))
    (let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "original.xcf")))
           (painting (top image))
           (original (vector-ref (car (gimp-image-get-layers image)) 1)))
      (gimp-drawable-fill painting FILL-WHITE)
      (for-each (lambda (work) (work image painting original)) change)
      (paint image (list painting) #:style-file "orange.png" #:from-original (if (string=? name "from the painting") FALSE TRUE))
      (save-layer image painting (string-append name ".png"))
      (gimp-image-delete image)))))
(from-original "from the original")
(from-original "from the painting")
(from-original "renamed and moved" (lambda (image painting original)
  (gimp-item-set-name original "photo")
  (gimp-layer-set-offsets painting 9 -4)))
; And again and again, as a painting keeps its original.
(define (twice . arguments)
  (lambda (image painting original)
    (apply paint (append (list image (list painting) #:style-file "orange.png") arguments))
    (gimp-drawable-fill painting FILL-WHITE)))
(from-original "twice" (twice #:from-original TRUE))
(from-original "after it was painted over" (twice))
(from-original "original gone" (lambda (image painting original) (gimp-image-remove-layer image original)))
(from-original "original of another size" (lambda (image painting original) (gimp-layer-resize original 80 60 0 0)))
(test-case "in another image" (lambda ()
  (let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "original.xcf")))
         (other (open-picture "photo.png"))
         (copy (car (gimp-layer-new-from-drawable (top image) other))))
    (gimp-image-insert-layer other copy 0 0)
    (gimp-drawable-fill copy FILL-WHITE)
    (paint other (list copy) #:style-file "orange.png" #:from-original TRUE)
    (save-layer other copy "in another image.png"))))

(test-case "no settings" (lambda ()
  (let ((image (open-picture "photo.png")))
    (again image (first-layer image)))))
(test-case "layer without settings" (lambda ()
  (let ((image (open-picture "photo.png")))
    (again image (first-layer image) #:settings-layer (first-layer image)))))

(test-case "broken settings" (lambda ()
  (let ((image (open-picture "photo.png")))
    (gimp-item-attach-parasite (first-layer image) (list "pastiche-settings" 1 "{\\"arguments\\": {\\"steps\\": \\"many\\"}}"))
    (again image (first-layer image)))))
"""

FILES = """
(let* ((image (open-picture "photo.png"))
       (layer (first-layer image)))
  (gimp-file-save RUN-NONINTERACTIVE image "plain.xcf")
  (test-case "painting" (lambda ()
    (paint image (list layer) #:style-file "my style.png" #:steps 7 #:strength 0.75 #:color "content" #:output "new-layer")
    (paint image (list layer) #:style-file "my style.png" #:steps 8)
    (gimp-file-save RUN-NONINTERACTIVE image "painted.xcf")
    (gimp-image-convert-precision image PRECISION-FLOAT-LINEAR)
    (gimp-file-save RUN-NONINTERACTIVE image "deep.xcf"))))
"""

CREDIT = {"id": "artic:1", "title": "Sunset", "artist": "A. Painter", "date": "1880", "museum": "Art Institute", "licence": "CC0",
          "address": "https://example.org/1"}


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
        (cls.folder / "orange.png.json").write_text(json.dumps(CREDIT))
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
        self.assertEqual(settings["styles"], [{"name": "my style", "share": 1.0}, {"name": "orange", "share": 0.25, "credit": CREDIT}])
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

    def assert_painted(self, name, expected):
        numpy.testing.assert_array_equal(pictures.read(self.folder / name)[:, :, :3], numpy.broadcast_to(expected, (48, 64, 3)), name)

    def test_a_painting_among_other_layers_lends_them_its_settings(self):
        orange, white = (230, 120, 20), (255, 255, 255)
        for case, painted in (("one among others", white), ("alike", orange)):
            with self.subTest(case):
                self.done(case)
                self.assert_painted(f"{case} painted.png", painted)
                self.assert_painted(f"{case} other.png", orange)
                self.assert_painted(f"{case} third.png", orange)
        self.assertRegex(self.outcomes["not alike"], "“other.png” and “Background” were painted with different settings; select only one of "
                                                     "them, and with it the layers to paint like it.")

    def test_a_painting_is_painted_from_its_original(self):
        for case in ("from the original", "renamed and moved", "twice", "after it was painted over"):
            with self.subTest(case):
                self.done(case)
                self.assert_painted(f"{case}.png", 255 - self.photo)
        # The painting itself is white.
        for case in ("from the painting", "original gone", "original of another size", "in another image"):
            with self.subTest(case):
                self.done(case)
                self.assert_painted(f"{case}.png", (0, 0, 0))

    def test_settings_and_style_layer_outlive_the_file(self):
        self.done("again from a file")
        numpy.testing.assert_array_equal(pictures.read(self.folder / "again-from-file.png")[:, :, :3],
                                         numpy.full((48, 64, 3), (230, 120, 20)))

    def test_refusals(self):
        self.assertRegex(self.outcomes["style layer gone"], "“orange.png”, which the painting was made with, is not in this image any more")
        self.assertRegex(self.outcomes["no settings"], "None of the selected layers was painted by Pastiche; select one that was, and with it "
                                                       "the layers to paint like it.")
        self.assertRegex(self.outcomes["layer without settings"], "was not painted by Pastiche, so that it has no settings to repeat")
        self.assertRegex(self.outcomes["broken settings"], "cannot be read; they may be from another version")


@unittest.skipUnless(os.environ["PASTICHE_CLI"], "built without the command line")
class Info(unittest.TestCase):
    """`pastiche info` on files that GIMP wrote."""

    @classmethod
    def setUpClass(cls):
        cls.profile = Profile()
        cls.addClassCleanup(cls.profile.remove)
        cls.folder = cls.profile.pictures
        for name in ("photo", "my style"):
            pictures.write(cls.folder / f"{name}.png", pictures.noise(8, 6, seed=len(name)))
        cls.outcomes = cls.profile.run_cases(FILES)
        cls.painted = (cls.folder / "painted.xcf").read_bytes()

    def info(self, *arguments):
        return subprocess.run([os.environ["PASTICHE_CLI"], "info", *arguments], cwd=self.folder, capture_output=True, text=True,
                              env=self.profile.environment, timeout=SEVERAL_MINUTES)

    def test_tells_how_every_layer_was_painted(self):
        told = self.info("painted.xcf")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        lines = told.stdout.splitlines()
        self.assertEqual([line for line in lines if not line.startswith("  ")],
                         ["The layer “my style” was painted with:", "The layer “Background” was painted with:"])
        for line in ("  styles 1 name: my style", "  strength: 0.75", "  steps: 7", "  color: content", "  output: new-layer", "  steps: 8"):
            self.assertIn(line, lines)

    def test_json(self):
        layers = json.loads(self.info("painted.xcf", "--json").stdout)["layers"]
        self.assertEqual([(layer["name"], layer["settings"]["arguments"]["steps"]) for layer in layers], [("my style", 7), ("Background", 8)])

    def test_every_kind_of_file_that_gimp_writes(self):
        self.assertEqual(self.info("deep.xcf").stdout, self.info("painted.xcf").stdout, "in floating point")

        # The oldest version, written by hand: one layer and its settings.
        settings = b'{"arguments": {"steps": 3}}'
        parasite = self.text(b"pastiche-settings") + struct.pack(">II", 1, len(settings)) + settings
        layer = struct.pack(">III", 4, 4, 0) + self.text(b"old") + struct.pack(">II", 21, len(parasite)) + parasite + bytes(8)
        head = b"gimp xcf file\0" + struct.pack(">III", 4, 4, 0) + bytes(8)
        (self.folder / "old.xcf").write_bytes(head + struct.pack(">III", len(head) + 12, 0, 0) + layer)
        self.assertEqual(self.info("old.xcf").stdout, "The layer “old” was painted with:\n  steps: 3\n")

    @staticmethod
    def text(text):
        return struct.pack(">I", len(text) + 1) + text + b"\0"

    def test_refusals(self):
        (self.folder / "empty.xcf").touch()
        for name, words in (("plain.xcf", "No layer of “plain.xcf” was painted by Pastiche"), ("photo.png", "“photo.png” is no XCF file"),
                            ("empty.xcf", "“empty.xcf” is no XCF file"), ("gone.xcf", "“gone.xcf” cannot be read"),
                            (".", "“.” cannot be read")):
            self.assert_refused(self.info(name), words)

    def assert_refused(self, told, words):
        self.assertEqual((told.returncode, told.stdout), (1, ""), told.stderr)
        self.assertRegex(told.stderr, f"^pastiche: {words}.*\\.\n$")

    def test_a_file_that_ends_early(self):
        whole = self.info("painted.xcf").stdout
        last = self.painted.rindex(b"pastiche-settings")
        for length in {*range(0, 400), *range(400, len(self.painted), 97), *range(last - 60, last + 60)}:
            (self.folder / "cut.xcf").write_bytes(self.painted[:length])
            told = self.info("cut.xcf")
            if told.returncode == 0:
                self.assertEqual(told.stdout, whole, "cut behind the last settings")
                self.assertGreater(length, last)
            else:
                self.assert_refused(told, "“cut.xcf” is (damaged|no XCF file)")

    def test_a_file_with_wrong_bytes(self):
        for at in range(0, 300):
            broken = bytearray(self.painted)
            broken[at] ^= 0xFF
            (self.folder / "broken.xcf").write_bytes(broken)
            self.assertIn(self.info("broken.xcf").returncode, (0, 1), f"byte {at}")

    def test_settings_that_would_steer_the_terminal(self):
        evil = self.painted.replace(b'"color": "content"', b'"color": "\\u001bc"').replace(b"my style\0", b"my\x1bstyle\0")
        self.assertEqual(len(evil), len(self.painted))
        (self.folder / "evil.xcf").write_bytes(evil)
        told = self.info("evil.xcf")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertNotIn("\x1b", told.stdout)


if __name__ == "__main__":
    unittest.main()
