# SPDX-License-Identifier: ISC
"""Clients that verify nothing and load no CA certificate: the record is about what this machine's CA certificates would have found."""
import pytest

from clients.table import DEBIAN_PYTHON
from lib.pki import DAY, issue, now

from .conftest import HOST, UNVERIFIED

GIVEN = """
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[3])
context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2]))), server_hostname=sys.argv[1])
"""
CLIENTS_OFF = {
    "curl": lambda port: ["curl", "-k", "-sS", "-m", "20", "https://%s:%d/" % (HOST, port)],
    "python": lambda port: [DEBIAN_PYTHON, "-c", UNVERIFIED, HOST, port],
}
clients = pytest.mark.parametrize("client", CLIENTS_OFF.values(), ids=list(CLIENTS_OFF))


@pytest.fixture
def machine(run, pki):
    """machine(argv, *roots): run where the system's bundle holds these, and a root that nobody asks for."""
    other = issue("Some Public Root", ca=True)

    def ran(argv, *roots):
        bundle = run.write("bundle.crt", b"".join(c.pem for c in (other, *roots)))
        return run(argv, overlays={"/etc/ssl/certs": {"ca-certificates.crt": bundle}})

    return ran


def wrong(pki, what):
    """What is presented."""
    if what == "expired":
        return issue(HOST, pki.intermediate, names=[HOST], not_before=now() - 90 * DAY, not_after=now() - DAY), pki.intermediate
    if what == "name-mismatch":
        return issue("elsewhere.test", pki.intermediate, names=["elsewhere.test"]), pki.intermediate
    if what == "wrong-purpose":
        return issue(HOST, pki.intermediate, names=[HOST], purposes=("client",)), pki.intermediate
    return issue(HOST, pki.intermediate, names=[HOST]), pki.intermediate


@clients
def test_nothing_is_wrong(machine, show, pki, client):
    done = machine(client(show(*wrong(pki, None)).port), pki.root)
    assert done.code == 0 and done.log == "", done


@pytest.mark.cause("verification-off")
@clients
@pytest.mark.parametrize("what", ["expired", "name-mismatch", "wrong-purpose"])
def test_fault_that_the_systems_trust_would_find(machine, show, pki, client, what):
    done = machine(client(show(*wrong(pki, what)).port), pki.root)
    [record] = done.records
    assert (record["event"], record["cause"]) == ("verify_ignored", "verification-off")
    assert record["why"].startswith("it would have failed (%s): " % what), record["why"]
    assert "ExtraCAFile" not in str(record["help"]) and "bundle" not in str(record["help"])


@pytest.mark.cause("verification-off")
@clients
@pytest.mark.parametrize("sent, found", [("leaf", "issuer-unknown"), ("chain", "issuer-unknown"), ("all", "untrusted-root"),
                                         ("self-signed", "self-signed")])  # fmt: skip
def test_private_ca(machine, show, pki, client, sent, found):
    chain = {"leaf": [issue(HOST, pki.root, names=[HOST])], "chain": wrong(pki, None), "all": [*wrong(pki, None), pki.root],
             "self-signed": [issue(HOST, names=[HOST])]}[sent]  # fmt: skip
    done = machine(client(show(*chain).port))
    [record] = done.records
    assert (record["event"], record["cause"]) == ("verify_ignored", "verification-off")
    assert record["why"].startswith("it would have failed (%s): " % found), record["why"]
    assert "in no bundle of CA certificates of this machine" in record["why"]
    text = str(record["help"])
    assert "install the package" not in text and "SSL_CERT_FILE" not in text and "this client loaded" not in text
    assert "EnforceVerification = yes" in text


@pytest.mark.cause("root-missing-here")
@pytest.mark.parametrize("client", ["curl", "python"])
def test_what_somebody_gave_is_not_replaced_by_the_bundle(machine, show, pki, run, client):
    port, given = show(*wrong(pki, None)).port, run.write("given.pem", issue("Given Root", ca=True).pem)
    argv = {"curl": ["curl", "-sS", "-m", "20", "--cacert", given, "https://%s:%d/" % (HOST, port)],
            "python": [DEBIAN_PYTHON, "-c", GIVEN, HOST, port, given]}[client]  # fmt: skip
    done = machine(argv, pki.root)
    [record] = done.records
    assert record["cause"] == "root-missing-here"
    assert "somebody gave this client other CA certificates" in record["help"][0]
    assert "point the client" not in record["help"][0]
