#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `pastiche doctor` and `pastiche --version` say of machines that the tests make up: an engine that tells what it is told to
(test_core.cpp), programs in PATH, folders of the user's. Arguments: the program, that core."""

import json
import os
import shutil
import subprocess
import sys
import unittest

from command_line import PROGRAM, CommandLine

CORE = os.path.abspath(sys.argv.pop(1))
CORES = len(os.sched_getaffinity(0))
GOOD = {
    "version": "test",
    "libtorch": "2.6.0",
    "blas": {"name": "OpenBLAS", "file": "/usr/lib/openblas-openmp/libblas.so.3", "threads": "openmp"},
    "cpu_features": ["AVX2", "AVX-512", "AVX-512 BF16"],
    "threads": 2,
    "devices": [{"name": "cpu", "description": "A Processor 9"}],
    "memory_bytes": 8 << 30,
    "model_file": "/usr/lib/pastiche/models/compact.safetensors",
}


class MadeUp(CommandLine):
    def setUp(self):
        super().setUp()
        self.home = self.folder / "home"
        self.programs = self.folder / "programs"
        for folder in (self.home, self.programs):
            folder.mkdir()

    def install_gimp(self, version, name="gimp-3.0"):
        program = self.programs / name
        program.write_text(f"#!/bin/sh\necho 'GNU Image Manipulation Program version {version}'\n")
        program.chmod(0o755)

    def install_filter(self, folder="config/GIMP/3.0"):
        plug_in = self.home / folder / "plug-ins" / "pastiche" / "pastiche"
        plug_in.parent.mkdir(parents=True)
        plug_in.touch(0o755)
        return plug_in

    def fetch_model(self):
        models = self.home / "data" / "pastiche" / "models"
        models.mkdir(parents=True)
        (models / "vgg19.safetensors").touch()

    def run_made_up(self, command, about=GOOD, **environment):
        made_up = {
            "PASTICHE_CORE": CORE,
            "PASTICHE_TEST_ABOUT": json.dumps(about),
            "PATH": str(self.programs),
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "GIMP3_DIRECTORY": "",
            "OMP_NUM_THREADS": str(CORES),
        }
        return self.run_program(command, environment={**made_up, **environment})

    def examine(self, expected_status, about=GOOD, **environment):
        """What doctor says, with every finding on one line."""
        status, out, err = self.run_made_up("doctor", about, **environment)
        self.assertEqual(status, expected_status, out + err)
        self.assertNotIn("pastiche: ", err)  # libgomp has its own word on some settings
        self.assertEqual(out.splitlines()[-1], "Something is missing or slow." if expected_status else "All is well.")
        return " ".join(out.split())


class Doctor(MadeUp):
    def test_all_is_well(self):
        self.install_gimp("3.0.4")
        plug_in = self.install_filter()
        self.fetch_model()
        said = self.examine(0)
        for word in ("missing ", "slow ", "note ", "Type:"):
            self.assertNotIn(word, said)
        self.assertIn("The painting engine is test.", said)
        self.assertIn("8.0 GiB of memory can be used.", said)
        self.assertIn(f"GIMP 3.0.4 finds the filter in “{plug_in.parent}”.", said)
        self.assertEqual(self.names(), sorted([*self.before, "home", "programs"]), "nothing is written")

    def test_what_need_not_be_there_is_only_noted(self):
        said = self.examine(0)
        self.assertIn("note GIMP is not installed; the command line works without it. Type: sudo apt install gimp ./gimp-pastiche_*.deb", said)
        self.assertIn("note The network VGG-19, which the preset “gatys” needs, has not been fetched. Type: pastiche models fetch vgg19", said)

    def test_without_an_engine(self):
        said = self.examine(1, PASTICHE_CORE="/nowhere/core.so")
        self.assertIn("missing The painting engine cannot be opened (there is no /nowhere/core.so); install LibTorch", said)
        self.assertIn("Every kind of picture file", said, "the rest is examined all the same")

    def test_an_engine_that_says_nothing_of_itself(self):
        for about in ({}, [], 7):
            self.assertIn("missing The built-in model", self.examine(1, about))

    def test_the_library_that_multiplies_matrices(self):
        for blas, words in [
            ({"name": "reference"}, "slow Matrices are multiplied by the reference BLAS (/x), which takes many times as long as OpenBLAS. "
                                    "Type: sudo apt install libopenblas0-openmp "),
            ({"name": "OpenBLAS", "threads": "pthread"}, "Type: sudo apt install libopenblas0-openmp libopenblas0-pthread- "),
            ({"name": "OpenBLAS", "threads": "none"}, "Type: sudo apt install libopenblas0-openmp libopenblas0-serial- "),
        ]:
            self.assertIn(words, self.examine(1, {**GOOD, "blas": {"file": "/x", **blas}}))
        for blas, words in [
            ({"name": "MKL"}, "well Matrices are multiplied by MKL (/x)."),
            ({"name": "unknown"}, "note How fast matrices are multiplied cannot be told; it is done by “/x”."),
        ]:
            self.assertIn(words, self.examine(0, {**GOOD, "blas": {"file": "/x", **blas}}))

    def test_the_processor_and_the_graphics_card(self):
        self.assertIn("slow The processor has no AVX2", self.examine(1, {**GOOD, "cpu_features": []}))
        self.assertIn("well The processor has AVX2", self.examine(0, {**GOOD, "cpu_features": ["AVX2"]}))
        self.assertIn("fastest", self.examine(0, {**GOOD, "cpu_features": ["AVX2", "AVX-512"]}))
        cards = [*GOOD["devices"], {"name": "cuda:0", "description": "A Card"}]
        self.assertIn("well The graphics card cuda:0 (A Card) is used.", self.examine(0, {**GOOD, "devices": cards}))

    def test_little_memory(self):
        self.assertIn("slow Only 0.5 GiB of memory can be used", self.examine(1, {**GOOD, "memory_bytes": 1 << 29}))

    def test_threads(self):
        self.assertIn(f"are used: {CORES}.", self.examine(0, OMP_NUM_THREADS=str(CORES)))
        self.assertIn(f"are used: {CORES}.", self.examine(0, OMP_NUM_THREADS=f"{CORES},1"))
        unset = "Type: unset OMP_NUM_THREADS"
        said = self.examine(1, OMP_NUM_THREADS=str(CORES + 3))
        self.assertIn(f"slow OMP_NUM_THREADS asks for {CORES + 3} threads where there are {CORES} cores", said)
        self.assertIn(unset, said)
        for nonsense in ("many", "0", "-2", "2x", "99999999999"):
            said = self.examine(1, OMP_NUM_THREADS=nonsense)
            self.assertIn(f"slow OMP_NUM_THREADS is “{nonsense}”, which is no number of threads. {unset}", said)
        if CORES > 1:
            self.assertIn(f"slow OMP_NUM_THREADS lets only 1 of {CORES} cores work. {unset}", self.examine(1, OMP_NUM_THREADS="1"))
        self.assertIn("slow OMP_WAIT_POLICY", self.examine(1, OMP_WAIT_POLICY="active"))

    def test_a_folder_for_models_that_cannot_be_written(self):
        (self.home / "data").write_text("a file")
        said = self.examine(1)
        self.assertIn(f"missing Nothing can be written to “{self.home}/data/pastiche/models”", said)

    def test_the_library_for_picture_files_is_not_there(self):
        shutil.copy(PROGRAM, self.folder / "pastiche")
        done = subprocess.run(["./pastiche", "doctor"], cwd=self.folder, env={**os.environ, "PASTICHE_CORE": CORE, "LC_ALL": "C.UTF-8"},
                              capture_output=True, text=True)
        said = " ".join(done.stdout.split())
        self.assertEqual(done.returncode, 1)
        self.assertRegex(said, r"missing The library that reads and writes picture files cannot be opened \(there is no .*libpastiche-codecs\.so\)")
        self.assertIn("Type: sudo apt install --reinstall libvips42t64 pastiche-core", said)

    def test_gimp_without_the_filter(self):
        self.install_gimp("3.0.4")
        said = self.examine(1)
        self.assertIn("missing GIMP 3.0.4 is there, but Pastiche's filter is not where it looks for plug-ins. Type: sudo apt install "
                      "./gimp-pastiche_*.deb", said)

    def test_the_filter_in_another_version_s_folder_does_not_count(self):
        self.install_gimp("3.2.0")
        self.install_filter("config/GIMP/3.0")
        self.assertIn("missing GIMP 3.2.0 is there, but", self.examine(1))
        self.install_filter("config/GIMP/3.2")
        self.assertIn("well GIMP 3.2.0 finds the filter", self.examine(0))

    def test_a_filter_that_cannot_be_run_does_not_count(self):
        self.install_gimp("3.0.4")
        self.install_filter().chmod(0o644)
        self.assertIn("missing GIMP 3.0.4 is there, but", self.examine(1))

    def test_gimp_with_a_folder_of_its_own(self):
        self.install_gimp("3.0.4")
        self.install_filter("mine")
        self.assertIn("well GIMP 3.0.4", self.examine(0, GIMP3_DIRECTORY=str(self.home / "mine")))

    def test_gimp_that_is_too_old_or_broken(self):
        self.install_gimp("2.10.34", name="gimp")
        self.assertIn("missing GIMP 2.10.34 is too old", self.examine(1))
        (self.programs / "gimp").write_text("#!/bin/sh\nexit 1\n")
        self.assertIn("does not tell its version", self.examine(1))

    def test_gimp_as_a_flatpak(self):
        (self.home / "data" / "flatpak" / "app" / "org.gimp.GIMP").mkdir(parents=True)
        self.assertIn("note GIMP is there as a Flatpak", self.examine(0))

    def test_it_takes_nothing(self):
        self.assertIn("“now” is one word too many; see “pastiche doctor --help”", self.fails(2, "doctor", "now"))
        self.assertIn("There is no option “--fix”; see “pastiche doctor --help”", self.fails(2, "doctor", "--fix"))


class Version(MadeUp):
    def test_it_tells_what_the_engine_runs_on(self):
        devices = [*GOOD["devices"], {"name": "cuda:0", "description": "A Card"}]
        status, out, err = self.run_made_up("--version", {**GOOD, "devices": devices})
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(
            out.splitlines()[1:],
            [
                "painting engine test",
                "matrix products OpenBLAS (openmp, /usr/lib/openblas-openmp/libblas.so.3)",
                "processor A Processor 9 (threads: 2; features: AVX2, AVX-512, AVX-512 BF16)",
                "graphics card A Card (cuda:0)",
            ],
        )


if __name__ == "__main__":
    unittest.main()
