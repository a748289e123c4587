# SPDX-License-Identifier: ISC
"""A process that entered a sandbox between SSL_CTX_new() and its first handshake, and would not survive a system call of ours."""

import pytest


@pytest.mark.long
@pytest.mark.parametrize("role", ["client", "server"])
@pytest.mark.parametrize("how, rules", [
    ("filter", None), ("number", None), ("filter", "[other.test]\nMinProtocol = TLSv1.2\n"),
])  # fmt: skip
def test_working_connections(trap, role, rules, how):
    """... the second one when the rules would have been looked at again."""
    plain = trap.plain("sandbox", role, "root", 0, how)
    if plain.code == 77:
        pytest.skip("no seccomp filter can be set here")
    assert (plain.code, plain.out) == (0, "good\n"), plain.out
    result = trap.preloaded("sandbox", role, "root", 2300, how, rules=rules)
    assert (result.code, result.out) == (0, "good\n"), result.out


@pytest.mark.long
@pytest.mark.parametrize("rules", [None, "[other.test]\nMinProtocol = TLSv1.2\n"])
def test_failing_connections_of_which_nothing_is_told(trap, rules):
    """To tell of one means to look and to write; who cannot have that sets the log off."""
    plain = trap.plain("sandbox", "client", "stranger", 0, "filter")
    if plain.code == 77:
        pytest.skip("no seccomp filter can be set here")
    assert (plain.code, plain.out) == (0, "bad\n"), plain.out
    result = trap.preloaded("sandbox", "client", "stranger", 2300, "filter", rules=rules, env={"TLSMEND_LOG": "off"})
    assert (result.code, result.out) == (0, "bad\n"), result.out


def test_system_calls_by_number(trap):
    result = trap.equal("syscalls")
    assert (result.code, result.out) == (0, "close -1 9\npread 16\nmmap 1\nclone 1 7\nseccomp -1 22\n"), result.seen
