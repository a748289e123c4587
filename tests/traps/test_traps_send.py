# SPDX-License-Identifier: ISC
"""send(2) and sendmsg(2), which the library sees: they do what they did, whoever calls them, when, and with what. So do those beside them (jump.h)."""

import pytest

from trapkit import build


@pytest.mark.parametrize("when", ["before", "within"])
def test_whoever_sends(trap, when):
    result = trap.equal("sends", when)
    assert result.code == 0, result.err


@pytest.mark.parametrize("order", ["before", "after"])
def test_another_interposer(trap, order):
    """It stands in front, and calls us; or behind, and is called by us. Its constructor calls before ours."""
    sender = build("libsender.so")
    alone = trap.plain("sends", "within", env={"LD_PRELOAD": sender})
    assert alone.code == 0 and "sender: called" in alone.out, alone.seen
    both = trap.preloaded("sends", "within", around={"before": (sender, ""), "after": ("", sender)}[order])
    assert both.seen == alone.seen


def test_functions_of_these_names_that_mean_something_else(trap):
    result = trap.equal("foreign_send")
    assert result.code == 0 and len(set(line.partition(":")[2] for line in result.out.splitlines())) == 1, result.seen


def test_whoever_looks_up_the_stack(trap):
    result = trap.equal("unwound")
    assert result.code == 0 and "caller lost: 0, looked" in result.out and "within: cancelled 1, 2 handlers" in result.out, result.seen
