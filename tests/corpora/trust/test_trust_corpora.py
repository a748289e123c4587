# SPDX-License-Identifier: ISC
"""Chains of public corpora (x509-limbo twice: as a TLS client and as Python 3.13 verifies; NIST PKITS) through the preloaded library, with the
case's own roots now in the client's store, now in a rule: a bad chain never becomes good, and a good one only for its host."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess

import pytest

from lib import pki
from lib.once import compile_once
from lib.run import own_environment

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[2]
CORPORA = TOP.parent / "shared" / "corpora"
BUILD = pathlib.Path(os.environ.get("BUILD", TOP / "build")).resolve()
WAYS = ["none", "plain", "extra", "empty", "other", "elsewhere", "only-wrong", "only-right"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CORPORA / "limbo-core.json").exists(), reason="no corpora beside the checkout (%s)" % CORPORA),
    # one run for all tests of this file, on one worker
    pytest.mark.xdist_group("trust-corpora"),
]


def program():
    return compile_once(BUILD / "trust" / "chains", HERE / "chains.c", ["-ljansson", "-lssl", "-lcrypto"], [HERE.parent / "names.h"])


class Line:
    def __init__(self, text):
        self.id, self.way, error, self.depth, self.length, self.queue, valid = text.split("\t")
        assert error != "died", text
        self.error, self.valid = int(error), valid == "1"
        self.good = self.error == 0
        # the same depth and error of a partial result may differ in the length of the chain that was left behind
        self.seen = (self.error, self.depth, self.length, self.queue)


class Runs:
    """way -> (id, way in) -> Line; `none` is plain without the library. Records in way -> list."""

    def __init__(self, base, ways):
        assert (BUILD / "libtlsmend.so").exists(), "the library is not built"
        self.base, self.chains = base, program()
        self.preload = shutil.copy(BUILD / "libtlsmend.so", base)
        (base / "foreign.pem").write_bytes(pki.issue("Foreign Root", ca=True).pem)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = dict(zip(ways, pool.map(self._run, ways)))
        assert len(results["none"][0]) > 1200
        assert all(set(r[0]) == set(results["none"][0]) for r in results.values())
        self.lines, self.records = ({way: r[i] for way, r in results.items()} for i in (0, 1))

    def _run(self, way):
        d = self.base / way
        d.mkdir()
        env = own_environment()
        if way != "none":
            env.update(LD_PRELOAD=str(self.preload), TLSMEND_CONFIG=str(d / "config"), TLSMEND_LOG=str(d / "log"),
                       TLSMEND_LOG_FORMAT="json", TLSMEND_LOG_LEVEL="info")
        done = subprocess.run([self.chains, CORPORA, "plain" if way == "none" else way, d / "config", d / "ca.pem", self.base / "foreign.pem"],
                              env=env, capture_output=True, text=True, timeout=200)
        assert done.returncode == 0 and done.stderr == "", (way, done.returncode, done.stderr)
        lines = [Line(text) for text in done.stdout.splitlines()]
        log = (d / "log").read_text().splitlines() if (d / "log").exists() else []
        return {(x.id, x.way): x for x in lines}, [json.loads(text) for text in log]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    all_of_them = Runs(tmp_path_factory.mktemp("trust"), WAYS)
    return all_of_them.lines, all_of_them.records


def differences(a, b):
    return ["%s %s: %s, was %s" % (*key, b[key].seen, a[key].seen) for key in sorted(a) if a[key].seen != b[key].seen]


def listed(lines):
    return ["%s %s error %d" % (x.id, x.way, x.error) for x in lines]


def test_corpora_have_both_kinds(runs):
    good = [x for x in runs[0]["none"].values() if x.good]
    assert len(good) > 300 and len(runs[0]["none"]) - len(good) > 300


def test_without_a_rule_nothing_differs(runs):
    """Verdict, error, depth, chain and error queue."""
    assert differences(runs[0]["none"], runs[0]["plain"]) == []


def test_rule_beside_the_clients_own_roots_changes_nothing(runs):
    assert differences(runs[0]["none"], runs[0]["extra"]) == []
    assert [r for r in runs[1]["extra"] if r["event"] == "mended"] == []


@pytest.mark.parametrize("way", ["empty", "other", "only-right"])
def test_bad_stays_bad(runs, way):
    """With the roots in the rule alone: good only what is good with the roots in the client's store, and valid for the host."""
    native = runs[0]["none"]
    assert listed(x for key, x in runs[0][way].items() if x.good and not native[key].good) == []
    assert listed(x for key, x in runs[0][way].items() if x.good and x.way == "ssl" and not x.valid) == []


@pytest.mark.parametrize("way", ["empty", "other", "only-right"])
def test_good_for_the_host_is_mended(runs, way):
    """What is good with the roots in the client's store is good with them in the rule; but for what is no root (the strict profile's
    partial chains: an intermediate of a rule is no anchor)."""
    native = runs[0]["none"]
    missing = [x for key, x in runs[0][way].items() if x.way == "ssl" and x.valid and native[key].good and not x.good]
    mended = [x for x in runs[0][way].values() if x.good]
    assert len(mended) > 60
    # `ba*.example.com`: what a rule adds asks for whole labels, by choice
    assert listed(x for x in missing if not x.id.startswith("limbo-strict/") and "wildcard-embedded" not in x.id) == []
    assert len(missing) < 20, listed(missing)


@pytest.mark.parametrize("way", ["elsewhere", "only-wrong"])
def test_nothing_becomes_good(runs, way):
    """Another host's rule adds nothing; an OnlyCAFile with another root takes everything away, where it counts for the chain."""
    good = [x for x in runs[0][way].values() if x.good]
    if way == "only-wrong":
        # without a connection the leaf's names say whether the rule is meant
        good = [x for x in good if x.way == "ssl"]
    assert listed(good) == []
    assert [r for r in runs[1][way] if r["event"] == "mended"] == []


def test_counts(runs):
    """For the report; fails when the library no longer does anything here."""
    for way in WAYS:
        good = [x for x in runs[0][way].values() if x.good]
        print("%-11s %5d verifications, good: %4d without a connection, %4d with" % (
            way, len(runs[0][way]), sum(x.way == "leaf" for x in good), sum(x.way == "ssl" for x in good)))
    good = [x for x in runs[0]["empty"].values() if x.good]
    assert [x for x in good if x.way == "ssl"], "a rule mends nothing any more"
    assert not [x for x in good if x.way == "leaf"], "a verification without a connection gained trust"
