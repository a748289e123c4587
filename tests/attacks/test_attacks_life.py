# SPDX-License-Identifier: ISC
"""When a connection ends: not before its last reference is given back."""
import pytest

from attackkit import A, NOTHING


@pytest.mark.long
def test_one_reference_of_two_is_no_end(actor):
    """Somebody else held the SSL for a while in the middle of its handshake."""
    script = "connect store=public sni=a.test server=a-public hold=1200\n"
    assert actor.verdicts(script, NOTHING) == ["good"]
    assert actor.records() == []
    assert actor.verdicts(script.replace("a-public", "a"), A) == ["good"]
    assert [r["event"] for r in actor.records()] == ["mended"]
