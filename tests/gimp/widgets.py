# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the plug-in's windows, as GTK and screen readers know it (widgets.cpp)."""

import json
import os
import pathlib
import signal

from desktop import wait_until

LIBRARY = pathlib.Path(os.environ["PASTICHE_TEST_WIDGETS_LIBRARY"])


def environment(profile):
    """For the GIMP whose windows are looked into."""
    return {"LD_PRELOAD": f"{profile.environment['LD_PRELOAD']}:{LIBRARY}",
            "PASTICHE_TEST_WIDGETS": str(profile.folder / "widgets.json")}


class Widgets:
    """All widgets of the windows of the process that `window` belongs to, as they are now."""

    def __init__(self, desktop, window, profile):
        told = profile.folder / "widgets.json"
        told.unlink(missing_ok=True)
        os.kill(int(desktop.xdotool("getwindowpid", window)[0]), signal.SIGUSR1)
        wait_until(told.exists, "what is in the window")
        self.all = json.loads(told.read_text())
        for widget in self.all:
            widget["above"] = self.all[widget["parent"]] if widget["parent"] >= 0 else None

    def find(self, **wanted):
        """Those that are visible and have all of these."""
        return [widget for widget in self.all if widget["visible"] and all(widget[key] == value for key, value in wanted.items())]


def around(widget):
    """What the widget is in, from inside to outside."""
    while widget := widget["above"]:
        yield widget
