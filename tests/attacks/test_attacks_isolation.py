# SPDX-License-Identifier: ISC
"""A rule for host A, and whatever is not A: nothing else gains (or loses) by it. Where each of them is tried:

host B                            here, with every key; test_attacks_trust.py (test_stays_bad), clients/test_trust.py, test_repairs.py
the same address, another name    clients/test_trust.py (test_address_with_two_names_is_told_apart_by_sni), test_attacks_peer.py
the same SSL_CTX, the same SSL    here; test_attacks_again.py, test_attacks_certificate.py; clients/test_trust.py (test_two_hosts_in_one_context)
a resumed session                 here; test_attacks_sessions.py, test_attacks_certificate.py (test_sessions)
a session cache between hosts     here (four ways to hand a session on); clients/test_trust.py (test_session_made_under_a_rule_...)
0-RTT                             test_attacks_sessions.py, test_attacks_demands.py (test_early_data); here, to another host
SSL_get0_verified_chain           here (`chain=`, equal to that of a client without a rule)
another copy of OpenSSL           traps/test_traps_loading.py (test_two_copies, test_two_generations)
a wildcard that covers A and B    test_attacks_trust.py (wild-top, wild, star, partial); here
a leaf with both names            here; test_attacks_trust.py, test_attacks_dotnet.py (test_one_hosts_rule_is_not_anothers)
a server in the same process      test_attacks_elsewhere.py, test_attacks_dotnet.py; traps/test_traps_tls.py (test_server_side_is_never_touched)
a CMS or OCSP check               here, in the process that is connected to A; test_attacks_trust.py (test_signatures_are_not_for_a_host)
"""
import pytest

from againkit import Again
from attackkit import A, NOTHING

WEAK = "[a.test]\nReason = x\nUntil = 2999-12-31\n"
VERSIONS = ["1.2", "1.3"]

# key -> (rule, store, server and words of A, where the rule helps; of B, where it must not)
HELPS = {
    "ExtraCAFile": (A, "public", "a", "b"),
    "ExtraCAFile, both names": (A, "public", "ab", "ab"),
    "ExtraCAFile, one leaf": (A, "public", "a", "a"),
    "OnlyCAFile": ("[a.test]\nOnlyCAFile = CERTS/corp.pem\n", "public", "a", "b"),
    "ExpectName": ("[a.test]\nExpectName = c.test\n", "public", "c-public check=a.test", "c-public check=b.test"),
    "ExpectName of B": ("[a.test]\nExpectName = b.test\n", "public", "b-public check=a.test", "a-public check=b.test"),
    "ExpectName with trust": (A + "ExpectName = b.test\n", "public", "b check=a.test", "b check=b.test"),
    "ExpectName with trust, unchecked": (A + "ExpectName = b.test\n", "public", "b", "b"),
    "TrustedFirst": ("[a.test]\nTrustedFirst = yes\n", "renewed", "a-crossed store_does=sent_first", "b-crossed store_does=sent_first"),
    "Strict": (WEAK + "Strict = no\n", "public", "a-informal strict", "b-informal strict"),
}
every_key = pytest.mark.parametrize("key", HELPS)


def line(host, store, server, more=""):
    return f"connect store={store} sni={host}.test server={server} {more}\n"


@every_key
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ["peer", "collect"])
def test_same_context(actor, key, version, mode):
    """What B's client sees, chain and all, is what it sees in a process without a rule: before A, after A, and after A again."""
    rule, store, of_a, of_b = HELPS[key]
    a, b = (line(host, store, server, f"max={version} mode={mode} ctx=0") for host, server in [("a", of_a), ("b", of_b)])
    plain = actor.run(a + b)
    assert actor.run(a + b, NOTHING) == plain
    assert "result=0" not in plain[0] and "result=0" not in plain[1]
    lines = actor.run(b + a + b + a + b, rule)
    assert lines[1] == lines[3] and lines[1].startswith("good result=0 ")
    assert [lines[0], lines[2], lines[4]] == [plain[1]] * 3
    assert {r["host"] for r in actor.records("mended")} == {"a.test"}


@every_key
@pytest.mark.parametrize("version", VERSIONS)
def test_same_ssl(actor, key, version):
    rule, store, of_a, of_b = HELPS[key]
    # a name that the client asked for stays on its SSL, and is set anew with the next
    script = line("a", store, of_a, f"max={version} keep=0") + line("b", store, of_b, f"max={version} reuse=0")
    assert actor.verdicts(script) == ["bad", "bad"]
    assert actor.verdicts(script, rule) == ["good", "bad"]


@every_key
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("via", ["same", "dup", "der", "copy"])
def test_session_of_a(actor, key, version, via):
    """What A's connection was good for is no good at B."""
    rule, store, of_a, of_b = HELPS[key]
    script = line("a", store, of_a, f"max={version} save=0 ctx=0")
    script += line("b", store, of_b, f"max={version} session=0 via={via} ctx=0")
    script += line("a", store, of_a, f"max={version} session=0 via={via} ctx=0")
    assert actor.verdicts(script, rule) == ["good", "bad", "good+"]


@every_key
def test_early_data(actor, key):
    """B would be asked something before anybody had looked at it."""
    rule, store, of_a, of_b = HELPS[key]
    script = line("a", store, of_a, "save=0 ctx=0") + line("b", store, of_b, "session=0 early ctx=0")
    lines = actor.run(script, rule)
    assert lines[0].startswith("good") and "good" not in lines[1] and "PLAINTEXT" not in lines[1], lines


@every_key
@pytest.mark.parametrize("version", VERSIONS)
def test_other_names(actor, key, version):
    """Names that contain A's."""
    rule, store, of_a, _ = HELPS[key]
    script = "".join(line(host, store, of_a, f"max={version}") for host in ["x.a", "xa", "a.test.b"])
    assert actor.verdicts(script, rule) == ["bad"] * 3
    assert actor.records("mended") == []


@pytest.mark.parametrize("leaf", ["wild-top", "star", "ab", "wild"])
def test_wildcard_for_both(actor, leaf):
    """The section's pattern says for whom, not the certificate."""
    script = line("b", "public", leaf) + line("x.a", "public", leaf) + line("b", "public", leaf)
    verdicts = actor.verdicts(script, "[*.a.test]\nExtraCAFile = CERTS/corp.pem\n")
    assert verdicts == ["bad", "good" if leaf == "wild" else "bad", "bad"]


# ---- what strengthens A is not asked of B ---------------------------------------------------------------------------------
@pytest.mark.parametrize("rule", [
    "PinSHA256 = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "OnlyCAFile = CERTS/stranger.pem", "ExpectName = d.test",
    "EnforceVerification = yes\nOnlyCAFile = CERTS/stranger.pem",
])  # fmt: skip
@pytest.mark.parametrize("version", VERSIONS)
def test_only_a_is_refused(actor, rule, version):
    of_a, of_b = (line(h, "public", f"{h}-public check={h}.test", f"max={version} ctx=0") for h in "ab")
    plain = actor.run(of_a + of_b)
    assert plain[0].startswith("good") and plain[1].startswith("good")
    lines = actor.run(of_b + of_a + of_b, f"[a.test]\n{rule}\n")
    assert [lines[0], lines[2]] == [plain[1]] * 2
    # a look that comes after the handshake leaves a connection that carries nothing
    assert lines[1].startswith(("bad", "mute"))


# ---- what is signed ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how,signer", [("cms", "a"), ("cms", "ab"), ("ocsp", "responder"), ("cms", "responder")])
def test_signer_under_a_rules_ca(actor, how, signer):
    """Signed with a certificate of the rule's CA, that names A even, in a process that is connected to A."""
    connected = "connect store=public sni=a.test server=a keep=0\n"
    script = f"signed how={how} signer={signer} store=%s\n"
    assert actor.run(script % "corp")[0].startswith("good")
    plain = actor.run(script % "public")
    assert plain[0].startswith("bad")
    assert actor.run(connected.replace("server=a ", "server=responder ") * (signer == "a") + script % "public", A)[-1] == plain[0]
    assert actor.run(connected * (signer != "a") + script % "public", A)[-1] == plain[0]


# ---- Certificate ----------------------------------------------------------------------------------------------------------------
ME = "[a.test]\nCertificate = CERTS/me-both.pem\n"


@pytest.mark.parametrize("rule", [ME, ME + "ReplaceCertificate = yes\n"])
def test_certificate_is_not_shown_in_a_renegotiation(actor, rule):
    again = Again(actor)
    arguments = ["--ask", "--max", "1.2", "--again", "b.test", "a.test", "b.test", "b.test,fresh"]
    plain, lines = again(*arguments), again(*arguments, rules=rule)
    assert "client" in lines[1]["peer"] and "client" not in plain[1]["peer"]
    assert [lines[i] for i in (0, 2, 3)] == [plain[i] for i in (0, 2, 3)]
