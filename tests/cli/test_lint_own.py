# SPDX-License-Identifier: ISC
"""lint: client certificates and their keys."""
import subprocess

import pytest

from lib import pki


@pytest.fixture
def lint(tlsmend, tmp_path):
    me, other = pki.issue("me"), pki.issue("other")
    old = pki.issue("old", not_before=pki.now() - 90 * pki.DAY, not_after=pki.now() - pki.DAY)
    soon = pki.issue("soon", not_after=pki.now() + 9 * pki.DAY)
    for name, c in dict(me=me, other=other, old=old, soon=soon).items():
        (tmp_path / (name + ".pem")).write_bytes(c.pem)
        (tmp_path / (name + ".key")).write_bytes(c.key_pem)
        (tmp_path / (name + "-both.pem")).write_bytes(c.pem + c.key_pem)
    for path in tmp_path.iterdir():
        path.chmod(0o600)
    subprocess.run(["openssl", "pkey", "-aes256", "-passout", "pass:x", "-in", tmp_path / "me.key", "-out", tmp_path / "locked.key"],
                   check=True, timeout=60)  # fmt: skip

    def run(keys, host="a.test"):
        (tmp_path / "c").write_text("[%s]\n%s\n[b.test]\nGroups = X25519\n" % (host, keys.replace("DIR", str(tmp_path))))
        done = tlsmend("lint", "c")
        assert done.stderr == ""
        return done.stdout.replace(str(tmp_path) + "/", "")

    run.directory = tmp_path
    return run


@pytest.mark.parametrize("keys", ["Certificate = DIR/me.pem\nPrivateKey = DIR/me.key", "Certificate = DIR/me-both.pem"])
def test_good_certificate_and_key_have_no_error(lint, keys):
    assert lint(keys) == "2 sections, 0 errors\n"


@pytest.mark.parametrize("keys,says", [
    ("Certificate = DIR/me.pem\nPrivateKey = DIR/other.key", "c:3: error: PrivateKey other.key: the key does not belong to the first certificate"),
    ("Certificate = DIR/me.pem", "c:2: error: Certificate me.pem: no private key in PEM form; write PrivateKey = FILE"),
    ("Certificate = DIR/me.pem\nPrivateKey = DIR/locked.key", "c:3: error: PrivateKey locked.key: the key has a passphrase"),
    ("Certificate = DIR/me.key\nPrivateKey = DIR/me.key", "c:2: error: Certificate me.key: no certificate in PEM form"),
    ("Certificate = DIR/none.pem", "c:2: error: Certificate none.pem: No such file"),
    ("Certificate = DIR/me.pem\nPrivateKey = DIR/none.key", "c:3: error: PrivateKey none.key: No such file"),
    ("Certificate = DIR/old-both.pem", "c:2: warning: Certificate old-both.pem: the certificate ended on "),
    ("Certificate = DIR/soon-both.pem",
     "c:2: warning: Certificate soon-both.pem: the certificate ends on %s; " % (pki.now() + 9 * pki.DAY).strftime("%Y-%m-%d")),
    ("PrivateKey = DIR/me.key", "c:2: error: PrivateKey without Certificate in the same section"),
])  # fmt: skip
def test_faulty_certificate_or_key_is_told(lint, keys, says):
    told = lint(keys).splitlines()
    assert told[0].startswith(says) and len(told) == 2, told


def test_key_that_everybody_can_read(lint):
    (lint.directory / "me.key").chmod(0o644)
    assert "c:3: warning: PrivateKey me.key: everybody can read the private key; write chmod o-r" in lint("Certificate = DIR/me.pem\nPrivateKey = DIR/me.key")


def test_for_every_host(lint):
    assert "every server that asks is shown who this is" in lint("Certificate = DIR/me-both.pem", "*")


def test_rule_shows_them(tlsmend, lint):
    lint("Certificate = DIR/me.pem\nPrivateKey = DIR/me.key\nServerName = x.test\nMaxCertList = 200000")
    done = tlsmend("rule", "--config", "c", "a.test")
    assert done.returncode == 0
    for key in "Certificate", "PrivateKey", "ServerName", "MaxCertList":
        assert "\n%s " % key in done.stdout and "applies" in done.stdout
