#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times a Pastiche run against the standard recipe of Gatys et al. on the same pictures and machine.

Usage: tools/debian13 bench/against-gatys.py [--sizes 256 512 …] [--content FILE] [--style FILE]

The standard recipe is what most programs run by default: VGG-19 to relu5_1 in float32, NCHW, one scale, 1000 L-BFGS steps
from noise, Gram losses on relu1_1 … relu5_1 and the content loss on relu4_2. A few of its steps are timed here with PyTorch
(the weights are random: they do not change the time) and multiplied to 1000. Pastiche runs with its default options, all
of them, from the command line's start to its end.
"""

import pathlib
import tempfile
import time

import torch
import torch.nn.functional as F

import common

VGG19 = [64, 64, "pool", 128, 128, "pool", 256, 256, 256, 256, "pool", 512, 512, 512, 512, "pool", 512]
STYLE, CONTENT = {0, 2, 4, 8, 12}, 9  # which convolutions: relu1_1 … relu5_1; relu4_2
STEPS = 1000


def features(image, weights):
    x, found, number = image, {}, 0
    for layer in VGG19:
        if layer == "pool":
            x = F.max_pool2d(x, 2)
            continue
        x = F.relu(F.conv2d(x, weights[number], padding=1))
        if number in STYLE or number == CONTENT:
            found[number] = x
        number += 1
    return found


def gram(f):
    rows = f[0].flatten(1)
    return rows @ rows.t() / rows.shape[1]


def standard_recipe_seconds(content, style, timed_steps):
    channels, weights = 3, []
    for layer in VGG19:
        if layer != "pool":
            weights.append(torch.randn(layer, channels, 3, 3) * (2 / (9 * channels)) ** 0.5)
            channels = layer
    with torch.no_grad():
        wanted = features(content, weights)[CONTENT]
        grams = {number: gram(f) for number, f in features(style, weights).items() if number in STYLE}
    image = torch.rand_like(content).requires_grad_(True)
    optimizer = torch.optim.LBFGS([image], max_iter=timed_steps, history_size=100, tolerance_change=-1, tolerance_grad=-1)

    def evaluate():
        optimizer.zero_grad()
        found = features(image, weights)
        loss = 5 * F.mse_loss(found[CONTENT], wanted) + 100 * sum(F.mse_loss(gram(found[n]), grams[n]) for n in STYLE)
        loss.backward()
        return loss

    evaluate()  # the first one also sets up oneDNN
    begin = time.monotonic()
    optimizer.step(evaluate)
    return (time.monotonic() - begin) / timed_steps * STEPS


def main():
    parser = common.argument_parser(__doc__)
    common.add_pictures(parser)
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 512, 1024])
    parser.add_argument("--timed-steps", type=int, default=5, help="steps of the standard recipe that are timed")
    arguments = parser.parse_args()
    common.table_head("longest side", f"standard recipe, {STEPS} steps", "Pastiche", "of which painting", "peak memory", "times faster")
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "out.png"
        for size in arguments.sizes:
            run = common.run_pastiche(arguments.pastiche, arguments.content, arguments.style, output, "--size", size)
            content, style = (common.tensor_of(common.photograph(path, size)) for path in (arguments.content, arguments.style))
            standard = standard_recipe_seconds(content, style, arguments.timed_steps)
            cells = [f"{size} px", f"{standard:.0f} s", f"{run.seconds:.1f} s", f"{run.report['seconds']:.1f} s"]
            common.table_row(*cells, f"{run.peak_bytes / 2**20:.0f} MiB", f"{standard / run.seconds:.0f}")


main()
