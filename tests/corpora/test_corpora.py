# SPDX-License-Identifier: ISC
"""Chains of public corpora (x509-limbo, NIST PKITS), verified in-process and diagnosed.

causes.tsv holds the cause of every chain that OpenSSL 3.0 rejects, reviewed case by case against what the corpus says about it, and
whether the help proposes a CA: "ca" where that CA is part of the case and mends it, "ca-not-here" where it is not part of the case, "-"
where none is proposed. A changed line is read before it is committed:
    build/corpora/causes ../shared/corpora PART-OF-AN-ID        whole records
"""
import json
import os
import pathlib
import re
import ssl
import subprocess

import pytest

from lib import proof

TOP = pathlib.Path(__file__).resolve().parents[2]
CORPORA = TOP.parent / "shared" / "corpora"
PROGRAM = pathlib.Path(os.environ.get("BUILD", TOP / "build")) / "corpora" / "causes"
TABLE = TOP / "tests" / "corpora" / "causes.tsv"

pytestmark = pytest.mark.skipif(not (CORPORA / "limbo-core.json").exists(),
                                reason="no corpora beside the checkout (%s)" % CORPORA)
reviewed_version = pytest.mark.skipif(not ssl.OPENSSL_VERSION.startswith("OpenSSL 3.0."),
                                      reason="causes.tsv was reviewed with OpenSSL 3.0; this is " + ssl.OPENSSL_VERSION)


@pytest.fixture(scope="module")
def found():
    """id -> (code, depth, cause, help)"""
    if not PROGRAM.exists():
        pytest.fail("%s is not built; run make units first" % PROGRAM, pytrace=False)
    done = subprocess.run([PROGRAM, CORPORA], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert len({line[0] for line in lines}) == len(lines)
    return {line[0]: tuple(line[1:]) for line in lines}


def reviewed():
    lines = [line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    assert len({line[0] for line in lines}) == len(lines)
    return {line[0]: tuple(line[1:3]) for line in lines}


@reviewed_version
def test_causes_are_the_reviewed_ones(found):
    got = {case: (cause, help_) for case, (_, _, cause, help_) in found.items()}
    expected = reviewed()
    differences = ["%s: %s, reviewed: %s" % (case, got.get(case, "accepted"), expected.get(case, "not in the table"))
                   for case in sorted(set(got) | set(expected)) if got.get(case) != expected.get(case)]
    assert not differences, "\n".join(differences)


def test_no_useless_ca(found):
    """A CA is proposed only where one would help: tried with every certificate of the case in the file of a rule."""
    assert len(found) > 300
    helps = {help_ for _, _, _, help_ in found.values()}
    assert {"-", "ca", "ca-not-here"} <= helps
    assert [case for case, line in found.items() if line[3] == "ca-useless"] == []


def test_no_ca_for_what_trust_may_not_mend(found):
    may = {"issuer-refused", "intermediate-not-sent", "incomplete-chain", "anchor-not-root", "self-signed",
           "root-missing-here", "untrusted-root", "issuer-unknown"}
    assert [case for case, (_, _, cause, help_) in found.items() if help_ != "-" and cause not in may] == []


def test_causes_exist(found):
    words = set(re.findall(r'^CAUSE\(\w+, "([a-z-]+)"', (TOP / "shim/vocabulary/causes.def").read_text(), re.M))
    assert {line[2] for line in found.values()} <= words


def test_records_prove_what_they_say():
    """Names, limits, identifiers and dates that are shown, against the cause (lib/proof.py)."""
    done = subprocess.run([PROGRAM, CORPORA, "", "json"], capture_output=True, text=True, timeout=120, check=True)
    records = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(records) > 300
    assert [(v, r) for r in records for v in proof.violations(r)] == []


@pytest.mark.skipif(not ssl.OPENSSL_VERSION.startswith("OpenSSL 3.0.22 "), reason="another OpenSSL than the recorded one")
def test_verified_as_recorded(found):
    """The results that the index of PKITS records for this OpenSSL: the cases are set up as they are meant."""
    tests = json.loads((CORPORA / "pkits" / "index.json").read_text())["tests"]
    for test in tests:
        part = re.search(r"\(Subpart (\d+)\)", test["title"])
        case = "pkits/" + test["number"] + ("/" + part.group(1) if part else "")
        recorded = test["openssl_3_0_22"]
        expected = None if recorded["result"] == "SUCCESS" else (str(recorded["error"]), str(recorded["depth"]))
        assert (found[case][:2] if case in found else None) == expected, case
