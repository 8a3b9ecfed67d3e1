# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of the plug-in in the middle of its work, which is what Cancel in GIMP's status bar does to it, and the end of GIMP itself."""

import os
import pathlib
import random
import signal
import subprocess
import unittest

import numpy

import pictures
from desktop import wait_until
from gimp import PLUG_IN, REAL_CORE, SEVERAL_MINUTES, TEST_CORE, Profile

MOMENTS = 10
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


# Two layers of several tiles each.
KILLED = """
(define image (open-picture "photo.png"))
(define below (first-layer image))
(define above (add-layer image "photo.png"))
(gimp-image-clean-all image)
(test-case "painting" (lambda () (paint image (list below above) #:style-file "style.png" #:steps 2)))
(test-case "images" (lambda () (if (not (= 1 (vector-length (car (gimp-get-images))))) (*error-hook* "a stray image"))))
(test-case "undo" (lambda () (gimp-image-undo-group-start image) (gimp-image-undo-group-end image)))
(save-layer image below "below.png")
(save-layer image above "above.png")
(gimp-image-delete image)
"""


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
        output, errors = gimp.communicate(timeout=SEVERAL_MINUTES)
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
        _, errors = gimp.communicate(timeout=SEVERAL_MINUTES)
        wait_until(lambda: plug_in not in running_plug_ins(), "the end of the plug-in")
        self.assertNotIn("Segmentation fault", errors)

    def test_at_any_moment(self):
        """Wherever between its first question to GIMP and its last order the plug-in or GIMP ends."""
        folder = self.profile.folder
        photo = pictures.noise(200, 150, seed=6)
        pictures.write(self.profile.pictures / "photo.png", photo)
        count = folder / "count"
        self.run_killed({"PASTICHE_TEST_COUNT": str(count)})
        messages = int(count.read_text())
        count.unlink()
        self.assert_whole(photo, painted=True)
        self.assertGreater(messages, 5 * MOMENTS)  # else the moments would not differ
        left = self.all_files()

        seed = int(os.environ.get("PASTICHE_TEST_SEED") or random.randrange(10**6))
        chance = random.Random(seed)
        for number in range(MOMENTS):
            moment = chance.randint(number * messages // MOMENTS + 1, (number + 1) * messages // MOMENTS)
            for victim in ("plug-in", "gimp"):
                with self.subTest(f"PASTICHE_TEST_SEED={seed}", killed=victim, after=f"message {moment} of {messages}"):
                    gimp, output, errors = self.run_killed({"PASTICHE_TEST_KILL": f"{victim}:{moment}"})
                    self.assertEqual(self.all_files() - left, set())
                    # How often progress is told depends on the time it takes, so the very last moments may never come.
                    killed = "killing as the test wishes" in errors
                    self.assertTrue(killed or number == MOMENTS - 1)
                    if killed and victim == "gimp":
                        self.assertEqual(gimp.returncode, -signal.SIGKILL)
                    else:
                        self.assertEqual(gimp.returncode, 0, errors)
                        self.assertIn("case\timages\tdone", output)
                        self.assertIn("case\tundo\tdone", output)
                        self.assertNotIn("stray image", errors)
                        self.assert_whole(photo, painted=None if killed else True)

    def run_killed(self, environment):
        """Returns GIMP, its output and its errors when no process of the profile is left."""
        gimp = subprocess.Popen(self.profile.command(KILLED), cwd=self.profile.pictures, env=self.profile.environment | environment,
                                text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(gimp.kill)
        output, errors = gimp.communicate(timeout=SEVERAL_MINUTES)
        wait_until(lambda: not list(self.processes()), "the end of every process")
        return gimp, output, errors

    def assert_whole(self, photo, painted=None):
        """Each layer is either as it was or painted, all of it."""
        for name in ("below.png", "above.png"):
            colors = pictures.read(self.profile.pictures / name)[:, :, :3]
            is_painted = bool((colors[0, 0] != photo[0, 0]).any()) if painted is None else painted
            numpy.testing.assert_array_equal(colors, 255 - photo if is_painted else photo)

    def processes(self):
        """The ids of all processes that work in this profile."""
        mark = f"GIMP3_DIRECTORY={self.profile.environment['GIMP3_DIRECTORY']}\0".encode()
        for process in pathlib.Path("/proc").iterdir():
            try:
                if process.name.isdigit() and mark in (process / "environ").read_bytes():
                    yield int(process.name)
            except OSError:  # ended meanwhile, or somebody else's
                pass

    def all_files(self):
        return {str(path.relative_to(self.profile.folder)) for path in self.profile.folder.rglob("*")}

    def test_libgimp_on_another_thread_would_be_noticed(self):
        finished = self.profile.run(PROGRAM.replace("{arguments}", '#:model "stray"'))
        self.assertIn("pastiche: libgimp was called on another thread than the main one", finished.stderr)
        self.assertNotIn("case\tpainting\tdone", finished.stdout)

    def files(self):
        """Everything in the pictures' folder and the temporary one, but for GIMP's own folder there."""
        return {str(path.relative_to(self.profile.folder))
                for folder in (self.profile.pictures, self.profile.temporary) for path in folder.rglob("*")
                if path.is_file() and "gimp" not in path.relative_to(folder).parts[:-1]}


if __name__ == "__main__":
    unittest.main()
