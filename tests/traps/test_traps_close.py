# SPDX-License-Identifier: ISC
"""close(2), which the library sees: it does what it did, whoever calls it and when, and what it shows of a connection is told."""

import pytest

from trapkit import build

TOLD = {"reset": ["closed-early"], "alive": []}


@pytest.mark.parametrize("end", TOLD)
@pytest.mark.parametrize("when", ["before", "within"])
def test_whoever_closes(trap, when, end):
    result = trap.equal("closes", when, end)
    assert result.code == 0, result.err
    assert result.causes("handshake_failed") == (TOLD[end] if when == "within" else []), result.records


@pytest.mark.parametrize("end", TOLD)
@pytest.mark.parametrize("order", ["before", "after"])
def test_another_interposer(trap, order, end):
    """It stands in front, and calls us; or behind, and is called by us. Its constructor calls before ours."""
    closer = build("libcloser.so")
    alone = trap.plain("closes", "within", end, env={"LD_PRELOAD": closer})
    assert alone.code == 0 and "closer: called" in alone.out, alone.seen
    both = trap.preloaded("closes", "within", end, around={"before": (closer, ""), "after": ("", closer)}[order])
    assert both.seen == alone.seen
    assert both.causes("handshake_failed") == TOLD[end], both.records
