# SPDX-License-Identifier: ISC
""".NET: the cause, and the words that .NET itself has for it. The program prints what .NET told it (tests/clients/dotnet), and the
record must say the same. Several hosts share one process, since each start costs."""
import datetime
import http.server
import json
import re
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from clients.table import missing
from lib import dotnet, pki as pki_module
from lib.run import HOSTS, check_records

HOST = "legacy.test"
CHAIN, NAME = "RemoteCertificateChainErrors", "RemoteCertificateNameMismatch"
ANY_PURPOSE = (x509.ExtendedKeyUsageOID if hasattr(x509, "ExtendedKeyUsageOID") else x509.oid.ExtendedKeyUsageOID).ANY_EXTENDED_KEY_USAGE


@pytest.fixture(scope="module", autouse=True)
def installed():
    reason = missing("dotnet")
    if reason:
        pytest.skip("dotnet: " + reason)


def _eku(oid):
    value = x509.ExtendedKeyUsage([oid]).public_bytes()
    return [(x509.oid.ExtensionOID.EXTENDED_KEY_USAGE, value, False)]


def _chain(pki, issuer, *presented, names=(HOST,), **how):
    leaf = pki_module.issue(names[0], issuer, names=names, **how)
    return [leaf, *presented]


def _more(pki):
    """Identities beyond lib/pki.py's VARIANTS: what is presented, leaf first."""
    other = pki_module.issue("Stranger Issuing CA", pki.stranger, ca=True)
    client_ca = pki_module.issue("CA for clients only", pki.intermediate_of_any_length, ca=True, extra=_eku(x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH))
    past = {"not_before": pki_module.now() - 90 * pki_module.DAY, "not_after": pki_module.now() - pki_module.DAY}
    return {
        "good": _chain(pki, pki.intermediate, pki.intermediate),
        "any-purpose": _chain(pki, pki.intermediate, pki.intermediate, purposes=(), extra=_eku(ANY_PURPOSE)),
        "by-address": _chain(pki, pki.intermediate, pki.intermediate, names=(HOST, HOSTS[HOST])),
        "self-signed": [pki_module.issue(HOST, names=[HOST])],
        "untrusted-root": _chain(pki, pki.stranger, pki.stranger),
        "issuer-unknown": _chain(pki, other, other),
        "leaf-only": _chain(pki, other, ca_issuers="http://127.0.0.1:9/issuing-ca.crt"),
        "untrusted-and-expired": _chain(pki, pki.stranger, pki.stranger, **past),
        "untrusted-and-wrong-name": _chain(pki, pki.stranger, pki.stranger, names=("elsewhere.test",)),
        "untrusted-and-wrong-purpose": _chain(pki, pki.stranger, pki.stranger, purposes=("client",)),
        "wrong-name-and-purpose": _chain(pki, pki.intermediate, pki.intermediate, names=("elsewhere.test",), purposes=("client",)),
        "ca-for-clients": _chain(pki, client_ca, client_ca, pki.intermediate_of_any_length),
    }  # fmt: skip


@pytest.fixture(scope="module")
def hosts(pki, servers, sites):
    """{label: "HOST:PORT"}: every way to be wrong, for a client that has the root."""
    pki.intermediate_of_any_length = pki_module.issue("tlsmend Test CA for CAs", pki.root, ca=True)
    more = {n: pki.identity("dotnet-" + n, *chain) for n, chain in _more(pki).items()}
    tls12 = {"tls12": (more["good"], "ssl_protocols TLSv1.2;")}
    http2 = {"http2": (more["good"], "http2 on;" if _nginx_is_new() else "")}
    every = {**{n: (i, "") for n, i in more.items()}, **tls12, **http2}
    ports = servers.nginx([(HOSTS[HOST], [HOST], identity, extra) for identity, extra in every.values()])
    found = {n: "%s:%d" % (HOST, port) for n, port in zip(every, ports)}
    found.update({n: "%s:%d" % (HOST, sites.variant(n)[0]) for n in pki_module.VARIANTS})
    found["other"] = "other.test:%d" % sites.https("other.test")[0]
    return found


def _nginx_is_new():
    return False


class Answer:
    """What .NET said of one connection, and the records about it."""

    def __init__(self, said, records):
        self.errors = said["errors"]
        self.status, self.message, self.answer = said["status"], said["message"], said["answer"]
        self.records = records

    @property
    def record(self):
        assert len(self.records) == 1, self.records
        return self.records[0]

    @property
    def words(self):
        """(SslPolicyErrors, X509ChainStatusFlags) of the record's note."""
        note = next(n for n in self.record["notes"] if n.startswith("in .NET: "))
        name, flags = re.fullmatch(r"in \.NET: (%s)?(?:; )?(?:(.*) \(%s\))?" % (NAME, CHAIN), note).groups()
        return {w for w in (name, CHAIN if flags else None) if w}, set(flags.split(", ") if flags else [])

    @property
    def sentence(self):
        return next(n for n in self.record["notes"] if n.startswith(".NET's exception")).split('"')[1]


def each(run, pki, hosts, kind, *labels, **how):
    specs = ["%s=%s" % (kind, hosts[n]) for n in labels]
    how.setdefault("env", {})["SSL_CERT_FILE"] = pki.root_pem
    done = check_records(run(["dotnet", dotnet.build(), "each", *specs], timeout=60, **how))
    assert done.code == 0 and done.err == ""
    said = [json.loads(line) for line in done.out.splitlines()]
    assert [s["spec"] for s in said] == specs
    told = {n: [r for r in done.records if "%s:%s" % (r.get("host", r.get("address")), r.get("port")) == hosts[n].split("/")[0]] for n in labels}
    assert sum(map(len, told.values())) == len(done.records), "a record about no host of these"
    return {n: Answer(s, told[n]) for n, s in zip(labels, said)}


CAUSES = {
    "expired": "expired",
    "expired-intermediate": "expired",
    "not-yet-valid": "not-yet-valid",
    "wrong-name": "name-mismatch",
    "wrong-purpose": "wrong-purpose",
    "bad-signature": "bad-signature",
    "malformed-extension": "malformed-certificate",
    "duplicate-extension": "malformed-certificate",
    "path-length": "path-length",
    "name-constraint": "name-constraint",
    "not-a-ca": "not-a-ca",
    "unknown-critical": "unknown-critical-extension",
    "self-signed": "self-signed",
    "untrusted-root": "untrusted-root",
    "issuer-unknown": "issuer-unknown",
    "leaf-only": "intermediate-not-sent",
    "untrusted-and-expired": "untrusted-root",
    "untrusted-and-wrong-name": "untrusted-root",
    "untrusted-and-wrong-purpose": "untrusted-root",
    "wrong-name-and-purpose": "wrong-purpose",
    "ca-for-clients": "wrong-purpose",
    "any-purpose": "wrong-purpose",
}
# .NET takes the CN, and leaves the strength of keys to libssl, which does not look while verification is off.
GOOD = ["good", "no-san", "weak-key", "weak-digest", "tls12", "other"]


def marked(test):
    for cause in set(CAUSES.values()):
        test = pytest.mark.cause(cause)(test)
    return test


@marked
def test_the_record_says_what_dotnet_says(run, pki, hosts):
    """The callback notes what .NET told it, and refuses."""
    answers = each(run, pki, hosts, "stream-no", *CAUSES, *GOOD)
    for name in GOOD:
        assert answers[name].errors == "None" and answers[name].records == [], name
    for name, cause in CAUSES.items():
        a = answers[name]
        assert a.record["event"] == "verify_failed" and a.record["cause"] == cause, name
        assert a.words == (set(a.errors.split(", ")), set(a.status)), name


@marked
def test_the_record_quotes_the_exception(run, pki, hosts):
    answers = each(run, pki, hosts, "stream", *CAUSES, *GOOD)
    for name in GOOD:
        assert answers[name].answer and answers[name].records == [], name
    for name, cause in CAUSES.items():
        a = answers[name]
        assert a.record["event"] == "verify_failed" and a.record["cause"] == cause, name
        assert a.record["enforced"] is True or "code" not in a.record
        assert a.sentence == a.message, name


@pytest.mark.parametrize("kind", ["stream-yes", "http-yes"])
@pytest.mark.cause("error-waived")
@pytest.mark.cause("name-not-checked")
def test_a_callback_that_says_yes(run, pki, hosts, kind):
    for name, a in each(run, pki, hosts, kind, *CAUSES, *GOOD).items():
        assert a.answer, name
        if name in GOOD:
            assert a.records == [], name
            continue
        assert a.record["event"] == "verify_ignored" and a.record["level"] == "warning", name
        assert a.record["cause"] == ("name-not-checked" if a.errors == NAME else "error-waived"), name
        assert a.words == (set(a.errors.split(", ")), set(a.status)), name
