# SPDX-License-Identifier: ISC
"""lint: what the certificates of a CA file are good for."""
import re

import pytest

from lib.pki import DAY, issue, now

ROOT = issue("Corp Root CA", ca=True)
MIDDLE = issue("Corp Issuing CA", ROOT, ca=True)
LEAF = issue("legacy.test", MIDDLE, names=["legacy.test"])


@pytest.fixture
def lint(tlsmend, tmp_path):
    """lint(b"PEM", key="OnlyCAFile") -> lines about the file, without what stands in front of each."""

    def call(pem, key="ExtraCAFile", status=0):
        path = tmp_path / "ca.pem"
        path.write_bytes(pem)
        path.chmod(0o644)
        (tmp_path / "c").write_text("[legacy.test]\n%s = %s\n" % (key, path))
        r = tlsmend("lint", "c")
        assert r.returncode == status and r.stderr == "", r
        lines = r.stdout.splitlines()
        for line in lines[:-1]:
            assert re.match(r"c:2: (note|warning|error): %s %s: " % (key, re.escape(str(path))), line), line
        return [line.replace("%s %s: " % (key, path), "")[5:] for line in lines[:-1]]

    return call


@pytest.mark.parametrize("key", ["ExtraCAFile", "OnlyCAFile"])
def test_good_ca_file_has_only_its_count(lint, key):
    assert lint(ROOT.pem + MIDDLE.pem, key) == ["note: 2 certificates"]


def test_self_signed_server(lint):
    """Its own certificate is the anchor, whatever it says about CAs."""
    assert lint(issue("legacy.test", names=["legacy.test"]).pem) == ["note: 1 certificate"]


@pytest.mark.parametrize("key, effect", [("ExtraCAFile", "makes no connection possible"), ("OnlyCAFile", "no connection to these hosts")])
def test_leaves_only(lint, key, effect):
    warning, note = lint(LEAF.pem, key)
    assert warning.startswith("warning: holds only certificates of servers and none of a CA") and effect in warning
    assert "put the certificate of the root CA into it" in warning and "Corp Issuing CA" in warning
    assert note == "note: 1 certificate"


def test_no_root(lint):
    warning, _ = lint(MIDDLE.pem + LEAF.pem)
    assert warning.startswith("warning: holds no self-issued certificate (a root), so nothing in it is a trust anchor")
    assert "put the certificate of the root CA into it" in warning and "Corp Root CA" in warning


@pytest.mark.parametrize("days, said", [(-1, "expired on"), (1, "(1 day); put"), (29, "(29 days); put"), (31, None)])
def test_end_of_a_ca_is_announced(lint, days, said):
    root = issue("Corp Root CA", ca=True, not_before=now() - 400 * DAY, not_after=now() + days * DAY + DAY / 24)
    lines = lint(root.pem)
    assert len(lines) == (2 if said else 1)
    if said:
        assert lines[0].startswith("warning: 'CN=Corp Root CA' ") and said in lines[0]
        assert (now() + days * DAY + DAY / 24).strftime("%Y-%m-%d") in lines[0]


def test_not_yet(lint):
    root = issue("Corp Root CA", ca=True, not_before=now() + 5 * DAY, not_after=now() + 400 * DAY)
    assert lint(root.pem)[0].startswith("warning: 'CN=Corp Root CA' is not valid before ")


def test_weak_is_a_hint(lint):
    weak = issue("Old CA", ca=True, key="rsa1024")
    hint, note = lint(weak.pem)
    assert hint.startswith("note: 'CN=Old CA' has a weak key: 1024 bits; ask")


def test_many_are_counted(lint):
    old = [issue("CA %d" % i, ca=True, not_before=now() - 400 * DAY, not_after=now() - DAY) for i in range(8)]
    lines = lint(b"".join(c.pem for c in old))
    assert len(lines) == 7 and lines[5] == "note: 3 more of its certificates have expired, end soon or are weak"


def test_a_sequence_that_is_no_certificate(lint):
    der = bytearray(ROOT.der)
    der[8] ^= 0x1F  # a length or tag within the TBSCertificate
    import base64

    body = base64.encodebytes(bytes(der))
    lines = lint(ROOT.pem + b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n", status=1)
    assert lines[0] == "error: OpenSSL can read 1 of its 2 certificates; copy the file anew"


def test_no_passphrase_is_asked_for(lint):
    block = b"-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
    lines = lint(block + ROOT.pem.split(b"\n", 1)[1], status=1)
    assert lines[0].startswith("error: ")


@pytest.mark.parametrize("mode, warned", [(0o777, True), (0o1777, False), (0o775, False)])
@pytest.mark.parametrize("how", ["direct", "below", "link"])
def test_folder_that_everybody_can_write(tlsmend, tmp_path, mode, warned, how):
    """Whoever may put another file in the place of one need not write to it."""
    folder = tmp_path / "folder"
    path = folder / "below" / "ca.pem" if how == "below" else folder / "ca.pem"
    path.parent.mkdir(parents=True)
    path.write_bytes(ROOT.pem)
    path.chmod(0o644)
    named = path
    if how == "link":
        named = tmp_path / "ca.pem"
        named.symlink_to(path)
    config = folder / "c"
    config.write_text("[legacy.test]\nExtraCAFile = %s\n" % named)
    folder.chmod(mode)
    out = tlsmend("lint", str(config)).stdout
    said = "everybody can put another file in its place; write chmod o-w %s\n" % folder
    assert out.count(said) == (2 if warned else 0), out
