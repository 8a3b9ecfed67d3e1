#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of styles/ are all there, large and without a frame, and the program that painted them paints.

Usage: gallery_test.py PROJECT-FOLDER
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import numpy as np
from PIL import Image

LONGEST, MOST_BYTES = 1600, 8_000_000
LEAST_SPREAD = 4  # of the tones in a row or column at the edge, of 255: a frame or a border is evener


def read(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("L"), dtype=float)


def framed(tones):
    """Whether one of the outermost rows and columns is all of one tone."""
    edges = [edge for k in (0, 1, 4, -1, -2, -5) for edge in (tones[k], tones[:, k])]
    return any(edge.std() < LEAST_SPREAD for edge in edges)


def make(*arguments):
    return subprocess.run([sys.executable, "-B", STYLES / "make", *map(str, arguments)], capture_output=True, text=True)


class Pictures(unittest.TestCase):
    def setUp(self):
        self.gallery = json.loads((STYLES / "gallery.json").read_text())

    def test_each_is_listed_once(self):
        names = [picture["id"] for picture in self.gallery]
        self.assertGreaterEqual(len(names), 16)
        self.assertEqual(sorted(names), sorted(path.stem for path in STYLES.glob("*.jpg")))
        self.assertEqual(len({picture["title"] for picture in self.gallery}), len(names))

    def test_each_is_installed(self):
        installed = re.findall(r"'([a-z]+)\.jpg'", (STYLES / "meson.build").read_text())
        self.assertEqual(sorted(installed), sorted(picture["id"] for picture in self.gallery))

    def test_the_programs_list_them_too(self):
        source = (STYLES / "gallery.cpp").read_text()
        listed = re.findall(r'\{"(.+)", N_\("(.+)"\), N_\("(.+)"\)\},', source)
        self.assertEqual(listed, [(picture["id"], picture["title"], picture["category"]) for picture in self.gallery])

    def test_each_is_large_and_has_no_frame(self):
        for picture in self.gallery:
            with self.subTest(picture["id"]):
                tones = read(STYLES / (picture["id"] + ".jpg"))
                self.assertEqual(max(tones.shape), LONGEST)
                self.assertGreaterEqual(min(tones.shape), LONGEST / 2)
                self.assertFalse(framed(tones))

    def test_a_frame_is_seen(self):
        tones = np.random.default_rng(1).uniform(0, 255, (60, 80))
        self.assertFalse(framed(tones))
        tones[:, -5:] = 250
        self.assertTrue(framed(tones))

    def test_together_they_are_small(self):
        self.assertLessEqual(sum(path.stat().st_size for path in STYLES.glob("*.jpg")), MOST_BYTES)

    def test_each_has_a_recipe(self):
        for picture in self.gallery:
            module, recipe = picture["recipe"].split(".")
            self.assertIn(f"\ndef {recipe}(rng, size):\n", (STYLES / (module + ".py")).read_text(), picture["id"])


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pastiche-styles-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_it_paints_the_same_bytes_again(self):
        for out in ("one", "two"):
            done = make("marbling", "--size", 200, "--out", self.folder / out)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        one, two = ((self.folder / out / "marbling.jpg").read_bytes() for out in ("one", "two"))
        self.assertEqual(one, two)
        self.assertEqual(max(read(self.folder / "one/marbling.jpg").shape), 200)

    def test_what_is_not_there_is_said(self):
        done = make("fresco", "--out", self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("There is no style fresco.", done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_sheet_shows_every_style(self):
        done = make("--sheet", self.folder / "sheet.png")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        tones = read(self.folder / "sheet.png")
        count = len(json.loads((STYLES / "gallery.json").read_text()))
        rows = -(-count // 5)
        self.assertEqual(tones.shape, (rows * 150 - 6, 5 * 222 - 6))
        for place in range(count):
            top, left = place // 5 * 150, place % 5 * 222
            self.assertGreater(tones[top : top + 144, left : left + 216].std(), 10, place)


class Strokes(unittest.TestCase):
    def drawn(self, tooth=None):
        """A red stroke 20 pixels wide from x = 20 to 80 at y = 30, on white."""
        rng = np.random.default_rng(3)
        canvas = brush.Canvas(np.ones((60, 100, 3)), np.zeros((60, 100)), tooth)
        path = np.stack([np.linspace(20, 80, 16), np.full(16, 30.0)], axis=1)
        canvas.stroke(rng, brush.Bristles(rng, 2, 30), path, 20, np.array([0.8, 0.1, 0.1]), thick=3, load=2, streak=0)
        return canvas

    def test_it_covers_its_path_and_nothing_else(self):
        canvas = self.drawn()
        np.testing.assert_allclose(canvas.colour[26:34, 40:60], np.broadcast_to([0.8, 0.1, 0.1], (8, 20, 3)), atol=1e-6)
        self.assertGreater(canvas.relief[26:34, 40:60].min(), 0)
        for outside in (np.s_[:19], np.s_[42:], np.s_[:, :19], np.s_[:, 82:]):
            self.assertTrue((canvas.colour[outside] == 1).all() and (canvas.relief[outside] == 0).all(), outside)

    def test_it_is_the_same_again(self):
        one, two = self.drawn(), self.drawn()
        self.assertTrue((one.colour == two.colour).all() and (one.relief == two.relief).all())

    def test_light_comes_from_the_upper_left(self):
        y, x = np.mgrid[0:60, 0:60] - 30
        dome = brush.Canvas(np.full((60, 60, 3), 0.5), 8 * np.exp(-(x**2 + y**2) / 200))
        lit = dome.lit(gloss=0)[..., 0]
        np.testing.assert_allclose(lit[0, 0], 0.5, atol=0.01)  # level ground keeps its colour
        self.assertGreater(lit[22, 22], 0.55)
        self.assertLess(lit[38, 38], 0.45)

    def test_hollows_of_the_paper_stay_bare(self):
        tooth = np.ones((60, 100), dtype=np.float32)
        tooth[:, 50:] = 0
        canvas = self.drawn(tooth)
        self.assertTrue((canvas.colour[:, 50:] == 1).all())
        np.testing.assert_allclose(canvas.colour[28:32, 40:48, 1], 0.1, atol=1e-6)


if __name__ == "__main__":
    STYLES = pathlib.Path(sys.argv.pop()).resolve() / "styles"
    sys.path.insert(0, str(STYLES))
    import brush
    unittest.main()
