#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long GIMP stands still for the live filter: the GEGL operation pastiche:stylize, in a process with no more than GEGL, as in GIMP.

Usage: tools/debian13 bench/filter.py [--megapixels 1 8 24] [--rounds 3]

For pictures of so many pixels: seconds of the first painting, in the first row with the engine's start; of one after a property has changed, the median
of several, which is what a slider in GIMP waits for, with those of the processor; and of the same painting asked for once more. Before that: what the
operation costs a program's start, and whether it brings LibTorch along.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time

import common

BUILD = common.PROJECT / "build"


def start():
    """Seconds of the processor that the operation takes of a program's start: GEGL loads it, and GIMP makes a node of it; and whether LibTorch is there then."""
    program = """
import sys, time
import gi
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl
Gegl.init(None)
root = Gegl.Node()
root.create_child("gegl:nop")
begin = time.process_time()
Gegl.load_module_directory(sys.argv[1])
root.create_child("pastiche:stylize")
print(time.process_time() - begin, "libtorch" in open("/proc/self/maps").read())
"""
    said = subprocess.check_output([sys.executable, "-c", program, BUILD / "operation"], text=True)
    seconds, torch = said.split()
    return float(seconds), torch == "True"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megapixels", nargs="+", type=float, default=[1, 8, 24])
    parser.add_argument("--rounds", type=int, default=3, help="changes that are measured")
    arguments = parser.parse_args()
    theirs = subprocess.run(["pkg-config", "--variable=pluginsdir", "gegl-0.4"], check=True, capture_output=True, text=True).stdout.strip()
    os.environ |= {"GEGL_PATH": theirs, "PASTICHE_CORE": str(BUILD / "core/libpastiche-core.so")}
    starts = [start() for _ in range(5)]
    loaded = "" if any(torch for _, torch in starts) else "not "
    print(f"A program's start takes {1000 * min(starts)[0]:.1f} ms more of the processor; LibTorch is {loaded}loaded.\n")

    import gi
    gi.require_version("Gegl", "0.4")
    from gi.repository import Gegl
    Gegl.init(None)
    Gegl.load_module_directory(str(BUILD / "operation"))
    results = BUILD / "bench-results" / "filter"
    results.mkdir(parents=True, exist_ok=True)

    def blit(node, area):
        begin, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        node.blit_buffer(Gegl.Buffer.new("R'G'B' u8", area.x, area.y, area.width, area.height), area, 0, Gegl.AbyssPolicy.NONE)
        now = resource.getrusage(resource.RUSAGE_SELF)
        return time.monotonic() - begin, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime

    common.table_head("megapixels", "first painting", "after a change", "of the processor", "once more")
    for megapixels in arguments.megapixels:
        picture = results / f"{megapixels:g}.png"
        side = round((megapixels * 1e6 * 16 / 9) ** 0.5)
        subprocess.run(["convert", str(common.BACKGROUNDS / "roman-colosseum.jpg"), "-resize", str(side), str(picture)], check=True)
        root = Gegl.Node()
        load = root.create_child("gegl:load")
        load.set_property("path", str(picture))
        filtered = root.create_child("pastiche:stylize")
        load.connect_to("output", filtered, "input")
        area = load.get_bounding_box()
        blit(load, area)  # it is decoded before
        first, _ = blit(filtered, area)
        changed = []
        for number in range(arguments.rounds):
            filtered.set_property("strength", 0.6 + number / 100)
            changed.append(blit(filtered, area))
        seconds, used = (statistics.median(column) for column in zip(*changed))
        once_more, _ = blit(filtered, area)
        common.table_row(f"{area.width * area.height / 1e6:.1f}", f"{first:.2f} s", f"{seconds:.2f} s", f"{used:.2f} s", f"{once_more:.2f} s")


main()
