# SPDX-License-Identifier: ISC
"""Ways around EnforceVerification and PinSHA256: what a client, its callbacks, its sessions and a server can do so that nothing is verified."""
import pytest

from attackkit import A, NOTHING
from lib import pki

ENFORCE = "[a.test]\nEnforceVerification = yes\n"
CORP = ENFORCE + "ExtraCAFile = CERTS/corp.pem\n"
WAYS = ["mode=none", "mode=waive", "mode=collect", "instead=yes", "instead=call", "instead=clean", "mode=none late=none",
        "mode=waive late=none", "instead=other other=a-public"]  # fmt: skip
every_way = pytest.mark.parametrize("way", WAYS)
both_versions = pytest.mark.parametrize("version", ["1.2", "1.3"])


def pin(actor, name):
    return "[a.test]\nPinSHA256 = %s\n" % pki.pin((actor.certs / (name + ".pem")).read_bytes())


def connect(server, more="", store="public"):
    return f"connect store={store} sni=a.test server={server} {more}\n"


@every_way
@both_versions
def test_control(actor, way, version):
    """Each of these clients goes on with anything, and does not notice the library."""
    script = connect("b", f"{way} max={version}")
    plain = actor.run(script)
    assert plain[0].startswith("good")
    assert actor.run(script, NOTHING) == plain
    assert actor.run(script, ENFORCE.replace("a.test", "c.test")) == plain


@every_way
@both_versions
@pytest.mark.parametrize("server", ["a", "b", "expired", "forged", "client-only", "a-stranger", "b-public", "lone"])
def test_a_bad_chain_is_stopped(actor, way, version, server):
    script = connect(server, f"{way} max={version}")
    assert actor.verdicts(script, ENFORCE) == ["bad"]
    assert [r["event"] for r in actor.records("verify_failed")] == ["verify_failed"]
    if server != "a":
        assert actor.verdicts(script, CORP) == ["bad"]


@every_way
@both_versions
def test_a_good_chain_passes(actor, way, version):
    more = f"{way} max={version}"
    assert actor.verdicts(connect("a-public", more), ENFORCE) == ["good"]
    assert actor.records() == []
    assert actor.verdicts(connect("a", more), CORP) == ["good"]
    assert actor.records("verify_failed") == actor.records("verify_ignored") == []
    assert actor.verdicts(connect("a-public", more), ENFORCE + "OnlyCAFile = CERTS/corp.pem\n") == ["bad"]
    assert actor.verdicts(connect("a", more), pin(actor, "a")) == ["good"]
    assert actor.verdicts(connect("a", more), pin(actor, "b")) == ["bad"]
    assert actor.verdicts(connect("a-public", more), pin(actor, "public")) == ["good"]
    assert actor.verdicts(connect("a", more), pin(actor, "corp")) == ["bad"]
    assert actor.verdicts(connect("a", more), pin(actor, "corp") + "ExtraCAFile = CERTS/corp.pem\n") == ["good"]


def test_getters_tell_of_the_clients_mode_only(actor):
    """Before, and after a refusal."""
    script = connect("a", "mode=none") + connect("a-public", "mode=none")
    assert [line.split()[0] for line in actor.run(script, ENFORCE)] == ["bad", "good"]


@both_versions
@pytest.mark.parametrize("via", ["same", "dup", "der", "copy", "callback"])
def test_session_that_was_made_before(actor, version, via):
    """A session of a time without the rule, or of another host, shows nothing; one that was made under it does."""
    make = "connect store=public sni=%s server=%s mode=none save=0 ctx=0 max=" + version + "\n"
    again = f"connect store=public sni=a.test server=a mode=none session=0 via={via} max={version} ctx=0\n"
    if version == "1.2" and via == "callback":
        return
    assert actor.verdicts(make % ("b.test", "a") + again, NOTHING)[1] in ("good+", "good")
    assert actor.verdicts(make % ("b.test", "a") + again, ENFORCE)[1] == "bad"
    under = make % ("a.test", "a") + again
    assert actor.verdicts(under, CORP) == ["good", "good" if via == "callback" else "good+"]
    assert actor.verdicts(under, pin(actor, "a")) == ["good", "good" if via == "callback" else "good+"]


@pytest.mark.long
def test_session_of_an_earlier_rule(actor):
    """The pin changed: what was made under the old one does not count."""
    new = actor.directory / "new"
    new.write_text(pin(actor, "b"))
    make = "connect store=public sni=a.test server=a mode=none save=0 ctx=0\n"
    again = "connect store=public sni=a.test server=a mode=none session=0 ctx=0\n"
    assert actor.verdicts(make + again + "copy DIR/new CONFIG\nsleep 2200\n" + again, pin(actor, "a")) == ["good", "good+", "bad"]


def test_early_data(actor):
    """None goes out before the server is known."""
    make = "connect store=public sni=b.test server=a mode=none save=0 ctx=0 data=2\n"
    early = "connect store=public sni=a.test server=a session=0 mode=none early ctx=0\n"
    for via in ("", " via=callback"):
        lines = actor.run(make + early.replace(" early", via + " early"), ENFORCE)
        assert "PLAINTEXT" not in lines[1] and "early=1" not in lines[1] and "bad" in lines[1], lines
    make = make.replace("b.test", "a.test")
    lines = actor.run(make + early, CORP)
    assert "early=1" in lines[1] and "good" in lines[1], lines


ANONYMOUS = "level=0 ciphers=AECDH-AES128-SHA:@SECLEVEL=0 sciphers=AECDH-AES128-SHA:@SECLEVEL=0 anonymous max=1.2"


def test_no_certificate_at_all(actor):
    script = "connect store=public sni=a.test server=a mode=none " + ANONYMOUS + "\n"
    for more in "", " open":
        assert actor.verdicts(script.replace(" anonymous", " anonymous" + more), NOTHING) == ["good"]
    for rules in (ENFORCE, CORP, pin(actor, "a")):
        assert actor.verdicts(script.replace("anonymous", "anonymous open"), rules) == ["mute"]
        assert actor.verdicts(script, rules) == ["mute"]
        (record,) = actor.records("verify_failed")
        assert record["cause"] == "demand-unmet" and "showed no certificate" in str(record["notes"]), record


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_key_that_both_sides_know(actor, version):
    ciphers = "level=0 ciphers=PSK:@SECLEVEL=0 sciphers=PSK:ALL:@SECLEVEL=0" if version == "1.2" else ""
    script = f"connect store=public sni=a.test server=a mode=none psk {ciphers} max={version}\n"
    plain = actor.verdicts(script, NOTHING)
    assert plain[0].startswith("good")
    assert actor.verdicts(script, ENFORCE) == ["bad"]


@pytest.mark.parametrize("server,verdict", [("a-public", "good"), ("a", "bad")])
def test_a_renegotiation_is_held_to_it(actor, server, verdict):
    script = f"connect store=public sni=a.test server={server} mode=none max=1.2 again\n"
    assert actor.verdicts(script, ENFORCE) == [verdict]


def test_used_again(actor):
    """The same SSL, cleared, or duplicated."""
    for again in ("reuse=0", "dupe=0"):
        script = f"connect store=public sni=a.test server=a-public mode=none keep=0\nconnect sni=a.test server=a mode=none foreign {again}\n"
        assert actor.verdicts(script, ENFORCE) == ["good", "bad"], again
        script = f"connect store=public sni=a.test server=a mode=none keep=0\nconnect sni=a.test server=a-public mode=none {again}\n"
        if again == "reuse=0":
            assert actor.verdicts(script.replace("a.test", "c.test", 1), ENFORCE) == ["good", "good"], again


def test_other_context(actor):
    """SSL_set_SSL_CTX: the store that counts is the one that libssl verifies with."""
    script = "connect store=corp switch=public sni=a.test server=a mode=none\n"
    assert actor.verdicts(script, ENFORCE) == ["bad"]
    assert actor.verdicts(script.replace("server=a ", "server=a-public "), ENFORCE) == ["good"]


def test_flags_that_waive(actor):
    assert actor.verdicts(connect("a-by-leaf", "mode=none partial"), CORP) == ["bad"]
    assert actor.verdicts(connect("a-middle-alone", "mode=none partial", store="middle"), ENFORCE) == ["good"]
    assert actor.verdicts(connect("a-middle-alone", "mode=none", store="middle"), ENFORCE) == ["bad"]


@pytest.mark.parametrize("rules", [
    "[a.test]\nEnforceVerification = maybe\n", "[a.test]\nEnforceVerification = yes\nOnlyCAFile = CERTS/nowhere.pem\n",
    "[a.test]\nPinSHA256 = AAAA\n", "[a.test]\nEnforceVerification = yes\nNonsense = 1\n",
    "[a.test]\nPinSHA256 = 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nMinProtocol = TLSv9\n",
    "[a.test]\nEnforceVerification = yes\nGroups = nonsense\n",
])  # fmt: skip
@pytest.mark.parametrize("way", ["mode=none", "mode=waive", "instead=yes", "mode=peer"])
def test_errors_close(actor, rules, way):
    """... though the chain is good."""
    assert actor.verdicts(connect("a-public", way), rules) == ["bad"]
    assert len(actor.records("verify_failed")) == 1


def test_adding_trust_enforces_nothing(actor):
    """Only what a rule demands is demanded."""
    assert actor.verdicts(connect("b", "mode=none"), A) == ["good"]


@pytest.mark.parametrize("does", ["verify", "callback", "issued", "issuer", "lookup", "revocation", "inner"])
@pytest.mark.parametrize("mode", ["peer", "none", "waive"])
def test_functions_of_the_clients_own_in_its_store(actor, does, mode):
    """... or in the store context: they have no say, though they say yes to everything."""
    only = ENFORCE + "OnlyCAFile = CERTS/public.pem\n"
    for server in "a-stranger", "forged", "expired", "b-public":
        script = connect(server, f"store_does={does} mode={mode}")
        assert actor.verdicts(script, ENFORCE) == ["bad"], server
        assert actor.verdicts(script, only) == ["bad"], server
    assert actor.verdicts(connect("a-public", f"store_does={does} mode={mode}"), only) == ["good"]
    # nothing can be verified with such a store: closed
    want = "good" if does in ("callback", "inner") else "bad"
    assert actor.verdicts(connect("a-public", f"store_does={does} mode={mode}"), ENFORCE) == [want]


CERTIFICATE = "[a.test]\n%s\n"


@pytest.mark.parametrize("how", ["later", "twice"])
@pytest.mark.parametrize("sni,server,keys,verdict", [
    ("a", "a", "ExtraCAFile = CERTS/corp.pem", "good"), ("b", "b", "ExtraCAFile = CERTS/corp.pem", "bad"), ("b", "ab", "ExtraCAFile = CERTS/corp.pem", "bad"),
    ("a", "a-public", "OnlyCAFile = CERTS/stranger.pem", "bad"), ("a", "a-public", "OnlyCAFile = CERTS/public.pem", "good"),
    ("a", "a-public", "PinSHA256 = " + "A" * 43 + "=", "bad"), ("a", "a", "EnforceVerification = yes", "bad"),
])
def test_verification_in_several_steps(actor, how, sni, server, keys, verdict):
    """SSL_set_retry_verify(), or OpenSSL's verification twice in one context."""
    script = f"connect instead={how} sni={sni}.test server={server} store=public\n"
    if how == "twice" and "Extra" in keys:
        verdict = "bad"  # the rule's anchors are for one verification
    assert actor.verdicts(script, CERTIFICATE % keys) == [verdict]


@pytest.mark.parametrize("keys", ["PinSHA256 = " + "A" * 43 + "=", "EnforceVerification = yes"])
@pytest.mark.parametrize("mode", ["none", "peer"])
def test_verification_that_is_put_off_and_says_yes(actor, mode, keys):
    script = f"connect instead=later-yes sni=a.test server=a store=public mode={mode}\n"
    assert actor.verdicts(script, NOTHING) == ["good"]
    assert actor.verdicts(script, CERTIFICATE % keys) == ["bad"]


def test_one_context_for_two_leaves(actor):
    script = "connect instead=anew sni=a.test server=%s store=public other=%s\n"
    rule = CERTIFICATE % "ExtraCAFile = CERTS/corp.pem"
    for server, other, plain, ruled in ("a-public", "b-public", "good", "good"), ("a-public", "b", "bad", "bad"), ("a", "a", "bad", "good"), ("a", "b", "bad", "bad"):
        assert actor.verdicts(script % (server, other), NOTHING) == [plain]
        assert actor.verdicts(script % (server, other), rule) == [ruled]
