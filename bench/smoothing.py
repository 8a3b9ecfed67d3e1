#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it brings that L-BFGS begins with broad steps (smoothed() in core/optimizer.cpp): the objective after so many evaluations, with and without.

Usage: tools/debian13 bench/smoothing.py [--size 256]

L-BFGS as the core has it (five pairs of history, steps projected into the box and halved until the loss falls) is written down here anew, and
minimises content and Gram losses as core/losses.h divides them, at one scale. Evaluations are counted, so it does not matter what else
the machine is doing.
"""

import torch
import torch.nn.functional as F

import common

MARKS = [10, 20, 30, 40, 60, 100, 200]
WEIGHTS = [0, 2, 4, 8]
HISTORY, LEVELS = 5, 4


def with_broad_shapes(gradient, weight, levels):
    if weight == 0 or levels == 0 or min(gradient.shape[2:]) < 8:
        return gradient
    row = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    kernel = torch.outer(row, row).expand(3, 1, 4, 4)
    half = with_broad_shapes(F.conv2d(gradient, kernel, stride=2, padding=1, groups=3), weight, levels - 1)
    odd = [side % 2 for side in gradient.shape[2:]]
    return gradient + weight * F.conv_transpose2d(half, kernel, stride=2, padding=1, output_padding=odd, groups=3)


def smoothed(gradient, weight):
    """All but the mean colour."""
    mean = gradient.mean((2, 3), keepdim=True)
    shapes = with_broad_shapes(gradient - mean, weight, LEVELS)
    return shapes - shapes.mean((2, 3), keepdim=True) + mean


def objective(encoder, content, style):
    layers = encoder.style_layers + encoder.content_layers

    def gram(maps):
        rows = maps[0].flatten(1)
        return rows @ rows.T / rows.shape[1]

    with torch.no_grad():
        grams = {layer: gram(maps) for layer, maps in encoder(style, encoder.style_layers).items()}
        shapes = encoder(content, encoder.content_layers)

    def evaluate(image):
        image = image.detach().requires_grad_(True)
        found = encoder(image, layers)
        loss = sum(((gram(found[layer]) - grams[layer]) ** 2).sum() / (grams[layer] ** 2).sum() for layer in grams) / len(grams)
        loss = loss + 0.3 * sum(((found[layer] - shapes[layer]) ** 2).mean() / (shapes[layer] ** 2).mean() for layer in shapes)
        return loss.item(), torch.autograd.grad(loss, image)[0]

    return evaluate


def minimize(evaluate, image, weight):
    """The loss at each of the MARKS."""
    pairs, told, evaluations = [], [], 1
    loss, gradient = evaluate(image)
    while len(told) < len(MARKS):
        inside = gradient.masked_fill(((image <= 0) & (gradient > 0)) | ((image >= 1) & (gradient < 0)), 0)
        direction, shares = -inside, []
        for moved, turned, product in reversed(pairs):
            shares.append((moved * direction).sum() / product)
            direction = direction - shares[-1] * turned
        direction = smoothed(direction, weight)
        if pairs:
            _, turned, product = pairs[-1]
            direction = direction * product / (turned * smoothed(turned, weight)).sum()
        else:
            direction = direction * 0.02 / direction.square().mean().sqrt()
        for (moved, turned, product), share in zip(pairs, reversed(shares)):
            direction = direction + moved * (share - (turned * direction).sum() / product)
        slope, length = (direction * inside).sum().item(), 1.0
        while True:
            there = (image + length * direction).clamp(0, 1)
            new_loss, new_gradient = evaluate(there)
            evaluations += 1
            if new_loss <= loss + 1e-4 * length * slope or length < 1e-3:
                break
            length *= min(0.5, max(0.1, -slope * length / (2 * (new_loss - loss - slope * length))))
        moved, turned = there - image, new_gradient - gradient
        if (moved * turned).sum() > 1e-10 * moved.norm() * turned.norm():
            pairs = [*pairs, (moved, turned, (moved * turned).sum())][-HISTORY:]
        image, loss, gradient = there, new_loss, new_gradient
        while len(told) < len(MARKS) and evaluations >= MARKS[len(told)]:
            told.append(loss)
    return told


def main():
    parser = common.argument_parser(__doc__)
    common.add_pictures(parser)
    parser.add_argument("--size", type=int, default=256, help="longest side, in pixels")
    parser.add_argument("--model", default="compact")
    arguments = parser.parse_args()
    content, style = (common.tensor_of(common.photograph(path, arguments.size)) for path in (arguments.content, arguments.style))
    evaluate = objective(common.Encoder(common.model_file(arguments.model)), content, style)
    torch.manual_seed(0)
    start = (content + 0.02 * torch.randn_like(content)).clamp(0, 1)
    common.table_head("weight of the broad steps", *(f"after {mark} evaluations" for mark in MARKS))
    for weight in WEIGHTS:
        common.table_row(weight or "none", *(f"{loss:.4f}" for loss in minimize(evaluate, start, weight)))


main()
