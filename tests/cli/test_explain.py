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
def read_table(name):
    """The file with its families of causes written out."""
    families = re.findall(r'^#define (\w+)\s+((?:.*\\\n)*.*)$', (TREE / "shim/cli/explain/explain.h").read_text(), re.M)
    text = (TREE / "shim/cli/explain" / name).read_text()
    known = {}
    for family, words in families:
        if '"' in words:
            known[family] = re.sub(r'\\\n|"\s*"', "", words)
    for family in reversed(list(known)):
        for other in known:
            known[family] = known[family].replace(other + " ", known[other] + " ") if other != family else known[family]
    for family, words in known.items():
        text = re.sub(r"(?<=[( ])%s\b(?=[ )])" % family, lambda m, w=words: w.strip(), text)
    return re.sub(r'" "', "", text)


def sayings():
    text = read_table("sayings.def")
    found = re.findall(r'^(?:SAYING|VAGUE)\("((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)", (\w+)\((.*?)\), "((?:[^"\\]|\\.)*)"\)$', text, re.M)
    assert len(found) > 400 and len(found) == text.count("\nSAYING(") + text.count("\nVAGUE(")
    return [tuple(re.sub(r"\\(.)", r"\1", x) for x in f) for f in found]


def expected_causes(kind, what):
    numbers = read_table("numbers.def")
    if kind == "CAUSES":
        return set(what.replace('"', " ").split())
    if kind == "ALERT":
        return {w for words in re.findall(r'^(?:SENT|OWN)\(%s, "(.*)"\)' % what, numbers, re.M) for w in words.split()}
    if kind == "CURL":
        return set(re.search(r'^CURL\(%s, .*"(.*)"\)' % what, numbers, re.M)[1].split())
    line = re.search(r"^CODE\(%s, .*\b([A-Z_]+)\)" % what, (TREE / "shim/vocabulary/codes.def").read_text(), re.M)
    return {line[1].lower().replace("_", "-")}


@pytest.mark.parametrize("whose, pattern, kind, what, example", sayings(), ids=lambda x: x[:40])
def test_saying(tlsmend, whose, pattern, kind, what, example):
    """Each line of the table with the message that it is for, from the command line and pasted with more around it."""
    r = tlsmend("explain", "--", example)
    first = r.stdout.splitlines()[0]
    if kind != "ALERT" or not first.startswith("alert "):
        assert r.returncode == 0 and first == '"%s": words of %s' % (pattern, whose), first
    expected = expected_causes(kind, what)
    assert expected and expected <= causes_behind(r.stdout), r.stdout
    again = tlsmend("explain", "-", input="some output\n\n  %s\n and more\n" % example.replace(" ", "\n", 1).upper(), stdin=None)
    assert again.returncode == 0 and again.stdout == r.stdout


def test_causes_of_the_tables_exist():
    for name in ("sayings.def", "numbers.def", "systems.def"):
        text = read_table(name)
        lines = re.findall(r'^(?:SENT|OWN|REASON|CURL|SYSTEM_CAUSES)\(.*?"([a-z -]+)"\)$|CAUSES\("([a-z -]+)"\), "', text, re.M)
        used = {w for words in lines for x in words for w in x.split()}
        assert used and used <= set(WORDS), used - set(WORDS)


def test_reasons_that_tell_a_cause():
    """Whatever a record makes of a reason, who looks up its number is told too."""
    told = dict(re.findall(r'^REASON\((\d+), "(.*)"\)$', read_table("numbers.def"), re.M))
    known = re.findall(r"^REASON\((\d+), \w+, (\w+)\)", (TREE / "shim/diagnose/reasons.def").read_text(), re.M)
    assert len(known) >= 20
    assert [number for number, cause in known if cause.lower().replace("_", "-") not in told.get(number, "").split()] == []


def systems():
    text = read_table("systems.def")
    found = re.findall(r'^SYSTEM_(CAUSES|ALERT)\("\w+", "([^"]+)", "([^"]+)", (.*)\)$', text, re.M)
    assert len(found) == text.count("\nSYSTEM_") > 50
    return found


def test_windows_and_macos(tlsmend):
    """Each by its number and its symbol, alone and in a text; with one digit more it is another number."""
    for kind, number, symbol, what in systems():
        for text in (number, "it failed: %s here" % symbol, "OSStatus %s." % number.lower()):
            r = tlsmend("explain", text)
            assert r.returncode == 0 and r.stdout.startswith("%s: %s of " % (number, symbol)), r
            assert expected_causes(kind, what) <= causes_behind(r.stdout), r.stdout
        assert tlsmend("explain", "it failed: %s1" % number).returncode == 2


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
def test_numbers_have_their_causes(tlsmend, words, first, causes):
    r = tlsmend("explain", *words)
    assert r.returncode == 0 and r.stdout.startswith(first), r.stdout
    assert causes <= causes_behind(r.stdout), r.stdout
    if len(causes) > 1:
        assert "tlsmend run" in r.stdout, "how they are told apart"


def test_each_meaning_has_its_heading(tlsmend):
    out = tlsmend("explain", "60").stdout
    assert [line for line in out.splitlines() if line.startswith("----")] == ["---- code 60", "---- alert 60", "---- curl 60"]


@pytest.mark.parametrize("text", ["alert 3", "curl 999", "error:", "12345", "0A", "\x1b[2J", "a" * 70000])
def test_not_known(tlsmend, text):
    r = tlsmend("explain", "-", input=text, stdin=None)
    assert r.returncode == 2 and "\x1b" not in r.stderr and len(r.stderr) < 400


@pytest.mark.long
def test_unknown_message(tlsmend):
    """It is not repeated as a whole, and how the cause comes out is said."""
    r = tlsmend("explain", "-", input="\n  it broke\n" + "x509: certificate is valid for a " * 2000, stdin=None)
    assert r.returncode == 2 and r.stdout == "" and "nothing is known in 'it broke'" in r.stderr and "tlsmend run CLIENT" in r.stderr


# ---- as they come: codes, reasons and alerts in the words of those who print them --------------------------------------------
@pytest.mark.parametrize("cause, text", [
    ("expired", "curl: (60) SSL certificate problem: certificate has expired"),
    ("issuer-unknown", "upstream SSL certificate verify error: (20:unable to get local issuer certificate) while SSL handshaking to upstream"),
    ("strict-profile", "certificate verify failed: Missing Authority Key Identifier (_ssl.c:1028)"),
    ("address-mismatch", "certificate verify failed: IP address mismatch, certificate is not valid for '10.0.0.5'."),
    ("issuer-unknown", "AH02039: Certificate Verification: Error (20)"),
    ("untrusted-root", "The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot"),
    ("crl-unavailable", "errors in the certificate chain: RevocationStatusUnknown, OfflineRevocation"),
    ("name-mismatch", "according to the validation procedure: RemoteCertificateNameMismatch, RemoteCertificateChainErrors"),
    ("expired", "QSslError: The certificate has expired"),
    ("not-tls", "write EPROTO 140514843732488:error:1408F10B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/record.c:332:"),
    ("not-tls", "ERR_SSL_WRONG_VERSION_NUMBER"),
    ("legacy-renegotiation", "OpenSSL.SSL.Error: [('SSL routines', '', 'unsafe legacy renegotiation disabled')]"),
    ("client-certificate-missing", "error:0A0000C7:SSL routines::peer did not return a certificate"),
    ("dh-key-small", "14082174"), ("dh-key-small", "error:141A318A:SSL routines:tls_process_ske_dhe:dh key too small"),
    ("client-certificate-rejected", "TLSv1.3 (IN), TLS alert, unknown CA (560):"), ("expired", "TLSv1.2 (IN), TLS alert, certificate expired (557):"),
    ("handshake-refused", "*** Received alert [40]: Handshake failed"), ("handshake-refused", "SSL3 alert read:fatal:handshake failure"),
    ("client-certificate-rejected", "Alert (Level: Fatal, Description: Unknown CA)"), ("client-too-old", "received fatal alert: ProtocolVersion"),
    ("client-too-old", "Authentication failed because the remote party sent a TLS alert: 'ProtocolVersion'."),
    ("issuer-unknown", "TLS client: In state certify at ssl_handshake.erl:1901 generated CLIENT ALERT: Fatal - Unknown CA"),
    ("handshake-refused", "The TLS protocol defined fatal alert code is 40."), ("no-common-alpn", "remote error: tls: no application protocol"),
    ("client-certificate-missing", "SSL error: sslv3 alert certificate required"), ("issuer-unknown", "CURLE_SSL_CACERT"),
    ("file-missing", "failed with CURLE_SSL_CACERT_BADFILE"), ("handshake-refused", "cURL error 35"), ("issuer-unknown", "CURLcode 60"),
    ("weak-digest", "certificate verify failed: CA md too weak"), ("issuer-unknown", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
])  # fmt: skip
def test_as_it_comes(tlsmend, cause, text):
    r = tlsmend("explain", "-", input=text.replace('\\\\"', '"'), stdin=None)
    assert r.returncode == 0 and cause in causes_behind(r.stdout), r


@pytest.mark.parametrize("text", ["an alert citizen", "None", "the certificate", "Revoked licence", "error 7", "curl", "out of memory", "ssl", "alert: 3 new mails",
                                  "verify your address", "unknown certificate verification error"])  # fmt: skip
def test_everyday_words(tlsmend, text):
    """Nothing is read into them."""
    assert tlsmend("explain", "--", "it says: " + text).returncode == 2
