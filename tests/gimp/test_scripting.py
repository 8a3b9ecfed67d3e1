# SPDX-License-Identifier: GPL-3.0-or-later
"""Every call in docs/scripting.md, run as it stands there. The test core turns each colour c into 255 - c."""

import os
import pathlib
import re
import subprocess
import unittest

import numpy

import pictures
from gimp import SEVERAL_MINUTES, Profile

DOCUMENT = pathlib.Path(os.environ["PASTICHE_SCRIPTING"])
PYTHON_FAILED = 64  # of GIMP, when Python code raised


class Scripting(unittest.TestCase):
    def setUp(self):
        self.profile = Profile(plug_ins=["python-eval"])
        self.addCleanup(self.profile.remove)
        self.folder = self.profile.pictures
        self.photo = pictures.noise(32, 24)
        pictures.write(self.folder / "photo.png", self.photo)
        (self.folder / "photo.png").rename(self.folder / "photo.jpg")  # the contents tell, and lose nothing
        pictures.write(self.folder / "style.png", pictures.flat(8, 8, (255, 0, 0)))
        pictures.write(self.folder / "clouds.png", pictures.flat(8, 8, (0, 255, 0)))
        text = DOCUMENT.read_text()
        self.commands = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        (self.python,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)

    def run_command(self, needle, status=0):
        (command,) = [command for command in self.commands if needle in command]
        finished = subprocess.run(["sh", "-c", command], cwd=self.folder, env=self.profile.environment, text=True, capture_output=True,
                                  timeout=SEVERAL_MINUTES)
        self.assertEqual(finished.returncode, status, finished.stdout + finished.stderr)
        self.assertNotIn("stray image", finished.stderr)
        return finished

    def painted(self, name="painted.png"):
        return pictures.read(self.folder / name)[:, :, :3]

    def test_one_picture(self):
        self.run_command("gimp-file-save")
        numpy.testing.assert_array_equal(self.painted(), 255 - self.photo)

    def test_two_styles(self):
        # The left half is sky.
        made = self.profile.run("""
          (let* ((image (open-picture "photo.jpg"))
                 (sky (car (gimp-selection-save image))))
            (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 16 24)
            (gimp-image-remove-channel image sky)
            (set! sky (car (gimp-selection-save image)))
            (gimp-item-set-name sky "sky")
            (gimp-selection-none image)
            (gimp-image-set-selected-layers image (car (gimp-image-get-layers image)))
            (gimp-xcf-save RUN-NONINTERACTIVE image "photo.xcf"))""")
        self.assertTrue((self.folder / "photo.xcf").exists(), made.stderr)
        self.commands = [command.replace("#:style-file ", '#:model "regions" #:style-file ') for command in self.commands]
        self.run_command("#:style-region-2")
        shown = self.profile.run("""
          (let ((image (open-picture "painted.xcf")))
            (save-layer image (first-layer image) "painted.png"))""")
        self.assertTrue((self.folder / "painted.png").exists(), shown.stderr)
        expected = numpy.zeros((24, 32, 3), dtype=int)
        expected[:, :16] = (0, 255, 0)
        expected[:, 16:] = (255, 0, 0)
        numpy.testing.assert_array_equal(self.painted(), expected)

    def test_a_folder(self):
        (self.folder / "photos").mkdir()
        (self.folder / "photo.jpg").rename(self.folder / "photos" / "a.jpg")
        self.run_command('(pastiche-batch "photos/*.jpg"')
        # The result is a JPEG.
        self.assertEqual(self.painted("painted/a.jpg").shape, (24, 32, 3))

    def test_a_list(self):
        self.run_command("(pastiche-batch (list")
        self.assertEqual(self.painted("painted-list/photo.jpg").shape, (24, 32, 3))
        numpy.testing.assert_array_equal(self.painted("painted-list/clouds/photo.png"), 255 - self.photo)

    def test_python(self):
        (self.folder / "paint.py").write_text(self.python)
        self.run_command("paint.py")
        numpy.testing.assert_array_equal(self.painted(), 255 - self.photo)

    def test_python_is_told_what_went_wrong(self):
        (self.folder / "paint.py").write_text(self.python.replace("style.png", "nowhere.png"))
        finished = self.run_command("paint.py", status=PYTHON_FAILED)
        self.assertIn("nowhere.png” does not exist; choose another file.", finished.stderr)
        self.assertFalse((self.folder / "painted.png").exists())


if __name__ == "__main__":
    unittest.main()
