#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of what this machine can multiply reaches the encoder's convolutions.

Usage: tools/debian13 bench/ceiling.py [--sizes 512x288 1024x576 …] [--precisions bfloat16 float32] [--isa avx2]

The ceiling is the best of several products of two 4096×4096 matrices. The encoder is run by build/bench/encoder-speed: features forward, and
back to the image. Only the multiplications and additions of its convolutions are counted, two for each weight and place, once forward and
once for the gradient to the layer's input; gradients of the weights are not needed. With --isa avx2 LibTorch and its libraries use of the
processor only what those without AVX-512 have.
"""

import json
import os
import subprocess
import sys
import time

import torch

import common


# What LibTorch, oneDNN and OpenBLAS read when they are loaded.
AVX2 = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell"}


def product_flops_per_second(dtype, side, repeats):
    a, b = (torch.randn(side, side).to(dtype) for _ in range(2))
    best = float("inf")
    for _ in range(repeats + 1):  # the first one also sets up the library
        begin = time.monotonic()
        a @ b
        best = min(best, time.monotonic() - begin)
    return 2 * side**3 / best


def convolution_flops(encoder, width, height):
    """Forward and back to the image, down to the deepest layer that the losses look at."""
    wanted = {*encoder.style_layers, *encoder.content_layers}
    products = 0
    for layer in encoder.layers:
        if layer["op"] == "conv":
            products += encoder.weights[layer["name"] + ".weight"].numel() * width * height
        elif layer["op"] != "relu":
            width, height = width // 2, height // 2
        wanted.discard(layer["name"])
        if not wanted:
            break
    return 2 * 2 * products


def encoder_speed(program, width, height, precision):
    try:
        done = subprocess.run([program, str(width), str(height), precision], stdout=subprocess.PIPE, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The encoder's speed cannot be measured: {error}. Build it with “ninja -C build”, or say where it is with --encoder-speed.")
    return json.loads(done.stdout)


def size(text):
    width, height = text.split("x")
    return int(width), int(height)


def main():
    parser = common.argument_parser(__doc__)
    parser.add_argument("--encoder-speed", default=common.PROJECT / "build/bench/encoder-speed", help="default: %(default)s")
    parser.add_argument("--model", default="compact", help="whose convolutions are counted; the one that encoder-speed runs")
    parser.add_argument("--sizes", type=size, nargs="+", default=[(256, 144), (512, 288), (1024, 576), (2048, 1152)], metavar="WIDTHxHEIGHT")
    parser.add_argument("--precisions", nargs="+", default=["bfloat16", "float32"], choices=["bfloat16", "float32"])
    parser.add_argument("--side", type=int, default=4096, help="of the matrices for the ceiling")
    parser.add_argument("--repeats", type=int, default=8)
    parser.add_argument("--isa", choices=["native", "avx2"], default="native")
    arguments = parser.parse_args()
    if arguments.isa == "avx2" and not AVX2.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **AVX2})

    encoder = common.Encoder(common.model_file(arguments.model))
    print(f"Best of {arguments.repeats} products of {arguments.side}×{arguments.side} matrices on {torch.get_num_threads()} threads:\n")
    common.table_head("number format", "GFLOP/s")
    peaks = {}
    for precision in arguments.precisions:
        peaks[precision] = product_flops_per_second(getattr(torch, precision), arguments.side, arguments.repeats)
        common.table_row(precision, f"{peaks[precision] / 1e9:.0f}")

    print("\nThe encoder, forward and back to the image:\n")
    columns = ["size", "number format", "GFLOP of convolutions", "forward", "backward", "GFLOP/s", "of the ceiling", "with losses"]
    common.table_head(*columns)
    for width, height in arguments.sizes:
        flops = convolution_flops(encoder, width, height)
        for precision in arguments.precisions:
            speed = encoder_speed(arguments.encoder_speed, width, height, precision)
            forward, backward, evaluation = (speed[f"{part}_seconds"] for part in ("forward", "backward", "evaluation"))
            reached = flops / (forward + backward)
            milliseconds = [f"{1000 * seconds:.1f} ms" for seconds in (forward, backward, evaluation)]
            share = f"{100 * reached / peaks[precision]:.0f} %"
            common.table_row(f"{width} × {height}", precision, f"{flops / 1e9:.2f}", *milliseconds[:2], f"{reached / 1e9:.0f}", share, milliseconds[2])


main()
