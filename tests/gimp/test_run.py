# SPDX-License-Identifier: GPL-3.0-or-later
"""The window that shows the painting: stopping, pausing, cancelling, several layers, the plot. The test core paints until the file "go" is
there and then turns every colour c into 255 - c; stopped, it turns (r, g, b) into (g, b, r)."""

import csv
import json
import math
import subprocess
import time
import unittest
import xml.etree.ElementTree

import numpy

import pictures
from desktop import wait_until
from gimp import REAL_CORE
from window import SCREENSHOTS, WindowTest

PROGRAM = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (below (first-layer image))
       (above (add-layer image "other.png"))
       (mark (lambda (name) (call-with-output-file name (lambda (port) (display "" port))))))
  (gimp-item-set-name below "Street at night")
  (gimp-image-clean-all image)
  (test-case "painting" (lambda ()
    (plug-in-pastiche #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector {layers})
                      #:style-file "style.png" #:output "replace" {arguments})))
  (test-case "dirty" (lambda () (if (= TRUE (car (gimp-image-is-dirty image))) (*error-hook* "dirty"))))
  (let ((layers (car (gimp-image-get-layers image))))
    (do ((i 0 (+ i 1))) ((= i (vector-length layers)))
      (save-layer image (vector-ref layers i) (string-append "after-" (number->string i) ".png"))))
  (mark "finished"))
"""
# For the GIMP that is running already.
COUNT = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (layers (car (gimp-image-get-layers image))))
  (save-layer image (vector-ref layers 0) "undone-above.png")
  (save-layer image (vector-ref layers (- (vector-length layers) 1)) "undone-below.png")
  (call-with-output-file (string-append "count-" (number->string (vector-length layers))) (lambda (port) (display "" port))))
"""
# A layer that was painted before, and then another with its settings.
PROGRAM_AGAIN = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (below (first-layer image))
       (above (add-layer image "other.png"))
       (settings (lambda (layer name)
         (call-with-output-file name (lambda (port)
           (display (list-ref (car (gimp-item-get-parasite layer "pastiche-settings")) 2) port))))))
  (paint image (list above) #:style-file "style.png" #:steps 7 #:output "replace")
  (test-case "again" (lambda ()
    (plug-in-pastiche-repeat #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector below) #:settings-layer above)))
  (settings above "above.json")
  (settings below "below.json")
  (save-layer image below "again.png")
  (call-with-output-file "finished" (lambda (port) (display "" port))))
"""
HAS_SETTINGS = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (names (car (gimp-item-get-parasite-list (vector-ref (car (gimp-image-get-layers image)) 1)))))
  (call-with-output-file (if (member "pastiche-settings" names) "with-settings" "without-settings") (lambda (port) (display "" port))))
"""
WAITING = '#:steps 30 #:model "{folder}/go"'


def rotated(picture):
    return numpy.roll(picture, -1, axis=2)


class RunTest(WindowTest):
    TITLE_DIALOG, TITLE = "^Pastiche$", "^Pastiche is painting$"

    def begin(self, layers="below", arguments=WAITING, picture="photo.png"):
        """Confirms the dialog; returns the window that shows the painting, once it is at work."""
        self.output = self.start_gimp(PROGRAM.replace("{layers}", layers).replace("{arguments}", arguments), picture)
        self.desktop.wait_for_window(self.TITLE_DIALOG)
        self.desktop.press("alt+a")
        window = self.desktop.wait_for_window(self.TITLE)
        wait_until(lambda: "pastiche: " in self.output.read_text(), "the first step")
        return window

    def finish(self):
        self.wait_for_file("finished")
        for line in self.output.read_text().splitlines():
            # GIMP may have closed its end of the pipe when a plug-in ends, and its last values cannot hold a layer.
            if "pastiche:" in line and "gimp_flush" not in line and "couldn't serialize property" not in line:
                self.assertNotRegex(line, "CRITICAL|Gtk-WARNING|Gimp.*-WARNING")
            self.assertNotIn("stray image", line)
        return self.output.read_text()


class Run(RunTest):
    def steps(self):
        return (self.folder / "go.steps").stat().st_size

    def test_stop_and_keep(self):
        window = self.begin()
        wait_until(lambda: self.steps() > 20, "some steps")
        self.desktop.photograph(window, SCREENSHOTS / "run.png")
        self.desktop.press("alt+s")
        self.assertIn("case\tpainting\tdone", self.finish())
        self.assert_colors("after-1.png", rotated(self.photo))
        self.assert_colors("after-0.png", self.other)

    def assert_nothing_changes(self, keys):
        self.begin()
        self.desktop.press(keys)
        told = self.finish()
        self.assertIn("case\tpainting\tdone", told, "no error")
        self.assertIn("case\tdirty\tdone", told)
        self.assert_colors("after-1.png", self.photo)
        self.assert_colors("after-0.png", self.other)

    def test_cancel(self):
        self.assert_nothing_changes("alt+c")

    def test_closing_the_window(self):
        self.assert_nothing_changes("alt+F4")

    def test_escape(self):
        self.assert_nothing_changes("Escape")

    def steps_after_a_second_without(self):
        before = self.steps()
        time.sleep(1)  # there is no event for nothing that happens
        return before if self.steps() == before else None

    def test_pause(self):
        window = self.begin()
        self.desktop.press("alt+p")
        # A step that was under way may still come; then none does.
        before = wait_until(self.steps_after_a_second_without, "the pause")
        self.desktop.photograph(window, SCREENSHOTS / "run-paused.png")
        self.desktop.press("alt+g")
        wait_until(lambda: self.steps() > before, "more steps")
        (self.folder / "go").touch()
        self.finish()
        self.assert_colors("after-1.png", 255 - self.photo)

    def test_stopping_while_paused(self):
        self.begin()
        self.desktop.press("alt+p")
        self.desktop.press("alt+s")
        self.finish()
        self.assert_colors("after-1.png", rotated(self.photo))

    def test_two_layers_in_turn(self):
        window = self.begin(layers="below above", arguments=WAITING + ' #:output "new-layer"')
        self.desktop.photograph(window, SCREENSHOTS / "run-queue.png")
        self.assertEqual(self.layers_now(), 2, "GIMP goes on working meanwhile")
        (self.folder / "go").touch()
        self.finish()
        for number, expected in enumerate((255 - self.other, self.other, 255 - self.photo, self.photo)):
            self.assert_colors(f"after-{number}.png", expected)

        # One step back takes away both new layers.
        self.desktop.wait_for_window("photo.*GIMP")
        self.desktop.press("ctrl+z")
        wait_until(lambda: self.layers_now() == 2, "undo")
        self.assert_colors("undone-above.png", self.other)
        self.assert_colors("undone-below.png", self.photo)

    def layers_now(self):
        self.run_in_running_gimp(COUNT)
        (mark,) = wait_until(lambda: list(self.folder.glob("count-*")), "the number of layers")
        mark.unlink()
        return int(mark.name.removeprefix("count-"))

    def test_stop_and_keep_in_the_first_of_two_layers(self):
        self.begin(layers="below above")
        self.desktop.press("alt+s")
        self.finish()
        self.assert_colors("after-1.png", rotated(self.photo))
        self.assert_colors("after-0.png", self.other)

    def test_the_plot_can_be_saved(self):
        # With numbers as in a language that writes 0,5.
        self.desktop.environment |= {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "en"}
        self.begin()
        for kind in ("svg", "png", "csv"):
            self.desktop.press("alt+l")
            self.desktop.wait_for_window("^Save the plot")
            path = self.folder / f"losses.{kind}"
            self.desktop.press("ctrl+a")
            self.desktop.xdotool("type", "--delay", "1", str(path))
            self.desktop.press("Return")
            wait_until(path.exists, path.name)
            self.desktop.wait_for_window(self.TITLE)
        self.desktop.press("alt+c")
        self.finish()

        svg = xml.etree.ElementTree.parse(self.folder / "losses.svg").getroot()
        curves = [element for element in svg if element.tag.endswith("polyline")]
        self.assertEqual(len(curves), 3)
        for curve in curves:
            for point in curve.get("points").split():
                self.assertTrue(all(math.isfinite(float(number)) for number in point.split(",")), point)
        size = subprocess.run(["identify", "-format", "%w %h", str(self.folder / "losses.png")], check=True, capture_output=True, text=True)
        self.assertEqual(size.stdout, "1920 1080")
        subprocess.run(["cp", str(self.folder / "losses.png"), str(SCREENSHOTS / "run-plot.png")], check=True)
        with open(self.folder / "losses.csv", newline="") as file:
            first, second = list(csv.DictReader(file))[:2]
        self.assertEqual([(row["step"], float(row["style"]), float(row["content"]), float(row["total"])) for row in (first, second)],
                         [("1", 8.0, 1.0, 9.0), ("2", 4.0, 1.0, 5.0)])
        self.assertEqual(sorted(path.name for path in self.folder.glob("*losses*")), ["losses.csv", "losses.png", "losses.svg"])

    def test_the_window_can_stay_open(self):
        self.begin()
        self.desktop.press("alt+o")
        (self.folder / "go").touch()
        window = self.desktop.wait_for_window("^Pastiche has painted$")
        self.desktop.photograph(window, SCREENSHOTS / "run-ended.png")
        self.desktop.press("alt+c")
        self.finish()
        self.assert_colors("after-1.png", 255 - self.photo)

    def test_in_chinese(self):
        self.desktop.environment |= {"LC_ALL": "zh_CN.UTF-8"}
        self.output = self.start_gimp(PROGRAM.replace("{layers}", "below above").replace("{arguments}", WAITING))
        self.desktop.wait_for_window("^Pastiche$")
        self.desktop.press("alt+a")
        wait_until(lambda: (self.folder / "go.steps").exists(), "the first step")
        window = wait_until(lambda: self.desktop.xdotool("search", "--onlyvisible", "--classname", "pastiche", check=False), "the window")[-1]
        self.desktop.photograph(window, SCREENSHOTS / "run-chinese.png")
        (self.folder / "go").touch()
        self.finish()

    def test_painting_again_and_taking_it_back(self):
        self.output = self.start_gimp(PROGRAM_AGAIN)
        self.desktop.wait_for_window(self.TITLE_DIALOG)
        self.desktop.press("alt+a")
        self.finish()
        above, below = (json.loads((self.folder / name).read_text())["arguments"] for name in ("above.json", "below.json"))
        self.assertEqual(below, above)
        self.assertEqual(below["steps"], 7)
        self.assert_colors("again.png", 255 - self.photo)
        self.desktop.wait_for_window("photo.*GIMP")
        self.desktop.press("ctrl+z")
        wait_until(self.layer_has_no_settings, "undo")

    def layer_has_no_settings(self):
        for name in ("with-settings", "without-settings"):
            (self.folder / name).unlink(missing_ok=True)
        self.run_in_running_gimp(HAS_SETTINGS)
        wait_until(lambda: list(self.folder.glob("with*-settings")), "an answer")
        return (self.folder / "without-settings").exists()

    def test_in_light_colours(self):
        with open(self.profile.folder / "profile" / "gimprc", "a") as settings:
            settings.write("(theme-color-scheme light)\n")
        window = self.begin()
        wait_until(lambda: self.steps() > 20, "some steps")
        self.desktop.photograph(window, SCREENSHOTS / "run-light.png")
        self.desktop.press("alt+c")
        self.finish()


class RealCore(RunTest):
    CORE = REAL_CORE

    def test_stop_and_keep(self):
        subprocess.run(["convert", "-size", "384x256", "-seed", "3", "plasma:orange-navy", "-blur", "0x2", "PNG32:photo.png"],
                       cwd=self.folder, check=True)
        photo = pictures.read(self.folder / "photo.png").astype(numpy.uint8)
        photo[60:140, 120:240, 3] = 60
        pictures.write(self.folder / "photo.png", photo)
        window = self.begin(arguments="#:scales 2 #:steps 60 #:tolerance 0")
        wait_until(lambda: "scale 2/" in self.output.read_text(), "the second scale")
        self.desktop.photograph(window, SCREENSHOTS / "run-real.png")
        self.desktop.press("alt+s")
        self.assertIn("case\tpainting\tdone", self.finish())
        after = pictures.read(self.folder / "after-1.png")
        numpy.testing.assert_array_equal(after[:, :, 3], photo[:, :, 3])
        self.assertGreater((after[:, :, :3] != photo[:, :, :3]).any(axis=2).mean(), 0.5)


if __name__ == "__main__":
    unittest.main()
