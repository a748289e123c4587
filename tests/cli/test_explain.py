# SPDX-License-Identifier: ISC
"""tlsmend explain."""
import re

import pytest

from .conftest import TREE

WORDS = re.findall(r'^CAUSE\([A-Z0-9_]+, "([^"]+)"', (TREE / "shim/explain/causes.def").read_text(), re.M)


def test_list_has_every_cause(tlsmend):
    r = tlsmend("explain")
    assert r.returncode == 0 and r.stderr == "" and len(WORDS) > 20
    lines = r.stdout.splitlines()
    assert [line.split()[0] for line in lines] == WORDS
    column = {re.match(r"\S+ +", line).end() for line in lines}
    assert len(column) == 1


def test_each_cause_has_a_text_that_fits(tlsmend):
    for word in WORDS:
        r = tlsmend("explain", word)
        assert r.returncode == 0 and r.stdout.startswith(word + ": "), word
        body = r.stdout.split("\n\n", 1)[1]
        assert len(body) > 80
        for line in body.splitlines():
            # Examples and long words stay as they are.
            assert len(line) <= 78 or line.startswith(" ") or " " not in line.strip(), line
        lines = body.splitlines()
        for first, second in zip(lines, lines[1:]):
            if first and second and not first.startswith(" ") and not second.startswith(" "):
                assert len(first) + 1 + len(second.split()[0]) > 78, "filled: %r %r" % (first, second)


@pytest.mark.parametrize("word, near", [("expird", "expired"), ("selfsigned", "self-signed"), ("name-missmatch", "name-mismatch")])
def test_unknown_cause_names_the_nearest(tlsmend, word, near):
    r = tlsmend("explain", word)
    assert r.returncode == 2 and r.stdout == "" and "did you mean '%s'?" % near in r.stderr


def test_unknown_cause(tlsmend):
    r = tlsmend("explain", "zzz")
    assert r.returncode == 2 and "'tlsmend explain' lists them" in r.stderr


# ---- words of others ------------------------------------------------------------------------------------------
def causes_behind(text):
    return {line.split()[0] for line in text.splitlines() if line.startswith("  ") and line.split()[0] in WORDS}


@pytest.mark.parametrize("word", ["PartialChain", "partialchain", "PARTIALCHAIN"])
def test_word_of_dotnet(tlsmend, word):
    r = tlsmend("explain", word)
    assert r.returncode == 0 and r.stdout.startswith("PartialChain: .NET's word for what OpenSSL calls\n")
    assert "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY (20)" in r.stdout
    behind = causes_behind(r.stdout)
    assert {"issuer-unknown", "intermediate-not-sent", "malformed-certificate"} <= behind and "untrusted-root" not in behind


@pytest.mark.parametrize("word, cause", [
    ("UntrustedRoot", "untrusted-root"), ("NotTimeValid", "expired"), ("OfflineRevocation", "crl-unavailable"),
    ("RemoteCertificateNameMismatch", "name-mismatch"), ("HostNameMismatch", "name-mismatch"),
    ("SelfSignedCertificateInChain", "untrusted-root"), ("The certificate has expired", "expired"),
    ("X509_V_ERR_CERT_REVOKED", "revoked"), ("cert_revoked", "revoked"), ("23", "revoked")])  # fmt: skip
def test_words_and_codes(tlsmend, word, cause):
    r = tlsmend("explain", word)
    assert r.returncode == 0 and cause in causes_behind(r.stdout)


def test_number_with_two_meanings(tlsmend):
    out = tlsmend("explain", "24").stdout
    assert out.startswith("X509_V_ERR_NO_ISSUER_PUBLIC_KEY (77 in OpenSSL 1.1, 24 in OpenSSL 3.0 and later)\n")
    assert "In OpenSSL 1.1, 24 was:\nX509_V_ERR_INVALID_CA" in out


def test_words_about_all_errors(tlsmend):
    for word in ("RemoteCertificateChainErrors", "RemoteCertificateNotAvailable"):
        r = tlsmend("explain", word)
        assert r.returncode == 0 and r.stdout.startswith(word + ":\n") and "SslPolicyErrors" in r.stdout


@pytest.mark.parametrize("word", ["0", "999", "-1", "None", "UnspecifiedError", "X509_V_OK", "20x", ""])
def test_no_word_of_anybody(tlsmend, word):
    assert tlsmend("explain", word).returncode == 2
