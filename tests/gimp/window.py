# SPDX-License-Identifier: GPL-3.0-or-later
"""GIMP with its window on a screen of its own, and a photograph in it."""

import os
import pathlib
import subprocess
import unittest

import numpy

import pictures
from desktop import Desktop, wait_until
from gimp import HERE, SEVERAL_MINUTES, TEST_CORE, Profile

SCREENSHOTS = pathlib.Path(os.environ["PASTICHE_SCREENSHOTS"])


class WindowTest(unittest.TestCase):
    CORE = TEST_CORE

    def setUp(self):
        self.profile = Profile(core=self.CORE)
        self.addCleanup(self.profile.remove)
        self.folder = self.profile.pictures
        self.photo = pictures.noise(64, 48)
        self.other = pictures.noise(64, 48, seed=2)
        pictures.write(self.folder / "photo.png", self.photo)
        pictures.write(self.folder / "other.png", self.other)
        subprocess.run(["convert", "-size", "640x480", "plasma:tomato-steelblue", str(self.folder / "style.png")], check=True)
        self.desktop = Desktop(self.profile.environment, self.profile.folder)
        self.addCleanup(self.desktop.close)

    def gimp(self, name, program, *arguments):
        (self.profile.folder / name).write_text(program.replace("{folder}", str(self.folder)))
        return ["gimp-3", "--console-messages", "--no-splash", "--no-fonts", "--no-data",
                "--batch-interpreter=plug-in-script-fu-eval", "--batch",
                f'(begin (load "{HERE / "cases.scm"}") (load "{self.profile.folder / name}"))', *arguments]

    def start_gimp(self, program, picture="photo.png"):
        """Returns the file that receives everything GIMP and its plug-ins print."""
        output = self.profile.folder / "output"
        with open(output, "w") as sink:
            gimp = subprocess.Popen(self.gimp("program.scm", program, picture), cwd=self.folder, env=self.desktop.environment,
                                    stdout=sink, stderr=sink)
        self.addCleanup(gimp.wait)
        self.addCleanup(gimp.kill)
        return output

    def run_in_running_gimp(self, program):
        # As soon as the running one has taken over, this process ends.
        subprocess.run(self.gimp("meanwhile.scm", program), cwd=self.folder, env=self.desktop.environment, check=True,
                       capture_output=True, timeout=SEVERAL_MINUTES)

    def wait_for_file(self, name):
        wait_until((self.folder / name).exists, name)

    def colors(self, name):
        return pictures.read(self.folder / name)[:, :, :3]

    def assert_colors(self, name, expected):
        numpy.testing.assert_array_equal(self.colors(name), expected, name)
