# SPDX-License-Identifier: GPL-3.0-or-later
"""The window of the museums, opened from the dialog: works of a server on this machine are searched, shown, fetched and painted with."""

import json
import sys
import unittest

import pictures
from desktop import wait_until
from gimp import HERE
from test_preview import GREEN, SCREENSHOTS, PreviewTest

sys.path.append(str(HERE.parent / "cli"))
from museum_server import WAVE, WAVE_PICTURE, WAVE_THUMBNAIL, MuseumServer  # noqa: E402

RED = (250, 20, 0)


class Museum(PreviewTest):
    def setUp(self):
        super().setUp()
        self.server = MuseumServer()
        self.addCleanup(self.server.close)
        self.answers = self.server.answers
        self.server.write_museums(self.profile.folder / "museums.json")
        no_proxy = {name: "" for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")}
        self.desktop.environment |= {**no_proxy, "PASTICHE_MUSEUMS": str(self.profile.folder / "museums.json")}
        self.kept = self.data / "pastiche" / "styles"
        (self.kept / "green.png").unlink()
        self.server.artic({24645: WAVE})
        self.answers[WAVE_PICTURE] = self.picture(GREEN, 90, 60)
        self.answers[WAVE_THUMBNAIL] = self.picture(GREEN, 120, 90)
        self.server.met({1: self.server.met_work(1)})
        self.answers["/small.jpg"] = self.picture(RED, 100, 100)

    def picture(self, color, width, height):
        pictures.write(self.profile.folder / "picture.png", pictures.flat(width, height, color))
        return (self.profile.folder / "picture.png").read_bytes()

    def open_museums(self):
        self.open_dialog('#:model "style"')
        self.desktop.press("alt+q", "shift+Tab", "space")  # the button before it in the order of the keys
        self.window = self.desktop.wait_for_window("^From a museum$")

    def wait_for_sentence(self, sentence):
        wait_until(lambda: f"pastiche: {sentence}" in self.output(), sentence)

    def close_both(self, *keys):
        self.desktop.press("Escape")
        self.window = self.desktop.wait_for_window("^Pastiche$")
        self.close(*keys)

    def test_a_work_is_found_while_one_types_and_painted_with(self):
        self.open_museums()
        self.assertEqual(self.server.paths, [])
        self.desktop.xdotool("type", "wave")  # no Enter
        self.wait_for_sentence("2 works")
        self.wait_for(GREEN, at_least=120 * 90)
        self.wait_for(RED, at_least=100 * 100)
        self.desktop.photograph("root", SCREENSHOTS / "museum.png")
        self.desktop.press("Tab", "Return")
        self.window = self.desktop.wait_for_window("^Pastiche$")
        self.wait_for(GREEN)
        self.assertEqual(json.loads((self.kept / "artic-24645.png.json").read_text())["title"], WAVE["title"])
        self.find_style("hokusai")  # it stands in the grid
        self.desktop.press("Return")
        self.close("alt+a")
        self.assertEqual(tuple(self.painted()[0, 0]), GREEN)

        # A work that is there already is not fetched again.
        (self.folder / "closed").unlink()
        asked = self.server.paths.count(WAVE_PICTURE)
        self.open_museums()
        self.desktop.xdotool("type", "wave")
        self.wait_for(GREEN, at_least=120 * 90)
        self.desktop.press("Tab", "Return")
        self.desktop.wait_for_window("^Pastiche$")
        self.close("Escape")
        self.assertEqual(self.server.paths.count(WAVE_PICTURE), asked)

    def test_failures_are_told(self):
        """One museum's does not hide what another has; a work that cannot be fetched leaves the style as it was."""
        self.answers["/public/collection/v1/search"] = b"<html>log in first</html>"
        self.answers[WAVE_THUMBNAIL] = b"no picture"
        for width in (1686, 843):
            self.answers[WAVE_PICTURE.replace("1686", str(width))] = 404
        self.open_museums()
        self.desktop.xdotool("type", "wave\n")
        self.wait_for_sentence("The Metropolitan Museum of Art answers in a form that is not understood (it is not JSON).")
        self.desktop.press("Tab", "Return")
        wait_until(lambda: "404" in self.output(), "what the server said")
        self.server.artic({})
        self.server.met({})
        self.desktop.press("ctrl+a")  # the entry has the focus again
        self.desktop.xdotool("type", "nothing\n")
        self.wait_for_sentence("No museum has a work in the public domain for “nothing”.")
        self.close_both("Escape")
        self.assertEqual(list(self.kept.glob("*")), [])

    def test_closed_while_a_server_is_silent(self):
        self.server.met({})
        self.answers["/api/v1/artworks/search"] = lambda request: self.server.released.wait()
        self.open_museums()
        self.desktop.xdotool("type", "wave\n")
        wait_until(lambda: any("/artworks/search" in path for path in self.server.paths), "the question")
        self.close_both("Escape")


if __name__ == "__main__":
    unittest.main()
