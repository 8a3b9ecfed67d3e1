#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which LibTorch Meson takes. Stand-ins with the one function that Meson tries to link with are enough; nothing of Pastiche is built.
Arguments: meson, the project's folder."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from mesonbuild.minstall import load_install_data

MESON, PROJECT = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
HEADER = """
#include <string>
namespace c10::detail { void torchCheckFail(const char *, const char *, unsigned, const std::string &); }
"""
DEFINITION = """
#include <c10/util/Exception.h>
void c10::detail::torchCheckFail(const char *, const char *, unsigned, const std::string &) {}
"""


class LibTorch(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pastiche-libtorch-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def make(self, abi):
        """Returns the folder of a LibTorch whose std::string is the one of _GLIBCXX_USE_CXX11_ABI = `abi`."""
        libtorch = self.folder / f"libtorch-{abi}"
        for header, text in (("ATen/ATen.h", ""), ("c10/util/Exception.h", HEADER)):
            path = libtorch / "include" / header
            path.parent.mkdir(parents=True)
            path.write_text(text)
        (libtorch / "lib").mkdir()
        for name, text in (("torch", ""), ("torch_cpu", ""), ("c10", DEFINITION)):
            compile_it = ["c++", "-std=c++20", "-shared", "-fPIC", f"-D_GLIBCXX_USE_CXX11_ABI={abi}", f"-I{libtorch}/include", "-x", "c++", "-"]
            subprocess.run([*compile_it, "-o", libtorch / f"lib/lib{name}.so"], input=text, text=True, check=True)
        return libtorch

    def configure(self, libtorch):
        parts = ["-Dplugin=disabled", "-Dcli=disabled", "-Dtests=disabled"]
        done = subprocess.run([MESON, "setup", *parts, f"-Dlibtorch={libtorch}", self.folder / "build", PROJECT], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_one_with_the_standard_string_is_taken_and_found_again_once_installed(self):
        libtorch = self.make(1)
        status, said = self.configure(libtorch)
        self.assertEqual(status, 0, said)
        # What Meson writes into the libraries that it installs, where it takes away the paths of the build.
        targets = load_install_data(str(self.folder / "build/meson-private/install.dat")).targets
        (core,) = [target for target in targets if target.fname.endswith("libpastiche-core.so")]
        self.assertEqual(core.install_rpath, str(libtorch / "lib"))

    def test_one_with_the_old_string_is_refused_with_the_name_of_another(self):
        status, said = self.configure(self.make(0))
        self.assertNotEqual(status, 0, said)
        self.assertIn("libtorch-cxx11-abi-shared-with-deps", said)

    def test_one_that_is_not_there_is_told(self):
        status, said = self.configure(self.folder)
        self.assertNotEqual(status, 0, said)
        self.assertIn(f"There is no LibTorch in {self.folder}", said)


if __name__ == "__main__":
    unittest.main()
