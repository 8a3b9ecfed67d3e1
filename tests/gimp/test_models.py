# SPDX-License-Identifier: GPL-3.0-or-later
"""The window of the models, opened from the dialog: what is got from a server on this machine, imported, verified and removed."""

import json
import sys
import unittest

import pictures
from desktop import wait_until
from gimp import HERE
from window import SCREENSHOTS, WindowTest

sys.path.append(str(HERE.parent / "cli"))
from model_server import ModelServer  # noqa: E402
from network import catalogue_entry, read_safetensors, safetensors, weights  # noqa: E402

PROGRAM = """
(let* ((image (vector-ref (car (gimp-get-images)) 0))
       (layer (first-layer image)))
  (test-case "dialog" (lambda () (plug-in-pastiche #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector layer) #:style-file "style.png" #:output "replace" {arguments})))
  (call-with-output-file "settings" (lambda (port)
    (display (list-ref (car (gimp-item-get-parasite layer "pastiche-settings")) 2) port)))
  (call-with-output-file "closed" (lambda (port) (display "" port))))
"""


class Models(WindowTest):
    def setUp(self):
        super().setUp()
        self.tensors = weights()
        self.server = ModelServer(safetensors(self.tensors))
        self.addCleanup(self.server.close)
        self.store = self.profile.folder / "data" / "pastiche" / "models"
        no_proxy = {name: "" for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")}
        self.desktop.environment |= {**no_proxy, "XDG_DATA_HOME": str(self.profile.folder / "data")}

    def use_catalogue(self):
        path = self.profile.folder / "catalogue.json"
        path.write_text(json.dumps({"tiny": catalogue_entry(url=self.server.url)}))
        self.desktop.environment |= {"PASTICHE_CATALOGUE": str(path)}

    def open_models(self):
        self.output = self.start_gimp(PROGRAM.replace("{arguments}", ""))
        window = self.desktop.wait_for_window("^Pastiche$")
        before = self.settled(window)
        self.desktop.press("alt+x")
        # Before the expert options are on the screen their keys do nothing.
        wait_until(lambda: self.settled(window) != before, "the expert options")
        self.desktop.press("alt+m", "Tab", "Tab", "space")  # behind the entry and its arrow
        return self.desktop.wait_for_window("^Models$")

    def press(self, *keys):
        """In the window of the models, where the button that closes has the focus at first."""
        self.desktop.wait_for_window("^Models$")
        self.desktop.press(*keys)

    def wait_for(self, sentence):
        wait_until(lambda: f"pastiche: {sentence}" in self.output.read_text(), sentence)

    def look(self, window):
        picture = self.profile.folder / "seen.png"
        self.desktop.photograph(window, picture)
        return pictures.read(picture).tobytes()

    def settled(self, window):
        """What is on the screen once it has stopped changing."""
        looks = [None]

        def same():
            looks.append(self.look(window))
            return looks[-1] == looks[-2]

        wait_until(same, "an end of the changes")
        return looks[-1]

    def kept(self):
        return sorted(file.name for file in self.store.iterdir() if not file.name.startswith("."))

    def paint(self):
        """Closes both windows; returns the settings that the layer was painted with."""
        self.press("alt+c")
        self.desktop.wait_for_window("^Pastiche$")
        self.desktop.press("alt+a")
        self.wait_for_file("closed")
        for line in self.output.read_text().splitlines():
            if "pastiche:" in line and "gimp_flush" not in line:
                self.assertNotRegex(line, "CRITICAL|Gtk-WARNING|Gimp.*-WARNING|GLib.*-WARNING")
        return json.loads((self.folder / "settings").read_text())

    def test_a_model_is_got_and_used(self):
        self.use_catalogue()
        self.open_models()
        self.press("Tab", "space")
        self.wait_for("Tiny-3 is installed in")
        self.assertEqual(self.kept(), ["tiny.safetensors", "tiny.safetensors.sha256"])
        self.assertEqual(read_safetensors(self.store / "tiny.safetensors")[1]["license"], "CC0-1.0")
        self.assertEqual(self.paint()["arguments"]["model"], "tiny")

    def test_a_missing_model_is_got_where_it_is_missed(self):
        self.use_catalogue()
        self.output = self.start_gimp(PROGRAM.replace("{arguments}", '#:model "tiny"'))
        window = self.desktop.wait_for_window("^Pastiche$")
        self.settled(window)
        self.assertEqual(self.server.requests, [])
        self.desktop.photograph(window, SCREENSHOTS / "model-missing.png")
        width, height = (int(side) for side in self.desktop.xdotool("getwindowgeometry", window)[-1].split("x"))
        self.desktop.xdotool("mousemove", "--window", window, str(width - 60), str(height - 163), "click", "1")  # below the settings
        self.desktop.wait_for_window("^Models$")
        self.wait_for("Tiny-3 is installed in")
        self.assertEqual(self.paint()["arguments"]["model"], "tiny")

    def test_stopped_it_goes_on_later(self):
        def stall(request):
            if request.headers["Range"].startswith("bytes=0-"):
                return False
            self.server.send(request, cut=5000, stall=True)
            return True

        self.use_catalogue()
        self.server.answer = stall
        self.open_models()
        self.press("Tab", "space")
        wait_until(lambda: list(self.store.glob(".*.part")) and list(self.store.glob(".*.part"))[0].stat().st_size > 20000, "the first bytes")
        self.desktop.photograph(self.desktop.wait_for_window("^Models$"), SCREENSHOTS / "models-fetching.png")
        self.press("space")  # the focus is on the button that stops
        self.wait_for("Stopped. What has arrived is kept")
        self.assertEqual(self.kept(), [])
        first = len(self.server.requests)
        self.server.answer = lambda request: False
        self.press("Tab", "space")
        self.wait_for("Tiny-3 is installed in")
        begins = [int(asked.removeprefix("bytes=").split("-")[0]) for asked in self.server.requests[first:]]
        self.assertGreaterEqual(min(begin for begin in begins if begin), 16384 + 5000)
        self.paint()

    def test_closed_while_it_fetches(self):
        self.use_catalogue()
        self.server.answer = lambda request: self.server.send(request, cut=5000, stall=True) or True
        self.open_models()
        self.press("Tab", "space")
        self.wait_for("Fetching Tiny-3 from 127.0.0.1")
        self.assertEqual(self.paint()["arguments"]["model"], "compact")

    def test_a_failure_is_told(self):
        self.use_catalogue()
        self.server.answer = lambda request: self.server.refuse(request, 404) or True
        self.open_models()
        self.press("Tab", "space")
        wait_until(lambda: "404" in self.output.read_text(), "what the server said")
        self.assertEqual(self.paint()["arguments"]["model"], "compact")

    def test_imported_verified_and_removed(self):
        self.use_catalogue()
        weights_file = self.folder / "mine.safetensors"
        weights_file.write_bytes(safetensors(self.tensors))
        self.open_models()
        self.press("alt+i")
        chooser = self.desktop.wait_for_window("^Import a network$")
        before = self.look(chooser)
        self.desktop.press("ctrl+l")
        wait_until(lambda: self.look(chooser) != before, "the entry for a path")
        self.desktop.xdotool("type", str(weights_file))
        self.desktop.press("Return")
        self.wait_for("Tiny-3 is installed in")
        self.press("Tab", "space")
        self.wait_for("tiny: as it was installed")
        with open(self.store / "tiny.safetensors", "r+b") as damaged:
            damaged.seek(-1, 2)
            damaged.write(b"\x55")
        self.press("Tab", "space")
        self.wait_for("The model “tiny” is damaged")
        self.press("Tab", "Tab", "space")
        self.desktop.wait_for_window("^Remove a model$")
        self.desktop.press("Escape")
        self.press("space")
        self.assertEqual(len(self.kept()), 2)
        self.desktop.wait_for_window("^Remove a model$")
        self.desktop.press("alt+r")
        wait_until(lambda: not self.kept(), "the removal")
        self.assertEqual(self.paint()["arguments"]["model"], "compact")

    def test_screenshot(self):
        window = self.open_models()
        self.desktop.photograph(window, SCREENSHOTS / "models.png")
        self.paint()


if __name__ == "__main__":
    unittest.main()
