# SPDX-License-Identifier: ISC
"""The README's tables against their sources: what it says must be what is built."""
import pathlib
import re
import subprocess

import pytest

from lib import run

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def table(heading):
    """{first cell: line} of the first table after a heading."""
    text = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return {re.match(r"\| `((?:[^`])*)`", line)[1]: line for line in lines}


def source(*paths):
    return "".join((ROOT / path).read_text() for path in paths)


def test_keys_are_those_of_the_table():
    defined = dict(re.findall(r'^KEY\(\w+, "(\w+)", \w+, \w+, "(.*)"\)', source("shim/policy/keys.def"), re.M))
    assert list(table("Configuration")) == list(defined), "keys, or their order, differ from keys.def"
    for name, text in defined.items():
        assert table("Configuration")[name] == f"| `{name}` | {text} |"


def test_variables_are_those_that_are_read():
    names = re.search(r"names\[VARIABLES\]\[\d+\] = \{(.*?)\}", source("shim/base/environment_read.c"), re.S)[1]
    defined = {"TLSMEND_" + name for name in re.findall(r'PREFIX "([A-Z_]+)"', names)}
    assert len(defined) == 10
    assert set(table("Variables")) == defined


def test_events_are_those_that_are_raised():
    names = {n.lower() for n in re.findall(r"EVENT_([A-Z_]+)", source("include/tlsmend/vocabulary.h"))} - {"count"}
    told = set(table("Log"))
    assert told <= names
    room = [p for p in sorted((ROOT / "shim").glob("*/*.c")) if p.parent.name in ("hooks", "record", "log", "policy")]
    raised = {n.lower() for p in room for n in re.findall(r"\bEVENT_([A-Z_]+)", p.read_text())} & names
    assert raised, "no room raises an event?"
    assert told == raised, "events of the README and events that the code raises"


def test_commands_and_options_are_those_of_the_help():
    if not run.COMMAND.exists():
        pytest.fail(f"{run.COMMAND} is not built")
    done = subprocess.run([run.COMMAND, "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    told = {cell.split()[1] for cell in table("Commands")}
    assert told, "no commands in the README"
    for name in told:
        assert re.search(rf"^ +(tlsmend )?{name}\b", done.stdout, re.M), f"'{name}' is not in tlsmend --help"
    options = set(re.findall(r"(?<![\w-])(--[a-z-]+)", table("Commands")[next(c for c in table("Commands") if c.split()[1] == "run")]))
    help_of_run = subprocess.run([run.COMMAND, "run", "--help"], capture_output=True, text=True, timeout=60).stdout
    assert options == set(re.findall(r"^ +(--[a-z-]+)", help_of_run, re.M)) - {"--help"}


def test_causes_named_exist():
    causes = set(re.findall(r'^CAUSE\(\w+, "([a-z-]+)"', source("shim/vocabulary/causes.def"), re.M))
    named = set(re.findall(r"error\[([a-z-]+)\]", README))
    assert named and named <= causes


def figures():
    """What the tree keeps (tests/bench/figures): name -> (instructions without the library, with it)"""
    lines = [line.split() for line in source("tests/bench/figures").splitlines() if line and not line.startswith("#")]
    return {name: (int(without), int(with_)) for name, without, with_ in lines}


def test_costs_are_those_that_the_tree_keeps():
    costs = figures()
    words = " ".join(README.split())
    start = int(re.search(r"The start of a program takes some ([\d,]+) instructions", words)[1].replace(",", ""))
    assert abs(costs["start"][1] - costs["start"][0] - start) < 1000
    plain, most = map(float, re.search(r"handshake takes ([\d.]+) % more instructions without a rule and below ([\d.]+) % under", words).groups())
    more = {name: 100 * (with_ / without - 1) for name, (without, with_) in costs.items()}
    assert abs(more["handshake"] - plain) < 0.2 and more["handshake-under-a-rule"] < most


def test_costs_of_the_newest_changes_are_those_that_the_tree_keeps():
    """Told as they are, or a little higher: who lowers one need not write that down at once."""
    costs = figures()
    words = " ".join(source("CHANGELOG.md").split())
    start, client, rule = re.search(r"A start costs ([\d,]+) instructions .*?one connection ([\d.]+) % more .*?to a handshake is below ([\d.]+) %", words).groups()
    assert 0 <= int(start.replace(",", "")) + 500 - (costs["start"][1] - costs["start"][0]) < 5000
    without, with_ = costs["client"]
    assert 0 <= float(client) + 0.05 - 100 * (with_ / without - 1) < 0.5
    assert costs["handshake-under-a-rule"][1] / costs["handshake"][1] < 1 + float(rule) / 100


def test_rooms_exist():
    for path in table("Contributing"):
        assert (ROOT / path).is_dir(), path
