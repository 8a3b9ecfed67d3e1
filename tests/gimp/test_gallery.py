# SPDX-License-Identifier: GPL-3.0-or-later
"""The styles that are at hand in the dialog, for a user who has not chosen any yet."""

import json
import os
import pathlib
import unittest

import pictures
from desktop import wait_until
from test_preview import BLUE, GREEN, PREVIEW, SCREENSHOTS, PreviewTest, find

STYLES = pathlib.Path(os.environ["PASTICHE_STYLES"])


class Gallery(PreviewTest):
    screen = "1366x768"

    def open_dialog(self):
        super().open_dialog('#:model "style"', style="")  # what is painted is the style

    def wait_for_estimate(self):
        """It is made when the preview has been painted."""
        wait_until(lambda: "estimate 800x600, 1 styles" in self.output(), "the estimate")

    def assert_painted_in(self, picture):
        self.close("alt+a")
        self.assertEqual((self.data / "pastiche" / "recent-styles").read_text().split()[0].rsplit("/", 1)[1], picture.name)
        expected = pictures.read(picture)[:, :, :3].mean(axis=(0, 1))
        self.assertLess(abs(self.painted().mean(axis=(0, 1)) - expected).max(), 2)

    def test_at_first_it_is_painted_in_the_first_of_the_gallery(self):
        (self.data / "pastiche" / "styles" / "green.png").unlink()
        self.open_dialog()
        self.wait_for_estimate()
        self.desktop.photograph("root", SCREENSHOTS / "gallery.png")
        width, height = (int(side) for side in self.desktop.xdotool("getwindowgeometry", self.window)[-1].split("x"))
        self.assertLessEqual(width, 1366)
        self.assertLessEqual(height, 768 - 30)  # with a title
        self.assert_painted_in(STYLES / "oil.jpg")

    def test_later_it_is_painted_in_the_style_used_last(self):
        """And the keyboard chooses another one."""
        (self.data / "pastiche" / "recent-styles").write_text(f"{(self.folder / 'style.png').as_uri()}\n")
        self.open_dialog()
        self.wait_for(BLUE)
        self.desktop.press("alt+q", "Tab", "Right", "Return")
        wait_until(lambda: find(self.look(), BLUE).sum() < PREVIEW, "another preview")
        self.assert_painted_in(STYLES / "knife.jpg")

    def test_finding(self):
        """A museum's work by its artist, one that comes with Pastiche by its title, and not one that is damaged."""
        styles = self.data / "pastiche" / "styles"
        credit = {"id": "artic:1", "title": "The Great Wave", "artist": "Katsushika Hokusai", "date": "1830", "museum": "Art Institute",
                  "licence": "CC0", "address": "https://example.org/1"}
        (styles / "green.png.json").write_text(json.dumps(credit))
        (styles / "broken.png").write_text("no picture")
        self.open_dialog()
        self.wait_for_estimate()
        self.find_style("hokuSAI")
        self.desktop.press("Return")
        self.wait_for(GREEN)
        self.desktop.photograph("root", SCREENSHOTS / "gallery-found.png")
        self.find_style("copper")
        self.desktop.press("Return")
        wait_until(lambda: find(self.look(), GREEN).sum() < PREVIEW, "another preview")
        self.find_style("broken")
        self.desktop.press("Return")
        self.assert_painted_in(STYLES / "engraving.jpg")


if __name__ == "__main__":
    unittest.main()
