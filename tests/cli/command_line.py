# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command line share. First argument of every test: the program."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy

PROGRAM = os.path.abspath(sys.argv.pop(1))
QUICK = ["--steps", "3"]


class CommandLine(unittest.TestCase):
    """Every test gets an empty folder with a photograph and a style in it, and runs there."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pastiche cli ü "))
        self.addCleanup(shutil.rmtree, self.folder)
        self.magick("-size", "120x80", "-seed", "1", "plasma:tomato-steelblue", "-depth", "8", "photo.png")
        self.magick("-size", "90x90", "-seed", "2", "plasma:gold-navy", "-paint", "3", "-depth", "8", "style.png")
        self.before = self.names()

    def magick(self, *arguments):
        done = subprocess.run(["magick", *arguments], cwd=self.folder, capture_output=True, check=True)
        return done.stdout.decode()

    def names(self):
        return sorted(os.listdir(self.folder))

    def samples(self, name, depth=8):
        """The picture as ImageMagick decodes it, without any colour conversion."""
        width, height = map(int, self.magick("identify", "-format", "%w %h", name).split())
        raw = subprocess.run(
            ["magick", name, "-depth", str(depth), "-endian", "LSB", "rgb:-"], cwd=self.folder, capture_output=True, check=True
        ).stdout
        return numpy.frombuffer(raw, numpy.uint8 if depth == 8 else "<u2").reshape(height, width, 3)

    def start(self, *arguments, **options):
        # One thread: these pictures are so small that a second one mostly waits for the first.
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "", "OMP_NUM_THREADS": "1", **options.pop("environment", {})}
        return subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=options.pop("stderr", subprocess.PIPE),
            encoding="utf-8",
            **options,
        )

    def run_program(self, *arguments, **options):
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=1800)  # only a hang takes so long
        return process.returncode, out, err

    def paint(self, *arguments, content="photo.png", style="style.png", output="out.png", **options):
        """Paints quickly and expects that it went well."""
        status, out, err = self.run_program("stylize", content, "--style", style, "--output", output, *QUICK, *arguments, **options)
        self.assertEqual(status, 0, err)
        return out, err

    def fails(self, expected_status, *arguments, **options):
        """Expects one sentence on standard error, and no change in the folder; returns the sentence."""
        names = self.names()
        status, out, err = self.run_program(*arguments, **options)
        self.assertEqual(status, expected_status, (arguments, out, err))
        self.assertEqual(out, "")
        sentences = [line for line in err.splitlines() if line.startswith("pastiche: ")]
        self.assertEqual(len(sentences), 1, err)
        self.assertEqual(err.splitlines()[-1], sentences[0])
        self.assertEqual(self.names(), names)
        return sentences[0].removeprefix("pastiche: ")
