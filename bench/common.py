# SPDX-License-Identifier: GPL-3.0-or-later
"""What the measurements share: pictures, the encoder in PyTorch, measures of likeness, and running Pastiche."""

import argparse
import json
import os
import pathlib
import struct
import subprocess
import sys
import time
import typing

import numpy
import torch
import torch.nn.functional as F
from PIL import Image

PROJECT = pathlib.Path(__file__).resolve().parent.parent
BACKGROUNDS = pathlib.Path("/usr/share/backgrounds/budgie")


def argument_parser(description, results=None):
    """A parser with the options that all measurements have; `results` is the name of the folder for what they make."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    built = os.environ.get("PASTICHE", PROJECT / "build/cli/pastiche")
    parser.add_argument("--pastiche", type=pathlib.Path, default=built, help="the command to measure; default: $PASTICHE or %(default)s")
    if results:
        folder = PROJECT / "build/bench-results" / results
        parser.add_argument("--results", type=pathlib.Path, default=folder, help="folder for pictures, charts and numbers; default: %(default)s")
    return parser


def add_pictures(parser):
    parser.add_argument("--content", type=pathlib.Path, default=BACKGROUNDS / "roman-colosseum.jpg")
    parser.add_argument("--style", type=pathlib.Path, default=BACKGROUNDS / "ocean-waves.jpg")


def table_row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def table_head(*cells):
    table_row(*cells)
    table_row(*["---"] * len(cells))


# --- running programs -----------------------------------------------------------------------------------------------


class Run(typing.NamedTuple):
    seconds: float  # of the whole command
    peak_bytes: int
    report: dict  # Pastiche's own


def run(command):
    """Runs a command to its end; returns its seconds and the most memory it held.

    The memory is the kernel's VmHWM, looked at until the command ends. What getrusage() tells would be no less than what this
    program itself holds at the start of the command.
    """
    begin, peak = time.monotonic(), 0
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}.")
    while process.poll() is None:
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                peak = int(line.split()[1]) * 1024
        time.sleep(0.01)
    seconds = time.monotonic() - begin
    if process.returncode != 0:
        sys.exit(f"This failed with status {process.returncode}: " + " ".join(str(word) for word in command))
    return seconds, peak


def run_pastiche(pastiche, content, style, output, *options):
    """Paints `output`, and writes the report beside it."""
    report = output.with_suffix(".json")
    command = [pastiche, "stylize", content, "--style", style, "--output", output, "--report", report, "--quiet", *map(str, options)]
    seconds, peak = run(command)
    return Run(seconds, peak, json.loads(report.read_text()))


def run_gmic(gmic, content, style, output):
    """G'MIC's “stylize” with its default options. Returns as run()."""
    # On the command line a bracket chooses an image by its number; the style is given as one.
    return run([gmic, "verbose", "-1", content, style, "stylize[0]", "[1]", "output[0]", output])


# --- pictures -------------------------------------------------------------------------------------------------------


def photograph(path, size):
    """A picture no longer than `size` pixels, as an 8-bit PIL image."""
    image = Image.open(path).convert("RGB")
    image.thumbnail((size, size), Image.LANCZOS)
    return image


def tensor_of(image):
    """An 8-bit PIL image as 1×3×H×W float32 in 0..1."""
    return torch.from_numpy(numpy.asarray(image, numpy.float32) / 255).permute(2, 0, 1)[None].contiguous()


def to_16_bits(tensor):
    """As it is when it has been written to a file and read again."""
    return (tensor.detach().clamp(0, 1) * 65535).round() / 65535


def read_16_bits(path):
    """A picture file as 1×3×H×W float32 in 0..1. PIL cannot read or write 16 bits of colour; ImageMagick can."""
    width, height = Image.open(path).size
    command = ["convert", path, "-alpha", "off", "-depth", "16", "-endian", "LSB", "rgb:-"]
    pixels = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    values = numpy.frombuffer(pixels, "<u2").reshape(height, width, 3).astype(numpy.float32) / 65535
    return torch.from_numpy(values).permute(2, 0, 1)[None].contiguous()


def write_16_bits(path, tensor):
    values = (to_16_bits(tensor)[0].permute(1, 2, 0) * 65535).round().numpy().astype("<u2")
    size = f"{values.shape[1]}x{values.shape[0]}"
    command = ["convert", "-size", size, "-depth", "16", "-endian", "LSB", "rgb:-", "-define", "png:color-type=2", "-define", "png:bit-depth=16"]
    subprocess.run([*command, path], check=True, input=values.tobytes())


# --- the encoder ----------------------------------------------------------------------------------------------------


def model_file(name_or_path):
    path = pathlib.Path(name_or_path)
    return path if path.suffix else PROJECT / "models" / f"{name_or_path}.safetensors"


def blurred_pool(x):
    row = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=x.dtype) / 8
    window = torch.outer(row, row).expand(x.shape[1], 1, 4, 4)
    return F.conv2d(F.pad(x, (1,) * 4, mode="replicate"), window, stride=2, groups=x.shape[1])


class Encoder:
    """A file of the format pastiche-encoder-1 (core/encoder.h) in float32, with PyTorch's own layers."""

    TYPES = {"F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32}
    OTHERS = {"relu": F.relu, "avgpool": lambda x: F.avg_pool2d(x, 2), "maxpool": lambda x: F.max_pool2d(x, 2), "blurpool": blurred_pool}

    def __init__(self, path):
        raw = path.read_bytes()
        start = 8 + struct.unpack("<Q", raw[:8])[0]
        header = json.loads(raw[8:start])
        about = header.pop("__metadata__")
        self.layers = json.loads(about["layers"])
        self.style_layers, self.content_layers = about["style_layers"].split(), about["content_layers"].split()
        source = json.loads(about["input"])
        self.bgr, self.range = source["order"] == "BGR", source["range"][1]
        self.mean, self.std = (torch.tensor(source[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
        self.weights = {}
        for name, entry in header.items():
            begin, end = (start + offset for offset in entry["data_offsets"])
            values = torch.frombuffer(bytearray(raw[begin:end]), dtype=self.TYPES[entry["dtype"]])
            self.weights[name] = values.float().view(entry["shape"])

    def through_lens(self, layer, features):
        """What style losses see of a layer's features."""
        lens = self.weights.get(f"{layer}.lens")
        return features if lens is None else torch.einsum("oc,nchw->nohw", lens, features)

    def __call__(self, image, wanted):
        """Features by layer name, no deeper than needed."""
        wanted, found = set(wanted), {}
        x = ((image.flip(1) if self.bgr else image) * self.range - self.mean) / self.std
        for layer in self.layers:
            if layer["op"] == "conv":
                weight, bias = (self.weights[f"{layer['name']}.{part}"] for part in ("weight", "bias"))
                margin = layer["kernel"] // 2
                if layer["padding"] == "replicate":
                    x = F.conv2d(F.pad(x, (margin,) * 4, mode="replicate"), weight, bias)
                else:
                    x = F.conv2d(x, weight, bias, padding=margin)
            else:
                x = self.OTHERS[layer["op"]](x)
            if layer["name"] in wanted:
                found[layer["name"]] = x
            if len(found) == len(wanted):
                return found
        sys.exit(f"The model has no layer {', '.join(sorted(wanted - set(found)))}.")


# --- measures of likeness -------------------------------------------------------------------------------------------


def ssim(a, b):
    """Structural similarity of the luminance (Wang, Bovik, Sheikh, Simoncelli 2004): 11×11 Gaussian window, σ = 1.5."""
    luminance = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    a, b = ((image * luminance).sum(1, keepdim=True).double() for image in (a, b))
    bell = torch.exp(-((torch.arange(11, dtype=torch.float64) - 5) ** 2) / (2 * 1.5**2))
    window = torch.outer(bell, bell).view(1, 1, 11, 11) / bell.sum() ** 2
    mean_a, mean_b, aa, bb, ab = (F.conv2d(x, window) for x in (a, b, a * a, b * b, a * b))
    variances, covariance = (aa - mean_a**2) + (bb - mean_b**2), ab - mean_a * mean_b
    c1, c2 = 0.01**2, 0.03**2
    return (((2 * mean_a * mean_b + c1) * (2 * covariance + c2)) / ((mean_a**2 + mean_b**2 + c1) * (variances + c2))).mean().item()


def self_similarity(features):
    """Cosines between the features at all pairs of places of a 32×32 grid, 1024×1024."""
    places = F.normalize(F.adaptive_avg_pool2d(features, (32, 32)).flatten(2)[0], dim=0)
    return places.t() @ places


def wasserstein(features, target):
    """Distance W2 between the Gaussians with the features' means and covariances, relative to the size of the target's: 1 is
    as far as having no features at all."""

    def moments(maps):
        rows = maps[0].flatten(1).double()
        mean = rows.mean(1, keepdim=True)
        return mean, (rows - mean) @ (rows - mean).t() / rows.shape[1]

    (mean, covariance), (target_mean, target_covariance) = moments(features), moments(target)
    values, vectors = torch.linalg.eigh(target_covariance)
    root = vectors * values.clamp_min(0).sqrt() @ vectors.t()
    shared = torch.linalg.eigvalsh(root @ covariance @ root).clamp_min(0).sqrt().sum()
    squared = ((mean - target_mean) ** 2).sum() + covariance.trace() + target_covariance.trace() - 2 * shared
    return (squared.clamp_min(0) / ((target_mean**2).sum() + target_covariance.trace())).sqrt().item()


def distances(encoder, layers, picture, photograph, style):
    """W2 to the style at each layer, and at the last one the mean difference to the photograph's self-similarity."""
    with torch.inference_mode():
        seen, content, wanted = (encoder(image, layers) for image in (picture, photograph, style))
        to_style = [wasserstein(seen[layer], wanted[layer]) for layer in layers]
        return [*to_style, (self_similarity(seen[layers[-1]]) - self_similarity(content[layers[-1]])).abs().mean().item()]
