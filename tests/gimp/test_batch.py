# SPDX-License-Identifier: GPL-3.0-or-later
"""pastiche-batch, as a user calls it: by its name, from the scripts folder. The test core turns each colour c into 255 - c."""

import subprocess
import unittest

import numpy

import pictures
from gimp import SEVERAL_MINUTES, Profile

GIMP_FAILED = 70


class Batch(unittest.TestCase):
    def setUp(self):
        self.profile = Profile()
        self.addCleanup(self.profile.remove)
        self.folder = self.profile.pictures
        (self.folder / "in").mkdir()
        pictures.write(self.folder / "style.png", pictures.noise(16, 16, seed=4))

    def run_batch(self, call):
        return subprocess.run(["gimp-console-3.0", "-idf", "--quit", "--batch-interpreter=plug-in-script-fu-eval", "-b", call],
                              cwd=self.folder, env=self.profile.environment, text=True, capture_output=True, timeout=SEVERAL_MINUTES)

    def assert_inverted(self, name, expected):
        painted = pictures.read(self.folder / name)
        numpy.testing.assert_array_equal(painted[:, :, :3], 255 - expected)

    def test_a_bad_file_among_good_ones(self):
        first, last = pictures.noise(32, 24, seed=1), pictures.noise(24, 32, seed=2)
        transparent = pictures.noise(16, 16, channels=4, seed=3)
        transparent[:, :, 3] |= 1
        pictures.write(self.folder / "in" / "a picture.png", first)
        (self.folder / "in" / "bad.png").write_text("This is no picture.\n")
        pictures.write(self.folder / "in" / "c.png", last)
        pictures.write(self.folder / "in" / "d.png", transparent)
        (self.folder / "painted").mkdir()
        pictures.write(self.folder / "painted" / "c.png", last)  # from an earlier batch
        before = (self.folder / "in" / "a picture.png").read_bytes()

        batch = self.run_batch('(pastiche-batch "in/*.png" "style.png" "painted" #:strength 0.7 #:steps 3)')

        self.assertEqual(batch.returncode, GIMP_FAILED)
        lines = [line for line in batch.stdout.splitlines() if line]
        self.assertEqual(lines[0], "in/a picture.png -> painted/a picture.png")
        self.assertRegex(lines[1], "^in/bad.png: failed: .*bad.png")
        self.assertEqual(lines[2], "in/c.png: failed: a file of this name exists already, and nothing is overwritten")
        self.assertEqual(lines[3], "in/d.png -> painted/d.png")
        self.assertEqual(lines[4], "pastiche-batch: 2 painted, 2 failed")
        self.assertEqual(sorted(path.name for path in (self.folder / "painted").iterdir()), ["a picture.png", "c.png", "d.png"])
        self.assert_inverted("painted/a picture.png", first)
        self.assert_inverted("painted/d.png", transparent[:, :, :3])
        numpy.testing.assert_array_equal(pictures.read(self.folder / "painted" / "d.png")[:, :, 3], transparent[:, :, 3])
        numpy.testing.assert_array_equal(pictures.read(self.folder / "painted" / "c.png")[:, :, :3], last)
        self.assertEqual((self.folder / "in" / "a picture.png").read_bytes(), before)
        self.assertNotIn("stray image", batch.stderr)

    def test_all_good(self):
        upright = numpy.kron(numpy.array([[[220, 30, 40], [40, 200, 60]], [[50, 60, 210], [230, 220, 50]]], dtype=numpy.uint8),
                             numpy.ones((16, 16, 1), dtype=numpy.uint8))
        pictures.write(self.folder / "in" / "turned.jpg", upright)
        pictures.turn_in_exif(self.folder / "in" / "turned.jpg")
        palette = numpy.kron(numpy.arange(0, 256, 17, dtype=numpy.uint8).reshape(4, 4), numpy.ones((4, 4), dtype=numpy.uint8))
        subprocess.run(["convert", "-size", "16x16", "-depth", "8", "GRAY:-", f"PNG8:{self.folder / 'in' / 'palette.png'}"],
                       input=palette.tobytes(), check=True)

        batch = self.run_batch('(pastiche-batch "in/*" "style.png" "made for it")')

        self.assertEqual(batch.returncode, 0, batch.stderr)
        self.assertIn("pastiche-batch: 2 painted, 0 failed", batch.stdout)
        self.assert_inverted("made for it/palette.png", numpy.dstack([palette] * 3))
        painted = pictures.read(self.folder / "made for it" / "turned.jpg")[:, :, :3]
        self.assertLessEqual(abs(painted - (255 - numpy.rot90(upright, -1))).max(), 16)  # JPEG, twice
        # One line for each layer's end and its progress, where whoever started the batch asked for them.
        self.assertRegex(batch.stderr, r"pastiche: 100 % scale 2/2 step 50/50 about 0 s left\n")
        self.assertRegex(batch.stderr, r"pastiche: painted .*, 16x16 pixels, in \d+\.\d s\n")

    def test_one_picture_without_the_script(self):
        photo = pictures.noise(32, 24)
        pictures.write(self.folder / "photo.png", photo)
        single = self.run_batch("""
          (let ((image (car (gimp-file-load RUN-NONINTERACTIVE "photo.png"))))
            (gimp-image-policy-rotate image FALSE)
            (plug-in-pastiche #:run-mode RUN-NONINTERACTIVE #:image image
                              #:drawables (car (gimp-image-get-selected-drawables image))
                              #:style-file "style.png" #:strength 0.6 #:size 1024)
            (gimp-file-save RUN-NONINTERACTIVE image "painted.png"))""")
        self.assertEqual(single.returncode, 0, single.stderr)
        self.assert_inverted("painted.png", photo)

    def test_nothing_matches(self):
        batch = self.run_batch('(pastiche-batch "in/*.tiff" "style.png" "painted")')
        self.assertEqual(batch.returncode, GIMP_FAILED)
        self.assertIn("pastiche-batch: no file matches in/*.tiff.", batch.stdout + batch.stderr)
        self.assertFalse((self.folder / "painted").exists())

    def test_missing_style(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        batch = self.run_batch('(pastiche-batch "in/*" "nowhere.png" "painted")')
        self.assertEqual(batch.returncode, GIMP_FAILED)
        self.assertIn("pastiche-batch: the style picture nowhere.png does not exist.", batch.stdout + batch.stderr)
        self.assertFalse((self.folder / "painted").exists())


if __name__ == "__main__":
    unittest.main()
