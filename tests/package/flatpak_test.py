#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the Flatpak's files would go: Meson is configured as the manifest says, and asked what it would install. Nothing is built.
Arguments: meson, the project's folder."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

MESON, PROJECT = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
MANIFEST = PROJECT / "flatpak/org.gimp.GIMP.Plugin.Pastiche.yaml"
EXTENSION = "/app/extensions/Pastiche"  # where org.gimp.GIMP mounts an extension of this name


class Flatpak(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manifest = yaml.safe_load(MANIFEST.read_text())

    def test_it_is_an_extension_of_gimp_3(self):
        self.assertEqual((self.manifest["id"], self.manifest["branch"]), ("org.gimp.GIMP.Plugin.Pastiche", "3"))
        self.assertEqual(MANIFEST.stem, self.manifest["id"])
        self.assertEqual((self.manifest["runtime"], self.manifest["build-extension"]), ("org.gimp.GIMP", True))
        self.assertEqual(self.manifest["build-options"]["prefix"], EXTENSION)

    def test_every_source_is_pinned(self):
        for module in self.manifest["modules"]:
            for source in module["sources"]:
                if source["type"] == "git":
                    self.assertRegex(source["commit"], "^[0-9a-f]{40}$")
                elif source["type"] == "archive":
                    self.assertRegex(source["sha256"], "^[0-9a-f]{64}$")
                    if "libtorch" in source["url"]:
                        self.assertIn("cxx11-abi", source["url"])  # core/meson.build refuses the others
                else:
                    self.assertEqual((source["type"], MANIFEST.parent / source["path"]), ("dir", MANIFEST.parent / ".."))
                    self.assertIn("build", source["skip"])  # all that is there would be copied

    def test_files_go_where_gimp_looks_for_those_of_its_extensions(self):
        (module,) = [module for module in self.manifest["modules"] if module["name"] == "pastiche"]
        options = [option for option in module["config-opts"] if not option.startswith("-Dlibtorch=")]  # the system's will do here
        folder = tempfile.mkdtemp(prefix="pastiche-flatpak-")
        self.addCleanup(shutil.rmtree, folder)
        setup = [MESON, "setup", f"--prefix={EXTENSION}", "--libdir=lib", *options, folder, PROJECT]
        done = subprocess.run(setup, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # flatpak-builder runs these in the folder that Meson builds in, which it makes in that of the sources.
        inside = tempfile.mkdtemp(prefix="pastiche-flatpak-")
        self.addCleanup(shutil.rmtree, inside)
        for command in module["post-install"]:
            subprocess.run(command, shell=True, check=True, cwd=PROJECT / "flatpak", env={**os.environ, "FLATPAK_DEST": inside})
        self.assertTrue(pathlib.Path(inside, "share/licenses/org.gimp.GIMP.Plugin.Pastiche/COPYING").exists())
        installed = json.loads(subprocess.check_output([MESON, "introspect", "--installed", folder]))
        places = {str(pathlib.Path(place).relative_to(EXTENSION)) for place in installed.values()}
        for place in (
            "plug-ins/pastiche/pastiche",
            "scripts/pastiche-batch.scm",
            "lib/pastiche/libpastiche-core.so",
            "lib/pastiche/models/compact.safetensors",
            "lib/pastiche/models/decoders.safetensors",
            "share/metainfo/org.gimp.GIMP.Plugin.Pastiche.metainfo.xml",
        ):
            self.assertIn(place, places)


if __name__ == "__main__":
    unittest.main()
