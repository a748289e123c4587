# SPDX-License-Identifier: ISC
"""What repeats is counted to the last one, and what comes too fast is bounded."""
import re

import pytest

from clients.table import DEBIAN_PYTHON, HERE
from lib.run import check_records


def many(run, pki, count, names, **how):
    identity = pki.good("legacy.test")
    done = run([DEBIAN_PYTHON, HERE / "many.py", count, names, identity.chain, identity.key], timeout=300, **how)
    assert done.out == "%d\n" % count
    check_records(done)
    return done


def counted(records):
    """Each record stands for itself and for those that it counts."""
    total = 0
    for r in records:
        notes = re.findall(r"^repeated (\d+) times in \d+ s$", "\n".join(r.get("notes", [])), re.M)
        total += 1 + sum(map(int, notes))
    return total


def left_out(records):
    return sum(int(re.match(r"(\d+) records? (was|were) left out within \d+ s", r["message"])[1]) for r in records)


@pytest.mark.parametrize("count", [2, 50, 2000, pytest.param(20000, marks=pytest.mark.slow)])
def test_every_one_is_counted(run, pki, count):
    done = many(run, pki, count, 1)
    failed = done.of("verify_failed")
    assert counted(failed) == count and len(failed) == len(done.records) <= 2 + count / 100
    assert all(r["cause"] == failed[0]["cause"] and r["host"] == "h0.test" for r in failed)


@pytest.mark.long
@pytest.mark.parametrize("count,names", [(1200, 400), pytest.param(20000, 5000, marks=pytest.mark.slow)])
def test_names_in_turn_are_bounded(run, pki, count, names):
    done = many(run, pki, count, names)
    failed, rest = done.of("verify_failed"), done.of("left_out")
    assert counted(failed) + left_out(rest) == count
    assert len(done.records) < 300 * (1 + count / 5000) and len(done.log) < 1e6 * (1 + count / 5000)
    assert rest and all(r["level"] == "error" and failed[0]["cause"] in r["why"] for r in rest)
