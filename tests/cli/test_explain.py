# SPDX-License-Identifier: ISC
"""tlsmend explain."""
import re

import pytest

from .conftest import TREE

WORDS = re.findall(r'^CAUSE\([A-Z0-9_]+, "([^"]+)"', (TREE / "shim/vocabulary/causes.def").read_text(), re.M)


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


@pytest.mark.parametrize("word", ["0", "9999", "-1", "None", "UnspecifiedError", "X509_V_OK", "20x", ""])
def test_no_word_of_anybody(tlsmend, word):
    assert tlsmend("explain", word).returncode == 2


# ---- what people hold -----------------------------------------------------------------------------------------
def sayings():
    text = (TREE / "shim/cli/explain/sayings.def").read_text()
    found = re.findall(r'^SAYING\("((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)", (\w+)\((.*?)\), "((?:[^"\\]|\\.)*)"\)$', text, re.M)
    assert len(found) > 80 and len(found) == text.count("\nSAYING(")
    return [tuple(re.sub(r"\\(.)", r"\1", x) for x in f) for f in found]


def expected_causes(kind, what):
    if kind == "CAUSES":
        return set(what.strip('"').split())
    if kind == "ALERT":
        text = (TREE / "shim/cli/explain/numbers.def").read_text()
        return {w for words in re.findall(r'^(?:SENT|OWN)\(%s, "(.*)"\)' % what, text, re.M) for w in words.split()}
    line = re.search(r"^CODE\(%s, .*\b([A-Z_]+)\)" % what, (TREE / "shim/vocabulary/codes.def").read_text(), re.M)
    return {line[1].lower().replace("_", "-")}


@pytest.mark.parametrize("whose, pattern, kind, what, example", sayings(), ids=lambda x: x[:40])
def test_saying(tlsmend, whose, pattern, kind, what, example):
    """Each line of the table with the message that it is for, from the command line and pasted with more around it."""
    r = tlsmend("explain", "--", example)
    first = r.stdout.splitlines()[0]
    assert r.returncode == 0 and first == '"%s": words of %s' % (pattern, whose), first
    assert expected_causes(kind, what) <= causes_behind(r.stdout), r.stdout
    again = tlsmend("explain", "-", input="some output\n\n  %s\n and more\n" % example.replace(" ", "\n", 1).upper(), stdin=None)
    assert again.returncode == 0 and again.stdout == r.stdout


def test_causes_of_the_tables_exist():
    for name in ("sayings.def", "numbers.def"):
        text = (TREE / "shim/cli/explain" / name).read_text()
        used = {w for words in re.findall(r'^(?:SENT|OWN|REASON|CURL)\(.*"([a-z -]+)"\)$|CAUSES\("([a-z -]+)"\)', text, re.M) for x in words for w in x.split()}
        assert used and used <= set(WORDS), used - set(WORDS)


@pytest.mark.parametrize("words, first, causes", [
    (["60"], "60 has 3 meanings", {"weak-key", "issuer-unknown", "expired"}),
    (["40"], "40 has 2 meanings", {"not-a-ca", "handshake-refused", "client-certificate-missing"}),
    (["48"], "48 has 2 meanings", {"name-constraint", "client-certificate-rejected", "untrusted-root"}),
    (["curl", "60"], "curl's exit code 60", {"issuer-unknown", "expired"}),
    (["curl: (35) something"], "curl's exit code 35", {"handshake-refused"}),
    (["curl exit code 77"], "curl's exit code 77", {"file-missing"}),
    (["alert", "48"], "alert 48, unknown_ca", {"client-certificate-rejected", "issuer-unknown"}),
    (["alert 70"], "alert 70, protocol_version", {"client-too-old", "server-too-old"}),
    (["SSL alert number 40"], "alert 40, handshake_failure", {"handshake-refused"}),
    (["unknown_ca"], "alert 48, unknown_ca", {"client-certificate-rejected"}),
    (["Unknown CA"], "alert 48, unknown_ca", {"client-certificate-rejected"}),
    (["protocol_version"], "alert 70", {"client-too-old"}),
    (["certificate_required"], "alert 116", {"client-certificate-missing"}),
    (["333"], "reason 333 (0A00014D)", {"server-too-old"}),
    (["1070"], "reason 1070 (0A00042E)", {"client-too-old"}),
    (["1048"], "reason 1048", {"client-certificate-rejected"}),
    (["0A000086"], "reason 134 (0A000086)", {"issuer-unknown"}),
    (["0a000410"], "reason 1040 (0A000410)", {"handshake-refused"}),
    (["14090086"], "reason 134", {"issuer-unknown"}),
    (["error:0A000152:SSL routines::x"], "reason 338", {"legacy-renegotiation"}),
    (["code", "20"], "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", {"issuer-unknown"}),
    (["Verify return code: 10"], "X509_V_ERR_CERT_HAS_EXPIRED", {"expired"}),
    (["tlsmend: error[untrusted-root] curl[1] cannot trust a.test"], "untrusted-root: ", set()),
    (['{"event":"verify_failed","cause":"name-mismatch"}'], "name-mismatch: ", set()),
])  # fmt: skip
def test_figures(tlsmend, words, first, causes):
    r = tlsmend("explain", *words)
    assert r.returncode == 0 and r.stdout.startswith(first), r.stdout
    assert causes <= causes_behind(r.stdout), r.stdout
    if len(causes) > 1:
        assert "tlsmend run" in r.stdout, "how they are told apart"


@pytest.mark.parametrize("text", ["alert 3", "curl 999", "error:", "12345", "0A", "\x1b[2J", "a" * 70000])
def test_not_known(tlsmend, text):
    r = tlsmend("explain", "-", input=text, stdin=None)
    assert r.returncode == 2 and "\x1b" not in r.stderr and len(r.stderr) < 80000
