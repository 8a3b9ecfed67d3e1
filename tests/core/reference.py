#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Works out with PyTorch what the core's encoder and losses must give.

Usage: reference.py FOLDER

Writes small networks with random weights (NAME.safetensors), and NAME-expected.safetensors with pictures, the features of one of them at
every layer ("feature LAYER") and their Gram matrices ("gram LAYER"), what arbitrary gradients at the layers become at the image
("backward LAYER"), and every loss of it with its gradient
("NORMALIZATION LOSS loss" and "… gradient"): "plain" with one style, "guided" with regions, transparency and several styles. All is written
down here anew from the formulas in the core's headers and differentiated by PyTorch in float64.
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
        elif layer["op"] == "blurpool":
            for side in (2, 3):
                places = 2 * torch.arange(x.shape[side] // 2)
                shifted = (x.index_select(side, (places + shift).clamp(0, x.shape[side] - 1)) for shift in (-1, 0, 1, 2))
                x = sum(share * row for share, row in zip((1 / 8, 3 / 8, 3 / 8, 1 / 8), shifted))
        else:
            x = F.max_pool2d(x, 2)
        features[layer["name"]] = x
    return features




def statistics(maps, weights=None):
    """The mean product of every two maps, and the mean of each."""
    maps = maps[0].flatten(1)
    share = torch.ones_like(maps[0]) if weights is None else weights.flatten()
    share = share / share.sum()
    return (maps * share) @ maps.T, maps @ share


def covariance(statistic):
    return statistic[0] - torch.outer(statistic[1], statistic[1])


def style_losses(painting, style, relative):
    channels = len(style[1])
    gram = ((painting[0] - style[0]) ** 2).sum()
    yield "gram", gram / (style[0] ** 2).sum() if relative else gram / (4 * channels**2)
    ours, theirs = (covariance(s).diagonal().sqrt() for s in (painting, style))
    moments = ((painting[1] - style[1]) ** 2).sum() + ((ours - theirs) ** 2).sum()
    yield "mean_std", moments / ((style[1] ** 2).sum() + (theirs**2).sum()) if relative else moments / channels
    # The trace of the root is the sum of the singular values of A'B for any AA' and BB' that are the covariances.
    a, b = (torch.linalg.cholesky(covariance(s)) for s in (painting, style))
    both = covariance(painting).trace() + covariance(style).trace()
    distance = ((painting[1] - style[1]) ** 2).sum() + both - 2 * torch.linalg.svdvals(a.T @ b).sum()
    yield "wasserstein", distance / ((style[1] ** 2).sum() + covariance(style).trace()) if relative else distance


def squared_differences(x):
    return (x.diff(dim=3) ** 2).sum() + (x.diff(dim=2) ** 2).sum()


def place_losses(maps, target, relative):
    squares, norm = ((maps - target) ** 2).sum(), (target**2).sum()
    yield "content", squares / norm if relative else squares / target.numel()
    yield "feature", squares / norm if relative else squares
    slopes = squared_differences(maps - target)
    yield "feature_gradient", slopes / squared_differences(target) if relative else slopes


def laplacian(image):
    kernel = torch.tensor([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=torch.float64).expand(3, 1, 3, 3)
    return F.conv2d(F.avg_pool2d(image, 4), kernel, groups=3)


def image_losses(image, content, relative):
    squares = ((laplacian(image) - laplacian(content)) ** 2).sum()
    yield "laplacian", squares / (laplacian(content) ** 2).sum() if relative else squares
    yield "tv", squared_differences(image) / image.numel()


def per_layer(mask, maps):
    """A mask of a picture averaged over what each place of a layer's maps is pooled from, two rows and columns at a time."""
    while mask is not None and mask.shape[2:] != maps.shape[2:]:
        mask = F.avg_pool2d(mask, 2)
    return mask


def times(a, b):
    return b if a is None else a if b is None else a * b


def sum_styles(features, styles, layers, visible, relative):
    """`styles`: features of each, alpha, region, weight."""
    totals = {}
    for of_style, alpha, region, weight in styles:
        share = weight / sum(style[3] for style in styles)
        for layer, layer_weight in layers.items():
            painting = statistics(features[layer], per_layer(times(visible, region), features[layer]))
            style = statistics(of_style[layer], per_layer(alpha, of_style[layer]))
            for name, value in style_losses(painting, style, relative):
                totals[name] = totals.get(name, 0) + share * layer_weight / sum(layers.values()) * value
    return totals


def losses(pictures, features, layers, lenses):
    """Name and value of every loss. `lenses`: by layer, the matrix that style losses multiply its features by."""
    seen = {
        role: {layer: torch.einsum("oc,nchw->nohw", lenses[layer], maps) if layer in lenses else maps for layer, maps in of_role.items()}
        for role, of_role in features.items()
    }
    for relative in True, False:
        prefix = "target" if relative else "none"
        plain = sum_styles(seen["image"], [(seen["style"], None, None, 1)], layers["style"], None, relative)
        for layer, weight in layers["feature"].items():
            for name, value in place_losses(features["image"][layer], features["match"][layer], relative):
                if name != "content":
                    plain[name] = plain.get(name, 0) + weight / sum(layers["feature"].values()) * value
        for layer, weight in layers["content"].items():
            for name, value in place_losses(features["image"][layer], features["content"][layer], relative):
                if name == "content":
                    plain[name] = plain.get(name, 0) + weight / sum(layers["content"].values()) * value
        plain.update(image_losses(pictures["image"], pictures["content"], relative))
        for name, value in plain.items():
            yield f"{prefix} {name}", value
        guided = [
            (seen["style"], pictures["alpha"], None, 2),
            (seen["other style"], None, pictures["region"], 1),
            (seen["style"], None, 1 - pictures["region"], 0.5),
        ]
        for name, value in sum_styles(seen["image"], guided, layers["style"], pictures["visible"], relative).items():
            yield f"{prefix} guided {name}", value


def paper(folder):
    """A network with VGG-19's layers but few channels, and one evaluation of Gatys, Ecker, Bethge 2016 with average pooling."""
    layers, weights, channels = [], {}, 3
    for block, (outputs, convolutions) in enumerate([(4, 2), (6, 2), (8, 4), (10, 4), (10, 1)], 1):
        for number in range(1, convolutions + 1):
            layers += [
                {"op": "conv", "name": f"conv{block}_{number}", "kernel": 3, "padding": "zeros"},
                {"op": "relu", "name": f"relu{block}_{number}"},
            ]
            weights[f"conv{block}_{number}.weight"] = torch.randn(outputs, channels, 3, 3) * (2 / (9 * channels)) ** 0.5
            weights[f"conv{block}_{number}.bias"] = torch.rand(outputs) * 0.2
            channels = outputs
        layers.append({"op": "maxpool", "name": f"pool{block}", "size": 2})
    source = {"order": "RGB", "range": [0, 1], "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
    metadata = {"format": "pastiche-encoder-1", "name": "paper", "layers": json.dumps(layers), "input": json.dumps(source)}
    metadata |= {"style_layers": "relu3_1", "content_layers": "relu3_1"}  # not the paper's
    save(folder / "paper.safetensors", weights, metadata)

    averaging = [layer | {"op": layer["op"].replace("maxpool", "avgpool")} for layer in layers]
    pictures = {role: torch.randint(65536, (1, 3, 72, 64)).double() / 65535 for role in ("image", "content", "style")}
    image = pictures["image"].requires_grad_(True)
    features = {role: encode(averaging, weights, source, picture) for role, picture in pictures.items()}

    def gram(maps):  # eq. 3
        return torch.einsum("nihw,njhw->ij", maps, maps)

    content = F.mse_loss(features["image"]["relu4_2"], features["content"]["relu4_2"])  # eq. 1, with the mean for half the sum
    style = 0
    for layer in ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"):
        ours, theirs = features["image"][layer], features["style"][layer]
        n, m = ours.shape[1], ours.shape[2] * ours.shape[3]
        style += ((gram(ours) - gram(theirs)) ** 2).sum() / (4 * n**2 * m**2) / 5  # eq. 4 and 5
    (1e-3 * content + style).backward()  # eq. 7; α/β is 10⁻³
    expected = {"content loss": content.reshape(1), "style loss": style.reshape(1), "gradient": image.grad, **pictures}
    save(folder / "paper-expected.safetensors", {key: value.detach().clone() for key, value in expected.items()})


def branched(folder):
    """A teacher that is more than a stack (train/network.h), and its features."""
    layers = [
        {"op": "conv", "name": "conv1", "stride": 2},
        {"op": "relu", "name": "relu1"},
        {"op": "maxpool", "name": "pool1", "size": 3, "stride": 2, "ceil": True},
        {"op": "lrn", "name": "norm1", "size": 5, "alpha": 0.01, "beta": 0.75},
        {"op": "conv", "name": "left", "from": ["norm1"], "padding": "reflect"},
        {"op": "maxpool", "name": "pool2", "size": 3, "stride": 1, "padding": 1, "from": ["norm1"]},
        {"op": "conv", "name": "right", "padding": "replicate"},
        {"op": "concat", "name": "both", "from": ["left", "right"]},
    ]
    shapes = {"conv1": (8, 3, 7, 7), "left": (5, 8, 3, 3), "right": (4, 8, 1, 1)}
    weights = {}
    for name, shape in shapes.items():
        weights[f"{name}.weight"] = torch.randn(shape) * 0.2
        weights[f"{name}.bias"] = torch.rand(shape[0])
    mean = [103.939, 116.779, 123.68]
    source = {"order": "BGR", "range": [0, 255], "mean": mean, "std": [50, 60, 70]}
    save(folder / "branched.safetensors", weights, {"format": "pastiche-teacher-1", "layers": json.dumps(layers), "input": json.dumps(source)})

    images = torch.rand(2, 3, 45, 38, dtype=torch.float64)
    weights = {name: weight.double() for name, weight in weights.items()}
    found = {"image": images}
    x = (images.flip(1) * 255 - torch.tensor(mean).double().view(1, 3, 1, 1)) / torch.tensor(source["std"]).view(1, 3, 1, 1)
    found["relu1"] = x = F.conv2d(x, weights["conv1.weight"], weights["conv1.bias"], stride=2, padding=3).relu()
    x = F.max_pool2d(x, 3, 2, ceil_mode=True)
    # Over the five channels around each, as the paper has it.
    squares = F.pad(x**2, (0, 0, 0, 0, 2, 2))
    found["norm1"] = x = x / (1 + 0.01 / 5 * sum(squares[:, i : i + x.shape[1]] for i in range(5))) ** 0.75
    left = F.conv2d(F.pad(x, (1,) * 4, mode="reflect"), weights["left.weight"], weights["left.bias"])
    right = F.conv2d(F.max_pool2d(x, 3, 1, 1), weights["right.weight"], weights["right.bias"])
    found["both"] = torch.cat([left, right], 1)
    save(folder / "branched-expected.safetensors", found)


def soft_mask(height, width):
    """From 0 to 1, with neither lying at the edges of tiles."""
    y, x = torch.meshgrid(torch.arange(height, dtype=torch.float64), torch.arange(width, dtype=torch.float64), indexing="ij")
    return (0.5 + 0.8 * torch.sin(x / 9 + y / 13) * torch.cos(y / 7)).clamp(0, 1).float().double().view(1, 1, height, width)


def network(folder, name, layers, source, wanted, sizes, lenses={}):
    """`wanted`: layers and their weights for the content, style and feature losses. `sizes`: of the image, the style, the other style.
    `lenses`: by layer, how many mixtures of its features style losses look at."""
    channels, weights = 3, {}
    for layer in layers:
        if layer["op"] == "conv":
            k, outputs = layer["kernel"], layer.pop("outputs")
            kernels = torch.randn(outputs, channels, k, k) * (2 / (channels * k * k)) ** 0.5
            weights[layer["name"] + ".weight"] = kernels - kernels.mean((1, 2, 3), keepdim=True)  # so that none is blind for a picture
            weights[layer["name"] + ".bias"] = torch.rand(outputs) * 0.2
            channels = outputs
        if layer["name"] in lenses:
            weights[layer["name"] + ".lens"] = (torch.arange(1.0, 1 + lenses[layer["name"]] * channels) ** 2).cos().view(-1, channels)
    metadata = {
        "format": "pastiche-encoder-1",
        "name": name,
        "layers": json.dumps(layers),
        "input": json.dumps(source),
        "style_layers": " ".join(wanted["style"]),
        "content_layers": " ".join(wanted["content"]),
    }
    save(folder / f"{name}.safetensors", weights, metadata)

    # Of different colours and contrasts, in numbers that float32 holds as well.
    size, style, other = sizes
    pictures = {
        "image": torch.rand(1, 3, *size),
        "content": torch.rand(1, 3, *size) ** 2,
        "match": torch.rand(1, 3, *size) * 0.5 + 0.2,
        "style": 1 - torch.rand(1, 3, *style) ** 3,
        "other style": torch.rand(1, 3, *other) * 0.7,
    }
    pictures = {role: picture.double() for role, picture in pictures.items()}
    image = pictures["image"].requires_grad_(True)
    features = {role: encode(layers, weights, source, picture) for role, picture in pictures.items()}
    pictures |= {"region": soft_mask(*size), "visible": 1 - 0.7 * soft_mask(*reversed(size)).transpose(2, 3), "alpha": soft_mask(*style)}
    expected = dict(pictures)
    for layer, maps in features["image"].items():
        gradient = torch.randn(maps.shape).double()
        expected[f"feature {layer}"], expected[f"gradient {layer}"] = maps, gradient
        expected[f"gram {layer}"] = statistics(maps)[0]
        expected[f"backward {layer}"] = torch.autograd.grad(maps, image, gradient, retain_graph=True)[0]
    for term, value in losses(pictures, features, wanted, {name: weights[f"{name}.lens"].double() for name in lenses}):
        expected[f"{term} loss"] = value.reshape(1)
        expected[f"{term} gradient"] = torch.autograd.grad(value, image, retain_graph=True)[0]
    lists = {use: " ".join(f"{layer}:{weight}" for layer, weight in of_use.items()) for use, of_use in wanted.items()}
    save(folder / f"{name}-expected.safetensors", {key: value.detach().clone() for key, value in expected.items()}, lists)


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
        {"content": {"relu2_2": 1}, "style": {"relu1_1": 3, "relu2_1": 1}, "feature": {"conv2_1": 2, "relu1_1": 0.5}},
        [(61, 83), (31, 18), (44, 57)],
        lenses={"relu2_1": 4},
    )
    network(
        folder,
        "vgg-like",  # zero padding, maximum pooling, BGR in 0..255
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
        {
            "content": {"relu2_1": 0.25, "relu3_1": 1},
            "style": {"relu1_1": 1, "relu2_1": 2, "relu3_1": 0.5},
            "feature": {"relu1_2": 1, "pool2": 3},
        },
        [(75, 62), (47, 53), (38, 66)],
    )
    network(
        folder,
        "blurred",  # blurred pooling, with an odd number of rows or columns before every one
        [
            {"op": "conv", "name": "conv1_1", "kernel": 3, "padding": "replicate", "outputs": 6},
            {"op": "relu", "name": "relu1_1"},
            {"op": "blurpool", "name": "pool1", "size": 2},
            {"op": "conv", "name": "conv2_1", "kernel": 3, "padding": "replicate", "outputs": 8},
            {"op": "relu", "name": "relu2_1"},
            {"op": "blurpool", "name": "pool2", "size": 2},
            {"op": "conv", "name": "conv3_1", "kernel": 3, "padding": "replicate", "outputs": 9},
            {"op": "relu", "name": "relu3_1"},
        ],
        {"order": "RGB", "range": [0, 1], "mean": [0.45, 0.45, 0.45], "std": [0.25, 0.25, 0.25]},
        {"content": {"relu2_1": 1}, "style": {"relu1_1": 1, "relu3_1": 2}, "feature": {"pool1": 1, "relu2_1": 1}},
        [(87, 119), (30, 45), (51, 40)],
    )
    branched(folder)
    paper(folder)


if __name__ == "__main__":
    main()
