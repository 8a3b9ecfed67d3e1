#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the dialog takes to open in GIMP, and its preview to be painted, for a small layer and for a large one; and how soon it shows
what a change makes of it.

Usage: tools/debian13 bench/dialog.py [--sides 1200x800 6000x4000] [--rounds 5]
       tools/debian13 bench/dialog.py --path [1366x768 1920x1080 3840x2160@2]

GIMP runs on a screen of its own, as in the tests. Seconds are counted from the call of the filter to the window on the screen, to the first
picture drawn, and to the estimate under the controls, which is told when the preview has been painted. Then from a key press that changes an
option, or a style that is chosen, to the first picture drawn: the median of several; and how many are drawn a second while a slider moves.

--path follows a new user instead, on screens of these sizes (@2: with GDK_SCALE=2): from the menu, with a profile in which nothing has been
chosen yet, through another style of the gallery to the painting in its new layer. Seconds are those of the machine alone, from each click to
what it brings; the screen at each step is kept in build/bench-results/path/.
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
        "PASTICHE_TEST_WIDGETS_LIBRARY": str(BUILD / "tests/gimp/libpastiche-test-widgets.so"),
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
SKETCHES, PAINTED = "pastiche: sketches painted", "pastiche: painted "


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


def follow_path(screen):
    import widgets
    from desktop import Desktop, wait_until
    from gimp import REAL_CORE, Profile
    size, _, scale = screen.partition("@")
    scale = int(scale or 1)
    profile = Profile(core=REAL_CORE)
    (profile.folder / "profile" / "shortcutsrc").write_text('(file-version 1)\n(action "plug-in-pastiche" "<Primary><Alt>p")\n')
    desktop = Desktop(profile.environment | {"XDG_DATA_HOME": str(profile.folder / "data"), "GDK_SCALE": str(scale)}, profile.folder, size)
    subprocess.run(["convert", str(common.BACKGROUNDS / "roman-colosseum.jpg"), "-resize", "3000x2000!", str(profile.pictures / "photo.png")],
                   check=True)
    gimp = subprocess.Popen(["gimp-3.0", "--no-splash", "--no-fonts", "--no-data", "photo.png"], cwd=profile.pictures,
                            env=desktop.environment | widgets.environment(profile), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = Output(gimp.stdout)

    def keep(name):
        desktop.photograph("root", BUILD / "bench-results" / "path" / f"{screen}-{name}.png")

    def wait_for(text, since):
        return wait_until(lambda: output.times(text, since), text)[0] - since

    def click(**wanted):
        widget = widgets.Widgets(desktop, window, profile).find(**wanted)[0]
        x, y = (round((widget[place] + widget[side] / 2) * scale) for place, side in (("x", "width"), ("y", "height")))
        desktop.xdotool("mousemove", str(x), str(y))
        since = time.monotonic()
        desktop.xdotool("click", "1")
        return since

    try:
        desktop.wait_for_window("photo.*GIMP")
        start = time.monotonic()
        desktop.press("ctrl+alt+p")  # three clicks: Filters, Artistic, Pastiche…
        window = desktop.wait_for_window("^Pastiche$")
        opened = time.monotonic() - start
        first = wait_for(FIRST, start)
        keep("1-first-picture")
        wait_for(SKETCHES, start)
        keep("2-rest")
        since = click(name="Gouache")
        style = wait_for(FIRST, since)
        keep("3-another-style")
        wait_for(SKETCHES, since)
        keep("4-rest")
        since = click(name="Paint")
        desktop.wait_for_window("^Pastiche")
        keep("5-painting")
        done = wait_for(PAINTED, since)
        wait_until(lambda: not desktop.xdotool("search", "--onlyvisible", "--name", "^Pastiche", check=False), "the end of the window")
        keep("6-painted")
    finally:
        gimp.kill()
        gimp.wait()
        desktop.close()
        profile.remove()
    return 5, *(f"{value:.1f} s" for value in (opened, first, style, done, first + style + done))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sides", nargs="+", default=["1200x800", "6000x4000"], help="of the layer, in pixels")
    parser.add_argument("--path", nargs="*", metavar="SCREEN", help="follow a new user, on screens of these sizes")
    parser.add_argument("--rounds", type=int, default=5, help="changes that are measured")
    arguments = parser.parse_args()
    prepare_tests()
    if arguments.path is not None:
        common.table_head("screen", "clicks", "window", "first picture", "another style to its first picture", "Paint to the painting", "waited in all")
        for screen in arguments.path or ["1366x768", "1920x1080", "3840x2160@2"]:
            common.table_row(screen, *follow_path(screen))
        return
    common.table_head("layer", "window", "first picture", "preview painted and estimate told", "style to first picture", "slider to first picture",
                      "to the painting", "times as long", "first pictures a second")
    for side in arguments.sides:
        common.table_row(side, *measure(side, arguments.rounds))


main()
