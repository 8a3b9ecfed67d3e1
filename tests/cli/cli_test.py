#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pastiche command end to end, with the real core and the built-in model. First argument: the program."""

import fcntl
import json
import os
import pty
import re
import resource
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import unittest
from pathlib import Path

import numpy

from command_line import PROGRAM, QUICK, CommandLine

class Help(CommandLine):
    def test_help_names_every_option_with_its_default(self):
        status, out, err = self.run_program("stylize", "--help")
        self.assertEqual((status, err), (0, ""))
        for option in ("strength", "style-scale", "size", "steps", "color", "model", "seed", "optimizer", "device", "precision"):
            self.assertRegex(out, rf"(?m)^  --{option} ")
        for option in ("--style", "--weight", "--mask", "--output", "--preset", "--start-image", "--checkpoint", "--resume", "--report",
                       "--losses", "--plot", "--quiet"):
            self.assertIn(option, out)
        for preset in ("quick", "instant", "fine", "lines", "gatys"):
            self.assertRegex(out, rf"(?m)^  {preset} +[A-Z]")
        text = " ".join(out.split())
        self.assertIn("From 0 to 1, by default 0.5.", text)
        self.assertRegex(text, r"One of adam, lbfgs, gradient-descent; by default (adam|lbfgs)\.")
        self.assertIn("empty: the model's own. --", text, "no default is told where it is nothing")
        self.assertIn("Longest side of the result in pixels", text)
        self.assertLess(max(map(len, out.splitlines())), 101)
        self.assertFalse([line for line in out.splitlines() if line != line.rstrip()])

    def test_general_help(self):
        status, out, err = self.run_program("--help")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("pastiche stylize CONTENT --style STYLE --output OUT", out)
        self.assertIn("pastiche estimate", out)
        self.assertIn("pastiche info", out)
        self.assertIn("pastiche explain", out)
        self.assertIn("pastiche doctor", out)

    def test_help_of_doctor(self):
        status, out, err = self.run_program("doctor", "--help")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("pastiche doctor", out)

    def test_help_of_estimate(self):
        status, out, err = self.run_program("estimate", "--help")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("pastiche estimate CONTENT --style STYLE", out)
        self.assertRegex(out, r"(?m)^  --json ")

    def test_help_of_info(self):
        status, out, err = self.run_program("info", "--help")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("pastiche info FILE.xcf", out)

    def test_help_of_explain(self):
        status, out, err = self.run_program("explain", "--help")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("pastiche explain CONTENT --style STYLE --output-dir FOLDER", out)
        self.assertIn("by default 512", " ".join(out.split()))

    def test_version_tells_the_engines_too(self):
        status, out, err = self.run_program("--version")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"\Apastiche \d+\.\d+\.\d+\npainting engine \d+\.\d+\.\d+ \(LibTorch \d+\.\d+\.\d+.*\)\n")
        # What the loader itself finds, whatever the engine says.
        chosen = os.path.realpath(subprocess.run("ldconfig -p | sed -n 's/^\\s*libblas.so.3 .*=> //p'", shell=True, text=True, check=True,
                                                 capture_output=True, env={"PATH": "/sbin:/usr/sbin:/usr/bin:/bin"}).stdout.strip())
        self.assertRegex(out, rf"(?m)^matrix products OpenBLAS \(openmp, {os.path.dirname(chosen)}/")
        flags = Path("/proc/cpuinfo").read_text().split("flags", 1)[1].split("\n", 1)[0].split()
        for feature, flag in [("AVX2", "avx2"), ("AVX-512", "avx512f"), ("AVX-512 BF16", "avx512_bf16"), ("AMX BF16", "amx_bf16")]:
            self.assertEqual(bool(re.search(rf"(?m)^processor .*[ ,]{feature}[,)]", out)), flag in flags, (feature, out))

    def test_the_program_itself_does_not_load_libtorch(self):
        libraries = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
        self.assertIn("libgegl", libraries)
        self.assertNotIn("torch", libraries)

    def test_without_the_engine_it_says_what_to_install(self):
        missing = {"PASTICHE_CORE": str(self.folder / "gone.so")}
        sentence = self.fails(1, "stylize", "photo.png", "--style", "style.png", "--output", "out.png", environment=missing)
        self.assertIn("install LibTorch", sentence)
        status, out, _ = self.run_program("--version", environment=missing)
        self.assertEqual(status, 0)
        self.assertIn("install LibTorch", out)


class Usage(CommandLine):
    def test_wrong_usage_is_said_in_one_sentence(self):
        good = ["stylize", "photo.png", "--style", "style.png", "--output", "out.png"]
        for arguments, words in [
            ([], "see “pastiche --help”"),
            (["info"], "FILE is missing"),
            (["info", "a.xcf", "b.xcf"], "“b.xcf” is one word too many"),
            (["repaint"], "“repaint” is nothing Pastiche can do"),
            (["--strength", "1"], "see “pastiche --help”"),
            (["stylize"], "CONTENT is missing"),
            (["stylize", "photo.png", "--output", "out.png"], "--style is missing"),
            (["stylize", "photo.png", "--style", "style.png"], "--output is missing"),
            (["stylize", "photo.png", "--output", "out.png", "--style"], "--style needs a value"),
            ([*good, "other.png"], "“other.png” is one word too many"),
            ([*good, "--stength", "1"], "There is no option “--stength”"),
            ([*good, "--strength", "1.01"], "--strength takes a number from 0 to 1, not “1.01”"),
            ([*good, "--strength", "-0.1"], "--strength takes a number from 0 to 1, not “-0.1”"),
            ([*good, "--strength", "nan"], "--strength takes a number from 0 to 1, not “nan”"),
            ([*good, "--strength", "0,5"], "--strength takes a number from 0 to 1, not “0,5”"),
            ([*good, "--strength", ""], "--strength takes a number from 0 to 1, not “”"),
            ([*good, "--steps", "-1"], "--steps takes a whole number from 0 to 20000, not “-1”"),
            ([*good, "--steps", "1.5"], "--steps takes a whole number from 0 to 20000, not “1.5”"),
            ([*good, "--seed", "2147483648"], "--seed takes a whole number from 0 to 2147483647"),
            ([*good, "--size", "99999"], "--size takes a whole number from 0 to 32768"),
            ([*good, "--optimizer", "sgd"], "--optimizer takes one of adam, lbfgs, gradient-descent, not “sgd”"),
            ([*good, "--report", ""], "--report is missing"),
            ([*good, "--preset", "nice"], "--preset takes one of quick, instant, fine, lines, gatys, not “nice”"),
            ([*good, "--json"], "There is no option “--json”"),
            ([*good, "--model", ""], "--model needs a value"),
            ([*good, "--model="], "--model needs a value"),
            ([*good, "--mask", ""], "--mask is missing"),
            ([*good, "--mask", "-"], "--mask must be a file"),
            ([*good, "--style", ""], "--style is missing"),
            ([*good, "--weight", "-1"], "--weight takes a number from 0 to 1000, not “-1”"),
            ([*good, "--weight", "0"], "At least one style must have a --weight above 0"),
            ([*good, "--weight", "2", "--weight", "3"], "The style “style.png” has --weight twice"),
            ([*good, "--mask", "a.png", "--mask", "b.png"], "The style “style.png” has --mask twice"),
            ([*good, "--style-crop", "1,2,3,4", "--style-crop", "1,2,3,4"], "The style “style.png” has --style-crop twice"),
            *(
                ([*good, "--style-crop", crop], f"--style-crop takes a rectangle X,Y,WIDTH,HEIGHT in pixels of the style picture, such as 40,30,800,600, not “{crop}”")
                for crop in ("", "1,2,3", "1,2,3,4,5", "1,2,0,4", "1,2,3,-4", "-1,2,3,4", "1,2,3,4.5", "a,b,c,d")
            ),
            (["stylize", "photo.png", "--style-crop", "1,2,3,4", "--style", "style.png", "-o", "out.png"], "--style-crop must come after the --style"),
            (["stylize", "photo.png", "--mask", "a.png", "--style", "style.png", "-o", "out.png"], "--mask must come after the --style"),
            (["stylize", "photo.png", "--weight", "1", "--style", "style.png", "-o", "out.png"], "--weight must come after the --style"),
            ([*good, *["--style", "style.png"] * 16], "17 styles are too many; at most 16 can be given"),
            ([*good, "--memory", "4X"], "--memory takes a number of MiB, or a number with a unit such as 900M or 4G, not “4X”"),
            (["stylize", "-", "--style", "style.png", "--output", "out.png"], "“-” is not supported"),
            (["stylize", "photo.png", "--style", "style.png", "--output", "-"], "“-” is not supported"),
            ([*good, "--report", "out.png"], "--report and --output are the same file"),
            ([*good, "--losses", "a", "--plot", "a"], "--plot and --losses are the same file"),
            ([*good, "--checkpoint", "./out.png"], "--checkpoint and --output are the same file"),
            (["estimate"], "CONTENT is missing"),
            (["estimate", "photo.png"], "--style is missing"),
            (["estimate", "photo.png", "--style", "style.png", "--strenth", "1"], "see “pastiche estimate --help”"),
        ]:
            with self.subTest(arguments=arguments):
                self.assertIn(words, self.fails(2, *arguments))


class Painting(CommandLine):
    def test_a_picture_is_painted_and_told_about(self):
        out, err = self.paint("--report", "report.json")
        self.assertRegex(out, r"\A“out.png” is painted: 120 × 80 pixels, \d+\.\d seconds\.\n\Z")
        lines = err.splitlines()
        self.assertEqual(lines[0], "Painting “photo.png”, 120 × 80 pixels, in the style of “style.png”.")
        self.assertTrue(lines[1:])
        for line in lines[1:]:
            self.assertRegex(line, r"^ *\d+ %(, [\d:]+ left)?$")
        self.assertEqual(lines[-1].split()[0], "100")
        painted, photo = self.samples("out.png").astype(int), self.samples("photo.png").astype(int)
        self.assertEqual(painted.shape, photo.shape)
        self.assertGreater(numpy.abs(painted - photo).mean(), 1, "nothing was painted")
        self.assertLess(numpy.abs(painted - photo).mean(), 60, "after three steps it is still the photograph")
        self.assertEqual(self.names(), sorted([*self.before, "out.png", "report.json"]))

    def test_the_report_tells_what_was_done(self):
        self.paint("--report", "report.json", "--strength", "0.7", "--seed", "5", "--optimizer", "lbfgs", "--device", "cpu", "--size", "100")
        report = json.loads((self.folder / "report.json").read_text())
        self.assertEqual((report["content"], report["output"]), ("photo.png", "out.png"))
        self.assertEqual(report["styles"], [{"file": "style.png", "weight": 1}])
        self.assertEqual((report["width"], report["height"]), (100, 67))
        self.assertEqual(report["options"]["strength"], 0.7)
        self.assertEqual(report["options"]["optimizer"], "lbfgs")
        self.assertEqual(report["options"]["size"], 100)
        self.assertEqual(report["options"]["style-scale"], 1)
        self.assertEqual((report["model"], report["device"], report["seed"], report["stopped"]), ("compact", "cpu", 5, False))
        self.assertIn(report["precision"], ("float32", "bfloat16"))
        self.assertGreater(report["seconds"], 0)
        self.assertGreaterEqual(report["total_seconds"], report["seconds"])
        self.assertGreater(report["peak_bytes"], 1 << 20)
        last = report["scales"][-1]
        self.assertEqual((last["width"], last["height"]), (100, 67))
        self.assertEqual(report["scales"][0]["steps"], 3)
        for scale in report["scales"]:
            self.assertGreater(scale["seconds"], 0)
            parts = [scale[f"{name}_loss"] for name in ("content", "style", "feature", "laplacian", "tv")]
            self.assertAlmostEqual(scale["total_loss"], sum(parts), places=6)

    def test_the_table_of_losses_is_the_history_of_the_report(self):
        self.paint("--losses", "losses.csv", "--report", "report.json")
        report = json.loads((self.folder / "report.json").read_text())
        table = numpy.genfromtxt(self.folder / "losses.csv", delimiter=",", names=True)
        for number, scale in enumerate(report["scales"], 1):
            rows = table[table["scale"] == number]
            numpy.testing.assert_allclose(rows["total"], scale["history"], rtol=1e-6)
            self.assertEqual(set(rows["width"]), {scale["width"]})

    def test_every_style_is_painted_where_its_mask_says(self):
        self.magick("-size", "90x90", "-seed", "3", "plasma:red-darkred", "-depth", "8", "red.png")
        self.magick("-size", "90x90", "-seed", "4", "plasma:blue-darkblue", "-depth", "8", "blue.png")
        self.magick("-size", "60x80", "xc:white", "xc:black", "+append", "left.png")
        self.magick("left.png", "-negate", "right.png")
        self.paint("--mask", "left.png", "--style", "blue.png", "--mask", "right.png", "--strength", "1", "--steps", "30", style="red.png")
        painted = self.samples("out.png").astype(int)
        redness = painted[:, :, 0] - painted[:, :, 2]
        self.assertGreater(redness[:, :50].mean(), redness[:, 70:].mean() + 60)

    def test_a_model_s_own_layers_can_be_asked_for(self):
        self.paint(output="default.png")
        self.paint("--style-layers", "", "--content-layers", "")
        self.assertTrue((self.samples("out.png") == self.samples("default.png")).all())

    def test_what_is_estimated_can_be_painted_and_less_cannot(self):
        status, out, err = self.run_program("estimate", "photo.png", "--style", "style.png", "--json", *QUICK)
        self.assertEqual((status, err), (0, ""))
        estimate = json.loads(out)
        self.assertEqual((estimate["width"], estimate["height"]), (120, 80))
        self.assertGreater(estimate["seconds"], 0)
        self.assertGreater(estimate["peak_bytes"], 1 << 20)
        self.assertGreaterEqual(estimate["tiles"], 1)
        self.assertLessEqual(estimate["least_bytes"], estimate["limit_bytes"])
        self.assertLessEqual(estimate["peak_bytes"], estimate["limit_bytes"])
        self.assertEqual(self.names(), self.before)
        self.fails(1, "estimate", "photo.png", "--style", "style.png", "--memory", "1M")
        self.fails(1, "stylize", "photo.png", "--style", "style.png", "--output", "out.png", "--memory", "1M")

    def test_the_same_seed_paints_the_same_bytes(self):
        for name, seed in [("a.png", "7"), ("b.png", "7"), ("c.png", "8")]:
            self.paint("--seed", seed, output=name, environment={"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"})
        first, again, other = ((self.folder / name).read_bytes() for name in ("a.png", "b.png", "c.png"))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_any_number_of_threads_paints_the_same_bytes(self):
        self.magick("-size", "400x300", "-seed", "3", "plasma:tomato-steelblue", "large.jpg")
        for number, (size, precision) in enumerate((("400", "auto"), ("300", "float32"))):
            for threads in (1, 2, 3):
                self.paint("--size", size, "--steps", "4", "--precision", precision, content="large.jpg", output=f"{number}-{threads}.png",
                           environment={"OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive"})
            first, *others = ((self.folder / f"{number}-{threads}.png").read_bytes() for threads in (1, 2, 3))
            for other in others:
                self.assertEqual(first, other)

    def test_no_libraries_for_clusters_and_no_operations_of_gegl_s_are_loaded(self):
        # UCX moves the end of the heap under the other threads' feet, when it is loaded (core/nompi.cpp).
        _, told = self.paint("--quiet", environment={"LD_DEBUG": "files"})
        loaded = set(re.findall(r"calling init: (\S+)", told))
        self.assertTrue(any("libtorch_cpu" in library for library in loaded), told)
        self.assertEqual([library for library in loaded if re.search(r"/lib(mpi|open-pal|pmix|uc[a-z])\b|/gegl-0\.4/", library)], [])

    def test_waiting_threads_soon_let_others_work(self):
        # OpenMP tells its settings whenever it is loaded, also by a library that needs it for something else.
        for own, expected in ({}, {"20000"}), ({"GOMP_SPINCOUNT": "7"}, {"7"}):
            _, err = self.paint("--quiet", environment={"OMP_DISPLAY_ENV": "verbose", **own})
            self.assertEqual(set(re.findall(r"GOMP_SPINCOUNT = '(\d+)'", err)), expected)

    def test_quiet_says_nothing(self):
        self.assertEqual(self.paint("--quiet"), ("", ""))
        self.assertEqual(self.samples("out.png").shape, (80, 120, 3))

    def test_size_is_that_of_the_result(self):
        for size, shape in [("60", (40, 60, 3)), ("0", (80, 120, 3)), ("500", (80, 120, 3))]:
            self.paint("--size", size)
            self.assertEqual(self.samples("out.png").shape, shape, size)

    def test_names_with_spaces_and_other_scripts(self):
        (self.folder / "mein Bild 照片.png").write_bytes((self.folder / "photo.png").read_bytes())
        (self.folder / "–Ordner mit Ümlaut").mkdir()
        out, _ = self.paint("--report", "–Ordner mit Ümlaut/報告 1.json", content="mein Bild 照片.png", output="–Ordner mit Ümlaut/Bild 1.png")
        self.assertIn("“–Ordner mit Ümlaut/Bild 1.png”", out)
        self.assertEqual(sorted(os.listdir(self.folder / "–Ordner mit Ümlaut")), ["Bild 1.png", "報告 1.json"])
        report = json.loads((self.folder / "–Ordner mit Ümlaut/報告 1.json").read_text(encoding="utf-8"))
        self.assertEqual(report["content"], "mein Bild 照片.png")

    def test_a_name_that_is_not_utf8(self):
        name = os.fsencode(self.folder) + b"/caf\xe9.png"
        Path(os.fsdecode(name)).write_bytes((self.folder / "photo.png").read_bytes())
        out, _ = self.paint("--report", "r.json", content=name, output=b"r\xe9sum\xe9.png")
        self.assertIn("is painted", out)
        self.assertIn(b"r\xe9sum\xe9.png", os.listdir(os.fsencode(self.folder)))
        self.assertIn("caf", json.loads((self.folder / "r.json").read_text(encoding="utf-8"))["content"])

    def test_the_photograph_may_be_its_own_style_and_its_own_result(self):
        before = (self.folder / "photo.png").read_bytes()
        self.paint(style="photo.png", output="photo.png")
        self.assertNotEqual((self.folder / "photo.png").read_bytes(), before)
        self.assertEqual(self.samples("photo.png").shape, (80, 120, 3))
        self.assertEqual(self.names(), self.before)

    def test_a_missing_style_leaves_the_photograph_that_is_its_own_result(self):
        before = (self.folder / "photo.png").read_bytes()
        self.fails(1, "stylize", "photo.png", "--style", "gone.png", "--output", "photo.png")
        self.assertEqual((self.folder / "photo.png").read_bytes(), before)


class Formats(CommandLine):
    def depth(self, name):
        """From the file itself: ImageMagick tells how many bits the samples need."""
        head = (self.folder / name).read_bytes()[:26]
        self.assertEqual(head[:8], b"\x89PNG\r\n\x1a\n")
        return head[24]

    def test_sixteen_bits_stay_sixteen_and_eight_eight(self):
        self.magick("photo.png", "-depth", "16", "-evaluate", "multiply", "0.99", "deep.png")
        self.paint(content="deep.png")
        self.assertEqual(self.depth("out.png"), 16)
        self.assertTrue((self.samples("out.png", 16) % 257 != 0).any(), "the low bits are used")
        self.paint()
        self.assertEqual(self.depth("out.png"), 8)

    def test_every_kind_of_file_can_be_written(self):
        self.paint(output="out.png")
        reference = self.samples("out.png").astype(int)
        for name in ("OUT.JPG", "out.tif", "out.webp"):
            with self.subTest(name):
                self.paint(output=name)
                difference = self.samples(name).astype(int) - reference
                self.assertLess(numpy.abs(difference).mean(), 12)  # WebP and JPEG lose detail
                self.assertLess(numpy.abs(difference.mean(axis=(0, 1))).max(), 1.5)  # but no colour
        self.paint(output="out.exr")
        self.paint(content="out.exr", output="again.png")  # what was written can be read
        self.assertEqual(self.samples("again.png").shape, (80, 120, 3))

    def test_a_turned_photograph_comes_out_upright(self):
        self.magick("photo.png", "-rotate", "-90", "-orient", "RightTop", "turned.tif")
        self.assertEqual(self.magick("identify", "-format", "%wx%h", "turned.tif"), "80x120")
        self.paint(content="turned.tif", output="turned.png")
        self.paint(output="straight.png")
        turned, straight = self.samples("turned.png"), self.samples("straight.png")
        self.assertTrue((turned == straight).all())

    def test_alpha_is_kept_in_a_png_and_put_on_white_in_a_jpeg(self):
        mask = ["(", "-size", "60x80", "xc:black", "xc:white", "+append", ")"]
        self.magick("photo.png", *mask, "-alpha", "off", "-compose", "CopyOpacity", "-composite", "half.png")
        self.paint(content="half.png")
        raw = subprocess.run(["magick", "out.png", "-depth", "8", "rgba:-"], cwd=self.folder, capture_output=True, check=True).stdout
        alpha = numpy.frombuffer(raw, numpy.uint8).reshape(80, 120, 4)[:, :, 3]
        self.assertTrue((alpha[:, :60] == 0).all() and (alpha[:, 60:] == 255).all())
        _, err = self.paint(content="half.png", output="out.jpg")
        self.assertIn("pastiche: A JPEG cannot be transparent: “out.jpg” was put on white.", err)
        self.assertGreater(self.samples("out.jpg")[:, :50].min(), 245)

    def test_gray_stays_gray_only_when_its_colours_are_kept(self):
        self.magick("photo.png", "-colorspace", "Gray", "gray.png")
        self.paint("--color", "content", content="gray.png")
        self.assertEqual(self.magick("identify", "-format", "%[colorspace]", "out.png"), "Gray")
        self.paint(content="gray.png")
        self.assertEqual(self.magick("identify", "-format", "%[colorspace]", "out.png"), "sRGB")
        painted = self.samples("out.png").astype(int)
        self.assertGreater(numpy.abs(painted[:, :, 0] - painted[:, :, 2]).mean(), 1)

    def test_exif_is_kept(self):
        self.magick("photo.png", "-set", "comment", "x", "-define", "jpeg:preserve-settings", "photo.jpg")
        # A minimal EXIF block: little-endian TIFF with Orientation = 1 and Artist = "Ada".
        exif = b"II*\0\x08\0\0\0" + struct.pack("<H", 2)
        exif += struct.pack("<HHIHH", 0x0112, 3, 1, 1, 0) + struct.pack("<HHI4s", 0x013B, 2, 4, b"Ada\0") + struct.pack("<I", 0)
        jpeg = (self.folder / "photo.jpg").read_bytes()
        payload = b"Exif\0\0" + exif
        (self.folder / "photo.jpg").write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:])
        self.paint(content="photo.jpg", output="out.jpg")
        self.assertEqual(self.magick("identify", "-format", "%[EXIF:Artist]", "out.jpg"), "Ada")


class Failures(CommandLine):
    def test_failures_are_one_sentence_and_change_nothing(self):
        (self.folder / "note.txt").write_text("Remember the milk.\n")
        (self.folder / "cut.png").write_bytes((self.folder / "photo.png").read_bytes()[:2000])
        self.magick("photo.png", "whole.jpg")
        (self.folder / "cut.jpg").write_bytes((self.folder / "whole.jpg").read_bytes()[:1500])
        (self.folder / "album").mkdir()
        for content, style, output, more, words in [
            ("gone.png", "style.png", "out.png", [], "“gone.png” does not exist."),
            ("photo.png", "gone.png", "out.png", [], "“gone.png” does not exist."),
            ("album", "style.png", "out.png", [], "“album” is a folder, not a picture."),
            ("note.txt", "style.png", "out.png", [], "“note.txt” is not a picture of a kind Pastiche reads"),
            ("photo.png", "cut.png", "out.png", [], "“cut.png” is damaged or cut short."),
            ("cut.jpg", "style.png", "out.png", [], "“cut.jpg” is damaged or cut short."),
            ("photo.png", "style.png", "out.xcf", [], "does not tell what kind of file to write"),
            ("photo.png", "style.png", "album", [], "is a folder; give the name of a file"),
            ("photo.png", "style.png", "gone/out.png", [], "There is no folder"),
            ("photo.png", "style.png", "/proc/out.png", [], "cannot be written to"),
            ("photo.png", "style.png", "out.png", ["--report", "gone/report.json"], "There is no folder"),
            ("photo.png", "style.png", "out.png", ["--plot", "gone/plot.svg"], "There is no folder"),
            ("photo.png", "style.png", "out.png", ["--losses", "album"], "is a folder"),
            ("photo.png", "style.png", "out.png", ["--checkpoint", "gone/checkpoint"], "There is no folder"),
            ("photo.png", "style.png", "out.png", ["--mask", "gone.png"], "“gone.png” does not exist."),
            ("photo.png", "style.png", "out.png", ["--mask", "cut.png"], "“cut.png” is damaged or cut short."),
            ("photo.png", "style.png", "out.png", ["--start-image", "note.txt"], "“note.txt” is not a picture"),
            ("photo.png", "style.png", "out.png", ["--model", "gone.safetensors"], "gone.safetensors"),
            ("photo.png", "style.png", "out.png", ["--model", "note.txt"], "note.txt"),
        ]:
            with self.subTest(content=content, style=style, output=output, more=more):
                sentence = self.fails(1, "stylize", content, "--style", style, "--output", output, *more)
                self.assertIn(words, sentence)

    def test_an_output_that_cannot_be_written_is_found_before_painting(self):
        _, _, err = self.run_program("stylize", "photo.png", "--style", "style.png", "--output", "gone/out.png")
        self.assertNotIn("Painting", err)

    def test_a_full_disk_leaves_what_was_there(self):
        (self.folder / "out.png").write_text("what was there before")

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        sentence = self.fails(1, "stylize", "photo.png", "--style", "style.png", "--output", "out.png", *QUICK, preexec_fn=limit)
        self.assertIn("“out.png” cannot be written", sentence)
        self.assertEqual((self.folder / "out.png").read_text(), "what was there before")


class Stopping(CommandLine):
    LONG = ["stylize", "photo.png", "--style", "style.png", "--output", "out.png", "--steps", "20000"]

    def start_and_await_the_first_step(self, *more):
        process = self.start(*self.LONG, *more)
        said = ""
        for line in process.stderr:
            said += line
            if "%" in line:
                return process
        self.fail(f"it ended before the first step: {said}")

    def finish(self, process):
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    def test_the_first_signal_stops_and_writes_the_best_so_far(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                process = self.start_and_await_the_first_step("--report", "report.json")
                process.send_signal(number)
                status, out, err = self.finish(process)
                self.assertEqual((status, out), (130, ""), err)
                self.assertRegex(err.splitlines()[-1], r"^Stopped; “out.png” is the best picture so far: 120 × 80 pixels, \d+\.\d seconds\.$")
                self.assertEqual(self.samples("out.png").shape, (80, 120, 3))
                self.assertTrue(json.loads((self.folder / "report.json").read_text())["stopped"])
                self.assertEqual(self.names(), sorted([*self.before, "out.png", "report.json"]))
                (self.folder / "out.png").unlink()
                (self.folder / "report.json").unlink()

    def test_a_stopped_run_goes_on_from_its_checkpoint(self):
        process = self.start_and_await_the_first_step("--checkpoint", "run.checkpoint")
        process.send_signal(signal.SIGINT)
        status, _, err = self.finish(process)
        self.assertEqual(status, 130, err)
        self.assertRegex(err.splitlines()[-1], r"go on with --resume 'run\.checkpoint'$")
        self.assertEqual(self.names(), sorted([*self.before, "out.png", "run.checkpoint"]))

        again = self.start_and_await_the_first_step("--resume", "run.checkpoint", "--checkpoint", "run.checkpoint")
        again.send_signal(signal.SIGINT)
        status, _, err = self.finish(again)
        self.assertEqual(status, 130, err)

        # Of a run with another photograph, no checkpoint at all, none there.
        self.magick("-size", "100x80", "-seed", "9", "plasma:", "-depth", "8", "other.png")
        (self.folder / "note.txt").write_text("Remember the milk.\n")
        for content, checkpoint in [("other.png", "run.checkpoint"), ("photo.png", "note.txt"), ("photo.png", "gone")]:
            with self.subTest(content=content, checkpoint=checkpoint):
                self.fails(1, "stylize", content, *self.LONG[2:], "--resume", checkpoint)

    def test_to_go_on_takes_no_more_memory_than_to_begin(self):
        # Had the optimiser's numbers been counted twice, 70 MiB would be missing, and the picture be worked on in tiles.
        self.magick("-size", "1700x1200", "-seed", "9", "plasma:", "-depth", "8", "large.png")
        job = ["large.png", "--style", "style.png", "--size", "0"]
        work = ["--steps", "3", "--scales", "1", "--tolerance", "0"]
        status, out, err = self.run_program("estimate", *job, *work, "--json", "--memory", "100000")
        self.assertEqual(status, 0, err)
        needed = json.loads(out)["peak_bytes"]
        run = ["stylize", *job, *work, "--output", "out.png", "--memory", str(int(needed / 0.88 / 2**20) + 30)]
        process = self.start(*run, "--checkpoint", "run.checkpoint", "--report", "report.json")
        while "%" not in process.stderr.readline():
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process)[0], 130)
        self.assertEqual(json.loads((self.folder / "report.json").read_text())["scales"][-1]["tiles"], 1)
        status, _, err = self.run_program(*run, "--resume", "run.checkpoint", "--report", "report.json")
        self.assertEqual(status, 0, err)
        self.assertEqual(json.loads((self.folder / "report.json").read_text())["scales"][-1]["tiles"], 1)

    def test_a_second_signal_leaves_nothing_partial(self):
        process = self.start_and_await_the_first_step()
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
        status, _, err = self.finish(process)
        self.assertEqual(status, 130, err)
        self.assertIn(self.names(), (self.before, sorted([*self.before, "out.png"])))
        if "out.png" in self.names():  # the step ended before the second signal came
            self.assertEqual(self.samples("out.png").shape, (80, 120, 3))

    def test_a_process_told_to_ignore_ctrl_c_goes_on(self):
        def ignore():
            signal.signal(signal.SIGINT, signal.SIG_IGN)

        process = self.start(*self.LONG[:-1], "40", preexec_fn=ignore)
        for line in process.stderr:
            if "%" in line:
                process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=300), 0)
        process.stdout.close()
        process.stderr.close()


class Explained(CommandLine):
    def test_the_painting_comes_nearer_to_the_style_than_the_photograph(self):
        status, out, err = self.run_program("explain", "photo.png", "--style", "style.png", "--output-dir", "page", "--steps", "10")
        self.assertEqual(status, 0, err)
        page = (self.folder / "page" / "index.html").read_text()
        content, painting = (
            [float(number) for number in re.findall(rf"The {whose}(?:&#39;|&apos;)s matrix: its distance to .* is ([\d.]+)\.<", page)]
            for whose in ("content", "painting")
        )
        self.assertEqual(len(content), 5, "the model's style layers")
        for before, after in zip(content, painting, strict=True):
            self.assertLess(after, before)
        for picture in (self.folder / "page").glob("*.png"):
            self.assertGreater(self.samples(f"page/{picture.name}").std(), 0, f"{picture.name} shows something")


class Terminal(CommandLine):
    def test_a_terminal_gets_a_bar_that_fits_and_is_cleared(self):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
        process = self.start("stylize", "photo.png", "--style", "style.png", "--output", "out.png", "--steps", "40", stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the terminal's way to say that the other side has gone
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=300), 0)
        text = shown.decode()
        bars = re.findall(r"\r(\[[^\r\n\x1b]*)\x1b\[K", text)
        self.assertTrue(bars, text)
        for bar in bars:
            self.assertRegex(bar, r"^\[#*\.*\] +\d+ %")
            self.assertLess(len(bar), 50)
        self.assertTrue(text.endswith("\r\x1b[K"), repr(text[-40:]))


class Locales(CommandLine):
    @classmethod
    def setUpClass(cls):
        # Made here, so that the test does not depend on what the machine has.
        cls.locales = tempfile.mkdtemp(prefix="pastiche-locales-")
        cls.addClassCleanup(shutil.rmtree, cls.locales)
        for name in ("de_DE", "zh_CN"):
            subprocess.run(
                ["localedef", "--no-archive", "-i", name, "-f", "UTF-8", f"{cls.locales}/{name}.UTF-8"], check=True, capture_output=True
            )

    def environment(self, name, **more):
        return {"LOCPATH": self.locales, "LC_ALL": f"{name}.UTF-8", "LANGUAGE": name, **more}

    def test_numbers_are_the_same_where_the_decimal_point_is_a_comma(self):
        self.assertEqual(
            subprocess.run(
                ["bash", "-c", "printf %.1f 1,5"], env={**os.environ, **self.environment("de_DE")}, capture_output=True, text=True
            ).stdout,
            "1,5",
            "the locale works",
        )
        out, _ = self.paint("--strength", "0.7", "--style-scale", "1.5", "--report", "r.json", environment=self.environment("de_DE"))
        self.assertRegex(out, r"\d+\.\d")
        report = json.loads((self.folder / "r.json").read_text())
        self.assertEqual((report["options"]["strength"], report["options"]["style-scale"]), (0.7, 1.5))
        self.assertIsInstance(report["scales"][0]["total_loss"], float)
        self.fails(2, "stylize", "photo.png", "--style", "style.png", "--output", "x.png", "--strength", "0,7", environment=self.environment("de_DE"))

    def test_messages_are_translated(self):
        catalog = Path(self.locales, "zh_CN", "LC_MESSAGES")
        catalog.mkdir(parents=True)
        source = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "“%s” does not exist."\nmsgstr "“%s”不存在。"\n'
        subprocess.run(["msgfmt", "-o", catalog / "pastiche.mo", "-"], input=source.encode(), check=True)
        environment = self.environment("zh_CN", PASTICHE_LOCALEDIR=self.locales)
        sentence = self.fails(1, "stylize", "gone.png", "--style", "style.png", "--output", "out.png", environment=environment)
        self.assertEqual(sentence, "“gone.png”不存在。")


if __name__ == "__main__":
    unittest.main(verbosity=2)
