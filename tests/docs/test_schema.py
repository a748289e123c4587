# SPDX-License-Identifier: ISC
"""docs/record.schema.json: says what the manual, the code and the tests say; refuses what is no record."""
import copy
import pathlib
import re

import pytest

from lib import run, schema

TREE = pathlib.Path(__file__).resolve().parents[2]
GOOD = {"time": "2026-11-21T22:00:00.000Z", "level": "error", "event": "verify_failed", "cause": "expired", "message": "m", "program": "curl", "pid": 1,
        "version": 1, "host": "a.test", "port": 443, "chain": [{"subject": "CN=a", "sha256": "A" * 64, "from": "presented"}]}  # fmt: skip


def test_members_are_those_of_the_contract():
    assert list(schema.SCHEMA["properties"]) == run.KEY_ORDER
    assert list(schema.SCHEMA["properties"]["chain"]["items"]["properties"]) == run.CHAIN_KEYS
    source = (TREE / "shim/record/json.c").read_text()
    assert set(re.findall(r'_member\(&?o, "(\w+)"', source)) | {"notes", "chain", "san"} == set(run.KEY_ORDER) | set(run.CHAIN_KEYS)


def test_words_are_those_of_the_code():
    names = {n.lower() for n in re.findall(r"EVENT_([A-Z_]+)", (TREE / "include/tlsmend/vocabulary.h").read_text())} - {"count"}
    assert set(schema.SCHEMA["properties"]["event"]["enum"]) == names
    version = re.search(r"JSON_VERSION = (\d+)", (TREE / "shim/record/json.c").read_text())[1]
    assert schema.SCHEMA["properties"]["version"]["const"] == int(version)


def test_manual_describes_each_member():
    text = (TREE / "man/tlsmend.1").read_text()
    records = text[text.index(".Sh RECORD OBJECT\n"):text.index(".Sh REPORT OBJECT\n")]
    flat = " ".join(line for line in records.splitlines() if not line.startswith("."))
    for name, member in schema.SCHEMA["properties"].items():
        assert ".It Li %s\n" % name in records, name
        assert member["description"][1:] in flat, name


@pytest.mark.parametrize("change", [
    {"time": "2026-11-21"}, {"level": "fatal"}, {"event": "x"}, {"cause": "A cause"}, {"message": ""}, {"pid": "1"}, {"pid": True}, {"version": 2},
    {"port": 0}, {"port": 70000}, {"more": 1}, {"chain": []}, {"chain": [{"from": "elsewhere"}]}, {"chain": [{"sha256": "x"}]}, {"help": [1]},
    {"version": None}, {"message": None},
])  # fmt: skip
def test_what_is_no_record(change):
    record = copy.deepcopy(GOOD)
    schema.check(record)
    for key, value in change.items():
        if value is None:
            del record[key]
        else:
            record[key] = value
    if list(change) == ["help"]:
        chain = record.pop("chain")
        record["chain"] = chain
    with pytest.raises(schema.Mismatch):
        schema.check(record)


def test_order_counts():
    with pytest.raises(schema.Mismatch):
        schema.check(dict(reversed(list(GOOD.items()))))


def test_it_is_a_schema():
    """Where a validator is installed, it takes the file and agrees about the good record."""
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema.SCHEMA)
    jsonschema.validate(GOOD, schema.SCHEMA)
