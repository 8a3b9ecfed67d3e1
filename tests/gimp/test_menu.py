# SPDX-License-Identifier: GPL-3.0-or-later
"""A user who chooses Pastiche from GIMP's menu, with whatever is selected there. The test core turns every colour c into 255 - c."""

import itertools
import subprocess
import unittest

import numpy

import pictures
from desktop import wait_until
from window import WindowTest

ORANGE, BLUE = (230, 120, 20), (20, 60, 200)
PASTICHE, WITH_SETTINGS, AGAIN = "ctrl+alt+p", "ctrl+alt+s", "ctrl+f"
SHORTCUTS = """(file-version 1)
(action "plug-in-pastiche" "<Primary><Alt>p")
(action "plug-in-pastiche-repeat" "<Primary><Alt>s")
"""
# The first painting: with a style on the left and another one, of a layer, on the right, as the test core's model "regions" paints them.
REGION = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (layers (car (gimp-image-get-layers image)))
       (blue (add-layer image "blue.png"))
       (half (lambda (name x)
         (gimp-image-select-rectangle image CHANNEL-OP-REPLACE x 0 32 48)
         (let ((channel (car (gimp-selection-save image))))
           (gimp-item-set-name channel name)
           channel)))
       (left (half "Left half" 0))
       (right (half "Right half" 32)))
  (gimp-selection-none image)
  (test-case "first" (lambda ()
    (plug-in-pastiche #:run-mode RUN-INTERACTIVE #:image image #:drawables layers #:model "regions"
                      #:style-file "orange.png" #:style-crop "0,0,32,48" #:style-region left #:style-drawable-2 blue #:style-region-2 right)))
  (gimp-image-set-selected-layers image layers)
  (gimp-displays-flush)
  (call-with-output-file "open" (lambda (port) (display "" port))))
"""
# A painting in a layer above, and another picture.
PAINTING = """
(let* ((image (vector-ref (car (gimp-get-images)) 0)))
  (gimp-item-set-name (first-layer image) "Photograph")
  (paint image (list (first-layer image)) #:style-file "orange.png" #:model "style" #:output "new-layer")
  (gimp-item-set-name (first-layer image) "Painting")
  (gimp-item-set-name (add-layer image "other.png") "Other")
  (gimp-displays-flush)
  (call-with-output-file "open" (lambda (port) (display "" port))))
"""
BEGIN = """
(gimp-image-clean-all (vector-ref (car (gimp-get-images)) 0))
(call-with-output-file "open" (lambda (port) (display "" port)))
"""
# For the GIMP that is running already.
STEP = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (layers (vector->list (car (gimp-image-get-layers image))))
       (name "{name}"))
  {work}
  (gimp-displays-flush)
  (call-with-output-file name (lambda (port) (display "" port))))
"""
STATE = """(tell name (length layers) (if (= INDEXED (car (gimp-image-get-base-type image))) "indexed" "colours")
                 (if (= TRUE (car (gimp-image-is-dirty image))) "dirty" "clean"))"""


class MenuTest(WindowTest):
    MESSAGE, DIALOG = "^Pastiche Message$", "^Pastiche$"

    def setUp(self):
        super().setUp()
        self.steps = itertools.count()

    def begin(self, picture="photo.png", program=BEGIN):
        (self.profile.folder / "profile" / "shortcutsrc").write_text(SHORTCUTS)
        self.desktop.environment |= {"PASTICHE_TEST_LABELS": "1"}
        self.image = f"{picture.removesuffix('.png')}.*GIMP"
        self.output = self.start_gimp(program, picture)

    def step(self, work):
        """Does work in GIMP; returns what it told under `name`."""
        name = f"step-{next(self.steps)}"
        self.run_in_running_gimp(STEP.replace("{work}", work).replace("{name}", name))
        self.wait_for_file(name)
        return [line.split("\t")[2:] for line in self.output.read_text().splitlines() if line.startswith(f"told\t{name}\t")]

    def state(self):
        return self.step(STATE)[0]

    def choose(self, entry, window):
        """From the menu, by its key; returns the window that comes."""
        self.desktop.wait_for_window(self.image)
        self.desktop.press(entry)
        return self.desktop.wait_for_window(window)

    def press_and_wait(self, window, key, expected_layers):
        """Until the image has that many layers."""
        def painted():
            return self.output.read_text().count("pastiche: painted ")
        before = painted()
        self.desktop.wait_for_window(window)
        self.desktop.press(key)
        wait_until(lambda: painted() > before, "the painting")
        wait_until(lambda: self.state()[0] == str(expected_layers), "its layers")

    def paint(self, expected_layers):
        self.press_and_wait(self.DIALOG, "alt+a", expected_layers)

    def paint_again(self, expected_layers):
        self.press_and_wait(self.image, AGAIN, expected_layers)

    def select(self, *numbers):
        """Layers, by their number from the top."""
        self.step(f"(gimp-image-set-selected-layers image (vector {' '.join(f'(list-ref layers {number})' for number in numbers)}))")

    def assert_layer(self, number, expected):
        self.step(f'(save-layer image (list-ref layers {number}) "layer.png")')
        self.assert_colors("layer.png", numpy.broadcast_to(expected, self.photo.shape))


class Menu(MenuTest):
    def test_an_indexed_image(self):
        subprocess.run(["convert", str(self.folder / "photo.png"), "-colors", "16", f"PNG8:{self.folder / 'few.png'}"], check=True)
        self.begin("few.png")
        self.wait_for_file("open")
        untouched = ["1", "indexed", "clean"]
        self.choose(PASTICHE, self.MESSAGE)
        self.desktop.press("Escape")
        self.assertEqual(self.state(), untouched)
        self.choose(PASTICHE, self.MESSAGE)
        self.desktop.press("Return")
        self.desktop.wait_for_window(self.DIALOG)
        self.desktop.press("Escape")
        self.assertEqual(self.state(), untouched)
        self.choose(PASTICHE, self.MESSAGE)
        self.desktop.press("Return")
        self.paint(2)
        self.assertEqual(self.state(), ["2", "colours", "dirty"])
        self.assert_layer(0, 255 - self.colors("few.png"))
        self.desktop.wait_for_window(self.image)
        self.desktop.press("ctrl+z")
        wait_until(lambda: self.state()[:2] == untouched[:2], "undo of both at once")

    def test_whatever_is_selected(self):
        self.begin()
        self.wait_for_file("open")
        with self.subTest("a group"):
            self.step('(let ((group (car (gimp-group-layer-new image "A group"))))'
                      " (gimp-image-insert-layer image group 0 0)"
                      " (gimp-image-reorder-item image (car layers) group 0)"
                      " (gimp-image-set-selected-layers image (vector group)))")
            self.choose(PASTICHE, self.DIALOG)
            self.paint(2)
            self.assert_layer(0, 255 - self.photo)
        with self.subTest("the mask of a layer"):
            self.step("(let* ((layer (vector-ref (car (gimp-item-get-children (cadr layers))) 0))"
                      "        (mask (car (gimp-layer-create-mask layer ADD-MASK-WHITE))))"
                      " (gimp-image-remove-layer image (car layers))"
                      " (gimp-image-reorder-item image layer 0 0)"
                      " (gimp-layer-add-mask layer mask)"
                      " (gimp-layer-set-edit-mask layer TRUE)"
                      " (gimp-image-set-selected-layers image (vector layer))"
                      " (tell name (= mask (vector-ref (car (gimp-image-get-selected-drawables image)) 0))))")
            self.choose(PASTICHE, self.DIALOG)
            self.paint(3)
            self.assert_layer(0, 255 - self.photo)
        with self.subTest("a channel is none of the layers"):
            self.step('(let ((channel (car (gimp-channel-new-from-component image CHANNEL-RED "A channel"))))'
                      " (gimp-image-insert-channel image channel 0 0)"
                      " (gimp-image-set-selected-channels image (vector channel)))")
            for entry in (PASTICHE, AGAIN):
                self.choose(entry, self.MESSAGE)
                self.desktop.press("Escape")
            self.assertEqual(self.state()[0], "3")
            told = self.output.read_text()
            self.assertEqual(told.count("“A channel” is a channel; select a layer instead."), 2)
            self.assertNotRegex(told, "(Calling|Execution) error")

    def test_again_with_style_layer_and_regions(self):
        style = pictures.flat(64, 48, ORANGE)
        style[:, 32:] = 0  # which is left out
        pictures.write(self.folder / "orange.png", style)
        pictures.write(self.folder / "blue.png", pictures.flat(64, 48, BLUE))
        halves = numpy.concatenate([pictures.flat(32, 48, ORANGE), pictures.flat(32, 48, BLUE)], axis=1)
        self.begin(program=REGION)
        self.desktop.wait_for_window(self.DIALOG)
        self.desktop.press("alt+a")
        self.wait_for_file("open")
        self.assertIn("case\tfirst\tdone", self.output.read_text())
        self.assert_layer(1, halves)
        with self.subTest("the dialog again"):
            self.choose(PASTICHE, self.DIALOG)
            self.paint(4)
            self.assert_layer(2, halves)
        with self.subTest("without the dialog"):
            self.select(3)
            self.paint_again(5)
            self.assert_layer(3, halves)
        with self.subTest("another image"):
            self.run_in_running_gimp("""
                (let ((image (open-picture "other.png")))
                  (test-case "other" (lambda () (plug-in-pastiche #:run-mode RUN-WITH-LAST-VALS #:image image
                                                                  #:drawables (vector (first-layer image)))))
                  (tell "other" (vector-length (car (gimp-image-get-layers image))))
                  (gimp-image-delete image)
                  (call-with-output-file "other" (lambda (port) (display "" port))))""")
            self.desktop.wait_for_window(self.MESSAGE)
            self.desktop.press("Escape")
            self.wait_for_file("other")
            self.assertIn("told\tother\t1\n", self.output.read_text())
        with self.subTest("the region is gone"):
            self.step('(gimp-image-remove-channel image (car (gimp-image-get-channel-by-name image "Left half")))')
            self.select(4)
            self.choose(AGAIN, self.MESSAGE)
            self.desktop.press("Escape")
            self.choose(PASTICHE, self.MESSAGE)
            self.desktop.press("Escape")
            self.desktop.wait_for_window(self.DIALOG)
            self.desktop.press("Escape")
            self.assertEqual(self.state()[0], "5")
        with self.subTest("it is said once, also after a restart"):
            self.choose(PASTICHE, self.DIALOG)
            self.desktop.press("Escape")
            self.assertEqual(self.state()[0], "5")
            before = self.output.read_text()
            self.run_in_running_gimp("(gimp-quit TRUE)")
            wait_until(lambda: not self.desktop.xdotool("search", "--name", "GIMP", check=False), "the end of GIMP")
            (self.folder / "open").unlink()
            self.begin()
            self.wait_for_file("open")
            self.choose(PASTICHE, self.DIALOG)
            self.paint(2)
            self.assertNotIn("is gone", self.output.read_text())
        told = before
        self.assertEqual(told.count(" half”, which the last painting was made with, is gone or belongs to another image; choose another one."), 2)
        self.assertNotIn("couldn't serialize", told)

    def test_the_settings_of_a_painting(self):
        pictures.write(self.folder / "orange.png", pictures.flat(64, 48, ORANGE))
        self.begin(program=PAINTING)
        self.wait_for_file("open")
        with self.subTest("another layer"):
            self.select(0, 1)
            self.choose(WITH_SETTINGS, self.DIALOG)
            self.assertIn("label: <b>Other</b>\n", self.output.read_text())
            self.paint(4)
            self.assert_layer(0, ORANGE)
            self.assert_layer(1, self.other)
        with self.subTest("and again"):
            self.select(1)
            self.paint_again(5)
            self.assert_layer(1, ORANGE)
        with self.subTest("of none"):
            self.select(4)
            self.choose(WITH_SETTINGS, self.MESSAGE)
            self.desktop.press("Escape")
            self.assertEqual(self.state()[0], "5")
            self.assertIn("pastiche: None of the selected layers was painted by Pastiche", self.output.read_text())
        with self.subTest("from the original, and others"):
            self.select(3, 2, 4)
            self.choose(PASTICHE, self.DIALOG)
            self.assertIn("label: <b>Photograph</b>\nand 2 more layers\n", self.output.read_text())
            self.paint(8)
            self.assert_layer(2, 255 - self.other)
            self.assert_layer(4, 255 - self.photo)
            self.assert_layer(6, 255 - self.photo)
        with self.subTest("from the painting, when the mark in the header is taken away"):
            self.select(5)
            window = self.choose(PASTICHE, self.DIALOG)
            width = int(self.desktop.xdotool("getwindowgeometry", window)[-1].split("x")[0])
            self.desktop.xdotool("mousemove", "--window", window, str(width - 300), "41", "click", "1")
            self.paint(9)
            self.assert_layer(5, 255 - numpy.array(ORANGE))


if __name__ == "__main__":
    unittest.main()
