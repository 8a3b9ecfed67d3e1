# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets that the user has given a name: saved, chosen, exported, removed and imported."""

import base64
import json
import unittest

import pictures
from desktop import wait_until
from test_preview import BLUE, GREEN, PreviewTest

NAME = "波浪1/2"


class OwnPresets(PreviewTest):
    def setUp(self):
        super().setUp()
        self.presets = self.profile.folder / "profile" / "pastiche-presets"
        self.presets.mkdir()

    def saved(self):
        return list(self.presets.glob("*.json"))

    def choose_in_menu(self, letter):
        """It is before the slider for the strength in the order of the keys, the list before it."""
        self.desktop.press("alt+g", "shift+Tab", "space")
        wait_until(lambda: self.widgets().find(role="menu item"), "the menu")
        self.desktop.press(letter)

    def choose_from_list(self, *keys):
        self.desktop.press("alt+g", "shift+Tab", "shift+Tab", *keys)

    def shown(self):
        return self.widgets().find(role="combo box", label="Preset")[0]["name"]

    def wait_for_text(self, text):
        return wait_until(lambda: [widget for widget in self.widgets().find(role="label") if text in widget["name"]], text)

    def set_strength(self, number):
        self.desktop.press("alt+g", "ctrl+a")
        self.desktop.xdotool("type", number)
        self.desktop.press("Tab")

    def give_path(self, path):
        self.desktop.press("ctrl+l")
        wait_until(lambda: any("focused" in entry["states"] for entry in self.widgets().find(type="GtkFileChooserEntry")), "the entry")
        self.desktop.press("ctrl+a")
        self.desktop.xdotool("type", str(path))
        self.desktop.press("Return")

    def test_a_preset_s_life(self):
        (self.presets / "damaged.json").write_text("{")
        self.open_dialog('#:model "blend" #:strength 0.25 #:seed 7 #:style-crop "0,0,40,30" #:style-drawable-2 layer')
        self.wait_for_text("damaged.json")
        (self.presets / "damaged.json").unlink()
        wait_until(lambda: "estimate 800x600, 2 styles" in self.output(), "the preview")

        # What is kept of two styles, one of which is a layer.
        self.choose_in_menu("s")
        self.desktop.wait_for_window("^Save as a preset$")
        self.wait_for_text("The style “photo.png” is part of an open image and is not kept")
        for letter in "波浪":  # for others than Latin ones xdotool would change the keyboard under GTK
            self.desktop.press("ctrl+shift+u")
            self.desktop.xdotool("type", f"{ord(letter):x} ")
        self.desktop.xdotool("type", "1/2")
        self.desktop.press("Return")
        file = wait_until(self.saved, "the preset")[0]
        kept = json.loads(file.read_text())
        self.assertEqual(kept["name"], NAME)
        self.assertEqual({name: kept["options"][name] for name in ("strength", "seed", "model", "steps")},
                         {"strength": 0.25, "seed": 7, "model": "blend", "steps": 50})
        self.assertNotIn("memory", kept["options"])
        self.assertEqual(kept["styles"], [{"uri": (self.folder / "style.png").as_uri(), "share": 1, "crop": "0,0,40,30"}])
        (self.profile.folder / "kept.png").write_bytes(base64.b64decode(kept["thumbnail"]))
        # A quarter of the way from brown to the mean of blue and brown.
        self.assertLessEqual(abs(pictures.read(self.profile.folder / "kept.png")[30, 40, :3] - (175, 93, 75)).max(), 1)
        wait_until(lambda: self.shown() == NAME, "its name")

        # After a change it is there again; the layer is not part of it.
        self.set_strength("1")
        wait_until(lambda: self.shown() == "Custom", "that there is no name for it")
        self.choose_from_list("Up")
        self.wait_for((150, 85, 100))  # a quarter of the way from brown to blue
        self.assertEqual(self.shown(), NAME)

        # To another computer, and away from here, styles and all.
        exported = self.folder / "exported.pastiche-preset"
        self.choose_in_menu("e")
        self.desktop.wait_for_window("^Export a preset$")
        self.give_path(exported)
        self.wait_for_text("was written, with its style pictures.")
        told = json.loads(exported.read_text())
        self.assertEqual(base64.b64decode(told["styles"][0]["picture"]["data"]), (self.folder / "style.png").read_bytes())
        self.assertNotIn(str(self.folder), exported.read_text())
        self.choose_in_menu("r")
        self.desktop.wait_for_window("^Remove a preset$")
        self.desktop.press("alt+r")
        wait_until(lambda: not self.saved(), "its end")
        self.assertEqual(self.shown(), "Custom")

        # What is no preset changes nothing.
        self.find_style("green")
        self.desktop.press("Return")
        self.wait_for((155, 135, 45))  # a quarter of the way from brown to green
        self.set_strength("1")
        self.wait_for(GREEN)
        self.choose_in_menu("i")
        self.desktop.wait_for_window("^Import a preset$")
        damaged = self.folder / "damaged.pastiche-preset"
        damaged.write_text(exported.read_text().replace('"strength": 0.25', '"strength": 2.5'))
        self.give_path(damaged)
        self.wait_for_text("damaged.pastiche-preset” is no preset of Pastiche, or it is damaged.")
        self.choose_in_menu("i")
        self.desktop.wait_for_window("^Import a preset$")
        self.give_path(exported)
        self.wait_for((150, 85, 100))
        self.assertEqual(self.shown(), NAME)
        self.wait_for_text("Part of 40 × 30 pixels, at 0, 0")
        own = self.data / "pastiche" / "styles" / "style.png"
        self.assertEqual(own.read_bytes(), (self.folder / "style.png").read_bytes())

        # Without its picture it still sets the options, and there is something to paint with.
        self.find_style("green")
        self.desktop.press("Return")
        self.wait_for((155, 135, 45))
        own.unlink()
        self.set_strength("1")
        wait_until(lambda: self.shown() == "Custom", "that there is no name for it")
        self.choose_from_list("Up")
        self.wait_for_text("do not exist any more are left out:")
        self.assertFalse([label for label in self.widgets().find(role="label") if "Part of" in label["name"]])
        self.wait_for((155, 135, 45))
        self.close("alt+a")

    def test_settings_that_speak_of_a_layer(self):
        """GIMP does not keep it with them; the dialog can paint all the same."""
        self.open_dialog('#:model "style" #:style-source "drawable"')
        self.wait_for(BLUE)
        self.close("alt+a")
        self.assertEqual(tuple(self.painted()[0, 0]), BLUE)


if __name__ == "__main__":
    unittest.main()
