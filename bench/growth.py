#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How seconds and memory grow with the number of pixels that are painted.

Usage: tools/debian13 bench/growth.py [--megapixels 0.25 1 4 12 24] [--limited 24] [--memory 4096]

One photograph is scaled to each size and every pixel of it is painted (--size 0). From --limited megapixels on, memory is limited.
"""

import json

from PIL import Image

import common
import svg


def main():
    parser = common.argument_parser(__doc__, "growth")
    common.add_pictures(parser)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[0.25, 1, 4, 12, 24])
    parser.add_argument("--limited", type=float, default=24, help="megapixels from which on memory is limited")
    parser.add_argument("--memory", type=int, default=4096, help="limit in MiB")
    parser.add_argument("--option", nargs="*", default=[], help="further options of Pastiche, without the dashes: steps=40")
    arguments = parser.parse_args()
    arguments.results.mkdir(parents=True, exist_ok=True)
    further = [f"--{option}" for option in arguments.option]

    photograph = Image.open(arguments.content).convert("RGB")
    runs = {}
    for megapixels in arguments.megapixels:
        factor = (megapixels * 1e6 / (photograph.width * photograph.height)) ** 0.5
        width, height = round(photograph.width * factor), round(photograph.height * factor)
        content, output = (arguments.results / f"{name}-{megapixels:g}.png" for name in ("content", "painted"))
        photograph.resize((width, height), Image.LANCZOS).save(content)
        limit = ["--memory", arguments.memory] if megapixels >= arguments.limited else []
        run = common.run_pastiche(arguments.pastiche, content, arguments.style, output, "--size", 0, *limit, *further)
        runs[megapixels] = {"width": width, "height": height, "limit": limit[-1] if limit else None, **run._asdict()}
        print(f"{megapixels:g} megapixels: {run.seconds:.1f} s", flush=True)

    (arguments.results / "results.json").write_text(json.dumps(runs, indent=2) + "\n")
    # Against the size nearest to one megapixel: smaller ones pay more for what does not depend on the size.
    unit = min(runs, key=lambda megapixels: abs(megapixels - 1))
    unit_rate = runs[unit]["seconds"] / unit
    print()
    columns = ["megapixels", "size", "memory limit", "seconds", "of which painting", "peak memory", "seconds per megapixel", f"relative to {unit:g} MP"]
    common.table_head(*columns)
    for megapixels, run in runs.items():
        rate = run["seconds"] / megapixels
        limit = f"{run['limit']} MiB" if run["limit"] else "what is free"
        cells = [f"{megapixels:g}", f"{run['width']} × {run['height']}", limit, f"{run['seconds']:.1f} s", f"{run['report']['seconds']:.1f} s"]
        common.table_row(*cells, f"{run['peak_bytes'] / 2**20:.0f} MiB", f"{rate:.1f}", f"{rate / unit_rate:.2f}")

    seconds = [(megapixels, run["seconds"]) for megapixels, run in runs.items()]
    straight = [(megapixels, unit_rate * megapixels) for megapixels in runs]
    series = [svg.Series("Pastiche", seconds), svg.Series("in proportion", straight, dashed=True)]
    svg.write_chart(arguments.results / "growth-seconds", "Seconds to paint every pixel", "megapixels", "seconds", series)
    memory = []
    for megapixels, run in runs.items():
        label = [f"limit {run['limit']} MiB"] if run["limit"] else []
        memory.append((megapixels, run["peak_bytes"] / 2**20, *label))
    series = [svg.Series("Pastiche", memory)]
    svg.write_chart(arguments.results / "growth-memory", "Memory to paint every pixel", "megapixels", "MiB at most", series)


main()
