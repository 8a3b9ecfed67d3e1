#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation leads nowhere that is not there, in either language, and speaks of every option."""

import os
import pathlib
import re
import unittest
import urllib.parse

PROJECT = pathlib.Path(os.environ["PROJECT"])
IMAGES = PROJECT / "docs" / "images"
MOST_BYTES = 4_250_000  # of all pictures; a clone should stay small

PAGES = [page for pattern in ("README*.md", "CONTRIBUTING*.md", "docs/*.md") for page in sorted(PROJECT.glob(pattern))]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def name(page):
    return str(page.relative_to(PROJECT))


def prose(page):
    """Without code, in which brackets are no links."""
    text = re.sub(r"^    \S.*$", "", FENCED.sub("", page.read_text()), flags=re.M)
    return re.sub(r"`[^`\n]*`", "`code`", text)


def links(page):
    """Where its links and pictures lead, those in the text of a link too."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(page))


def anchors(page):
    """Of its headings, as forges make them."""
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def chinese(page):
    return page.with_name(page.stem + ".zh_CN.md")


ENGLISH = [page for page in PAGES if not page.stem.endswith(".zh_CN")]


class Pages(unittest.TestCase):
    def test_there_are_pages_with_links(self):
        self.assertGreater(len(ENGLISH), 10)
        for page in PAGES:
            self.assertGreater(len(links(page)), 0, name(page))

    def test_links_and_pictures_lead_somewhere(self):
        for page in PAGES:
            for link in links(page):
                with self.subTest(page=name(page), link=link):
                    if "://" in link:
                        continue
                    path, _, anchor = urllib.parse.unquote(link).partition("#")
                    target = (page.parent / path).resolve() if path else page
                    self.assertTrue(target.exists())
                    self.assertTrue(target.is_relative_to(PROJECT.resolve()))
                    if anchor:
                        self.assertIn(anchor, anchors(target))

    def test_every_picture_is_shown(self):
        shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
        for picture in IMAGES.iterdir():
            self.assertIn(picture.resolve(), shown)

    def test_pictures_have_a_text_for_those_who_cannot_see_them(self):
        for page in PAGES:
            self.assertNotIn("![](", prose(page), name(page))

    def test_pictures_stay_small(self):
        self.assertLess(sum(picture.stat().st_size for picture in IMAGES.iterdir()), MOST_BYTES)


class Languages(unittest.TestCase):
    def test_every_page_is_there_in_both(self):
        self.assertEqual({name(page) for page in PAGES}, {name(page) for english in ENGLISH for page in (english, chinese(english))})

    def test_they_lead_to_each_other(self):
        for page in ENGLISH:
            self.assertIn(chinese(page).name, links(page))
            self.assertIn(page.name, links(chinese(page)))

    def test_chinese_pages_lead_to_chinese_ones(self):
        for page in ENGLISH:
            for link in links(chinese(page)):
                path = link.partition("#")[0]
                if path.endswith(".md") and path != page.name and not path.endswith(".zh_CN.md"):
                    self.assertFalse(chinese((page.parent / path).resolve()).exists(), f"{name(chinese(page))}: {link}")

    def test_code_and_formulas_are_the_same(self):
        for page in ENGLISH:
            self.assertEqual(FENCED.findall(page.read_text()), FENCED.findall(chinese(page).read_text()), name(page))
            # In a sentence they may stand in another order.
            english, other = (sorted(re.findall(r"\$`[^`]*`\$", text.read_text())) for text in (page, chinese(page)))
            self.assertEqual(english, other, name(page))


class Controls(unittest.TestCase):
    def test_every_option_is_explained(self):
        options = re.findall(r'Option\{"([a-z-]+)",', (PROJECT / "host" / "options.cpp").read_text())
        self.assertGreater(len(options), 20)
        presets = re.findall(r'Preset\{"([a-z-]+)",', (PROJECT / "host" / "options.cpp").read_text())
        self.assertGreater(len(presets), 2)
        for page in ("controls.md", "controls.zh_CN.md"):
            text = (PROJECT / "docs" / page).read_text()
            for option in options + presets:
                self.assertIn(f"`{option}`", text, page)

    def test_every_choice_is_explained(self):
        choices = re.findall(r'Choice\{"([a-z0-9-]+)",', (PROJECT / "host" / "options.cpp").read_text())
        self.assertGreater(len(choices), 10)
        for page in ("controls.md", "controls.zh_CN.md"):
            text = (PROJECT / "docs" / page).read_text()
            for choice in choices:
                self.assertIn(f"`{choice}`", text, page)


def messages():
    """What the program says in English and in Chinese, with … for whatever is filled in."""
    catalogue = (PROJECT / "po" / "zh_CN.po").read_text()
    joined = re.sub(r'"\n"', "", catalogue)
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', joined, re.M)
    filled = re.compile(r"%(\d+\$)?[\d.]*(ll|l|z)?[a-z]")
    return {filled.sub("…", english): filled.sub("…", other) for english, other in pairs}


class Troubleshooting(unittest.TestCase):
    def test_it_quotes_what_the_program_says(self):
        english, other = (
            re.findall(r"^\| \*\*(.+?)\*\* \|", (PROJECT / "docs" / page).read_text(), re.M)
            for page in ("troubleshooting.md", "troubleshooting.zh_CN.md")
        )
        self.assertGreater(len(english), 20)
        said = messages()
        self.assertEqual([said.get(message, f"nothing like “{message}”") for message in english], other)


if __name__ == "__main__":
    unittest.main(verbosity=2)
