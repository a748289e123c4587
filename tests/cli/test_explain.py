# SPDX-License-Identifier: ISC
"""tlsmend explain."""
import re

import pytest

from .conftest import TREE

WORDS = re.findall(r'^CAUSE\([A-Z0-9_]+, "([^"]+)"', (TREE / "shim/explain/causes.def").read_text(), re.M)


def test_list_has_every_cause(tlsmend):
    r = tlsmend("explain")
    assert r.returncode == 0 and r.stderr == "" and len(WORDS) > 20
    lines = r.stdout.splitlines()
    assert [line.split()[0] for line in lines] == WORDS
    column = {re.match(r"\S+ +", line).end() for line in lines}
    assert len(column) == 1


def test_each_cause_has_a_text_that_fits(tlsmend):
    for word in WORDS:
        r = tlsmend("explain", word)
        assert r.returncode == 0 and r.stdout.startswith(word + ": "), word
        body = r.stdout.split("\n\n", 1)[1]
        assert len(body) > 80
        for line in body.splitlines():
            # Examples and long words stay as they are.
            assert len(line) <= 78 or line.startswith(" ") or " " not in line.strip(), line
        lines = body.splitlines()
        for first, second in zip(lines, lines[1:]):
            if first and second and not first.startswith(" ") and not second.startswith(" "):
                assert len(first) + 1 + len(second.split()[0]) > 78, "filled: %r %r" % (first, second)


@pytest.mark.parametrize("word, near", [("expird", "expired"), ("selfsigned", "self-signed"), ("name-missmatch", "name-mismatch")])
def test_unknown_cause_names_the_nearest(tlsmend, word, near):
    r = tlsmend("explain", word)
    assert r.returncode == 2 and r.stdout == "" and "did you mean '%s'?" % near in r.stderr


def test_unknown_cause(tlsmend):
    r = tlsmend("explain", "zzz")
    assert r.returncode == 2 and "'tlsmend explain' lists them" in r.stderr
