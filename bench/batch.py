#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a batch saves on one machine, and what --sequence does against flicker.

Usage: tools/debian13 bench/batch.py [--only jobs|shards|flicker|dissolve] [--size 512] [--pictures 8] [--frames 8]

Jobs: the same pictures with one command each, then in batches with more and more at a time. Shards: the same as that many batches at once,
each with its part. Flicker: an object moves over a still photograph, or a camera along one; the table gives the mean absolute change from
frame to frame of what both show, in levels of 255. Of the still photograph only places count where neither frame shows the object nearer
than a sixteenth of the picture's width. Dissolve: one photograph turns into another; the table gives the mean absolute difference between
frames painted with --sequence and alone, before and after it, and how many frames begin a scene.
"""

import json
import shutil
import subprocess
import time

import numpy
from PIL import Image, ImageDraw, ImageFilter

import common

OBJECT = "oakland-zoo-otters.jpg"


def batch(arguments, inputs, output, *options):
    """A batch into an empty folder; returns its seconds and report."""
    shutil.rmtree(output, ignore_errors=True)
    command = [arguments.pastiche, "batch", inputs, "--style", arguments.style, "--output-dir", output, "--quiet", *map(str, options)]
    seconds, _ = common.run(command)
    return seconds, [json.loads(line) for report in output.glob("*.jsonl") for line in report.read_text().splitlines()]


def make_pictures(arguments):
    """Parts of one photograph, each of them another."""
    folder = arguments.results / "pictures"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    photograph = Image.open(arguments.content).convert("RGB")
    width, height = photograph.width * 3 // 4, photograph.height * 3 // 4
    for number in range(arguments.pictures):
        x = (photograph.width - width) * number // max(1, arguments.pictures - 1)
        part = photograph.crop((x, 0, x + width, height))
        part.thumbnail((arguments.size, arguments.size), Image.LANCZOS)
        part.save(folder / f"{number:03}.png")
    return folder


def measure_jobs(arguments):
    folder = make_pictures(arguments)
    output = arguments.results / "painted"
    output.mkdir(exist_ok=True)
    begin = time.monotonic()
    for picture in sorted(folder.iterdir()):
        common.run([arguments.pastiche, "stylize", picture, "--style", arguments.style, "--output", output / picture.name, "--quiet"])
    alone = time.monotonic() - begin
    common.table_head(f"{arguments.pictures} pictures of {arguments.size} px", "seconds", "per picture", "times faster", "peak memory of a picture")
    common.table_row("`pastiche stylize` for each", f"{alone:.1f}", f"{alone / arguments.pictures:.2f}", "1.00", "")
    for jobs in arguments.jobs:
        seconds, report = batch(arguments, folder, output, "--jobs", jobs)
        peak = max(line["peak_bytes"] for line in report)
        common.table_row(f"`--jobs {jobs}`", f"{seconds:.1f}", f"{seconds / arguments.pictures:.2f}", f"{alone / seconds:.2f}", f"{peak / 2**20:.0f} MiB")
    print()


def measure_shards(arguments):
    """As nodes of a cluster would: one process with one thread for each."""
    folder = make_pictures(arguments)
    output = arguments.results / "painted"
    common.table_head(f"{arguments.pictures} pictures of {arguments.size} px, parts at once", "seconds", "times faster")
    alone = None
    for shards in arguments.shards:
        shutil.rmtree(output, ignore_errors=True)
        common_part = [arguments.pastiche, "batch", folder, "--style", arguments.style, "--output-dir", output, "--quiet", "--jobs", "1"]
        begin = time.monotonic()
        parts = [
            subprocess.Popen(["env", "OMP_NUM_THREADS=1", *common_part, "--shard", f"{shard}/{shards}"]) for shard in range(1, shards + 1)
        ]
        assert all([part.wait() == 0 for part in parts])
        seconds = time.monotonic() - begin
        alone = alone or seconds
        common.table_row(shards, f"{seconds:.1f}", f"{alone / seconds:.2f}")
    print()


def make_frames(arguments):
    """An otter in a soft circle goes from left to right; returns the folder and where it is in each frame."""
    folder = arguments.results / "frames"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    still = common.photograph(arguments.content, arguments.size)
    side = still.height // 3
    otter = Image.open(common.BACKGROUNDS / OBJECT).convert("RGB")
    middle = otter.width // 2, otter.height // 2
    otter = otter.crop((middle[0] - 600, middle[1] - 600, middle[0] + 600, middle[1] + 600)).resize((side, side), Image.LANCZOS)
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).ellipse((2, 2, side - 3, side - 3), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(1))
    shown = []
    for number in range(arguments.frames):
        place = (still.width - side) * number // max(1, arguments.frames - 1), still.height // 2 - side // 2
        frame = still.copy()
        frame.paste(otter, place, mask)
        frame.save(folder / f"{number:04}.png")
        where = Image.new("L", still.size)
        where.paste(255, (*place, place[0] + side, place[1] + side))
        margin = still.width // 16
        shown.append(numpy.asarray(where.filter(ImageFilter.MaxFilter(2 * margin + 1))) > 0)
    return folder, shown


def painted_frames(folder):
    return [numpy.asarray(Image.open(path).convert("RGB"), numpy.float64) for path in sorted(folder.glob("*.png"))]


def flicker(folder, shown):
    frames = painted_frames(folder)
    changes = []
    for number in range(1, len(frames)):
        still = ~(shown[number] | shown[number - 1])
        changes.append(numpy.abs(frames[number] - frames[number - 1])[still].mean())
    return numpy.mean(changes)


CAMERA = 9, 4  # pixels to the right and down from one frame to the next


def make_camera_frames(arguments):
    """Windows of one photograph, each of them a little further on."""
    folder = arguments.results / "camera"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    right, down = (step * (arguments.frames - 1) for step in CAMERA)
    photograph = common.photograph(arguments.content, arguments.size + right)
    width, height = photograph.width - right, photograph.height - down
    for number in range(arguments.frames):
        x, y = (step * number for step in CAMERA)
        photograph.crop((x, y, x + width, y + height)).save(folder / f"{number:04}.png")
    return folder


def camera_flicker(folder):
    frames = painted_frames(folder)
    right, down = CAMERA
    return numpy.mean([numpy.abs(now[:-down, :-right] - before[down:, right:]).mean() for before, now in zip(frames, frames[1:])])


def measure_flicker(arguments):
    folder, shown = make_frames(arguments)
    measure_frames(arguments, folder, "an object moves", lambda output: flicker(output, shown))
    measure_frames(arguments, make_camera_frames(arguments), "the camera moves", camera_flicker)


def make_dissolve_frames(arguments):
    """Half of the frames are the dissolve; returns the folder and the numbers of those before and after it."""
    folder = arguments.results / "dissolve"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    first = common.photograph(arguments.content, arguments.size)
    second = Image.open(common.BACKGROUNDS / OBJECT).convert("RGB").resize(first.size, Image.LANCZOS)
    quarter = max(1, arguments.frames // 4)
    last = arguments.frames - 1 - quarter
    for number in range(arguments.frames):
        share = min(1, max(0, (number - quarter + 1) / (last - quarter + 2)))
        Image.blend(first, second, share).save(folder / f"{number:04}.png")
    return folder, slice(1, quarter), slice(last + 1, None)


def measure_dissolve(arguments):
    folder, before, after = make_dissolve_frames(arguments)
    frames, begun = {}, None
    for name, options in [("alone", []), ("sequence", ["--sequence"])]:
        output = arguments.results / f"painted-dissolve-{name}"
        _, report = batch(arguments, folder, output, "--jobs", 1, *options, *[f"--{option}" for option in arguments.option])
        frames[name] = painted_frames(output)
        begun = sum("start_image" not in line for line in report)
    difference = [numpy.abs(one - other).mean() for one, other in zip(frames["alone"], frames["sequence"])]
    common.table_head(f"{arguments.frames} frames of {arguments.size} px, half of them a dissolve", "difference before", "after", "frames that begin a scene")
    common.table_row("`--sequence`", f"{numpy.mean(difference[before]):.1f}", f"{numpy.mean(difference[after]):.1f}", begun)
    print()


def measure_frames(arguments, folder, scene, measure):
    common.table_head(f"{arguments.frames} frames of {arguments.size} px, {scene}", "change", "times less", "evaluations for a frame", "seconds", "loss of the last")
    alone = None
    for name, options in [("frame by frame", []), ("`--sequence`", ["--sequence"])]:
        output = arguments.results / f"painted-frames{'-sequence' if options else ''}"
        _, report = batch(arguments, folder, output, "--jobs", 1, *options, *[f"--{option}" for option in arguments.option])
        change = measure(output)
        alone = alone or change
        seconds = numpy.mean([line["seconds"] for line in report[1:]])
        evaluations = numpy.mean([line["evaluations"] for line in report[1:]])
        common.table_row(name, f"{change:.2f}", f"{alone / change:.1f}", f"{evaluations:.0f}", f"{seconds:.2f}", f"{report[-1]['total_loss']:.4f}")
    print()


def main():
    parser = common.argument_parser(__doc__, "batch")
    common.add_pictures(parser)
    parser.add_argument("--only", choices=["jobs", "shards", "flicker", "dissolve"])
    parser.add_argument("--size", type=int, default=512, help="longest side of the pictures")
    parser.add_argument("--pictures", type=int, default=8)
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--option", nargs="*", default=[], help="further options for the frames, without the dashes: steps=40")
    arguments = parser.parse_args()
    arguments.results.mkdir(parents=True, exist_ok=True)
    for name, measure in [("jobs", measure_jobs), ("shards", measure_shards), ("flicker", measure_flicker), ("dissolve", measure_dissolve)]:
        if arguments.only in (None, name):
            measure(arguments)


main()
