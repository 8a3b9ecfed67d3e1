#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes CTestTestfile.cmake into the build folder, so that ctest runs the tests that Meson knows.

Meson runs this at the end of every configuration. Meson does not tell others about should_fail, nor what append() and
prepend() in a test's environment add to: tests use neither.
"""

import collections
import json
import os
import pathlib
import shlex
import subprocess

# As `meson test` does: a test fails when a sanitizer finds something.
SANITIZER_DEFAULTS = {
    "ASAN_OPTIONS": "halt_on_error=1:abort_on_error=1:print_summary=1",
    "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1:print_summary=1:print_stacktrace=1",
}
NO_TIMEOUT_SECONDS = 1_000_000


def quoted(text):
    """A CMake argument in which nothing is special."""
    equals = "="
    while f"]{equals}]" in text + "]":
        equals += "="
    return f"[{equals}[{text}]{equals}]"


def commands(test, name, build):
    suites = [suite.split(":", 1)[1] for suite in test["suite"] if ":" in suite]
    properties = {
        "WORKING_DIRECTORY": quoted(test["workdir"] or str(build)),
        "LABELS": quoted(";".join(suites)),
        "TIMEOUT": str(test["timeout"] if test["timeout"] > 0 else NO_TIMEOUT_SECONDS),
        "RUN_SERIAL": "FALSE" if test["is_parallel"] else "TRUE",
        "SKIP_RETURN_CODE": "77",
    }
    command = test["cmd"]
    if test["env"]:  # not as CTest's property, whose list cannot hold every text
        command = ["/usr/bin/env", *(f"{key}={value}" for key, value in test["env"].items()), *command]
    yield f"add_test({quoted(name)} {' '.join(quoted(word) for word in command)})"
    yield f"set_tests_properties({quoted(name)} PROPERTIES"
    yield from (f"  {key} {value}" for key, value in properties.items())
    yield ")"


def main():
    build = pathlib.Path(os.environ["MESON_BUILD_ROOT"])
    introspect = shlex.split(os.environ["MESONINTROSPECT"])
    tests = json.loads(subprocess.check_output([*introspect, "--tests", str(build)]))
    used = collections.Counter(test["name"] for test in tests)

    lines = ["# Made by tests/ctest-file.py from Meson's list of tests."]
    for variable, value in SANITIZER_DEFAULTS.items():
        lines += [f'if("$ENV{{{variable}}}" STREQUAL "")', f'  set(ENV{{{variable}}} "{value}")', "endif()"]
    for test in tests:
        name = test["name"] if used[test["name"]] == 1 else f"{test['suite'][0].split(':')[-1]}/{test['name']}"
        lines += commands(test, name, build)

    target = build / "CTestTestfile.cmake"
    partial = target.with_suffix(".partial")
    partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    partial.replace(target)


main()
