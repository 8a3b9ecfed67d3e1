#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Works out with PyTorch, in float64, what the core's first picture must be.

Usage: first_reference.py FOLDER

Writes a small encoder and its decoders with random weights (first-encoder.safetensors, first-decoders.safetensors), and first-expected.safetensors
with pictures and what becomes of them.
"""

import hashlib
import json
import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).parent))
from reference import encode, per_layer, save, soft_mask, times

ENCODER = [
    {"op": "conv", "name": "conv1_1", "kernel": 3, "padding": "replicate"},
    {"op": "relu", "name": "relu1_1"},
    {"op": "avgpool", "name": "pool1", "size": 2},
    {"op": "conv", "name": "conv2_1", "kernel": 3, "padding": "replicate"},
    {"op": "relu", "name": "relu2_1"},
    {"op": "avgpool", "name": "pool2", "size": 2},
    {"op": "conv", "name": "conv3_1", "kernel": 3, "padding": "replicate"},
    {"op": "relu", "name": "relu3_1"},
]
SOURCE = {"order": "RGB", "range": [0, 1], "mean": [0.4, 0.5, 0.45], "std": [0.2, 0.3, 0.25]}
DECODERS = {
    "relu1_1": [{"op": "conv", "name": "d1", "kernel": 3}],
    "relu3_1": [
        {"op": "conv", "name": "d3_1", "kernel": 5},
        {"op": "relu"},
        {"op": "enlarge"},
        {"op": "conv", "name": "d3_2", "kernel": 3},
        {"op": "shuffle"},
    ],
}
PASSES = [{"layer": "relu3_1", "side": 40}, {"layer": "relu3_1", "side": 56}, {"layer": "relu1_1"}]
STRIDES = {"relu1_1": 1, "relu3_1": 4}


def random_convolution(weights, name, inputs, outputs, kernel):
    weights[f"{name}.weight"] = torch.randn(outputs, inputs, kernel, kernel) * (1 / (inputs * kernel**2)) ** 0.5
    weights[f"{name}.bias"] = torch.rand(outputs) * 0.2


def decode(weights, layer, x):
    for step in DECODERS[layer]:
        if step["op"] == "conv":
            margin = step["kernel"] // 2
            weight, bias = (weights[f"{step['name']}.{part}"].double() for part in ("weight", "bias"))
            x = F.conv2d(F.pad(x, (margin,) * 4, mode="replicate"), weight, bias)
        elif step["op"] == "relu":
            x = x.clamp_min(0)
        elif step["op"] == "enlarge":
            x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        else:
            n, c, h, w = x.shape
            x = x.view(n, c // 4, 2, 2, h, w).permute(0, 1, 4, 2, 5, 3).reshape(n, c // 4, 2 * h, 2 * w)
    return x


def moments(maps, weights):
    maps = maps[0].flatten(1)
    share = torch.ones_like(maps[0]) if weights is None else weights.flatten()
    share = share / share.sum()
    mean = maps @ share
    return mean, ((maps - mean[:, None]) * share) @ (maps - mean[:, None]).T


def root(matrix):
    values, vectors = torch.linalg.eigh(matrix)
    return vectors @ torch.diag(values.sqrt()) @ vectors.T


def transport(source, target):
    """The optimal map between two normal distributions, in the form that starts from the target's root."""
    width = 1e-3 * (source[1].trace() + target[1].trace()) / 2 / len(source[0]) + 1e-6
    s, t = (covariance + width * torch.eye(len(covariance), dtype=torch.float64) for _, covariance in (source, target))
    t_root = root(t)
    matrix = t_root @ torch.linalg.inv(root(t_root @ s @ t_root)) @ t_root
    return matrix, target[0] - matrix @ source[0]


def fit(image, size, stride):
    if image is None:
        return None
    if tuple(image.shape[2:]) != size:
        image = F.interpolate(image, size, mode="bicubic", antialias=True, align_corners=False).clamp(0, 1)
    return F.pad(image, (0, -size[1] % stride, 0, -size[0] % stride), mode="replicate")


def first_picture(weights, picture, styles, visible, strength):
    """`styles`: picture, alpha, region, weight."""
    encoder = lambda image, layer: encode(ENCODER, weights, SOURCE, image)[layer]
    height, width = picture.shape[2:]
    share = min(1, 2 * strength)
    *coarse, fine = PASSES
    shares = [share] + ([2 * strength - 1] if strength > 0.5 else [])
    steps = [(step, part) for part in shares for step in coarse] + [(fine, share)]
    sum_of_changes = torch.zeros(1, 3, 1, 1).double()
    total = sum(style[3] for style in styles)
    for step, share in steps:
        layer = step["layer"]
        factor = step["side"] / (height * width) ** 0.5 if "side" in step else 1
        size = (round(height * factor), round(width * factor))
        resized = lambda change, size: F.interpolate(change, size, mode="bicubic", antialias=True, align_corners=False)
        original = fit(picture, size, 1)
        before = (original + resized(sum_of_changes, size)).clamp(0, 1)
        here = fit(before, size, STRIDES[layer])
        features = encoder(here, layer)
        moved, shares = features.clone(), 0
        for style, alpha, region, weight in styles:
            region = fit(region, size, STRIDES[layer])
            counts = per_layer(times(fit(visible, size, STRIDES[layer]), region), features)
            own = fit(style, tuple(style.shape[2:]), STRIDES[layer])
            target = encoder(own, layer)
            alpha = per_layer(fit(alpha, tuple(style.shape[2:]), STRIDES[layer]), target)
            matrix, shift = transport(moments(features, counts), moments(target, alpha))
            change = torch.einsum("oc,nchw->nohw", matrix, features) + shift.view(1, -1, 1, 1) - features
            place = torch.ones(1, 1, *here.shape[2:]).double() if region is None else region
            places = sum(s[3] * (torch.ones_like(place) if s[2] is None else fit(s[2], size, STRIDES[layer])) for s in styles)
            moved += share * weight * per_layer(place, features) / per_layer(places, features) * change
        change = (decode(weights, layer, moved) - decode(weights, layer, features))[..., : size[0], : size[1]]
        after, finest = (before + change).clamp(0, 1), tuple(sum_of_changes.shape[2:])
        sum_of_changes = after - original if size >= finest else sum_of_changes + resized(after - before, finest)
    return picture + sum_of_changes


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(30)
    weights = {}
    for name, inputs, outputs in (("conv1_1", 3, 5), ("conv2_1", 5, 7), ("conv3_1", 7, 9)):
        random_convolution(weights, name, inputs, outputs, 3)
    about = {"format": "pastiche-encoder-1", "name": "first", "layers": json.dumps(ENCODER), "input": json.dumps(SOURCE)}
    save(folder / "first-encoder.safetensors", weights, about | {"style_layers": "relu1_1", "content_layers": "relu1_1"})
    decoders = {}
    for name, inputs, outputs, kernel in (("d1", 5, 3, 3), ("d3_1", 9, 8, 5), ("d3_2", 8, 12, 3)):
        random_convolution(decoders, name, inputs, outputs, kernel)
    checksum = hashlib.sha256((folder / "first-encoder.safetensors").read_bytes()).hexdigest()
    about = {"format": "pastiche-decoders-1", "name": "first", "encoder": json.dumps({"name": "first", "sha256": checksum})}
    about |= {"decoders": json.dumps(DECODERS), "passes": json.dumps(PASSES)}
    save(folder / "first-decoders.safetensors", decoders, about)

    weights |= decoders
    picture, style, other = torch.rand(1, 3, 61, 83), 1 - torch.rand(1, 3, 44, 57) ** 3, torch.rand(1, 3, 52, 36) * 0.7
    picture, style, other = (image.double() for image in (picture, style, other))
    visible, alpha, region = 1 - 0.7 * soft_mask(83, 61).transpose(2, 3), soft_mask(44, 57), 0.1 + 0.9 * soft_mask(61, 83)
    expected = {"picture": picture, "style": style, "other": other, "visible": visible, "alpha": alpha, "region": region}
    expected["features"], expected["moved"] = torch.rand(1, 9, 11, 13).double(), torch.rand(1, 9, 11, 13).double()
    expected["difference"] = decode(weights, "relu3_1", expected["moved"]) - decode(weights, "relu3_1", expected["features"])
    one, two = torch.randn(6, 6).double(), torch.randn(6, 6).double()
    expected |= {"from mean": one[0], "from covariance": one @ one.T, "to mean": two[1], "to covariance": two @ two.T * 5}
    expected["matrix"], expected["shift"] = transport((one[0], one @ one.T), (two[1], two @ two.T * 5))
    expected["plain"] = first_picture(weights, picture, [(style, None, None, 1)], None, 0.5)
    expected["mixed"] = first_picture(weights, picture, [(style, alpha, None, 2), (other, None, None, 1)], visible, 0.3)
    expected["guided"] = first_picture(weights, picture, [(style, alpha, region, 2), (other, None, None, 1)], visible, 0.5)
    expected["strong"] = first_picture(weights, picture, [(style, None, None, 1)], None, 0.8)
    save(folder / "first-expected.safetensors", expected)


if __name__ == "__main__":
    main()
