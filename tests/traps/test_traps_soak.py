# SPDX-License-Identifier: ISC
"""Many handshakes that work, in one process: no record, no memory kept, no descriptor open."""

import pytest

import trapkit


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_hundred_thousand_good_handshakes(trap, monkeypatch):
    """Half of them under a rule; one in five is a full handshake, the others are resumed."""
    check(trap, monkeypatch, 100000)


@pytest.mark.long
def test_two_thousand_good_handshakes(trap, monkeypatch):
    check(trap, monkeypatch, 2000)


def check(trap, monkeypatch, count):
    monkeypatch.setattr(trapkit, "TIMEOUT", 550)
    result = trap.preloaded("soak", count, "unrelated", "root", rules=trap.trust_root, env={"TLSMEND_LOG_LEVEL": "warning"})
    assert result.code == 0, result.err
    handshakes, growth = ([int(n) for n in line.split()] for line in result.out.splitlines())
    assert sum(handshakes) == count and handshakes == [count // 10, count * 4 // 10] * 2
    assert [r["event"] for r in result.records] == ["mended"] and result.err == ""
    kib, descriptors = growth
    assert descriptors == 0
    assert kib <= 512, f"{kib} KiB more than after a tenth"
