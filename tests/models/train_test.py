#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pastiche-train with small pictures and small networks. First argument: the program."""

import csv
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy
import torch
import torch.nn.functional as F

PROGRAM = os.path.abspath(sys.argv.pop(1))
MESSAGES = pathlib.Path(__file__).resolve().parents[2] / "po/pastiche.pot"
SMALL = {"--crop": "48", "--side": "64", "--batch": "4", "--window": "12", "--device": "cpu", "--rate": "0.005"}
STUDENT = ["--stages", "6,6", "8", "--style-layers", "relu1_1 relu2_1", "--content-layers", "relu2_1"]


def write_network(path, widths, generator, licence_key="license"):
    """A stack of convolutions with a pooling after the second, in the format pastiche-encoder-1."""
    layers, data, header, channels = [], b"", {}, 3
    for i, width in enumerate(widths):
        place = "2_1" if i == 2 else f"1_{i + 1}"
        if i == 2:
            layers.append({"op": "maxpool", "name": "pool1", "size": 2})
        layers += [{"op": "conv", "name": f"conv{place}", "kernel": 3, "padding": "zeros"}, {"op": "relu", "name": f"relu{place}"}]
        weight = torch.randn(width, channels, 3, 3, generator=generator) * (2 / 9 / channels) ** 0.5
        for part, tensor in (("weight", weight), ("bias", torch.rand(width, generator=generator) * 0.1)):
            raw = tensor.numpy().tobytes()
            header[f"conv{place}.{part}"] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
            data += raw
        channels = width
    source = {"order": "RGB", "range": [0, 1], "mean": [0.5] * 3, "std": [0.25] * 3}
    header["__metadata__"] = {
        "format": "pastiche-encoder-1",
        "name": "a teacher",
        "layers": json.dumps(layers),
        "input": json.dumps(source),
        "style_layers": "relu1_1 relu2_1",
        "content_layers": "relu2_1",
        licence_key: "CC0",
    }
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write_encoder(path, generator):
    """Four convolutions with a pooling between, edges replicated."""
    layers, tensors, channels = [], {}, 3
    for stage, width in enumerate((4, 6, 8, 10), 1):
        if stage > 1:
            layers.append({"op": "avgpool", "name": f"pool{stage - 1}", "size": 2})
        layers += [{"op": "conv", "name": f"conv{stage}_1", "kernel": 3, "padding": "replicate"}, {"op": "relu", "name": f"relu{stage}_1"}]
        tensors[f"conv{stage}_1.weight"] = torch.randn(width, channels, 3, 3, generator=generator) * (2 / 9 / channels) ** 0.5
        tensors[f"conv{stage}_1.bias"] = torch.rand(width, generator=generator) * 0.1
        channels = width
    source = {"order": "RGB", "range": [0, 1], "mean": [0.5] * 3, "std": [0.25] * 3}
    metadata = {"format": "pastiche-encoder-1", "name": "small", "layers": json.dumps(layers), "input": json.dumps(source), "license": "CC0"}
    header, data = {"__metadata__": metadata | {"style_layers": "relu1_1", "content_layers": "relu1_1"}}, b""
    for name, tensor in tensors.items():
        raw = tensor.numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def convolved(x, tensors, name):
    return F.conv2d(F.pad(x, (1,) * 4, mode="replicate"), tensors[f"{name}.weight"].float(), tensors[f"{name}.bias"].float())


def encoded(x, tensors):
    x, maps = (x - 0.5) / 0.25, {}
    for stage in range(1, 5):
        x = maps[f"relu{stage}_1"] = convolved(x if stage == 1 else F.avg_pool2d(x, 2), tensors, f"conv{stage}_1").relu()
    return maps


def decoded(x, tensors, layers):
    for layer in layers:
        if layer["op"] == "conv":
            x = convolved(x, tensors, layer["name"])
        else:
            x = x.relu() if layer["op"] == "relu" else F.interpolate(x, scale_factor=2, mode="bilinear")
    return x


def read_metadata(path):
    raw = path.read_bytes()
    return json.loads(raw[8 : 8 + struct.unpack("<Q", raw[:8])[0]])["__metadata__"]


def read_network(path):
    raw = path.read_bytes()
    start = 8 + struct.unpack("<Q", raw[:8])[0]
    tensors = {}
    for name, entry in json.loads(raw[8:start]).items():
        if name != "__metadata__":
            begin, end = (start + offset for offset in entry["data_offsets"])
            type_ = {"F32": torch.float32, "F16": torch.float16}[entry["dtype"]]
            tensors[name] = torch.frombuffer(bytearray(raw[begin:end]), dtype=type_).view(entry["shape"])
    return tensors


class Train(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="pastiche train "))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        pictures = cls.folder / "pictures/below"
        pictures.mkdir(parents=True)
        random = numpy.random.default_rng(5)
        for number in range(24):
            coarse = random.integers(0, 256, (9, 9, 3), numpy.uint8).repeat(7, 0).repeat(7, 1)
            (pictures / f"{number}.ppm").write_bytes(b"P6\n63 63\n255\n" + coarse.tobytes())
        (pictures / "notes.txt").write_text("no picture")
        (pictures / "small.ppm").write_bytes(b"P6\n2 2\n255\n" + bytes(12))
        write_network(cls.folder / "teacher.safetensors", [12, 12, 16], torch.Generator().manual_seed(3))

    def start(self, output, *arguments, teacher="teacher.safetensors", locale=None, pictures="pictures", small=SMALL):
        teachers = ["--teacher", f"big={self.folder / teacher}"] if teacher else []
        command = [PROGRAM, self.folder / pictures, *teachers, "--output", output]
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "", "OMP_NUM_THREADS": "1", **(locale or {})}
        small = [word for option, value in small.items() if option not in arguments for word in (option, value)]
        return subprocess.Popen([*command, *small, *arguments], cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")

    def train(self, output, *arguments, status=0, stop_after=None, **options):
        process = self.start(output, *arguments, **options)
        for line in process.stderr if stop_after else ():
            if line.startswith(stop_after):
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, status, err)
        return out, err

    def losses(self, output):
        with open((self.folder / output).with_suffix(".csv")) as file:
            return list(csv.reader(file))

    def test_a_student_learns_and_its_card_says_how(self):
        _, err = self.train("student.safetensors", *STUDENT, "--steps", "200")
        self.assertIn("Pictures: 24. Files passed over: 2.", err)
        names, *rows = self.losses("student.safetensors")
        self.assertEqual(names[:4], ["step", "relu1_1 → big relu1_1 regression", "relu1_2 → big relu1_2 regression", "relu2_1 → big relu2_1 regression"])
        self.assertEqual([row[0] for row in rows], [str(step) for step in range(20, 201, 20)])
        for column in range(1, len(names)):
            self.assertLess(float(rows[-1][column]), 0.9 * float(rows[0][column]), names[column])
        card = (self.folder / "student.md").read_text()
        for words in ("24 (files passed over: 2)", "a teacher, CC0", "200 steps of 4 crops of 48²", "| relu2_1 → big relu2_1 |"):
            self.assertIn(words, card)

    def test_a_teachers_licence_is_told(self):
        # "licence" is what older files have.
        for key in ("license", "licence"):
            write_network(self.folder / f"{key}.safetensors", [12, 12, 16], torch.Generator().manual_seed(3), key)
            self.train("licensed.safetensors", *STUDENT, "--steps", "0", "--licence", "CC BY 4.0", teacher=f"{key}.safetensors")
            self.assertIn("big: a teacher, CC0 |", (self.folder / "licensed.md").read_text())
            metadata = read_metadata(self.folder / "licensed.safetensors")
            self.assertEqual(metadata["license"], "CC BY 4.0")
            self.assertIn("distilled from a teacher (CC0)", metadata["training"])

    def test_a_licence_is_kept_and_never_made_up(self):
        self.train("new.safetensors", *STUDENT, "--steps", "0")
        self.assertIn("| Licence | not stated |", (self.folder / "new.md").read_text())
        self.assertEqual(read_metadata(self.folder / "new.safetensors")["license"], "")
        self.train("further.safetensors", "--start-from", "teacher.safetensors", "--steps", "0")
        self.assertEqual(read_metadata(self.folder / "further.safetensors")["license"], "CC0")

    def test_places_that_cannot_be_written_are_told_before_the_work(self):
        for arguments in (["missing/student.safetensors"], ["student.safetensors", "--checkpoint", "missing/run.pt"]):
            _, err = self.train(*arguments, *STUDENT, status=1)
            self.assertEqual(err, f"pastiche-train: There is no folder “{self.folder}/missing”.\n")
        (self.folder / "folder.safetensors").mkdir()
        _, err = self.train("folder.safetensors", *STUDENT, status=1)
        self.assertIn("is a folder", err.splitlines()[0])

    def test_what_is_read_is_never_written_over(self):
        picture, teacher, other = (self.folder / name for name in ("pictures/below/3.ppm", "teacher.safetensors", "other.safetensors"))
        shutil.copy(teacher, other)
        (self.folder / "linked.csv").symlink_to(picture)
        (self.folder / "linked.md").hardlink_to(teacher)
        (self.folder / "started.md").symlink_to(other)
        before = {path: path.read_bytes() for path in (picture, teacher, other)}
        untaught = [*STUDENT, "--steps", "0"]
        begun = ["--start-from", other, "--steps", "0"]
        for said, *arguments in (
            ("--output and FOLDER", picture, *untaught),
            ("--checkpoint and FOLDER", "new.safetensors", *untaught, "--checkpoint", picture),
            ("--output and --teacher", "./teacher.safetensors", *untaught),
            ("“linked.md” and --teacher", "linked.safetensors", *untaught),
            ("--output and --start-from", other, *begun),
            ("“started.md” and --start-from", "started.safetensors", *begun),
            ("--checkpoint and “new.csv”", "new.safetensors", *untaught, "--checkpoint", "new.csv"),
            ("--output and “new.csv”", "new.csv", *untaught),
        ):
            with self.subTest(said=said):
                _, err = self.train(*arguments, status=2)
                self.assertEqual(err.splitlines()[-1], f"pastiche-train: {said} are the same file.")
        (self.folder / "linked.md").unlink()
        _, err = self.train("linked.safetensors", *untaught, status=2)
        self.assertEqual(err.splitlines()[-1], "pastiche-train: “linked.csv” and FOLDER are the same file.")
        self.assertEqual({path: path.read_bytes() for path in before}, before)

    def test_lenses_need_no_teachers(self):
        teacher = self.folder / "teacher.safetensors"
        self.train("lenses.safetensors", "--start-from", teacher, "--steps", "0", "--whiten", "1", teacher=None)
        before, after = read_network(teacher), read_network(self.folder / "lenses.safetensors")
        self.assertEqual(set(after) - set(before), {"relu1_1.lens", "relu2_1.lens"})
        for name, weight in before.items():
            self.assertTrue(torch.equal(weight.half(), after[name]), name)
        # Behind the lens all mixtures of features are equally strong on the average.
        rows = []
        for path in (self.folder / "pictures/below").glob("[0-9]*.ppm"):
            picture = torch.frombuffer(bytearray(path.read_bytes()[-63 * 63 * 3:]), dtype=torch.uint8).view(63, 63, 3).permute(2, 0, 1)
            maps = torch.conv2d((picture[None] / 255 - 0.5) / 0.25, before["conv1_1.weight"], before["conv1_1.bias"]).relu()
            rows.append(maps[0].flatten(1))
        rows = torch.cat(rows, 1)
        seen = after["relu1_1.lens"].float() @ rows
        for maps, white in ((rows, False), (seen, True)):
            power = torch.linalg.eigvalsh(maps @ maps.T / maps.shape[1])
            self.assertEqual(bool(power[-1] < 2 * power[1]), white, power)
        plain = "pl\udce4in.safetensors"  # Latin-1
        self.train(plain, "--start-from", teacher, "--steps", "0", "--whiten", "0", teacher=None)
        self.assertEqual(set(read_network(self.folder / plain)), set(before))
        self.assertEqual(read_metadata(self.folder / plain)["name"], "pl\ufffdin")
        _, err = self.train("nothing.safetensors", "--start-from", teacher, teacher=None, status=1)
        self.assertIn("teachers", err)

    def test_what_already_knows_everything_has_nothing_to_learn(self):
        # The heads' least-squares solution is then the identity.
        teacher = self.folder / "teacher.safetensors"
        self.train("same.safetensors", "--start-from", teacher, "--steps", "20", "--rate", "1e-7")
        _, row = self.losses("same.safetensors")
        self.assertLess(max(map(float, row[1:])), 1e-3)

    def test_heads_explain_no_less_than_nothing(self):
        # Least squares can do no worse than the mean, whose error is the variance: 1.
        self.train("random.safetensors", *STUDENT, "--steps", "20", "--rate", "1e-7", "--gram", "0")
        names, row = self.losses("random.safetensors")
        self.assertEqual(len(names), 4)
        for value in row[1:]:
            self.assertLess(float(value), 1.05)
            self.assertGreater(float(value), 0.02)

    def test_the_same_seed_makes_the_same_student_and_another_another(self):
        students = []
        for number, seed in enumerate((1, 1, 2)):
            self.train(f"seed{number}.safetensors", *STUDENT, "--name", "x", "--steps", "20", "--seed", str(seed))
            students.append((self.folder / f"seed{number}.safetensors").read_bytes())
        self.assertEqual(students[0], students[1])
        self.assertNotEqual(students[0], students[2])

    def test_after_being_stopped_it_goes_on_as_if_it_had_not_been(self):
        arguments = [*STUDENT, "--name", "x", "--steps", "120"]
        self.train("whole.safetensors", *arguments)
        self.train("parts.safetensors", *arguments, "--checkpoint", self.folder / "run.pt", stop_after="Step 20 ", status=130)
        self.assertFalse((self.folder / "parts.safetensors").exists())
        _, err = self.train("parts.safetensors", *arguments, "--checkpoint", self.folder / "run.pt")
        self.assertIn("Going on after step", err)
        self.assertEqual((self.folder / "whole.safetensors").read_bytes(), (self.folder / "parts.safetensors").read_bytes())
        self.assertEqual(self.losses("whole.safetensors"), self.losses("parts.safetensors"))

    def decode(self, output, *arguments, **options):
        write_encoder(self.folder / "small.safetensors", torch.Generator().manual_seed(4))
        options = {"teacher": None, "small": {"--crop": "48", "--side": "64", "--batch": "3", "--device": "cpu", "--rate": "0.01"}, **options}
        return self.train(output, "--decoders-of", self.folder / "small.safetensors", *arguments, **options)

    def test_decoders_learn_and_their_card_says_how(self):
        self.decode("decoders.safetensors", "--steps", "60", "--name", "mine")
        names, *rows = self.losses("decoders.safetensors")
        self.assertEqual(names, ["step", *(f"relu{n}_1 {kind}" for n in (2, 3, 4) for kind in ("picture", "features", "moved"))])
        self.assertEqual([row[0] for row in rows], ["20", "40", "60"])
        self.assertLess(sum(map(float, rows[-1][1:])), 0.9 * sum(map(float, rows[0][1:])))
        card = (self.folder / "decoders.md").read_text()
        for words in ("# mine", "24 (files passed over: 2)", "| Decoders of | small.safetensors |", "60 steps of 3 crops of 48²", "| Licence | CC0 |", "| relu4_1 |"):
            self.assertIn(words, card)
        metadata = read_metadata(self.folder / "decoders.safetensors")
        self.assertEqual((metadata["name"], metadata["license"], json.loads(metadata["encoder"])["name"]), ("mine", "CC0", "small"))

    def test_the_decoders_losses_are_pytorchs(self):
        # All crops are this one picture, which is its own mirror image: moved to its own statistics, features stay.
        folder = self.folder / "alone"
        folder.mkdir()
        half = numpy.random.default_rng(8).integers(0, 256, (8, 4, 3), numpy.uint8).repeat(6, 0).repeat(6, 1)
        picture = numpy.concatenate([half, half[:, ::-1]], 1)
        (folder / "a.ppm").write_bytes(b"P6\n48 48\n255\n" + picture.tobytes())
        self.decode("alone.safetensors", "--steps", "3", pictures="alone")
        metadata, tensors = read_metadata(self.folder / "alone.safetensors"), read_network(self.folder / "alone.safetensors")
        weights = read_network(self.folder / "small.safetensors")
        x = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
        relative = lambda a, b: float((a - b).square().sum() / b.square().sum())
        own, told = encoded(x, weights), (self.folder / "alone.md").read_text()
        for layer, described in json.loads(metadata["decoders"]).items():
            drawn = decoded(own[layer], tensors, described)
            seen = encoded(drawn, weights)
            expected = (
                20 * float((drawn - x).square().mean()),
                (relative(seen[layer], own[layer]) + relative(seen["relu1_1"], own["relu1_1"])) / 2,
                0.5 * relative(seen[layer], own[layer]) + 5 * float((drawn - drawn.clamp(0, 1)).square().mean()),
            )
            values = re.search(rf"\| {layer} \| (\S+) \| (\S+) \| (\S+) \|", told).groups()
            for value, wanted in zip(values, expected):
                self.assertAlmostEqual(float(value), wanted, delta=0.005 * wanted + 1e-4)  # the file has 16 bits

    def test_decoders_go_on_after_being_stopped_as_if_they_had_not_been(self):
        self.decode("whole decoders.safetensors", "--name", "x", "--steps", "60")
        self.decode("parts decoders.safetensors", "--name", "x", "--steps", "60", "--checkpoint", self.folder / "decoders.pt", stop_after="Step 20 ", status=130)
        self.assertFalse((self.folder / "parts decoders.safetensors").exists())
        _, err = self.decode("parts decoders.safetensors", "--name", "x", "--steps", "60", "--checkpoint", self.folder / "decoders.pt")
        self.assertIn("Going on after step", err)
        self.assertEqual((self.folder / "whole decoders.safetensors").read_bytes(), (self.folder / "parts decoders.safetensors").read_bytes())
        self.assertEqual(self.losses("whole decoders.safetensors"), self.losses("parts decoders.safetensors"))
        (self.folder / "no decoders.pt").write_text("no checkpoint")
        _, err = self.decode("none.safetensors", "--checkpoint", self.folder / "no decoders.pt", status=1)
        self.assertIn("is no checkpoint of decoders of this encoder", err)

    def test_decoders_of_what_is_none_are_refused(self):
        _, err = self.train("none.safetensors", "--decoders-of", "teacher.safetensors", teacher=None, small={"--crop": "48"}, status=1)
        self.assertIn("Decoders need an encoder with the layers relu1_1, relu2_1, relu3_1 and relu4_1", err)
        for option in ("--teacher", "--window", "--style-layers"):
            _, err = self.train("none.safetensors", "--decoders-of", "teacher.safetensors", option, "8", teacher=None, small={}, status=2)
            self.assertEqual(err, f"pastiche-train: {option} is for an encoder; --decoders-of makes decoders of one that is there.\n")
        _, err = self.train("teacher.safetensors", "--decoders-of", "teacher.safetensors", teacher=None, small={}, status=2)
        self.assertIn("--decoders-of are the same file.", err)

    def test_what_is_wrong_is_said(self):
        def fails(sentence, *arguments):
            _, err = self.train("none.safetensors", *arguments, status=1)
            self.assertIn(sentence, err.splitlines()[-1])
            self.assertFalse((self.folder / "none.safetensors").exists())

        fails("names a layer or a teacher that is not there", *STUDENT, "--match", "relu1_1=small:relu1_1")
        fails("names a layer or a teacher that is not there", *STUDENT, "--match", "relu1_1=big:relu7_1")
        fails("does not match layers", *STUDENT, "--match", "relu1_1")
        fails("their maps have other sizes", *STUDENT, "--match", "relu1_1=big:relu2_1")
        fails("is not a stage", *STUDENT[3:], "--stages", "6,x", "8")
        fails("Say with --style-layers", "--stages", "6,6", "8")
        fails("There is no picture of at least 64 × 64 pixels", *STUDENT, "--crop", "64")
        (self.folder / "no.pt").write_text("no checkpoint")
        fails("is no checkpoint of this student", *STUDENT, "--checkpoint", self.folder / "no.pt")

    def test_wrong_usage_is_told(self):
        def usage(*arguments):
            done = subprocess.run([PROGRAM, *arguments], cwd=self.folder, env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": ""}, capture_output=True, encoding="utf-8")
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            return done.stderr

        def told(sentence, *arguments):
            self.assertEqual(usage("pictures", "--output", "none.safetensors", *arguments), f"pastiche-train: {sentence}\n")

        self.assertIn("FOLDER is missing", usage())
        self.assertIn("--output is missing", usage("pictures"))
        self.assertIn("--output needs a value", usage("pictures", "--output"))
        told("There is no option “--nonsense”; see “pastiche-train --help”.", "--nonsense")
        told("--pooling takes one of blurpool, avgpool, maxpool, not “median”.", "--pooling", "median")
        for steps in ("many", "-1", "1.5", "100000001", "99999999999999999999"):
            told(f"--steps takes a whole number from 0 to 100000000, not “{steps}”.", f"--steps={steps}")
        told("--steps needs a value.", "--steps=")
        for weight in ("much", "-0.1", "1001", "nan", "1 2"):
            told(f"--gram takes a number from 0 to 1000, not “{weight}”.", f"--gram={weight}")
        told("--stages is for a new student, --start-from for one that is there; give only one of them.", "--stages", "6", "--start-from", "teacher.safetensors")

    def test_all_that_is_said_is_translated(self):
        """Into a language that has a § before each of its messages."""
        locales = self.folder / "locales"
        catalogue = locales / "de_DE/LC_MESSAGES"
        catalogue.mkdir(parents=True)
        subprocess.run(["localedef", "--no-archive", "-i", "de_DE", "-f", "UTF-8", locales / "de_DE.UTF-8"], check=True, capture_output=True)
        english = subprocess.run(["msgen", MESSAGES], check=True, capture_output=True).stdout
        marked = subprocess.run(["msgfilter", "--keep-header", "sed", "1s/^/§/"], input=english.replace(b"charset=CHARSET", b"charset=UTF-8"), check=True, capture_output=True).stdout
        subprocess.run(["msgfmt", "-o", catalogue / "pastiche.mo", "-"], input=marked, check=True)
        locale = {"LOCPATH": str(locales), "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de_DE", "PASTICHE_LOCALEDIR": str(locales)}

        help_text, _ = self.train("none.safetensors", "--help", locale=locale)
        entries = [entry for entry in re.split(r"\n(?=  \S)|\n\n", help_text) if entry.strip()]
        self.assertGreater(len(entries), 24)
        for entry in entries:
            self.assertIn("§", entry)

        out, err = self.train("marked.safetensors", *STUDENT, "--steps", "20", locale=locale)
        for line in (out + err).splitlines():
            self.assertTrue(line.startswith("§"), line)
        self.assertEqual(len(err.splitlines()), 3, err)
        for line in (self.folder / "marked.md").read_text().splitlines():
            if line.startswith("|") and not line.startswith("| relu") and any(letter.isalpha() for letter in line):
                self.assertIn("§", line)

        # A sentence with the reason in brackets.
        spoilt = (self.folder / "teacher.safetensors").read_bytes()
        for number, content in enumerate((spoilt.replace(b"pastiche-encoder-1", b"pastiche-encoder-9"), spoilt.replace(b"maxpool", b"minpool"), spoilt[:100])):
            (self.folder / f"spoilt{number}.safetensors").write_bytes(content)
            _, err = self.train("none.safetensors", *STUDENT, locale=locale, teacher=f"spoilt{number}.safetensors", status=1)
            self.assertRegex(err, r"^pastiche-train: §.*\(§.*\)")
        _, err = self.train("none.safetensors", "--steps", "x", locale=locale, status=2)
        self.assertRegex(err, "^pastiche-train: §")


unittest.main(verbosity=2)
