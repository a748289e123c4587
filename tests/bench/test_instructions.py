# SPDX-License-Identifier: ISC
"""What the library costs is not more than it was: instructions of a start, of a client's whole process, of a whole curl and of a handshake, with it and without in
one run, and those of a hostile chain's record, against the figures that the tree keeps. They hold for one libc and OpenSSL; with others this is skipped."""
import json
import pathlib
import shutil

import pytest

from bench import measure

FIGURES = pathlib.Path(__file__).with_name("figures")
# What it adds may grow by so much; the rest is what chance alone gives, of all.
MORE = 1.1
CHANCE = 0.001
OTHER_BASE = 0.03


def figures():
    """name -> (instructions without the library, with it)"""
    lines = [line.split() for line in FIGURES.read_text().splitlines() if line and not line.startswith("#")]
    return {name: (int(without), int(with_)) for name, without, with_ in lines}


def compare(name, without, with_):
    base, before = figures()[name]
    if without is None or with_ is None:
        pytest.skip("no instructions counted: valgrind is not there, or cannot run this")
    if abs(without / base - 1) > OTHER_BASE:
        pytest.skip(f"another libc or OpenSSL: {without} instructions without the library, the figures are for {base}")
    assert with_ - without <= MORE * (before - base) + CHANCE * base, (
        f"{name}: {without} without, {with_} with the library; the tree keeps {base} and {before}")


def test_a_start_costs_no_more(tmp_path):
    compare("start", measure.instructions(["/bin/true"], measure.environment(), tmp_path),
            measure.instructions(["/bin/true"], measure.ours(), tmp_path))


@pytest.fixture(scope="module")
def end(tmp_path_factory):
    directory = measure.certificates(tmp_path_factory.mktemp("bench"))
    with measure.server(directory) as port:
        yield directory, port


@pytest.mark.long
def test_a_whole_client_costs_no_more(end, tmp_path):
    """All that one connection takes from the start of its process to the end: also what is found out of OpenSSL when it is first called."""
    directory, port = end
    argv = [measure.peer(), "connect", port, 1, directory / "ca.pem"]
    compare("client", measure.instructions(argv, measure.environment(), tmp_path), measure.instructions(argv, measure.ours(), tmp_path))


@pytest.mark.long
def test_a_whole_curl_costs_no_more(end, tmp_path):
    """A program with thirty libraries, whose look-ups all pass ours."""
    directory, _ = end
    if not shutil.which("curl"):
        pytest.skip("no curl")
    (directory / "small").write_text("hello\n")
    with measure.web(directory) as port:
        argv = measure.curl(port, "--cacert", directory / "ca.pem", f"https://bench.test:{port}/small")
        compare("curl", measure.instructions(argv, measure.environment(), tmp_path), measure.instructions(argv, measure.ours(), tmp_path))


@pytest.mark.parametrize("name", ["handshake", "handshake-under-a-rule"])
def test_a_handshake_costs_no_more(end, tmp_path, name):
    directory, port = end
    ca = directory / "ca.pem"
    ruled = name != "handshake"
    with_ = measure.ours(TLSMEND_CONFIG=str(directory / "rules")) if ruled else measure.ours()
    compare(name, measure.handshake_instructions(port, ca, measure.environment(), tmp_path),
            measure.handshake_instructions(port, "" if ruled else ca, with_, tmp_path))


def test_a_rule_costs_no_more_than_the_clients_own_ca(end, tmp_path):
    """In one run; where objects come to lie in memory makes some hundred instructions of a handshake."""
    directory, port = end
    rules = measure.ours(TLSMEND_CONFIG=str(directory / "rules"))
    own = measure.handshake_instructions(port, directory / "ca.pem", measure.ours(), tmp_path)
    rule = measure.handshake_instructions(port, "", rules, tmp_path)
    if own is None or rule is None:
        pytest.skip("no instructions counted: valgrind is not there, or cannot run this")
    assert rule <= own + 2000


@pytest.mark.long
def test_the_record_of_a_hostile_chain_costs_no_more(tmp_path):
    """More names and limits than OpenSSL compares, in 180 KB of certificates: the verification that fails, and three times its record; against none of it."""
    corpus, program = measure.ROOT.parent / "shared" / "corpora" / "limbo-core.json", measure.BUILD / "corpora" / "causes"
    if not corpus.exists() or not program.exists():
        pytest.skip("the corpora are not there, or `make units` was not run")
    limbo = json.loads(corpus.read_text())
    limbo["testcases"] = [c for c in limbo["testcases"] if c["id"].endswith("::nc-dos-1")]
    (tmp_path / "limbo-core.json").write_text(json.dumps(limbo))
    counts = [measure.instructions([program, tmp_path, part, "time"], measure.environment(), tmp_path) for part in ("no such", "limbo/")]
    compare("hostile-record", *counts)
