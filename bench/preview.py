#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a small painting shows what a large one will look like.

Usage: tools/debian13 bench/preview.py [--large 2048]

Each pair of pictures is painted small and large with the same options, the large painting is shrunk to the size of the small one, and the two
are compared (structural similarity, 1: the same). For comparison the same is done without the coarse scales that both have in common.
"""

import itertools
import statistics

import torch.nn.functional as F

import common

CONTENTS = ["roman-colosseum", "oakland-zoo-otters", "lake-sherburne"]
STYLES = ["ocean-waves", "abstract-spiral"]
MANNERS = {"all scales": [], "one scale": ["--scales", 1]}


def agreement(arguments, content, style, manner):
    paintings = []
    for size in (arguments.small, arguments.large):
        output = arguments.results / f"{content}-{style}-{manner.replace(' ', '-')}-{size}.png"
        pictures = (common.BACKGROUNDS / f"{name}.jpg" for name in (content, style))
        further = (f"--{option}" for option in arguments.option)
        common.run_pastiche(arguments.pastiche, *pictures, output, "--size", size, *MANNERS[manner], *further)
        paintings.append(common.read_16_bits(output))
    small, large = paintings
    return common.ssim(small, F.interpolate(large, small.shape[2:], mode="bicubic", antialias=True).clamp(0, 1))


def main():
    parser = common.argument_parser(__doc__, "preview")
    parser.add_argument("--small", type=int, default=512, help="longest side, in pixels")
    parser.add_argument("--large", type=int, default=2048)
    parser.add_argument("--option", nargs="*", default=[], help="further options of Pastiche, without the dashes: steps=40")
    arguments = parser.parse_args()
    arguments.results.mkdir(parents=True, exist_ok=True)

    common.table_head("content", "style", *(f"SSIM, {manner}" for manner in MANNERS))
    rows = []
    for content, style in itertools.product(CONTENTS, STYLES):
        rows.append([agreement(arguments, content, style, manner) for manner in MANNERS])
        common.table_row(content, style, *(f"{value:.3f}" for value in rows[-1]))
    common.table_row("mean", "", *(f"{statistics.mean(column):.3f}" for column in zip(*rows)))


main()
