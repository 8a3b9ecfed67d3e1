#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the packages hold beside the programs: the manual, the metainfo, and what the shells need to complete command lines, each tried with
the program that reads it. Argument: the folder that the packages were unpacked into."""

import os
import pathlib
import pty
import shutil
import subprocess
import sys
import tempfile
import unittest

UNPACKED = pathlib.Path(sys.argv.pop(1)).resolve()
SHARE = UNPACKED / "usr/share"
MINUTE = 60  # only a hang takes so long
# Stands in for the program and tells what it was called with.
TELL = "pastiche() { printf '<%s>' \"$@\"; printf '<end>\\n'; }"
COMPLETED = [  # what is typed before the tabulator key, what the program gets
    ("styli", ["stylize"]),
    ("doc", ["doctor"]),
    ("--vers", ["--version"]),
    ("stylize --optimizer lb", ["stylize", "--optimizer", "lbfgs"]),
    ("stylize --optimizer=lb", ["stylize", "--optimizer=lbfgs"]),
    ("stylize --preset gat", ["stylize", "--preset", "gatys"]),
    ("stylize --style phot", ["stylize", "--style", "photo of us.png"]),
    ("stylize phot", ["stylize", "photo of us.png"]),
    ("stylize --qui", ["stylize", "--quiet"]),
    ("estimate --js", ["estimate", "--json"]),
    ("estimate --content-la", ["estimate", "--content-layers"]),
    ("info phot", ["info", "photo of us.png"]),
    ("doctor phot", ["doctor", "phot"]),
    ("stylize --strength phot", ["stylize", "--strength", "phot"]),
]


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=MINUTE, **options)


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="pastiche-files-")
        self.addCleanup(shutil.rmtree, self.folder)
        (pathlib.Path(self.folder) / "photo of us.png").touch()


class Manual(unittest.TestCase):
    def test_the_formatter_has_nothing_to_say_about_it(self):
        for page in ("man1/pastiche.1.gz", "zh_CN/man1/pastiche.1.gz"):
            text = run("zcat", SHARE / "man" / page).stdout
            # Chinese has no spaces to break the source's lines at, and titles of its own for the sections.
            level = "style" if page.startswith("man1") else "error"
            done = run("mandoc", "-T", "lint", "-W", level, input=text)
            self.assertEqual((done.returncode, done.stdout), (0, ""), page)

    def test_it_tells_what_the_help_tells(self):
        page = run("mandoc", "-T", "utf8", "-O", "width=200", input=run("zcat", SHARE / "man/man1/pastiche.1.gz").stdout).stdout
        page = run("col", "-b", input=page).stdout
        for command in ("stylize", "estimate", "info", "doctor"):
            self.assertIn(f"   pastiche {command}\n", page)
            for line in run(UNPACKED / "usr/bin/pastiche", command, "--help", env={"LC_ALL": "C.UTF-8"}).stdout.splitlines():
                if line.startswith("  -"):
                    option = line.strip().split("  ")[0]
                    self.assertIn(f" {option}", page)

    def test_it_is_translated(self):
        page = run("zcat", SHARE / "man/zh_CN/man1/pastiche.1.gz").stdout
        self.assertIn("pastiche stylize", page)
        self.assertGreater(sum(ord(letter) > 0x4E00 for letter in page), 500)


class Metainfo(unittest.TestCase):
    def test_it_is_valid(self):
        # There is no home page yet.
        done = run("appstreamcli", "validate", "--no-net", "--override=url-homepage-missing=info", "--no-color", SHARE / "metainfo/org.gimp.GIMP.Plugin.Pastiche.metainfo.xml")
        self.assertEqual(done.returncode, 0, done.stdout)


class Shells(Folder):
    def type_into(self, shell, preparation):
        """What the program gets from an interactive shell, line by line."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execvpe(shell[0], shell, {"PATH": "/usr/bin:/bin", "HOME": self.folder, "TERM": "dumb", "LC_ALL": "C.UTF-8"})
        try:
            typed = [*preparation, TELL, *(f"pastiche {line}\t" for line, _ in COMPLETED), "exit"]
            os.write(terminal, "".join(f"{line}\n" for line in typed).encode())
            said = b""
            while True:
                try:
                    piece = os.read(terminal, 4096)
                except OSError:  # the shell has ended
                    break
                if not piece:
                    break
                said += piece
        finally:
            os.close(terminal)
            os.waitpid(child, 0)
        lines = said.decode(errors="replace").splitlines()
        calls = [line[line.index("<") + 1 : -len("><end>")].split("><") for line in lines if line.endswith("><end>")]
        return calls

    def check(self, calls):
        self.assertEqual(len(calls), len(COMPLETED), calls)
        for (typed, expected), got in zip(COMPLETED, calls):
            # Some shells put the sign of equality that may follow.
            self.assertEqual([word.removesuffix("=") for word in got], expected, typed)

    def test_bash(self):
        file = SHARE / "bash-completion/completions/pastiche"
        self.check(self.type_into(["bash", "--norc", "--noprofile", "-i"], [f". '{file}'"]))

    def test_zsh(self):
        folder = SHARE / "zsh/vendor-completions"
        self.check(self.type_into(["zsh", "-f", "-i"], [f"fpath=('{folder}' $fpath)", "autoload -U compinit", "compinit -u -D"]))

    def test_fish(self):
        file = SHARE / "fish/vendor_completions.d/pastiche.fish"
        for typed, expected in COMPLETED:
            with self.subTest(typed):
                done = run("fish", "--no-config", "--command", f"source '{file}'; complete --do-complete \"pastiche {typed}\"", cwd=self.folder,
                           env={"PATH": "/usr/bin:/bin", "HOME": self.folder, "LC_ALL": "C.UTF-8"})
                offered = [line.split("\t")[0] for line in done.stdout.splitlines()]
                self.assertEqual(offered, [] if typed.split()[-1] == expected[-1] else [expected[-1]], done.stderr)


if __name__ == "__main__":
    unittest.main()
