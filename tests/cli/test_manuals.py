# SPDX-License-Identifier: ISC
"""The manuals say what the tables say."""
import re
import shutil
import subprocess

import pytest

from lib.run import KEY_ORDER

from .conftest import TREE

MANUALS = [TREE / "man/tlsmend.1", TREE / "man/tlsmend.conf.5"]
KEYS = re.findall(r'^KEY\(\w+, "([^"]+)", \w+, \w+, "((?:[^"\\]|\\.)*)"\)', (TREE / "shim/policy/keys.def").read_text(), re.M)


def rendered(path):
    if not shutil.which("mandoc"):
        pytest.skip("no mandoc here")
    text = subprocess.run(["mandoc", "-Tascii", path], capture_output=True, text=True, check=True, timeout=30).stdout
    return re.sub(r".\x08", "", text)


@pytest.mark.parametrize("path", MANUALS, ids=lambda p: p.name)
def test_mandoc_has_nothing_to_say(path):
    rendered(path)
    r = subprocess.run(["mandoc", "-Tlint", path], capture_output=True, text=True, timeout=30)
    # Whether other manuals are installed is no matter of this one.
    assert [x for x in r.stdout.splitlines() if "referenced manual not found" not in x] == []


def test_every_key_has_its_text():
    words = " ".join(rendered(MANUALS[1]).split())
    at = words.index("Keys")
    assert len(KEYS) >= 11
    for name, text in KEYS:
        entry = "%s = " % name
        found = words.find(entry, at)
        assert found > 0, "%s is missing or out of order" % name
        at = found + len(entry)
        assert " ".join(text.split()).lower() in words[at:at + 400].lower(), name


def test_every_option_and_command(tlsmend):
    words = rendered(MANUALS[0])
    for command in ("run", "check", "lint", "rule", "env", "service", "explain", "view", "trust", "untrust", "report"):
        assert re.search(r"^     %s\b" % command, words, re.M), command
        for option in re.findall(r"^  (--[a-z-]+)", tlsmend(command, "--help").stdout, re.M):
            assert option in words, option


def test_every_variable():
    words = rendered(MANUALS[0])
    source = (TREE / "shim/cli/configuration/settings.c").read_text()
    for name in set(re.findall(r'"(TLSMEND_[A-Z_]+)"', source)):
        assert name in words, name


def test_members_of_a_record():
    """In the order of the contract."""
    words = " ".join(rendered(MANUALS[0]).split())
    assert ", ".join(KEY_ORDER) in words
