# SPDX-License-Identifier: GPL-3.0-or-later
"""What the dialog shows before anything is painted: the live preview and the style picker, with a user's mouse and keyboard."""

import os
import pathlib
import re
import subprocess
import unittest

import numpy

import pictures
import widgets
from desktop import Desktop, wait_until
from gimp import HERE, REAL_CORE, TEST_CORE, Profile

PROGRAM = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (layer (first-layer image)))
  (test-case "dialog" (lambda ()
    (plug-in-pastiche #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector layer) {style} {output} {arguments})))
  (save-layer image layer "after.png")
  (save-layer image (first-layer image) "top.png")
  (call-with-output-file "closed" (lambda (port) (display "" port))))
"""
BROWN = (200, 100, 50)
INVERTED = (55, 155, 205)
BLUE = (0, 40, 250)
GREEN = (20, 240, 30)
PREVIEW = 40_000  # pixels: more than any other picture in the window has, less than the preview
LARGE = 8_000  # less than the chosen style's picture has
VARIATION = "240x180"  # half the size of the preview
SCREENSHOTS = pathlib.Path(os.environ["PASTICHE_SCREENSHOTS"])


def find(seen, color, tolerance=1):
    """Where in the picture the colour is."""
    return (abs(seen[:, :, :3] - color) <= tolerance).all(axis=2)


class PreviewTest(unittest.TestCase):
    core = TEST_CORE
    language = "C.UTF-8"
    screen = "1400x1000"

    def setUp(self):
        self.profile = Profile(core=self.core)
        self.addCleanup(self.profile.remove)
        self.folder = self.profile.pictures
        self.data = self.profile.folder / "data"
        self.profile.environment |= {"XDG_DATA_HOME": str(self.data)}
        (self.data / "pastiche" / "styles").mkdir(parents=True)
        pictures.write(self.data / "pastiche" / "styles" / "green.png", pictures.flat(80, 60, GREEN))
        pictures.write(self.folder / "style.png", pictures.flat(80, 60, BLUE))
        pictures.write(self.folder / "photo.png", pictures.flat(800, 600, BROWN))
        self.desktop = Desktop(self.profile.environment | {"LC_ALL": self.language}, self.profile.folder, self.screen)
        self.addCleanup(self.desktop.close)

    def open_dialog(self, arguments="", style='#:style-file "style.png"', output='#:output "replace"'):
        (self.profile.folder / "program.scm").write_text(
            PROGRAM.replace("{style}", style).replace("{output}", output).replace("{arguments}", arguments))
        self.desktop.xdotool("mousemove", "0", "0")  # a tip would hide what the screenshots are to show
        with open(self.profile.folder / "output", "w") as sink:
            gimp = subprocess.Popen(
                ["gimp-3", "--no-splash", "--no-fonts", "--no-data", "--batch-interpreter=plug-in-script-fu-eval", "--batch",
                 f'(begin (load "{HERE / "cases.scm"}") (load "{self.profile.folder / "program.scm"}"))', "photo.png"],
                cwd=self.folder, env=self.desktop.environment | widgets.environment(self.profile), stdout=sink, stderr=sink)
        self.addCleanup(gimp.wait)
        self.addCleanup(gimp.kill)
        self.window = self.desktop.wait_for_window("^Pastiche$")

    def widgets(self):
        return widgets.Widgets(self.desktop, self.window, self.profile)

    def output(self):
        return (self.profile.folder / "output").read_text()

    def look(self):
        picture = self.profile.folder / "seen.png"
        self.desktop.photograph(self.window, picture)
        seen = pictures.read(picture)
        seen[:60, -460:] = 0  # there the layer is shown in small
        for variations in self.widgets().find(name="Variations"):
            *_, window = widgets.around(variations)
            top = variations["y"] - window["y"]
            seen[top:top + variations["height"], :-460] = 0
        return seen

    def wait_for(self, color, at_least=PREVIEW, tolerance=1):
        """Waits until so many pixels have the colour; returns where they are."""
        def seen():
            there = find(self.look(), color, tolerance)
            return [there] if there.sum() >= at_least else []
        return wait_until(seen, f"{at_least} pixels of colour {color}")[0]

    def box(self, there):
        """Left, top, right and bottom of the picture that the pixels belong to."""
        rows, columns = numpy.nonzero(there)
        return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1

    def point(self, x, y):
        self.desktop.xdotool("mousemove", "--window", self.window, str(round(x)), str(round(y)))

    def drag(self, from_x, from_y, to_x, to_y):
        self.point(from_x, from_y)
        self.desktop.xdotool("mousedown", "1")
        self.point((from_x + to_x) / 2, (from_y + to_y) / 2)
        self.point(to_x, to_y)
        self.desktop.xdotool("mouseup", "1")

    def find_style(self, text):
        self.desktop.press("alt+q", "ctrl+a")
        self.desktop.xdotool("type", text)

    def click_thumbnail(self, name, color):
        """The grid has the smallest pictures of the window. What lies above it may still grow, so that a click can miss it."""
        self.find_style(name)

        def chosen():
            there = find(self.look(), color)
            if there.sum() >= LARGE:
                return True
            if there.sum() >= 1000:
                left, top, right, bottom = self.box(there)
                self.point((left + right) / 2, (top + bottom) / 2)
                self.desktop.xdotool("click", "1")
            return False
        wait_until(chosen, f"the style of colour {color}")

    def close(self, *keys):
        self.desktop.press(*keys)
        wait_until((self.folder / "closed").exists, "the end of the call")
        for line in self.output().splitlines():
            self.assertNotIn("mnemonic", line)
            # GIMP may have closed its end of the pipe when a plug-in ends.
            if "pastiche:" in line and "gimp_flush" not in line:
                self.assertNotRegex(line, "CRITICAL|Gtk-WARNING|Gimp.*-WARNING|GLib.*-WARNING")

    def painted(self):
        return pictures.read(self.folder / "after.png")[:, :, :3]


class Preview(PreviewTest):
    def test_before_and_after(self):
        self.open_dialog('#:model "invert"')
        left, top, right, bottom = self.box(self.wait_for(INVERTED))
        self.assertAlmostEqual((right - left) / (bottom - top), 800 / 600, delta=0.02)

        # While the button is pressed, the picture is as it was.
        self.point((left + right) / 2, (top + bottom) / 2)
        self.desktop.xdotool("mousedown", "1")
        self.wait_for(BROWN)
        self.assertEqual(find(self.look(), INVERTED).sum(), 0)
        self.desktop.xdotool("mouseup", "1")
        self.wait_for(INVERTED)

        # Side by side, half and half at first; then three to one.
        self.desktop.press("alt+f")
        before = self.box(self.wait_for(BROWN, at_least=PREVIEW // 2))
        self.assertAlmostEqual(before[0], left, delta=1)
        self.assertAlmostEqual(before[2], (left + right) / 2, delta=3)
        self.drag(before[2], bottom - 20, left + (right - left) * 3 / 4, bottom - 20)
        before = wait_until(lambda: (b := self.box(find(self.look(), BROWN)))[2] > left + (right - left) * 0.7 and b, "the divider")
        self.assertAlmostEqual(before[2], left + (right - left) * 3 / 4, delta=3)

        self.close("Escape")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, BROWN))
        self.assertFalse((self.data / "pastiche" / "recent-styles").exists())

    def test_keyboard_alone(self):
        self.open_dialog('#:model "invert"')
        self.wait_for(INVERTED)
        # The button before it in the order of the keys.
        self.desktop.press("alt+f", "shift+Tab")
        self.desktop.xdotool("keydown", "space")
        self.wait_for(BROWN)
        self.desktop.xdotool("keyup", "space")
        self.wait_for(INVERTED, at_least=PREVIEW // 2)
        for _ in range(4):  # of a twentieth each
            self.desktop.press("Right")
        wait_until(lambda: find(self.look(), BROWN).sum() > 2 * find(self.look(), INVERTED).sum(), "the divider at 70 %")
        self.close("Escape")

    def test_a_change_is_painted_anew(self):
        self.open_dialog('#:model "blend"')
        self.wait_for((100, 70, 150))  # half brown, half blue
        self.desktop.press("alt+g", "ctrl+a")
        self.desktop.xdotool("type", "1")
        self.desktop.press("Tab")
        self.wait_for(BLUE)
        self.close("alt+a")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, BLUE))

    def test_a_style_of_the_grid(self):
        self.open_dialog('#:model "style"')
        self.wait_for(BLUE)
        self.click_thumbnail("green", GREEN)
        self.wait_for(GREEN)
        self.close("alt+a")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, GREEN))
        recent = (self.data / "pastiche" / "recent-styles").read_text().split()
        self.assertEqual(recent, [(self.data / "pastiche" / "styles" / "green.png").as_uri()])

    def test_a_gray_layer(self):
        """It holds the luminance of what is painted, and that is what is shown."""
        pictures.write(self.folder / "photo.png", numpy.full((600, 800), 90, dtype=numpy.uint8))
        gray = pictures.luminance(BLUE)
        self.open_dialog('#:model "style"')
        self.wait_for((gray,) * 3)
        self.assertLess(find(self.look(), BLUE).sum(), PREVIEW)  # the chosen style's own picture
        self.close("alt+a")
        self.assertLessEqual(abs(self.painted() - gray).max(), 1)

    def test_several_styles(self):
        self.open_dialog('#:model "blend" #:strength 1')
        before = self.wait_for(BLUE, at_least=PREVIEW + LARGE).sum()
        self.desktop.press("alt+y")
        wait_until(lambda: find(self.look(), BLUE).sum() < before - LARGE // 2, "a style without a picture")
        self.click_thumbnail("green", GREEN)
        self.wait_for((10, 140, 140))  # the mean of both
        wait_until(lambda: "estimate 800x600, 2 styles" in self.output(), "the estimate")
        self.close("alt+a")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, (10, 140, 140)))
        recent = (self.data / "pastiche" / "recent-styles").read_text().split()
        self.assertEqual([uri.rsplit("/", 1)[1] for uri in recent], ["style.png", "green.png"])

    def test_a_new_layer_is_painted_unless_asked_otherwise(self):
        self.open_dialog('#:model "invert"', output="")
        self.wait_for(INVERTED)
        self.close("alt+a")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, BROWN))
        numpy.testing.assert_array_equal(pictures.read(self.folder / "top.png")[:, :, :3], pictures.flat(800, 600, INVERTED))

    def test_a_layer_as_the_style_and_as_the_region(self):
        """The lists of both are before the buttons in the order of the keys."""
        photo = pictures.flat(800, 600, (255, 255, 255))
        photo[:, :400] = 0
        pictures.write(self.folder / "photo.png", photo)
        self.open_dialog('#:model "style"')
        self.wait_for(BLUE)
        self.desktop.press("alt+q", *["shift+Tab"] * 3, "End")  # everywhere, the selection, the layer
        wait_until(lambda: find(self.look(), (0, 0, 0)).sum() > PREVIEW // 2, "the half that keeps its own pixels")
        self.assertGreater(find(self.look(), BLUE).sum(), PREVIEW // 2)
        self.desktop.press("alt+q", *["shift+Tab"] * 4, "End")
        wait_until(lambda: find(self.look(), BLUE).sum() < PREVIEW // 4, "the layer as the style of itself")
        self.desktop.press("alt+q", *["shift+Tab"] * 4, "Home")  # the file again
        self.wait_for(BLUE, at_least=PREVIEW // 4)
        # GIMP keeps no layers for the next time, and says so on its console.
        self.desktop.press("alt+q", *["shift+Tab"] * 3, "Home")
        self.wait_for(BLUE)
        self.close("alt+a")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, BLUE))

    def drag_on_style(self, *places):
        """Between places of the selected style's picture, 0..1."""
        picture = self.widgets().find(name="Style picture")[0]
        for number, (across, down) in enumerate(places):
            self.desktop.xdotool("mousemove", str(round(picture["x"] + across * picture["width"])),
                                 str(round(picture["y"] + down * picture["height"])))
            if number == 0:
                self.desktop.xdotool("mousedown", "1")
        self.desktop.xdotool("mouseup", "1")

    def wait_for_part(self, *expected):
        """Of the selected style; a pixel of its picture in the window may be many of its own."""
        def there():
            told = self.widgets().find(name="Style picture")[0]["description"]
            numbers = [int(number) for number in re.findall(r"\d+", told)]
            return len(numbers) == len(expected) and all(abs(a - b) <= 30 for a, b in zip(numbers, expected))
        wait_until(there, f"the part {expected}")

    def test_a_part_of_the_style(self):
        """Of a large photograph that lies on its side: blue on the left, green on the right."""
        seen = pictures.flat(4800, 3600, BLUE)
        seen[:, 2400:] = GREEN
        pictures.write(self.folder / "turned.jpg", numpy.rot90(seen))
        pictures.turn_in_exif(self.folder / "turned.jpg")
        self.open_dialog('#:model "style"', style='#:style-file "turned.jpg"')
        self.wait_for(BLUE, at_least=PREVIEW // 2, tolerance=8)
        self.wait_for_part()
        self.drag_on_style((0.6, 0.2), (0.7, 0.3), (0.9, 0.9))
        self.wait_for(GREEN, tolerance=8)
        self.wait_for_part(1440, 2520, 2880, 720)  # its size and its place
        self.assertTrue(self.widgets().find(type="GtkButton", name="Whole picture"))
        # By its middle, by an edge, and by a slip of the pointer nothing.
        self.drag_on_style((0.75, 0.5), (0.5, 0.5), (0.25, 0.5))
        self.wait_for(BLUE, tolerance=8)
        self.wait_for_part(1440, 2520, 480, 720)
        self.drag_on_style((0.4, 0.5), (0.5, 0.5), (0.6, 0.5))
        self.wait_for_part(2400, 2520, 480, 720)
        self.drag_on_style((0.95, 0.95), (0.96, 0.96))
        self.wait_for_part(2400, 2520, 480, 720)
        # Beyond the picture's end, and with the keys: a step is 48 pixels.
        self.drag_on_style((0.35, 0.5), (0.9, 0.5), (1.5, 0.5))
        self.wait_for_part(2400, 2520, 2400, 720)
        self.wait_for(GREEN, tolerance=8)
        self.desktop.press(*["Left"] * 10, *["shift+Left"] * 5, *["shift+Up"] * 2, "Down")
        self.wait_for_part(2160, 2424, 1920, 768)
        self.close("alt+a")
        painted = self.painted()
        self.assertLessEqual(abs(painted[300, 170] - BLUE).max(), 8)  # the part's first 480 columns of 2160
        self.assertLessEqual(abs(painted[300, 190] - GREEN).max(), 8)

    def test_a_part_is_taken_away(self):
        style = pictures.flat(80, 60, BLUE)
        style[:, 40:] = GREEN
        pictures.write(self.folder / "style.png", style)
        self.open_dialog('#:model "style" #:style-crop "40,0,40,60"')
        self.wait_for(GREEN)
        button = self.widgets().find(type="GtkButton", name="Whole picture")[0]
        self.desktop.xdotool("mousemove", str(button["x"] + 20), str(button["y"] + 10), "click", "1")
        self.wait_for(BLUE, at_least=PREVIEW // 2)
        self.wait_for_part()
        self.assertFalse(self.widgets().find(type="GtkButton", name="Whole picture"))
        self.desktop.press(*["shift+Left"] * 40, *["Right"] * 40)  # the picture has the keys now
        self.wait_for(GREEN)
        self.desktop.press("Escape")
        self.wait_for(BLUE, at_least=PREVIEW // 2)
        self.wait_for_part()
        self.drag_on_style((0.6, 0.2), (0.7, 0.3), (0.9, 0.9))
        self.wait_for(GREEN)
        # It goes with its picture.
        self.find_style("green")
        self.desktop.press("Return")
        self.wait_for_part()
        self.close("alt+a")

    def test_a_part_that_lies_beside(self):
        """As when the picture has become smaller since: it is said, and the picture is there to mark another part."""
        self.open_dialog('#:model "style" #:style-crop "100,0,10,10"')
        wait_until(lambda: [label for label in self.widgets().find(role="label") if "does not lie within the picture" in label["name"]],
                   "the reason")
        self.assertTrue(self.widgets().find(type="GtkButton", name="Whole picture"))
        self.drag_on_style((0.2, 0.2), (0.5, 0.5), (0.7, 0.7))
        self.wait_for(BLUE)
        self.assertFalse([label for label in self.widgets().find(role="label") if "does not lie" in label["name"]])
        self.close("Escape", "Escape")  # the part first

    def test_parts_of_two_styles(self):
        """The second one is a layer."""
        for name, left, right, width, height in (("style", BLUE, GREEN, 80, 60), ("photo", BROWN, (0, 0, 0), 800, 600)):
            halves = pictures.flat(width, height, left)
            halves[:, width // 2:] = right
            pictures.write(self.folder / f"{name}.png", halves)
        self.open_dialog('#:model "blend" #:strength 1 #:style-drawable-2 layer')
        self.wait_for((100, 70, 150), at_least=PREVIEW // 2)
        self.drag_on_style((0.6, 0.2), (0.7, 0.3), (0.9, 0.9))
        self.wait_for((110, 170, 40), at_least=PREVIEW // 2)  # green, and brown on the left
        row = self.widgets().find(type="GtkListBoxRow")[1]
        self.desktop.xdotool("mousemove", str(row["x"] + 20), str(row["y"] + 20), "click", "1")
        self.wait_for_part()
        self.drag_on_style((0.1, 0.2), (0.2, 0.3), (0.4, 0.9))
        self.wait_for((110, 170, 40))
        self.wait_for_part(240, 420, 80, 120)
        self.close("alt+a")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, (110, 170, 40)))

    def test_a_missing_style(self):
        (self.folder / "style.png").unlink()
        self.open_dialog()
        self.wait_for(BROWN)  # there is something to see, and nothing to confirm
        self.click_thumbnail("green", GREEN)
        self.wait_for(INVERTED)
        self.close("alt+a")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, INVERTED))

    def test_true_size(self):
        """Of a layer that is painted at a quarter of its size: one sees its own pixels."""
        photo = pictures.flat(800, 600, BROWN)
        photo[:, 400:] = GREEN
        pictures.write(self.folder / "photo.png", photo)
        self.open_dialog('#:model "invert" #:size 200')
        self.wait_for(INVERTED)
        self.desktop.xdotool("windowsize", "--sync", self.window, "1", "800")  # with the narrowest preview, 440 pixels
        left, top, _, _ = self.box(self.wait_for(INVERTED, at_least=PREVIEW // 2))
        self.desktop.press("alt+1")
        wait_until(lambda: [label for label in self.widgets().find(role="label") if "painted at 200 × 150, enlarged 4.0 times" in
                            label["name"]], "what it is")

        def boundary():
            """Between the two colours, along a row through the middle of the preview."""
            columns = numpy.nonzero(find(self.look()[top + 120:top + 121, :left + 440], INVERTED))[1]
            return int(columns.max()) + 1 if len(columns) else None
        middle = left + 220
        wait_until(lambda: boundary() and abs(boundary() - middle) <= 2, "the middle of the picture")
        # Its right end is the picture's, 400 pixels from the boundary: 180 of them lie outside.
        self.drag(middle + 100, top + 120, middle, top + 120)
        wait_until(lambda: boundary() and abs(boundary() - (middle - 100)) <= 2, "the picture dragged")
        self.drag(middle + 200, top + 120, middle - 200, top + 120)
        wait_until(lambda: boundary() and abs(boundary() - (middle - 180)) <= 2, "the picture's right end")
        self.close("Escape")

    def test_a_soft_selection(self):
        """What is half selected is a mixture, as it will be in the layer."""
        pictures.write(self.folder / "half.png", pictures.flat(800, 600, (0, 0, 0, 128)))
        self.open_dialog("""#:model (let ((half (add-layer image "half.png")))
                              (gimp-image-select-item image CHANNEL-OP-REPLACE half)
                              (gimp-image-remove-layer image half)
                              "invert")""")
        share = 128 / 255
        linear = pictures.to_linear(numpy.array(BROWN) / 255) * (1 - share) + pictures.to_linear(numpy.array(INVERTED) / 255) * share
        expected = pictures.from_linear(linear) * 255
        self.wait_for(expected)
        self.desktop.press("alt+1")
        self.wait_for(expected, at_least=PREVIEW * 2)
        self.close("alt+a")
        self.assertLessEqual(abs(self.painted() - expected).max(), 1)

    def test_frames_keep_to_the_region(self):
        photo = pictures.flat(800, 600, (255, 255, 255))
        photo[:, :400] = (10, 10, 10)
        pictures.write(self.folder / "photo.png", photo)
        pictures.write(self.folder / "region.png", pictures.flat(800, 600, (255, 255, 255)) * (photo > 99))
        self.open_dialog("""#:model "endless" #:style-region (let ((region (add-layer image "region.png")))
                              (gimp-item-set-visible region FALSE) region)""")
        # The test core's frames are inverted everywhere, and there is no end to them.
        there = self.wait_for((10, 10, 10), at_least=PREVIEW // 2)
        seen = self.look()
        left, top, right, bottom = self.box(there)
        self.assertEqual(tuple(seen[(top + bottom) // 2, right + 50, :3]), (0, 0, 0))
        self.assertEqual(find(seen, (245, 245, 245)).sum(), 0)
        self.close("Escape")

    def runs(self):
        """What the core was asked for: size, steps and strength of every painting, but for the variations."""
        return [(size, int(steps), float(strength)) for size, steps, strength in
                re.findall(r"^test core: paint (\d+x\d+), steps (\d+), strength (\S+), ", self.output(), re.MULTILINE)
                if size != VARIATION]

    def test_variations(self):
        self.open_dialog('#:model "blend" #:strength 0.2')

        def wait_for_colors(expected):
            """In the middle of each small picture."""
            def seen():
                picture = self.profile.folder / "screen.png"
                self.desktop.photograph("root", picture)
                screen = pictures.read(picture)[:, :, :3]
                tiles = {name: self.widgets().find(type="GtkButton", name=name)[0] for name in expected}
                return all(abs(screen[tile["y"] + 40, tile["x"] + tile["width"] // 2] - expected[name]).max() <= 1
                           for name, tile in tiles.items())
            wait_until(seen, f"{expected}")
        # From brown to blue: a tenth, six tenths and, whatever the strokes, two tenths of the way.
        wait_for_colors({"Weaker": (180, 94, 70), "Stronger": (80, 64, 170), "Finer strokes": (160, 88, 90), "Larger strokes": (160, 88, 90)})
        before = self.output().split(f"paint {VARIATION}", 1)[0]
        self.assertRegex(before, "(?s)paint 480x360, steps 50.*estimate 800x600")  # the preview and the estimate come first

        # One click, and there are others.
        stronger = self.widgets().find(type="GtkButton", name="Stronger")[0]
        self.desktop.xdotool("mousemove", str(stronger["x"] + 20), str(stronger["y"] + 20), "click", "1",
                             "mousemove", "0", "0")  # away with its tip
        self.wait_for((80, 64, 170))
        wait_for_colors({"Weaker": (140, 82, 110), "Stronger": (40, 52, 210), "Finer strokes": (80, 64, 170), "Larger strokes": (80, 64, 170)})
        self.close("alt+a")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, (80, 64, 170)))

    def test_small_pictures_of_the_colours(self):
        """Beside their names, when everything else is there."""
        self.open_dialog('#:model "color"')
        wait_until(lambda: "sketches painted" in self.output(), "the small pictures")
        self.assertRegex(self.output(), f"(?s)paint 480x360, steps 50.*estimate 800x600(.*paint {VARIATION}, steps 0){{9}}")  # with the variations

        def seen(number):
            picture = self.profile.folder / "screen.png"
            self.desktop.photograph("root", picture)
            row = self.widgets().find(role="menu item")[number]
            return pictures.read(picture)[row["y"] + row["height"] // 2, row["x"] + 36, :3]
        self.desktop.press("alt+u", "space")
        rows = wait_until(lambda: len(rows := self.widgets().find(role="menu item")) == 5 and rows, "the list")
        self.assertEqual([row["name"] for row in rows],
                         ["Style's", "Photo's hues", "Photo's, livelier", "Photo's exact palette", "Free"])
        for number, gray in enumerate((0, 64, 128, 191, 255)):
            wait_until(lambda: abs(seen(number) - gray).max() <= 1, f"gray {gray}")
        self.desktop.press("End", "Return")
        self.wait_for((255, 255, 255))
        self.close("alt+a")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, (255, 255, 255)))

    def test_the_first_picture_is_seen_until_there_is_more(self):
        go = self.folder / "go"
        self.open_dialog(f'#:model "{go}"')
        self.wait_for(BLUE)
        wait_until(lambda: (self.folder / "go.steps").exists() and (self.folder / "go.steps").stat().st_size > 50, "coarse frames")
        self.assertGreater(find(self.look(), BLUE).sum(), PREVIEW)
        go.touch()
        self.wait_for(INVERTED)
        self.assertRegex(self.output(), "(?s)pastiche: first picture drawn.*pastiche: painting drawn")
        self.close("Escape")

    def test_while_a_slider_moves_there_are_first_pictures(self):
        go = self.folder / "go"
        self.open_dialog(f'#:model "{go}"')
        wait_until((self.folder / "go.steps").exists, "the painting under way")
        self.desktop.press("alt+g", *["Up"] * 6)
        wait_until(lambda: any(steps > 0 and strength > 0.5 for _, steps, strength in self.runs()), "the painting of what was changed")
        go.touch()
        self.wait_for(INVERTED)
        self.close("Escape")
        runs = self.runs()
        strengths = [strength for _, _, strength in runs]
        self.assertEqual(strengths, sorted(strengths))  # none of what is past
        for before, (size, steps, strength) in zip([None, *runs], runs):
            if steps > 0:
                self.assertEqual(before, (size, 0, strength))

    def test_slow_first_pictures_are_small_while_a_slider_moves(self):
        """As many are painted as there is time for: of those sizes that are tried, a third of 480 pixels is the first that takes less than
        a quarter of 0.24 s."""
        self.open_dialog('#:model "slow"')
        self.wait_for(INVERTED)

        def told():
            return [(int(steps), float(strength), int(size)) for steps, strength, size in
                    re.findall(r"^test core: paint 480x360, steps (\d+), strength (\S+), size (\d+)$", self.output(), re.MULTILINE)]
        self.assertEqual(told()[0], (0, 0.5, 1024))
        self.desktop.press("alt+g")

        def move():
            self.desktop.press("Up")
            return any(size == 160 for *_, size in told())
        wait_until(move, "a small picture")
        runs = wait_until(lambda: (runs := told())[-1][0] > 0 and runs[-1][1] > 0.5 and runs, "the painting of what was changed")
        strengths = [strength for _, strength, _ in runs]
        self.assertEqual(strengths, sorted(strengths))
        self.assertEqual(runs[-2], (0, strengths[-1], 1024))
        self.assertEqual({size for _, _, size in runs}, {160, 1024})
        self.close("Escape")

    def test_first_picture_of_a_spot(self):
        self.open_dialog('#:model "invert"')
        self.wait_for(INVERTED)
        self.desktop.press("alt+1")
        runs = wait_until(lambda: len(runs := self.runs()) >= 4 and runs, "the spot")
        self.assertEqual([steps > 0 for _, steps, _ in runs], [False, True] * 2)
        sizes = [size for size, _, _ in runs]
        self.assertEqual(sizes[2], sizes[3])
        self.assertNotEqual(sizes[0], sizes[2])
        self.close("Escape")

    def test_a_spot_without_steps(self):
        self.open_dialog('#:model "invert" #:steps 0')
        self.wait_for(INVERTED)
        self.desktop.press("alt+1")
        runs = wait_until(lambda: len(runs := self.runs()) >= 4 and runs, "the spot")
        self.assertEqual([steps for _, steps, _ in runs], [0] * 4)
        self.close("Escape")

    def test_without_a_first_picture(self):
        self.open_dialog('#:model "later"')
        self.wait_for(INVERTED)
        self.assertEqual([steps for _, steps, _ in self.runs()], [0, 50])
        self.assertNotIn("There is no first picture", self.output())
        self.close("Escape")

    def test_too_much_is_said(self):
        self.open_dialog('#:size 0')
        wait_until(lambda: re.search("estimate 800x600, 1 styles, size 0", self.output()), "the estimate")
        self.close("Escape")

    def test_too_little_memory(self):
        self.open_dialog('#:model "huge"')
        sentence = "pastiche: There is not enough memory for this picture; paint a smaller selection of it."
        wait_until(lambda: sentence in self.output(), "the reason")
        self.close("Escape")

    def test_closed_while_it_paints(self):
        self.open_dialog('#:model "endless"')
        self.wait_for(INVERTED)
        self.close("Escape")
        numpy.testing.assert_array_equal(self.painted(), pictures.flat(800, 600, BROWN))


class RealPreview(PreviewTest):
    """With the real core and real pictures; keeps the screenshots of the documentation."""

    core = REAL_CORE

    def setUp(self):
        super().setUp()
        (self.data / "pastiche" / "styles" / "green.png").unlink()
        # Upright, as the dialog has room for it.
        self.convert("roman-colosseum", "-gravity", "Center", "-crop", "4:5", "-resize", "1152x1440", "-strip",
                     "PNG24:" + str(self.folder / "photo.png"))
        self.convert("ocean-waves", "-resize", "1024x1024", "PNG24:" + str(self.folder / "style.png"))
        for name in ("abstract-spiral", "beacon-street-sunset", "casa-mila", "ocean-waves", "tea-gardens"):
            self.convert(name, "-resize", "512x512", str(self.data / "pastiche" / "styles" / f"{name}.jpg"))

    def convert(self, photograph, *arguments):
        subprocess.run(["convert", f"/usr/share/backgrounds/budgie/{photograph}.jpg", *arguments], check=True)

    def wait_for_rest(self, times=1):
        """The estimate is made when everything that is to be seen has been painted, which takes long on a busy machine; then come the
        sketches."""
        wait_until(lambda: len(re.findall(r"^pastiche: .*\d\s.B", self.output(), re.MULTILINE)) >= times, "the estimate", seconds=300)
        wait_until(lambda: self.output().count("pastiche: sketches painted") >= times, "the sketches")
        wait_until(lambda: (self.look() == self.look()).all(), "what was told to be drawn too")

    def keep_screenshot(self, name):
        self.desktop.photograph(self.window, SCREENSHOTS / name)

    def test_the_preview_is_a_painting(self):
        self.open_dialog("#:steps 6")
        wait_until(lambda: "first picture drawn" in self.output(), "the first picture")
        self.keep_screenshot("dialog-first.png")
        self.point(200, 300)
        self.desktop.xdotool("mousedown", "1")
        before = self.look()
        self.desktop.xdotool("mouseup", "1")

        def differs():
            """Whether the middle of the preview differs clearly from the photograph."""
            there = slice(250, 350), slice(100, 350), slice(3)
            return abs(self.look()[there] - before[there]).mean() > 10
        wait_until(differs, "the painting")
        self.close("Escape")

    def test_screenshots(self):
        self.open_dialog()
        self.wait_for_rest()
        self.keep_screenshot("dialog.png")
        self.desktop.press("alt+f")
        self.desktop.press("alt+1")
        self.desktop.press("alt+x")
        # A change and back again; what is asked anew is told anew.
        self.desktop.press("alt+g", "Up", "Down")
        self.wait_for_rest(times=2)
        self.keep_screenshot("dialog-expert.png")
        width, height = (int(side) for side in self.desktop.xdotool("getwindowgeometry", self.window)[-1].split("x"))
        self.assertLessEqual(width, 1300)
        self.assertLessEqual(height, 950)
        self.close("Escape")


class WholeScreen(RealPreview):
    screen = "1680x1050"
    test_the_preview_is_a_painting = None

    def test_screenshots(self):
        self.open_dialog()
        self.desktop.wait_for_window("^Welcome to GIMP")
        self.desktop.press("Escape")
        gimp = self.desktop.wait_for_window("photo.*GIMP")
        self.desktop.xdotool("windowmove", gimp, "0", "0")
        self.desktop.xdotool("windowsize", "--sync", gimp, "1670", "1020")
        self.desktop.press("ctrl+shift+j")  # the whole photograph
        self.desktop.wait_for_window("^Pastiche$")
        self.desktop.xdotool("windowmove", self.window, "420", "190")
        self.wait_for_rest()
        self.desktop.photograph("root", SCREENSHOTS / "gimp.png")
        self.close("Escape")


class ChineseDialog(RealPreview):
    language = "zh_CN.UTF-8"
    test_the_preview_is_a_painting = None

    def test_screenshots(self):
        self.open_dialog()
        self.wait_for_rest()
        self.keep_screenshot("dialog-chinese.png")
        self.close("Escape")


if __name__ == "__main__":
    unittest.main()
