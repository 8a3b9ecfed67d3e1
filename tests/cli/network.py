# SPDX-License-Identifier: GPL-3.0-or-later
"""A small network built like VGG, and the files that hold it."""

import hashlib
import json
import struct

import numpy

# Blocks of convolutions; behind "features." stand torchvision's places: every convolution has a ReLU behind it, every block a pooling.
BLOCKS = [[16, 2], [24, 1], [8, 1], [8, 2], [8, 1]]
SHAPES = {  # outputs, inputs
    "features.0": (16, 3),
    "features.2": (16, 16),
    "features.5": (24, 16),
    "features.8": (8, 24),
    "features.11": (8, 8),
    "features.13": (8, 8),
    "features.16": (8, 8),
}
NAMES = dict(zip(SHAPES, ("conv1_1", "conv1_2", "conv2_1", "conv3_1", "conv4_1", "conv4_2", "conv5_1")))


def weights(seed=1):
    """As training leaves them: He's spread. With a classifier that is larger than the convolutions."""
    random = numpy.random.default_rng(seed)
    tensors = {}
    for name, (outputs, inputs) in SHAPES.items():
        tensors[name + ".weight"] = (random.standard_normal((outputs, inputs, 3, 3)) * (2 / (9 * inputs)) ** 0.5).astype("float32")
        tensors[name + ".bias"] = random.standard_normal(outputs).astype("float32")
    tensors["head.fc.weight"] = random.standard_normal((1000, 300)).astype("float32")
    return tensors


def safetensors(tensors, metadata=None):
    types = {"float32": "F32", "float64": "F64", "float16": "F16", "int64": "I64"}
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name in sorted(tensors):
        raw = numpy.ascontiguousarray(tensors[name]).tobytes()
        header[name] = {"dtype": types[tensors[name].dtype.name], "shape": tensors[name].shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def read_safetensors(path):
    """Tensors (float32, or float16) and metadata."""
    raw = path.read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = numpy.frombuffer(raw[begin:end], {"F32": "<f4", "F16": "<f2"}[entry["dtype"]]).reshape(entry["shape"])
    return tensors, metadata


def kept_sha256(tensors):
    """Of what is kept, in the order of the network."""
    parts = (tensors[name + part].tobytes() for name in SHAPES for part in (".weight", ".bias"))
    return hashlib.sha256(b"".join(parts)).hexdigest()


def catalogue_entry(**other):
    return {
        "title": "Tiny-3",
        "blocks": BLOCKS,
        "url": "https://models.invalid/model.safetensors",
        "source": "nobody's",
        "licence": "CC0-1.0",
        "file_sha256": None,
        "tensors_sha256": None,
        "begins": {},
        "caffe_begins": {},
        **other,
    }
