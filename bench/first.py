#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the first picture takes, and how near it is to the style.

Usage: tools/debian13 bench/first.py [--sizes 256 512 1024 2048] [--judge FILE]

For each size: the seconds of the first picture itself, style statistics included, those of the whole command and its memory; and the distance to the
style (W2 between Gaussians of features, 1 is as far as having none) of the photograph, of the first picture, of the default painting, and of the
preset "instant", by a network that should be none of those that painted, such as VGG-19.
"""

import pathlib

import torch
from PIL import Image

import common


def main():
    parser = common.argument_parser(__doc__, "first")
    common.add_pictures(parser)
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 512, 1024, 2048], help="longest sides in pixels; default: %(default)s")
    parser.add_argument("--judge", type=pathlib.Path, default=common.model_file("compact"), help="a network (core/encoder.h); default: %(default)s")
    parser.add_argument("--layers", nargs=2, default=["relu2_1", "relu3_1"], metavar="LAYER", help="two of its depths; default: %(default)s")
    arguments = parser.parse_args()
    arguments.results.mkdir(parents=True, exist_ok=True)
    judge = common.Encoder(arguments.judge)
    manners = {"first": ["--steps", 0, "--brush-work", 0], "default": [], "instant": ["--preset", "instant"]}

    distances = [f"W2 at {layer}: photograph, {', '.join(manners)}" for layer in arguments.layers]
    common.table_head("longest side", "first picture", "whole command", "MiB", "default", "instant", *distances)
    for size in arguments.sizes:
        content = common.tensor_of(common.photograph(arguments.content, size))
        original = Image.open(arguments.style).convert("RGB")
        factor = (content.shape[2] * content.shape[3] / (original.width * original.height)) ** 0.5
        style = common.tensor_of(original.resize([round(side * factor) for side in original.size], Image.LANCZOS))
        pictures, runs = {"photograph": content}, {}
        for manner, options in manners.items():
            file = arguments.results / f"{manner}-{size}.png"
            runs[manner] = common.run_pastiche(arguments.pastiche, arguments.content, arguments.style, file, "--size", size, *options)
            pictures[manner] = common.tensor_of(Image.open(file).convert("RGB"))
        with torch.inference_mode():
            wanted = judge(style, arguments.layers)
            seen = {name: judge(picture, arguments.layers) for name, picture in pictures.items()}
        rows = [", ".join(f"{common.wasserstein(maps[layer], wanted[layer]):.3f}" for maps in seen.values()) for layer in arguments.layers]
        first = runs["first"]
        common.table_row(
            f"{size} px", f"{first.report['first_picture']['seconds']:.2f} s", f"{first.seconds:.1f} s", first.peak_bytes >> 20,
            f"{runs['default'].seconds:.1f} s", f"{runs['instant'].seconds:.1f} s", *rows)


if __name__ == "__main__":
    main()
