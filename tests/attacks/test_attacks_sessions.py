# SPDX-License-Identifier: ISC
"""A resumed session is verified by nobody: one that was made under a host's rule serves no other host, whichever way it is offered."""
import pytest

from attackkit import A, B, NOTHING
from lib import pki

# most of them wait for rules to be read again
pytestmark = pytest.mark.slow

MAKE = "connect store=%s sni=a.test server=a save=0 max=%s ctx=0 %s\n"
WAYS = ["same", "dup", "der", "data-der", "copy", "data"]
VERSIONS = ["1.2", "1.3"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("via", WAYS)
def test_session_of_another_host(actor, via, version):
    offer = f"connect store=%s sni=b.test server=b session=0 via={via} max={version} ctx=0\n"
    # without the library a client that trusts the CA does resume: the attack works
    assert actor.verdicts(MAKE % ("corp", version, "") + offer % "corp") == ["good", "good+"]
    assert actor.verdicts(MAKE % ("public", version, "") + offer % "public", A) == ["good", "bad"]
    # the same host resumes
    again = f"connect store=public sni=a.test server=a session=0 via={via} max={version} ctx=0\n"
    assert actor.verdicts(MAKE % ("public", version, "") + again, A) == ["good", "good+"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("via", ["der", "data-der"])
def test_session_that_is_written_down(actor, via, version):
    """... and read in another process, under the same rules or without any."""
    make = f"connect store=%s sni=a.test server=a save=0 max={version}\nconnect store=%s sni=a.test server=a session=0 via={via} max={version}\nexport 0 DIR/s\n"
    offer = f"import 0 DIR/s\nconnect store=public sni=%s.test server=%s session=0 max={version}\n"
    assert actor.verdicts(make % ("corp", "corp")) == ["good", "good+"]
    # without the library, the other process asks nobody
    assert actor.verdicts(offer % ("a", "a")) == ["good+"]
    assert actor.verdicts(make % ("public", "public"), A) == ["good", "good+"]
    assert actor.verdicts(offer % ("a", "a"), A) == ["good+"]
    assert actor.verdicts(offer % ("a", "a"), NOTHING) == ["bad"]
    assert actor.verdicts(offer % ("b", "b"), A) == ["bad"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("via", WAYS)
@pytest.mark.parametrize("mode", ["peer", "none", "collect", "waive"])
def test_session_of_a_resumed_session(actor, via, version, mode):
    """Tickets of the second and third connection carry the mark of the first."""
    script = MAKE % ("public", version, f"mode={mode}")
    script += f"connect store=public sni=a.test server=a session=0 via={via} save=0 max={version} ctx=0 data=3\n" * 2
    script += f"connect store=public sni=b.test server=b session=0 via={via} max={version} ctx=0\n"
    assert actor.verdicts(script, A) == ["good", "good+", "good+", "bad"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("rules,offer", [(A, "b"), (A, "a"), (A + "[b.test]\nExtraCAFile = CERTS/public.pem\n", "b")])
def test_session_that_there_is_no_memory_to_mark(actor, version, rules, offer):
    """It serves nobody any more, and neither does any other without a mark: it may be that one, read again."""
    make, own = MAKE % ("public", version, "unmarked"), f"connect store=public sni=c.test server=c-public max={version} ctx=0 %s\n"
    again = f"connect store=public sni={offer}.test server={offer} session=0 max={version} ctx=0\n"
    assert actor.verdicts(make + again, rules) == ["good", "good" if offer == "a" else "bad"]
    # the client's own are resumed as long as every mark was written
    assert actor.verdicts(own % "save=1" + own % "session=1", rules) == ["good", "good+"]
    assert actor.verdicts(own % "save=1" + make + own % "session=1", rules) == ["good"] * 3


@pytest.mark.parametrize("version", VERSIONS)
def test_session_kept_beyond_its_rule(actor, version):
    """The rule goes, or becomes stricter, or its file changes: what was made under it goes with it."""
    offer = f"sleep 2200\nconnect store=public sni=a.test server=a session=0 max={version} ctx=0\n"
    make = MAKE % ("public", version, "")
    (actor.directory / "none").write_text(NOTHING)
    assert actor.verdicts(make + "copy DIR/none CONFIG\n" + offer, A) == ["good", "bad"]


@pytest.mark.parametrize("version", VERSIONS)
def test_session_kept_beyond_its_ca(actor, version):
    """The rule's file holds another CA now: sessions that the old one vouched for are worth nothing."""
    offer = f"sleep 2200\nconnect store=public sni=a.test server=a session=0 max={version} ctx=0\n"
    make = MAKE % ("public", version, "")
    rules = f"[a.test]\nExtraCAFile = {actor.directory}/ca.pem\n"
    (actor.directory / "ca.pem").write_bytes((actor.certs / "corp.pem").read_bytes())
    assert actor.verdicts(make + "copy CERTS/stranger.pem DIR/ca.pem\n" + offer, rules) == ["good", "bad"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("via", WAYS)
def test_only_takes_no_session_of_other_trust(actor, via, version):
    """OnlyCAFile comes while the client holds sessions that its own store vouched for."""
    script = (f"connect store=public sni=a.test server=a-public save=0 max={version} ctx=0\n"
              f"copy DIR/only CONFIG\nsleep 2200\n"
              f"connect store=public sni=a.test server=a-public session=0 via={via} max={version} ctx=0\n")
    (actor.directory / "only").write_text(f"[a.test]\nOnlyCAFile = {actor.certs}/corp.pem\n")
    assert actor.verdicts(script, "[c.test]\nExtraCAFile = CERTS/corp.pem\n") == ["good", "bad"]


@pytest.mark.parametrize("version", VERSIONS)
def test_only_for_every_host_takes_none_either(actor, version):
    """... where nothing says which host it is."""
    script = (f"connect store=public server=a-public save=0 max={version} ctx=0\ncopy DIR/only CONFIG\nsleep 2200\n"
              f"connect store=public server=a-public session=0 max={version} ctx=0\n")
    for keys, want in (f"OnlyCAFile = {actor.certs}/stranger.pem\n", "bad"), ("MinProtocol = TLSv1.2\n", "good+"):
        (actor.directory / "only").write_text("[*]\n" + keys)
        assert actor.verdicts(script, "[c.test]\nExtraCAFile = CERTS/corp.pem\n") == ["good", want]


@pytest.mark.parametrize("version", VERSIONS)
def test_unmarked_sessions_are_the_clients(actor, version):
    """What needed no rule is resumed as without us, at the same host and at another one."""
    for host in "a.test", "c.test":
        script = (f"connect store=public sni=c.test server=c-public save=0 max={version} ctx=0\n"
                  f"connect store=public sni={host} server=a-public session=0 max={version} ctx=0\n")
        plain = actor.run(script)
        assert "resumed=1" in plain[1]
        assert actor.run(script, A) == plain


def test_session_does_not_name_the_host(actor):
    """A TLS 1.2 session remembers its SNI, and SSL_get_servername() answers with it before the handshake; what is sent is none.
    A client that connects to b by address, checks no name and offers a's session talks to b, not to a."""
    script = MAKE % ("public", "1.2", "") + "connect store=public server=a session=0 max=1.2 ctx=0 foreign\n"
    assert actor.verdicts(script.replace("public", "corp")) == ["good", "good"]
    assert actor.verdicts(script, A) == ["good", "bad"]
    # ... nor where the server can resume
    assert actor.verdicts(script.replace(" foreign", ""), A) == ["good", "bad"]


def test_early_data(actor):
    """A session that does not count is dropped after the client decided to send early data: that must not go out in the clear. (The
    connection fails, as it does when the session was no good for early data.)"""
    make = "connect store=public sni=a.test server=%s save=0 ctx=0\n"
    early = "connect store=public sni=a.test server=%s session=0 early ctx=0\n"
    control = actor.run((make + early) % ("a-public", "a-public"))
    assert "early=1" in control[1] and "good" in control[1] and "resumed=1" in control[1]
    assert actor.run((make + early) % ("a-public", "a-public"), A) == control
    ruled = actor.run((make + early) % ("a", "a"), A)
    assert "early=1" in ruled[1] and "good" in ruled[1] and "resumed=1" in ruled[1]
    (actor.directory / "only").write_text(f"[a.test]\nOnlyCAFile = {actor.certs}/corp.pem\n")
    script = make + "copy DIR/only CONFIG\nsleep 2200\n" + early
    lines = actor.run(script % ("a-public", "a-public"), "[c.test]\nExtraCAFile = CERTS/corp.pem\n")
    assert "PLAINTEXT" not in lines[1] and "good" not in lines[1]


# ---- objects that are used again ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("version", VERSIONS)
class TestSslUsedAgain:
    def test_for_a_host_without_rule(self, actor, version):
        script = f"connect store=%s sni=a.test server=a keep=0 max={version}\nconnect reuse=0 sni=b.test server=b max={version}\n"
        assert actor.verdicts(script % "corp")[1].startswith("good")
        assert actor.verdicts(script % "public", A) == ["good", "bad"]

    def test_with_the_certificate_of_the_first_host(self, actor, version):
        """b presents a's certificate to a client that checks no names."""
        script = f"connect store=public sni=a.test server=a keep=0 max={version}\nconnect reuse=0 sni=b.test server=a max={version}\n"
        assert actor.verdicts(script, A)[1] == "bad"

    def test_for_a_host_with_only(self, actor, version):
        """The second host's OnlyCAFile counts for the second connection."""
        script = (f"connect store=public sni=c.test server=c-public keep=0 max={version}\n"
                  f"connect reuse=0 sni=a.test server=a-public max={version}\n")
        assert actor.verdicts(script, "[a.test]\nOnlyCAFile = CERTS/corp.pem\n") == ["good", "bad"]

    def test_for_a_host_with_rule(self, actor, version):
        """... and it is mended, as with a new SSL."""
        script = (f"connect store=public sni=c.test server=c-public keep=0 max={version}\n"
                  f"connect reuse=0 sni=a.test server=a session=0 max={version}\n").replace(" session=0", "")
        assert [v.rstrip("+") for v in actor.verdicts(script, A)] == ["good", "good"]

    def test_after_a_failure(self, actor, version):
        script = (f"connect store=public sni=b.test server=b keep=0 max={version}\nconnect reuse=0 sni=a.test server=a max={version}\n"
                  f"connect reuse=0 sni=b.test server=b max={version}\n")
        assert actor.verdicts(script, A)[:2] == ["bad", "good"]
        assert actor.verdicts(script, A)[2] == "bad"


def test_a_dup_takes_no_trust_to_another_host(actor):
    script = "connect store=public sni=a.test server=a keep=0\nconnect dupe=0 sni=b.test server=b\nfree 0\n"
    assert actor.verdicts(script, A)[1] == "bad"
    script = "connect store=public sni=a.test server=a keep=0\nconnect dupe=0 sni=a.test server=a\nfree 0\n"
    assert actor.verdicts(script, A)[1].startswith("good")


@pytest.mark.parametrize("sni,verdict", [("a.test", "good"), ("b.test", "bad")])
def test_other_context(actor, sni, verdict):
    assert actor.verdicts(f"connect store=stranger switch=public sni={sni} server={sni[0]}\n", A) == [verdict]
    other = "connect store=corp switch=public sni=b.test server=b\n"
    assert actor.verdicts(other, A) == actor.verdicts(other)


@pytest.mark.parametrize("server,verdict", [("a", "good"), ("a-public", "good")])
def test_a_renegotiation_gets_no_trust_of_another_host(actor, server, verdict):
    script = f"connect store=public sni=a.test server={server} max=1.2 again\n"
    assert actor.verdicts(script.replace("public ", "corp " if server == "a" else "public ")) == ["good"]
    assert actor.verdicts(script, A) == [verdict]
    assert actor.records("verify_failed") == []


STRICT_B = "[b.test]\nOnlyCAFile = CERTS/stranger.pem\n"


@pytest.mark.parametrize("rules,server,sni,then,verdict", [
    (A, "a", "a.test", "b", "bad"), (A, "a", "b.test", "b", "bad"), (A, "ab", "b.test", "ab", "bad"), (A, "a-public", "b.test", "b-public", "good"),
    (B, "a-public", "b.test", "b", "bad"), (STRICT_B, "a-public", "b.test", "b-public", "bad"), (STRICT_B, "a-public", "", "a-public", "good"),
    ("[b.test]\nOnlyCAFile = CERTS/public.pem\n", "a-public", "b.test", "b-public", "good"),
    ("[b.test]\nPinSHA256 = " + "A" * 43 + "=\n", "a-public", "b.test", "b-public", "bad"),
    ("[b.test]\nEnforceVerification = yes\n", "a-public", "b.test", "c-public", "bad"),
    ("[a.test]\nEnforceVerification = yes\n", "a-public", "b.test", "c-public", "bad"),
    ("[b.test]\nMinProtocol = TLSv1.3\n", "a-public", "b.test", "b-public", "bad"),
    ("[a.test]\nOnlyCAFile = CERTS/public.pem\n" + STRICT_B, "a-public", "b.test", "b-public", "bad"),
])
def test_renegotiation_with_another_host(actor, rules, server, sni, then, verdict):
    """One connection to two hosts: the trust of neither counts for the other, and what strengthens for either does."""
    script = f"connect store=public sni=a.test server={server} max=1.2 again={sni} then={then}\n"
    assert actor.verdicts(script.replace("store=public", "store=corp adds=public")) == ["good"]
    assert actor.verdicts(script, rules) == [verdict]


def test_renegotiation_where_another_name_is_checked_than_sent(actor):
    script = "connect store=public sni=a.test check=b.test server=b-public max=1.2 again= then=b-public\n"
    assert actor.verdicts(script, STRICT_B.replace("stranger", "public")) == ["good"]
    assert actor.verdicts(script, STRICT_B) == ["bad"]


def test_short_renegotiation_with_another_host(actor):
    """... where no certificate is shown at all."""
    script = "connect store=public sni=a.test server=%s max=1.2 again=%s shortly\n"
    assert actor.verdicts(script % ("a-public", "b.test")) == actor.verdicts(script % ("a-public", "b.test"), STRICT_B.replace("b.", "c."))
    assert actor.verdicts(script % ("a-public", ""), STRICT_B)[0].startswith("good")
    assert actor.verdicts(script % ("a-public", "b.test"), STRICT_B) == ["mute"]
    assert actor.verdicts(script % ("a", ""), A)[0].startswith("good")
    assert actor.verdicts(script % ("a", "b.test"), A) == ["mute"]
    (failed,) = actor.records("verify_failed")
    assert "ExtraCAFile" in failed["why"], failed


@pytest.mark.parametrize("rules,server,verdict", [(STRICT_B, "a-public", "mute"), (A, "a", "mute"), (STRICT_B.replace("b.", "c."), "a-public", "good+")])
def test_short_renegotiation_of_a_resumed_session(actor, rules, server, verdict):
    """... where OpenSSL answers a question for the name with that of the session."""
    script = f"connect store=public sni=a.test server={server} save=0 max=1.2 ctx=0\nconnect store=public sni=a.test server={server} session=0 max=1.2 ctx=0 again=%s shortly\n"
    assert actor.verdicts(script % "", rules) == ["good", "good+"]
    assert actor.verdicts(script % "a.test", rules) == ["good", "good+"]
    assert actor.verdicts(script % "b.test", rules) == ["good", verdict]


@pytest.mark.parametrize("change", ["changed", "removed", "kept", "switched switch=public"])
def test_info_callback_of_the_context(actor, change):
    """The host's callbacks are called as without the library."""
    script = f"connect store=public sni=c.test server=c-public info={change}\n"
    assert actor.run(script, NOTHING) == actor.run(script)


# ---- what takes the thread out of the library -----------------------------------------------------------------------------

ONLY_B = "[b.test]\nOnlyCAFile = CERTS/corp.pem\n"


def test_connection_inside_a_verify_callback(actor):
    """A client that fetches something over TLS while it looks at a certificate: rules hold there, too."""
    script = "connect store=public sni=c.test server=c-public nested nsni=b.test nserver=%s nstore=public\n"
    assert actor.run(script % "b-public", NOTHING)[0].startswith("nested good")
    assert actor.run(script % "b-public", ONLY_B)[0].startswith("nested bad")
    assert actor.run(script % "b", B)[0].startswith("nested good")
    assert actor.run(script % "b", A)[0].startswith("nested bad")


def test_callback_that_jumps_out(actor):
    """Exceptions of other languages leave a callback by longjmp(3); rules hold for the thread's next connection."""
    script = "connect store=public sni=c.test server=c-public jump\nconnect store=public sni=b.test server=b-public\n"
    assert actor.verdicts(script, NOTHING) == ["jumped", "good"]
    assert actor.verdicts(script, ONLY_B) == ["jumped", "bad"]


# ---- files that change ------------------------------------------------------------------------------------------------------

def test_ca_file_swapped(actor):
    """Each version counts once it was looked at, 2 s later at most; a broken one leaves the last good one, a removed one takes it away."""
    (actor.directory / "junk").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    ca, a, stranger = f"{actor.directory}/ca.pem", "connect store=public sni=a.test server=a\n", "connect store=public sni=a.test server=a-stranger\n"
    (actor.directory / "ca.pem").write_bytes((actor.certs / "corp.pem").read_bytes())
    script = (a + stranger + f"copy CERTS/stranger.pem {ca}\nsleep 2100\n" + a + stranger + f"copy DIR/junk {ca}\nsleep 2100\n" + a + stranger
              + f"remove {ca}\nsleep 2100\n" + a + stranger + f"copy CERTS/corp.pem {ca}\nsleep 2100\n" + a + stranger)
    assert actor.verdicts(script, f"[a.test]\nExtraCAFile = {ca}\n") == [
        "good", "bad", "bad", "good", "bad", "good", "bad", "bad", "good", "bad"]


def test_symbolic_link_flipped(actor):
    ca, a, stranger = f"{actor.directory}/ca.pem", "connect store=public sni=a.test server=a\n", "connect store=public sni=a.test server=a-stranger\n"
    script = f"link CERTS/corp.pem {ca}\n" + a + stranger + f"link CERTS/stranger.pem {ca}\nsleep 2100\n" + a + stranger + f"link CERTS/corp.pem {ca}\nsleep 2100\n" + a + stranger
    assert actor.verdicts(script, f"[a.test]\nExtraCAFile = {ca}\n") == ["good", "bad", "bad", "good", "good", "bad"]


# ---- lists and bounds ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("value", ["ALL:@SECLEVEL=0", "DEFAULT:@SECLEVEL=0", "ALL:aNULL:@SECLEVEL=0", "ADH:@SECLEVEL=0", "ALL:COMPLEMENTOFALL:@SECLEVEL=0",
                                   "HIGH:+aNULL:@SECLEVEL=0", "ALL@SECLEVEL=0", "DEFAULT@SECLEVEL=0:kDHE+aNULL", "AECDH-AES128-SHA:@SECLEVEL=0"])
def test_anonymous_server(actor, value):
    """A server without a certificate is nobody, whatever a rule says of ciphers."""
    server = "connect store=public sni=a.test server=a anonymous sciphers=ADH-AES128-SHA256:AECDH-AES128-SHA:@SECLEVEL=0 max=1.2"
    assert actor.verdicts(server + " level=0 ciphers=ALL:aNULL:@SECLEVEL=0\n") == ["good"]
    assert actor.verdicts(server + "\n", f"[a.test]\nCipherString = {value}\nReason = x\n") == ["bad"]


@pytest.mark.parametrize("rules", ["[*]\nCipherString = DEFAULT:@SECLEVEL=2\n", "[*]\nCipherString = DEFAULT@SECLEVEL=1\n",
                                   "[*]\nCipherString = ALL:@SECLEVEL=0\n", "[0.0.0.0/0 ::/0 *]\nCipherString = ALL:@SECLEVEL=0\n"])
def test_any_host_keeps_its_level(actor, rules):
    """A client with security level 3 refuses RSA 2048. A rule for every host must not take that away."""
    script = "connect store=weak sni=a.test server=a-weak level=%d\n"
    assert actor.verdicts(script % 3 + script % 2) == ["bad", "good"]
    assert actor.verdicts(script % 3, rules) == ["bad"]


@pytest.mark.parametrize("client,key", [
    ("store=weak server=a-weak level=3", "CipherString = DEFAULT:@SECLEVEL=2"),
    ("store=public server=a-public min=1.3 smax=1.2", "MinProtocol = TLSv1.2"),
])
def test_nothing_weakens_past_its_day(actor, client, key):
    """What weakens only this client, by what it had, ends with Until too."""
    script = f"connect sni=a.test {client}\n"
    assert actor.verdicts(script) == ["bad"]
    assert actor.verdicts(script, f"[a.test]\n{key}\nReason = x\nUntil = 2099-12-31\n") == ["good"]
    assert actor.verdicts(script, f"[a.test]\n{key}\nReason = x\nUntil = 2020-01-01\n") == ["bad"]


def test_what_is_past_its_day_gives_way(actor):
    """... to a less specific section, which strengthens."""
    rules = "[a.test]\nMinProtocol = TLSv1\nReason = x\nUntil = %s\n[*.test]\nMinProtocol = TLSv1.3\n"
    script = "connect store=public sni=a.test server=a-public smax=1.2\n"
    assert actor.verdicts(script, rules % "2099-12-31") == ["good"]
    assert actor.verdicts(script, rules % "2020-01-01") == ["bad"]


def test_any_host_keeps_its_protocol(actor):
    script = "connect store=public sni=c.test server=c-public min=1.3 smax=1.2\n"
    assert actor.verdicts(script) == ["bad"]
    for rules in "[*]\nMinProtocol = TLSv1.2\n", "[*]\nMinProtocol = TLSv1\n", "[*]\nMaxProtocol = TLSv1.2\n":
        assert actor.verdicts(script, rules) == ["bad"]


# ---- the client's own certificate --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("version", VERSIONS)
def test_own_certificate_is_no_peer(actor, version):
    """libssl builds the chain of the client's own certificate with the same function: that is nobody's failure."""
    script = f"connect store=public sni=c.test server=c-public cert=me ask max={version}\n"
    assert actor.run(script, A) == actor.run(script)
    actor.run(script, A + "[*]\nOnlyCAFile = CERTS/public.pem\n")
    assert actor.records() == [] or {r["event"] for r in actor.records()} == {"mended"}


@pytest.mark.parametrize("version", VERSIONS)
def test_no_session_passes_a_closed_rule(actor, version):
    """OpenSSL refuses a part of the section: no session shows that its OnlyCAFile was applied."""
    (actor.directory / "strict").write_text(f"[a.test]\nOnlyCAFile = {actor.certs}/public.pem\nGroups = none-such\n")
    make = f"connect store=public sni=a.test server=a-public save=0 max={version} ctx=0 data=3\n"
    offer = f"connect store=public sni=a.test server=a-public session=0 max={version} ctx=0\n"
    assert actor.verdicts(make + offer, NOTHING) == ["good", "good+"]
    assert actor.verdicts(make + "copy DIR/strict CONFIG\nsleep 2200\n" + offer, NOTHING) == ["good", "bad"]


@pytest.mark.long
@pytest.mark.parametrize("rule,client", [
    ("ExtraCAFile", ""), ("OnlyCAFile", ""), ("EnforceVerification = yes\nExtraCAFile", "mode=none"),
    ("EnforceVerification = yes\nExtraCAFile", "instead=yes"), ("EnforceVerification = yes\nOnlyCAFile", "instead=yes"),
    ("PinSHA256 = PIN\nExtraCAFile", "instead=call")])
def test_ca_file_that_is_exchanged_on_the_way(actor, rule, client):
    """A session bears the mark of the certificates that its chain was verified with, not of those that are in the file when it is done."""
    script = (f"copy CERTS/corp.pem DIR/ca.pem\nconnect store=public sni=a.test server=a save=0 max=1.2 ctx=0 {client} swap=CERTS/stranger.pem to=DIR/ca.pem\n"
              f"connect store=public sni=a.test server=a session=0 max=1.2 ctx=0 {client}\n")
    rule = rule.replace("PIN", pki.pin((actor.certs / "corp.pem").read_bytes()))
    assert actor.verdicts(script, f"[a.test]\n{rule} = {actor.directory}/ca.pem\n") == ["good", "bad"]
