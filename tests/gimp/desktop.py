# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual screen with a window manager, and what a user does there."""

import os
import pathlib
import subprocess
import time

ENOUGH_SECONDS = 300  # only a hang takes so long


def wait_until(happened, what, seconds=ENOUGH_SECONDS):
    """For what cannot be waited for in any other way; returns what `happened` returned."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if outcome := happened():
            return outcome
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


class Desktop:
    def __init__(self, environment, folder, size="1400x1000"):
        reader, writer = os.pipe()
        self.log = open(folder / "desktop.log", "w")
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{size}x24", "-nolisten", "tcp",
                                        "-noreset"],
                                       pass_fds=[writer], stdout=self.log, stderr=self.log)
        os.close(writer)
        with os.fdopen(reader) as number:
            display = number.readline().strip()  # the server chooses a free one and says so when it is ready
        self.environment = environment | {"DISPLAY": f":{display}", "NO_AT_BRIDGE": "1"}
        # Under load the server refuses clients for a moment more, and the window manager tries but once.
        wait_until(lambda: self.xdotool("getdisplaygeometry", check=False), "the display")
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"], env=self.environment,
                               stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        self.helpers = [bus, self.server]
        self.helpers.insert(0, self.start_manager())

    def start_manager(self):
        """Returns when it manages windows: until then they cannot be activated. It was seen to hang at its start, once in hundreds."""
        environment = {name: value for name, value in self.environment.items() if name != "LD_PRELOAD"}
        for _ in range(3):
            manager = subprocess.Popen(["openbox", "--sm-disable"], env=environment, stdout=self.log, stderr=self.log)
            deadline = time.monotonic() + ENOUGH_SECONDS / 4
            while time.monotonic() < deadline:
                if self.xdotool("get_desktop", check=False):
                    return manager
                time.sleep(0.05)
            manager.kill()
            manager.wait()
        raise AssertionError("the window manager does not start")

    def close(self):
        for helper in self.helpers:
            helper.terminate()
            try:
                helper.wait(timeout=20)
            except subprocess.TimeoutExpired:  # openbox was seen to hang, and with it all tests that were still to come
                helper.kill()
                helper.wait()
            if helper.stdout:
                helper.stdout.close()
        self.log.close()

    def xdotool(self, *words, check=True):
        finished = subprocess.run(["xdotool", *words], env=self.environment, check=check, capture_output=True, text=True,
                                  timeout=ENOUGH_SECONDS)
        return finished.stdout.split()

    def wait_for_window(self, title):
        def activated():
            # Not --sync: a search fails when any window disappears under it, and what it finds may be about to.
            for window in self.xdotool("search", "--onlyvisible", "--name", title, check=False):
                try:
                    self.xdotool("windowactivate", "--sync", window)
                    return window
                except subprocess.CalledProcessError:
                    pass
            return None
        return wait_until(activated, f"the window {title}")

    def press(self, *keys):
        self.xdotool("key", "--clearmodifiers", *keys)

    def photograph(self, window, path):
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["import", "-window", window, str(path)], env=self.environment, check=True)
