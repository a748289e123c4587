# SPDX-License-Identifier: ISC
""".NET: the cause, and the words that .NET itself has for it. The program prints what .NET told it (tests/clients/dotnet), and the
record must say the same. Several hosts share one process, since each start costs."""
import contextlib
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
from lib.ports import free_port
from lib.run import HOSTS, check_records
from lib.servers import closes_early, greets_as_smtp, resets, speaks_http

HOST = "legacy.test"
CHAIN, NAME = "RemoteCertificateChainErrors", "RemoteCertificateNameMismatch"
ANY_PURPOSE = x509.oid.ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE


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
        "leaf-only": _chain(pki, other, ca_issuers="http://127.0.0.1:9/issuing-ca.crt", extra=[pki_module.PUBLIC_CA]),
        "untrusted-and-expired": _chain(pki, pki.stranger, pki.stranger, **past),
        "root-twice": _chain(pki, pki.stranger, pki.stranger, pki.stranger),
        "root-sent": _chain(pki, pki.intermediate, pki.intermediate, pki.root),
        "expired-and-wrong-name": _chain(pki, pki.intermediate, pki.intermediate, names=("elsewhere.test",), **past),
        "bad-signature-and-wrong-name": _chain(pki, pki.intermediate, pki.intermediate, names=("elsewhere.test",), break_signature=True),
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
    http2_port = free_port(HOSTS[HOST])
    http2 = {"http2": (more["good"], "listen %s:%d ssl http2;" % (HOSTS[HOST], http2_port))}
    resumes = {"resumes": (more["good"], "location = /reused { return 200 $ssl_session_reused; }")}
    every = {**{n: (i, "") for n, i in more.items()}, **tls12, **http2, **resumes}
    ports = servers.nginx([(HOSTS[HOST], [HOST], identity, extra) for identity, extra in every.values()])
    found = {n: "%s:%d" % (HOST, port) for n, port in zip(every, ports)}
    found.update({n: "%s:%d" % (HOST, sites.variant(n)[0]) for n in pki_module.VARIANTS})
    found["http2"] = "%s:%d" % (HOST, http2_port)
    for name in ("good", "by-address"):
        found["address of " + name] = found[name].replace(HOST, HOSTS[HOST])
    found["other"] = "other.test:%d" % sites.https("other.test")[0]
    return found


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


def each(run, pki, hosts, kind, *labels, ca=None, **how):
    specs = ["%s=%s" % (kind, hosts[n]) for n in labels]
    how.setdefault("env", {})["SSL_CERT_FILE"] = ca or pki.root_pem
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
    "root-twice": "untrusted-root",
    "expired-and-wrong-name": "name-mismatch",
    "bad-signature-and-wrong-name": "bad-signature",
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
        assert "waived" not in a.record


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


@pytest.mark.parametrize("kind", ["stream-root", "stream-sent-root", "stream-custom-root"])
def test_a_callback_that_knows_its_root(run, pki, hosts, kind):
    """... and asks for a chain that may end anywhere: what it finds at its root is good, and what is wrong besides is told."""
    expected = {"good": None, "root-sent": None, "wrong-name": "name-mismatch", "expired": "expired", "untrusted-root": "untrusted-root"}
    ca = pki.write("dotnet-other-root.pem", pki_module.issue("nobody.test", ca=True).pem)
    for name, a in each(run, pki, hosts, kind, *expected, ca=ca, env={"CLIENT_ROOT": str(pki.root_pem)}).items():
        assert bool(a.answer) == (expected[name] is None) and CHAIN in a.errors, name
        assert [(r["event"], r["cause"]) for r in a.records] == ([("verify_failed", expected[name])] if expected[name] else []), name


@pytest.mark.cause("address-mismatch")
def test_an_address(run, pki, hosts):
    """.NET sends no name where it was asked for an address."""
    answers = each(run, pki, hosts, "stream-no", "address of good", "address of by-address")
    assert answers["address of by-address"].errors == "None" and not answers["address of by-address"].records
    a = answers["address of good"]
    assert (a.errors, a.record["event"], a.record["cause"]) == (NAME, "verify_failed", "address-mismatch")
    assert a.words == ({NAME}, set()) and a.record["expected"] == HOSTS[HOST]


def test_a_name_of_its_own(run, pki, hosts):
    """The name that counts is the one that the program asks for, not the one that it resolved."""
    where = {"asked": hosts["good"].replace(HOST, "other.test").replace("other.test", HOSTS[HOST]) + "/" + HOST,
             "wrong": hosts["good"] + "/elsewhere.test"}  # fmt: skip
    answers = each(run, pki, where, "stream-no", "asked")
    assert answers["asked"].errors == "None" and answers["asked"].records == []
    done = run(["dotnet", dotnet.build(), "each", "stream-no=" + where["wrong"]], env={"SSL_CERT_FILE": pki.root_pem})
    assert json.loads(done.out)["errors"] == NAME
    assert [(r["cause"], r["host"], r["expected"]) for r in done.records] == [("name-mismatch", "elsewhere.test", "elsewhere.test")]


def test_nobody_catches_the_exception(run, pki, hosts):
    """The program dies of it, and nothing is disposed of."""
    for name in ("untrusted-root", "wrong-name"):
        done = run(["dotnet", dotnet.build(), "abandon", *hosts[name].split(":")], env={"SSL_CERT_FILE": pki.root_pem})
        assert done.code == -6 and "AuthenticationException" in done.err
        assert [(r["event"], r["cause"]) for r in done.records] == [("verify_failed", CAUSES[name])]


@pytest.mark.parametrize("behaviour, why", [(resets, "was reset"), (closes_early, "was closed"), (None, "handed nothing of an answer")])
def test_a_handshake_that_nobody_disposes_of(run, servers, behaviour, why):
    """The process ends with other threads in it, so that OpenSSL cannot be asked any more: the socket that is still there tells."""
    ended = threading.Event()
    port = servers.odd(HOSTS[HOST], behaviour or (lambda connection, _: ended.wait(20)))
    done = run(["dotnet", dotnet.build(), "forget", HOST, port, "2"])
    ended.set()
    assert done.code == 1 and done.out.startswith("REFUSED ")
    check_records(done)
    assert [(r["event"], r["cause"], r["host"], r["port"]) for r in done.records] == [("handshake_failed", "closed-early", HOST, port)]
    assert why in done.records[0]["why"]


@pytest.mark.cause("not-tls")
@pytest.mark.parametrize("behaviour, size", [(speaks_http, 66), (greets_as_smtp, 21)], ids=["http", "smtp"])
def test_it_reads_an_answer_first(run, servers, behaviour, size):
    """What is no TLS never comes to OpenSSL; but it came."""
    port = servers.odd(HOSTS[HOST], behaviour)
    done = check_records(run(["dotnet", dotnet.build(), "get", "https://%s:%s/" % (HOST, port)]))
    assert [(r["event"], r["cause"], r["port"]) for r in done.records] == [("handshake_failed", "not-tls", port)]
    assert "the server's answer, %d bytes, was read by the client" % size in done.records[0]["why"]


def test_a_part_of_a_record_may_be_tls(run, servers):
    """It waited for the rest."""
    ended = threading.Event()

    def behaviour(connection, _):
        connection.recv(65536)
        connection.sendall(b"\x16\x03\x03\x10\x00" + bytes(100))
        ended.wait(20)

    port = servers.odd(HOSTS[HOST], behaviour)
    done = run(["dotnet", dotnet.build(), "forget", HOST, port, "3"])
    ended.set()
    check_records(done)
    assert [(r["event"], r["cause"], r["port"]) for r in done.records] == [("handshake_failed", "closed-early", port)]


def test_a_connection_that_is_open_when_the_program_ends(run, pki, hosts):
    """A callback accepted it, or it would not be open."""
    specs = ["stream-yes-open=" + hosts[n] for n in ("untrusted-root", "good")]
    done = run(["dotnet", dotnet.build(), "each", *specs], env={"SSL_CERT_FILE": pki.root_pem})
    assert done.out.count("True") == 2
    assert [(r["event"], r["cause"], r["host"]) for r in done.records] == [("verify_ignored", "error-waived", HOST)]


# ---- what works ---------------------------------------------------------------------------------------------------------
def test_good_connections_are_silent(run, pki, hosts):
    """40 requests one after the other (sessions are resumed), two hosts at once, HTTP/2, TLS 1.2."""
    urls = ["https://%s/reused" % hosts["resumes"]] * 20 + ["https://%s/" % hosts["tls12"], "https://%s/" % hosts["other"]] * 10
    done = run(["dotnet", dotnet.build(), "get", *urls], env={"SSL_CERT_FILE": pki.root_pem})
    assert done.code == 0 and done.out.count("OK ") == len(urls) and done.log == ""
    assert done.out.count("/reused r\n") >= 10
    for kind in ("http-yes", "stream"):
        answers = each(run, pki, hosts, kind, *["good", "tls12", "other"] * 4)
        assert all(a.answer and a.records == [] for a in answers.values())
    assert each(run, pki, hosts, "http2", "http2")["http2"].answer == "2.0 200"
    urls = ["https://%s/" % hosts[n] for n in ("good", "other", "tls12")]
    done = run(["dotnet", dotnet.build(), "parallel", 14, *urls], env={"SSL_CERT_FILE": pki.root_pem})
    assert done.code == 0 and done.out.count("OK ") == 42 and done.log == ""


def test_each_of_many_failures_at_once(run, pki, hosts):
    """Both hosts have their record, though their connections overlap; the good ones none."""
    names = ["untrusted-root", "wrong-name", "good", "other"]
    done = run(["dotnet", dotnet.build(), "parallel", 5, *("https://%s/" % hosts[n] for n in names)], env={"SSL_CERT_FILE": pki.root_pem})
    assert done.out.count("OK ") == 10
    told = {(r["host"], r["event"], r["cause"]) for r in done.records}
    assert told == {(HOST, "verify_failed", CAUSES[n]) for n in names[:2]}


# ---- revocation -----------------------------------------------------------------------------------------------------------
class Lists(http.server.BaseHTTPRequestHandler):
    lists = {}

    def do_GET(self):
        body = self.lists.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


def revocation_list(issuer, *revoked, age=0):
    now = pki_module.now() - datetime.timedelta(days=age)
    b = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject).last_update(now).next_update(now + 2 * pki_module.DAY)
    b = b.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False)
    b = b.add_extension(x509.CRLNumber(1), False)
    for c in revoked:
        serial = x509.load_der_x509_certificate(c.der).serial_number
        b = b.add_revoked_certificate(x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build())
    return b.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.fixture(scope="module")
def revocable(pki, servers, hosts):
    """{label: "HOST:PORT"}: certificates that say where their list is, which .NET then fetches."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lists)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def at(path):
        url = "http://127.0.0.1:%d%s" % (server.server_port, path)
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)
        return [(x509.oid.ExtensionOID.CRL_DISTRIBUTION_POINTS, x509.CRLDistributionPoints([point]).public_bytes(), False)]

    ca = pki_module.issue("CA with lists", pki.root, ca=True, extra=at("/root"))
    leaves = {n: pki_module.issue(HOST, ca, names=[HOST], extra=at("/old" if n == "old-list" else "/none" if n == "no-list" else "/ca"))
              for n in ("listed", "revoked", "old-list", "no-list")}  # fmt: skip
    Lists.lists = {"/root": revocation_list(pki.root), "/ca": revocation_list(ca, leaves["revoked"]), "/old": revocation_list(ca, age=9)}
    identities = [pki.identity("revocable-" + n, leaf, ca) for n, leaf in leaves.items()]
    leaves["root-sent"] = pki_module.issue(HOST, ca, names=[HOST], extra=at("/ca"))
    leaves["self-signed"] = pki_module.issue(HOST, names=[HOST])
    identities += [pki.identity("revocable-root", leaves["root-sent"], ca, pki.root), pki.identity("revocable-self", leaves["self-signed"])]
    ports = servers.nginx([(HOSTS[HOST], [HOST], i, "") for i in identities])
    with contextlib.closing(server.socket):
        yield {"self": leaves["self-signed"].pem, "no-address": hosts["good"], **{n: "%s:%d" % (HOST, port) for n, port in zip(leaves, ports)}}
        server.shutdown()
        thread.join(10)


@pytest.mark.long
@pytest.mark.cause("revoked")
@pytest.mark.cause("crl-unavailable")
def test_revocation_in_dotnet(run, pki, revocable):
    causes = {"revoked": "revoked", "no-address": "crl-unavailable", "no-list": "crl-unavailable", "old-list": "crl-invalid"}
    answers = each(run, pki, revocable, "stream-crl-no", "listed", *causes)
    assert answers["listed"].errors == "None" and answers["listed"].records == []
    for name, cause in causes.items():
        a = answers[name]
        assert (a.record["event"], a.record["cause"]) == ("verify_failed", cause), name
        assert a.words == (set(a.errors.split(", ")), set(a.status)), name
        assert not any("ExtraCAFile" in line or "OpenSSL does not fetch" in line for line in a.record["help"])


@pytest.mark.long
@pytest.mark.cause("untrusted-root")
@pytest.mark.cause("issuer-unknown")
def test_revocation_and_an_unknown_root(run, pki, revocable):
    """The lists are fetched by .NET once it has a chain, so that OpenSSL's lack of one is no obstacle: the rule that is proposed mends."""
    causes = {"listed": "issuer-unknown", "root-sent": "untrusted-root", "self-signed": "self-signed"}
    for name, a in each(run, pki, revocable, "stream-crl-no", *causes, ca=pki.stranger_pem).items():
        assert a.record["cause"] == causes[name]
        text = "\n".join(a.record["help"] + a.record["notes"])
        assert "ExtraCAFile" in text and "a further CA alone does not help" not in text, name
        assert ("revocation was left out of the trial" in text) is (name != "listed"), name
        assert "also wrong: the client demands a revocation list" not in text, name
        assert a.words == (set(a.errors.split(", ")), set(a.status)), name
    both = run.write("rule.pem", pki.root.pem + revocable["self"])
    rule = run.config((HOST, {"ExtraCAFile": both}))
    for name, a in each(run, pki, revocable, "stream-crl-no", *causes, ca=pki.stranger_pem, config=rule, settings={"TLSMEND_LOG_LEVEL": "error"}).items():
        assert a.errors == "None" and a.records == [], name


def test_no_list_and_another_fault(run, pki, hosts):
    """A list would not help: .NET collects what is wrong, and OpenSSL looks for lists first."""
    faults = ("expired", "wrong-name", "wrong-purpose", "untrusted-root", "expired-and-wrong-name")
    for kind in ("stream-crl-no", "stream-crl"):
        for name, a in each(run, pki, hosts, kind, *faults).items():
            assert (a.record["event"], a.record["cause"]) == ("verify_failed", CAUSES[name]), name
            assert sum("demands a revocation list" in n for n in a.record["notes"]) == (name != "untrusted-root"), name
            assert a.sentence == a.message if kind == "stream-crl" else a.words == (set(a.errors.split(", ")), set(a.status)), name


def test_a_callback_that_accepts_no_list_and_another_name(run, pki, hosts):
    """Of the lists nothing is said, as they may be known to the CA's responder."""
    (record,) = each(run, pki, hosts, "stream-crl-yes", "wrong-name")["wrong-name"].records
    assert (record["event"], record["cause"]) == ("verify_ignored", "name-not-checked")


@pytest.mark.long
def test_revocation_that_a_callback_accepts(run, pki, revocable):
    """Whether an unknown state was accepted or the CA's responder gave a good answer cannot be told: nothing is said."""
    for name, a in each(run, pki, revocable, "stream-crl-yes", "revoked", "listed", "no-address", "no-list").items():
        assert a.answer
        assert [(r["event"], r["cause"]) for r in a.records] == ([("verify_ignored", "error-waived")] if name == "revoked" else []), name
