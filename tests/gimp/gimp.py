# SPDX-License-Identifier: GPL-3.0-or-later
"""GIMP with a profile of its own, holding Pastiche from the build folder and the few plug-ins that tests need."""

import os
import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PLUG_IN = pathlib.Path(os.environ["PASTICHE_PLUG_IN"])  # the executable
REAL_CORE = pathlib.Path(os.environ["PASTICHE_REAL_CORE"])
TEST_CORE = pathlib.Path(os.environ["PASTICHE_TEST_CORE"])  # see test_core.cpp
WIRE = pathlib.Path(os.environ["PASTICHE_TEST_WIRE"])  # see wire.cpp
SCRIPTS = pathlib.Path(os.environ["PASTICHE_SCRIPTS"])
GIMP_PLUG_INS = pathlib.Path(os.environ["PASTICHE_GIMP_PLUG_INS"])  # GIMP's own
SEVERAL_MINUTES = 1200  # only a hang takes so long


class Profile:
    """A folder for one run of GIMP: profile, plug-ins, temporary files, and `pictures` for whatever the test works on.
    `plug_ins` are more of GIMP's own that it needs."""

    def __init__(self, core=TEST_CORE, plug_ins=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pastiche-gimp-"))
        self.pictures = self.folder / "pictures"
        self.temporary = self.folder / "temporary"
        scripts = self.folder / "profile" / "scripts"
        own = self.folder / "own" / "pastiche"
        needed = self.folder / "needed"
        for folder in (self.pictures, self.temporary, scripts, own, needed):
            folder.mkdir(parents=True)
        (own / "pastiche").symlink_to(PLUG_IN)
        for name in ("script-fu", "file-png", "file-jpeg", "file-glob", *plug_ins):
            (needed / name).symlink_to(GIMP_PLUG_INS / name)
        for script in SCRIPTS.glob("*.scm"):
            (scripts / script.name).symlink_to(script)
        (self.folder / "profile" / "gimprc").write_text(
            "(color-profile-policy keep)\n(show-welcome-dialog no)\n(check-updates no)\n")
        self.environment = os.environ | {
            "GIMP3_DIRECTORY": str(self.folder / "profile"),
            "GIMP_TESTING_PLUGINDIRS": f"{own.parent}:{needed}",
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "TMPDIR": str(self.temporary),
            "LC_ALL": "C.UTF-8",
            "LANGUAGE": "",
            "PASTICHE_CORE": str(core),
            "PASTICHE_PROGRESS": "1",
            "LD_PRELOAD": str(WIRE),
        }

    def remove(self):
        shutil.rmtree(self.folder)

    def command(self, program, fonts=False):
        """The command line that runs a Script-Fu program (with the definitions of cases.scm) without a window."""
        path = self.folder / "program.scm"
        path.write_text(program)
        options = ["--no-interface", "--no-data", "--quit"] + ([] if fonts else ["--no-fonts"])
        return ["gimp-console-3", *options, "--batch-interpreter=plug-in-script-fu-eval",
                "--batch", f'(begin (load "{HERE / "cases.scm"}") (load "{path}"))']

    def run(self, program, fonts=False):
        return subprocess.run(self.command(program, fonts), cwd=self.pictures, env=self.environment, text=True,
                              capture_output=True, timeout=SEVERAL_MINUTES)

    def run_cases(self, program, fonts=False):
        """Runs a program of (test-case …) forms; returns what each printed: "done", or the error that ended it."""
        finished = self.run(program, fonts)
        self.said = finished.stderr
        outcomes = dict(line.split("\t")[1:] for line in finished.stdout.splitlines() if line.startswith("case\t"))
        if finished.returncode != 0 or not outcomes:
            raise AssertionError(f"GIMP ended with {finished.returncode}:\n{finished.stdout}\n{finished.stderr}")
        return outcomes
