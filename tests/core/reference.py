#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Works out with PyTorch what the core's encoder and losses must give.

Usage: reference.py FOLDER

Writes small networks with random weights (NAME.safetensors), and NAME-expected.safetensors with an image, a content, a
style, their features at every layer, the three losses and the gradient of each to the image, all written down here anew from
the papers' formulas and differentiated by PyTorch in float64.
"""

import json
import pathlib
import struct
import sys

import torch
import torch.nn.functional as F

TYPES = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16"}


def save(path, tensors, metadata=None):
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name, tensor in tensors.items():
        raw = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def encode(layers, weights, source, image):
    """Features at every layer by name."""
    mean, std = (torch.tensor(source[key], dtype=torch.float64).view(1, 3, 1, 1) for key in ("mean", "std"))
    x = image.flip(1) if source["order"] == "BGR" else image
    x = (x * source["range"][1] - mean) / std
    features = {}
    for layer in layers:
        if layer["op"] == "conv":
            margin = layer["kernel"] // 2
            mode = {"zeros": "constant", "replicate": "replicate"}[layer["padding"]]
            x = F.conv2d(F.pad(x, (margin,) * 4, mode=mode), weights[layer["name"] + ".weight"].double(), weights[layer["name"] + ".bias"].double())
        elif layer["op"] == "relu":
            x = x.clamp_min(0)
        elif layer["op"] == "avgpool":
            x = F.avg_pool2d(x, 2)
        else:
            x = F.max_pool2d(x, 2)
        features[layer["name"]] = x
    return features


def gram(features):
    f = features[0].flatten(1)
    return torch.einsum("ip,jp->ij", f, f) / f.shape[1]


def losses(features, content, style, image, content_layers, style_layers):
    yield "content", sum(((features[l] - content[l]) ** 2).sum() / (content[l] ** 2).sum() for l in content_layers) / len(content_layers)
    yield "style", sum(
        ((gram(features[l]) - gram(style[l])) ** 2).sum() / (gram(style[l]) ** 2).sum() for l in style_layers
    ) / len(style_layers)
    across, down = image[..., 1:] - image[..., :-1], image[..., 1:, :] - image[..., :-1, :]
    yield "tv", ((across**2).sum() + (down**2).sum()) / image.numel()


def network(folder, name, layers, source, style_layers, content_layers, sizes):
    channels, weights = 3, {}
    for layer in layers:
        if layer["op"] == "conv":
            k, outputs = layer["kernel"], layer.pop("outputs")
            weights[layer["name"] + ".weight"] = torch.randn(outputs, channels, k, k) * (2 / (channels * k * k)) ** 0.5
            weights[layer["name"] + ".bias"] = torch.randn(outputs) * 0.1
            channels = outputs
    metadata = {
        "format": "pastiche-encoder-1",
        "name": name,
        "layers": json.dumps(layers),
        "input": json.dumps(source),
        "style_layers": " ".join(style_layers),
        "content_layers": " ".join(content_layers),
    }
    save(folder / f"{name}.safetensors", weights, metadata)

    pictures = {role: torch.rand(1, 3, *size, dtype=torch.float64) for role, size in zip(("image", "style"), sizes)}
    pictures["content"] = torch.rand_like(pictures["image"])
    image = pictures["image"].requires_grad_(True)
    features = encode(layers, weights, source, image)
    content, style = (encode(layers, weights, source, pictures[role]) for role in ("content", "style"))
    expected = {**pictures, **{f"feature {layer}": value for layer, value in features.items()}}
    for term, value in losses(features, content, style, image, content_layers, style_layers):
        expected[f"{term} loss"] = value.reshape(1)
        expected[f"{term} gradient"] = torch.autograd.grad(value, image, retain_graph=True)[0]
    expected = {key: value.detach().clone() for key, value in expected.items()}
    save(folder / f"{name}-expected.safetensors", expected)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(20)
    network(
        folder,
        "smooth",  # built like the compact model: replicated edges, average pooling, odd picture sizes
        [
            {"op": "conv", "name": "conv1_1", "kernel": 3, "padding": "replicate", "outputs": 5},
            {"op": "relu", "name": "relu1_1"},
            {"op": "avgpool", "name": "pool1", "size": 2},
            {"op": "conv", "name": "conv2_1", "kernel": 5, "padding": "replicate", "outputs": 7},
            {"op": "relu", "name": "relu2_1"},
            {"op": "conv", "name": "conv2_2", "kernel": 1, "padding": "replicate", "outputs": 6},
            {"op": "relu", "name": "relu2_2"},
        ],
        {"order": "RGB", "range": [0, 1], "mean": [0.4, 0.5, 0.45], "std": [0.2, 0.3, 0.25]},
        ["relu1_1", "relu2_1"],
        ["relu2_2"],
        [(23, 37), (31, 18)],
    )
    network(
        folder,
        "vgg-like",  # zero padding, maximum pooling, BGR in 0..255, two content layers
        [
            {"op": "conv", "name": "conv1_1", "kernel": 3, "padding": "zeros", "outputs": 8},
            {"op": "relu", "name": "relu1_1"},
            {"op": "conv", "name": "conv1_2", "kernel": 3, "padding": "zeros", "outputs": 8},
            {"op": "relu", "name": "relu1_2"},
            {"op": "maxpool", "name": "pool1", "size": 2},
            {"op": "conv", "name": "conv2_1", "kernel": 3, "padding": "zeros", "outputs": 12},
            {"op": "relu", "name": "relu2_1"},
            {"op": "maxpool", "name": "pool2", "size": 2},
            {"op": "conv", "name": "conv3_1", "kernel": 3, "padding": "zeros", "outputs": 16},
            {"op": "relu", "name": "relu3_1"},
        ],
        {"order": "BGR", "range": [0, 255], "mean": [103.939, 116.779, 123.68], "std": [60.0, 60.0, 60.0]},
        ["relu1_1", "relu2_1", "relu3_1"],
        ["relu2_1", "relu3_1"],
        [(40, 29), (27, 33)],
    )


main()
