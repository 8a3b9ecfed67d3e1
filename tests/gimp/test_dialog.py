# SPDX-License-Identifier: GPL-3.0-or-later
"""GIMP on a screen: the dialog, one step of undo, and a user who goes on working meanwhile."""

import json
import subprocess
import unittest

from desktop import wait_until
from window import WindowTest

# Two layers are selected. Each call returns when its dialog is closed.
PROGRAM = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (below (first-layer image))
       (above (add-layer image "other.png"))
       (open-dialog (lambda ()
         (plug-in-pastiche #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector below above)
                           #:style-file "style.png" #:output "replace")))
       (save-both (lambda (name)
         (save-layer image below (string-append name "-below.png"))
         (save-layer image above (string-append name "-above.png")))))
  (test-case "cancelled" open-dialog)
  (save-both "cancelled")
  (call-with-output-file "cancelled" (lambda (port) (display "" port)))
  (test-case "confirmed" open-dialog)
  (save-both "confirmed")
  (call-with-output-file "confirmed" (lambda (port) (display "" port))))
"""
# For the GIMP that is running already.
SAVE = """
(let* ((image (vector-ref (car (gimp-get-images)) 0)))
  (save-layer image (vector-ref (car (gimp-image-get-layers image)) 1) "undone-below.png")
  (save-layer image (vector-ref (car (gimp-image-get-layers image)) 0) "undone-above.png")
  (call-with-output-file "undone" (lambda (port) (display "" port))))
"""
# A layer is removed while another and it are being painted, until the file "go" is there.
PROGRAM_MEANWHILE = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (below (first-layer image))
       (above (add-layer image "other.png")))
  (test-case "painting" (lambda () (paint image (list below above) #:style-file "style.png" #:model "{folder}/go")))
  (save-layer image below "meanwhile-below.png")
  (call-with-output-file "finished" (lambda (port) (display "" port))))
"""
REMOVE = """
(let* ((image (vector-ref (car (gimp-get-images)) 0)))
  (gimp-image-remove-layer image (first-layer image))
  (call-with-output-file "removed" (lambda (port) (display "" port))))
"""
PROGRAM_CHINESE = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (drawables (vector (first-layer image))))
  (test-case "dialog" (lambda ()
    (plug-in-pastiche #:run-mode RUN-INTERACTIVE #:image image #:drawables drawables #:style-file "style.png")))
  (test-case "nothing there" (lambda ()
    (plug-in-pastiche #:run-mode RUN-NONINTERACTIVE #:image image #:drawables drawables #:style-file "nothing.png")))
  (call-with-output-file "finished" (lambda (port) (display "" port))))
"""


# Tells the settings that the layer was painted with.
PROGRAM_PRESET = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (layer (first-layer image)))
  (plug-in-pastiche #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector layer) #:style-file "style.png" #:output "replace"
                    #:color "content" #:strength 0.7)
  (call-with-output-file "settings" (lambda (port)
    (display (list-ref (car (gimp-item-get-parasite layer "pastiche-settings")) 2) port)))
  (call-with-output-file "finished" (lambda (port) (display "" port))))
"""


class Dialog(WindowTest):
    def assert_layers(self, name, below, above):
        for layer, expected in (("below", below), ("above", above)):
            self.assert_colors(f"{name}-{layer}.png", expected)

    def both_are_as_before(self):
        (self.folder / "undone").unlink(missing_ok=True)
        self.run_in_running_gimp(SAVE)
        self.wait_for_file("undone")
        try:
            self.assert_layers("undone", self.photo, self.other)
        except AssertionError:
            return False
        return True

    def test_a_layer_is_removed_before_its_turn(self):
        output = self.start_gimp(PROGRAM_MEANWHILE)
        wait_until(lambda: "pastiche: " in output.read_text(), "the plug-in at work")
        self.run_in_running_gimp(REMOVE)
        self.wait_for_file("removed")
        (self.folder / "go").touch()
        self.wait_for_file("finished")
        self.assertIn("case\tpainting\tdone", output.read_text())
        self.assertRegex(output.read_text(), "was removed, resized or converted before it was painted; it is left out.")
        self.assert_colors("meanwhile-below.png", 255 - self.photo)

    def test_dialog(self):
        output = self.start_gimp(PROGRAM)
        self.desktop.wait_for_window("^Pastiche$")
        self.desktop.press("alt+x")
        self.desktop.press("Escape")
        self.wait_for_file("cancelled")
        self.assert_layers("cancelled", self.photo, self.other)

        self.desktop.wait_for_window("^Pastiche$")
        self.desktop.press("alt+a")
        self.wait_for_file("confirmed")
        self.assert_layers("confirmed", 255 - self.photo, 255 - self.other)

        # One step back brings back both.
        self.desktop.wait_for_window("photo.*GIMP")
        self.desktop.press("ctrl+z")
        wait_until(self.both_are_as_before, "undo")

        for line in output.read_text().splitlines():
            self.assertNotIn("mnemonic", line)
            if "pastiche:" in line:
                self.assertNotRegex(line, "CRITICAL|Gtk-WARNING|Gimp.*-WARNING")

    def choose_preset(self, *keys):
        """Returns the options that were painted with. The box and its menu are before the slider for the strength in the order of the
        keys."""
        self.start_gimp(PROGRAM_PRESET)
        self.desktop.wait_for_window("^Pastiche$")
        self.desktop.press("alt+g", "shift+Tab", "shift+Tab", *keys)
        self.desktop.press("alt+a")
        self.wait_for_file("finished")
        return json.loads((self.folder / "settings").read_text())["arguments"]

    def test_a_preset_sets_what_it_names_and_no_more(self):
        # In the menu that is opened, from "Custom", the last one, up to "Keep the lines".
        options = self.choose_preset("space", "Up", "Up", "Return")
        self.assertEqual([options[name] for name in ("laplacian-weight", "gradient-weight", "match")], [1, 0.3, "content"])
        self.assertEqual([options[name] for name in ("color", "strength", "steps")], ["content", 0.7, 50])

    def test_the_standard_preset_sets_everything_to_its_default(self):
        options = self.choose_preset("Home")
        self.assertEqual([options[name] for name in ("color", "strength", "steps", "size")], ["style", 0.5, 50, 1024])

    def test_the_wheel_changes_no_value(self):
        """It passes over all controls, as the column that they are in scrolls on under the pointer."""
        self.start_gimp(PROGRAM_PRESET)
        window = self.desktop.wait_for_window("^Pastiche$")
        self.desktop.press("alt+x")
        width, height = (int(side) for side in self.desktop.xdotool("getwindowgeometry", window)[-1].split("x"))
        for down in (True, False):
            for y in range(140, height - 160, 12):
                self.desktop.xdotool("mousemove", "--window", window, str(width - 200), str(y), "click", "5" if down else "4")
        self.desktop.press("alt+a")
        self.wait_for_file("finished")
        arguments = json.loads((self.folder / "settings").read_text())["arguments"]
        expected = {"strength": 0.7, "brush-work": 1, "style-scale": 1, "size": 1024, "steps": 50, "color": "content", "seed": 0,
                    "content-weight": 1, "style-weight": 1, "tv-weight": 1, "optimizer": "lbfgs", "start": "content"}
        self.assertEqual({name: arguments[name] for name in expected}, expected)

    def test_in_chinese(self):
        self.desktop.environment |= {"LC_ALL": "zh_CN.UTF-8"}
        output = self.start_gimp(PROGRAM_CHINESE)
        self.desktop.wait_for_window("^Pastiche$")
        self.desktop.press("Escape")
        self.wait_for_file("finished")
        self.assertRegex(output.read_text(), "case\tnothing there\t.*风格图片“.*nothing.png”不存在")
        self.assertNotIn("mnemonic", output.read_text())


if __name__ == "__main__":
    unittest.main()
