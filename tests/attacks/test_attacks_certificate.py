# SPDX-License-Identifier: ISC
"""A rule's certificate: shown to its host and to no other, behind what the client itself chooses, and nowhere else to be seen."""
import json
import subprocess

import pytest

from againkit import Again
from attackkit import NOTHING

VERSIONS = ["1.2", "1.3"]
ME = "[a.test]\nCertificate = CERTS/me-both.pem\n"
REPLACE = ME + "ReplaceCertificate = yes\n"
MINE, NOBODY, OWN = "client+2", "-+0", "stranger+1"


@pytest.fixture
def again(actor):
    return Again(actor)


@pytest.fixture
def own(certificates):
    """Another certificate that the client itself has."""
    path = certificates / "own-both.pem"
    path.write_bytes((certificates / "stranger.pem").read_bytes() + (certificates / "stranger.key").read_bytes())
    return path


def peers(lines):
    return [line["peer"].replace("+0", "+1").replace("client+1", "client+2") if line["peer"] != NOBODY else NOBODY for line in lines]


@pytest.mark.parametrize("version", VERSIONS)
class TestOnlyForItsHost:
    def test_one_ssl(self, again, version):
        lines = again("--ask", "--max", version, "a.test", "b.test", "a.test", "b.test", rules=ME)
        assert peers(lines) == [MINE, NOBODY, MINE, NOBODY]
        plain = again("--ask", "--max", version, "b.test", "b.test", "b.test", "b.test")
        assert lines[1] == plain[1] and lines[3] == plain[3]

    def test_one_context(self, again, version):
        lines = again("--ask", "--max", version, "a.test", "b.test,fresh", "a.test,fresh", "b.test,fresh", rules=ME)
        assert peers(lines) == [MINE, NOBODY, MINE, NOBODY]

    @pytest.mark.parametrize("how", ["dup", "copy"])
    def test_an_ssl_that_is_copied(self, again, version, how):
        """... of which one takes the very object along that certificates are in, and the other one a copy of it."""
        arguments = ["--ask", "--max", version, "a.test", f"b.test,{how}", f"a.test,{how}", "b.test"]
        lines, plain = again(*arguments, rules=ME), again(*arguments)
        assert peers(lines) == [MINE, NOBODY, MINE, NOBODY]
        assert (lines[1], lines[3]) == (plain[1], plain[3])

    def test_who_does_not_ask_does_not_see_it(self, again, version):
        line, = again("--max", version, "a.test", rules=ME)
        assert (line["peer"], line["own"], line["key"]) == (NOBODY, "-", "0")
        assert again.records("mended") == []

    @pytest.mark.parametrize("how", ["--resume", "--handed"])
    def test_sessions(self, again, version, how):
        """A session from before the rule's certificate would have the server take the client for nobody; one with it, at another
        host, for somebody. OpenSSL may hand it out before the handshake is done."""
        arguments = ["--ask", how, "--max", version]
        plain = again(*arguments, "b.test", "a.test", "a.test", "b.test", "b.test")
        assert [p["resumed"] for p in plain] == ["0", "1", "1", "1", "1"]
        lines = again(*arguments, "b.test", "a.test", "a.test", "b.test", "b.test", rules=ME)
        assert [line["resumed"] for line in lines] == ["0", "0", "1", "0", "1"]
        assert [line["peer"].split("+")[0] for line in lines] == ["-", "client", "client", "-", "-"]


@pytest.mark.parametrize("version", VERSIONS)
class TestTheClientComesFirst:
    def test_its_certificate(self, again, own, version):
        arguments = ["--ask", "--own", own, "--max", version, "a.test", "b.test"]
        assert again(*arguments, rules=ME) == again(*arguments)

    def test_is_replaced_where_the_rule_says_so(self, again, own, version):
        lines = again("--ask", "--own", own, "--max", version, "a.test", "b.test", "b.test,fresh", rules=REPLACE)
        assert peers(lines) == [MINE, peers(lines)[2], peers(lines)[2]] and "client" not in lines[2]["peer"]
        assert lines[1] == lines[2]

    @pytest.mark.parametrize("callback", ["--client-cb", "--cert-cb"])
    def test_its_callback_that_has_one(self, again, own, version, callback):
        arguments = ["--ask", callback, own, "--max", version, "a.test"]
        assert again(*arguments, rules=ME) == again(*arguments)

    @pytest.mark.parametrize("callback,answer", [("--client-cb", "none"), ("--cert-cb", "none"), ("--cert-cb", "later")])
    def test_its_callback_that_has_none(self, again, version, callback, answer):
        arguments = ["--ask", callback, answer, "--max", version, "a.test", "b.test", "a.test"]
        lines, plain = again(*arguments, rules=ME), again(*arguments)
        assert peers(lines) == [MINE, NOBODY, MINE]
        assert [line["calls"] for line in lines] == [line["calls"] for line in plain]

    def test_its_callback_is_passed_by_where_the_rule_says_so(self, again, own, version):
        lines = again("--ask", "--cert-cb", own, "--max", version, "a.test", "b.test", rules=REPLACE)
        assert peers(lines)[0] == MINE and "client" not in lines[1]["peer"] and [line["calls"] for line in lines] == ["0", "1"]

    def test_what_it_sets_for_the_next_connection(self, again, own, version):
        """... on an SSL that showed the rule's before."""
        arguments = ["--ask", "--max", version, "a.test", f"b.test,own={own}", "b.test"]
        lines, plain = again(*arguments, rules=ME), again(*arguments)
        assert peers(lines)[0] == MINE
        assert [line["peer"] for line in lines[1:]] == [line["peer"] for line in plain[1:]]


def test_asked_after_the_handshake(again):
    lines = again("--ask", "--later", "a.test", "b.test", rules=ME)
    assert peers(lines) == [MINE, NOBODY]


def test_with_a_rule_that_lowers_the_level(again):
    rules = ME + "CipherString = DEFAULT:@SECLEVEL=1\nSignatureAlgorithms = ECDSA+SHA256\n"
    lines = again("--ask", "a.test", "b.test", "b.test,fresh", rules=rules)
    assert peers(lines)[0] == MINE and lines[1] == lines[2]


@pytest.mark.parametrize("more", ["", "EnforceVerification = yes\n"])
def test_a_resumed_session_is_left_alone(actor, more):
    """Threads may share it, and OpenSSL takes no lock for what it keeps: its mark is the right one, and is not written once more."""
    first = "connect store=corp sni=a.test server=a ask smax=1.2 counts save=0\n"
    script = first + first.replace("save", "session")

    def resumed(rules):
        lines = actor.run(script, rules)
        assert "resumed=1" in lines[2], lines
        return lines[3]

    assert resumed(ME + more) == resumed(NOTHING)


# ---- files that are no good ----------------------------------------------------------------------------------------------------
def config_errors(again):
    return [r["message"] for r in again.records("config_error")]


def write(again, name, *parts):
    path = again.actor.directory / name
    path.write_bytes(b"".join((again.certs / p).read_bytes() for p in parts))
    return path


def encrypted(again):
    path = again.actor.directory / "encrypted.key"
    subprocess.run(["openssl", "pkey", "-aes256", "-passout", "pass:x", "-in", again.certs / "me.key", "-out", path], check=True, timeout=60)
    return path


BAD = {
    "missing": ("Certificate = DIR/none.pem", "2: Certificate DIR/none.pem is not there; create it"),
    "no-key": ("Certificate = CERTS/me.pem", "2: Certificate CERTS/me.pem holds no private key in PEM form; write PrivateKey = FILE"),
    "mismatch": ("Certificate = CERTS/me.pem\nPrivateKey = CERTS/a.key", "3: PrivateKey CERTS/a.key holds a key that does not belong"),
    "encrypted": ("Certificate = CERTS/me.pem\nPrivateKey = DIR/encrypted.key", "3: PrivateKey DIR/encrypted.key holds a key with a passphrase"),
    "swapped": ("Certificate = CERTS/me.key\nPrivateKey = CERTS/me.pem", "2: Certificate CERTS/me.key holds a private key and no certificate"),
    "directory": ("Certificate = DIR", "2: Certificate DIR is no regular file"),
    "junk": ("Certificate = DIR/junk", "2: Certificate DIR/junk holds no PEM certificate"),
    "damaged": ("Certificate = DIR/damaged", "2: Certificate DIR/damaged holds a damaged certificate"),
    "empty": ("Certificate = DIR/empty", "2: Certificate DIR/empty is empty"),
    "large": ("Certificate = DIR/large", "2: Certificate DIR/large is larger than 1048576 bytes"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_file(again, kind):
    """One line; nothing else of the section counts; no prompt, and nothing that the client sees."""
    keys, says = BAD[kind]
    d = again.actor.directory
    encrypted(again)
    (d / "junk").write_bytes(b"\0\1\2 junk")
    (d / "damaged").write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    (d / "empty").write_bytes(b"")
    (d / "large").write_bytes(b"x" * 1048577)
    rules = f"[a.test]\n{keys}\nGroups = P-256\n".replace("DIR", str(d))
    arguments = ["--ask", "a.test", "a.test", "b.test"]
    assert again(*arguments, rules=rules) == again(*arguments)
    line, = config_errors_of(again, rules)
    assert says.replace("DIR", str(d)).replace("CERTS", str(again.certs)) in line


def config_errors_of(again, rules):
    again("--ask", "a.test", "a.test", "b.test", rules=rules)
    return config_errors(again)


def test_strengthening_keys_of_its_section_fail_closed(actor):
    for file, verdict in ("none", "bad"), ("me-both", "good"):
        rules = f"[a.test]\nCertificate = CERTS/{file}.pem\nOnlyCAFile = CERTS/public.pem\n"
        script = "connect store=public sni=a.test server=a-public\nconnect store=public sni=b.test server=b-public\n"
        assert actor.verdicts(script, rules) == [verdict, "good"]


@pytest.mark.parametrize("version", VERSIONS)
def test_refused_by_the_security_level(again, version):
    """OpenSSL takes no RSA key of 2048 bits at level 3."""
    both = write(again, "weak.pem", "a-weak.pem", "a-weak.key")
    rules = f"[a.test]\nCertificate = {both}\n"
    assert peers(again("--ask", "--max", version, "a.test", rules=rules)) == ["a.test+1"]
    lines = again("--ask", "--max", version, "a.test", "a.test", rules=rules + "CipherString = DEFAULT:@SECLEVEL=3\n")
    assert peers(lines) == [NOBODY] * 2 and lines[0]["level"] == "2"
    line, = config_errors(again)
    assert "at security level 3 (ee key too small); have it issued again" in line


@pytest.mark.slow
def test_files_change(again, certificates):
    """In a long-running client: gone and back, renewed, and broken; each version counts a few seconds later."""
    path = write(again, "live.pem", "me.pem", "me.key")
    rules = f"[a.test]\nCertificate = {path}\n"
    script = [
        ("a.test", MINE), (f"!rm {path}", None), ("a.test", NOBODY),
        (f"!cp {certificates}/ab-both.pem {path}", None), ("a.test", "a.test+1"), (f"!cp {certificates}/corp.pem {path}", None), ("a.test", NOBODY),
        (f"!cp {certificates}/me-both.pem {path}", None), ("a.test", MINE),
    ]  # fmt: skip
    lines = again("--ask", *[word for word, _ in script], rules=rules)
    assert peers(lines) == [peer for word, peer in script if not word.startswith("!")]
    assert len(config_errors(again)) == 2


@pytest.mark.long
def test_no_descriptors(again):
    """"Could not look" is not "is not there": what was read stays, and what was not is read at the next connection."""
    lines = again("--ask", "b.test", "!full", "a.test", "!free", "a.test", "!full", "a.test", rules=ME, TLSMEND_LOG="stderr")
    assert peers(lines) == [NOBODY, NOBODY, MINE, MINE]
    # said once; what was the same again is counted, and told at the end of the process
    told = [r for r in map(json.loads, again.log.splitlines()) if r["event"] == "config_error" and not r.get("why", "").startswith("the same again")]
    assert len(told) == 1 and "cannot be looked at now" in told[0]["message"], again.log
