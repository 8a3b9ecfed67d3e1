#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the dialog takes to open in GIMP, and its preview to be painted, for a small layer and for a large one.

Usage: tools/debian13 bench/dialog.py [--sides 1200x800 6000x4000]

GIMP runs on a screen of its own, as in the tests. Seconds are counted from the call of the filter to the window on the screen, and to the
estimate under the controls, which is told when the preview has been painted.
"""

import argparse
import os
import subprocess
import sys
import time

import common

BUILD = common.PROJECT / "build"
TESTS = common.PROJECT / "tests" / "gimp"
PROGRAM = """
(let* ((image (vector-ref (car (gimp-get-images)) 0)))
  (call-with-output-file "called" (lambda (port) (display "" port)))
  (plug-in-pastiche #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector (first-layer image)) #:style-file "style.png")
  (call-with-output-file "closed" (lambda (port) (display "" port))))
"""


def prepare_tests():
    """The tests' GIMP finds its parts through the environment, which Meson sets for tests."""
    plug_ins = subprocess.run(["pkg-config", "--variable=gimplibdir", "gimp-3.0"], check=True, capture_output=True, text=True).stdout.strip()
    os.environ |= {
        "PASTICHE_PLUG_IN": str(BUILD / "plugin/pastiche"),
        "PASTICHE_REAL_CORE": str(BUILD / "core/libpastiche-core.so"),
        "PASTICHE_TEST_CORE": str(BUILD / "tests/gimp/libpastiche-test-core.so"),
        "PASTICHE_TEST_WIRE": str(BUILD / "tests/gimp/libpastiche-test-wire.so"),
        "PASTICHE_SCRIPTS": str(common.PROJECT / "plugin/scripts"),
        "PASTICHE_GIMP_PLUG_INS": f"{plug_ins}/plug-ins",
    }
    sys.path.insert(0, str(TESTS))


def measure(side):
    from desktop import Desktop, wait_until
    from gimp import REAL_CORE, Profile
    profile = Profile(core=REAL_CORE)
    desktop = Desktop(profile.environment, profile.folder)
    for name, source, size in (("photo.png", "roman-colosseum", f"{side}!"), ("style.png", "ocean-waves", "1600x")):
        subprocess.run(["convert", str(common.BACKGROUNDS / f"{source}.jpg"), "-resize", size, str(profile.pictures / name)], check=True)
    (profile.folder / "program.scm").write_text(PROGRAM)
    output = profile.folder / "output"
    with open(output, "w") as sink:
        gimp = subprocess.Popen(["gimp-3.0", "--no-splash", "--no-fonts", "--no-data", "--batch-interpreter=plug-in-script-fu-eval",
                                 "--batch", f'(begin (load "{TESTS / "cases.scm"}") (load "{profile.folder / "program.scm"}"))', "photo.png"],
                                cwd=profile.pictures, env=desktop.environment, stdout=sink, stderr=sink)
    try:
        wait_until((profile.pictures / "called").exists, "the call")
        start = time.monotonic()
        desktop.wait_for_window("^Pastiche$")
        window = time.monotonic() - start
        wait_until(lambda: "of memory on this computer" in output.read_text(), "the estimate")
        painted = time.monotonic() - start
        desktop.press("Escape")
        wait_until((profile.pictures / "closed").exists, "the end")
    finally:
        gimp.kill()
        gimp.wait()
        desktop.close()
        profile.remove()
    return window, painted


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sides", nargs="+", default=["1200x800", "6000x4000"], help="of the layer, in pixels")
    arguments = parser.parse_args()
    prepare_tests()
    common.table_head("layer", "window", "preview painted and estimate told")
    for side in arguments.sides:
        window, painted = measure(side)
        common.table_row(side, f"{window:.1f} s", f"{painted:.1f} s")


main()
