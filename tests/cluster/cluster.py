# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of clusters share. First argument of every test: the program.

A node is a process in a PID namespace of its own: when that process is killed, so is everything that it has started, at once, as when a
machine loses its power."""

import getpass
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = os.path.abspath(sys.argv.pop(1))
USER = getpass.getuser()
PICTURES = 18


class Cluster(unittest.TestCase):
    """Every test gets an empty folder with pictures and a style in it, which all nodes share."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pastiche-cluster-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)
        (self.folder / "in").mkdir()
        for number in range(PICTURES):
            self.make_picture(f"in/{number:02}.png", number)
        self.make_picture("style.png", 99)
        self.batch = [PROGRAM, "batch", "in", "--style", "style.png", "--output-dir", "out", "--steps", "12", "--jobs", "1", "--quiet"]

    def make_picture(self, name, seed):
        command = ["magick", "-size", "120x90", "-seed", str(seed), "plasma:tomato-steelblue", "-depth", "8", name]
        subprocess.run(command, cwd=self.folder, check=True)

    def start(self, command, log, **options):
        """A process that ends with the test."""
        with open(self.folder / log, "ab") as file:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd=self.folder, **options)
        self.addCleanup(self.end, process)
        return process

    def start_node(self, command, log, **options):
        alone = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        return self.start(["unshare", *alone, "--pid", "--fork", "--kill-child", *command], log, **options)

    @staticmethod
    def end(process):
        process.kill()
        process.wait()

    def wait_for(self, what, condition, seconds=120):
        """Asks again and again, as those that are asked cannot tell by themselves; returns what the condition gives once it is true."""
        end = time.monotonic() + seconds
        while not (answer := condition()):
            self.assertLess(time.monotonic(), end, f"{what}: not after {seconds} s\n{self.logs()}")
            time.sleep(0.1)
        return answer

    def logs(self):
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in sorted(self.folder.glob("*.log")))

    def lines(self, shard, shards):
        """Of the report of one part, whole ones only."""
        report = self.folder / f"out/pastiche-batch.{shard}-of-{shards}.jsonl"
        texts = report.read_text().splitlines(keepends=True) if report.exists() else []
        return [json.loads(text) for text in texts if text.endswith("\n")]

    def times(self):
        return {path.name: path.stat().st_mtime_ns for path in (self.folder / "out").glob("*.png")}

    def wait_for_the_middle(self, shard, shards):
        """Until a part has begun and is not finished; returns when its results were written."""
        self.wait_for(f"part {shard} has painted", lambda: self.lines(shard, shards))
        before = {line["output"] for line in self.lines(shard, shards)}
        self.assertLess(len(before), PICTURES // shards, "the part was finished too soon to be interrupted")
        return {name: written for name, written in self.times().items() if name in before}

    def assert_all_painted_once(self, shards, before):
        """`before` are the results that were there when the node was killed."""
        done = [line["output"] for shard in range(1, shards + 1) for line in self.lines(shard, shards) if line["status"] == "done"]
        self.assertEqual(sorted(done), [f"{number:02}.png" for number in range(PICTURES)], self.logs())
        after = self.times()
        self.assertEqual({name: after[name] for name in before}, before, "what was painted before was painted again")
        # Nothing else is there, half-written or not.
        names = {path.name for path in (self.folder / "out").iterdir()}
        self.assertEqual(names, {*done, *(f"pastiche-batch.{shard}-of-{shards}.jsonl" for shard in range(1, shards + 1))})
        for name in done:
            size = subprocess.run(["magick", "identify", "-regard-warnings", "-format", "%wx%h", self.folder / "out" / name], capture_output=True, text=True)
            self.assertEqual((size.returncode, size.stdout), (0, "120x90"), name)
