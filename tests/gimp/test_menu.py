# SPDX-License-Identifier: GPL-3.0-or-later
"""A user who chooses Pastiche from GIMP's menu, with whatever is selected there. The test core turns every colour c into 255 - c."""

import itertools
import subprocess
import unittest

from desktop import wait_until
from window import WindowTest

PASTICHE, WITH_SETTINGS, AGAIN = "ctrl+alt+p", "ctrl+alt+s", "ctrl+f"
SHORTCUTS = """(file-version 1)
(action "plug-in-pastiche" "<Primary><Alt>p")
(action "plug-in-pastiche-repeat" "<Primary><Alt>s")
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

    def begin(self, picture="photo.png"):
        (self.profile.folder / "profile" / "shortcutsrc").write_text(SHORTCUTS)
        self.steps = itertools.count()
        self.image = f"{picture.removesuffix('.png')}.*GIMP"
        self.output = self.start_gimp(BEGIN, picture)
        self.wait_for_file("open")

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

    def paint(self, expected_layers):
        """Confirms the dialog, and waits until the image has that many layers."""
        self.desktop.wait_for_window(self.DIALOG)
        self.desktop.press("alt+a")
        wait_until(lambda: self.state()[0] == str(expected_layers), "the painting")

    def assert_top(self, expected):
        self.step('(save-layer image (car layers) "top.png")')
        self.assert_colors("top.png", expected)


class Menu(MenuTest):
    def test_an_indexed_image(self):
        subprocess.run(["convert", str(self.folder / "photo.png"), "-colors", "16", f"PNG8:{self.folder / 'few.png'}"], check=True)
        self.begin("few.png")
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
        self.assert_top(255 - self.colors("few.png"))
        self.desktop.wait_for_window(self.image)
        self.desktop.press("ctrl+z")
        wait_until(lambda: self.state()[:2] == untouched[:2], "undo of both at once")

    def test_whatever_is_selected(self):
        self.begin()
        with self.subTest("a group"):
            self.step('(let ((group (car (gimp-group-layer-new image "A group"))))'
                      " (gimp-image-insert-layer image group 0 0)"
                      " (gimp-image-reorder-item image (car layers) group 0)"
                      " (gimp-image-set-selected-layers image (vector group)))")
            self.choose(PASTICHE, self.DIALOG)
            self.paint(2)
            self.assert_top(255 - self.photo)
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
            self.assert_top(255 - self.photo)
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


if __name__ == "__main__":
    unittest.main()
