# SPDX-License-Identifier: GPL-3.0-or-later
"""GIMP on a screen: the dialog, one step of undo, and a user who goes on working meanwhile."""

import subprocess
import unittest

import numpy

import pictures
from desktop import Desktop, wait_until
from gimp import HERE, Profile

# Two layers are selected. Each call returns when its dialog is closed.
PROGRAM = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (below (first-layer image))
       (above (add-layer image "other.png"))
       (open-dialog (lambda ()
         (plug-in-pastiche #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector below above)
                           #:style-file "style.png")))
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


class Dialog(unittest.TestCase):
    def setUp(self):
        self.profile = Profile()
        self.addCleanup(self.profile.remove)
        self.folder = self.profile.pictures
        self.photo = pictures.noise(64, 48)
        self.other = pictures.noise(64, 48, seed=2)
        pictures.write(self.folder / "photo.png", self.photo)
        pictures.write(self.folder / "other.png", self.other)
        subprocess.run(["convert", "-size", "640x480", "plasma:tomato-steelblue", str(self.folder / "style.png")], check=True)
        self.desktop = Desktop(self.profile.environment, self.profile.folder)
        self.addCleanup(self.desktop.close)

    def gimp(self, name, program, *arguments):
        (self.profile.folder / name).write_text(program)
        return ["gimp-3.0", "--no-splash", "--no-fonts", "--no-data", "--batch-interpreter=plug-in-script-fu-eval", "--batch",
                f'(begin (load "{HERE / "cases.scm"}") (load "{self.profile.folder / name}"))', *arguments]

    def assert_layers(self, name, below, above):
        for layer, expected in (("below", below), ("above", above)):
            painted = pictures.read(self.folder / f"{name}-{layer}.png")[:, :, :3]
            numpy.testing.assert_array_equal(painted, expected, f"{name}, {layer}")

    def both_are_as_before(self):
        (self.folder / "undone").unlink(missing_ok=True)
        self.run_in_running_gimp(SAVE)
        self.wait_for_file("undone")
        try:
            self.assert_layers("undone", self.photo, self.other)
        except AssertionError:
            return False
        return True

    def wait_for_file(self, name):
        wait_until((self.folder / name).exists, name)

    def start_gimp(self, program):
        """Returns the file that receives everything GIMP and its plug-ins print."""
        output = self.profile.folder / "output"
        with open(output, "w") as sink:
            gimp = subprocess.Popen(self.gimp("program.scm", program, "photo.png"), cwd=self.folder, env=self.desktop.environment,
                                    stdout=sink, stderr=sink)
        self.addCleanup(gimp.wait)
        self.addCleanup(gimp.kill)
        return output

    def run_in_running_gimp(self, program):
        subprocess.run(self.gimp("meanwhile.scm", program), cwd=self.folder, env=self.desktop.environment, check=True, capture_output=True)

    def test_a_layer_is_removed_meanwhile(self):
        output = self.start_gimp(PROGRAM_MEANWHILE.replace("{folder}", str(self.folder)))
        wait_until(lambda: "pastiche: " in output.read_text(), "the plug-in at work")
        self.run_in_running_gimp(REMOVE)
        self.wait_for_file("removed")
        (self.folder / "go").touch()
        self.wait_for_file("finished")
        self.assertRegex(output.read_text(), "case\tpainting\t.* was removed, resized or locked while it was being painted; nothing has been changed.")
        below = pictures.read(self.folder / "meanwhile-below.png")[:, :, :3]
        numpy.testing.assert_array_equal(below, self.photo)

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
