# SPDX-License-Identifier: ISC
"""What is marked as not to be trusted stays so: in the client's store, and in the file of a rule (openssl x509 -addreject)."""
import shutil
import subprocess

import pytest


EXTRA, ONLY = "[a.test]\nExtraCAFile = %s\n", "[a.test]\nOnlyCAFile = %s\n"
CONNECT = "connect store=%s sni=a.test server=%s\n"


def marked(source, to, *options):
    """The first certificate of the file, with trust settings of OpenSSL's kind."""
    subprocess.run(["openssl", "x509", "-in", source, "-trustout", "-out", to, *options], check=True, capture_output=True)
    return to.read_bytes()


@pytest.fixture(scope="module")
def marks(certificates, tmp_path_factory):
    """The actor's certificates, and marked ones beside them."""
    d = tmp_path_factory.mktemp("distrust") / "marked"
    shutil.copytree(certificates, d)

    def write(name, *parts):
        (d / (name + ".pem")).write_bytes(b"".join(parts))
    plain = {name: (d / (name + ".pem")).read_bytes() for name in ("corp", "middle", "public", "stranger")}
    leaf = marked(d / "a-middle.pem", d / "x.pem", "-addreject", "serverAuth")
    reject = {name: marked(d / (name + ".pem"), d / "x.pem", "-addreject", "serverAuth") for name in plain}
    trust = {name: marked(d / (name + ".pem"), d / "x.pem", "-addtrust", "serverAuth") for name in plain}
    email = {name: marked(d / (name + ".pem"), d / "x.pem", "-addtrust", "emailProtection") for name in plain}
    write("store-no-middle", plain["public"], reject["middle"])
    write("store-no-corp", plain["public"], reject["corp"])
    write("store-no-leaf", plain["public"], leaf)
    write("store-mail-corp", plain["public"], email["corp"])
    write("store-no-stranger", plain["public"], reject["stranger"])
    write("rule-no-middle", plain["corp"], reject["middle"])
    write("rule-no-middle-first", reject["middle"], plain["corp"])
    write("rule-no-corp", reject["corp"])
    write("rule-twice", plain["corp"], reject["corp"])
    write("rule-no-leaf", plain["corp"], leaf)
    write("rule-mail", email["corp"])
    write("rule-trusted", plain["stranger"], trust["corp"])
    write("rule-trusted-middle", trust["middle"])
    write("rule-both-trusted", trust["corp"], trust["middle"])
    write("old-header", plain["corp"].replace(b" CERTIFICATE", b" X509 CERTIFICATE"))
    crl = b"-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"
    write("mixed", b"# a comment\n", (d / "a.key").read_bytes(), b"text: x\n", crl, plain["stranger"], b"\n\n", plain["corp"].replace(b"\n", b"\r\n"))
    write("damaged-middle", plain["stranger"], plain["middle"].replace(b"MII", b"M!I", 1), plain["corp"])
    write("damaged-der", plain["stranger"], pki_block(b"\x30\x03\x02\x01\x01"), plain["corp"])
    write("no-end", plain["corp"].replace(b"-----END CERTIFICATE-----", b""))
    encrypted = plain["corp"].replace(b"CERTIFICATE-----\n", b"CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
                                      b"00112233445566778899AABBCCDDEEFF\n\n", 1)
    write("encrypted", encrypted)
    write("der", subprocess.run(["openssl", "x509", "-in", d / "corp.pem", "-outform", "DER"], check=True, capture_output=True).stdout)
    write("empty")
    write("key", (d / "a-middle.key").read_bytes())
    return d


def pki_block(der):
    import base64
    return b"-----BEGIN CERTIFICATE-----\n" + base64.b64encode(der) + b"\n-----END CERTIFICATE-----\n"


@pytest.fixture
def verdict(actor, marks):
    actor.certs = marks

    def run(form, rule, store="public", server="a-middle"):
        return actor.verdicts(CONNECT % (store, server), form % (marks / (rule + ".pem")))[0]
    return run


@pytest.mark.parametrize("form", [EXTRA, ONLY])
@pytest.mark.parametrize("store", ["store-no-middle", "store-no-corp", "store-no-leaf", "store-mail-corp"])
@pytest.mark.parametrize("rule", ["corp", "both", "rule-both-trusted"])
def test_distrust_of_the_clients_store(verdict, actor, form, store, rule):
    assert verdict(form, rule) == "good"
    assert verdict(form, rule, store) == "bad"
    assert not actor.records("mended")
    assert verdict(form, rule, "store-no-stranger") == "good"


def test_distrust_is_what_the_record_says(verdict, actor):
    for store in "store-no-middle", "store-no-corp":
        assert verdict(ONLY, "corp", store) == "bad"
        (failed,) = actor.records("verify_failed")
        assert (failed["code"], failed["cause"]) == (28, "distrusted")


@pytest.mark.parametrize("form", [EXTRA, ONLY])
@pytest.mark.parametrize("rule,expected", [
    ("rule-no-middle", "bad"), ("rule-no-middle-first", "bad"), ("rule-no-corp", "bad"), ("rule-twice", "bad"), ("rule-no-leaf", "bad"),
    ("rule-mail", "bad"), ("rule-trusted", "good"), ("rule-trusted-middle", "bad"), ("rule-both-trusted", "good"),
    ("old-header", "good"), ("mixed", "good"),
])
def test_marks_of_a_rules_file(verdict, form, rule, expected):
    assert verdict(form, rule) == expected


def test_rejected_in_the_file_but_trusted_by_the_client(verdict):
    """The file's mark is about what the rule does; what the client trusts by itself is its own affair, unless the rule says Only."""
    assert verdict(EXTRA, "rule-no-middle", "corp") == "good"
    assert verdict(ONLY, "rule-no-middle", "corp") == "bad"


@pytest.mark.parametrize("form", [EXTRA, ONLY])
@pytest.mark.parametrize("rule,says", [
    ("damaged-middle", "damaged"), ("damaged-der", "damaged"), ("no-end", "damaged"), ("encrypted", "encrypted"), ("der", "is DER"), ("empty", "is empty"),
    ("key", "private key"),
])
def test_files_that_cannot_be_used(actor, verdict, form, rule, says):
    """One clear line; nothing of the file counts, so that nothing that it says is lost; no prompt (stdin is none here, and stderr empty)."""
    assert verdict(form, rule) == "bad"
    (line,) = [r["message"] for r in actor.records("config_error")]
    assert says in line and line.startswith(str(actor.config) + ":2: ")
    assert verdict(form, rule, "public", "a-public") == ("good" if form is EXTRA else "bad")


def test_only_intermediates(actor, verdict):
    assert verdict(ONLY, "middle") == "bad"
    assert "no self-issued certificate" in actor.records("config_error")[0]["message"]
