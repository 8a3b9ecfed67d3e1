#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the decoders of an encoder (core/decoders.h) from a folder of pictures.

Usage: tools/debian13 train/decoders.py FOLDER --output FILE.safetensors [--encoder FILE] [--steps N] [--checkpoint FILE]

What is minimised, for crops of the pictures: the error of the picture decoded from its own features, and that of the features which the encoder
then sees; and, for features that were moved to another picture's mean and covariance as the first picture does it, the error of those that the
encoder sees in what is decoded. With --checkpoint, the state is written every hundred steps, and the same command goes on from it.
"""

import argparse
import hashlib
import json
import math
import pathlib
import random
import struct
import sys

import numpy
import torch
import torch.nn.functional as F
from PIL import Image

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
import common

# Channels of the convolutions of each decoder, all 3×3; "up": bilinear, by 2. ReLU after all but the last.
LAYERS = {
    "relu2_1": [32, 32, 16, "up", 3],
    "relu3_1": [64, 32, "up", 32, 16, "up", 3],
    "relu4_1": [128, 64, "up", 64, 32, "up", 32, 16, "up", 3],
}
# The last one at any size; the others on small copies, which gives large strokes.
PASSES = [{"layer": "relu4_1", "side": 288}, {"layer": "relu3_1", "side": 288}, {"layer": "relu3_1", "side": 576}, {"layer": "relu2_1"}]


class Decoder(torch.nn.Module):
    def __init__(self, name, channels):
        super().__init__()
        self.described, self.convolutions = [], torch.nn.ModuleDict()
        inputs, *others = channels
        for i, outputs in enumerate(others):
            if outputs == "up":
                self.described.append({"op": "enlarge"})
                continue
            key = f"{name.replace('relu', 'decoder')}_{len(self.convolutions) + 1}"
            self.convolutions[key] = torch.nn.Conv2d(inputs, outputs, 3)
            torch.nn.init.kaiming_normal_(self.convolutions[key].weight)
            torch.nn.init.zeros_(self.convolutions[key].bias)
            self.described.append({"op": "conv", "name": key, "kernel": 3})
            if i + 1 < len(others):
                self.described.append({"op": "relu"})
            inputs = outputs
        torch.nn.init.normal_(self.convolutions[key].weight, 0, 0.01)
        torch.nn.init.constant_(self.convolutions[key].bias, 0.45)

    def forward(self, x):
        for layer in self.described:
            if layer["op"] == "conv":
                x = self.convolutions[layer["name"]](F.pad(x, (1,) * 4, mode="replicate"))
            elif layer["op"] == "relu":
                x = F.relu(x)
            else:
                x = F.interpolate(x, scale_factor=2, mode="bilinear")
        return x


def moments(features):
    flat = features.flatten(1).double()
    mean = flat.mean(1, keepdim=True)
    return flat, mean, (flat - mean) @ (flat - mean).t() / flat.shape[1]


def power(matrix, exponent):
    values, vectors = torch.linalg.eigh(matrix)
    return (vectors * values.clamp_min(1e-12).pow(exponent)) @ vectors.t()


def moved(features, others, share):
    """Features (C×H×W) moved a share of the way to the others' mean and covariance (core/transport.h)."""
    (flat, mean, source), (_, target_mean, target) = moments(features), moments(others)
    width = 1e-3 * (source.trace() + target.trace()) / 2 / len(mean) + 1e-6
    source, target = (covariance + width * torch.eye(len(mean), dtype=torch.float64) for covariance in (source, target))
    root, inverse = power(source, 0.5), power(source, -0.5)
    matrix = inverse @ power(root @ target @ root, 0.5) @ inverse
    return torch.lerp(features, (matrix @ (flat - mean) + target_mean).float().view_as(features), share)


def crop_of(picture, side):
    """A random part of a picture, reduced by up to a half and maybe mirrored."""
    length = random.randint(side, min(*picture.shape[:2], 2 * side))
    top, left = (random.randint(0, whole - length) for whole in picture.shape[:2])
    crop = picture[top : top + length, left : left + length]
    crop = torch.from_numpy((crop[:, ::-1] if random.random() < 0.5 else crop).copy()).permute(2, 0, 1)[None].float() / 255
    return F.interpolate(crop, (side, side), mode="bilinear", antialias=True) if length != side else crop


def relative(a, b):
    return (a - b).square().sum() / b.square().sum()


def losses(encoder, decoder, layer, image, features):
    own, batch = features[layer], len(image)
    with torch.no_grad():
        others = torch.stack([moved(own[i], own[(i + 1) % batch], random.random()) for i in range(batch)])
    drawn = decoder(torch.cat([own, others]))
    seen = encoder(drawn, [layer, "relu1_1"])
    shallow = relative(seen["relu1_1"][:batch], features["relu1_1"])
    outside = (drawn - drawn.clamp(0, 1)).square().mean()
    return {
        "picture": 20 * (drawn[:batch] - image).square().mean(),
        "features": (relative(seen[layer][:batch], own) + shallow) / 2,
        "moved": 0.5 * relative(seen[layer][batch:], others) + 5 * outside,
    }


def save(path, decoders, encoder_file, training):
    tensors = {}
    for decoder in decoders.values():
        for name, convolution in decoder.convolutions.items():
            tensors |= {f"{name}.weight": convolution.weight.detach().half(), f"{name}.bias": convolution.bias.detach().half()}
    encoder = {"name": encoder_file.stem, "sha256": hashlib.sha256(encoder_file.read_bytes()).hexdigest()}
    about = {"format": "pastiche-decoders-1", "name": f"decoders of {encoder_file.stem}", "licence": "CC BY 4.0", "training": training}
    about |= {"encoder": json.dumps(encoder), "decoders": json.dumps({layer: decoder.described for layer, decoder in decoders.items()})}
    header, data = {"__metadata__": about | {"passes": json.dumps(PASSES)}}, b""
    for name, tensor in tensors.items():
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": "F16", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="JPEG files, also in folders below")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--encoder", type=pathlib.Path, default=common.PROJECT / "models/compact.safetensors", help="default: %(default)s")
    parser.add_argument("--steps", type=int, default=3000, help="default: %(default)s")
    parser.add_argument("--batch", type=int, default=4, help="crops in a step; default: %(default)s")
    parser.add_argument("--crop", type=int, default=96, help="their side in pixels; default: %(default)s")
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate; default: %(default)s")
    parser.add_argument("--checkpoint", type=pathlib.Path, help="file to write the state to, and to go on from")
    arguments = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)

    pictures = [numpy.asarray(Image.open(name).convert("RGB")) for name in sorted(arguments.folder.rglob("*.jpg"))]
    pictures = [picture for picture in pictures if min(picture.shape[:2]) >= arguments.crop]
    if not pictures:
        sys.exit(f"In {arguments.folder} are no JPEG files of {arguments.crop} pixels or more.")
    encoder = common.Encoder(arguments.encoder)
    decoders = torch.nn.ModuleDict({layer: Decoder(layer, channels) for layer, channels in LAYERS.items()})
    optimizer = torch.optim.Adam(decoders.parameters(), betas=(0.9, 0.99))
    done = 0
    if arguments.checkpoint and arguments.checkpoint.exists():
        state = torch.load(arguments.checkpoint)
        decoders.load_state_dict(state["decoders"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["steps"]
        random.seed(done)
    means = {}
    for step in range(done, arguments.steps):
        rate = arguments.rate * min(1, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * step / arguments.steps)) + 1e-5
        for group in optimizer.param_groups:
            group["lr"] = rate
        image = torch.cat([crop_of(random.choice(pictures), arguments.crop) for _ in range(arguments.batch)])
        with torch.no_grad():
            features = encoder(image, {*LAYERS, "relu1_1"})
        terms = {layer: losses(encoder, decoder, layer, image, features) for layer, decoder in decoders.items()}
        optimizer.zero_grad()
        sum(sum(of_layer.values()) for of_layer in terms.values()).backward()
        torch.nn.utils.clip_grad_norm_(decoders.parameters(), 1)
        optimizer.step()
        for layer, of_layer in terms.items():
            for name, value in of_layer.items():
                means[layer, name] = 0.98 * means.get((layer, name), float(value)) + 0.02 * float(value)
        if (step + 1) % 100 == 0:
            print(f"step {step + 1} of {arguments.steps}:", ", ".join(f"{' '.join(key)} {value:.4f}" for key, value in means.items()), flush=True)
            if arguments.checkpoint:
                torch.save({"decoders": decoders.state_dict(), "optimizer": optimizer.state_dict(), "steps": step + 1}, arguments.checkpoint)
    save(arguments.output, decoders, arguments.encoder, f"{arguments.steps} steps of {arguments.batch} crops of {arguments.crop}², {len(pictures)} pictures")


if __name__ == "__main__":
    main()
