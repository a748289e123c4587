# SPDX-License-Identifier: ISC
"""A bad chain never becomes good, and trust that a rule adds counts for its host only: chains, names, hosts."""
import subprocess

import pytest

from attackkit import A, B, NOTHING

CONNECT = "connect store=public sni=%s server=%s\n"


def one(actor, sni, server, rules, more=""):
    (verdict,) = actor.verdicts(f"connect store=public sni={sni} server={server} {more}\n", rules)
    return verdict


def test_control(actor):
    """The attacks' ground: without the library nothing of corp is good; with the rule, a's leaf at a is."""
    assert one(actor, "a.test", "a", None) == "bad"
    assert one(actor, "a.test", "a", NOTHING) == "bad"
    assert one(actor, "a.test", "a", A) == "good"
    assert one(actor, "a.test", "a-public", A) == "good"


@pytest.mark.parametrize("sni,server,rules", [
    ("b.test", "b", A), ("b.test", "ab", A), ("b.test", "a", A), ("a.test", "b", A), ("x.a.test", "a", A),
    ("test", "a", A), ("aa.test", "a", A), ("a.test.b.test", "a", A), ("a.test", "ab", B),
    ("b.test", "wild-top", A), ("a.test", "wild", A), ("a.test", "star", A), ("a.test", "nul", A), ("b.test", "nul", A + B),
    ("a.test", "nul-cn", A), ("b.test", "nul-cn", A + B), ("a.test", "cn-and-san", A),
    ("192.0.2.1", "ip-as-dns", "[192.0.2.1]\nExtraCAFile = CERTS/corp.pem\n"),
    ("192.0.2.2", "ip", "[192.0.2.1]\nExtraCAFile = CERTS/corp.pem\n"),
    ("192.0.2.2", "ip", "[192.0.2.0/24]\nExtraCAFile = CERTS/corp.pem\n"),
    ("x.y.a.test", "wild", "[*.a.test]\nExtraCAFile = CERTS/corp.pem\n"),
    ("xa.test", "wild-top", "[*.a.test]\nExtraCAFile = CERTS/corp.pem\n"),
    ("www.a.test", "partial", "[*.a.test]\nExtraCAFile = CERTS/corp.pem\n"),
    ("-", "a", A), ("a.test", "a-stranger", A), ("a.test", "a-old", "[a.test]\nExtraCAFile = CERTS/old.pem\n"),
    ("a.test", "a-bound", "[a.test]\nExtraCAFile = CERTS/bound.pem\n"),
    ("a.test", "client-only", A), ("a.test", "expired", A), ("a.test", "future", A), ("a.test", "forged", A),
    ("a.test", "a-by-leaf", A), ("a.test", "a-middle-alone", A),
    ("a.test", "a", "[a.test]\nExtraCAFile = CERTS/a.pem\n"),
    ("a.test", "a-middle", "[a.test]\nExtraCAFile = CERTS/middle.pem\n"),
    ("a.test", "a", "[a.test:8443]\nExtraCAFile = CERTS/corp.pem\n"),
    ("a.test", "lone", "[a.test]\nExtraCAFile = CERTS/lone-b.pem\n"),
    ("b.test", "lone", "[b.test]\nExtraCAFile = CERTS/lone.pem\n"),
    ("a.test", "a-public", "[a.test]\nOnlyCAFile = CERTS/corp.pem\n"),
    ("a.test", "a-public", "[a.test]\nOnlyCAFile = CERTS/middle.pem\n"),
    ("a.test", "a-public", "[a.test]\nOnlyCAFile = CERTS/nowhere.pem\n"),
    ("a.test", "b-public", "[a.test]\nOnlyCAFile = CERTS/public.pem\n"),
    ("a.test", "a-public", "[*]\nOnlyCAFile = CERTS/corp.pem\n"),
])
@pytest.mark.parametrize("more", ["", "max=1.2"])
def test_stays_bad(actor, sni, server, rules, more):
    """In a client that checks no names at all."""
    if sni == "-":
        lines = actor.verdicts(f"connect store=public server={server} {more}\n", rules)
        assert lines == ["bad"]
    else:
        assert one(actor, sni, server, rules, more) == "bad"
    assert actor.records("mended") == []


@pytest.mark.parametrize("sni,server,rules", [
    ("A.TEST", "a", A), ("a.test.", "a", A), ("a.test", "ab", A), ("x.a.test", "wild", "[*.a.test]\nExtraCAFile = CERTS/corp.pem\n"),
    ("x.a.test", "wild", "[x.a.test]\nExtraCAFile = CERTS/corp.pem\n"), ("a.test", "cn", A),
    ("192.0.2.1", "ip", "[192.0.2.0/24]\nExtraCAFile = CERTS/corp.pem\n"),
    ("xn--bcher-kva.test", "idn", "[xn--bcher-kva.test]\nExtraCAFile = CERTS/corp.pem\n"),
    ("XN--BCHER-KVA.test", "idn", "[xn--bcher-kva.TEST.]\nExtraCAFile = CERTS/corp.pem\n"),
    ("a.test", "a-middle", A), ("a.test", "a-middle-alone", "[a.test]\nExtraCAFile = CERTS/both.pem\n"),
    ("a.test", "lone", "[a.test]\nExtraCAFile = CERTS/lone.pem\n"),
    ("a.test", "a", "[a.test]\nOnlyCAFile = CERTS/corp.pem\n"),
    ("b.test", "b-public", "[a.test]\nOnlyCAFile = CERTS/corp.pem\n"),
])
def test_is_mended(actor, sni, server, rules):
    """The other side of test_stays_bad: what a rule is for."""
    assert one(actor, sni, server, rules) == "good"


@pytest.mark.parametrize("server,rules", [
    ("a", "[a.test]\nExtraCAFile = CERTS/a.pem\n"),
    ("a-middle", "[a.test]\nExtraCAFile = CERTS/middle.pem\n"),
    ("b", A), ("ab", B),
])
def test_partial_chain_of_the_client(actor, server, rules):
    """The client's flag is about its own store; it does not make anchors of a rule's intermediates or leaves."""
    assert one(actor, "a.test", server, rules, "partial") == "bad"


@pytest.mark.parametrize("server", ["expired", "forged", "client-only", "b", "a-stranger"])
@pytest.mark.parametrize("mode", ["waive", "collect", "refuse", "none"])
def test_waiving_clients_see_what_they_saw(actor, server, mode):
    script = f"connect store=public sni=a.test server={server} mode={mode}\n"
    plain = actor.run(script)
    assert actor.run(script, A) == plain
    assert not actor.records("mended")


def test_refusing_callback_has_the_last_word(actor):
    assert one(actor, "a.test", "a", A, "mode=refuse") == "bad"
    assert actor.records("mended") == []


def test_name_that_the_client_checks_still_counts(actor):
    assert one(actor, "a.test", "a", A, "check=b.test") == "bad"
    assert one(actor, "a.test", "ab", A, "check=b.test") == "good"
    assert actor.verdicts("connect store=public check=a.test server=a\n", A) == ["good"]
    assert actor.verdicts("connect store=public check=b.test server=b\n", A) == ["bad"]
    assert actor.verdicts("connect store=public ip=192.0.2.1 server=ip\n", "[192.0.2.1]\nExtraCAFile=CERTS/corp.pem\n") == ["good"]
    assert actor.verdicts("connect store=public ip=192.0.2.2 server=ip\n", "[192.0.2.1]\nExtraCAFile=CERTS/corp.pem\n") == ["bad"]


# ---- verification without a connection -------------------------------------------------------------------------------

def test_known_connection_of_another_host(actor):
    """.NET: the connection to b is known, and so a leaf with the names of both is judged for b, not for a."""
    script = "connect store=none sni=b.test server=ab mode=none keep=0\nverify object=0 store=public\n"
    assert actor.verdicts(script, NOTHING) == ["good", "bad"]
    assert actor.verdicts(script, B) == ["good", "good"]
    assert actor.verdicts(script, A) == ["good", "bad"]


BOTH = ("connect store=none sni=a.test server=ab mode=none keep=0\n"
        "connect store=none sni=b.test server=ab mode=none keep=1\n")


def test_known_connections_of_both_hosts(actor):
    """The same leaf at a and at b at the same time: which connection is judged is not known, and b has no rule."""
    assert actor.verdicts(BOTH + "verify leaf=ab store=public\n", A) == ["good", "good", "bad"]


@pytest.mark.parametrize("rules,of_a,of_b", [
    (A, "good", "bad"), (B, "bad", "good"), (A + B, "good", "good"), (NOTHING, "bad", "bad"),
])
def test_the_object_tells_the_connection(actor, rules, of_a, of_b):
    """... but the certificate object that an SSL gave away is that connection's, and no other's (.NET verifies it)."""
    script = BOTH + "verify object=0 store=public\nverify object=1 store=public\n"
    assert actor.verdicts(script, rules) == ["good", "good", of_a, of_b]


ONLY_A = "[a.test]\nOnlyCAFile = CERTS/stranger.pem\n"


def test_what_strengthens_one_host_is_not_asked_of_another(actor):
    script = BOTH + "verify object=0 store=corp\nverify object=1 store=corp\n"
    assert actor.verdicts(script, NOTHING)[2:] == ["good", "good"]
    assert actor.verdicts(script, ONLY_A)[2:] == ["bad", "good"]


def test_where_it_stays_open_the_strict_side_wins(actor):
    """Only the bytes are known, and two hosts have them: OnlyCAFile of the one holds, ExtraCAFile of the other does not."""
    script = BOTH + "verify leaf=ab store=corp\nverify leaf=ab store=public\n"
    assert actor.verdicts(script, NOTHING)[2:] == ["good", "bad"]
    assert actor.verdicts(script, ONLY_A + B)[2:] == ["bad", "bad"]
    assert actor.verdicts(script, ONLY_A + "[b.test]\nOnlyCAFile = CERTS/corp.pem\n")[2:] == ["bad", "bad"]


@pytest.mark.parametrize("hosts", [5, 14])
def test_any_number_of_hosts_behind_one_certificate(actor, hosts):
    """Every second one has a rule. Four were kept once."""
    script = "".join(f"connect store=none sni=x{i}.a.test server=wild mode=none keep={i}\n" for i in range(hosts))
    script += "".join(f"verify object={i} store=public\n" for i in range(hosts))
    rules = "".join(f"[x{i}.a.test]\nExtraCAFile = CERTS/corp.pem\n" for i in range(0, hosts, 2))
    assert actor.verdicts(script, rules)[hosts:] == ["good" if i % 2 == 0 else "bad" for i in range(hosts)]
    only = "".join(f"[x{i}.a.test]\nOnlyCAFile = CERTS/stranger.pem\n" for i in range(0, hosts, 2))
    script = script.replace("store=public", "store=corp")
    assert actor.verdicts(script, only)[hosts:] == ["bad" if i % 2 == 0 else "good" for i in range(hosts)]


def test_what_ended_tells_nothing(actor):
    """A leaf that was presented on a connection which is no more."""
    script = "connect store=none sni=a.test server=a mode=none\nverify leaf=a store=public\n"
    assert actor.verdicts(script, A) == ["good", "bad"]
    script = "connect store=none sni=a.test server=a mode=none keep=0\nfree 0\nverify leaf=a store=public\n"
    assert actor.verdicts(script, A) == ["good", "bad"]


def test_context_used_again_for_another_leaf(actor):
    """A rule's trust ends with the verification that it was for."""
    plain = actor.verdicts("verify leaf=a store=corp twice=b\n")
    assert plain == ["good", "good"]
    known = "connect store=none sni=a.test server=a mode=none keep=0\n"
    assert actor.verdicts(known + "verify object=0 store=public twice=b\n", A) == ["good", "good", "bad"]


@pytest.fixture(scope="module")
def signed(certificates, tmp_path_factory):
    """A message signed with the key of a leaf that names a.test: nothing of TLS."""
    d = tmp_path_factory.mktemp("cms")
    (d / "message").write_text("firmware\n")
    subprocess.run(["openssl", "cms", "-sign", "-binary", "-nodetach", "-in", str(d / "message"), "-signer",
                    str(certificates / "a.pem"), "-inkey", str(certificates / "a.key"), "-outform", "DER", "-out", str(d / "signed")],
                   check=True, capture_output=True)
    return d / "signed"


@pytest.mark.parametrize("how", ["cms", "smime"])
def test_signatures_are_not_for_a_host(actor, certificates, signed, how):
    """CMS, PKCS#7, OCSP and time stamps verify signers through the same function. A host's CA is no signer's CA."""
    def verify(ca, rules):
        command = ["openssl", how, "-verify", "-binary", "-inform", "DER", "-in", str(signed), "-CAfile",
                   str(certificates / ca), "-no-CApath", "-purpose", "any", "-out", "/dev/null"]
        return subprocess.run(command, env=actor.environment(rules), capture_output=True, text=True)

    assert verify("corp.pem", None).returncode == 0
    assert verify("public.pem", None).returncode != 0
    assert verify("public.pem", A).returncode != 0
    assert verify("corp.pem", "[a.test]\nOnlyCAFile = CERTS/public.pem\n").returncode == 0
    assert verify("public.pem", NOTHING).returncode != 0
    assert actor.records() == []


# ---- a strengthening key fails closed ---------------------------------------------------------------------------------

@pytest.mark.parametrize("rules", [
    "[a.test]\nOnlyCAFile = CERTS/public.pem\nGroops = X25519\n",
    "[a.test]\nGroops = X25519\nOnlyCAFile = CERTS/public.pem\n",
    "[a.test]\nOnlyCAFlie = CERTS/public.pem\n",
    "[a.test]\nOnlyCAFile = public.pem\n",
    "[a.test]\nOnlyCAFile = CERTS/public.pem\nGroups = none-such\n",
    "[a.test]\nOnlyCAFile = CERTS/public.pem\nExtraCAFile = CERTS/corp.pem\n",
    "[a.test]\nOnlyCAFile = CERTS/nowhere.pem\n",
    "[*]\nOnlyCAFile = public.pem\n[a.test]\nExtraCAFile = CERTS/public.pem\n",
])
def test_strengthening_key_that_cannot_be_applied_closes(actor, rules):
    """The client's own store knows the chain; the host is not left without its rule all the same."""
    assert one(actor, "a.test", "a-public", rules) == "bad"
    assert len(actor.records("config_error")) == 1
    (failed,) = actor.records("verify_failed")
    assert "OnlyCAFile" in failed["rule"]
    if "[*]" not in rules:
        assert one(actor, "b.test", "b-public", rules) == "good"


@pytest.mark.parametrize("mode", ["peer", "none"])
def test_the_record_says_what_is_wrong_with_the_section(actor, mode):
    script = f"connect store=public sni=a.test server=a-public mode={mode}\n"
    assert actor.verdicts(script, "[a.test]\nOnlyCAFile = CERTS/public.pem\nGroops = X25519\n") == ["bad"]
    (failed,) = actor.records("verify_failed")
    assert "its section has an error, line 3: unknown key 'Groops'" in failed["why"], failed


def test_a_rule_whose_ca_has_expired(actor):
    """One line, whichever key names it; and no chain becomes good."""
    for key in "ExtraCAFile", "OnlyCAFile":
        script = "connect store=public sni=a.test server=a-old\n" * 2
        assert actor.verdicts(script, f"[a.test]\n{key} = CERTS/old.pem\n") == ["bad", "bad"]
        (line,) = actor.records("config_error")
        assert f"2: {key} {actor.certs}/old.pem holds only CA certificates that have expired" in line["message"]
