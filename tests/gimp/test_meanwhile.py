# SPDX-License-Identifier: GPL-3.0-or-later
"""A user who goes on working on the image while it is being painted, or while the dialog is open. The test core paints until a file is
there and then turns every colour c into 255 - c."""

import unittest

import numpy

import pictures
from desktop import wait_until
from window import WindowTest

COMMON = """
(define (mark name thing) (call-with-output-file name (lambda (port) (display thing port))))
(define (save-all image name)
  (let ((layers (car (gimp-image-get-layers image))))
    (do ((i 0 (+ i 1))) ((= i (vector-length layers)))
      (let ((layer (vector-ref layers i)))
        (tell name i (car (gimp-item-get-name layer)) (car (gimp-drawable-get-offsets layer)) (cadr (gimp-drawable-get-offsets layer)))
        (if (not (= -1 (car (gimp-layer-get-mask layer)))) (gimp-layer-remove-mask layer MASK-APPLY))
        (save-layer image layer (string-append name "-" (number->string i) ".png"))))))
"""
# What is painted while it is changed, is painted before without that too.
CASE = """
(let* ((prepare (lambda (image) {prepare}))
       (image (open-picture "photo.png"))
       (copy (car (gimp-image-duplicate image)))
       (layer (first-layer image)))
  (prepare copy)
  (paint copy (list (first-layer copy)) #:style-file "style.png" {arguments})
  (save-all copy "{name}-expected")
  (gimp-image-delete copy)
  (prepare image)
  (mark "{name}.image" image)
  (test-case "{name}" (lambda () (paint image (list layer) #:style-file "style.png" #:model "{folder}/{name}.go" {arguments})))
  (tell "{name}-selection" (car (gimp-selection-bounds image)) (cdr (gimp-selection-bounds image)))
  (tell "{name}-count" (vector-length (car (gimp-image-get-channels image))) (vector-length (car (gimp-image-get-selected-layers image))))
  (save-all image "{name}")
  (gimp-image-delete image))
"""
# For the GIMP that is running already.
CHANGE = """
(let* ((image {image})
       (layer (first-layer image)))
  {change}
  (call-with-output-file "{name}.changed" (lambda (port) (display "" port))))
"""
PROGRAM_UNDO = """
(let* ((image (vector-ref (car (gimp-get-images)) 0)))
  (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 10 5 30 20)
  (mark "undo.image" image)
  (paint image (list (first-layer image)) #:style-file "style.png" #:model "{folder}/undo.go")
  (save-all image "undo")
  (mark "finished" ""))
"""
LOOK = """
(let* ((image (vector-ref (car (gimp-get-images)) 0)))
  (save-layer image (first-layer image) "now.png")
  (call-with-output-file (if (= TRUE (car (gimp-selection-is-empty image))) "selected-nothing" "selected-some")
    (lambda (port) (display "" port))))
"""
PROGRAM_DIALOG = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (layer (first-layer image)))
  (mark "dialog.image" image)
  (add-layer image "other.png")
  (test-case "painting" (lambda ()
    (plug-in-pastiche #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector layer) #:style-file "style.png" #:output "replace")))
  (let ((layers (car (gimp-image-get-layers image))))
    (save-layer image (vector-ref layers (- (vector-length layers) 1)) "below.png"))
  (mark "finished" ""))
"""
SELECT = "(gimp-image-select-rectangle image CHANNEL-OP-REPLACE 10 5 30 20)"
SELECT_SOFTLY = f"(begin {SELECT} (gimp-selection-feather image 8))"
NONE = "(gimp-selection-none image)"
# Name, before painting, while it paints, arguments.
CASES = [
    # What a script has set for selections of its own must not count.
    ("selection-dropped",
     f"(begin (gimp-context-set-feather FALSE) {SELECT} (gimp-context-set-feather TRUE) (gimp-context-set-feather-radius 8 8))", NONE, ""),
    ("another-selection", f"(begin (gimp-context-set-feather FALSE) {SELECT})",
     "(gimp-image-select-rectangle image CHANNEL-OP-REPLACE 38 0 20 10)", ""),
    ("selection-beside", f"(begin (gimp-image-resize image 200 100 0 0) {SELECT})",
     "(gimp-image-select-rectangle image CHANNEL-OP-REPLACE 100 60 20 10)", ""),
    ("selection-made", "#t", SELECT, ""),
    ("soft", SELECT_SOFTLY, "(gimp-selection-invert image)", ""),
    ("soft-float", f"(begin (gimp-image-convert-precision image PRECISION-FLOAT-LINEAR) {SELECT_SOFTLY})",
     "(gimp-selection-invert image)", ""),
    ("moved", SELECT, "(gimp-layer-set-offsets layer 7 -3)", ""),
    ("new-layer", SELECT, NONE, '#:output "new-layer"'),
    ("masked", SELECT_SOFTLY, NONE, '#:output "new-layer-masked"'),
    ("enlarged", SELECT, "(gimp-layer-resize layer 90 80 10 12)", ""),
    ("cropped", SELECT, "(gimp-image-crop image 40 30 5 5)", ""),
    ("outside", SELECT, "(gimp-image-resize image 30 20 0 0)", ""),
    ("removed", SELECT_SOFTLY, '(begin (add-layer image "other.png") (gimp-image-remove-layer image layer))', ""),
    ("flattened", SELECT, "(begin (add-layer image \"photo.png\") (gimp-image-flatten image))", ""),
    ("locked", SELECT, "(gimp-item-set-lock-content layer TRUE)", ""),
    ("indexed", SELECT, '(gimp-image-convert-indexed image CONVERT-DITHER-NONE CONVERT-PALETTE-GENERATE 255 FALSE FALSE "")', ""),
]
RESCUED = ["enlarged", "cropped", "outside", "removed", "flattened", "indexed"]
GONE = "was removed, resized or converted while it was being painted; the painting is in a new layer of its own."


class MeanwhileTest(WindowTest):
    def change(self, name, change):
        image = (self.folder / f"{name}.image").read_text()
        self.run_in_running_gimp(CHANGE.replace("{image}", image).replace("{change}", change).replace("{name}", name))
        self.wait_for_file(f"{name}.changed")

    def change_while_painting(self, name, change):
        self.wait_for_file(f"{name}.go.steps")
        self.change(name, change)
        (self.folder / f"{name}.go").touch()

    def painted_where_selected(self):
        expected = self.photo.copy()
        expected[5:25, 10:40] = 255 - expected[5:25, 10:40]
        return expected


class Painting(MeanwhileTest):
    def told_of(self, what):
        return [told[1:] for told in self.told if told[0] == what]

    def layers_of(self, name):
        """Of each, from the top, its name and its place in the image."""
        return [(told[1], int(told[2]), int(told[3])) for told in self.told_of(name)]

    def test_changes(self):
        program = COMMON
        for name, prepare, _, arguments in CASES:
            program += CASE.replace("{prepare}", prepare).replace("{arguments}", arguments).replace("{name}", name)
        output = self.start_gimp(program + '(mark "finished" "")')
        for name, _, change, _ in CASES:
            self.change_while_painting(name, change)
        self.wait_for_file("finished")
        text = output.read_text()
        self.told = [line.split("\t")[1:] for line in text.splitlines() if line.startswith("told\t")]
        for line in text.splitlines():
            if "pastiche:" in line and "gimp_flush" not in line:
                self.assertNotRegex(line, "CRITICAL|Gimp.*-WARNING")
        with self.subTest("the user is told of new layers"):
            self.assertEqual(text.count(GONE), len(RESCUED))
        for name, _, _, _ in CASES:
            with self.subTest(name):
                self.assertIn(f"case\t{name}\tdone", text)
                self.assertEqual(self.told_of(f"{name}-count"), [["0", "1"]], "no channel left, and one layer selected")

        with self.subTest("painted where it was selected, and the user's selection kept"):
            for name, selection in (("selection-dropped", ["0", "(0 0 64 48)"]), ("another-selection", ["1", "(38 0 58 10)"]),
                                    ("selection-beside", ["1", "(100 60 120 70)"]), ("moved", ["1", "(10 5 40 25)"])):
                self.assert_colors(f"{name}-0.png", self.painted_where_selected())
                self.assertEqual(self.told_of(f"{name}-selection"), [selection])
        with self.subTest("all painted where nothing was selected"):
            self.assert_colors("selection-made-0.png", 255 - self.photo)
            self.assertEqual(self.told_of("selection-made-selection"), [["1", "(10 5 40 25)"]])
        with self.subTest("as soft as it was selected"):
            for name in ("soft", "soft-float", "new-layer", "masked"):
                painted, expected = (pictures.read(self.folder / f"{name}{which}-0.png") for which in ("", "-expected"))
                numpy.testing.assert_array_equal(painted, expected, name)
            self.assertGreater(len(numpy.unique(self.colors("soft-0.png") - self.photo.astype(int))), 256)
            self.assert_colors("new-layer-1.png", self.photo)
            self.assert_colors("masked-1.png", self.photo)
        with self.subTest("in a new layer where the old one cannot take it"):
            for name in RESCUED:
                if name in ("removed", "indexed"):
                    continue
                self.assertEqual(self.layers_of(name)[0], ("style", 10, 5), name)
                rescued = pictures.read(self.folder / f"{name}-0.png")
                numpy.testing.assert_array_equal(rescued[:, :, :3], 255 - self.photo[5:25, 10:40], name)
                self.assertEqual(rescued[:, :, 3].min(), 255)
            self.assertEqual(self.layers_of("indexed")[0], ("style", 10, 5))
            for name in ("outside", "flattened"):
                self.assert_colors(f"{name}-1.png", self.photo)
            self.assert_colors("cropped-1.png", self.photo[5:35, 5:45])
            self.assert_colors("removed-1.png", self.other)
            self.assertEqual(self.layers_of("enlarged")[1][1:], (-10, -12))
            numpy.testing.assert_array_equal(self.colors("enlarged-1.png")[12:60, 10:74], self.photo)
        with self.subTest("above the layer where that was locked"):
            self.assert_colors("locked-0.png", self.painted_where_selected())
            self.assert_colors("locked-1.png", self.photo)
        with self.subTest("under a mask as soft as the selection"):
            rescued = pictures.read(self.folder / "removed-0.png")
            self.assertGreater(len(numpy.unique(rescued[:, :, 3])), 10)
            x, y = self.layers_of("removed")[0][1:]
            before = self.photo[y:y + rescued.shape[0], x:x + rescued.shape[1]]
            visible = rescued[:, :, 3] > 0
            numpy.testing.assert_array_equal(rescued[visible][:, :3], (255 - before)[visible])

    def test_one_step_back(self):
        self.start_gimp(COMMON + PROGRAM_UNDO)
        self.change_while_painting("undo", NONE)
        self.wait_for_file("finished")
        self.assert_colors("undo-0.png", self.painted_where_selected())
        self.desktop.wait_for_window("photo.*GIMP")
        self.desktop.press("ctrl+z")

        def undone():
            (self.folder / "selected-nothing").unlink(missing_ok=True)
            self.run_in_running_gimp(LOOK)
            self.wait_for_file("selected-nothing")  # as the user had left it
            return (self.colors("now.png") == self.photo).all()
        wait_until(undone, "undo")


class DialogOpen(MeanwhileTest):
    def confirm_after(self, change):
        self.output = self.start_gimp(COMMON + PROGRAM_DIALOG)
        self.desktop.wait_for_window("^Pastiche$")
        # GIMP kills whoever reads from a layer that has just been removed. At rest, the preview reads nothing.
        wait_until(lambda: "pastiche: About" in self.output.read_text(), "the preview")
        self.change("dialog", change)
        self.desktop.wait_for_window("^Pastiche$")
        self.desktop.press("alt+a")

    def test_the_image_is_cropped_and_another_part_selected(self):
        self.confirm_after("(begin (gimp-image-crop image 40 30 5 5)"
                           " (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 9 8))")
        self.wait_for_file("finished")
        self.assertIn("case\tpainting\tdone", self.output.read_text())
        expected = self.photo[5:35, 5:45].copy()
        expected[:8, :9] = 255 - expected[:8, :9]
        self.assert_colors("below.png", expected)

    def test_the_layer_is_removed(self):
        self.confirm_after("(gimp-image-remove-layer image (vector-ref (car (gimp-image-get-layers image)) 1))")
        self.desktop.wait_for_window("^Pastiche Message$")
        self.desktop.press("Escape")
        self.wait_for_file("finished")
        self.assertRegex(self.output.read_text(), "pastiche: A layer that was to be painted does not exist any more; select the layers to "
                                                  "paint and begin again.\n(?s:.*)case\tpainting\t.*failed")
        self.assert_colors("below.png", self.other)


if __name__ == "__main__":
    unittest.main()
