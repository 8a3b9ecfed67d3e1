#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`pastiche models`: what is fetched from a server on this machine, imported from files, and kept.

Usage: models_test.py PROGRAM PROGRAM-WITH-A-SECOND-BUILT-IN-MODEL
"""

import hashlib
import json
import os
import pathlib
import pickle
import resource
import signal
import struct
import subprocess
import sys
import unittest
import zipfile

import numpy
import torch
from command_line import CommandLine
from model_server import ModelServer
from network import NAMES, SHAPES, catalogue_entry, kept_sha256, read_safetensors, safetensors, weights

OF_TWO_MODELS = os.path.abspath(sys.argv.pop(1))
HEADER_BYTES = 16384  # what is asked for first


class Models(CommandLine):
    def setUp(self):
        super().setUp()
        (self.folder / "data").mkdir()
        self.store = self.folder / "data" / "pastiche" / "models"
        self.use_catalogue(catalogue_entry())
        self.before = self.names()

    def use_catalogue(self, entry):
        (self.folder / "catalogue.json").write_text(json.dumps({"tiny": entry}))

    def environment(self):
        free = {name: "" for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "CURL_CA_BUNDLE", "SSL_CERT_FILE")}
        return {**free, "XDG_DATA_HOME": str(self.folder / "data"), "PASTICHE_CATALOGUE": str(self.folder / "catalogue.json")}

    def start(self, *arguments, **options):
        return super().start(*arguments, **{**options, "environment": {**self.environment(), **options.get("environment", {})}})

    def models(self, *arguments, **options):
        """Expects that it goes well; returns what it says on standard output."""
        status, out, err = self.run_program("models", *arguments, **options)
        self.assertEqual(status, 0, err)
        return out

    def refused(self, *arguments, expected_status=1, **options):
        """Expects one sentence on standard error and that nothing is installed; returns the sentence."""
        installed = self.installed()
        status, out, err = self.run_program("models", *arguments, **options)
        self.assertEqual((status, out), (expected_status, ""), err)
        sentences = [line for line in err.splitlines() if line.startswith("pastiche: ")]
        self.assertEqual(sentences, err.splitlines()[-1:], err)  # behind what it tells of its progress
        self.assertEqual(self.installed(), installed)
        return sentences[0]

    def kept(self):
        """The files in the folder of the models."""
        return sorted(os.listdir(self.store)) if self.store.exists() else []

    def installed(self):
        return [name for name in self.kept() if not name.startswith(".")]

    def assert_installed(self, tensors, name="tiny"):
        self.assertEqual(self.kept(), [f"{name}.safetensors", f"{name}.safetensors.sha256"])
        kept, metadata = read_safetensors(self.store / f"{name}.safetensors")
        self.assertEqual(sorted(kept), sorted(own + part for own in NAMES.values() for part in (".weight", ".bias")))
        for source, own in NAMES.items():
            for part in (".weight", ".bias"):
                numpy.testing.assert_array_equal(kept[own + part], tensors[source + part])
        self.assertEqual(metadata["format"], "pastiche-encoder-1")
        return metadata


class Fetch(Models):
    def setUp(self):
        super().setUp()
        self.tensors = weights()
        self.server = ModelServer(safetensors(self.tensors))
        self.addCleanup(self.server.close)

    def fetch(self, *arguments, **options):
        return self.models("fetch", "tiny", "--url", self.server.url, *arguments, **options)

    def fetch_refused(self, *arguments, **options):
        return self.refused("fetch", "tiny", "--url", self.server.url, *arguments, **options)

    def assert_nothing_kept(self):
        self.assertEqual(self.kept(), [])

    def bytes_asked_for(self):
        total = 0
        for asked in self.server.requests:
            first, last = asked.removeprefix("bytes=").split("-")
            total += min(int(last) + 1, len(self.server.content)) - int(first)
        return total

    def once(self, answer):
        """`answer` to the first request for something behind the header; the others are answered well."""
        done = []

        def choose(request):
            if done or (request.headers["Range"] or "").startswith("bytes=0-"):
                return False
            done.append(request)
            self.server.requests.append(request.headers["Range"])
            answer(request)
            return True

        self.server.answer = choose

    def break_down_after(self, count):
        """Sends the header, so many bytes of the next request, and nothing any more."""
        asked = []

        def answer(request):
            if (request.headers["Range"] or "").startswith("bytes=0-"):
                return False
            asked.append(request)
            self.server.send(request, cut=count if len(asked) == 1 else 0)
            return True

        self.server.answer = answer

    def stall_after(self, count):
        def answer(request):
            if (request.headers["Range"] or "").startswith("bytes=0-"):
                return False
            self.server.send(request, cut=count, stall=True)
            return True

        self.server.answer = answer

    def test_only_the_convolutions_are_fetched(self):
        out = self.fetch()
        metadata = self.assert_installed(self.tensors)
        self.assertEqual((metadata["name"], metadata["source"], metadata["license"]), ("tiny", "nobody's", "CC0-1.0"))
        self.assertIn(str(self.store / "tiny.safetensors"), out)
        self.assertIn("CC0-1.0", out)
        self.assertNotIn("SHA-256 is the published one", out)
        needed = sum(tensor.nbytes for name, tensor in self.tensors.items() if name.startswith("features."))
        self.assertLess(self.bytes_asked_for(), needed + 2 * HEADER_BYTES)
        self.assertGreater(len(self.server.content), 10 * needed, "the rest is too small for this to tell anything")

    def test_a_server_without_ranges_sends_the_whole_file(self):
        self.server.ranges = False
        self.fetch()
        self.assert_installed(self.tensors)

    def test_the_whole_file_is_compared_with_the_published_sum(self):
        self.use_catalogue(catalogue_entry(file_sha256=hashlib.sha256(self.server.content).hexdigest()))
        out = self.fetch("--whole")
        self.assert_installed(self.tensors)
        self.assertIn("SHA-256 is the published one", out)

    def test_another_file_is_refused(self):
        self.use_catalogue(catalogue_entry(file_sha256="0" * 64))
        self.assertIn("SHA-256", self.fetch_refused("--whole"))
        self.server.ranges = False
        self.assertIn("SHA-256", self.fetch_refused())
        self.assert_nothing_kept()

    def test_a_server_that_says_it_has_another_file_is_believed(self):
        self.use_catalogue(catalogue_entry(file_sha256=hashlib.sha256(self.server.content).hexdigest()))
        self.server.headers = {"X-Linked-ETag": '"' + "f" * 64 + '"'}
        self.assertIn("another file", self.fetch_refused())
        self.server.headers = {"X-Linked-ETag": '"' + hashlib.sha256(self.server.content).hexdigest() + '"'}
        self.fetch()

    def test_what_is_kept_is_compared_with_its_pin(self):
        self.use_catalogue(catalogue_entry(tensors_sha256=kept_sha256(self.tensors)))
        self.assertIn("SHA-256 is the published one", self.fetch())
        self.models("remove", "tiny")
        broken = bytearray(self.server.content)
        place = broken.index(self.tensors["features.2.weight"].tobytes()) + 400
        broken[place] ^= 1  # the last bit of one number: nothing else would notice
        self.server.content = bytes(broken)
        self.assertIn("SHA-256", self.fetch_refused())
        self.assert_nothing_kept()

    def test_the_first_numbers_must_be_the_published_ones(self):
        begins = [round(float(value), 4) for value in self.tensors["features.0.weight"].flat[:9]]
        self.use_catalogue(catalogue_entry(begins={"features.0.weight": begins}))
        self.fetch()
        self.models("remove", "tiny")
        begins[8] += 0.0002
        self.use_catalogue(catalogue_entry(begins={"features.0.weight": begins}))
        self.assertIn("features.0.weight is not the one that was published", self.fetch_refused())
        self.assert_nothing_kept()

    def test_damaged_weights_are_refused(self):
        for damage in (
            lambda tensor: numpy.zeros_like(tensor),
            lambda tensor: numpy.where(numpy.arange(tensor.size).reshape(tensor.shape) < tensor.size * 0.6, 0, tensor).astype("float32"),
            lambda tensor: tensor * 40,
            lambda tensor: tensor / 40,
            lambda tensor: tensor + 1,
            lambda tensor: numpy.where(tensor == tensor.max(), numpy.nan, tensor).astype("float32"),
            lambda tensor: tensor.byteswap(),
            lambda tensor: numpy.frombuffer(b"\0" + tensor.tobytes()[:-1], "float32").reshape(tensor.shape),
            lambda tensor: tensor.reshape(tensor.shape[1], tensor.shape[0], 3, 3)[:, :8],
            lambda tensor: numpy.ones(tensor.shape, "int64"),
        ):
            damaged = {**self.tensors, "features.5.weight": damage(self.tensors["features.5.weight"])}
            self.server.content = safetensors(damaged)
            self.assertIn("features.5.weight", self.fetch_refused())
            self.assert_nothing_kept()

    def test_what_is_no_model_is_refused(self):
        for content in (
            b"<html>log in first</html>" * 1000,
            b"",
            b"\0" * 100,
            struct.pack("<Q", 1 << 62) + b"{}" * 20000,
            safetensors({name: tensor for name, tensor in self.tensors.items() if name != "features.2.bias"}),
        ):
            for ranges in (True, False):
                self.server.content, self.server.ranges = content, ranges
                if content:  # there are no parts of nothing
                    self.assertIn("nothing of it was kept", self.fetch_refused())
        self.assert_nothing_kept()

    def test_a_cut_is_mended_where_it_was(self):
        self.once(lambda request: self.server.send(request, cut=5000))
        self.fetch()
        self.assert_installed(self.tensors)
        self.assertEqual(len(self.server.requests), 3)
        first, again = (int(asked.removeprefix("bytes=").split("-")[0]) for asked in self.server.requests[1:])
        self.assertEqual(again, first + 5000)

    def test_a_server_without_ranges_that_cuts_off_begins_anew(self):
        self.server.ranges = False
        times = []

        def answer(request):
            times.append(request)
            if len(times) == 2:
                self.server.send(request, cut=100000)
            return len(times) == 2

        self.server.answer = answer
        self.fetch()
        self.assert_installed(self.tensors)

    def test_what_arrived_before_a_failure_is_gone_on_with_later(self):
        self.break_down_after(3000)
        self.assertIn("Try again", self.fetch_refused())
        self.assertEqual([name.endswith(".part") for name in self.kept()], [True])
        self.server.answer = lambda request: False
        self.server.requests.clear()
        self.fetch()
        self.assert_installed(self.tensors)
        # The convolutions come first in the file, and the first request reaches into them.
        needed = sum(tensor.nbytes for name, tensor in self.tensors.items() if name.startswith("features."))
        end = self.server.content.index(self.tensors["features.0.bias"].tobytes()) + needed
        self.assertEqual(self.bytes_asked_for(), end - 3000)

    def test_what_arrived_of_another_file_is_not_gone_on_with(self):
        self.break_down_after(3000)
        self.fetch_refused()
        self.assertEqual(len(self.kept()), 1)
        self.tensors = weights(seed=2)
        self.server.content, self.server.etag = safetensors(self.tensors), '"two"'
        self.server.answer = lambda request: False
        self.fetch()
        self.assert_installed(self.tensors)

    def test_a_file_that_changes_meanwhile_is_not_mixed(self):
        def answer(request):
            self.server.etag = '"two"'
            self.server.send(request)

        self.once(answer)
        self.assertIn("changed", self.fetch_refused())

    def test_a_server_that_lies_about_what_it_sends(self):
        for claim in ("bytes 0-99/1000", "bytes 7-5/3", "nonsense", ""):
            self.once(lambda request: self.server.send(request, claim=claim or "bytes */*"))
            self.assertIn("rules of HTTP", self.fetch_refused())
        # A longer file than before
        self.once(lambda request: self.server.send(request, claim=f"bytes {'-'.join(map(str, self.server.part(request)))}/99999999"))
        self.assertIn("changed", self.fetch_refused())

    def test_a_server_that_sends_more_than_it_should(self):
        def answer(request):
            first, last = self.server.part(request)
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {first}-{last}/{len(self.server.content)}")
            request.send_header("ETag", self.server.etag)
            request.end_headers()
            request.wfile.write(self.server.content[first : last + 1] + b"more")
            request.close_connection = True

        self.once(answer)
        self.assertIn("rules of HTTP", self.fetch_refused())

    def test_busy_servers_are_asked_again(self):
        for status in (503, 429, 500):
            self.once(lambda request: self.server.refuse(request, status))
            self.fetch()
            self.models("remove", "tiny")

    def test_a_missing_file_is_told_at_once(self):
        self.server.answer = lambda request: self.server.refuse(request, 404) or True
        self.assertIn("HTTP status 404", self.fetch_refused())
        self.assertEqual(len(self.server.paths), 1)

    def test_a_server_that_is_not_there(self):
        url = self.server.url
        self.server.close()
        self.assertIn("127.0.0.1", self.refused("fetch", "tiny", "--url", url))

    def test_silence_is_given_up_and_mended(self):
        self.once(lambda request: self.server.send(request, cut=3000, stall=True))
        self.fetch("--timeout", "1")
        self.assert_installed(self.tensors)

    def test_redirections_are_followed(self):
        self.server.answer = lambda request: request.path != "/elsewhere" and (self.server.redirect(request, "/elsewhere") or True)
        self.fetch()
        self.assert_installed(self.tensors)

    def test_redirections_without_end_are_not(self):
        self.server.answer = lambda request: self.server.redirect(request, self.server.url) or True
        self.assertIn("without end", self.fetch_refused())
        self.assertLess(len(self.server.paths), 10)

    def test_nothing_is_fetched_unprotected_from_elsewhere(self):
        for url in ("http://example.invalid/model.safetensors", "ftp://127.0.0.1/m", "file:///etc/passwd", "/etc/passwd", "http://127.0.0.1.example.invalid/", "http://user@example.invalid/"):
            self.assertIn("https://", self.refused("fetch", "tiny", "--url", url))
            self.server.answer = lambda request: self.server.redirect(request, url) or True
            if ":" in url:
                self.assertIn("https://", self.fetch_refused())

    def test_proxies_are_those_of_the_environment(self):
        self.use_catalogue(catalogue_entry())
        self.models(
            "fetch", "tiny", "--url", "http://localhost:1/model.safetensors", environment={"http_proxy": self.server.origin}
        )
        self.assert_installed(self.tensors)
        self.assertEqual(set(self.server.paths), {"http://localhost:1/model.safetensors"})

    def test_ctrl_c_leaves_what_can_be_gone_on_with(self):
        self.stall_after(3000)
        process = self.start("models", "fetch", "tiny", "--url", self.server.url)
        line = process.stderr.readline()  # something has arrived
        self.assertIn("%", line)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (130, ""))
        self.assertIn("kept", err)
        self.assertEqual([name.endswith(".part") for name in self.kept()], [True])
        self.server.answer = lambda request: False
        self.server.requests.clear()
        self.fetch()
        self.assert_installed(self.tensors)

    def test_two_at_once(self):
        self.stall_after(3000)
        process = self.start("models", "fetch", "tiny", "--url", self.server.url)
        self.assertIn("%", process.stderr.readline())
        self.assertIn("already", self.fetch_refused())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)

    def test_a_full_disk_is_told(self):
        limit = (8192, 8192)  # bytes a file may have; to the program it is the same
        sentence = self.fetch_refused(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
        self.assertIn("cannot be written", sentence)

    def test_what_is_installed_is_not_fetched_again(self):
        self.fetch()
        self.server.paths.clear()
        self.assertIn("already", self.fetch_refused())
        self.assertEqual(self.server.paths, [])

    def test_quiet(self):
        status, out, err = self.run_program("models", "fetch", "tiny", "--url", self.server.url, "--quiet")
        self.assertEqual((status, out, err), (0, "", ""))


class Secure(Models):
    """Over HTTPS, with a certificate that only this test trusts."""

    def certificate(self, name, *names):
        path = self.folder / f"{name}.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                        "-addext", f"subjectAltName={','.join(names)}", "-keyout", path, "-out", self.folder / "certificate"],
                       check=True, capture_output=True)
        path.write_text(path.read_text() + (self.folder / "certificate").read_text())
        return path

    def setUp(self):
        super().setUp()
        self.tensors = weights()

    def serve(self, certificate):
        server = ModelServer(safetensors(self.tensors), certificate)
        self.addCleanup(server.close)
        return server

    def test_fetched_from_a_server_that_is_trusted(self):
        certificate = self.certificate("server", "IP:127.0.0.1")
        server = self.serve(certificate)
        for variable in ("CURL_CA_BUNDLE", "SSL_CERT_FILE"):
            self.models("fetch", "tiny", "--url", server.url, environment={variable: str(certificate)})
            self.assert_installed(self.tensors)
            self.models("remove", "tiny")

    def test_a_server_that_nobody_knows_is_not_trusted(self):
        server = self.serve(self.certificate("server", "IP:127.0.0.1"))
        self.assertIn("127.0.0.1 cannot be trusted", self.refused("fetch", "tiny", "--url", server.url))
        self.assertEqual(server.paths, [])

    def test_a_server_with_the_name_of_another_is_not_trusted(self):
        certificate = self.certificate("other", "DNS:example.org", "IP:127.0.0.2")
        server = self.serve(certificate)
        sentence = self.refused("fetch", "tiny", "--url", server.url, environment={"CURL_CA_BUNDLE": str(certificate)})
        self.assertIn("127.0.0.1 cannot be trusted", sentence)
        self.assertEqual(server.paths, [])

    def test_a_redirection_to_something_unprotected_is_not_followed(self):
        certificate = self.certificate("server", "IP:127.0.0.1")
        server = self.serve(certificate)
        server.answer = lambda request: server.redirect(request, "http://example.org/model.safetensors") or True
        sentence = self.refused("fetch", "tiny", "--url", server.url, environment={"CURL_CA_BUNDLE": str(certificate)})
        self.assertIn("which is not safe", sentence)


class Keep(Models):
    def setUp(self):
        super().setUp()
        self.tensors = weights()
        (self.folder / "tiny.safetensors").write_bytes(safetensors(self.tensors))
        self.models("import", "tiny.safetensors")

    def test_list(self):
        self.models("import", "tiny.safetensors", "--name", "mine")
        lines = self.models("list").splitlines()
        self.assertEqual([line.split(":")[0] for line in lines], ["compact", "mine", "tiny"])
        self.assertIn(str(self.store / "mine.safetensors"), lines[1])
        self.models("remove", "tiny")
        self.assertIn("pastiche models fetch tiny", self.models("list").splitlines()[2])

    def test_an_empty_home_is_no_folder(self):
        here = self.folder / ".local/share/pastiche/models"
        here.mkdir(parents=True)
        (here / "of-this-folder.safetensors").touch()
        self.assertNotIn("of-this-folder", self.models("list", environment={"HOME": "", "XDG_DATA_HOME": ""}))

    def test_there_can_be_more_than_one_built_in(self):
        def of_two(*arguments):
            command = [OF_TWO_MODELS, "models", *arguments]
            environment = {**os.environ, **self.environment(), "LC_ALL": "C.UTF-8", "LANGUAGE": ""}
            return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

        self.assertEqual(of_two("list").stdout.splitlines()[:2], ["compact: built in", "second: built in"])
        self.assertIn("“second” is a model that is built in", of_two("import", "tiny.safetensors", "--name", "second").stderr)
        self.assertEqual(self.installed(), ["tiny.safetensors", "tiny.safetensors.sha256"])

    def test_verify_finds_a_changed_bit(self):
        self.assertIn("tiny", self.models("verify"))
        self.assertIn("tiny", self.models("verify", "tiny"))
        path = self.store / "tiny.safetensors"
        whole = path.read_bytes()
        for place in (3, 200, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
            self.assertIn("damaged", self.refused("verify", "tiny"))
            self.assertIn("damaged", self.refused("verify"))
        path.write_bytes(whole[:-4])
        self.assertIn("damaged", self.refused("verify"))
        path.write_bytes(b"")
        self.assertIn("damaged", self.refused("verify"))

    def test_verify_says_when_it_cannot_know(self):
        (self.store / "tiny.safetensors.sha256").unlink()
        self.assertIn("nothing is known", self.models("verify", "tiny"))

    def test_the_sum_is_as_sha256sum_has_it(self):
        written = (self.store / "tiny.safetensors.sha256").read_text()
        self.assertEqual(written, hashlib.sha256((self.store / "tiny.safetensors").read_bytes()).hexdigest() + "  tiny.safetensors\n")

    def test_remove(self):
        self.models("remove", "tiny")
        self.assertEqual(self.kept(), [])
        self.assertIn("models list", self.refused("remove", "tiny"))
        self.assertIn("models list", self.refused("verify", "tiny"))
        for name in ("../tiny", "compact", ".."):
            self.refused("remove", name)

    def test_names(self):
        for name in ("compact", "a/b", "", "..", "-x", ".x", "ä", "x" * 65, "a b"):
            self.refused("import", "tiny.safetensors", f"--name={name}")
        self.assertIn("already", self.refused("import", "tiny.safetensors"))

    def test_it_paints(self):
        self.paint("--model", "tiny", "--size", "64")

    def test_usage(self):
        for arguments in ([], ["nonsense"], ["fetch"], ["import"], ["remove"], ["list", "more"], ["fetch", "a", "b"], ["fetch", "a", "--timeout", "0"], ["fetch", "a", "--name", "x"]):
            self.refused(*arguments, expected_status=2)
        self.assertIn("tiny", self.refused("fetch", "nonsense"))
        out = self.models("--help")
        self.assertEqual(out, self.models("fetch", "--help"))
        for word in ("list", "fetch NAME", "import FILE", "verify [NAME]", "remove NAME", "--url URL", "--whole", "--timeout SECONDS", "--name NAME"):
            self.assertIn(word, out)

    def test_the_catalogue_of_another_house(self):
        (self.folder / "catalogue.json").write_text('{"tiny": {}}')
        self.assertIn("PASTICHE_CATALOGUE", self.refused("fetch", "tiny"))


class Missing(Models):
    def test_a_preset_with_a_model_that_is_not_there_says_how_to_get_it(self):
        sentence = self.fails(1, "stylize", "photo.png", "--style", "style.png", "--output", "out.png", "--preset", "gatys")
        self.assertIn("pastiche models fetch vgg19", sentence)


class Executed(Exception):
    pass


class Hostile:
    """Unpickling it runs a command that leaves a file."""

    def __init__(self, function, *arguments):
        self.reduced = (function, arguments)

    def __reduce__(self):
        return self.reduced


class Import(Models):
    def setUp(self):
        super().setUp()
        self.tensors = weights()
        self.state = {name: torch.from_numpy(tensor.copy()) for name, tensor in self.tensors.items()}
        self.file = self.folder / "network.pth"

    def import_it(self):
        self.models("import", str(self.file))
        self.assert_installed(self.tensors)
        self.models("verify")
        self.models("remove", "tiny")

    def import_refused(self):
        sentence = self.refused("import", str(self.file))
        self.assertEqual(self.kept(), [])
        return sentence

    def save(self, saved, **options):
        torch.save(saved, self.file, **options)
        return self

    def both_formats(self, saved):
        self.save(saved).import_it()
        self.save(saved, _use_new_zipfile_serialization=False).import_it()

    def test_safetensors(self):
        self.file.write_bytes(safetensors(self.tensors))
        self.import_it()
        self.file.write_bytes(safetensors(self.tensors, {"format": "pt"}))
        self.import_it()

    def test_state_dicts(self):
        self.both_formats(self.state)

    def test_modules_state_dicts_have_attributes(self):
        module = torch.nn.Module()
        module.features = torch.nn.Sequential()
        for name, (outputs, inputs) in SHAPES.items():
            module.features.add_module(name.removeprefix("features."), torch.nn.Conv2d(inputs, outputs, 3))
        module.load_state_dict({name: tensor for name, tensor in self.state.items() if name.startswith("features.")})
        self.assertTrue(hasattr(module.state_dict(), "_metadata"))
        self.both_formats(module.state_dict())
        self.both_formats(dict(module.named_parameters()))

    def test_features_alone_and_data_parallel(self):
        self.both_formats({name.removeprefix("features."): tensor for name, tensor in self.state.items() if name.startswith("features.")})
        self.both_formats({"module." + name: tensor for name, tensor in self.state.items()})

    def test_among_other_things(self):
        self.both_formats({"epoch": 7, "loss": 0.25, "note": "ü", "none": None, "yes": True, "best": [1, (2, -3)], "state_dict": self.state})
        self.both_formats({"big": 1 << 70, "model": self.state})

    def test_tensors_that_share_a_storage(self):
        whole = torch.cat([tensor.flatten() for tensor in self.state.values()])
        views, at = {}, 0
        for name, tensor in self.state.items():
            views[name] = whole[at : at + tensor.numel()].view(tensor.shape)
            at += tensor.numel()
        self.both_formats(views)

    def test_newer_protocols(self):
        for protocol in (3, 4, 5):
            self.save(self.state, pickle_protocol=protocol).import_it()

    def test_other_floating_point_types(self):
        self.tensors = {name: tensor.astype("float16") for name, tensor in self.tensors.items()}
        self.both_formats({name: tensor.half() for name, tensor in self.state.items()})

    def test_as_python_2_wrote_it(self):
        """OrderedDict gets its pairs when it is made, and texts are strings of bytes: so are torchvision's own files."""
        legacy = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({"little_endian": True}, 2)

        def text(word):
            return b"U" + bytes([len(word)]) + word.encode()

        def number(value):
            return b"J" + struct.pack("<i", value)

        def numbers(values):
            return b"(" + b"".join(map(number, values)) + b"t"

        pairs = b""
        for name, tensor in self.tensors.items():
            strides = [stride // 4 for stride in tensor.strides]
            storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(name) + text("cpu") + number(tensor.size) + b"Nt" + b"Q"
            arguments = b"(" + storage + number(0) + numbers(tensor.shape) + numbers(strides) + b"t"
            pairs += b"](" + text(name) + b"ctorch._utils\n_rebuild_tensor\n" + arguments + b"R" + b"e"
        legacy += b"\x80\x02ccollections\nOrderedDict\n](" + pairs + b"e\x85R."
        legacy += pickle.dumps(sorted(self.tensors), 2)
        for name in sorted(self.tensors):
            legacy += struct.pack("<q", self.tensors[name].size) + self.tensors[name].tobytes()
        self.file.write_bytes(legacy)
        self.import_it()

    def test_a_name_that_tells_the_sum_is_held_to_it(self):
        self.save(self.state)
        raw = self.file.read_bytes()
        self.file = self.folder / f"tiny-{hashlib.sha256(raw).hexdigest()[:8]}.pth"
        self.file.write_bytes(raw)
        self.import_it()
        self.file = self.folder / "tiny-0000000a.pth"
        self.file.write_bytes(raw)
        self.assertIn("damaged", self.import_refused())
        self.file = self.folder / "tiny-20240131.pth"  # a date
        self.file.write_bytes(raw)
        self.import_it()

    def test_caffe_s_networks_see_blue_first_and_up_to_255(self):
        begins = {name: [round(float(value), 4) for value in self.tensors[name].flat[:3]] for name in ("features.0.weight", "features.0.bias")}
        self.use_catalogue(catalogue_entry(caffe_begins=begins))
        torchvision = {"order": "RGB", "range": [0, 1], "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
        caffe = {"order": "BGR", "range": [0, 255], "mean": [103.939, 116.779, 123.68], "std": [1, 1, 1]}
        for state, expected in [
            (self.state, caffe),
            ({name: tensor.bfloat16().float() for name, tensor in self.state.items()}, caffe),
            ({name: torch.from_numpy(tensor) for name, tensor in weights(2).items()}, torchvision),
        ]:
            self.save(state).models("import", str(self.file))
            self.assertEqual(json.loads(read_safetensors(self.store / "tiny.safetensors")[1]["input"]), expected)
            self.models("remove", "tiny")
        turned = {**self.state, "features.0.weight": self.state["features.0.weight"].flip(1).contiguous()}
        self.assertIn("colours in an order that is not known", self.save(turned).import_refused())

    def test_what_stands_in_for_a_file_is_called_what_it_is(self):
        pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
        for name in ("network.pth", "network-dcbb9e9d.pth", "network.safetensors"):
            self.file = self.folder / name
            self.file.write_text(pointer)
            self.assertIn("Git LFS's pointer", self.import_refused())
            for page in ("<!DOCTYPE html>\n<html><head>", "\ufeff \n<!doctype HTML>", "<html lang='en'>"):
                self.file.write_text(page)
                self.assertIn("it is a web page", self.import_refused())

    def test_what_was_published_is_recognised(self):
        raw = safetensors(self.tensors)
        self.use_catalogue(catalogue_entry(file_sha256=hashlib.sha256(raw).hexdigest()))
        self.file.write_bytes(raw)
        self.assertIn("published", self.models("import", str(self.file)))

    def test_other_networks_are_refused(self):
        self.assertIn("naming", self.save({"weight": torch.zeros(3)}).import_refused())
        self.assertIn("naming", self.save({**self.state, "features.7.weight": torch.zeros(3)}).import_refused())
        self.assertIn("naming", self.save({name: tensor for name, tensor in self.state.items() if name != "features.2.bias"}).import_refused())
        self.assertIn("no state dict", self.save([1, 2, 3]).import_refused())
        self.assertIn("no state dict", self.save({}).import_refused())
        self.assertIn("no state dict", self.save({"a": 1}, _use_new_zipfile_serialization=False).import_refused())
        self.assertIn("row by row", self.save({**self.state, "features.2.weight": self.state["features.2.weight"].transpose(0, 1)}).import_refused())
        self.assertIn("features.2.weight", self.save({**self.state, "features.2.weight": torch.zeros(16, 16, 3, 3)}).import_refused())

    def test_nothing_is_executed(self):
        mark = self.folder / "executed"
        command = f"touch '{mark}'"
        for hostile, told in (
            (Hostile(os.system, command), "posix system"),
            (Hostile(eval, f"open({str(mark)!r}, 'w')"), "eval"),
            (Hostile(exec, f"open({str(mark)!r}, 'w')"), "exec"),
            (Hostile(pathlib.Path.touch, pathlib.PosixPath(mark)), "getattr"),
            (Hostile(__import__, "os"), "__import__"),
        ):
            for options in ({}, {"_use_new_zipfile_serialization": False}):
                for saved in (hostile, {**self.state, "x": hostile}, {hostile: 1}):
                    sentence = self.save(saved, **options).import_refused()
                    self.assertIn(told, sentence)
        raw = b"\x80\x02cos\nsystem\n(X" + struct.pack("<I", len(command)) + command.encode() + b"tR."
        with zipfile.ZipFile(self.file, "w") as archive:
            archive.writestr("archive/data.pkl", raw)
        self.assertIn("os system", self.import_refused())
        self.file.write_bytes(raw)  # a bare pickle
        self.import_refused()
        # Instructions that data do not need: INST, OBJ, EXT1, NEWOBJ, PERSID
        for instruction in (b"(ios\nsystem\n", b"(cos\nsystem\no", b"\x82\x01", b"\x81", b"Pid\n"):
            with zipfile.ZipFile(self.file, "w") as archive:
                archive.writestr("archive/data.pkl", b"\x80\x02" + instruction + b".")
            self.import_refused()
        self.assertFalse(mark.exists())
        self.assertRaises(Executed, lambda: pickle.loads(pickle.dumps(Hostile(raise_executed))))  # these files do execute elsewhere

    def test_broken_files(self):
        for options in ({}, {"_use_new_zipfile_serialization": False}):
            self.state = {name: tensor for name, tensor in self.state.items() if name.startswith("features.")}
            self.save(self.state, **options)
            whole = self.file.read_bytes()
            for length in (0, 1, 4, 30, 100, 1000, len(whole) // 2, len(whole) - 1):
                self.file.write_bytes(whole[:length])
                self.import_refused()
        with zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("archive/data.pkl", bytes(1000))
        self.assertIn("compressed", self.import_refused())
        self.refused("import", "absent.pth")
        self.refused("import", str(self.folder))


def raise_executed():
    raise Executed


if __name__ == "__main__":
    unittest.main(verbosity=2)
