# SPDX-License-Identifier: ISC
"""A verification is judged and mended only as the look of a client at its server. What a server, a signature check or a program's own chain
does is none of our business: no trust, no record."""
import subprocess

import pytest

from attackkit import A, B, NOTHING


@pytest.mark.parametrize("leaf,rules", [
    ("a", A), ("wild", "[*.a.test]\nExtraCAFile = CERTS/corp.pem\n"), ("ip", "[192.0.2.1]\nExtraCAFile = CERTS/corp.pem\n"),
    ("a", "[*]\nExtraCAFile = CERTS/corp.pem\n"), ("b", A), ("cn", A), ("expired", A),
])
def test_chain_of_the_programs_own(actor, leaf, rules):
    """xmlsec, PHP's openssl_x509_checkpurpose(), pyOpenSSL's store contexts: the leaf's own names choose no rule."""
    assert actor.verdicts(f"verify leaf={leaf} store=public\n", rules) == ["bad"]
    assert actor.records() == []


@pytest.mark.parametrize("leaf,rules", [
    ("a-public", "[a.test]\nOnlyCAFile = CERTS/corp.pem\n"), ("b-public", "[*]\nOnlyCAFile = CERTS/corp.pem\n"),
])
def test_nothing_is_asked_of_it_either(actor, leaf, rules):
    assert actor.verdicts(f"verify leaf={leaf} store=public\n", rules) == ["good"]
    assert actor.records() == []


@pytest.mark.parametrize("rules", [A, "[*]\nExtraCAFile = CERTS/corp.pem\n", NOTHING])
def test_server_that_looks_at_its_client(actor, rules):
    """In a store context of its own, as .NET with mutual TLS does it. The client's certificate names a.test, and is of a rule's CA."""
    script = "connect store=public sni=c.test server=c-public looks=%s cert=%s\n"
    assert actor.verdicts(script % ("corp", "a")) == ["good"]
    assert actor.verdicts(script % ("public", "a")) == ["bad"]
    assert actor.verdicts(script % ("public", "a"), rules) == ["bad"]
    assert [r for r in actor.records() if r["event"] in ("mended", "verify_failed", "verify_ignored")] == []


CONNECTED = "connect store=none sni=a.test server=responder mode=none keep=0\n"


@pytest.mark.parametrize("rules", [A, "[*]\nExtraCAFile = CERTS/corp.pem\n", NOTHING])
def test_server_that_is_shown_the_certificate_of_a_host(actor, rules):
    """... by a client, while the process is connected to that host: whoever runs a.test must not become a client with a certificate thereby."""
    script = CONNECTED + "connect store=public sni=c.test server=c-public ask cert=responder keep=1\nverify shown=1 store=%s\n"
    assert actor.verdicts(script % "corp") == ["good", "good", "good"]
    assert actor.verdicts(script % "public", rules) == ["good", "good", "bad"]
    looks = CONNECTED + "connect store=public sni=c.test server=c-public cert=responder looks=%s\n"
    assert actor.verdicts(looks % "corp") == ["good", "good"]
    assert actor.verdicts(looks % "public", rules) == ["good", "bad"]


@pytest.mark.parametrize("rules", [A, "[*]\nExtraCAFile = CERTS/corp.pem\n", NOTHING])
def test_chain_of_the_programs_own_for_the_certificate_of_a_host(actor, rules):
    """... that it is connected to: a signer who bears that very certificate, read from elsewhere."""
    assert actor.verdicts(CONNECTED + "verify leaf=responder store=public\n", rules) == ["good", "bad"]


@pytest.mark.parametrize("leaf,host,verdict", [("a", "b.test", "bad"), ("a", "a.test", "good"), ("ab", "b.test", "bad"), ("ab", "a.test", "good")])
def test_own_context_within_a_connection(actor, leaf, host, verdict):
    """A client that verifies in a context of its own inside SSL_CTX_set_cert_verify_callback(): its connection's host decides."""
    script = f"connect own=public sni={host} server={leaf}\n"
    assert actor.verdicts(script, NOTHING) == ["bad"]
    assert actor.verdicts(script, A) == [verdict]
    assert len(actor.records("verify_failed")) == (verdict == "bad")
    assert actor.records("handshake_failed") == []


@pytest.mark.parametrize("host,verdict", [("a.test", "good"), ("b.test", "bad")])
def test_own_context_while_another_host_shows_the_same(actor, host, verdict):
    """... which is told apart by the object, also where the handshake is under way."""
    other = "b.test" if host == "a.test" else "a.test"
    keep = f"connect store=corp sni={other} server=ab keep=0\n"
    assert actor.verdicts(keep + f"connect own=public sni={host} server=ab\nfree 0\n", A) == ["good", verdict]


def test_own_context_and_only(actor):
    script = "connect own=public sni=%s.test server=%s-public\n"
    only = "[a.test]\nOnlyCAFile = CERTS/corp.pem\n"
    assert actor.verdicts(script % ("a", "a"), NOTHING) == ["good"]
    assert actor.verdicts(script % ("a", "a"), only) == ["bad"]
    assert actor.verdicts(script % ("b", "b"), only) == ["good"]


def test_tools_that_verify(actor, certificates):
    def verify(ca, rules):
        command = ["openssl", "verify", "-CAfile", str(certificates / ca), "-no-CApath", str(certificates / "a.pem")]
        return subprocess.run(command, env=actor.environment(rules), capture_output=True, text=True).returncode == 0

    assert verify("corp.pem", None) and not verify("public.pem", None)
    assert not verify("public.pem", A + B)
    assert verify("corp.pem", "[*]\nOnlyCAFile = CERTS/public.pem\n")
    assert actor.records() == []
