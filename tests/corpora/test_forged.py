# SPDX-License-Identifier: ISC
"""Chains with one or two faults at known places (forge.py): the cause is one of them, and no CA is proposed where none would help."""
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from lib import proof

pytestmark = pytest.mark.long

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = pathlib.Path(os.environ.get("BUILD", HERE.parents[1] / "build")) / "corpora" / "causes"
PAIRS = 120


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(what is right of every chain: forge.py; what was found of those that are rejected, by id)"""
    if not PROGRAM.exists():
        pytest.fail("%s is not built; run make units first" % PROGRAM, pytrace=False)
    directory = tmp_path_factory.mktemp("forged")
    subprocess.run([sys.executable, HERE / "forge.py", directory, str(PAIRS)], check=True, timeout=120)
    done = subprocess.run([PROGRAM, directory, "", "json"], capture_output=True, text=True, timeout=120, check=True)
    found, last = {}, None
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            last.append(json.loads(line))
        else:
            case, *last = line.split("\t")
            found[case] = last
    return json.loads((directory / "right.json").read_text()), found


@pytest.fixture(scope="module")
def forged(made):
    """(id, causes that are right, is something unknowable?, what was found or None, whose last is the record) of every chain"""
    right, found = made
    return [(profile + "/" + case, causes, hidden, found.get(profile + "/" + case))
            for profile in ("limbo", "limbo-strict") for case, (causes, hidden, _) in right.items()]  # fmt: skip


@pytest.fixture(scope="module")
def forged_tells(made):
    """(id, (what its record says, what it never says), the record)"""
    right, found = made
    return [(case, told, found["limbo/" + case][4]) for case, (_, _, told) in right.items() if told and "limbo/" + case in found]


def test_records_prove_what_they_say(forged):
    """Names, limits, identifiers and dates that are shown, against the cause (lib/proof.py)."""
    records = [(case, found[4]) for case, _, _, found in forged if found and len(found) > 4]
    assert len(records) > 2000
    assert [(case, v, r) for case, r in records for v in proof.violations(r)] == []


def test_what_is_told_is_what_was_made(forged_tells):
    """Whose fault, where it is, which limit and which name: by the construction of the case."""
    wrong = []
    for case, (says, never), record in forged_tells:
        text = json.dumps({k: v for k, v in record.items() if k != "chain"})
        wrong += ["%s: says not %s: %s" % (case, part, text) for part in says if not re.search(part, text)]
        wrong += ["%s: says %s: %s" % (case, part, text) for part in never if re.search(part, text)]
    assert not wrong, "\n".join(wrong)
    assert len(forged_tells) > 50


def test_enough_are_rejected(forged):
    rejected = [case for case, _, _, found in forged if found]
    assert len(rejected) > 2000 and len(rejected) > 0.7 * len(forged)


def test_the_cause_is_a_fault_that_is_there(forged):
    wrong = ["%s: %s, not one of %s" % (case, found[2], causes) for case, causes, _, found in forged
             if found and found[2] not in causes and not (case.startswith("limbo-strict/") and found[2] == "strict-profile")]
    assert not wrong, "\n".join(wrong)


def test_a_broken_certificate_is_no_missing_issuer(forged):
    """The case that OpenSSL's own code hides: whatever is trusted, a certificate that cannot be read is the cause. (Dates are read last.)"""
    alone = {case: found for case, _, _, found in forged if "+" not in case}
    broken = {case.rpartition("/")[0] for case, found in alone.items()
              if found and case.endswith("/trusted") and found[2] == "malformed-certificate" and found[0] not in ("13", "14")}
    assert len(broken) > 40
    wrong = [case for case, found in alone.items()
             if case.rpartition("/")[0] in broken and "/root/" not in case and found[2] != "malformed-certificate"]
    assert not wrong


def test_no_useless_ca(forged):
    """Tried with every certificate of the case, and with the root where it is neither sent nor trusted."""
    assert [case for case, _, hidden, found in forged if found and found[3] == "ca-useless" and not hidden] == []
    assert sum(1 for *_, found in forged if found and found[3] == "ca") > 10
