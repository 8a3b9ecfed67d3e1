#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The translations know every text of the sources, and zh_CN lacks none."""

import os
import pathlib
import re
import subprocess
import tempfile
import unicodedata
import unittest

PROJECT = pathlib.Path(os.environ["PROJECT"])
MARKED = re.compile(r"(?<![A-Za-z0-9_])(N_|_|ngettext|C_|NC_|Q_)\(")
# A literal in what is thrown for a user; std:: has what is caught at home.
UNMARKED = re.compile(r'(?:\bthrow (?!std::)[\w:]+|\brefuse|\bfail)[({](?:(?!_\()[^;"])*"[A-Za-z].*')


def listed(name):
    lines = (PROJECT / "po" / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def messages(path):
    """msgid → msgstr of the entries that count, as msgfmt sees them."""
    text = subprocess.run(["msgattrib", "--no-obsolete", "--no-wrap", str(path)], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r'^msgid "(.+)"$', text, re.M))


def sources():
    for folder in ("base", "host", "core", "raster", "plot", "models", "museums", "styles", "console", "batch", "cli", "plugin", "operation", "train"):
        for path in (PROJECT / folder).rglob("*"):
            if path.suffix in (".cpp", ".h") and path.name != "i18n.h":
                yield str(path.relative_to(PROJECT)), path.read_text()


class Translations(unittest.TestCase):
    def test_every_source_with_texts_is_listed(self):
        with_texts = {name for name, text in sources() if MARKED.search(text)}
        self.assertEqual(with_texts, {name for name in listed("POTFILES") if not name.endswith(".xml.in")})

    def test_errors_go_through_gettext(self):
        self.assertEqual([(name, found.group()) for name, text in sources() for found in UNMARKED.finditer(text)], [])

    def test_the_template_has_every_text(self):
        with tempfile.TemporaryDirectory() as folder:
            fresh = pathlib.Path(folder) / "fresh.pot"
            subprocess.run(
                ["xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_", "--keyword=ngettext:1,2", "--keyword=C_:1c,2",
                 "--no-wrap", "--output", fresh, *listed("POTFILES")],
                cwd=PROJECT, check=True)
            self.assertEqual(messages(fresh), messages(PROJECT / "po/pastiche.pot"))

    def test_every_language_is_whole_and_well_formed(self):
        for language in listed("LINGUAS"):
            with self.subTest(language):
                catalogue = PROJECT / "po" / f"{language}.po"
                subprocess.run(["msgfmt", "--check", "--output-file=/dev/null", catalogue], check=True)
                missing = subprocess.run(["msgattrib", "--untranslated", "--no-obsolete", catalogue], check=True, capture_output=True).stdout
                unsure = subprocess.run(["msgattrib", "--only-fuzzy", "--no-obsolete", catalogue], check=True, capture_output=True).stdout
                self.assertEqual((missing.decode(), unsure.decode()), ("", ""))
                subprocess.run(["msgcmp", catalogue, PROJECT / "po/pastiche.pot"], check=True)

    def test_every_key_stays_where_it_is(self):
        """The labels' keys do not clash in the source, so that they do not in a translation that keeps them."""
        for language in listed("LINGUAS"):
            text = subprocess.run(["msgattrib", "--no-obsolete", "--no-wrap", str(PROJECT / "po" / f"{language}.po")], check=True,
                                  capture_output=True, text=True).stdout
            labels = [(source, translated) for source, translated in re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.M)
                      if re.fullmatch(r"[^_]{0,40}_[^_]{1,40}", source) and not re.search(r"\d_\d", source)]
            self.assertGreater(len(labels), 20)
            for source, translated in labels:
                with self.subTest(language=language, label=source):
                    self.assertEqual([key.lower() for key in re.findall("_(.)", translated)],
                                     [key.lower() for key in re.findall("_(.)", source)])

    def test_the_menu_has_its_entries_in_order(self):
        """GIMP sorts a menu by the labels, each with its procedure's name behind, and nearly every language passes over marks in this."""
        def key(label, procedure):
            return "".join(letter for letter in unicodedata.normalize("NFD", label + procedure).casefold() if letter.isalpha())

        entries = [("_Pastiche...", "plug-in-pastiche"), ("Pastiche with the Settings of This _Layer...", "plug-in-pastiche-repeat")]
        for language in ("en", *listed("LINGUAS")):
            text = (PROJECT / "po" / f"{language}.po").read_text() if language != "en" else ""
            translated = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.M))
            first, second = (key(re.sub(r"\(_.\)", "", translated.get(label, label)), procedure) for label, procedure in entries)
            with self.subTest(language):
                self.assertLess(first, second, "the settings of a layer come below")


if __name__ == "__main__":
    unittest.main(verbosity=2)
