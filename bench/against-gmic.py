#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pastiche beside G'MIC's “stylize”, which copies patches of the style without a network, on the same pair of pictures.

Usage: tools/debian13 bench/against-gmic.py [--sizes 512 1024] [--gmic PATH] [--judge FILE]

Both get the same pictures at the size that is painted, and run with their default options. Prints the seconds, and puts the pictures beside
each other in a contact sheet for every size. A judge, a network that neither painted with, tells how far both are from the style (W2 between
Gaussians of the features, at two depths) and from the photograph (self-similarity).
"""

import pathlib
import shutil
import sys

from PIL import Image, ImageDraw, ImageFont

import common

FONT = pathlib.Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def contact_sheet(pictures, height):
    """Labelled pictures, two in a row, each `height` pixels high."""
    margin, label_height = 16, 34
    font = ImageFont.truetype(str(FONT), 20) if FONT.exists() else ImageFont.load_default()
    tiles = [(label, image.resize((round(image.width * height / image.height), height), Image.LANCZOS)) for label, image in pictures]
    width = max(tile.width for _, tile in tiles)
    rows = (len(tiles) + 1) // 2
    sheet = Image.new("RGB", (2 * (width + margin) + margin, rows * (height + label_height + margin) + margin), "white")
    pen = ImageDraw.Draw(sheet)
    for number, (label, tile) in enumerate(tiles):
        x, y = margin + number % 2 * (width + margin), margin + number // 2 * (height + label_height + margin)
        pen.text((x, y), label, fill="#222222", font=font)
        sheet.paste(tile, (x, y + label_height))
    return sheet


def main():
    parser = common.argument_parser(__doc__, "against-gmic")
    common.add_pictures(parser)
    parser.add_argument("--sizes", type=int, nargs="+", default=[512, 1024], help="longest sides, in pixels")
    parser.add_argument("--gmic", default="gmic", help="the command of G'MIC")
    parser.add_argument("--judge", type=pathlib.Path, help="a network (core/encoder.h), as a .safetensors file")
    parser.add_argument("--layers", nargs=2, default=["relu2_1", "relu3_1"], metavar="LAYER", help="its two depths; default: %(default)s")
    arguments = parser.parse_args()
    if not shutil.which(arguments.gmic):
        sys.exit("G'MIC is not here; install Debian's package gmic, or say where its command is with --gmic PATH.")
    arguments.results.mkdir(parents=True, exist_ok=True)

    encoder = common.Encoder(arguments.judge) if arguments.judge else None
    measures = ["W2 shallow", "W2 deep", "self-similarity"] if encoder else []
    costs = ["G'MIC stylize", "its peak memory", "Pastiche", "its peak memory"]
    common.table_head("longest side", *costs, *(f"{measure}: G'MIC, Pastiche" for measure in measures))
    for size in arguments.sizes:
        content, style, theirs, ours = (arguments.results / f"{name}-{size}.png" for name in ("content", "style", "gmic", "pastiche"))
        common.photograph(arguments.content, size).save(content)
        common.photograph(arguments.style, size).save(style)
        gmic_seconds, gmic_peak = common.run_gmic(arguments.gmic, content, style, theirs)
        run = common.run_pastiche(arguments.pastiche, content, style, ours)
        memory = [f"{peak / 2**20:.0f} MiB" for peak in (gmic_peak, run.peak_bytes)]
        labels = ["Content", "Style", f"G'MIC stylize, {gmic_seconds:.1f} s", f"Pastiche, {run.seconds:.1f} s"]
        images = [Image.open(file).convert("RGB") for file in (content, style, theirs, ours)]
        pictures = list(zip(labels, images))
        judged = [common.distances(encoder, arguments.layers, *map(common.tensor_of, (picture, *images[:2]))) for picture in images[2:]] if encoder else [[], []]
        cells = [f"{of_theirs:.3f}, {of_ours:.3f}" for of_theirs, of_ours in zip(*judged)]
        common.table_row(f"{size} px", f"{gmic_seconds:.1f} s", memory[0], f"{run.seconds:.1f} s", memory[1], *cells)
        contact_sheet(pictures, height=min(480, pictures[0][1].height)).save(arguments.results / f"against-gmic-{size}.png")


main()
