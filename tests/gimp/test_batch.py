# SPDX-License-Identifier: GPL-3.0-or-later
"""pastiche-batch, as a user calls it: by its name, from the scripts folder. The test core turns each colour c into 255 - c."""

import datetime
import fcntl
import json
import subprocess
import unittest

import numpy

import pictures
from gimp import SEVERAL_MINUTES, Profile

GIMP_FAILED = 70


class Batch(unittest.TestCase):
    def setUp(self):
        self.profile = Profile()
        self.addCleanup(self.profile.remove)
        self.folder = self.profile.pictures
        (self.folder / "in").mkdir()
        pictures.write(self.folder / "style.png", pictures.noise(16, 16, seed=4))

    def command(self, call):
        return ["gimp-console-3", "-idf", "--quit", "--batch-interpreter=plug-in-script-fu-eval", "-b", call]

    def run_batch(self, call):
        return subprocess.run(self.command(call), cwd=self.folder, env=self.profile.environment, text=True, capture_output=True, timeout=SEVERAL_MINUTES)

    def report(self, name="pastiche-batch.jsonl"):
        return [json.loads(line) for line in (self.folder / "painted" / name).read_text().splitlines()]

    def assert_inverted(self, name, expected):
        painted = pictures.read(self.folder / name)
        numpy.testing.assert_array_equal(painted[:, :, :3], 255 - expected)

    def test_a_bad_file_among_good_ones(self):
        first, last = pictures.noise(32, 24, seed=1), pictures.noise(24, 32, seed=2)
        transparent = pictures.noise(16, 16, channels=4, seed=3)
        transparent[:, :, 3] |= 1
        pictures.write(self.folder / "in" / "a picture.png", first)
        (self.folder / "in" / "bad.png").write_text("This is no picture.\n")
        pictures.write(self.folder / "in" / "c.png", last)
        pictures.write(self.folder / "in" / "d.png", transparent)
        (self.folder / "painted").mkdir()
        pictures.write(self.folder / "painted" / "c.png", last)  # from an earlier batch
        before = (self.folder / "in" / "a picture.png").read_bytes()

        batch = self.run_batch('(pastiche-batch "in/*.png" "style.png" "painted" #:strength 0.7 #:steps 3)')

        self.assertEqual(batch.returncode, GIMP_FAILED)
        lines = [line for line in batch.stdout.splitlines() if line]
        self.assertEqual(lines[0], "in/a picture.png -> painted/a picture.png")
        self.assertRegex(lines[1], "^in/bad.png: failed: .*bad.png")
        self.assertEqual(lines[2], "in/c.png: failed: a file of this name exists already, and nothing is overwritten")
        self.assertEqual(lines[3], "in/d.png -> painted/d.png")
        self.assertEqual(lines[4], "pastiche-batch: 2 painted, 0 skipped, 2 failed")
        self.assertEqual(sorted(path.name for path in (self.folder / "painted").iterdir()), ["a picture.png", "c.png", "d.png", "pastiche-batch.jsonl"])
        self.assert_inverted("painted/a picture.png", first)
        self.assert_inverted("painted/d.png", transparent[:, :, :3])
        numpy.testing.assert_array_equal(pictures.read(self.folder / "painted" / "d.png")[:, :, 3], transparent[:, :, 3])
        numpy.testing.assert_array_equal(pictures.read(self.folder / "painted" / "c.png")[:, :, :3], last)
        self.assertEqual((self.folder / "in" / "a picture.png").read_bytes(), before)
        self.assertNotIn("stray image", batch.stderr)

    def test_all_good(self):
        upright = numpy.kron(numpy.array([[[220, 30, 40], [40, 200, 60]], [[50, 60, 210], [230, 220, 50]]], dtype=numpy.uint8),
                             numpy.ones((16, 16, 1), dtype=numpy.uint8))
        pictures.write(self.folder / "in" / "turned.jpg", upright)
        pictures.turn_in_exif(self.folder / "in" / "turned.jpg")
        palette = numpy.kron(numpy.arange(0, 256, 17, dtype=numpy.uint8).reshape(4, 4), numpy.ones((4, 4), dtype=numpy.uint8))
        subprocess.run(["convert", "-size", "16x16", "-depth", "8", "GRAY:-", f"PNG8:{self.folder / 'in' / 'palette.png'}"],
                       input=palette.tobytes(), check=True)

        batch = self.run_batch('(pastiche-batch "in/*" "style.png" "made for it")')

        self.assertEqual(batch.returncode, 0, batch.stderr)
        self.assertIn("pastiche-batch: 2 painted, 0 skipped, 0 failed", batch.stdout)
        self.assert_inverted("made for it/palette.png", numpy.dstack([palette] * 3))
        painted = pictures.read(self.folder / "made for it" / "turned.jpg")[:, :, :3]
        self.assertLessEqual(abs(painted - (255 - numpy.rot90(upright, -1))).max(), 16)  # JPEG, twice
        # One line for each layer's end and its progress, where whoever started the batch asked for them.
        self.assertRegex(batch.stderr, r"pastiche: 100 % scale 2/2 step 50/50 about 0 s left\n")
        self.assertRegex(batch.stderr, r"pastiche: painted .*, 16x16 pixels, in \d+\.\d s\n")
        self.assertRegex(batch.stderr, r"pastiche-batch: 1 of 2 done, about \d+ s left\n")
        self.assertRegex(batch.stderr, r"pastiche-batch: 2 of 2 done, about 0 s left\n")

    def test_folders_below(self):
        photos = {"b.png": 1, "deep/er/a b.png": 2, "deep/c.v2.png": 3, "other.jpg": 4, ".hidden/d.png": 5, "out/e.png": 6}
        photos = {name: pictures.noise(16, 16, seed=seed) for name, seed in photos.items()}
        for name, photo in photos.items():
            (self.folder / "in" / name).parent.mkdir(parents=True, exist_ok=True)
            pictures.write(self.folder / "in" / name, photo)
        (self.folder / "in" / "deep" / "folder.png").mkdir()
        batch = self.run_batch('(pastiche-batch "in/*.png" "style.png" "in/out" #:recursive TRUE #:steps 3)')
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        self.assertEqual([line for line in batch.stdout.splitlines() if line],
                         ["in/b.png -> in/out/b.png", "in/deep/c.v2.png -> in/out/deep/c.v2.png",
                          "in/deep/er/a b.png -> in/out/deep/er/a b.png", "pastiche-batch: 3 painted, 0 skipped, 0 failed"])
        for name in ("b.png", "deep/c.v2.png", "deep/er/a b.png"):
            self.assert_inverted(f"in/out/{name}", photos[name])

    def test_several_styles_names_and_formats(self):
        photos = {name: pictures.noise(16, 16, seed=seed) for name, seed in (("a", 1), ("b", 2))}
        for name, photo in photos.items():
            pictures.write(self.folder / "in" / f"{name}.png", photo)
        (self.folder / "more").mkdir()
        pictures.write(self.folder / "red.png", pictures.flat(8, 8, (255, 0, 0)))
        pictures.write(self.folder / "more" / "green.png", pictures.flat(8, 8, (0, 255, 0)))
        styles = '(list "red.png" "more/green.png")'
        batch = self.run_batch(f"""(begin
          (pastiche-batch "in/*.png" {styles} "painted" #:model "style")
          (pastiche-batch "in/*.png" {styles} "painted" #:model "style" #:name "by/{{style}}/{{picture}}" #:format "jpg")
          (pastiche-batch "in/a.png" "red.png" "painted" #:name "{{picture}} in {{style}}" #:format "jpg"))""")
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        results = {str(path.relative_to(self.folder / "painted")) for path in (self.folder / "painted").rglob("*") if path.is_file()}
        self.assertEqual(results, {"a-red.png", "a-green.png", "b-red.png", "b-green.png", "by/red/a.jpg", "by/red/b.jpg",
                                   "by/green/a.jpg", "by/green/b.jpg", "a in red.jpg", "pastiche-batch.jsonl"})
        for name, color in (("a-red.png", (255, 0, 0)), ("b-green.png", (0, 255, 0)), ("by/green/a.jpg", (0, 255, 0))):
            painted = pictures.read(self.folder / "painted" / name)[:, :, :3]
            self.assertLessEqual(abs(painted - numpy.array(color)).max(), 3)
        self.assertEqual((self.folder / "painted" / "a in red.jpg").read_bytes()[:2], b"\xff\xd8")

    def test_what_cannot_be_is_refused_before_anything_is_painted(self):
        pictures.write(self.folder / "in" / "a.jpg", pictures.noise(16, 16, seed=1))
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16, seed=2))
        for call, sentence in (('(pastiche-batch "in/*" "style.png" "painted" #:format "png")',
                                "“in/a.jpg” and “in/a.png” would both become “a.png”"),
                               ("""(pastiche-batch '("in/a.png" ("in/a.jpg" #:output "a.png")) "style.png" "painted")""",
                                "“in/a.png” and “in/a.jpg” would both become “a.png”"),
                               ("""(pastiche-batch '("in/a.png" ("in/a.jpg" #:output "../in/a.png")) "style.png" "painted")""",
                                "The result “painted/../in/a.png” would take the place of “in/a.png”, which this batch reads")):
            with self.subTest(call):
                batch = self.run_batch(call)
                self.assertEqual(batch.returncode, GIMP_FAILED)
                self.assertIn(sentence, batch.stdout + batch.stderr)
                self.assertFalse((self.folder / "painted").exists())

    def test_folders_with_brackets(self):
        photo = pictures.noise(16, 16)
        (self.folder / "in" / "Rome [2024]").mkdir()
        pictures.write(self.folder / "in" / "Rome [2024]" / "a[1].png", photo)
        for pattern in ("*.png", "a[1].png", "a[1].*"):
            with self.subTest(pattern):
                batch = self.run_batch(f'(pastiche-batch "in/Rome [2024]/{pattern}" "style.png" "painted" #:existing "skip" #:steps {len(pattern)})')
                self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
                self.assertIn("pastiche-batch: 1 painted, 0 skipped", batch.stdout)
                self.assert_inverted("painted/a[1].png", photo)

    def test_two_batches_in_one_folder(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        (self.folder / "painted").mkdir()
        with (self.folder / "painted" / ".pastiche-batch.lock").open("w+") as lock:
            lock.write("2\npastiche-batch.jsonl\n")  # as a batch of two parts holds it
            lock.flush()
            fcntl.flock(lock, fcntl.LOCK_SH)
            part, whole = '(pastiche-batch "in/*" "style.png" "painted" #:shard "2/2")', '(pastiche-batch "in/*" "style.png" "painted")'
            self.assertEqual(self.run_batch(part).returncode, 0)
            waiting = subprocess.Popen(self.command(whole), cwd=self.folder, env=self.profile.environment, text=True, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            self.assertTrue(any("Waiting for another batch that paints into “painted”" in line for line in waiting.stderr))
            self.assertFalse((self.folder / "painted" / "a.png").exists())
        out, err = waiting.communicate(timeout=SEVERAL_MINUTES)
        self.assertIn("pastiche-batch: 1 painted, 0 skipped, 0 failed", out, err)
        self.assertFalse((self.folder / "painted" / ".pastiche-batch.lock").exists())

    def test_a_report_of_the_version_before(self):
        for name in ("a", "b", "c"):
            pictures.write(self.folder / "in" / f"{name}.png", pictures.noise(16, 16))
        (self.folder / "painted").mkdir()
        before = pictures.flat(16, 16, (1, 2, 3))
        style = (self.folder / "style.png").stat().st_size
        with (self.folder / "painted" / "pastiche-batch.jsonl").open("w") as report:
            for name, size in (("a", (self.folder / "in" / "a.png").stat().st_size), ("b", 7)):
                pictures.write(self.folder / "painted" / f"{name}.png", before)
                report.write(f'{{"time":"2026-07-31T23:59:58.123456Z","status":"done","content":"in/{name}.png","output":"{name}.png",'
                             '"seconds":1.5,"styles":[{"file":"style.png"}],"options":{"steps":3,"strength":0.7,"precision":"float32"},'
                             f'"fingerprint":"{name}.png {size}, style.png {style}, precision float32, steps 3, strength 0.7"}}\n')
        call = '(pastiche-batch "in/*" "style.png" "painted" #:existing "skip" #:precision "float32" #:steps 3 #:memory 4000 #:strength {})'
        batch = self.run_batch(call.format("0.7"))  # b.png is another one now
        self.assertIn("pastiche-batch: 2 painted, 1 skipped, 0 failed", batch.stdout, batch.stderr)
        numpy.testing.assert_array_equal(pictures.read(self.folder / "painted" / "a.png")[:, :, :3], before)
        batch = self.run_batch(call.format("0.6"))
        self.assertIn("pastiche-batch: 3 painted, 0 skipped, 0 failed", batch.stdout, batch.stderr)

    def test_the_procedure_itself(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        batch = self.run_batch('(plug-in-pastiche-batch #:pictures "in/*" #:styles (list "style.png") #:folder "painted" #:steps 3)')
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        self.assertEqual([line["output"] for line in self.report()], ["a.png"])

    def test_in_another_language(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        self.profile.environment |= {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"}
        batch = self.run_batch('(pastiche-batch "in/*" "nowhere.png" "painted")')
        self.assertEqual(batch.returncode, GIMP_FAILED)
        self.assertIn("Das Stilbild „nowhere.png“ existiert nicht", batch.stdout + batch.stderr)

    def test_going_on_with_a_batch(self):
        photos = {name: pictures.noise(16, 16, seed=seed) for name, seed in (("a", 1), ("b", 2), ("c", 3))}
        for name, photo in photos.items():
            pictures.write(self.folder / "in" / f"{name}.png", photo)
        (self.folder / "painted").mkdir()
        done = pictures.noise(16, 16, seed=9)
        pictures.write(self.folder / "painted" / "a.png", done)
        # The batch was killed while it wrote this one.
        (self.folder / "painted" / "b.png").write_bytes(b"\x89PNG and no more")
        (self.folder / "painted" / "b.png.unfinished").write_text("")
        batch = self.run_batch('(pastiche-batch "in/*.png" "style.png" "painted" #:existing "skip")')
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        self.assertEqual([line for line in batch.stdout.splitlines() if line],
                         ["in/a.png: skipped: painted/a.png exists already", "in/b.png -> painted/b.png", "in/c.png -> painted/c.png",
                          "pastiche-batch: 2 painted, 1 skipped, 0 failed"])
        numpy.testing.assert_array_equal(pictures.read(self.folder / "painted" / "a.png")[:, :, :3], done)
        self.assert_inverted("painted/b.png", photos["b"])
        self.assert_inverted("painted/c.png", photos["c"])
        self.assertEqual(sorted(path.name for path in (self.folder / "painted").iterdir()), ["a.png", "b.png", "c.png", "pastiche-batch.jsonl"])

    def test_wrong_settings(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        for arguments, sentence in (('#:existing "overwrite"', '“existing” is to be “fail” or “skip”, not “overwrite”.'),
                                    ("#:recursive ", "Lonely argument with no value: recursive"),
                                    ('"strength" 1', "Expected argument name for argument 6"),
                                    ('#:shard "9/8"', "--shard takes a part and their number"),
                                    ('#:shard "0/8"', "--shard takes a part and their number"),
                                    ('#:shard "1/2/3"', "--shard takes a part and their number"),
                                    ("#:shard 3", "expected type: string"),
                                    ('#:shard "slurm"', "is for the tasks of a Slurm job array"),
                                    ("#:strenght 1", "Invalid argument name: strenght")):
            with self.subTest(arguments):
                batch = self.run_batch(f'(pastiche-batch "in/*" "style.png" "painted" {arguments})')
                self.assertEqual(batch.returncode, GIMP_FAILED)
                self.assertIn(sentence, batch.stdout + batch.stderr)
                self.assertEqual(list(self.folder.glob("painted/*.png")), [])

    def test_the_report(self):
        names = ["a.png", "bad.png", "c.v2.png", 'Zürich "1\\2".png']
        for name in names:
            pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
            (self.folder / "in" / name).write_bytes((self.folder / "in" / "a.png").read_bytes())
        (self.folder / "in" / "bad.png").write_text("This is no picture.\n")
        self.profile.environment |= {"TZ": "Asia/Kolkata", "LC_ALL": "de_DE.UTF-8"}
        start = datetime.datetime.now(datetime.timezone.utc)
        batch = self.run_batch('(pastiche-batch "in/*" "style.png" "painted" #:format "jpg" #:steps 3 #:strength 0.25 #:tolerance 0.0000015)')
        end = datetime.datetime.now(datetime.timezone.utc)
        self.assertEqual(batch.returncode, GIMP_FAILED)
        lines = self.report()
        self.assertEqual([(line["status"], line["content"], line["output"]) for line in lines],
                         [("done", 'in/Zürich "1\\2".png', 'Zürich "1\\2".jpg'), ("done", "in/a.png", "a.jpg"),
                          ("failed", "in/bad.png", "bad.jpg"), ("done", "in/c.v2.png", "c.v2.jpg")])
        for line in lines:
            self.assertEqual(line["styles"], [{"file": "style.png", "weight": 1}])
            self.assertLessEqual({"steps": 3, "strength": 0.25, "tolerance": 1.5e-6}.items(), line["options"].items())
            self.assertLess(line["seconds"], SEVERAL_MINUTES)
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
            self.assertLess(start, datetime.datetime.fromisoformat(line["time"]))
            self.assertLess(datetime.datetime.fromisoformat(line["time"]), end)
            self.assertEqual("error" in line, line["status"] == "failed")
        self.assertIn("bad.png", lines[2]["error"])

    def test_what_is_done_with_the_same_options(self):
        photo = pictures.noise(16, 16, seed=1)
        pictures.write(self.folder / "in" / "a.png", photo)
        pictures.write(self.folder / "in" / "b.png", pictures.noise(16, 16, seed=2))
        pictures.write(self.folder / "red.png", pictures.flat(8, 8, (255, 0, 0)))
        call = '(pastiche-batch "in/*.png" {} "painted" #:existing "skip" {})'
        def painted(style, options, status=0):
            batch = self.run_batch(call.format(style, options))
            self.assertEqual(batch.returncode, status, batch.stdout + batch.stderr)
            return [line for line in batch.stdout.splitlines() if line]
        both, none = "pastiche-batch: 2 painted, 0 skipped, 0 failed", "pastiche-batch: 0 painted, 2 skipped, 0 failed"
        self.assertEqual(painted('"style.png"', "#:strength 0.7 #:steps 3")[-1], both)
        self.assertEqual(painted('"style.png"', "#:steps 3 #:strength 0.7 #:memory 4000")[-1], none)
        self.assertEqual(len(self.report()), 2)
        # What cannot be painted anew stays.
        (self.folder / "bad.png").write_text("This is no picture.\n")
        self.assertEqual(painted('"bad.png"', "#:steps 3", GIMP_FAILED)[-1], "pastiche-batch: 0 painted, 0 skipped, 2 failed")
        self.assert_inverted("painted/a.png", photo)
        self.assertEqual(painted('"style.png"', "#:strength 0.7 #:steps 3")[-1], none)
        self.assertEqual(painted('"red.png"', '#:model "style"')[-1], both)
        numpy.testing.assert_array_equal(pictures.read(self.folder / "painted" / "a.png")[:, :, :3], pictures.flat(16, 16, (255, 0, 0)))
        photo = pictures.noise(24, 16, seed=3)
        pictures.write(self.folder / "in" / "a.png", photo)
        self.assertEqual(painted('"red.png"', '#:model "style"'),
                         ["in/a.png -> painted/a.png", "in/b.png: skipped: painted/b.png exists already",
                          "pastiche-batch: 1 painted, 1 skipped, 0 failed"])
        self.assertEqual(pictures.read(self.folder / "painted" / "a.png").shape[:2], photo.shape[:2])
        pictures.write(self.folder / "red.png", pictures.flat(80, 80, (254, 0, 0)))
        self.assertEqual(painted('"red.png"', '#:model "style"')[-1], both)
        self.assertEqual(painted('"style.png"', "#:steps 3 #:existing \"fail\"", GIMP_FAILED)[-1],
                         "pastiche-batch: 0 painted, 0 skipped, 2 failed")
        self.assertEqual([line["status"] for line in self.report()], ["done"] * 2 + ["failed"] * 2 + ["done"] * 5 + ["failed"] * 2)

    def test_a_report_that_was_cut_off(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        call = '(pastiche-batch "in/*" "style.png" "painted" #:existing "skip" #:steps {})'
        self.run_batch(call.format(3))
        report = self.folder / "painted" / "pastiche-batch.jsonl"
        whole = report.read_text()
        self.assertTrue(whole.endswith("}\n"))
        report.write_text(whole + whole[:-30].replace('"output":"a.png"', '"output":"b.png"'))
        self.assertIn("1 skipped", self.run_batch(call.format(3)).stdout)
        self.assertIn("1 painted", self.run_batch(call.format(4)).stdout)
        lines = report.read_text().splitlines()
        self.assertEqual([lines[0] + "\n", lines[1]], [whole, whole[:-30].replace('"output":"a.png"', '"output":"b.png"')])
        self.assertEqual([json.loads(line)["options"]["steps"] for line in lines[2:]], [4])

    def test_a_report_that_cannot_be_written(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        (self.folder / "painted" / "pastiche-batch.2-of-3.jsonl").mkdir(parents=True)
        batch = self.run_batch('(pastiche-batch "in/*" "style.png" "painted" #:shard "2/3")')
        self.assertEqual(batch.returncode, GIMP_FAILED)
        self.assertIn("“painted/pastiche-batch.2-of-3.jsonl” is a folder", batch.stdout + batch.stderr)

    def test_results_among_the_pictures(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        call = '(pastiche-batch "in/*" "style.png" "in" #:name "made/{picture}" #:existing "skip")'
        batch = self.run_batch(f"(begin {call} {call})")
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        self.assertIn("pastiche-batch: 0 painted, 1 skipped, 0 failed", batch.stdout)

    def test_parts(self):
        names = [f"{number}.png" for number in range(1, 6)]
        for number, name in enumerate(names):
            pictures.write(self.folder / "in" / name, pictures.noise(16, 16, seed=number))
        call = '(pastiche-batch "in/*" "style.png" "painted" #:existing "skip" #:shard "{}")'
        batch = self.run_batch(call.format("1/3"))
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        self.assertEqual([line["output"] for line in self.report("pastiche-batch.1-of-3.jsonl")], ["1.png", "4.png"])
        self.profile.environment |= {"SLURM_ARRAY_TASK_ID": "14", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "12",
                                     "SLURM_ARRAY_TASK_MAX": "16", "SLURM_ARRAY_TASK_STEP": "2"}
        batch = self.run_batch(call.format("slurm"))
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        self.assertEqual([line["output"] for line in self.report("pastiche-batch.2-of-3.jsonl")], ["2.png", "5.png"])
        # In another number of parts, what is missing is painted, and what was painted with other options.
        batch = self.run_batch(f'(begin {call.format("1/2")} {call.format("2/2")})')
        self.assertEqual(batch.returncode, 0, batch.stdout + batch.stderr)
        self.assertEqual([line["output"] for line in self.report("pastiche-batch.1-of-2.jsonl")], ["3.png"])
        self.assertEqual(self.report("pastiche-batch.2-of-2.jsonl"), [])
        self.assertIn("1 painted, 2 skipped", batch.stdout)
        self.assertIn("0 painted, 2 skipped", batch.stdout)
        self.run_batch(call.format("1/2")[:-1] + " #:steps 4)")
        batch = self.run_batch(call.format("1/1"))
        self.assertIn("3 painted, 2 skipped", batch.stdout)
        self.assertEqual([line["output"] for line in self.report()], ["1.png", "3.png", "5.png"])
        # Which of the reports is right is told by the times in them.
        self.assertIn("0 painted, 5 skipped", self.run_batch(call.format("1/1")).stdout)
        self.profile.environment |= {"SLURM_ARRAY_TASK_COUNT": "4"}
        self.assertIn("not numbered one after the other", self.run_batch(call.format("slurm")).stderr)

    def test_a_list_of_pictures(self):
        photos = {name: pictures.noise(16, 16, seed=seed) for name, seed in (("a", 1), ("b", 2), ("c", 3))}
        for name, photo in photos.items():
            pictures.write(self.folder / "in" / f"{name}.png", photo)
        pictures.write(self.folder / "red.png", pictures.flat(8, 8, (255, 0, 0)))
        pictures.write(self.folder / "green.png", pictures.flat(8, 8, (0, 255, 0)))
        (self.folder / "list.scm").write_text("""(
            "in/a.png"
            ("in/b.png" "red.png" #:model "style")
            ("in/missing.png")
            ("in/b.png" #:output "deep/again.png" #:strength 0.3 #:steps 5)
            ("in/c.png" ("red.png" "green.png") #:model "style" #:format "jpg"))""")
        batch = self.run_batch("""(pastiche-batch (call-with-input-file "list.scm" read) "style.png" "painted" #:steps 4)""")
        self.assertIn("5 painted, 0 skipped, 1 failed", batch.stdout, batch.stderr)
        lines = self.report()
        self.assertEqual([(line["status"], line["content"], line["styles"][0]["file"], line["output"]) for line in lines],
                         [("done", "in/a.png", "style.png", "a.png"), ("done", "in/b.png", "red.png", "b.png"),
                          ("failed", "in/missing.png", "style.png", "missing.png"), ("done", "in/b.png", "style.png", "deep/again.png"),
                          ("done", "in/c.png", "red.png", "c-red.jpg"), ("done", "in/c.png", "green.png", "c-green.jpg")])
        self.assertEqual([tuple(line["options"][name] for name in ("steps", "strength", "model")) for line in lines],
                         [(4, 0.5, "compact"), (4, 0.5, "style"), (4, 0.5, "compact"), (5, 0.3, "compact"), (4, 0.5, "style"), (4, 0.5, "style")])
        self.assertEqual(lines[2]["error"], "there is no such file")
        self.assert_inverted("painted/a.png", photos["a"])
        numpy.testing.assert_array_equal(pictures.read(self.folder / "painted" / "b.png")[:, :, :3], pictures.flat(16, 16, (255, 0, 0)))
        self.assert_inverted("painted/deep/again.png", photos["b"])

    def test_a_process_that_dies_loses_only_its_picture(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        batch = self.run_batch("""(pastiche-batch '(("in/a.png" #:model "die") ("in/a.png" #:output "b.png")) "style.png" "painted")""")
        self.assertEqual(batch.returncode, GIMP_FAILED)
        self.assertIn("pastiche-batch: 1 painted, 0 skipped, 1 failed", batch.stdout, batch.stderr)
        self.assertEqual([(line["status"], line["output"]) for line in self.report()], [("failed", "a.png"), ("done", "b.png")])

    def test_a_result_that_is_read(self):
        photo = pictures.noise(16, 16)
        pictures.write(self.folder / "in" / "a.png", photo)
        batch = self.run_batch("""(begin
          (pastiche-batch "in/*" "style.png" "painted")
          (pastiche-batch (list "painted/a.png") "style.png" "painted" #:existing "skip"))""")
        self.assertEqual(batch.returncode, GIMP_FAILED)
        self.assertIn("The result “painted/a.png” would take the place of “painted/a.png”, which this batch reads", batch.stdout + batch.stderr)
        self.assert_inverted("painted/a.png", photo)

    def test_wrong_lists(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        for pattern, style, sentence in (("'()", '"style.png"', "Say which pictures to paint."),
                                         ('(list "in/a.png")', "'()", "entry 1: --style is missing"),
                                         ("'((3))", '"style.png"', "a picture or a list that begins with one is expected"),
                                         ("""'(("in/a.png" "nowhere.png"))""", "'()", "The style picture “nowhere.png” does not exist"),
                                         ("""'(("in/a.png" #:style-file-2 "far.png"))""", '"style.png"',
                                          "/pictures/far.png” does not exist; choose another file.\npastiche-batch: 0 painted, 0 skipped, 1 failed"),
                                         ("""'(("in/a.png" #:existing "skip"))""", '"style.png"', "There is no argument “existing” that a picture can have")):
            with self.subTest(pattern):
                batch = self.run_batch(f'(pastiche-batch {pattern} {style} "painted")')
                self.assertEqual(batch.returncode, GIMP_FAILED)
                self.assertIn(sentence, batch.stdout + batch.stderr)
                self.assertEqual(list(self.folder.glob("painted/*.png")), [])

    def test_one_picture_without_the_script(self):
        photo = pictures.noise(32, 24)
        pictures.write(self.folder / "photo.png", photo)
        single = self.run_batch("""
          (let ((image (car (gimp-file-load RUN-NONINTERACTIVE "photo.png"))))
            (gimp-image-policy-rotate image FALSE)
            (plug-in-pastiche #:run-mode RUN-NONINTERACTIVE #:image image
                              #:drawables (car (gimp-image-get-selected-drawables image))
                              #:style-file "style.png" #:strength 0.6 #:size 1024)
            (gimp-file-save RUN-NONINTERACTIVE image "painted.png"))""")
        self.assertEqual(single.returncode, 0, single.stderr)
        self.assert_inverted("painted.png", photo)

    def test_nothing_matches(self):
        batch = self.run_batch('(pastiche-batch "in/*.tiff" "style.png" "painted")')
        self.assertEqual(batch.returncode, GIMP_FAILED)
        self.assertIn("No file matches “in/*.tiff”.", batch.stdout + batch.stderr)
        batch = self.run_batch('(pastiche-batch "nowhere/*.png" "style.png" "painted")')
        self.assertEqual(batch.returncode, GIMP_FAILED)
        self.assertIn("The folder “nowhere” cannot be read", batch.stdout + batch.stderr)
        self.assertFalse((self.folder / "painted").exists())

    def test_missing_style(self):
        pictures.write(self.folder / "in" / "a.png", pictures.noise(16, 16))
        batch = self.run_batch('(pastiche-batch "in/*" "nowhere.png" "painted")')
        self.assertEqual(batch.returncode, GIMP_FAILED)
        self.assertIn("The style picture “nowhere.png” does not exist; choose another file.", batch.stdout + batch.stderr)
        self.assertFalse((self.folder / "painted").exists())


if __name__ == "__main__":
    unittest.main()
