# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of the plug-in in the middle of its work: this is what Cancel in GIMP's status bar does to it."""

import os
import pathlib
import signal
import subprocess
import unittest

import numpy

import pictures
from desktop import wait_until
from gimp import PLUG_IN, REAL_CORE, TEST_CORE, Profile

ENDLESS = '#:model "endless"'  # of the test core
PROGRAM = """
(define image (open-picture "photo.png"))
(gimp-image-clean-all image)
(test-case "painting" (lambda () (paint image (list (first-layer image)) #:style-file "style.png" {arguments})))
(test-case "dirty" (lambda () (if (= TRUE (car (gimp-image-is-dirty image))) (*error-hook* "dirty"))))
(test-case "images" (lambda () (if (not (= 1 (vector-length (car (gimp-get-images))))) (*error-hook* "a stray image"))))
(save-layer image (first-layer image) "after.png")
(gimp-image-delete image)
"""


def running_plug_ins():
    """The process ids of Pastiche, of whoever started it."""
    for process in pathlib.Path("/proc").iterdir():
        try:
            if process.name.isdigit() and (process / "exe").readlink() == PLUG_IN.resolve():
                yield int(process.name)
        except OSError:  # ended meanwhile, or somebody else's
            pass


def parent_of(process):
    try:
        return int(pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


class Stop(unittest.TestCase):
    def setUp(self):
        self.profile = Profile()
        self.addCleanup(self.profile.remove)
        self.photo = pictures.noise(32, 24)
        pictures.write(self.profile.pictures / "photo.png", self.photo)
        pictures.write(self.profile.pictures / "style.png", pictures.noise(16, 16, seed=4))

    def start_painting(self, arguments=ENDLESS, core=TEST_CORE):
        """Returns GIMP and the plug-in's process id once the plug-in is at work."""
        gimp = subprocess.Popen(self.profile.command(PROGRAM.replace("{arguments}", arguments)), cwd=self.profile.pictures,
                                env=self.profile.environment | {"PASTICHE_CORE": str(core)}, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        self.addCleanup(gimp.wait)
        self.addCleanup(gimp.kill)
        line = ""
        while not line.startswith("pastiche: "):
            line = gimp.stderr.readline()
            self.assertNotEqual(line, "", "GIMP ended before the plug-in was at work")
        (plug_in,) = [process for process in running_plug_ins() if parent_of(process) == gimp.pid]
        return gimp, plug_in

    def test_a_killed_plug_in_leaves_nothing_behind(self):
        before = self.files()
        gimp, plug_in = self.start_painting()
        os.kill(plug_in, signal.SIGKILL)
        output, errors = gimp.communicate(timeout=120)
        self.assertIn("case\tpainting\t", output)
        self.assertNotIn("case\tpainting\tdone", output)
        self.assertIn("case\tdirty\tdone", output)
        self.assertIn("case\timages\tdone", output)
        self.assertNotIn("stray image", errors)
        numpy.testing.assert_array_equal(pictures.read(self.profile.pictures / "after.png")[:, :, :3], self.photo)
        self.assertEqual(self.files() - before, {"pictures/after.png"})

    def test_the_plug_in_does_not_outlive_gimp(self):
        gimp, plug_in = self.start_painting(arguments="#:steps 20000", core=REAL_CORE)
        gimp.kill()
        _, errors = gimp.communicate(timeout=120)
        wait_until(lambda: plug_in not in running_plug_ins(), "the end of the plug-in")
        self.assertNotIn("Segmentation fault", errors)

    def files(self):
        """Everything in the pictures' folder and the temporary one, but for GIMP's own folder there."""
        return {str(path.relative_to(self.profile.folder))
                for folder in (self.profile.pictures, self.profile.temporary) for path in folder.rglob("*")
                if path.is_file() and "gimp" not in path.relative_to(folder).parts[:-1]}


if __name__ == "__main__":
    unittest.main()
