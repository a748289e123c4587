# SPDX-License-Identifier: ISC
"""Traps of the handshake: callbacks, retries, the error queue, roles, verification after the handshake."""

import pytest

ANCHOR_CAUSES = {"issuer-unknown", "untrusted-root", "root-missing-here", "incomplete-chain", "intermediate-not-sent"}
GOOD = ("root", "legacy", "legacy.test")
BAD = ("unrelated", "legacy", "legacy.test")

CASES = [
    "ctx-info", "ssl-info", "both-info", "taken-back", "new-ex", "generic", "ctx-message", "ssl-message", "verify",
    "waive", "whole", "whole-waive", "dup", "other-context", "context-freed", "reuse", "nothing",
]


@pytest.mark.parametrize("kind", [GOOD, BAD, ("root", "other", "legacy.test"), ("root", "expired", "legacy.test")],
                         ids=["good", "bad", "wrong-name", "expired"])
@pytest.mark.parametrize("case", CASES)
def test_callbacks_are_the_clients_own(trap, case, kind):
    result = trap.equal("callbacks", case, *kind)
    assert "foreign" not in result.out
    failures = result.of("verify_failed")
    if kind is GOOD:
        assert result.records == []
    elif "waive" not in case:
        # "dup" and "reuse" fail more than once in the same way: repetitions are counted, and told at the end.
        # SSL_dup does not copy the SNI: where the name is what is wrong, its failure is another one.
        first = [r for r in failures if not any(n.startswith("repeated ") for n in r.get("notes", []))]
        assert len(first) in ([1, 2] if case == "dup" else [1]), result.records


@pytest.mark.parametrize("case", [c for c in CASES if c not in ("waive", "whole-waive")])
def test_callbacks_under_a_rule(trap, case):
    """With a rule, everything that the client sees is what a client with the CA in its own store sees."""
    wanted = trap.plain("callbacks", case, *GOOD)
    mended = trap.preloaded("callbacks", case, *BAD, rules=trap.trust_root)
    assert mended.seen == wanted.seen
    assert mended.of("mended") and not mended.of("verify_failed")


@pytest.mark.parametrize("case", ["verify", "ctx-info", "waive"])
def test_rule_of_another_host_changes_nothing(trap, case):
    rules = f"[other.test]\nExtraCAFile = {trap.certificates}/root.pem\n"
    result = trap.equal("callbacks", case, *BAD, rules=rules)
    assert not result.of("mended")


@pytest.mark.parametrize("kind", [("other", "legacy.test"), ("expired", "legacy.test"), ("stranger", "legacy.test")],
                         ids=["wrong-name", "expired", "other-root"])
def test_rule_does_not_make_a_bad_chain_good(trap, kind):
    result = trap.preloaded("plain", "unrelated", *kind, rules=trap.trust_root)
    assert (result.code, result.err) == (1, "")
    assert "failed" in result.out and not result.of("mended")
    assert len(result.of("verify_failed")) == 1


@pytest.mark.parametrize("kind", [GOOD, BAD], ids=["good", "bad"])
@pytest.mark.parametrize("way", ["memory", "socket"])
def test_retry_is_no_failure(trap, way, kind):
    result = trap.equal("non_blocking", way, *kind)
    assert "more than 500 steps: yes" in result.out
    assert len(result.records) == (0 if kind is GOOD else 1), result.records


@pytest.mark.parametrize("way", ["memory", "socket"])
def test_retry_under_a_rule(trap, way):
    wanted = trap.plain("non_blocking", way, *GOOD)
    mended = trap.preloaded("non_blocking", way, *BAD, rules=trap.trust_root)
    assert mended.seen == wanted.seen
    assert len(mended.of("mended")) == 1 and len(mended.records) == 1


def test_session_data_of_the_client(trap):
    """Under a rule a session is copied as without one: no function of the client's is called that would not have been."""
    wanted = trap.equal("session_data", *GOOD)
    assert "2 sessions, 0 copies" in wanted.out, wanted.out
    mended = trap.preloaded("session_data", *BAD, rules=trap.trust_root)
    assert mended.seen == wanted.seen and mended.of("mended")


@pytest.mark.parametrize("kind", [GOOD, BAD, ("root", "expired", "legacy.test"), ("root", "other", "legacy.test")],
                         ids=["good", "bad", "expired", "wrong-name"])
def test_error_queue_and_errno(trap, kind):
    result = trap.equal("error_queue", *kind)
    assert "17 stale entries" in result.out


@pytest.mark.parametrize("kind", [GOOD, BAD, ("unrelated", "expired", "legacy.test")], ids=["good", "bad", "expired"])
def test_error_queue_under_a_rule(trap, kind):
    """A mended verification leaves the queue of a good one; what the rule cannot mend, that of the failure."""
    leaf = kind[1]
    wanted = trap.plain("error_queue", "root" if leaf == "legacy" else "unrelated", *kind[1:], "connected")
    assert trap.preloaded("error_queue", *kind, "connected", rules=trap.trust_root).seen == wanted.seen


@pytest.mark.parametrize("rules", [False, True], ids=["no-rule", "rule"])
@pytest.mark.parametrize("client", ["client", "stranger"])
def test_server_side_is_never_touched(trap, client, rules):
    """The server trusts root only; the rule would let the stranger's CA in, if it acted on servers."""
    text = (f"[client.test]\nExtraCAFile = {trap.certificates}/stranger.pem\n"
            f"[*]\nExtraCAFile = {trap.certificates}/stranger.pem\n") if rules else None
    result = trap.equal("server_side", "root", client, rules=text)
    assert ("server: refused" in result.out) == (client == "stranger")
    assert not result.of("verify_failed") and not result.of("mended") and not result.of("verify_ignored")
    if client == "client":
        assert result.records == []
    else:
        # The client end did fail: the server's alert says that it does not know the client's CA.
        assert [r["alert"] for r in result.of("handshake_failed")] == ["received:48"]


def test_verified_by_the_client_itself(trap):
    result = trap.equal("verify_later", "self", *BAD)
    assert "own chain: 0" in result.out and "request" not in result.out
    assert [r["event"] for r in result.records] == ["verify_failed"], result.records
    assert result.records[0]["cause"] in ANCHOR_CAUSES


def test_result_asked_for(trap):
    result = trap.equal("verify_later", "asks", *BAD)
    assert "request" not in result.out
    assert [r["event"] for r in result.records] == ["verify_failed"], result.records
    assert result.records[0]["host"] == "legacy.test"


@pytest.mark.long
def test_result_never_asked_for(trap):
    result = trap.equal("verify_later", "never", *BAD)
    assert "request: 5" in result.out
    assert [r["event"] for r in result.records] == ["verify_ignored"], result.records


@pytest.mark.parametrize("how", ["self", "asks", "never"])
def test_verified_later_and_good(trap, how):
    assert trap.equal("verify_later", how, *GOOD).records == []


@pytest.mark.parametrize("how, events", [("passes", []), ("fails", ["verify_failed"])])
def test_one_certificate_object_of_two_connections(trap, how, events):
    result = trap.equal("verify_shared", how, "legacy", "legacy.test")
    assert "own chain: 0" in result.out and "answer: 5" in result.out and result.out.count("resumed: 1") == 2
    assert [r["event"] for r in result.records] == events, result.records


@pytest.mark.parametrize("how", ["self", "asks"])
def test_verified_later_under_a_rule(trap, how):
    wanted = trap.plain("verify_later", how, *GOOD)
    mended = trap.preloaded("verify_later", how, *BAD, rules=trap.trust_root)
    assert mended.seen == wanted.seen
    assert mended.of("mended") and not mended.of("verify_failed") and not mended.of("verify_ignored")
