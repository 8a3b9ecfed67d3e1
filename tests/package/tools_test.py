#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts in tools/ do wherever they are called from, with a small project in Pastiche's place. Argument: the project's folder."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROJECT = pathlib.Path(sys.argv.pop(1))
BUILD = "project('small', 'cpp')\ninstall_data('note.txt', install_dir: get_option('datadir') / 'small')\n"
OPTIONS = "option('user-install', type: 'boolean', value: false)\noption('tests', type: 'feature', value: 'auto')\n"


class Tools(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pastiche tools "))
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("clone/tools", "home", "elsewhere"):
            (self.folder / name).mkdir(parents=True)
        for name in ("common.sh", "install"):
            shutil.copy(PROJECT / "tools" / name, self.folder / "clone/tools")
        for name, text in (("meson.build", BUILD), ("meson_options.txt", OPTIONS), ("note.txt", "a note\n")):
            (self.folder / "clone" / name).write_text(text)
        # This is Debian 13 already.
        debian13 = self.folder / "clone/tools/debian13"
        debian13.write_text('#!/bin/sh\nexec env -- "$@"\n')
        debian13.chmod(0o755)

    def run_elsewhere(self, *command):
        done = subprocess.run(command, cwd=self.folder / "elsewhere", env={**os.environ, "HOME": str(self.folder / "home")}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_fresh_clone_is_built_from_any_folder(self):
        self.run_elsewhere("bash", "-euc", f'. "{self.folder}/clone/tools/common.sh"; build')
        self.assertTrue((self.folder / "clone/build/build.ninja").exists())

    def test_what_is_installed_is_removed_again(self):
        home = self.folder / "home"
        other = home / ".local/share/other's.txt"
        self.run_elsewhere(self.folder / "clone/tools/install")
        self.assertTrue((home / ".local/share/small/note.txt").exists())
        other.write_text("not Pastiche's\n")
        self.run_elsewhere(self.folder / "clone/tools/install")  # a newer version
        self.run_elsewhere(self.folder / "clone/tools/install", "--uninstall")
        self.assertEqual([path for path in home.rglob("*") if not path.is_dir()], [other])
        self.assertFalse((home / ".local/share/small").exists())


if __name__ == "__main__":
    unittest.main()
