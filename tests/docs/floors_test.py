#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No folder includes what stands above it, so that each can be read with only those below in mind.

Usage: floors_test.py PROJECT-FOLDER
"""
import pathlib
import re
import sys
import unittest

ENGINE = "core/pastiche.h"  # the C interface, all that anybody but the core and who trains for it knows of the core
# Folder: the folders, or single headers, that it may include besides its own.
FLOORS = {
    "base": [],
    "host": ["base", ENGINE],
    "core": ["base", "host"],
    "raster": ["base", "host", ENGINE],
    "plot": ["base", ENGINE],
    "styles": ["base"],
    "models": ["base"],
    "museums": ["base", "raster", "models"],
    "console": ["base", "host", ENGINE],
    "batch": ["base", "host", "raster", "console", ENGINE],
    "train": ["base", "host", "core", "raster", "console"],
    "cli": ["base", "host", "raster", "plot", "models", "museums", "console", "batch", ENGINE],
    "plugin": ["base", "host", "raster", "plot", "models", "museums", "styles", "batch", ENGINE],
    "operation": ["base", "host", "raster", "styles", ENGINE],
}


def climbing(project, floors):
    """The includes that are not allowed, as “file: header”."""
    found = []
    for folder, below in floors.items():
        sources = [path for path in (project / folder).rglob("*") if path.suffix in (".cpp", ".h", ".in")]
        assert sources, folder
        for path in sources:
            for header in re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE):
                room = header.split("/")[0] if "/" in header else folder
                if room != folder and room not in below and header not in below:
                    found.append(f"{path.relative_to(project)}: {header}")
    return found


class Floors(unittest.TestCase):
    def test_nobody_climbs(self):
        self.assertEqual(climbing(PROJECT, FLOORS), [])

    def test_climbing_is_seen(self):
        self.assertIn("core/error.h: base/failure.h", climbing(PROJECT, {**FLOORS, "core": ["host"]}))


if __name__ == "__main__":
    PROJECT = pathlib.Path(sys.argv.pop())
    unittest.main()
