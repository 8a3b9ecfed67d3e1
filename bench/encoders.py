#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which encoder paints best, and what it costs.

Usage: tools/debian13 bench/encoders.py --encoder FILE.safetensors --encoder … --judge FILE.safetensors --judge-layers relu2_2 relu3_2

A fixed set of photographs in fixed styles (all CC0) is painted with every encoder and the same options. The paintings are then compared by
what no encoder works on:

    W2 to style        Wasserstein distance between Gaussians of the judge's features, relative to the style's size; lower is better
    Gram to style      squared distance of the judge's Gram matrices, relative to the style's; lower is better
    self-similarity    mean difference to the content of the cosines between all pairs of places, by the judge; lower is better
    SSIM               structural similarity of the luminance to the content; higher keeps more of the photograph
    fine power         power above half the Nyquist frequency, relative to the style's at the same scale; 1 is as fine-grained as the style
    grid               how much the fine power differs between the 64 places of a pixel in blocks of 8 × 8: standard deviation by mean. What
                       a network's poolings leave behind; the photographs and styles themselves have some 0.01 to 0.03

The judge should be a network that none of the encoders is and none was made from alone; layers that style transfer itself uses are left out.
Every pair's paintings stand side by side in a contact sheet.
"""

import itertools
import json
import pathlib
import statistics

import numpy
import torch
from PIL import Image, ImageDraw

import common

CONTENTS = ["roman-colosseum", "lake-sherburne", "perched-osprey"]
STYLES = ["ocean-waves", "abstract-spiral", "tea-gardens"]


def luminance(image):
    return (image * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1)[0].double().numpy()


def fine_power(image):
    """Power of the luminance above half the Nyquist frequency, per pixel."""
    values = luminance(image)
    window = numpy.outer(*(numpy.hanning(side) for side in values.shape))
    spectrum = numpy.abs(numpy.fft.fft2((values - values.mean()) * window)) ** 2
    radius = numpy.hypot(*numpy.meshgrid(*(numpy.fft.fftfreq(side) for side in values.shape), indexing="ij"))
    return spectrum[radius > 0.25].sum() / (window**2).sum() / values.size


def grid(image):
    values = luminance(image)
    fine = values[1:-1, 1:-1] - (values[:-2, 1:-1] + values[2:, 1:-1] + values[1:-1, :-2] + values[1:-1, 2:]) / 4
    height, width = (side // 8 * 8 for side in fine.shape)
    # The logarithm, so that a few strong edges do not outweigh all else.
    blocks = numpy.log(fine[:height, :width] ** 2 + 1e-7).reshape(height // 8, 8, width // 8, 8).mean((0, 2))
    power = numpy.exp(blocks)
    return power.std() / power.mean()


def gram_distance(features, target):
    grams = [maps[0].flatten(1).double() @ maps[0].flatten(1).double().T / maps[0][0].numel() for maps in (features, target)]
    return ((grams[0] - grams[1]).square().sum() / grams[1].square().sum()).item()


def scores(painting, content, style, judge, layers):
    with torch.no_grad():
        maps = {name: judge(image, layers) for name, image in (("painting", painting), ("content", content), ("style", style))}
    deepest = layers[-1]
    similarity = [common.self_similarity(maps[name][deepest]) for name in ("painting", "content")]
    return {
        "W2 to style": statistics.mean(common.wasserstein(maps["painting"][layer], maps["style"][layer]) for layer in layers),
        "Gram to style": statistics.mean(gram_distance(maps["painting"][layer], maps["style"][layer]) for layer in layers),
        "self-similarity": (similarity[0] - similarity[1]).abs().mean().item(),
        "SSIM": common.ssim(painting, content),
        "fine power": fine_power(painting) / fine_power(style),
        "grid": grid(painting),
    }


def contact_sheet(path, pictures):
    """`pictures` are pairs of a title and a file, side by side at their own size."""
    images = [(title, Image.open(file).convert("RGB")) for title, file in pictures]
    height = max(image.height for _, image in images)
    sheet = Image.new("RGB", (sum(image.width + 8 for _, image in images) - 8, height + 18), "white")
    left = 0
    for title, image in images:
        ImageDraw.Draw(sheet).text((left + 2, 3), title, "black")
        sheet.paste(image, (left, 18))
        left += image.width + 8
    sheet.save(path)


def main():
    parser = common.argument_parser(__doc__, "encoders")
    parser.add_argument("--encoder", action="append", required=True, metavar="FILE", help="a name or a file; may be given again")
    parser.add_argument("--judge", type=common.model_file, required=True, metavar="FILE")
    parser.add_argument("--judge-layers", nargs="+", default=["relu2_2", "relu3_2"], metavar="LAYER")
    parser.add_argument("--size", type=int, default=512, help="longest side, in pixels")
    parser.add_argument("--contents", nargs="+", default=CONTENTS)
    parser.add_argument("--styles", nargs="+", default=STYLES)
    parser.add_argument("--option", nargs="*", default=[], help="further options of Pastiche, without the dashes: steps=40")
    arguments = parser.parse_args()
    arguments.results.mkdir(parents=True, exist_ok=True)
    judge = common.Encoder(arguments.judge)
    further = [f"--{option}" for option in arguments.option]

    found = {encoder: [] for encoder in arguments.encoder}
    for content, style in itertools.product(arguments.contents, arguments.styles):
        photo = common.photograph(common.BACKGROUNDS / f"{content}.jpg", arguments.size)
        look = Image.open(common.BACKGROUNDS / f"{style}.jpg").convert("RGB")
        factor = (photo.width * photo.height / (look.width * look.height)) ** 0.5
        look = look.resize((round(look.width * factor), round(look.height * factor)), Image.LANCZOS)
        sheet = []
        for encoder in arguments.encoder:
            name = pathlib.Path(encoder).stem
            output = arguments.results / f"{content}-{style}-{name}.png"
            pictures = (common.BACKGROUNDS / f"{picture}.jpg" for picture in (content, style))
            run = common.run_pastiche(arguments.pastiche, *pictures, output, "--size", arguments.size, "--model", encoder, *further)
            score = scores(common.read_16_bits(output), common.tensor_of(photo), common.tensor_of(look), judge, arguments.judge_layers)
            found[encoder].append({"content": content, "style": style, "seconds": run.report["seconds"], **score})
            sheet.append((name, output))
        contact_sheet(arguments.results / f"{content}-{style}.png", sheet)

    columns = [key for key in next(iter(found.values()))[0] if key not in ("content", "style")]
    common.table_head("encoder", *columns)
    for encoder, rows in found.items():
        common.table_row(pathlib.Path(encoder).stem, *(f"{statistics.mean(row[column] for row in rows):.4g}" for column in columns))
    (arguments.results / "results.json").write_text(json.dumps(found, indent=1))


main()
