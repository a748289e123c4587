# SPDX-License-Identifier: ISC
"""Every cause has a case that produces it, and a text that an administrator can act on."""
import os
import re
import subprocess
import sys

import pytest

from lib.run import TREE

CAUSES = re.findall(r'^CAUSE\([A-Z0-9_]+, "([^"]+)", FAMILY_[A-Z]+,\n((?:".*"[,)]?\n)+)', (TREE / "shim/vocabulary/causes.def").read_text(), re.M)


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """The words of all markers cause(WORD) of the suite."""
    path = tmp_path_factory.mktemp("causes") / "words"
    subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", str(TREE / "tests")],
                   env={**os.environ, "TLSMEND_TEST_LIST_CAUSES": str(path)}, check=True, timeout=120,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return set(path.read_text().split())


def test_the_table_is_read():
    assert len(CAUSES) >= 65


@pytest.mark.long
def test_every_cause_has_a_case(cases):
    assert [word for word, _ in CAUSES if word not in cases] == []


@pytest.mark.long
def test_every_case_is_of_a_cause(cases):
    assert cases <= {word for word, _ in CAUSES}


# What would make a client trust everybody, in the words of programs, libraries and their manuals.
GIVING_UP = re.compile(
    r"--insecure|(^|\s)-k\b|verify\s*=\s*(False|0|no|none)|VERIFY_NONE|CERT_NONE|sslVerify|no-check-certificate|"
    r"TrustServerCertificate|DangerousAccept|NODE_TLS_REJECT|(turn|switch)(ed|ing)?\s+(verification|validation|the check\w*)\s+off|"
    r"(disable|ignore|skip)\s+(\w+\s+)?(verification|validation|certificate|error)", re.I | re.M)


@pytest.mark.parametrize("word,text", CAUSES, ids=[c[0] for c in CAUSES])
def test_long_text(word, text):
    text = text.replace('\\n"', "").replace('"', "")
    assert len(text) > 400
    assert "Why it matters:" in text and "Who can mend it:" in text
    assert not GIVING_UP.search(text), GIVING_UP.search(text)
