# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialog on small and large screens, in GIMP's light and dark theme and in several languages: everything is there and can be read."""

import subprocess
import unittest

import pictures
from desktop import wait_until
from test_preview import GREEN, PreviewTest
from widgets import around

BUTTONS = ("GtkButton", "GtkCheckButton", "GtkComboBox", "GtkComboBoxText", "GimpSpinScale", "GimpSpinButton", "GtkExpander")


class Screens(PreviewTest):
    screen, scale, theme, language, LANGUAGE = "1366x768", 1, "dark", "de_DE.UTF-8", "de"

    def setUp(self):
        super().setUp()
        with open(self.profile.folder / "profile" / "gimprc", "a") as gimprc:
            gimprc.write(f"(theme-color-scheme {self.theme})\n")
        pictures.write(self.folder / "second.png", pictures.flat(80, 60, GREEN))
        self.desktop.environment |= {"LANGUAGE": self.LANGUAGE, "GDK_SCALE": str(self.scale)}

    def assert_seen(self):
        """Every button is on the screen, but for what is scrolled up or down, and no text is cut."""
        width, height = (int(side) // self.scale for side in self.screen.split("x"))
        shown = self.widgets()
        controls = [widget for widget in shown.find() if widget["type"] in BUTTONS]
        self.assertGreater(len(controls), 15)
        for widget in controls:
            viewports = [outer for outer in around(widget) if outer["type"] == "GtkViewport"]
            frame = viewports[0] if viewports else {"x": 0, "y": 0, "width": width, "height": height}
            for place, side in (("x", "width"), ("y", "height"))[:1 if viewports else 2]:
                name = f"{widget['type']} {widget['name']}"
                self.assertGreaterEqual(widget[place], frame[place], name)
                self.assertLessEqual(widget[place] + widget[side], frame[place] + frame[side], name)
        self.assertEqual([f"{widget['type']} {widget['label']} {widget['name']}" for widget in shown.find(cut=True)], [])
        return shown

    def photograph(self, widget):
        """The widget's pixels, one for each logical one."""
        picture = self.profile.folder / "screen.png"
        left, top, width, height = (widget[side] * self.scale for side in ("x", "y", "width", "height"))
        subprocess.run(["import", "-window", "root", "-crop", f"{width}x{height}+{left}+{top}", "+repage", str(picture)],
                       env=self.desktop.environment, check=True)
        return pictures.read(picture)[::self.scale, ::self.scale, :3]

    def test_everything_is_seen(self):
        self.open_dialog('#:model "invert" #:style-file-2 "second.png"')
        wait_until(lambda: "pastiche: painting drawn" in self.output() and "estimate 800x600, 2 styles" in self.output(), "the preview")
        wait_until(lambda: (self.look() == self.look()).all(), "what was told to be drawn too")
        shown = self.assert_seen()

        # Of two styles, the first one is selected.
        first, second = shown.find(type="GtkListBoxRow")
        self.assertIn("selected", first["states"])
        self.assertNotIn("selected", second["states"])
        edges = [self.photograph(row)[2:-2, :3].mean(axis=(0, 1)) for row in (first, second)]
        self.assertGreater(abs(edges[0] - edges[1]).max(), 90)

        # The buttons below the preview tell whether they are on.
        for key, place in (("alt+f", 0), ("alt+1", 1)):
            before = shown.find(type="GtkCheckButton")[place]
            self.assertNotIn("checked", before["states"])
            off = self.photograph(before)
            self.desktop.press(key)
            wait_until(lambda: "checked" in self.widgets().find(type="GtkCheckButton")[place]["states"], "the mark")
            wait_until(lambda: (abs(self.photograph(before) - off).max(axis=2) > 90).sum() > 10, "the mark to be seen")

        self.desktop.press("alt+x")
        wait_until(lambda: len(self.widgets().find(type="GimpSpinButton")) > 10, "the expert options")
        shown = self.assert_seen()
        # Whatever the keyboard leads to has a name for screen readers; the button in a box is part of it.
        unnamed = [f"{widget['type']} {widget['description']}" for widget in shown.find(name="", label="")
                   if "focusable" in widget["states"] and widget["role"] != "scroll pane"
                   and not (widget["type"] == "GtkToggleButton" and any("ComboBox" in outer["type"] for outer in around(widget)))]
        self.assertEqual(unnamed, [])
        self.assertEqual([box["name"] for box in shown.find(role="combo box", label="")], [])
        self.assertEqual([row["name"] for row in (first, second)], ["style", "second"])
        preview = shown.find(role="image")[0]
        self.assertIn("800", preview["description"])
        self.close("Escape")


class ChineseScreen(Screens):
    screen, scale, theme, language, LANGUAGE = "1920x1080", 1, "light", "zh_CN.UTF-8", "zh_CN"


class LargeScreen(Screens):
    screen, scale, theme, language, LANGUAGE = "3840x2160", 2, "gray", "de_DE.UTF-8", "ja"


if __name__ == "__main__":
    unittest.main()
