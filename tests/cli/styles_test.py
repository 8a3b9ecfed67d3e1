#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`pastiche styles`: museums are servers on this machine, which answer in the form of the Art Institute of Chicago and of The Met.

Usage: styles_test.py PROGRAM
"""

import json
import resource
import signal
import struct
import unittest
import zlib
from urllib.parse import parse_qs, urlsplit

from command_line import CommandLine
from museum_server import MUSEUMS, WAVE, WAVE_LINE, WAVE_PICTURE, MuseumServer


class Styles(CommandLine):
    def setUp(self):
        super().setUp()
        (self.folder / "data").mkdir()
        self.kept = self.folder / "data" / "pastiche" / "styles"
        self.server = MuseumServer()
        self.addCleanup(self.server.close)
        self.answers, self.artic, self.met, self.met_work = self.server.answers, self.server.artic, self.server.met, self.server.met_work
        self.magick("style.png", "wave.jpg")
        self.picture = (self.folder / "wave.jpg").read_bytes()
        (self.folder / "wave.jpg").unlink()
        self.use_museums()
        self.before = self.names()

        self.artic({24645: WAVE})
        self.answers[WAVE_PICTURE] = self.picture
        self.met({436532: self.met_work(436532)})
        self.answers["/CRDImages/ep/DT 1502.jpg"] = self.picture

    def use_museums(self, **changes):
        self.server.write_museums(self.folder / "museums.json", **changes)

    def start(self, *arguments, **options):
        environment = {name: "" for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")}
        environment.update(XDG_DATA_HOME=str(self.folder / "data"), PASTICHE_MUSEUMS=str(self.folder / "museums.json"))
        return super().start(*arguments, **{**options, "environment": {**environment, **options.get("environment", {})}})

    def styles(self, *arguments, **options):
        """Expects that it goes well; returns what it says on standard output."""
        status, out, err = self.run_program("styles", *arguments, **options)
        self.assertEqual(status, 0, err)
        return out

    def refused(self, *arguments, expected_status=1, **options):
        """Expects one sentence on standard error, behind whom it asked and how far it was, and nothing on standard output; returns it."""
        status, out, err = self.run_program("styles", *arguments, **options)
        self.assertEqual((status, out), (expected_status, ""), err)
        sentences = [line for line in err.splitlines() if line.startswith("pastiche: ")]
        self.assertEqual(sentences, err.splitlines()[-1:], err)
        return sentences[0].removeprefix("pastiche: ")

    def files(self):
        return sorted(path.name for path in self.kept.iterdir()) if self.kept.exists() else []


class Search(Styles):
    def test_both_museums_are_asked_for_works_and_told(self):
        status, out, err = self.run_program("styles", "search", "great", "wave & más")
        self.assertEqual(status, 0, err)
        self.assertEqual(out, f"artic:24645: {WAVE_LINE}\n"
                         "met:436532: Self-Portrait with a Straw Hat, Vincent van Gogh, 1887 (The Metropolitan Museum of Art, CC0 1.0)\n")
        self.assertEqual(err, "Asking 127.0.0.1…\n")
        searches = [parse_qs(urlsplit(path).query) for path in self.server.paths if "/search" in path]
        self.assertEqual([search["q"] for search in searches], [["great wave & más"]] * 2)
        self.assertEqual((searches[0]["query[term][is_public_domain]"], searches[0]["limit"]), (["true"], ["10"]))
        self.assertEqual(searches[0]["fields"], ["id,title,artist_display,date_display,image_id,is_public_domain"])
        self.assertEqual(self.files(), [])

    def test_only_works_in_the_public_domain_that_have_a_picture_are_shown(self):
        self.artic({1: {**WAVE, "id": 1, "is_public_domain": False}, 2: {**WAVE, "id": 2, "image_id": None}, 3: {**WAVE, "id": 3},
                    4: {key: value for key, value in WAVE.items() if key != "is_public_domain"}})
        self.met({number: self.met_work(number, isPublicDomain=number % 2 == 0, primaryImage="", primaryImageSmall="" if number < 7 else "https://a/b")
                  for number in range(5, 9)})
        out = self.styles("search", "wave")
        self.assertEqual([line.split(": ")[0] for line in out.splitlines()], ["artic:3", "met:8"])

    def test_the_limit_is_each_museums(self):
        self.artic({number: {**WAVE, "id": number} for number in range(1, 5)})
        self.met({number: self.met_work(number) for number in range(1, 5)})
        self.assertEqual([line.split(": ")[0] for line in self.styles("search", "wave", "--limit", "2").splitlines()],
                         ["artic:1", "artic:2", "met:1", "met:2"])
        self.assertEqual(len([path for path in self.server.paths if "/objects/" in path]), 2)

    def test_not_everything_is_asked_about(self):
        self.artic({})
        self.met({number: self.met_work(number, isPublicDomain=False) for number in range(1, 100)})
        self.assertIn("No museum has a work in the public domain for “wave”", self.styles("search", "wave", "--limit", "2"))
        self.assertEqual(len([path for path in self.server.paths if "/objects/" in path]), 8)

    def test_nothing_is_found(self):
        self.artic({})
        self.met({})
        self.assertEqual(self.styles("search", "qqq"), "No museum has a work in the public domain for “qqq”.\n")

    def test_what_a_stranger_writes_does_not_steer_the_terminal(self):
        self.artic({1: {**WAVE, "id": 1, "title": "\x1b[2Jred\x07", "artist_display": "\ud800", "date_display": "x" * 100000}})
        self.met({})
        self.answers["/api/v1/artworks/search"] = json.dumps(self.answers["/api/v1/artworks/search"]).replace("\\ud800", "\\u009b").encode()
        out = self.styles("search", "wave")
        self.assertTrue(out.startswith("artic:1: \ufffd[2Jred\ufffd, \ufffd, xxx"), out[:100])
        self.assertLess(len(out), 1200)

    def test_one_museum_that_fails_does_not_hide_the_other(self):
        for answer, sentence in (
            (404, "HTTP status 404"),
            (b"<html>log in first</html>", "Chicago answers in a form that is not understood (it is not JSON)"),
            (b'{"data": [', "(it is not JSON)"),
            (b"", "(it is not JSON)"),
            (b"[" * 1000000, "(it is not JSON)"),
            (b"[" * 100000 + b"]" * 100000, ""),
            ({"data": {"id": 1}}, "(there is no list of works)"),
            ({"data": [{**WAVE, "title": ["a"]}]}, "(“title” is no text)"),
            ({"data": [{**WAVE, "is_public_domain": "yes"}]}, "(“is_public_domain” is neither true nor false)"),
            ({"data": [{**WAVE, "id": "../../x"}]}, "(a work has no number)"),
            ({"data": [{**WAVE, "id": None}]}, "(a work has no number)"),
            ({"data": [{**WAVE, "id": "a\0"}]}, "(a work has no number)"),
            ({"data": [["a"]]}, "(a work has no number)"),
            (b" " * (17 << 20), "answers with more than"),
        ):
            with self.subTest(sentence, begin=str(answer)[:20]):
                self.answers["/api/v1/artworks/search"] = answer
                status, out, err = self.run_program("styles", "search", "wave")
                self.assertEqual((status, out[:11]), (1 if sentence else 0, "met:436532:"), err)
                self.assertIn(sentence, err)
                self.assertEqual(len(err.splitlines()), 2 if sentence else 1, err)

    def test_a_work_that_is_not_there_any_more_is_told_beside_the_others(self):
        self.artic({})
        self.met({1: 404, 2: self.met_work(2), 3: b"nonsense", 4: self.met_work(5)})
        status, out, err = self.run_program("styles", "search", "wave", "--quiet")
        self.assertEqual((status, out[:6], len(out.splitlines())), (0, "met:2:", 1), err)
        self.assertEqual(len(err.splitlines()), 3, err)
        self.assertIn("objects/1” (HTTP status 404)", err)
        self.assertIn("it is not JSON", err)
        self.assertIn("it is another work", err)

    def test_busy_servers_are_asked_again_but_not_for_ever(self):
        asked = []

        def busy_once(request):
            asked.append(request)
            self.server.refuse(request, 503 if len(asked) == 1 else 429)

        self.answers["/api/v1/artworks/search"] = busy_once
        self.met({})
        self.assertIn("busy", self.refused("search", "wave"))
        self.assertEqual(len(asked), 3)

        self.artic({})
        self.met({number: 429 for number in range(1, 9)})
        self.server.paths.clear()
        self.assertIn("busy", self.refused("search", "wave"))
        self.assertEqual(len([path for path in self.server.paths if "/objects/" in path]), 3)

    def test_silence_is_given_up(self):
        self.answers["/api/v1/artworks/search"] = lambda request: self.server.send(request, cut=0, stall=True)
        self.server.content = b"something"
        self.met({})
        self.assertIn("127.0.0.1", self.refused("search", "wave", "--timeout", "1"))

    def test_ctrl_c(self):
        asked = []
        self.answers["/api/v1/artworks/search"] = lambda request: asked.append(request) or self.server.released.wait()
        process = self.start("styles", "search", "wave")
        self.assertIn("Asking", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out, err), (130, "", "Stopped.\n"))

    def test_another_museum_is_a_few_lines_in_the_file(self):
        (self.folder / "museums.json").write_text(json.dumps({"house": {
            "name": "The House", "licence": "CC BY", "search": self.server.origin + "/find/{words}", "works": "/found/list",
            "work": self.server.origin + "/one/{id}", "about": "/0", "id": "ref", "public_domain": "free", "title": "name", "artist": "who",
            "date": "year", "page": self.server.origin + "/page/{ref}", "pictures": ["{file}"],
            "thumbnail": "{file}"}}))
        work = {"ref": "SK-C.5", "free": True, "name": "Cups", "year": 1901, "file": self.server.origin + "/cups"}
        self.server.answers = {"/find/a%2Fb": {"found": {"list": ["SK-C.5"]}}, "/one/SK-C.5": [work], "/cups": (self.folder / "style.png").read_bytes()}
        self.assertEqual(self.styles("search", "a/b"), "house:SK-C.5: Cups, 1901 (The House, CC BY)\n")
        self.styles("fetch", "house:SK-C.5")
        self.assertEqual(self.files(), ["house-SK-C.5.png", "house-SK-C.5.png.json"])

    def test_a_list_of_museums_that_cannot_be_used(self):
        for text in ("", "{", "[]", '{"a": {}}', '{"../a": 3}', json.dumps({"a": {**MUSEUMS["met"], "works": "no pointer"}}),
                     json.dumps({"a": {**MUSEUMS["met"], "title": 3}}), json.dumps({"a/b": MUSEUMS["met"]})):
            (self.folder / "museums.json").write_text(text)
            self.assertIn("museums.json” cannot be used (", self.refused("search", "wave"))
        self.assertEqual(self.server.paths, [])

    def test_wrong_usage(self):
        for arguments, sentence in (
            ([], "Say what to do with styles"), (["paint"], "one word too many"), (["search"], "WORDS is missing"), (["fetch"], "ID is missing"),
            (["fetch", "artic:1", "artic:2"], "“artic:2” is one word too many"), (["list", "x"], "“x” is one word too many"),
            (["search", "x", "--limit", "0"], "--limit takes"), (["search", "x", "--timeout", "never"], "--timeout takes"), (["list", "--limit", "3"], "no option"),
        ):
            with self.subTest(arguments):
                self.assertIn(sentence, self.refused(*arguments, expected_status=2))


class Fetch(Styles):
    def test_a_work_is_kept_with_its_credit(self):
        status, out, err = self.run_program("styles", "fetch", "artic:24645")
        self.assertEqual((status, err), (0, "Asking 127.0.0.1…\n"))
        picture = self.kept / "artic-24645.jpg"
        self.assertEqual(out, f"{WAVE_LINE}\nIt is kept in “{picture}” (90 × 90 pixels); use it with --style, or in GIMP's dialog.\n")
        self.assertEqual(picture.read_bytes(), self.picture)
        self.assertEqual(json.loads((self.kept / "artic-24645.jpg.json").read_text()), {
            "id": "artic:24645", "title": "Under the Wave off Kanagawa", "artist": "Katsushika Hokusai, Japanese, 1760-1849", "date": "1830/33",
            "museum": "Art Institute of Chicago", "licence": "CC0 1.0", "address": self.server.origin + "/artworks/24645"})
        self.assertEqual(self.files(), ["artic-24645.jpg", "artic-24645.jpg.json"])
        self.paint(style=str(picture))

        self.server.paths.clear()
        self.assertEqual(self.styles("list"), f"artic:24645: {WAVE_LINE}\n  {picture}\n  {self.server.origin}/artworks/24645\n")
        self.assertIn("there already", self.refused("fetch", "artic:24645"))
        self.assertEqual(self.styles("remove", "artic:24645"), "")
        self.assertEqual((self.files(), self.server.paths), ([], []))
        self.assertIn("no fetched work “artic:24645”", self.refused("remove", "artic:24645"))

    def test_an_address_of_a_picture_may_have_spaces(self):
        self.styles("fetch", "met:436532", "--quiet")
        self.assertEqual(json.loads((self.kept / "met-436532.jpg.json").read_text())["address"], "https://www.metmuseum.org/art/collection/search/436532")
        self.assertIn("/CRDImages/ep/DT%201502.jpg", self.server.paths)

    def test_the_smaller_picture_where_there_is_no_larger_one(self):
        for answer in (404, b"<html>no such size</html>", self.picture[:2000] + b"\0" * 200):
            self.answers[WAVE_PICTURE] = answer
            self.answers["/iiif/2/b3974542-b9b4/full/843,/0/default.jpg"] = self.picture
            self.styles("fetch", "artic:24645")
            self.assertEqual((self.kept / "artic-24645.jpg").read_bytes(), self.picture)
            self.styles("remove", "artic:24645")
            self.assertEqual(self.files(), [])

    def test_a_note_on_the_picture_names_the_file_that_is_kept(self):
        self.magick("-size", "8x8", "xc:red", "xc:blue", "pages.gif")
        self.answers[WAVE_PICTURE] = (self.folder / "pages.gif").read_bytes()
        status, out, err = self.run_program("styles", "fetch", "artic:24645", "--quiet")
        self.assertEqual((status, out, err), (0, "", f"pastiche: “{self.kept / 'artic-24645.gif'}” holds several pictures; the first one was read.\n"))

    def test_what_is_not_in_the_public_domain_is_not_fetched(self):
        for rights in (False, None):
            self.artic({24645: {**WAVE, "is_public_domain": rights}})
            message = self.refused("fetch", "artic:24645")
            self.assertIn("public domain" if rights is False else "neither true nor false", message)
        self.assertNotIn("iiif", "".join(self.server.paths))
        self.assertEqual(self.files(), [])

    def test_works_that_cannot_be_had(self):
        self.answers.update({"/api/v1/artworks/2": {"data": {**WAVE, "id": 3}}, "/api/v1/artworks/3": {"data": {**WAVE, "id": 3, "image_id": None}},
                             "/api/v1/artworks/4": {"error": "gone"}, "/api/v1/artworks/5": b"<html></html>"})
        for number, sentence in ((1, "HTTP status 404"), (2, "another work"), (3, "has no picture"), (4, "there is no work"), (5, "not JSON")):
            with self.subTest(sentence):
                self.assertIn(sentence, self.refused("fetch", f"artic:{number}"))
        self.assertEqual(self.files(), [])

    def test_ids_and_names_do_not_leave_the_folder(self):
        for work in ("24645", "artic", "artic:", "artic:../x", "artic:a/b", "artic:.x", "artic:" + "9" * 65, "../artic:1", "louvre:1", "artic:é", ""):
            with self.subTest(work):
                self.refused("fetch", work, expected_status=1 if work else 2)
        self.assertEqual(self.server.paths, [])
        self.kept.mkdir(parents=True)
        (self.kept.parent / "x.jpg").write_bytes(self.picture)
        (self.kept / "a.jpg.json").write_text(json.dumps({**dict.fromkeys(("title", "artist", "date", "museum", "licence", "address"), ""), "id": "../x"}))
        self.assertEqual(self.styles("list"), "")
        self.refused("remove", "../x")
        self.assertTrue((self.kept.parent / "x.jpg").exists())

    def test_a_file_of_the_users_own_is_not_replaced(self):
        self.kept.mkdir(parents=True)
        (self.kept / "artic-24645.jpg").write_bytes(b"mine")
        self.assertIn("there already", self.refused("fetch", "artic:24645"))
        self.assertEqual((self.kept / "artic-24645.jpg").read_bytes(), b"mine")
        self.assertNotIn("artic-24645.jpg.json", self.files())

    def test_what_is_no_picture_is_not_kept(self):
        # A PNG that claims 20000 × 20000 pixels and has none.
        header = b"IHDR" + struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0)
        large = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
        for answer, sentence in ((b"<html></html>", "cannot be read"), (b'{"a": 1}', "cannot be read"), (b"P6 9 9 255\n", "cannot be read"),
                                 (large, "20000 × 20000 pixels"), (b"\xff\xd8\xff" + bytes(65 << 20), "too long")):
            for ranges in (True, False):
                self.server.ranges = ranges
                for width in (1686, 843):
                    self.answers[f"/iiif/2/b3974542-b9b4/full/{width},/0/default.jpg"] = answer
                self.assertIn(sentence, self.refused("fetch", "artic:24645"))
                self.assertEqual(self.files(), [])

    def test_what_arrived_is_gone_on_with(self):
        noise = self.folder / "noise.png"
        self.magick("-size", "200x200", "-seed", "3", "xc:gray", "+noise", "Random", str(noise))
        whole = noise.read_bytes()
        address = WAVE_PICTURE

        def stall(request):
            self.server.content = whole
            self.server.send(request, **({} if request.headers["Range"] == "bytes=0-16383" else {"cut": 5000, "stall": True}))

        self.answers[address] = stall
        process = self.start("styles", "fetch", "artic:24645")
        while "%" not in process.stderr.readline():  # something has arrived
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out, err.splitlines()[-1]), (130, "", "Stopped."))
        self.assertEqual([name.endswith(".part") for name in self.files()], [True])
        arrived = (self.kept / self.files()[0]).stat().st_size
        asked = []
        self.answers[address] = lambda request: (asked.append(request.headers["Range"]), setattr(self.server, "content", whole), self.server.send(request))
        self.styles("fetch", "artic:24645")
        self.assertEqual(asked, ["bytes=0-16383", f"bytes={arrived}-{len(whole) - 1}"])
        self.assertEqual((self.kept / "artic-24645.png").read_bytes(), whole)

    def test_a_server_that_is_not_there(self):
        self.server.close()
        self.assertIn("127.0.0.1", self.refused("fetch", "artic:24645"))

    def test_nothing_is_fetched_unprotected(self):
        self.met({436532: self.met_work(436532, primaryImage="http://images.invalid/a.jpg", primaryImageSmall="file:///etc/passwd")})
        self.assertIn("must begin with https://", self.refused("fetch", "met:436532", "--quiet"))

    def test_a_full_disk_is_told(self):
        limit = (1000, 1000)
        self.assertIn("cannot be written", self.refused("fetch", "artic:24645", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)))
        self.assertEqual([name for name in self.files() if not name.startswith(".")], [])


class Info(Styles):
    def painted(self, **arguments):
        """A GIMP file of the oldest version, with one layer and its settings."""
        def text(value):
            return struct.pack(">I", len(value) + 1) + value + b"\0"
        settings = json.dumps({"arguments": arguments}).encode()
        parasite = text(b"pastiche-settings") + struct.pack(">II", 1, len(settings)) + settings
        layer = struct.pack(">III", 4, 4, 0) + text(b"old") + struct.pack(">II", 21, len(parasite)) + parasite + bytes(8)
        head = b"gimp xcf file\0" + struct.pack(">III", 4, 4, 0) + bytes(8)
        (self.folder / "old.xcf").write_bytes(head + struct.pack(">III", len(head) + 12, 0, 0) + layer)

    def test_a_painting_tells_whose_works_its_styles_are(self):
        self.styles("fetch", "artic:24645")
        address = (self.kept / "artic-24645.jpg").as_uri()
        other = (self.folder / "style.png").as_uri()
        credit = f"  credit: {WAVE_LINE}, {self.server.origin}/artworks/24645"
        for arguments, credits in (
            ({"style-source": "file", "style-file": address}, 1), ({"style-file": other, "style-file-2": address, "style-file-4": address}, 2),
            ({"style-source": "drawable", "style-file": address}, 0), ({"style-file": other}, 0), ({"style-file": 3}, 0), ({"style-file": "nonsense"}, 0),
        ):
            with self.subTest(arguments):
                self.painted(**arguments)
                status, out, err = self.run_program("info", "old.xcf")
                self.assertEqual((status, [line for line in out.splitlines() if "credit" in line]), (0, [credit] * credits), err)
                told = json.loads(self.run_program("info", "old.xcf", "--json")[1])["layers"][0]["credits"]
                self.assertEqual([one["title"] for one in told], ["Under the Wave off Kanagawa"] * credits)

    def test_a_damaged_credit_is_none(self):
        self.styles("fetch", "artic:24645")
        self.painted(**{"style-file": (self.kept / "artic-24645.jpg").as_uri()})
        for text in ("", "[]", '{"title": "a"}', "{" * 100000, json.dumps({"id": 3})):
            (self.kept / "artic-24645.jpg.json").write_text(text)
            status, out, err = self.run_program("info", "old.xcf")
            self.assertEqual((status, err), (0, ""))
            self.assertNotIn("credit", out)


if __name__ == "__main__":
    unittest.main()
