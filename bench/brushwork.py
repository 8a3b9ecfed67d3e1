#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What brush-work does to paintings: pairs of photographs and paintings, painted without it and with it.

Usage: tools/debian13 bench/brushwork.py --judge FILE [--paintings FOLDER] [--size 1024] [--pairs 8] [--gmic PATH | --compare OLD NEW]

The judge should be a network that none of the pictures was painted with, such as VGG-19. Its features say how far a picture is from
the style (W2 between Gaussians, at two depths) and from the photograph (self-similarity). Fine power is that of the finest octave, as a
part of the style's; histograms are compared by the mean distance between sorted values of each channel; clipped are values of 0 and 255.
Both pictures are judged against the style at the size it was painted at. Prints a row for each pair, and the means; a ratio below 1 says that
brush-work is nearer. With --gmic the other side is not the painting without brush-work, but that of G'MIC's “stylize”, which copies patches
without a network, from the same photograph and style at the size that is painted.
"""

import pathlib

import numpy
import torch
import torch.nn.functional as F
from PIL import Image

import common

PHOTOGRAPHS = "roman-colosseum lake-sherburne casa-mila perched-osprey oakland-zoo-otters canyon-wren tea-gardens beacon-street-sunset".split()


def fine_power(image):
    """Mean square of the luminance's finest octave: what a reduction to a half and back loses."""
    gray = (image * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)
    gray = gray[..., : gray.shape[2] // 2 * 2, : gray.shape[3] // 2 * 2]
    coarse = F.interpolate(F.avg_pool2d(gray, 2), scale_factor=2, mode="bilinear", align_corners=False)
    return (gray - coarse).square().mean().item()


def histogram_distance(a, b):
    """The area between the cumulative histograms (W1), mean of the channels."""
    levels = torch.linspace(0, 1, 1001)
    sorted_values = [torch.from_numpy(numpy.quantile(image[0].flatten(1).numpy(), levels.numpy(), axis=1)) for image in (a, b)]
    return (sorted_values[0] - sorted_values[1]).abs().mean().item()


def clipped(image):
    return ((image < 0.5 / 255) | (image > 254.5 / 255)).float().mean().item()


def judge(encoder, layers, picture, photograph, style):
    """The measures, as a list in the order of `MEASURES`."""
    power = fine_power(picture) / fine_power(style)
    return [*common.distances(encoder, layers, picture, photograph, style), power, histogram_distance(picture, style), clipped(picture) - clipped(style)]


MEASURES = ["W2 shallow", "W2 deep", "self-similarity", "fine power", "histogram", "clipped beyond the style"]


def main():
    parser = common.argument_parser(__doc__, "brushwork")
    parser.add_argument("--judge", type=pathlib.Path, required=True, help="a network (core/encoder.h), as a .safetensors file")
    parser.add_argument("--layers", nargs=2, default=["relu2_1", "relu3_1"], metavar="LAYER", help="its two depths; default: %(default)s")
    parser.add_argument("--paintings", type=pathlib.Path, help="folder of styles; default: the woodcut of budgie-backgrounds alone")
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--pairs", type=int, default=len(PHOTOGRAPHS), help="how many; default: %(default)s")
    parser.add_argument("--gmic", help="the command of G'MIC, to compare with instead")
    parser.add_argument("--compare", type=pathlib.Path, nargs=2, metavar=("OLD", "NEW"), help="folders with pictures named PHOTOGRAPH+STYLE.png instead")
    arguments = parser.parse_args()
    encoder = common.Encoder(arguments.judge)
    styles = sorted(arguments.paintings.iterdir()) if arguments.paintings else []
    styles = [path for path in styles if path.suffix in (".jpg", ".png")] or [common.BACKGROUNDS / "ocean-waves.jpg"]
    by_name = {path.stem: path for path in [*styles, common.BACKGROUNDS / "ocean-waves.jpg"]}
    if arguments.compare:
        pairs = [tuple(file.stem.split("+", 1)) for file in sorted(arguments.compare[1].glob("*+*.png"))]
        folders = arguments.compare
    else:
        pairs = [(photograph, styles[i % len(styles)].stem) for i, photograph in enumerate(PHOTOGRAPHS[: arguments.pairs])]
        folders = [arguments.results / name for name in ("gmic" if arguments.gmic else "without", "with")]
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)

    common.table_head("pair", *(f"{measure}: old → new" for measure in MEASURES), *([] if arguments.compare else ["seconds", "MiB"]))
    rows = []
    for photograph, style in pairs:
        files = [folder / f"{photograph}+{style}.png" for folder in folders]
        content_file, costs = common.BACKGROUNDS / f"{photograph}.jpg", []

        def painted(file, *options):
            run = common.run_pastiche(arguments.pastiche, content_file, by_name[style], file, "--size", arguments.size, *options)
            return run.seconds, run.peak_bytes

        small = common.photograph(content_file, arguments.size)
        original = Image.open(by_name[style]).convert("RGB")
        factor = (small.width * small.height / (original.width * original.height)) ** 0.5
        original = original.resize((round(original.width * factor), round(original.height * factor)), Image.LANCZOS)
        if not arguments.compare:
            if arguments.gmic:
                inputs = [files[0].with_suffix(f".{name}.png") for name in ("photograph", "style")]
                for picture, file in zip((small, original), inputs):
                    picture.save(file)
                costs.append(common.run_gmic(arguments.gmic, *inputs, files[0]))
            else:
                costs.append(painted(files[0], "--brush-work", 0))
            costs.append(painted(files[1]))
        content, scaled = common.tensor_of(small), common.tensor_of(original)
        measured = []
        for file in files:
            picture = Image.open(file).convert("RGB")
            picture = picture.resize((content.shape[3], content.shape[2]), Image.BICUBIC) if picture.size != (content.shape[3], content.shape[2]) else picture
            measured.append(judge(encoder, arguments.layers, common.tensor_of(picture), content, scaled))
        rows.append(measured)
        cells = [f"{old:.4f} → {new:.4f}" for old, new in zip(*measured)]
        if costs:
            cells += [" → ".join(f"{seconds:.1f}" for seconds, _ in costs), " → ".join(f"{peak / 2**20:.0f}" for _, peak in costs)]
        common.table_row(f"{photograph}, {style}", *cells)
    means = numpy.array(rows).mean(0)
    common.table_row("**mean**", *(f"{old:.4f} → {new:.4f}" for old, new in zip(*means)))
    common.table_row("**ratio of the means**", *(f"{new / old:.2f}" if abs(old) > 1e-6 else "" for old, new in zip(*means)))


if __name__ == "__main__":
    main()
