# SPDX-License-Identifier: ISC
"""What a trial found is remembered for a minute (policy/found.c). It decides what is put on offer, and nothing else: whatever changes between
two handshakes of one process, the second is what it would have been without the first."""
import subprocess

import pytest

from attackkit import A

FIRST = "connect ctx=1 store=public sni=a.test server=%s\n"
CORP = "[a.test b.test]\nExtraCAFile = CERTS/corp.pem\n"


def test_control(actor):
    """It is remembered: of three handshakes alike all are good, and so they are where each has a context of its own."""
    assert actor.verdicts(FIRST % "a" * 3, A) == ["good"] * 3
    assert actor.verdicts("connect store=public sni=a.test server=a\n" * 3, A) == ["good"] * 3
    assert len(actor.records("mended")) == 3


@pytest.mark.parametrize("server,second", [
    ("a", "sni=b.test"), ("ab", "sni=a.test check=c.test"), ("a", "sni=a.test check=b.test"), ("a", "sni=a.test ip=192.0.2.1"),
    ("a", "sni=a.test crls"), ("a-revoked", "sni=a.test crls crl=revoked"), ("a", "sni=a.test days=40000"),
    ("a", "sni=a.test days=-40000"), ("a", "sni=a.test purpose=crlsign"), ("a-middle", "sni=a.test depth=0"),
    ("a", "sni=a.test level=5"), ("a-middle", "sni=a.test server=a-middle-alone"), ("a", "sni=a.test server=a-stranger"),
    ("a", "sni=a.test server=forged"), ("a", "sni=a.test server=expired"), ("a", "sni=a.test mode=refuse"),
])
def test_another_look(actor, server, second):
    """Good, and then bad in the same context, though the server, the rule and most of the rest are the same."""
    second = f"connect ctx=1 {second}" + ("" if "server=" in second else f" server={server}") + "\n"
    alone = actor.verdicts("connect ctx=1 store=public sni=c.test mode=none server=c-public\n" + second, CORP)[1:]
    assert actor.verdicts(FIRST % server + second * 2, CORP) == ["good", *alone * 2]
    assert alone == ["bad"]


def test_no_list_revokes(actor):
    """What is asked anew is answered anew, not refused."""
    assert actor.verdicts(FIRST % "a" + "connect ctx=1 sni=a.test server=a crls crl=none\n" * 2, A) == ["good"] * 3


@pytest.mark.long
@pytest.mark.parametrize("rules", [A, "[a.test]\nOnlyCAFile = CERTS/corp.pem\n"])
def test_another_ca_file(actor, rules):
    """The file is exchanged: what was good with the old one is not, and is again when it is back."""
    script = (FIRST % "a" * 2 + "copy CERTS/stranger.pem DIR/ca.pem\nsleep 2100\n" + FIRST % "a" * 2 +
              "copy CERTS/corp.pem DIR/ca.pem\nsleep 2100\n" + FIRST % "a" * 2)
    verdicts = actor.verdicts("copy CERTS/corp.pem DIR/ca.pem\n" + script, rules.replace("CERTS/corp.pem", str(actor.directory / "ca.pem")))
    assert verdicts == ["good", "good", "bad", "bad", "good", "good"]


@pytest.mark.parametrize("more", ["", "max=1.2"])
def test_own_store_did(actor, more):
    """Where the client's own store did, the rule is not needed; in a context that has another one, it is, and the other way round."""
    own, public = (f"connect store={store} sni=a.test server=a {more}\n" for store in ("corp", "public"))
    assert actor.verdicts((own + public) * 3, A) == ["good"] * 6
    assert len(actor.records("mended")) == 3


def test_store_that_grows(actor):
    """A CA that comes into the client's store meanwhile makes the rule superfluous at the next handshake."""
    assert actor.verdicts(FIRST % "a" * 2 + "connect ctx=1 sni=a.test server=a adds=corp\n" + FIRST % "a", A) == ["good"] * 4
    assert len(actor.records("mended")) == 2


def rejected(actor, path):
    subprocess.run(["openssl", "x509", "-in", actor.certs / "corp.pem", "-trustout", "-addreject", "serverAuth", "-out", path], check=True)
    return path


@pytest.mark.parametrize("before", [1, 2, 3])
def test_marked_in_the_meantime(actor, before):
    """A CA that the client's store marks as not to be trusted: no rule overrides that, whatever was remembered."""
    rejected(actor, actor.certs / "corp-rejected.pem")
    script = FIRST % "a" * before + "connect ctx=1 sni=a.test server=a adds=corp-rejected\n" * 2
    assert actor.verdicts(script, A) == ["good"] * before + ["bad"] * 2


@pytest.mark.long
def test_marked_in_a_folder(actor):
    """... or one that comes into a folder of the client's: it counts as soon as a change of a rule's own file would."""
    folder = actor.directory / "cas"
    folder.mkdir()
    marked = rejected(actor, actor.directory / "marked.pem")
    name = subprocess.run(["openssl", "x509", "-noout", "-subject_hash", "-in", marked], check=True, capture_output=True, text=True).stdout.strip()
    look = f"connect ctx=1 store=public folder={folder} sni=a.test server=a\n"
    script = look * 3 + f"copy {marked} {folder}/{name}.0\nsleep 2100\n" + look * 2
    assert actor.verdicts(script, A) == ["good"] * 3 + ["bad"] * 2


def test_marked_where_it_lies(actor):
    """... or a certificate that the client's store has all the time, and marks only now."""
    look = "connect ctx=1 store=middle sni=a.test server=a-middle %s\n"
    assert actor.verdicts(look % "" * 3 + look % "marks=middle" * 2, A) == ["good"] * 3 + ["bad"] * 2
