# SPDX-License-Identifier: ISC
"""What the client does not check: told once, and only when it really went on. What its own callback refuses: told as that."""
import re
import ssl

import pytest

from clients.table import DEBIAN_PYTHON, HERE
from lib import pki as pki_module
from lib.run import check_records, only_failure

HOST = "legacy.test"


def qt(kind, how):
    return lambda port, *ca: [DEBIAN_PYTHON, HERE / "qt.py", kind, how, HOST, port, *ca]


def perl(how):
    return lambda port, *ca: ["perl", HERE / "verify_callback.pl", how, HOST, port, *ca]


def pyopenssl(how):
    return lambda port, *ca: [DEBIAN_PYTHON, HERE / "verify_callback.py", how, HOST, port, *ca]


def python(*options):
    return lambda port, *ca: [DEBIAN_PYTHON, HERE / "connect.py", HOST, port, *options, *(["--ca", *ca] if ca else [])]


def curl(*options):
    return lambda port, *ca: ["curl", "-sS", "-m", "20", *options, *(["--cacert", *ca] if ca else []),
                              "https://%s:%s/" % (HOST, port)]  # fmt: skip


def undated(answer):
    return re.sub("(?m)^Date: .*$", "Date:", answer)


def equal(run, argv):
    """With and without the library the same; the run with it."""
    before, after = run(argv, library=False), run(argv)
    assert (after.code, undated(after.out), after.err) == (before.code, undated(before.out), before.err)
    return check_records(after)


def symbols(record):
    return [w.split()[0] for w in record.get("waived", [])]


# ---- errors that a callback waives -------------------------------------------------------------------------
WAIVING = {
    "qt-socket": qt("socket", "ignore"), "qt-manager": qt("manager", "ignore"),
    "perl": perl("yes"), "pyopenssl": pyopenssl("yes"),
}  # fmt: skip


@pytest.mark.cause("error-waived")
@pytest.mark.parametrize("client", WAIVING.values(), ids=list(WAIVING))
def test_waived_and_went_on(run, sites, client):
    port, identity = sites.https(HOST)
    after = equal(run, client(port))
    assert after.code == 0 and "hello from" in after.out
    record = only_failure(after, ("error-waived",), HOST, port, identity.sha256, ("verify_ignored",))
    assert record["code"] == 20
    assert symbols(record)[0] == "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
    assert any("grounds of its own" in n for n in record["notes"])


@pytest.mark.cause("error-waived")
@pytest.mark.parametrize("client", WAIVING.values(), ids=list(WAIVING))
def test_expired_waived(run, sites, pki, client):
    port, _ = sites.variant("expired")
    after = equal(run, client(port, pki.root_pem))
    record = only_failure(after, ("error-waived",), HOST, port, None, ("verify_ignored",))
    assert (record["code"], symbols(record)) == (10, ["X509_V_ERR_CERT_HAS_EXPIRED"])
    assert "ExtraCAFile" not in str(record["help"])


STOPPING = {
    "qt-socket": qt("socket", "stop"), "qt-manager": qt("manager", "stop"), "pyopenssl": pyopenssl("collect"),
}  # fmt: skip


@pytest.mark.parametrize("client", STOPPING.values(), ids=list(STOPPING))
def test_collected_and_stopped(run, sites, client):
    """The handshake was completed, and the client did not go on: a failure, and nothing was ignored."""
    port, identity = sites.https(HOST)
    after = equal(run, client(port))
    assert after.code == 1
    record = only_failure(after, ("issuer-unknown",), HOST, port, identity.sha256)
    assert record["enforced"] is False
    assert any("before the program sent anything" in n for n in record["notes"])


EVERY = {**{k + "-waiving": v for k, v in WAIVING.items()}, **{k + "-stopping": v for k, v in STOPPING.items()}}


@pytest.mark.parametrize("client", EVERY.values(), ids=list(EVERY))
def test_nothing_to_tell(run, sites, pki, client):
    port, _ = sites.https(HOST)
    after = equal(run, client(port, pki.root_pem))
    assert after.code == 0 and "hello from" in after.out and after.log == ""


@pytest.mark.parametrize("client", STOPPING.values(), ids=list(STOPPING))
def test_unchecked_client_is_mended_quietly(run, sites, pki, client):
    port, _ = sites.https(HOST)
    after = run(client(port), extra_ca={HOST: pki.root_pem})
    assert after.code == 0 and "hello from" in after.out and after.events == ["mended"]


# ---- what a callback refuses -------------------------------------------------------------------------------
REFUSING = {"perl": perl("no"), "pyopenssl": pyopenssl("no"), "pyopenssl-raising": pyopenssl("raise")}


@pytest.mark.cause("client-refused")
@pytest.mark.parametrize("client", REFUSING.values(), ids=list(REFUSING))
def test_good_chain_refused(run, sites, pki, client):
    port, _ = sites.https(HOST)
    after = equal(run, client(port, pki.root_pem))
    assert after.code == 1
    record = only_failure(after, ("client-refused",), HOST, port)
    assert record["enforced"] and record["depth"] == 2 and "waived" not in record


@pytest.mark.parametrize("client", REFUSING.values(), ids=list(REFUSING))
def test_bad_chain_refused(run, sites, client):
    port, _ = sites.https(HOST)
    assert only_failure(equal(run, client(port)), ("issuer-unknown",), HOST, port)["enforced"]


@pytest.mark.parametrize("certificate, cause", [("good", "issuer-unknown"), ("expired", "expired")])
def test_bad_chain_left(run, sites, pki, certificate, cause):
    """`die` in Perl's callback leaves OpenSSL for good, which then never ends the handshake by itself."""
    port, _ = sites.https(HOST) if certificate == "good" else sites.variant(certificate)
    after = equal(run, perl("leave")(port, *([] if certificate == "good" else [pki.root_pem])))
    assert after.code != 0 and only_failure(after, (cause,), HOST, port)["enforced"]


def test_good_chain_left_alone(run, sites, pki):
    port, _ = sites.https(HOST)
    assert equal(run, perl("leave")(port, pki.root_pem)).records == []


# ---- verification switched off -----------------------------------------------------------------------------
OFF = {"curl": curl("-k"), "python": python("--no-verify"), "perl": perl("off")}


@pytest.mark.cause("verification-off")
@pytest.mark.parametrize("client", OFF.values(), ids=list(OFF))
def test_verification_off(run, sites, client):
    port, identity = sites.https(HOST)
    after = equal(run, client(port))
    assert after.code == 0
    record = only_failure(after, ("verification-off",), HOST, port, identity.sha256, ("verify_ignored",))
    assert record["code"] == 20 and "waived" not in record


def test_verification_off_and_good(run, sites, pki):
    port, _ = sites.https(HOST)
    assert equal(run, perl("off")(port, pki.root_pem)).log == ""


def leaves_at_once(connection, identity):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.chain, identity.key)
    # what the client sees first is the end, and not a reset by the keys that it is about to send
    with context.wrap_socket(connection, server_side=True) as tls:
        tls.unwrap()


SHOWS_RESULT = ["openssl", "s_client", "-quiet", "-servername", HOST, "-connect"]


def test_server_that_leaves_a_client_which_insists_on_nothing(run, servers, pki):
    """It shows the result, and waits; that the server ends the connection is no refusal of the client's."""
    port = servers.odd("127.0.0.2", leaves_at_once, pki.identity("leaves", pki_module.issue(HOST, pki.intermediate, names=[HOST])))
    done = run(["sh", "-c", 'sleep 1 | "$@"', "sh", *SHOWS_RESULT, f"{HOST}:{port}"])
    assert "unable to get local issuer" in done.err and done.log == "", done


# ---- names that are not checked ----------------------------------------------------------------------------
NAMELESS = {
    "python": python("--no-names"), "perl": perl("nameless"), "pyopenssl": pyopenssl("yes"),
}  # fmt: skip


@pytest.fixture(scope="module")
def elsewhere(servers, pki):
    """A server with a good certificate for another host."""
    leaf = pki_module.issue("elsewhere.test", pki.intermediate, names=["elsewhere.test"])
    identity = pki.identity("elsewhere", leaf, pki.intermediate)
    return servers.nginx([("127.0.0.2", [HOST], identity, "")])[0], identity


@pytest.mark.cause("name-not-checked")
@pytest.mark.parametrize("client", NAMELESS.values(), ids=list(NAMELESS))
def test_name_not_checked(run, elsewhere, pki, client):
    port, identity = elsewhere
    after = equal(run, client(port, pki.root_pem))
    assert after.code == 0
    record = only_failure(after, ("name-not-checked",), HOST, port, identity.sha256, ("verify_ignored",))
    assert (record["expected"], record["presented"]) == (HOST, "elsewhere.test")
    assert not any(line.startswith("then") for line in record["help"])


@pytest.mark.parametrize("client", [qt("socket", "stop"), curl()], ids=["qt", "curl"])
def test_name_checked_by_the_client_itself(run, elsewhere, pki, client):
    """Qt looks at the name after the handshake, without OpenSSL."""
    port, _ = elsewhere
    after = equal(run, client(port, pki.root_pem))
    assert after.code != 0
    only_failure(after, ("name-mismatch",), HOST, port)


def test_name_checked_by_common_name(run, sites, pki):
    """Qt takes the common name where subjectAltName says otherwise; it is not said that it checks nothing."""
    port, identity = sites.variant("wrong-name")
    after = equal(run, qt("socket", "stop")(port, pki.root_pem))
    assert after.code == 0
    record = only_failure(after, ("name-not-checked",), HOST, port, identity.sha256, ("verify_ignored",))
    assert "does not check" not in record["message"] and any("common name" in n for n in record["notes"])
