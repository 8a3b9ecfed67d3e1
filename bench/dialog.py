#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the dialog takes to open in GIMP, and its preview to be painted, for a small layer and for a large one; and how soon it shows
what a change makes of it.

Usage: tools/debian13 bench/dialog.py [--sides 1200x800 6000x4000] [--rounds 5]

GIMP runs on a screen of its own, as in the tests. Seconds are counted from the call of the filter to the window on the screen, to the first
picture drawn, and to the estimate under the controls, which is told when the preview has been painted. Then from a key press that changes an
option, or a style that is chosen, to the first picture drawn: the median of several; and how many are drawn a second while a slider moves.
"""

import argparse
import os
import statistics
import subprocess
import sys
import threading
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


class Output:
    """What GIMP and its plug-ins print, line by line, with the time at which it was read."""

    def __init__(self, stream):
        self.lines = []
        self.thread = threading.Thread(target=self.read, args=[stream], daemon=True)
        self.thread.start()

    def read(self, stream):
        for line in stream:
            self.lines.append((time.monotonic(), line))

    def times(self, text, since=0.0):
        return [when for when, line in self.lines if text in line and when >= since]


STYLES = ["abstract-spiral", "beacon-street-sunset", "casa-mila", "oakland-zoo-otters", "tea-gardens"]
FIRST, WHOLE, ESTIMATE = "first picture drawn", "painting drawn", "of memory on this computer"


def measure(side, rounds):
    from desktop import Desktop, wait_until
    from gimp import REAL_CORE, Profile
    profile = Profile(core=REAL_CORE)
    desktop = Desktop(profile.environment | {"XDG_DATA_HOME": str(profile.folder / "data")}, profile.folder)
    styles = profile.folder / "data" / "pastiche" / "styles"
    styles.mkdir(parents=True)
    for path, source, size in ((profile.pictures / "photo.png", "roman-colosseum", f"{side}!"),
                               (profile.pictures / "style.png", "ocean-waves", "1600x")):
        subprocess.run(["convert", str(common.BACKGROUNDS / f"{source}.jpg"), "-resize", size, str(path)], check=True)
    for style in STYLES[:rounds]:
        subprocess.run(["convert", str(common.BACKGROUNDS / f"{style}.jpg"), "-resize", "2048x2048", str(styles / f"{style}.png")], check=True)
    (profile.folder / "program.scm").write_text(PROGRAM)
    gimp = subprocess.Popen(["gimp-3.0", "--no-splash", "--no-fonts", "--no-data", "--batch-interpreter=plug-in-script-fu-eval",
                             "--batch", f'(begin (load "{TESTS / "cases.scm"}") (load "{profile.folder / "program.scm"}"))', "photo.png"],
                            cwd=profile.pictures, env=desktop.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = Output(gimp.stdout)

    def wait_for(text, since):
        return wait_until(lambda: output.times(text, since), text)[0] - since

    def change(*keys):
        """Seconds to the first picture drawn, and to the painting."""
        since = time.monotonic()
        desktop.xdotool("key", *keys)
        first = wait_for(FIRST, since)
        return first, wait_for(WHOLE, since)

    def choose(style):
        desktop.press("alt+q", "ctrl+a")
        desktop.xdotool("type", style)
        time.sleep(1)  # it is searched for while one types
        return change("Return")

    try:
        wait_until((profile.pictures / "called").exists, "the call")
        start = time.monotonic()
        desktop.wait_for_window("^Pastiche$")
        opened = [time.monotonic() - start, wait_for(FIRST, start), wait_for(ESTIMATE, start)]
        desktop.press("alt+g")  # the slider of strength
        changed = [change("Up") for _ in range(rounds)]
        chosen = [choose(style) for style in STYLES[:rounds]]
        desktop.press("alt+g")
        since = time.monotonic()
        desktop.xdotool("key", "--delay", "30", *["Down", "Up"] * 50)
        seconds = time.monotonic() - since
        drawn = [when for when in output.times(FIRST, since) if when <= since + seconds]
        desktop.press("Escape")
        wait_until((profile.pictures / "closed").exists, "the end")
    finally:
        gimp.kill()
        gimp.wait()
        desktop.close()
        profile.remove()
    first, painting = (statistics.median(column) for column in zip(*changed))
    style, _ = (statistics.median(column) for column in zip(*chosen))
    return [*(f"{value:.1f} s" for value in opened), f"{style:.2f} s", f"{first:.2f} s", f"{painting:.1f} s", f"{painting / first:.0f}",
            f"{len(drawn) / seconds:.1f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sides", nargs="+", default=["1200x800", "6000x4000"], help="of the layer, in pixels")
    parser.add_argument("--rounds", type=int, default=5, help="changes that are measured")
    arguments = parser.parse_args()
    prepare_tests()
    common.table_head("layer", "window", "first picture", "preview painted and estimate told", "style to first picture", "slider to first picture",
                      "to the painting", "times as long", "first pictures a second")
    for side in arguments.sides:
        common.table_row(side, *measure(side, arguments.rounds))


main()
