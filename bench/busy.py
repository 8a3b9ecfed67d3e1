#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much longer a painting takes while other programs keep the cores busy than alone, in the same run.

Usage: tools/debian13 bench/busy.py [--loops 2] [--size 384]

In each pair one picture is painted alone and once more beside programs that do nothing but count, one for every core unless said otherwise. The
two must be the same to the last byte.
"""

import multiprocessing
import os
import statistics

import common


def count_for_ever():
    while True:
        pass


def main():
    parser = common.argument_parser(__doc__, "busy")
    common.add_pictures(parser)
    parser.add_argument("--size", type=int, default=384, help="longest side, in pixels")
    parser.add_argument("--loops", type=int, default=len(os.sched_getaffinity(0)), help="busy programs; default: %(default)s")
    parser.add_argument("--pairs", type=int, default=3)
    arguments = parser.parse_args()
    arguments.results.mkdir(parents=True, exist_ok=True)

    def paint(name):
        output = arguments.results / f"{name}.png"
        seconds = common.run_pastiche(arguments.pastiche, arguments.content, arguments.style, output, "--size", arguments.size).seconds
        return seconds, output.read_bytes()

    paint("alone")  # reads files from the disk that are kept in memory afterwards
    common.table_head("alone, s", f"beside {arguments.loops} busy programs, s", "times longer")
    ratios = []
    for _ in range(arguments.pairs):
        alone, picture = paint("alone")
        others = [multiprocessing.Process(target=count_for_ever, daemon=True) for _ in range(arguments.loops)]
        for other in others:
            other.start()
        beside, same = paint("beside")
        for other in others:
            other.kill()
            other.join()
        ratios.append(beside / alone)
        common.table_row(f"{alone:.1f}", f"{beside:.1f}", f"{ratios[-1]:.2f}")
        if picture != same:
            raise SystemExit("The two pictures differ.")
    print(f"\nMedian: {statistics.median(ratios):.2f} times longer. The pictures are the same to the last byte.")


if __name__ == "__main__":
    main()
