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
        self.assertEqual(lines[4], "pastiche-batch: 2 painted, 0 skipped, 2 failed")
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
        self.assertIn("pastiche-batch: 2 painted, 0 skipped, 0 failed", batch.stdout)
        self.assert_inverted("made for it/palette.png", numpy.dstack([palette] * 3))
        painted = pictures.read(self.folder / "made for it" / "turned.jpg")[:, :, :3]
        self.assertLessEqual(abs(painted - (255 - numpy.rot90(upright, -1))).max(), 16)  # JPEG, twice
        # One line for each layer's end and its progress, where whoever started the batch asked for them.
        self.assertRegex(batch.stderr, r"pastiche: 100 % scale 2/2 step 50/50 about 0 s left\n")
        self.assertRegex(batch.stderr, r"pastiche: painted .*, 16x16 pixels, in \d+\.\d s\n")
        self.assertRegex(batch.stderr, r"pastiche-batch: 1 of 2 done, about \d+ s left\n")
        self.assertRegex(batch.stderr, r"pastiche-batch: 2 of 2 done, about 0 s left\n")

    def test_folders_below(self):
        photos = {"b.png": 1, "deep/er/a b.png": 2, "deep/c.v2.png": 3, "other.jpg": 4, ".hidden/d.png": 5, "out/e.png": 6}
        photos = {name: pictures.noise(16, 16, seed=seed) for name, seed in photos.items()}
        for name, photo in photos.items():
            (self.folder / "in" / name).parent.mkdir(parents=True, exist_ok=True)
            pictures.write(self.folder / "in" / name, photo)
        (self.folder / "in" / "deep" / "folder.png").mkdir()
        batch = self.run_batch('(pastiche-batch "in/*.png" "style.png" "in/out" #:recursive TRUE #:steps 3)')
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        self.assertEqual([line for line in batch.stdout.splitlines() if line],
                         ["in/b.png -> in/out/b.png", "in/deep/c.v2.png -> in/out/deep/c.v2.png",
                          "in/deep/er/a b.png -> in/out/deep/er/a b.png", "pastiche-batch: 3 painted, 0 skipped, 0 failed"])
        for name in ("b.png", "deep/c.v2.png", "deep/er/a b.png"):
            self.assert_inverted(f"in/out/{name}", photos[name])

    def test_several_styles_names_and_formats(self):
        photos = {name: pictures.noise(16, 16, seed=seed) for name, seed in (("a", 1), ("b", 2))}
        for name, photo in photos.items():
            pictures.write(self.folder / "in" / f"{name}.png", photo)
        (self.folder / "more").mkdir()
        pictures.write(self.folder / "red.png", pictures.flat(8, 8, (255, 0, 0)))
        pictures.write(self.folder / "more" / "green.png", pictures.flat(8, 8, (0, 255, 0)))
        styles = '(list "red.png" "more/green.png")'
        batch = self.run_batch(f"""(begin
          (pastiche-batch "in/*.png" {styles} "painted" #:model "style")
          (pastiche-batch "in/*.png" {styles} "painted" #:model "style" #:name "by/{{style}}/{{picture}}" #:format "jpg")
          (pastiche-batch "in/a.png" "red.png" "painted" #:name "{{picture}} in {{style}}" #:format "jpg"))""")
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        results = {str(path.relative_to(self.folder / "painted")) for path in (self.folder / "painted").rglob("*") if path.is_file()}
        self.assertEqual(results, {"a-red.png", "a-green.png", "b-red.png", "b-green.png", "by/red/a.jpg", "by/red/b.jpg",
                                   "by/green/a.jpg", "by/green/b.jpg", "a in red.jpg"})
        for name, color in (("a-red.png", (255, 0, 0)), ("b-green.png", (0, 255, 0)), ("by/green/a.jpg", (0, 255, 0))):
            painted = pictures.read(self.folder / "painted" / name)[:, :, :3]
            self.assertLessEqual(abs(painted - numpy.array(color)).max(), 3)
        self.assertEqual((self.folder / "painted" / "a in red.jpg").read_bytes()[:2], b"\xff\xd8")

    def test_two_pictures_of_one_name(self):
        pictures.write(self.folder / "in" / "a.jpg", pictures.noise(16, 16, seed=1))
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16, seed=2))
        batch = self.run_batch('(pastiche-batch "in/*" "style.png" "painted" #:format "png" #:existing "skip")')
        self.assertEqual(batch.returncode, GIMP_FAILED)
        self.assertIn("in/a.jpg -> painted/a.png\nin/a.png: failed: another picture of this batch has become a file of this name\n"
                      "pastiche-batch: 1 painted, 0 skipped, 1 failed\n", batch.stdout)

    def test_going_on_with_a_batch(self):
        photos = {name: pictures.noise(16, 16, seed=seed) for name, seed in (("a", 1), ("b", 2), ("c", 3))}
        for name, photo in photos.items():
            pictures.write(self.folder / "in" / f"{name}.png", photo)
        (self.folder / "painted").mkdir()
        done = pictures.noise(16, 16, seed=9)
        pictures.write(self.folder / "painted" / "a.png", done)
        # The batch was killed while it wrote this one.
        (self.folder / "painted" / "b.png").write_bytes(b"\x89PNG and no more")
        (self.folder / "painted" / "b.png.unfinished").write_text("")
        batch = self.run_batch('(pastiche-batch "in/*.png" "style.png" "painted" #:existing "skip")')
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        self.assertEqual([line for line in batch.stdout.splitlines() if line],
                         ["in/a.png: skipped: painted/a.png exists already", "in/b.png -> painted/b.png", "in/c.png -> painted/c.png",
                          "pastiche-batch: 2 painted, 1 skipped, 0 failed"])
        numpy.testing.assert_array_equal(pictures.read(self.folder / "painted" / "a.png")[:, :, :3], done)
        self.assert_inverted("painted/b.png", photos["b"])
        self.assert_inverted("painted/c.png", photos["c"])
        self.assertEqual(sorted(path.name for path in (self.folder / "painted").iterdir()), ["a.png", "b.png", "c.png"])

    def test_wrong_settings(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        for arguments, sentence in (('#:existing "overwrite"', '#:existing is to be "fail" or "skip".'),
                                    ("#:recursive ", "the last argument has no value."),
                                    ("#:strenght 1", "Invalid argument name: strenght")):
            with self.subTest(arguments):
                batch = self.run_batch(f'(pastiche-batch "in/*" "style.png" "painted" {arguments})')
                self.assertEqual(batch.returncode, GIMP_FAILED)
                self.assertIn(sentence, batch.stdout + batch.stderr)
                self.assertEqual(list(self.folder.glob("painted/*")), [])

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
