#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""That a library that is missing is told when Meson configures, and not taken for a wish. Arguments: meson, the project's folder."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

MESON, PROJECT = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
FOLDERS = subprocess.run(["pkg-config", "--variable=pc_path", "pkg-config"], capture_output=True, text=True, check=True).stdout.strip().split(":")


class Dependencies(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pastiche-dependencies-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.known = self.folder / "pkgconfig"
        self.known.mkdir()
        for folder in reversed(FOLDERS):  # the first counts
            for file in pathlib.Path(folder).glob("*.pc"):
                link = self.known / file.name
                link.unlink(missing_ok=True)
                link.symlink_to(file)

    def configure(self, *options):
        done = subprocess.run([MESON, "setup", *options, self.folder / "build", PROJECT], capture_output=True, text=True,
                              env=os.environ | {"PKG_CONFIG_LIBDIR": str(self.known)})
        return done.returncode, done.stdout + done.stderr

    def take_away(self, pattern):
        for file in list(self.known.glob(pattern)):
            file.unlink()

    def test_what_is_missing_is_told_with_its_package(self):
        self.take_away("gexiv2*.pc")
        status, said = self.configure()
        self.assertNotEqual(status, 0, said)
        self.assertIn("gexiv2-0.16 or gexiv2 was not found. Install it (in Debian the package libgexiv2-dev)", said)

    def test_what_is_left_out_needs_nothing(self):
        self.take_away("gexiv2*.pc")
        self.take_away("gimp*.pc")
        status, said = self.configure("-Dplugin=disabled", "-Dcli=disabled")
        self.assertEqual(status, 0, said)

    def test_a_newer_name_is_known(self):
        (old,) = self.known.glob("gexiv2*.pc")
        old.rename(self.known / "gexiv2-0.16.pc")
        status, said = self.configure("-Dplugin=disabled")
        self.assertEqual(status, 0, said)


if __name__ == "__main__":
    unittest.main()
