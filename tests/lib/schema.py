# SPDX-License-Identifier: ISC
"""Records against docs/record.schema.json: as much of JSON Schema as that file uses, and an error for a word of it that is not known here."""
import json
import pathlib
import re

from . import proof

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / "docs/record.schema.json").read_text())
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
KNOWN = {"$schema", "title", "description", "type", "additionalProperties", "required", "properties", "items", "minItems", "minLength", "pattern",
         "enum", "const", "minimum", "maximum"}  # fmt: skip


class Mismatch(AssertionError):
    pass


def _demand(good, where, what):
    if not good:
        raise Mismatch("%s: %s" % (where or "record", what))


def _object(value, schema, where):
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        _demand(name in value, where, "%s is missing" % name)
    if schema.get("additionalProperties") is False:
        _demand(set(value) <= set(properties), where, "unknown: %s" % (set(value) - set(properties)))
        _demand([k for k in properties if k in value] == list(value), where, "another order: %s" % list(value))
    for name, one in value.items():
        if name in properties:
            check(one, properties[name], "%s.%s" % (where, name))


def check(value, schema=SCHEMA, where=""):
    assert set(schema) <= KNOWN, "tests/lib/schema.py does not know %s" % (set(schema) - KNOWN)
    kind = TYPES.get(schema.get("type"))
    _demand(kind is None or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))), where, "no %s: %r" % (schema.get("type"), value))
    _demand(value in schema.get("enum", [value]) and value == schema.get("const", value), where, "%r" % (value,))
    if isinstance(value, str):
        _demand(len(value) >= schema.get("minLength", 0) and re.search(schema.get("pattern", ""), value), where, "%r" % value)
    if isinstance(value, int):
        _demand(schema.get("minimum", value) <= value <= schema.get("maximum", value), where, value)
    if isinstance(value, list):
        _demand(len(value) >= schema.get("minItems", 0), where, "is empty")
        for i, one in enumerate(value):
            check(one, schema.get("items", {}), "%s[%d]" % (where, i))
    if isinstance(value, dict):
        _object(value, schema, where)


def records(text):
    """Those of a log that holds nothing else."""
    check_lines(text)
    return [json.loads(line) for line in text.splitlines()]


def check_lines(text):
    """Every record in the text of a log, and whether it proves what it says; other lines are nobody's business here."""
    for line in text.splitlines():
        if line.startswith('{"time"'):
            try:
                record = json.loads(line)
            except ValueError:
                continue
            check(record)
            proof.ask(record)
