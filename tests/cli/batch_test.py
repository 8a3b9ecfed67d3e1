#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches: most with a core that paints the negative and tells what it got (test_core.cpp), some with the real one.
Arguments: the program, that core."""

import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from command_line import QUICK, CommandLine

CORE = os.path.abspath(sys.argv.pop(1))


class Batch(CommandLine):
    core = {"PASTICHE_CORE": CORE}

    def setUp(self):
        super().setUp()
        (self.folder / "in").mkdir()

    def picture(self, name, seed=1, size="12x8"):
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        self.magick("-size", size, "-seed", str(seed), "plasma:tomato-steelblue", "-depth", "8", name)

    def pictures(self, count):
        for number in range(1, count + 1):
            self.picture(f"in/{number}.png", number)

    def start(self, *arguments, environment={}, **options):
        return super().start(*arguments, environment={**self.core, **environment}, **options)

    def batch(self, *arguments, expected=0, **options):
        """Runs a batch from in/ to out/; returns what it said."""
        status, out, err = self.run_program("batch", *(arguments or ["in"]), "--style", "style.png", "--output-dir", "out", **options)
        self.assertEqual(status, expected, (out, err))
        return out + err

    def manifest(self, name, text, *arguments, expected=0):
        (self.folder / name).write_text(text, encoding="utf-8")
        status, out, err = self.run_program("batch", "--manifest", name, "--output-dir", "out", *arguments)
        self.assertEqual(status, expected, (out, err))
        return out + err

    def lines(self, name="pastiche-batch.jsonl"):
        return [json.loads(line) for line in (self.folder / "out" / name).read_text().splitlines()]

    def results(self, folder="out"):
        """Everything below a folder but reports."""
        top = self.folder / folder
        return sorted(str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir() and path.suffix != ".jsonl")

    def times(self):
        return {name: (self.folder / "out" / name).stat().st_mtime_ns for name in self.results()}

    def assert_negative(self, result, content):
        self.assertTrue((self.samples(result).astype(int) == 255 - self.samples(content).astype(int)).all(), result)


class Painting(Batch):
    def test_a_folder_is_painted_and_told_about(self):
        self.pictures(3)
        (self.folder / "in/notes.txt").write_text("Remember the milk.\n")
        said = self.batch("in", "--strength", "0.7", "--seed", "5")
        self.assertIn("Painted: 3; done already: 0; failed: 0.", said)
        self.assertEqual(self.results(), ["1.png", "2.png", "3.png"])
        for name in self.results():
            self.assert_negative(f"out/{name}", f"in/{name}")
        lines = self.lines()
        self.assertEqual(sorted(line["output"] for line in lines), ["1.png", "2.png", "3.png"])
        for line in lines:
            self.assertEqual((line["status"], line["content"]), ("done", f"in/{line['output']}"))
            self.assertEqual(line["styles"], [{"file": "style.png", "weight": 1}])
            self.assertEqual((line["options"]["strength"], line["options"]["seed"]), (0.7, 5))
            self.assertEqual((line["width"], line["height"]), (12, 8))
            self.assertGreater(line["seconds"], 0)
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$")

    def test_quiet_says_nothing(self):
        self.pictures(2)
        self.assertEqual(self.batch("in", "--quiet"), "")

    def test_help(self):
        status, out, err = self.run_program("batch", "--help")
        self.assertEqual((status, err), (0, ""))
        for option in ("--each", "--manifest", "--recursive", "--output-dir", "--name", "--format", "--report", "--sequence", "--jobs", "--shard"):
            self.assertRegex(out, rf"(?m)^  (-\w, )?{option}\b")
        self.assertLess(max(map(len, out.splitlines())), 101)

    def test_files_folders_and_patterns(self):
        for name in ("in/b.png", "in/a.png", "in/.hidden.png", "in/below/a.png", "in/below/deep/c.png", "other/x.png", "other/y.jpg"):
            self.picture(name)
        self.batch("other/*.png", "in")
        self.assertEqual(self.results(), ["a.png", "b.png", "x.png"])
        shutil.rmtree(self.folder / "out")
        self.batch("in", "--recursive", "--format", "tif")
        self.assertEqual(self.results(), ["a.tif", "b.tif", "below/a.tif", "below/deep/c.tif"])

    def test_the_results_may_lie_in_the_folder_that_is_painted(self):
        self.pictures(2)
        for _ in range(2):
            self.run_program("batch", "in", "--recursive", "--style", "style.png", "--output-dir", "in/out")
        self.assertEqual(self.results("in"), ["1.png", "2.png", "out/1.png", "out/2.png"])

    def test_a_pattern_does_not_take_the_results_for_pictures(self):
        self.pictures(2)
        (self.folder / "in/out").mkdir()
        self.picture("in/out/gone.png")  # of a picture that is not there any more
        for words in (["in/*"], ["in/1.png", "in/2.png", "in/out"]):  # as the shell hands it on, in quotes and without
            for _ in range(2):
                status, out, err = self.run_program("batch", *words, "--style", "style.png", "--output-dir", "in/out")
                self.assertEqual(status, 0, err)
            self.assertIn("Painted: 0; done already: 2; failed: 0.", out)
        self.assertEqual(self.results("in"), ["1.png", "2.png", "out/1.png", "out/2.png", "out/gone.png"])

    def test_results_beside_the_pictures_are_not_painted_again(self):
        for words, names in [
            (["in"], ["--name", "{picture}-painted"]),
            (["in/*.png"], ["--each"]),
            (["in", "--recursive"], ["--name", "{style}/{picture}"]),
            (["in", "--sequence"], ["--name", "{picture}-painted"]),
        ]:
            with self.subTest(words=words):
                shutil.rmtree(self.folder / "in")
                self.pictures(2)
                for painted in (2, 0):
                    status, out, err = self.run_program("batch", *words, *names, "--style", "style.png", "--output-dir", "in")
                    self.assertEqual(status, 0, err)
                    self.assertIn(f"Painted: {painted};", out)

    def test_a_picture_that_has_the_name_of_a_result_is_not_replaced(self):
        self.picture("in/1.png", 1)
        self.picture("in/2.png", 2)
        self.picture("in/1-2.png", 3)  # of 1.png, for all its name tells
        before = (self.folder / "in/1-2.png").read_bytes()
        for mode in ([], ["--sequence"]):
            status, out, err = self.run_program("batch", "in", *mode, "--name", "{picture}-2", "--style", "style.png", "--output-dir", "in")
            self.assertEqual(status, 1, err)
            self.assertIn("“in/1-2.png” is not painted: There is such a picture already, and no report", err)
            self.assertEqual((self.folder / "in/1-2.png").read_bytes(), before)
            self.assert_negative("in/2-2.png", "in/2.png")

    def test_a_picture_that_is_asked_for_is_not_replaced(self):
        self.picture("in/1.png", 1)
        self.picture("other/1.png", 2)
        before = self.samples("in/1.png")
        for words in (["in", "other"], ["in/*", "other/*"]):
            said = self.fails(2, "batch", *words, "--style", "style.png", "--output-dir", "in")
            self.assertIn("“in/1.png” and “other/1.png” would both become “1.png”", said)
        self.assertTrue((self.samples("in/1.png") == before).all())

    def test_the_folder_tells_pictures_of_one_name_apart(self):
        for name in ("100CANON/IMG_0001.png", "101CANON/IMG_0001.png"):
            self.picture(name)
        folders = ["100CANON", "101CANON"]
        self.assertIn("with --name, where {folder} stands for the picture's folder", self.batch(*folders, expected=2))
        self.batch(*folders, "--name", "{folder}-{picture}")
        self.assertEqual(self.results(), ["100CANON-IMG_0001.png", "101CANON-IMG_0001.png"])
        self.batch("style.png", "--name", "of {folder}")
        self.assertIn(f"of {self.folder.name}.png", self.results())

    def test_names_that_are_patterns_too(self):
        for name in ("[Rome 2024]/a.png", "[Rome 2024]/[x]y.png", "[Rome 2024]/xy.png"):
            self.picture(name)
        for words, painted in [
            (["[Rome 2024]"], ["[x]y.png", "a.png", "xy.png"]),
            (["[Rome 2024]", "--recursive"], ["[x]y.png", "a.png", "xy.png"]),
            (["[Rome 2024]/*.png"], ["[x]y.png", "a.png", "xy.png"]),
            (["[Rome 2024]/[x]y.png"], ["[x]y.png"]),
            (["[Rome 2024]/[a-b].png"], ["a.png"]),
            (["[[]Rome*/a.png"], ["a.png"]),
            (["[Rome 2024]/[[]x]y*"], ["[x]y.png"]),
            (["*/a.png"], ["a.png"]),
        ]:
            with self.subTest(words=words):
                self.batch(*words, "--name", "{picture}", "--quiet")
                self.assertEqual(self.results(), painted)
                shutil.rmtree(self.folder / "out")

    def test_any_name_can_be_painted(self):
        names = [b"-x.png", b"two\nlines.png", b"caf\xe9.png", b"caf\xe8.png", b"x" * 251 + b".png"]
        for number, name in enumerate(names):
            self.picture("in/plain.png", number)
            os.rename(self.folder / "in/plain.png", os.path.join(os.fsencode(self.folder), b"in", name))
        for painted in (5, 0):
            self.assertIn(f"Painted: {painted}; done already: {5 - painted}; failed: 0.", self.batch("in"))
        self.assertEqual(sorted(os.listdir(os.path.join(os.fsencode(self.folder), b"out"))), sorted([*names, b"pastiche-batch.jsonl"]))
        self.assertIn("caf\\xE9.png", [line["output"] for line in self.lines()])
        shutil.copy(self.folder / "in/-x.png", self.folder)
        status, _, err = self.run_program("batch", "--style", "style.png", "--output-dir", "-out", "--", "-x.png")
        self.assertEqual(status, 0, err)
        self.assertEqual(self.results("-out"), ["-x.png"])

    def test_what_is_named_twice_is_painted_once(self):
        self.pictures(2)
        (self.folder / "link").symlink_to("in")
        for words in (["in/1.png", "in/1.png", "./in/1.png"], ["in", "in/1.png"], ["in/*", "link/1.png"]):
            said = self.batch(*words)
            self.assertIn("failed: 0.", said)
        self.assertEqual(self.results(), ["1.png", "2.png"])
        self.manifest("list.csv", "content,strength\nin/1.png,0.3\nin/1.png,0.3\n", "--style", "style.png")
        said = self.manifest("list.csv", "content,strength\nin/1.png,0.3\nin/1.png,0.4\n", "--style", "style.png", expected=2)
        self.assertIn("“in/1.png” and “in/1.png” would both become “1.png”; give each an output of its own", said)

    def test_two_names_that_become_one_are_told_with_a_remedy(self):
        self.pictures(1)
        self.magick("photo.png", "in/1.jpg")
        said = self.batch("in", "--format", "png", expected=2)
        self.assertIn("“in/1.jpg” and “in/1.png” would both become “1.png”; name the results otherwise with --name, where {ending} stands", said)
        self.batch("in", "--format", "png", "--name", "{picture}-{ending}")
        self.assertEqual(self.results(), ["1-jpg.png", "1-png.png"])
        (self.folder / "more").mkdir()
        shutil.copy(self.folder / "style.png", self.folder / "more/style.png")
        said = self.batch("in/1.png", "--style", "more/style.png", "--each", expected=2)
        self.assertIn("In two of the styles “in/1.png” would become “1-style.png”; give the styles' files different names.", said)

    def test_pictures_of_kinds_that_are_not_read_are_told(self):
        for name in ("in/1.png", "in/b.HEIC", "in/a.dng", "in/notes.txt"):
            self.picture(name) if name.endswith("png") else (self.folder / name).touch()
        self.assertIn("Left out: 2 pictures of kinds that Pastiche does not read, such as “in/a.dng”; save them as TIFF or PNG.", self.batch("in"))
        self.assertEqual(self.results(), ["1.png"])

    def test_what_is_none_of_the_users_is_left_out_and_counted(self):
        for name in ("in/1.png", "in/._1.png", "in/@eaDir/1.png", "in/.thumbnails/1.png", "in/.notes"):
            self.picture(name) if name.endswith("png") else (self.folder / name).touch()
        self.assertIn("Left out: 3 ", self.batch("in", "--recursive"))
        self.assertEqual(self.results(), ["1.png"])
        self.assertIn("Left out: 1 hidden or system's file or folder, “in/._1.png”.", self.batch("in"))
        self.assertNotIn("Left out", self.batch("in/1.png"))
        self.assertIn("Left out: 1 ", self.batch("in/*"))

    def test_a_folder_that_cannot_be_read_does_not_end_the_rest(self):
        self.pictures(1)
        folder = os.open(self.folder / "in", os.O_RDONLY)
        for _ in range(20):  # longer than a path can be
            os.mkdir("x" * 250, dir_fd=folder)
            inner = os.open("x" * 250, os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            folder = inner
        os.close(folder)
        said = self.batch("in", "--recursive", expected=1)
        self.assertRegex(said, r"(?m)^pastiche: The folder “in/x+.*” cannot be read: ")
        self.assertIn("Painted: 1; done already: 0; failed: 0.", said)
        self.assertEqual(self.results(), ["1.png"])

    def test_several_styles_are_mixed_or_each_is_painted(self):
        self.pictures(1)
        self.magick("style.png", "-flip", "waves.png")
        mixed = ["in/1.png", "--style", "waves.png", "--weight", "2"]
        self.batch(*mixed)
        (line,) = self.lines()
        self.assertEqual([(style["file"], style["weight"]) for style in line["styles"]], [("waves.png", 2), ("style.png", 1)])
        self.batch(*mixed, "--each")
        self.batch(*mixed, "--each", "--name", "{style}/{picture}", "--format", "webp")
        self.assertEqual(self.results(), ["1-style.png", "1-waves.png", "1.png", "style/1.webp", "waves/1.webp"])
        self.assertEqual([len(line["received"]["styles"]) for line in self.lines()], [2, 1, 1, 1, 1])

    def test_a_picture_of_a_kind_that_is_not_written_becomes_png(self):
        self.magick("photo.png", "in/a.gif")
        self.batch("in/a.gif")
        self.assertEqual(self.results(), ["a.png"])

    def test_workers_share_the_memory(self):
        self.pictures(2)
        self.batch("in", "--jobs", "2", "--memory", "4096")
        self.assertEqual([line["received"]["memory"] for line in self.lines()], [2048, 2048])

    def test_what_is_too_large_for_its_share_gets_all_the_memory(self):
        # The core that stands in needs 3000 MiB for a model of that name.
        self.pictures(5)
        rows = "content,model\nin/1.png,\nin/2.png,hungry\nin/3.png,\nin/4.png,hungry\nin/5.png,\n"
        said = self.manifest("list.csv", rows, "--style", "style.png", "--jobs", "2", "--memory", "4096")
        self.assertIn("Painted: 5; done already: 0; failed: 0.", said)
        memory = {line["output"]: line["received"]["memory"] for line in self.lines()}
        self.assertEqual(memory, {"1.png": 2048, "2.png": 4096, "3.png": 2048, "4.png": 4096, "5.png": 2048})
        said = self.manifest("list.csv", rows, "--style", "style.png", "--jobs", "2", "--memory", "2048", "--seed", "2", expected=1)
        self.assertIn("Painted: 3; done already: 0; failed: 2.", said)
        self.assertIn("“out/2.png” is not painted: 3000 MiB are needed.", said)
        self.assertNotIn("out_of_memory", str(self.lines()))

    def test_cards_are_shared_out(self):
        """One worker for each of the cards that are to be used."""
        self.pictures(5)
        said = self.batch("in", "--device", "cuda", "--memory", "8192", environment={"CUDA_VISIBLE_DEVICES": "4,7"})
        self.assertIn("2 at a time", said)
        self.assertEqual({line["received"]["cards"] for line in self.lines()}, {"4", "7"})


class Again(Batch):
    def test_nothing_is_painted_twice(self):
        self.pictures(3)
        self.batch()
        before = self.times()
        self.assertIn("Painted: 0; done already: 3; failed: 0.", self.batch())
        self.assertEqual(self.times(), before)
        self.assertEqual(len(self.lines()), 3)

    def test_what_has_changed_is_painted_again(self):
        self.pictures(3)
        self.batch()
        for change, painted in [
            (lambda: None, 0),
            (lambda: self.picture("in/2.png", 9), 1),
            (lambda: (self.folder / "out/3.png").unlink(), 1),
            (lambda: self.picture("style.png", 9, "90x90"), 3),
        ]:
            change()
            self.assertIn(f"Painted: {painted};", self.batch())
        self.assert_negative("out/2.png", "in/2.png")
        self.assertIn("Painted: 3;", self.batch("in", "--strength", "0.9"))
        self.assertIn("Painted: 0;", self.batch("in", "--strength", "0.9"))
        self.assertIn("Painted: 0;", self.batch("in", "--strength", "0.9", "--memory", "4096"))
        self.assertIn("Painted: 3;", self.batch(), "what was painted last counts")

    def test_another_model_of_the_same_name_is_another_model(self):
        self.pictures(1)
        models = self.folder / "data/pastiche/models"
        models.mkdir(parents=True)
        environment = {"XDG_DATA_HOME": str(self.folder / "data")}
        for content, painted in (("one", 1), ("one", 0), ("two", 1), ("two", 0)):
            (models / "mine.safetensors").write_text(content)
            self.assertIn(f"Painted: {painted};", self.batch("in", "--model", "mine", environment=environment))

    def test_a_torn_line_is_none(self):
        self.pictures(2)
        self.batch()
        report = self.folder / "out/pastiche-batch.jsonl"
        first, second = report.read_text().splitlines()
        report.write_text(first + "\n" + second[: len(second) // 2])
        self.assertIn("Painted: 1; done already: 1;", self.batch())
        texts = report.read_text().splitlines()
        self.assertEqual(texts[:2], [first, second[: len(second) // 2]])
        self.assertEqual(json.loads(texts[2])["output"], json.loads(second)["output"])
        self.assertIn("Painted: 0; done already: 2;", self.batch())

    def test_what_killed_processes_left_is_removed(self):
        self.pictures(1)
        for name in (".pastiche-aaaaaa/1.png", ".pastiche-bbbbbb/other.png"):
            (self.folder / "out" / name).parent.mkdir(parents=True)
            (self.folder / "out" / name).write_text("begun")
        for name, age in ((".pastiche-cccccc", 0), (".pastiche-dddddd", 3600)):
            (self.folder / "out" / name).mkdir()
            then = (self.folder / "out").stat().st_mtime - age
            os.utime(self.folder / "out" / name, (then, then))
        self.batch()
        self.assertEqual(self.results(), [".pastiche-bbbbbb/other.png", "1.png"])
        self.assertTrue((self.folder / "out/.pastiche-cccccc").exists(), "it may be another's")
        self.assertFalse((self.folder / "out/.pastiche-dddddd").exists())

    def test_a_result_outside_the_folder_is_not_put_in_the_place_of_what_is_read(self):
        self.pictures(2)
        said = self.manifest("list.csv", "content,style,output\nin/1.png,style.png,../in/2.png\nin/2.png,style.png,\n", expected=2)
        self.assertIn("“out/../in/2.png” would take the place of “in/2.png”", said)

    def test_two_batches_do_not_write_the_same_report(self):
        self.pictures(2)
        first = self.start("batch", "in", "--style", "style.png", "--output-dir", "out", "--model", "endless", "--jobs", "2")
        self.assertIn("Pictures to paint: 2, 2 at a time", first.stderr.readline())
        second = self.start("batch", "in", "--style", "style.png", "--output-dir", "out")
        self.assertIn("Waiting for another batch", second.stderr.readline())
        first.send_signal(signal.SIGINT)
        self.assertEqual(first.wait(timeout=60), 130)
        out, _ = second.communicate(timeout=60)
        self.assertIn("Painted: 2;", out)
        first.communicate()

    def test_two_batches_do_not_paint_the_same_pictures(self):
        self.pictures(2)
        command = ["batch", "in", "--style", "style.png", "--output-dir", "out"]
        for number, others in enumerate((["--shard", "1/2"], ["--shard", "2/3"], ["--report", "elsewhere.jsonl"])):
            with self.subTest(others):
                options = ["--seed", str(number)]
                first = self.start(*command, *others, "--model", "endless")
                self.assertIn("Pictures to paint", first.stderr.readline())
                second = self.start(*command, *options)
                self.assertIn("Waiting for another batch that paints into “out”", second.stderr.readline())
                first.kill()  # nobody else can give free what it held
                first.communicate()
                out, _ = second.communicate(timeout=60)
                self.assertIn("Painted: 2; done already: 0;", out)
                self.assertEqual(self.results(), ["1.png", "2.png"])

    def test_parts_of_a_batch_work_at_the_same_time(self):
        self.pictures(4)
        command = ["batch", "in", "--style", "style.png", "--output-dir", "out"]
        first = self.start(*command, "--shard", "1/2", "--model", "endless")
        self.assertIn("Pictures to paint: 2", first.stderr.readline())
        second = self.start(*command, "--shard", "2/2")
        out, err = second.communicate(timeout=60)
        self.assertIn("Painted: 2;", out)
        self.assertNotIn("Waiting", err)
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=60)
        self.assertEqual(self.results(), ["2.png", "4.png"])


class Failures(Batch):
    def test_bad_pictures_are_told_and_the_others_go_on(self):
        self.pictures(3)
        whole = (self.folder / "in/2.png").read_bytes()
        (self.folder / "in/2.png").write_bytes(whole[:60])
        said = self.batch("in", "gone.png", expected=1)
        self.assertIn("pastiche: “out/2.png” is not painted: “in/2.png” is damaged or cut short.", said)
        self.assertIn("pastiche: “out/gone.png” is not painted: “gone.png” does not exist.", said)
        self.assertIn("Painted: 2; done already: 0; failed: 2.", said)
        self.assertEqual(self.results(), ["1.png", "3.png"])
        failed = {line["output"]: line["error"] for line in self.lines() if line["status"] == "failed"}
        self.assertEqual(failed, {"2.png": "“in/2.png” is damaged or cut short.", "gone.png": "“gone.png” does not exist."})
        (self.folder / "in/2.png").write_bytes(whole)
        self.picture("gone.png")
        self.assertIn("Painted: 2; done already: 2; failed: 0.", self.batch("in", "gone.png"))

    def test_a_process_that_dies_loses_only_its_picture(self):
        self.pictures(4)
        rows = "content,model\nin/1.png,\nin/2.png,crash\nin/3.png,crash\nin/4.png,\n"
        for jobs in ("1", "3"):
            with self.subTest(jobs=jobs):
                said = self.manifest("list.csv", rows, "--style", "style.png", "--jobs", jobs, expected=1)
                self.assertIn("“out/2.png” is not painted: The process that painted it has ended (exit status 3);", said)
                self.assertEqual(self.results(), ["1.png", "4.png"])
                self.assertEqual(sorted(line["status"] for line in self.lines()), ["done", "done", "failed", "failed"])
                shutil.rmtree(self.folder / "out")

    def test_a_process_that_has_nothing_to_do_may_die(self):
        self.pictures(2)
        (self.folder / "list.csv").write_text("content,model\nin/1.png,\nin/2.png,endless\n")
        batch = self.start("batch", "--manifest", "list.csv", "--style", "style.png", "--output-dir", "out", "--jobs", "2")
        for line in batch.stderr:
            if line.startswith(" 75 %"):
                break  # one is painted, of the other every step is the middle
        idle = int(Path(f"/proc/{batch.pid}/task/{batch.pid}/children").read_text().split()[0])
        os.kill(idle, signal.SIGKILL)
        while Path(f"/proc/{idle}").exists() and batch.poll() is None:
            pass  # until the batch has taken note of it
        batch.send_signal(signal.SIGINT)
        out, err = batch.communicate(timeout=60)
        self.assertEqual(batch.returncode, 130, err)
        self.assertIn("Painted: 1; done already: 0; failed: 0.", out)

    def test_a_folder_that_cannot_be_made(self):
        self.pictures(2)
        (self.folder / "out").mkdir()
        (self.folder / "out/1").write_text("in the way")
        said = self.batch("in", "--name", "{picture}/x", expected=1)
        self.assertIn("The folder “out/1” cannot be made", said)
        self.assertEqual(self.results(), ["1", "2/x.png"])

    def test_wrong_usage_is_said_in_one_sentence(self):
        self.pictures(2)
        self.picture("in/1.jpg")
        (self.folder / "empty").mkdir()
        (self.folder / "list.csv").write_text("content\nin/1.png\n")
        (self.folder / "link.csv").symlink_to("list.csv")
        (self.folder / "m.safetensors").write_text("a network")
        to = ["--output-dir", "out"]
        good = ["in/1.png", "--style", "style.png", *to]
        for arguments, words in [
            ([], "Give the pictures to paint, or --manifest"),
            (["in/1.png", "--manifest", "list.csv", *to], "Give either pictures or --manifest"),
            (["in/1.png", "--style", "style.png"], "--output-dir is missing"),
            (["in/1.png", *to], "--style is missing; see “pastiche batch --help”"),
            (["--manifest", "list.csv", *to], "“list.csv”, line 2: --style is missing"),
            (["--manifest", "style.png", "--style", "style.png", *to], "must end in .csv, .json or .jsonl"),
            (["empty", "--style", "style.png", *to], "There is no picture in the folder “empty”."),
            (["empty", "-r", "--style", "style.png", *to], "There is no picture in the folder “empty” or below it."),
            (["*.jpeg", "--style", "style.png", *to], "No file matches “*.jpeg”."),
            (["[]", "--style", "style.png", *to], "No file matches “[]”."),
            ([*good, "--strenth", "1"], "There is no option “--strenth”; see “pastiche batch --help”"),
            ([*good, "--strength", "2"], "--strength takes a number from 0 to 1, not “2”"),
            ([*good, "--checkpoint", "x"], "“--checkpoint” is an option of “pastiche stylize”, not of “pastiche batch”"),
            ([*good, "--output=x.png"], "“--output=x.png” is an option of “pastiche stylize”, not of “pastiche batch”"),
            ([*good, "--jobs", "0"], "--jobs takes a whole number from 1 to 1024, not “0”"),
            ([*good, "--shard", "3/2"], "--shard takes a part and their number, such as 3/8"),
            ([*good, "--shard", "0/2"], "--shard takes a part"),
            ([*good, "--shard", "2"], "--shard takes a part"),
            ([*good, "--shard", "slurm"], "SLURM_ARRAY_TASK_COUNT is not set"),
            ([*good, "--format", "gif"], "--format takes one of png, jpg, tif, webp, exr, not “gif”"),
            ([*good, "--sequence", "--start-image", "photo.png"], "--start-image and --start-content cannot be given"),
            ([*good, "--start-content", "photo.png"], "give both"),
            (["--manifest", "list.csv", "--style", "style.png", "--sequence", *to], "--sequence takes the folder of the frames"),
            (["in", "--format", "png", "--style", "style.png", *to], "“in/1.jpg” and “in/1.png” would both become “1.png”"),
            (["in/1.png", "--style", "style.png", "--output-dir", "in"], "“in/1.png” would take the place of “in/1.png”"),
            (["in/1.png", "--style", "style.png", "--output-dir", ".", "--name", "style"], "would take the place of “style.png”"),
            ([*good, "--report", "style.png"], "The report “style.png” would be written into “style.png”"),
            ([*good, "--report", "out/1.png"], "The report “out/1.png” would be written into “out/1.png”"),
            (["--manifest", "list.csv", "--style", "style.png", *to, "--report", "link.csv"], "The report “link.csv” would be written into “list.csv”"),
            ([*good, "--model", "./m.safetensors", "--report", "m.safetensors"], "would be written into “./m.safetensors”"),
        ]:
            with self.subTest(arguments=arguments):
                self.assertIn(words, self.fails(2, "batch", *arguments))

    def test_without_the_engine_it_says_what_to_install(self):
        self.pictures(1)
        status, _, err = self.run_program("batch", "in", "--style", "style.png", "--output-dir", "out", environment={"PASTICHE_CORE": "gone.so"})
        self.assertEqual(status, 1)
        self.assertIn("install LibTorch", err)


class Manifests(Batch):
    def test_csv_has_options_line_by_line(self):
        self.pictures(3)
        self.magick("style.png", "-flip", "a, “b”.png")
        self.manifest(
            "list.csv",
            "\ufeffcontent,style,weight,style,output,steps\r\n"
            'in/1.png,"a, “b”.png",3,style.png,"sub/one.webp",7\r\n'
            "in/2.png,style.png,,,,\r\n"
            "\r\n"
            "in/3.png,,,,,9\r\n",
            "--style", "photo.png", "--steps", "5",
        )  # fmt: skip
        self.assertEqual(self.results(), ["2.png", "3.png", "sub/one.webp"])
        lines = {line["content"]: line for line in self.lines()}
        told = {name: ([(style["file"], style["weight"]) for style in line["styles"]], line["options"]["steps"]) for name, line in lines.items()}
        self.assertEqual(told["in/1.png"], ([("a, “b”.png", 3), ("style.png", 1)], 7))
        self.assertEqual(told["in/2.png"], ([("style.png", 1)], 5))
        self.assertEqual(told["in/3.png"], ([("photo.png", 1)], 9))

    def test_the_line_that_makes_a_list_copes_with_any_name(self):
        page = (Path(__file__).parents[2] / "docs/cluster.md").read_text()
        line = next(line for line in page.splitlines() if line.startswith("    (echo content; "))
        names = ["a, b.jpg", 'say "x".jpg', "two\nlines.jpg", "-x.JPG", "below/[c].jpg", ";.jpg"]
        for number, name in enumerate(names):
            self.picture(f"photos/{name}", number)
        subprocess.run(["bash", "-c", line], cwd=self.folder, check=True)
        status, _, err = self.run_program("batch", "--manifest", "list.csv", "--style", "style.png", "--output-dir", "out")
        self.assertEqual(status, 0, err)
        self.assertEqual(sorted(line["content"] for line in self.lines()), sorted(f"photos/{name}" for name in names))

    def test_what_spreadsheets_leave_empty_is_nothing(self):
        self.pictures(2)
        said = self.manifest("list.csv", "content,,strength,,\n,,,,\nin/1.png,,0.7,,\n,,,,,,\nin/2.png,,,\n,,\n", "--style", "style.png")
        self.assertIn("Painted: 2;", said)
        self.assertEqual({line["output"]: line["options"]["strength"] for line in self.lines()}, {"1.png": 0.7, "2.png": 0.5})

    def test_semicolons_separate_where_the_decimal_point_is_a_comma(self):
        self.pictures(1)
        self.magick("photo.png", "in/a, b.png")
        self.manifest("list.csv", 'content;strength;output\r\nin/1.png;0,7;"x;y.png"\r\nin/a, b.png;;\r\n;;\r\n', "--style", "style.png")
        self.assertEqual({line["output"]: line["options"]["strength"] for line in self.lines()}, {"x;y.png": 0.7, "a, b.png": 0.5})

    def test_json_and_jsonl_say_the_same(self):
        self.pictures(2)
        self.magick("-size", "4x4", "xc:white", "mask.png")
        entries = [
            {"content": "in/1.png", "style": ["photo.png", "style.png"], "weight": [2, None], "mask": ["", "mask.png"],
             "style-crop": ["1,2,30,40", ""], "strength": 0.25},
            {"content": "in/2.png", "style": "style.png", "output": "two.png", "color": "content"},
        ]
        for name, text in [("list.json", json.dumps(entries, indent=1)), ("list.jsonl", "\n\n".join(map(json.dumps, entries)))]:
            with self.subTest(name):
                self.manifest(name, text)
                lines = {line["content"]: line for line in self.lines()}
                first, second = lines["in/1.png"], lines["in/2.png"]
                self.assertEqual(first["styles"], [
                    {"file": "photo.png", "weight": 2, "style-crop": [1, 2, 30, 40]}, {"file": "style.png", "weight": 1, "mask": "mask.png"}
                ])
                self.assertEqual((first["options"]["strength"], second["options"]["color"]), (0.25, "content"))
                self.assertEqual(self.results(), ["1.png", "two.png"])
                shutil.rmtree(self.folder / "out")

    def test_errors_tell_the_line_and_nothing_is_painted(self):
        self.pictures(2)
        head = "content,style,strength\n"
        for name, text, words in [
            ("a.csv", "", "line 1: The first line must name the columns"),
            ("a.csv", "content,stile\n", "line 1: “stile” is nothing that a picture can have"),
            ("a.csv", "content,jobs\n", "line 1: “jobs” is nothing that a picture can have"),
            ("a.csv", head, "There is no picture in “a.csv”"),
            ("a.csv", head + "in/1.png,style.png,\nin/2.png,style.png\n", "line 3: There are fewer values (2) than columns (3)."),
            ("a.csv", head + 'in/1.png,"style\n.png",\nin/2.png,style.png,2\n', "line 4: --strength takes a number from 0 to 1, not “2”"),
            ("a.csv", head + '\n\nin/1.png,"style.png,\n', "line 4: A quotation mark is opened here and never closed."),
            ("a.csv", head + 'in/1.png,"style"x,\n', "line 2: After a closing quotation mark"),
            ("a.csv", head + ",style.png,1\n", "line 2: “content” is missing."),
            ("a.csv", "content,,style\nin/1.png,x,style.png\n", "line 2: “x” stands in a column that has no name in the first line."),
            ("a.csv", "content,style\nin/1.png,style.png,,x\n", "line 2: “x” stands in a column that has no name"),
            ("a.csv", 'content;style\n"in/1.png",style.png\n', "line 2: After a closing quotation mark there must be a “;”"),
            ("a.csv", "content,style,output\nin/1.png,style.png,one.gif\n", "line 2: The name “one.gif” does not tell what kind of file"),
            ("a.csv", "content,style,output\nin/1.png,style.png,a.png\nin/2.png,style.png,x/../a.png\n", "“in/1.png” and “in/2.png” would both become “a.png”"),
            ("a.json", "[\n{},\n{]\n", "line 3: This is not JSON"),
            ("a.json", "{}", "line 1: A list in brackets is expected"),
            ("a.json", '[{"content": "in/1.png", "style": "style.png"}, 3]', "entry 2: An object in braces is expected"),
            ("a.json", '[{"content": "in/1.png", "style": {"a": 1}}]', "entry 1: “style” must be a text or a number."),
            ("a.json", '[{"content": ["in/1.png"], "style": "style.png"}]', "entry 1: “content” must be a text or a number."),
            ("a.json", '[{"content": "in/1.png", "style": ["style.png", "photo.png"], "weight": 3}]', "“weight” must have as many values as “style”."),
            ("a.jsonl", '{"content": "in/1.png", "style": "style.png"}\n{"content": \n', "line 2: This is not JSON"),
            ("a.jsonl", '\n{"style": "style.png"}\n', "line 2: “content” is missing."),
        ]:  # fmt: skip
            with self.subTest(text=text):
                said = self.manifest(name, text, expected=2)
                self.assertIn(words, said)
                self.assertEqual(said.count("\n"), 1)
                self.assertFalse((self.folder / "out").exists())
        self.picture("real/1.png")
        (self.folder / "link").symlink_to("real")
        (self.folder / "real/2.png").symlink_to("1.png")
        for other in (f"{self.folder}/real/1.png", "../link/1.png", f"{self.folder}/link/1.png", "2.png"):
            (self.folder / "twice.csv").write_text(f"content,output\nin/1.png,1.png\nin/2.png,{other}\n")
            said = self.fails(2, "batch", "--manifest", "twice.csv", "--style", "style.png", "--output-dir", "real")
            self.assertIn("“in/1.png” and “in/2.png” would both become", said)
        (self.folder / "latin.csv").write_bytes(b"content\ncaf\xe9.png\n")
        self.assertIn("is not a text in UTF-8", self.fails(1, "batch", "--manifest", "latin.csv", "--output-dir", "out"))
        self.assertIn("“gone.csv” cannot be read", self.fails(1, "batch", "--manifest", "gone.csv", "--output-dir", "out"))


class Shards(Batch):
    def test_every_picture_is_in_exactly_one(self):
        self.pictures(7)
        self.batch("in", "--recursive")
        whole = {name: (self.folder / "out" / name).read_bytes() for name in self.results()}
        shutil.rmtree(self.folder / "out")
        outputs = []
        for shard in (3, 1, 2):
            self.batch("in", "--shard", f"{shard}/3")
            outputs += [line["output"] for line in self.lines(f"pastiche-batch.{shard}-of-3.jsonl")]
        self.assertEqual(sorted(outputs), sorted(whole))
        self.assertEqual({name: (self.folder / "out" / name).read_bytes() for name in self.results()}, whole)
        for other in ([], ["--shard", "2/5"]):
            self.assertIn("Painted: 0;", self.batch("in", *other), "in other parts they are known all the same")

    def test_no_part_replaces_what_another_reads(self):
        self.pictures(2)
        before = self.samples("in/2.png")
        (self.folder / "list.csv").write_text("content,output\nin/1.png,2.png\nin/2.png,3.png\n")
        for part in ([], ["--shard", "1/2"]):
            said = self.fails(2, "batch", "--manifest", "list.csv", "--style", "style.png", "--output-dir", "in", *part)
            self.assertIn("The result “in/2.png” would take the place of “in/2.png”", said)
        self.assertTrue((self.samples("in/2.png") == before).all())

    def test_more_parts_than_pictures(self):
        self.pictures(1)
        self.assertIn("Painted: 0; done already: 0; failed: 0.", self.batch("in", "--shard", "2/2"))
        self.assertIn("Painted: 1;", self.batch("in", "--shard", "1/2"))

    def test_the_tasks_of_a_slurm_array(self):
        self.pictures(5)
        array = {"SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "10", "SLURM_ARRAY_TASK_MAX": "14", "SLURM_ARRAY_TASK_STEP": "2"}
        for task in ("10", "12", "14"):
            self.batch("in", "--shard", "slurm", environment={**array, "SLURM_ARRAY_TASK_ID": task})
        self.assertEqual(self.results(), [f"{number}.png" for number in range(1, 6)])
        self.assertEqual([len(self.lines(f"pastiche-batch.{shard}-of-3.jsonl")) for shard in (1, 2, 3)], [2, 2, 1])
        for wrong in ({"SLURM_ARRAY_TASK_ID": "11"}, {"SLURM_ARRAY_TASK_ID": "10", "SLURM_ARRAY_TASK_MAX": "16"}):
            said = self.batch("in", "--shard", "slurm", environment={**array, **wrong}, expected=2)
            self.assertIn("give --shard I/N", said)
        said = self.batch("in", environment={**array, "SLURM_ARRAY_TASK_ID": "10"})
        self.assertIn("This is task 10 of a Slurm job array, and paints all pictures", said)

    def test_a_video_is_not_torn_apart(self):
        for name in ("a/1.png", "a/2.png", "b/1.png"):
            self.picture(f"in/{name}")
        self.batch("in", "--recursive", "--sequence", "--shard", "1/2")
        self.assertEqual(self.results(), ["a/1.png", "a/2.png"])


class Sequences(Batch):
    def picture(self, name, seed=1, size="12x8"):
        """Of one scene, in another light for every seed."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        self.magick("-size", size, "-seed", "1", "plasma:tomato-steelblue", "-modulate", str(100 - seed), "-depth", "8", name)

    def test_a_frame_after_a_cut_starts_anew(self):
        self.pictures(4)
        super().picture("in/3.png", 7)
        self.picture("in/4.png", 2, "12x9")
        self.batch("in", "--sequence", "--steps", "8")
        lines = self.lines()
        self.assertEqual([line.get("start_image") for line in lines], [None, "out/1.png", None, None])
        self.assertEqual([line["options"]["steps"] for line in lines], [8, 2, 8, 8])
        for line in lines[2:]:
            self.assertIn("A new scene begins here", line["notes"][0])

    def flat_frames(self, *colours):
        for number, colour in enumerate(colours, 1):
            self.magick("-size", "6x4", f"xc:rgb{colour}", f"in/{number}.png")

    def starts(self):
        return [line.get("start_image") for line in self.lines()]

    def test_a_dissolve_that_is_not_painted_over_starts_anew(self):
        # The core that is stuck leaves every frame as it was begun. The loss of the first is 65; of the fourth, whose red is 30 levels from
        # that of the first, 64 · 30/255 = 7.5 more, which is beyond a tenth.
        self.flat_frames(*((red, 0, 0) for red in range(0, 60, 10)))
        command = ("in", "--sequence", "--steps", "8", "--model", "stuck")
        expected = [None, "out/1.png", "out/2.png", None, "out/4.png", "out/5.png"]
        self.batch(*command)
        self.assertEqual(self.starts(), expected)
        self.assertEqual([line["options"]["steps"] for line in self.lines()], [8, 2, 2, 8, 2, 2])
        self.assertIn("A new scene begins here", self.lines()[3]["notes"][0])
        self.assertNotIn("notes", self.lines()[4])
        self.assertEqual([self.samples(f"out/{number}.png")[0, 0, 0] for number in range(1, 7)], [255, 255, 255, 225, 225, 225])
        # As if it had been killed after the third frame.
        report = self.folder / "out/pastiche-batch.jsonl"
        report.write_text("".join(line + "\n" for line in report.read_text().splitlines()[:3]))
        self.batch(*command)
        self.assertEqual(self.starts(), expected)

    def test_a_dissolve_into_what_is_easier_to_paint_is_found_as_well(self):
        # With the core that is stuck the loss only falls, from 64 · (1 + 60/255) = 79 to 64 · (1 + 2/255 + 48/255) = 77; painted anew the last
        # has no red from before, 64 · (1 + 2/255).
        self.magick("-size", "64x48", "gradient:black-white", "1.png")
        self.magick("-size", "64x48", "-define", "gradient:angle=90", "gradient:white-black", "2.png")
        for number in range(26):
            share, color = min(number, 24) / 24 * 100, f"rgb({number * 2},{60 - number * 2.4:.0f},0)"
            blend = ("-define", f"compose:args={share}", "-compose", "blend", "-composite")
            self.magick("1.png", "2.png", *blend, "-fill", color, "-draw", "rectangle 0,0 15,15", f"in/{number:02}.png")
        self.batch("in", "--sequence", "--model", "stuck")
        self.assertEqual([number for number, start in enumerate(self.starts()) if start is None], [0, 24])
        self.assertIn("A new scene begins here", self.lines()[24]["notes"][0])
        self.assertEqual(self.starts()[25], "out/24.png")

    def test_a_scene_that_becomes_harder_to_paint_goes_on(self):
        # From the third frame on the loss is a tenth above that of the first; but painted anew it is no lower.
        self.flat_frames(*((0, green, 0) for green in range(0, 100, 20)))
        self.batch("in", "--sequence", "--model", "stuck")
        self.assertEqual(self.starts(), [None, "out/1.png", "out/2.png", "out/3.png", "out/4.png"])

    def test_frames_whose_sizes_differ_by_less_than_a_pixel_are_painted(self):
        # All of 64x36 as they are painted; where they are compared, of 256x143 and 256x144.
        for number, height in enumerate((1121, 1122, 1122), 1):
            self.picture(f"in/{number}.png", 1, f"2000x{height}")
        self.assertIn("Painted: 3; done already: 0; failed: 0.", self.batch("in", "--sequence", "--size", "64", "--jobs", "1"))

    def test_a_frame_starts_from_the_result_before(self):
        for number, name in enumerate(("frame9", "frame10", "frame11"), 1):
            self.magick("-size", "6x4", f"xc:rgb({number * 10},0,0)", f"in/{name}.png")
        self.batch("in", "--sequence", "--jobs", "2", "--steps", "8")
        lines = self.lines()
        self.assertEqual([(line["options"]["steps"], line["options"]["scales"]) for line in lines], [(8, 0), (2, 1), (2, 1)])
        self.assertEqual([line["output"] for line in lines], ["frame9.png", "frame10.png", "frame11.png"])
        starts = [line["received"]["start_image"] for line in lines]
        self.assertIsNone(starts[0])
        # The core that stands in paints the negative.
        self.assertAlmostEqual(starts[1]["first_pixel"][0], 1 - 10 / 255, places=3)
        self.assertAlmostEqual(starts[2]["first_pixel"][0], 1 - 20 / 255, places=3)
        self.assertEqual([line.get("start_image") for line in lines], [None, "out/frame9.png", "out/frame10.png"])

    def test_frames_that_are_named_are_in_the_order_of_their_numbers(self):
        for number in (1, 2, 12):
            self.magick("-size", "6x4", f"xc:rgb({number},0,0)", f"in/f{number}.png")
        self.batch("in/f1.png", "in/f12.png", "in/f2.png", "--sequence")
        self.assertEqual([line["output"] for line in self.lines()], ["f1.png", "f2.png", "f12.png"])

    def test_it_goes_on_where_it_ended_and_jumps_over_bad_frames(self):
        self.pictures(5)
        (self.folder / "in/3.png").write_text("no picture")
        self.batch("in", "--sequence", expected=1)
        self.assertEqual([line.get("start_image") for line in self.lines()], [None, "out/1.png", None, "out/2.png", "out/4.png"])
        (self.folder / "out/5.png").unlink()
        self.batch("in", "--sequence", expected=1)
        self.assertEqual([(line["output"], line.get("start_image")) for line in self.lines()[5:]], [("3.png", None), ("5.png", "out/4.png")])

    def test_what_comes_after_a_frame_that_failed_at_first_is_painted_again(self):
        self.pictures(5)
        (self.folder / "out/3.png").mkdir(parents=True)  # in the way, as a process that is killed would be
        self.batch("in", "--sequence", expected=1)
        (self.folder / "out/3.png").rmdir()
        self.assertIn("Painted: 3; done already: 2; failed: 0.", self.batch("in", "--sequence"))
        lines = self.lines()
        self.assertEqual([line.get("start_image") for line in lines[5:]], ["out/2.png", "out/3.png", "out/4.png"])
        # As if it had been killed after the third frame.
        report = self.folder / "out/pastiche-batch.jsonl"
        report.write_text("".join(line + "\n" for line in report.read_text().splitlines()[:6]))
        self.assertIn("Painted: 2; done already: 3;", self.batch("in", "--sequence"))
        self.assertIn("Painted: 0; done already: 5;", self.batch("in", "--sequence"))

    def test_what_comes_after_a_changed_frame_is_painted_again(self):
        self.pictures(4)
        self.batch("in", "--sequence")
        self.picture("in/2.png", 9)
        self.assertIn("Painted: 3; done already: 1;", self.batch("in", "--sequence"))
        self.assertIn("Painted: 3; done already: 1;", self.batch("in"), "alone a frame is painted otherwise, but for the first")


class Stopping(Batch):
    def start_endless(self):
        process = self.start("batch", "in", "--style", "style.png", "--output-dir", "out", "--model", "endless", "--jobs", "2")
        while "%" not in (line := process.stderr.readline()):
            self.assertTrue(line, "it ended before the first step")
        return process

    def test_ctrl_c_writes_nothing_that_is_not_finished(self):
        self.pictures(3)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start_endless()
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 130, err)
            self.assertIn("Stopped; the same command goes on", err)
            self.assertIn("Painted: 0; done already: 0; failed: 0.", out)
            self.assertEqual(self.results(), [])
            self.assertEqual(self.lines(), [])

    def test_it_stops_while_it_finds_out_what_a_picture_takes(self):
        self.pictures(3)
        process = self.start("batch", "in", "--style", "style.png", "--output-dir", "out", "--model", "unsure", "--jobs", "2")
        self.assertEqual(process.stderr.readline(), "There is no knowing.\n")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("Painted: 0; done already: 0; failed: 0.", out)

    def test_it_paints_without_standard_streams(self):
        self.pictures(3)

        def close_all():
            for descriptor in range(3):
                os.close(descriptor)

        process = self.start("batch", "in", "--style", "style.png", "--output-dir", "out", "--jobs", "2", preexec_fn=close_all)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.results(), ["1.png", "2.png", "3.png"])

    def test_no_process_stays_behind(self):
        self.pictures(3)
        process = self.start_endless()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        self.assertEqual(len(children), 2)
        watched = [os.pidfd_open(int(child)) for child in children]
        process.kill()
        process.communicate(timeout=60)
        for child in watched:
            self.assertTrue(select.select([child], [], [], 60)[0], "it goes on without the process that it paints for")
            os.close(child)


class Real(Batch):
    """With the real core."""

    core = {}

    def test_a_batch_paints_what_stylize_paints(self):
        self.picture("in/a.png", 1, "60x40")
        self.picture("in/b.png", 2, "40x60")
        self.batch("in", "--jobs", "2", *QUICK)
        for name in ("a.png", "b.png"):
            self.paint(content=f"in/{name}", output="alone.png")
            self.assertTrue((self.samples("alone.png") == self.samples(f"out/{name}")).all(), name)
        for line in self.lines():
            self.assertEqual((line["model"], line["device"]), ("compact", "cpu"))
            self.assertGreater(line["peak_bytes"], 1 << 20)
            model = subprocess.run(["sha256sum", line["model_file"]], capture_output=True, text=True, check=True).stdout
            self.assertEqual(line["model_sha256"], model.split()[0])

    def test_killed_at_any_moment_it_goes_on_and_paints_nothing_twice(self):
        for number in range(8):
            self.picture(f"in/{number}.png", number, "60x40")
        command = ["batch", "in", "--style", "style.png", "--output-dir", "out", "--jobs", "2", "--memory", "8192", *QUICK]
        moments = random.Random(7)
        known, kills, longest = {}, 0, 2.0
        while True:
            process = self.start(*command, start_new_session=True)
            try:
                # The moment is to be an arbitrary one: there is nothing to wait for.
                out, err = process.communicate(timeout=moments.uniform(0, longest))
                break
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                kills += 1
                longest *= 1.2  # a slow machine must get on too
            report = self.folder / "out/pastiche-batch.jsonl"
            for line in report.read_text().splitlines(keepends=True) if report.exists() else []:
                if not line.endswith("\n"):
                    break  # cut short
                output = json.loads(line)["output"]
                written = (self.folder / "out" / output).stat().st_mtime_ns
                self.assertEqual(known.setdefault(output, written), written, "it was painted twice")
            for name in self.results():
                if not name.startswith("."):
                    self.assertEqual(self.samples(f"out/{name}").shape, (40, 60, 3), "a whole picture")
        self.assertEqual(process.returncode, 0, err)
        self.assertGreater(kills, 0)
        self.assertEqual(self.results(), [f"{number}.png" for number in range(8)])
        self.assertEqual([path for path in (self.folder / "out").iterdir() if path.is_dir()], [])
        done = [line["output"] for line in self.lines() if line["status"] == "done"]
        self.assertEqual(sorted(done), self.results())


if __name__ == "__main__":
    unittest.main(verbosity=2)
