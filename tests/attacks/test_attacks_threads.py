# SPDX-License-Identifier: ISC
"""Thousands of handshakes in one process: rules that change under them, memory, and no record on a good connection."""
import subprocess

import pytest

from attackkit import A, NOTHING, TIMEOUT, build

# most of them wait for rules to be read again
pytestmark = pytest.mark.slow

GOOD_FOR = {"a.test a", "c.test c-public"}


def threads(actor, count, seconds, rules, threads=4, **env):
    done = subprocess.run([str(build("threads")), str(count), str(threads), str(seconds)], env=actor.environment(rules, **env),
                          capture_output=True, text=True, timeout=TIMEOUT)
    assert (done.returncode, done.stderr) == (0, ""), (done.returncode, done.stderr[-2000:])
    lines = [line.rsplit(" ", 2) for line in done.stdout.splitlines() if line.count(" ") == 3]
    rest = dict(line.split() for line in done.stdout.splitlines() if line.count(" ") == 1)
    return {name: (int(good), int(bad)) for name, good, bad in lines}, int(rest["growth"]), int(rest["stray"])


def check(verdicts, good):
    for name, (yes, no) in verdicts.items():
        assert (yes == 0) if name not in good else (no == 0), (name, yes, no)


@pytest.mark.parametrize("rules", [None, NOTHING, A], ids=["plain", "no-rule", "rule"])
def test_many_handshakes(actor, rules):
    verdicts, growth, stray = threads(actor, 2000, 40, rules)
    check(verdicts, {"c.test c-public"} if rules != A else GOOD_FOR)
    assert sum(map(sum, verdicts.values())) >= 1000
    assert growth < 4096 and stray == 0
    assert [r for r in actor.records() if r.get("host") == "c.test"] == []
    assert {r["event"] for r in actor.records()} <= {"verify_failed", "mended"}


@pytest.mark.slow
@pytest.mark.parametrize("rules", [None, NOTHING, A], ids=["plain", "no-rule", "rule"])
def test_soak(actor, rules):
    """20,000 handshakes."""
    verdicts, growth, stray = threads(actor, 20000, 80, rules)
    check(verdicts, {"c.test c-public"} if rules != A else GOOD_FOR)
    assert growth < 6144 and stray == 0
    assert [r for r in actor.records() if r.get("host") == "c.test"] == []
    print(sum(map(sum, verdicts.values())), "handshakes, growth", growth, "KiB")


def flip(actor, a, b, seconds, first=None):
    d = actor.directory
    (d / "flip-a").write_text(a.replace("CERTS", str(actor.certs)))
    (d / "flip-b").write_text(b.replace("CERTS", str(actor.certs)))
    path = d / ("config%d" % (actor.count + 1)) if first is None else d / "ca.pem"
    env = dict(FLIP_PATH=str(path), FLIP_A=str(d / "flip-a"), FLIP_B=str(d / "flip-b"))
    return threads(actor, 1000000, seconds, a if first is None else first, **env)


@pytest.mark.parametrize("seconds", [8, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("b", ["[b.test]\nExtraCAFile = CERTS/stranger.pem\n", "junk\n\0\n", NOTHING,
                               "[a.test]\nOnlyCAFile = CERTS/stranger.pem\n"], ids=["other-host", "junk", "none", "only"])
def test_rules_flip(actor, b, seconds):
    """Never good where neither rule allows it."""
    verdicts, growth, stray = flip(actor, A, b, seconds)
    allowed = {"a.test a"} | ({"a.test a-stranger"} if "Only" in b else set())
    for name, (yes, no) in verdicts.items():
        if name == "c.test c-public":
            assert no == 0
        elif name not in allowed:
            assert yes == 0, (name, yes)
    assert verdicts["a.test a"][0] > 0
    assert stray == 0 and growth < 8192, growth


def test_ca_file_flips(actor):
    """The CA file itself: every version of it is one that the rule names."""
    corp, stranger = [(actor.certs / n).read_text() for n in ("corp.pem", "stranger.pem")]
    (actor.directory / "ca.pem").write_text(corp)
    verdicts, growth, stray = flip(actor, corp, stranger, 8, first=f"[a.test]\nExtraCAFile = {actor.directory}/ca.pem\n")
    for name in "b.test b", "a.test expired", "b.test a":
        assert verdicts[name][0] == 0
    assert verdicts["a.test a"][0] + verdicts["a.test a-stranger"][0] > 0
    assert verdicts["c.test c-public"][1] == 0
    assert stray == 0 and growth < 8192


def test_context_freed_in_a_callback(actor):
    verdicts, growth, stray = threads(actor, 400, 20, A, FREE_IN_CALLBACK="1")
    check(verdicts, GOOD_FOR)
    assert stray == 0
