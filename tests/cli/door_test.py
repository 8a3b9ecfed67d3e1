#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pastiche command hands to the core and makes of what it hears from it, with a core that tells what it got (test_core.cpp).
Arguments: the program, that core, a library whose fsync() fails (failing_fsync.cpp)."""

import csv
import errno
import fcntl
import json
import math
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import unicodedata
import unittest
from xml.etree import ElementTree

from command_line import PROGRAM, CommandLine

CORE = os.path.abspath(sys.argv.pop(1))
FAILING_FSYNC = os.path.abspath(sys.argv.pop(1))
CODECS = os.path.join(os.path.dirname(PROGRAM), "../raster/libpastiche-codecs.so")
STYLE, CONTENT, TOTAL = (lambda step: 64 / step), (lambda step: 1 / step), (lambda step: 65 / step + 0.875)


class Door(CommandLine):
    def start(self, *arguments, environment={}, **options):
        return super().start(*arguments, environment={"PASTICHE_CORE": CORE, **environment}, **options)

    def report(self, *arguments, **options):
        self.paint("--report", "report.json", *arguments, **options)
        return json.loads((self.folder / "report.json").read_text())

    def received(self, *arguments, **options):
        return self.report(*arguments, **options)["received"]

    def start_endless(self, *arguments):
        process = self.start(*arguments, "--model", "endless")
        for line in process.stderr:
            if "%" in line:
                return process
        self.fail("it ended before the first step")

    def stop_endless(self, *arguments, number=signal.SIGINT):
        """Presses Ctrl-C once it paints; returns what it said."""
        process = self.start_endless(*arguments)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (130, ""), err)
        return err


class Opening(Door):
    def test_a_library_for_films_that_is_not_there_is_told(self):
        for file, folder in ((PROGRAM, "cli"), (CODECS, "raster")):  # as in the build tree
            (self.folder / folder).mkdir()
            shutil.copy(file, self.folder / folder)
        line = ["stylize", "photo.png", "--style", "style.png", "--start-image", "photo.png", "--start-content", "photo.png", "--output", "out.png"]
        environment = {**os.environ, "PASTICHE_CORE": CORE, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["cli/pastiche", *line], cwd=self.folder, env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^pastiche: The library that follows what moves in a film cannot be opened \(there is no .*/libpastiche-motion\.so\); ")
        self.assertFalse((self.folder / "out.png").exists())

    def test_nothing_is_taken_from_the_working_folder(self):
        """Not even by a program whose file is gone, as when a newer one was installed meanwhile."""
        program = self.folder / "bin" / "pastiche"
        program.parent.mkdir()
        shutil.copy(PROGRAM, program)
        working = self.folder / "working"
        (working / "core").mkdir(parents=True)
        (working / "core" / "libpastiche-core.so").write_text("another's")
        environment = {name: value for name, value in os.environ.items() if name != "PASTICHE_CORE"} | {"LC_ALL": "C.UTF-8"}
        descriptor = os.open(program, os.O_RDONLY)
        self.addCleanup(os.close, descriptor)
        program.unlink()
        done = subprocess.run([f"/proc/self/fd/{descriptor}", "--version"], cwd=working, env=environment, pass_fds=[descriptor],
                              capture_output=True, text=True)
        self.assertIn("pastiche", done.stdout)
        self.assertNotIn("too short", done.stdout + done.stderr)

    def test_a_signal_means_what_it_meant_before_the_core_was_opened(self):
        process = self.start("estimate", "photo.png", "--style", "style.png", "--model", "unsure")
        self.assertEqual(process.stderr.readline(), "There is no knowing.\n")
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGHUP)


class Styles(Door):
    def test_weights_and_masks_belong_to_the_style_before_them(self):
        # 0x80 and white; the second half transparent.
        self.magick("-size", "2x1", "xc:white", "-fill", "gray(128)", "-draw", "point 0,0", "sky.png")
        self.magick("-size", "1x1", "xc:rgba(255,255,255,0.5)", "xc:black", "-append", "rest.png")
        self.magick("-size", "30x20", "xc:#ff0000", "red.png")
        got = self.received(
            *["--mask", "sky.png", "--seed", "3", "--weight", "2.5", "-s", "red.png", "--style", "photo.png", "--mask", "rest.png"],
            style="style.png",
        )
        first, second, third = got["styles"]
        self.assertEqual([(style["width"], style["height"]) for style in got["styles"]], [(90, 90), (30, 20), (120, 80)])
        self.assertEqual([style["weight"] for style in got["styles"]], [2.5, 1, 1])
        self.assertEqual(second["first_pixel"], [1, 0, 0, 1])
        self.assertIsNone(second["mask"])
        self.assertEqual((first["mask"]["width"], first["mask"]["height"]), (2, 1))
        self.assertAlmostEqual(first["mask"]["values"][0], 128 / 255, places=4)
        self.assertEqual(first["mask"]["values"][1], 1)
        self.assertEqual((third["mask"]["width"], third["mask"]["height"]), (1, 2))
        self.assertAlmostEqual(third["mask"]["values"][0], 0.5, delta=1 / 255)
        self.assertEqual(third["mask"]["values"][1], 0)

    def test_a_crop_belongs_to_the_style_before_it(self):
        self.magick("-size", "60x40", "xc:#ff0000", "-fill", "#0000ff", "-draw", "rectangle 20,10 29,14", "red.png")
        got = self.received("--style", "red.png", "--style-crop", "20,10,10,5", "--style", "red.png", "--style-crop", "0,0,60,40", style="red.png")
        self.assertEqual([(style["width"], style["height"], style["whole"]) for style in got["styles"]], [(60, 40, False), (10, 5, True), (60, 40, True)])
        self.assertEqual([style["first_pixel"] for style in got["styles"]], [[1, 0, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1]])

    def test_a_crop_is_told(self):
        self.assertEqual(self.report("--style-crop", "1,2,30,40")["styles"], [{"file": "style.png", "weight": 1, "style-crop": [1, 2, 30, 40]}])

    def test_a_crop_that_is_not_within_its_style_is_refused(self):
        for crop in ("61,0,30,90", "0,1,90,90", "2147483647,0,2147483647,1"):  # of 90 × 90
            for command in (["stylize", "--output", "out.png"], ["estimate"]):
                with self.subTest(crop=crop, command=command[0]):
                    said = self.fails(1, command[0], "photo.png", "--style", "style.png", "--style-crop", crop, *command[1:])
                    self.assertIn("does not lie within the picture, which has 90 × 90.", said)

    def test_sixteen_styles_can_be_given(self):
        self.assertEqual(len(self.received(*["--style", "style.png"] * 15)["styles"]), 16)

    def test_a_weight_of_nothing_is_passed_on(self):
        got = self.received("--weight", "0", "--style", "photo.png")
        self.assertEqual([style["weight"] for style in got["styles"]], [0, 1])

    def test_the_styles_are_told(self):
        self.magick("-size", "8x8", "xc:white", "mask.png")
        report = self.report("--weight", "2", "--style", "photo.png", "--mask", "mask.png")
        self.assertEqual(
            report["styles"], [{"file": "style.png", "weight": 2}, {"file": "photo.png", "weight": 1, "mask": "mask.png"}]
        )
        _, err = self.paint("--style", "photo.png")
        self.assertIn("in the styles of “style.png”, “photo.png”.", err)

    def test_masks_and_the_start_are_read_no_larger_than_the_photograph(self):
        self.magick("-size", "600x300", "gradient:", "large.png")
        self.magick("-size", "300x600", "xc:#00ff00", "green.png")
        got = self.received("--mask", "large.png", "--start-image", "green.png")
        self.assertEqual((got["styles"][0]["mask"]["width"], got["styles"][0]["mask"]["height"]), (120, 60))
        self.assertEqual((got["start_image"]["width"], got["start_image"]["height"]), (60, 120))
        self.assertEqual(got["start_image"]["first_pixel"], [0, 1, 0, 1])


class Options(Door):
    def test_without_options_there_is_nothing_more(self):
        got = self.received()
        self.assertEqual((got["start_image"], got["checkpoint"], got["resume"], got["memory"]), (None, None, None, 0))
        self.assertEqual((got["size"], got["model"], got["style_layers"]), (0, "compact", ""))

    def test_checkpoint_and_resume_are_passed_on(self):
        got = self.received("--checkpoint", "neu ü", "--resume", "alt")
        self.assertEqual((got["checkpoint"], got["resume"]), ("neu ü", "alt"))

    def test_a_preset_comes_before_the_other_options(self):
        # paint() puts --steps 3 before it.
        report = self.report("--preset", "quick", "--size", "100")
        self.assertEqual((report["options"]["steps"], report["options"]["size"]), (3, 100))
        self.assertEqual(report["received"]["content"]["width"], 100)
        self.assertEqual(self.report("--size", "100", "--preset", "quick")["options"]["size"], 100)
        gatys = self.report("--preset", "gatys")
        self.assertEqual((gatys["received"]["model"], gatys["received"]["start"]), ("vgg19", 1))
        self.assertEqual((gatys["options"]["optimizer"], gatys["options"]["color"], gatys["options"]["scales"]), ("lbfgs", "free", 1))
        self.assertEqual((gatys["options"]["normalization"], gatys["options"]["pooling"]), ("none", "average"))
        both = self.report("--preset", "gatys", "--preset", "quick", "--model", "compact")
        self.assertEqual((both["received"]["model"], both["options"]["optimizer"]), ("compact", "lbfgs"))

    def test_memory_may_have_a_unit(self):
        for text, mebibytes in [
            ("0", 0),
            ("700", 700),
            ("4G", 4096),
            ("4GiB", 4096),
            ("4gib", 4096),
            ("900M", 900),
            ("1500MiB", 1500),
            ("1.5g", 1536),
            ("0.1M", 1),  # never the 0 that means as much as is free
        ]:
            with self.subTest(text):
                self.assertEqual(self.received("--memory", text)["memory"], mebibytes)
        for text in ("4GB", "4 G", "G", "-1G", "1e3", "1.5", "99999999G", "0x10M", "4Gi", "1.2.3G", "nanG", ""):
            with self.subTest(text):
                words = self.fails(2, "stylize", "photo.png", "--style", "style.png", "--output", "x.png", "--memory", text)
                self.assertIn(f"not “{text}”", words)

    def test_layers_may_be_the_model_s_own(self):
        self.assertEqual(self.received("--style-layers", "relu1_1:2", "--style-layers", "")["style_layers"], "")
        self.assertEqual(self.received("--style-layers=relu1_1:2", "--style-layers=")["style_layers"], "")
        self.assertEqual(self.received("--style-layers", "relu1_1:2")["style_layers"], "relu1_1:2")

    def test_names_that_begin_with_a_dash(self):
        (self.folder / "photo.png").rename(self.folder / "-photo=.png")
        status, _, err = self.run_program("stylize", "--style=style.png", "--output=-out.png", "--", "-photo=.png")
        self.assertEqual(status, 0, err)
        self.assertIn("-out.png", self.names())


class Disk(Door):
    def environment(self, error):
        return {"LD_PRELOAD": FAILING_FSYNC, "FSYNC_ERROR": str(error)}

    def test_a_file_system_that_cannot_be_asked_for_safety_is_trusted(self):
        for error in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            self.paint("--report", "report.json", environment=self.environment(error))
            self.assertEqual(self.names(), sorted([*self.before, "out.png", "report.json"]))
            (self.folder / "out.png").unlink()

    def test_a_full_or_broken_disk_is_an_error(self):
        (self.folder / "out.png").write_text("what was there before")
        for error in (errno.ENOSPC, errno.EIO):
            said = self.fails(1, "stylize", "photo.png", "--style", "style.png", "--output", "out.png", environment=self.environment(error))
            self.assertIn(os.strerror(error), said)
            self.assertEqual((self.folder / "out.png").read_text(), "what was there before")


class Overwriting(Door):
    def setUp(self):
        super().setUp()
        for name in ("mask.png", "start.png", "before.png"):
            shutil.copy(self.folder / "photo.png", self.folder / name)
        for name in ("mine.safetensors", "run"):
            (self.folder / name).write_text(name)
        models = self.folder / "data/pastiche/models"
        models.mkdir(parents=True)
        (models / "own.safetensors").write_text("own")
        os.symlink("style.png", self.folder / "link.png")
        os.link(self.folder / "mask.png", self.folder / "other.png")
        self.line = ["stylize", "photo.png", "--style", "style.png", "--mask", "mask.png", "--start-image", "start.png"]
        self.line += ["--start-content", "before.png", "--resume", "run"]

    def contents(self):
        return {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    def refused(self, option, path, *more, environment={}):
        before = self.contents()
        output = [] if option == "--output" else ["--output", "out.png"]
        said = self.fails(2, *self.line, *more, *output, option, path, environment=environment)
        self.assertIn(" are the same file.", said)
        self.assertEqual(self.contents(), before)
        return said

    def test_what_is_read_is_never_written_over(self):
        for option in ("--report", "--losses", "--plot", "--checkpoint", "--output"):
            for path in ("photo.png", "style.png", "mask.png", "start.png", "before.png", "run", "link.png", "other.png", "./mask.png"):
                if (option, path) not in (("--output", "photo.png"), ("--checkpoint", "run")):
                    with self.subTest(option=option, path=path):
                        self.refused(option, path)
        self.assertEqual(self.refused("--losses", "other.png"), "--losses and --mask are the same file.")
        (self.folder / "photo.png.unfinished").hardlink_to(self.folder / "style.png")
        self.refused("--checkpoint", "photo.png")

    def test_a_model_is_not_written_over_either(self):
        self.refused("--report", "mine.safetensors", "--model", "./mine.safetensors")
        own = "data/pastiche/models/own.safetensors"
        self.refused("--checkpoint", own, "--model", "own", environment={"XDG_DATA_HOME": str(self.folder / "data")})

    def test_what_is_written_is_not_written_over(self):
        (self.folder / "a.json").write_text("old")
        os.link(self.folder / "a.json", self.folder / "b.csv")
        self.refused("--report", "a.json", "--losses", "b.csv")

    def test_a_photograph_may_be_replaced_by_its_painting(self):
        before = self.samples("photo.png").astype(int)
        self.paint(output="photo.png")
        self.assertLessEqual(abs(self.samples("photo.png") + before - 255).max(), 0)


class Told(Door):
    def test_notes_are_told_like_warnings(self):
        _, err = self.paint("--model", "noted", "--report", "report.json")
        notes = ["The tiles are smaller than wanted.", "There is no second note."]
        self.assertEqual([line.removeprefix("pastiche: ") for line in err.splitlines() if line.startswith("pastiche: ")], notes)
        self.assertEqual(json.loads((self.folder / "report.json").read_text())["notes"], notes)
        self.assertEqual(self.paint("--model", "noted", "--quiet"), ("", ""))

    def test_the_result_is_what_the_core_painted(self):
        self.paint()
        self.assertLessEqual(abs(self.samples("out.png").astype(int) + self.samples("photo.png") - 255).max(), 0)

    def test_the_table_of_losses(self):
        self.paint("--losses", "losses.csv", "--steps", "4")
        with open(self.folder / "losses.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(list(rows[0]), "scale step width height seconds content style feature laplacian tv total".split())
        self.assertEqual([(int(row["scale"]), int(row["step"])) for row in rows], [(s, i) for s in (1, 2) for i in (1, 2, 3, 4)])
        self.assertEqual([(row["width"], row["height"]) for row in rows], [("60", "40")] * 4 + [("120", "80")] * 4)
        for row in rows:
            step = int(row["step"])
            self.assertEqual(float(row["seconds"]), step + 0.25)
            for name, value in [("content", CONTENT(step)), ("style", STYLE(step)), ("feature", 0.5), ("laplacian", 0.25), ("tv", 0.125)]:
                self.assertAlmostEqual(float(row[name]), value, places=7)
            self.assertAlmostEqual(float(row["total"]), TOTAL(step), places=6)

    def plot(self, *arguments):
        self.paint("--plot", "losses.svg", *arguments)
        tree = ElementTree.parse(self.folder / "losses.svg").getroot()
        names = {"line": [], "text": [], "polyline": [], "rect": []}
        for element in tree.iter():
            names.setdefault(element.tag.removeprefix("{http://www.w3.org/2000/svg}"), []).append(element)
        return names

    def test_the_plot_of_the_losses(self):
        elements = self.plot("--steps", "40")
        words = [element.text for element in elements["text"]]
        for word in ("60 × 40", "120 × 80", "Total", "Content", "Style", "100", "1", "0", "80"):
            self.assertIn(word, words)
        self.assertEqual(elements["rect"][0].get("fill"), "#ffffff")

        # Where the numbers stand tells where every point belongs.
        def anchored(anchor):
            return [element for element in elements["text"] if element.get("text-anchor") == anchor]

        up = {float(element.text): float(element.get("y")) - 4 for element in anchored("end")}
        decade = up[10] - up[100]
        self.assertAlmostEqual(up[1] - up[10], decade, delta=0.2, msg="the axis is logarithmic")
        left, right = (float(element.get("x")) for element in anchored("middle") if element.text in ("0", "80"))
        curves = elements["polyline"]
        self.assertEqual(len(curves), 6, "three losses on two scales")
        colors = list(dict.fromkeys(curve.get("stroke") for curve in curves))
        for color, loss in zip(colors, (STYLE, CONTENT, TOTAL)):
            pieces = [curve for curve in curves if curve.get("stroke") == color]
            points = [tuple(map(float, point.split(","))) for piece in pieces for point in piece.get("points").split()]
            self.assertEqual(len(points), 80)
            for i, (x, y) in enumerate(points):
                self.assertAlmostEqual(x, left + (right - left) * (i + 1) / 80, delta=0.11)
                self.assertAlmostEqual(y, up[1] - decade * math.log10(loss(i % 40 + 1)), delta=0.2)

    def test_a_plot_of_many_steps_stays_small(self):
        self.plot("--steps", "20000")
        self.assertLess((self.folder / "losses.svg").stat().st_size, 200_000)

    def test_without_a_step_there_is_still_a_table_and_a_plot(self):
        elements = self.plot("--model", "idle", "--losses", "losses.csv")
        self.assertEqual(elements["polyline"], [])
        self.assertEqual(len((self.folder / "losses.csv").read_text().splitlines()), 1)

    def test_a_stopped_run_tells_how_to_go_on_and_keeps_its_losses(self):
        err = self.stop_endless(
            *["stylize", "photo.png", "--style", "style.png", "--output", "out.png"],
            *["--checkpoint", "my run", "--losses", "losses.csv", "--plot", "losses.svg"],
        )
        self.assertIn("best picture so far", err.splitlines()[-2])
        self.assertTrue(err.endswith("go on with --resume 'my run'\n"), err)
        self.assertEqual(self.names(), sorted([*self.before, "losses.csv", "losses.svg", "my run", "out.png"]))

    def test_the_end_of_the_terminal_keeps_the_best_so_far(self):
        self.stop_endless("stylize", "photo.png", "--style", "style.png", "--output", "out.png", number=signal.SIGHUP)
        self.assertIn("out.png", self.names())

    def test_who_reads_what_is_said_may_go(self):
        process = self.start("stylize", "photo.png", "--style", "style.png", "--output", "out.png", "--steps", "5000", stderr=subprocess.STDOUT)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), 0)
        self.assertEqual(self.samples("out.png").shape, (80, 120, 3))

    def test_styles_masks_and_start_are_freed_once_the_core_has_copied_them(self):
        self.magick("-size", "2000x1500", "xc:tomato", "large.png")
        got = self.received("--size", "0", "--mask", "large.png", "--start-image", "large.png", content="large.png", style="large.png")
        floats = 2000 * 1500 * (4 + 1 + 4)
        self.assertGreater(got["resident_before"] - got["resident_after"], 0.9 * floats * 4)


class Columns(Door):
    def test_a_bar_counts_the_columns_of_wide_characters(self):
        catalog = self.folder / "po/zh_CN/LC_MESSAGES"
        catalog.mkdir(parents=True)
        source = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "%3d %%, %s left"\nmsgstr "%3d %%，还剩 %s"\n'
        subprocess.run(["msgfmt", "-o", catalog / "pastiche.mo", "-"], input=source.encode(), check=True)
        locale = self.folder / "zh_CN.UTF-8"  # made here, so that the test does not depend on what the machine has
        subprocess.run(["localedef", "--no-archive", "-i", "zh_CN", "-f", "UTF-8", locale], check=True, capture_output=True)
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
        translated = {"LOCPATH": str(self.folder), "LC_ALL": locale.name, "LANGUAGE": "zh_CN", "PASTICHE_LOCALEDIR": str(self.folder / "po")}
        process = self.start("stylize", "photo.png", "--style", "style.png", "--output", "out.png", stderr=theirs, environment=translated)
        process.communicate(timeout=60)
        shown = os.read(ours, 65536).decode()
        os.close(ours)
        os.close(theirs)
        bar = re.search(r"\r(\[[^\r\n\x1b]*还剩[^\r\n\x1b]*)\x1b\[K", shown)[1]
        self.assertEqual(sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in bar), 49)


class Estimate(Door):
    ARGUMENTS = ["estimate", "photo.png", "--style", "style.png"]

    def test_it_is_told_in_sentences(self):
        status, out, err = self.run_program(*self.ARGUMENTS, "--size", "60", "--memory", "4G", "--style", "photo.png")
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(
            out,
            "“photo.png” would be painted at 60 × 40 pixels.\n"
            "Time: about 3:20 (200 seconds).\n"
            "Memory: about 1.5\N{NO-BREAK SPACE}GiB of the 4.0\N{NO-BREAK SPACE}GiB that may be used; at least 300.0\N{NO-BREAK SPACE}MiB is needed.\n"
            "Tiles: 6, the largest of 64 × 48 pixels.\n",
        )
        _, out, _ = self.run_program(*self.ARGUMENTS, "--model", "whole")
        self.assertIn("Tiles: none, the picture is worked on whole.\n", out)
        self.assertEqual(self.names(), self.before)

    def test_it_is_told_as_json(self):
        status, out, err = self.run_program(*self.ARGUMENTS, "--json", "--memory", "1024")
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(
            json.loads(out),
            {
                **{"width": 120, "height": 80, "scales": 2, "seconds": 100},
                **{"peak_bytes": 1610612736, "limit_bytes": 1073741824, "least_bytes": 314572800},
                **{"tiles": 6, "tile_width": 64, "tile_height": 48},
            },
        )

    def test_the_options_of_stylize_are_taken_and_nothing_is_written(self):
        self.magick("-size", "8x8", "xc:white", "mask.png")
        self.before = self.names()
        status, out, err = self.run_program(
            *[*self.ARGUMENTS, "--mask", "mask.png", "--start-image", "mask.png", "--output", "out.png", "--report", "r.json"],
            *["--losses", "l.csv", "--plot", "p.svg", "--checkpoint", "c", "--quiet", "--preset", "quick"],
        )
        self.assertEqual((status, err), (0, ""), out)
        self.assertEqual(self.names(), self.before)

    def test_a_limit_that_is_too_small_is_an_error(self):
        for more in ([], ["--json"]):
            self.assertEqual(self.fails(1, *self.ARGUMENTS, "--memory", "1", *more), "The limit is too small.")

    def test_a_picture_that_is_missing_is_an_error(self):
        self.assertIn("does not exist", self.fails(1, "estimate", "gone.png", "--style", "style.png"))
        self.assertIn("does not exist", self.fails(1, *self.ARGUMENTS, "--mask", "gone.png"))


class Explanation(Door):
    ARGUMENTS = ["explain", "photo.png", "--style", "style.png", "--output-dir"]

    def explain(self, *arguments, **options):
        status, out, err = self.run_program(*self.ARGUMENTS, "page", *arguments, **options)
        self.assertEqual(status, 0, err)
        return out, err

    def page(self):
        return (self.folder / "page" / "index.html").read_text()

    def test_the_page_shows_every_picture(self):
        out, _ = self.explain()
        self.assertEqual(out, f"Open “{self.folder}/page/index.html” in a browser.\n")
        pictures = re.findall(r'src="([^"]+)"', self.page())
        self.assertEqual(sorted({*pictures, "index.html"}), sorted(os.listdir(self.folder / "page")))
        for name in ("content.png", "painting.png", "losses.svg", "content-alone.png", "style-relu1_1-alone.png", "gram-relu1_1-style.png",
                     "features-relu1_1-content.png", "features-relu2_1-painting.png"):
            self.assertIn(name, pictures)
        self.assertNotIn("gram-relu2_1-style.png", pictures, "it is no style layer")
        self.assertIn("2 maps of 4 × 2 pixels", self.page())
        self.assertIn("its distance to the style&apos;s is 0.000", self.page().replace("&#39;", "&apos;"))
        self.assertEqual(self.names(), sorted([*self.before, "page"]))
        self.assertLess(abs(self.samples("page/painting.png").astype(int) + self.samples("photo.png") - 255).max(), 1)

    def test_maps_and_matrices_are_drawn(self):
        self.explain("--quiet")
        grid = self.samples("page/features-relu1_1-content.png")
        self.assertEqual(grid.shape, (72, 144 + 4 + 144, 3), "two maps, four wide and two high, side by side")
        places = [[tuple(grid[y, x]) for x in (18, 54, 90, 126)] for y in (18, 54)]
        self.assertEqual(places, [[(round(255 * (4 * y + x) / 7),) * 3 for x in range(4)] for y in range(2)])
        self.assertEqual(tuple(grid[36, 146]), (255, 255, 255), "paper between them")
        # A quarter of the largest product is half of the way to white, which is a third of the way from purple to orange.
        heat = self.samples("page/gram-relu1_1-style.png")
        self.assertEqual(heat.shape, (288, 288, 3))
        self.assertEqual(tuple(heat[287, 287]), (255, 255, 255))
        for value, expected in zip(heat[0, 0], (5 / 6, 1 / 6, 1 / 6)):
            self.assertAlmostEqual(value / 255, expected, delta=1 / 255)
        self.assertEqual(tuple(heat[0, 287]), tuple(heat[287, 0]))

    def test_where_the_paint_was_taken_from_is_drawn(self):
        self.explain("--quiet")
        places = self.samples("page/places.png")
        self.assertEqual(places.tolist(), [[[64, 128, 128], [255, 255, 255]]], "a quarter across and half down; nothing")
        key = self.samples("page/places-style.png")  # of 90 × 90
        self.assertEqual(key.shape, (90, 90, 3))
        self.assertEqual(tuple(key[0, 89]), (round(255 * 89.5 / 90), round(255 * 0.5 / 90), 128))
        # The first patch lies an eighth across and a sixth down in the painting; half of it, a fortieth of the longer side, is at least 4 pixels.
        red = (round(255 * 0.9), round(255 * 0.1), round(255 * 0.1))
        painting, style = self.samples("page/patches-painting.png"), self.samples("page/patches-style.png")
        self.assertEqual(painting.shape, (80, 120, 3))
        self.assertEqual(tuple(painting[13 - 4, 15]), red)
        self.assertEqual(tuple(painting[13, 15]), tuple(self.samples("page/painting.png")[13, 15]), "its inside is as it is")
        self.assertLessEqual(abs(painting[79, 119] * 2.0 - 255 - self.samples("page/painting.png")[79, 119]).max(), 1, "all else is pale")
        # All of the left half are from one place; the last of them, in the last row, is drawn last.
        self.assertEqual(tuple(style[45 - 4, 22]), (round(255 * 0.9), round(255 * 0.2), round(255 * 0.85)))

    def test_browsers_are_told_what_they_need(self):
        self.explain()
        self.assertIn('<html lang="en">', self.page())
        self.assertIn('<meta name="viewport" content="width=device-width', self.page(), "or else a phone shrinks the page for a wide screen")
        self.assertIn("G<sub>ij</sub> = Σ<sub>p</sub> F<sub>ip</sub> F<sub>jp</sub> / N", self.page())
        self.assertIn(">relu1_1<", self.page(), "a layer's name is no formula")

    def test_the_page_says_which_language_it_is_in(self):
        catalog = self.folder / "po/zh_CN/LC_MESSAGES"
        catalog.mkdir(parents=True)
        source = (
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nLanguage-Team: Chinese\\nLanguage: zh_CN\\n"\n\n'
            'msgid "How this picture was painted"\nmsgstr "这张图片是怎样画成的"\n'
        )
        subprocess.run(["msgfmt", "-o", catalog / "pastiche.mo", "-"], input=source.encode(), check=True)
        locale = self.folder / "zh_CN.UTF-8"  # made here, so that the test does not depend on what the machine has
        subprocess.run(["localedef", "--no-archive", "-i", "zh_CN", "-f", "UTF-8", locale], check=True, capture_output=True)
        translated = {"LOCPATH": str(self.folder), "LC_ALL": locale.name, "LANGUAGE": "zh_CN", "PASTICHE_LOCALEDIR": str(self.folder / "po")}
        self.explain(environment=translated)
        self.assertIn("<h1>这张图片是怎样画成的</h1>", self.page())
        self.assertIn('<html lang="zh-CN">', self.page())

    def test_what_cannot_be_written_is_said_before_any_work(self):
        (self.folder / "page").mkdir()
        (self.folder / "page" / "notes.txt").write_text("mine")
        self.assertIn("The folder “page” is not empty", self.fails(1, *self.ARGUMENTS, "page"))
        self.assertEqual(os.listdir(self.folder / "page"), ["notes.txt"])
        self.assertIn("“photo.png” is not a folder", self.fails(1, *self.ARGUMENTS, "photo.png"))
        self.assertIn("There is no folder", self.fails(1, *self.ARGUMENTS, "no/page"))

    def test_an_empty_folder_is_filled_and_not_replaced(self):
        """It may be a mount point, or where the shell is, or lie in a folder that may not be changed."""
        (self.folder / "page").mkdir()
        folder = os.stat(self.folder / "page").st_ino
        self.explain()
        self.assertEqual(os.stat(self.folder / "page").st_ino, folder)
        pictures = re.findall(r'src="([^"]+)"', self.page())
        self.assertEqual(sorted({*pictures, "index.html"}), sorted(os.listdir(self.folder / "page")))
        self.assertEqual(self.names(), sorted([*self.before, "page"]))

    def test_wrong_usage(self):
        self.assertIn("--output-dir is missing", self.fails(2, *self.ARGUMENTS[:-1]))
        self.assertIn("Only one --style", self.fails(2, *self.ARGUMENTS, "page", "--style", "photo.png"))
        self.assertIn("without --mask", self.fails(2, *self.ARGUMENTS, "page", "--mask", "photo.png"))
        self.assertIn("“--output” is an option of “pastiche stylize”, not of “pastiche explain”", self.fails(2, *self.ARGUMENTS, "page", "--output", "out.png"))

    def test_stopping_leaves_nothing(self):
        err = self.stop_endless(*self.ARGUMENTS, "page")
        self.assertTrue(err.endswith("Stopped; nothing was written.\n"), err)
        self.assertEqual(self.names(), self.before)
        (self.folder / "page").mkdir()
        self.stop_endless(*self.ARGUMENTS, "page")
        self.assertEqual(os.listdir(self.folder / "page"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
