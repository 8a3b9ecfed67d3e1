#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes torchvision's VGG-16 and VGG-19 with random weights, and what they give for a picture of an odd size.

Usage: vgg.py FOLDER

Writes NAME.pth, the features' state dict under the names that the whole network's has, and NAME-expected.pth: "image" (RGB, 0..1) and the
features at every layer by name, worked out by torchvision's own layers in float64.
"""

import pathlib
import sys

import torch
from torchvision.models import vgg
from torchvision.transforms.functional import normalize

SIZE = (37, 53)  # odd at every pooling but the last, behind which one pixel is left


def features(layers, image):
    x = normalize(image, mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
    block, place = 1, 0
    for layer in layers:
        x = layer(x)
        if isinstance(layer, torch.nn.Conv2d):
            place += 1
            name = f"conv{block}_{place}"
        elif isinstance(layer, torch.nn.ReLU):
            name = f"relu{block}_{place}"
        else:
            name, block, place = f"pool{block}", block + 1, 0
        yield name, x.clone()  # the ReLUs work in place


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(5)
    for name, configuration in (("vgg16", "D"), ("vgg19", "E")):
        layers = vgg.make_layers(vgg.cfgs[configuration], batch_norm=False)
        for layer in layers:
            if isinstance(layer, torch.nn.Conv2d):
                torch.nn.init.kaiming_normal_(layer.weight, mode="fan_in", nonlinearity="relu")
                torch.nn.init.normal_(layer.bias, std=0.1)
        torch.save({"features." + key: tensor for key, tensor in layers.state_dict().items()}, folder / f"{name}.pth")
        image = torch.rand(1, 3, *SIZE)
        with torch.no_grad():
            expected = {layer: maps.float() for layer, maps in features(layers.double(), image.double())}
        torch.save({"image": image, **expected}, folder / f"{name}-expected.pth")


main()
