# SPDX-License-Identifier: ISC
"""The reviewed JSON records, read by a real parser: one object a line, keys of the contract (tlsmend(1)) in its order."""
import json
import pathlib

import pytest

from lib import proof, schema

GOLDEN = sorted((pathlib.Path(__file__).parent / "golden").glob("*.json"))
KEYS = """time level event cause message why program exe pid version host port address sni rule library protocol cipher code name depth
enforced expected presented help notes waived alert chain store""".split()
CERTIFICATE = "subject issuer serial not_before not_after san key signature sha256 spki_sha256 from".split()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_record_proves_what_it_says(path):
    assert proof.violations(json.loads(path.read_text(encoding="utf-8"))) == []


def in_order(found, order):
    return [key for key in order if key in found] == list(found)


def test_there_are_records():
    assert len(GOLDEN) > 15


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_keys_and_order(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") == 1 and text.endswith("\n")
    # the reviewed texts go without what differs from run to run, and the version stands beside it
    record = json.loads(text.replace('"pid":4711,', '"pid":4711,"version":1,', 1))
    schema.check(record)
    assert in_order(record, KEYS)
    assert {"time", "level", "event", "message", "program", "pid"} <= set(record)
    for key in ("help", "notes", "waived"):
        assert all(isinstance(line, str) and line for line in record.get(key, ["x"]))
    for certificate in record.get("chain", []):
        assert in_order(certificate, CERTIFICATE)
        assert certificate["from"] in ("presented", "store", "rule")
