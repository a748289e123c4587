# SPDX-License-Identifier: ISC
"""Whose fault is it? The key that signed says who the issuer is, and where a certificate is from says who mends it."""
import os

import pytest
from cryptography import x509

from clients.table import DEBIAN_PYTHON, SYSTEM_BUNDLE
from lib.pki import DAY, issue, now

from .conftest import HOST, Client, python, s_client
from .test_anchor import every_client, two_clients


# ---- the key, not the name -------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def renewed():
    """A root that was renewed with its old key, and a leaf that names the old one by its serial number."""

    class Renewed:
        former = issue("Renewed Root", ca=True)
        root = issue("Renewed Root", ca=True, key=former.key)
        leaf = issue(HOST, former, names=[HOST],
                     authority=x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(former.subject)], former.serial))  # fmt: skip

    return Renewed


@pytest.mark.cause("issuer-refused")
@every_client
def test_renewed_root_with_its_old_key(tell, run, show, renewed, client):
    store = run.write("ca.pem", renewed.root.pem)
    told = tell(client(show(renewed.leaf).port, store), "issuer-refused", renewed.leaf)
    assert "has to issue the server's certificate again" in told.help, "the CA's present certificate is what is refused"
    assert "get the CA's present certificate" not in told.help
    serial = "%X" % renewed.former.serial
    serial = "0" * (len(serial) % 2) + serial
    assert told.expected.endswith(serial) and told.presented.endswith("%X" % renewed.root.serial)
    assert "was signed by the key of the CA certificate \"Renewed Root\" (in " in told.text() and "%s)" % store in told.text()
    former = run.write("former.pem", renewed.former.pem)
    assert "serial number " + serial in told.help and "ExtraCAFile" in told.help
    assert run(client(show(renewed.leaf).port, store), extra_ca={HOST: former}).code == 0


@pytest.mark.cause("issuer-refused")
@two_clients
def test_rekeyed_root_is_told_from_it(tell, run, show, renewed, client):
    """The same serial numbers, but another key: then the CA's present certificate is what is wanted."""
    other = issue("Renewed Root", ca=True)
    told = tell(client(show(renewed.leaf).port, run.write("ca.pem", other.pem)), "issuer-refused", renewed.leaf)
    assert "get the CA's present certificate" in told.help and "issue the server's certificate again" not in told.help
    assert "its key did not sign" in told.text()


@pytest.mark.cause("issuer-refused")
@two_clients
def test_leaf_names_another_key_than_that_which_signed(tell, run, show, client):
    root = issue("Root with a key identifier", ca=True)
    leaf = issue(HOST, root, names=[HOST], authority=x509.AuthorityKeyIdentifier(b"\x11" * 20, None, None))
    told = tell(client(show(leaf).port, run.write("ca.pem", root.pem)), "issuer-refused", leaf)
    assert "has to issue the server's certificate again" in told.help and "ExtraCAFile" not in told.help
    assert told.expected.replace(":", "") == "11" * 20


@pytest.mark.cause("issuer-refused")
@two_clients
def test_issuer_is_called_otherwise(tell, show, pki, client):
    ca = issue("Example Issuing CA", pki.root, ca=True)
    other = issue("Example issuing CA, Ltd", pki.root, ca=True, key=ca.key)
    leaf = issue(HOST, other, names=[HOST])
    told = tell(client(show(leaf, ca).port, pki.root_pem), "issuer-refused", leaf)
    assert "Example Issuing CA" in told.presented and "issuer's exact name" in told.help and "ExtraCAFile" not in told.help


@pytest.mark.cause("issuer-unknown")
@every_client
@pytest.mark.parametrize("stored", [True, False])
def test_ca_and_server_of_one_name(tell, run, show, pki, client, stored):
    """As in old how-tos: OpenSSL takes the server's certificate for self-signed, and it is not."""
    ca = issue("One Name", ca=True)
    leaf = issue("One Name", ca, names=[HOST], key_identifiers=False)
    store = run.write("ca.pem", ca.pem if stored else pki.stranger.pem)
    told = tell(client(show(leaf).port, store), "issuer-unknown", leaf)
    assert "signed by itself" not in told.text() and "its own key did not sign it" in told.text()
    assert "under another name" in told.help
    assert ("but that of the CA certificate \"One Name\" (in " in told.text() and "%s) did" % store in told.text()) is stored
    assert run(client(show(leaf).port, store), extra_ca={HOST: show(leaf).identity.chain}).code == 0 and "ExtraCAFile" in told.help


@pytest.mark.cause("self-signed")
@two_clients
def test_signed_by_itself_without_identifiers(tell, show, pki, client):
    leaf = issue(HOST, names=[HOST], key_identifiers=False)
    told = tell(client(show(leaf).port, pki.root_pem), "self-signed", leaf)
    assert "signed by itself" in told.text()


@pytest.mark.cause("bad-signature")
@two_clients
def test_another_ca_of_that_name_in_the_store(tell, run, show, pki, client):
    """The right one is sent, and OpenSSL prefers what the client has."""
    right = issue("Issuing CA of two keys", pki.root, ca=True, key_identifiers=False)
    stale = issue("Issuing CA of two keys", pki.root, ca=True, key_identifiers=False)
    leaf = issue(HOST, right, names=[HOST], key_identifiers=False)
    store = run.write("ca.pem", pki.root.pem + stale.pem)
    told = tell(client(show(leaf, right).port, store), "bad-signature", leaf)
    assert told.record["help"][0].startswith("take the certificate \"Issuing CA of two keys\"") and str(store) in told.help
    assert stale.sha256 in told.help.replace(":", "").lower() and right.sha256 in told.notes.replace(":", "").lower()
    assert run(client(show(leaf, right).port, pki.root_pem)).code == 0


# ---- where it is from -------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def aged(pki):
    class Aged:
        ca = issue("Aged CA", pki.root, ca=True)
        stale = issue("Aged CA", pki.root, ca=True, key=ca.key, not_before=now() - 900 * DAY, not_after=now() - 20 * DAY)
        leaf = issue(HOST, ca, names=[HOST])

    return Aged


@pytest.mark.cause("expired")
@every_client
def test_stale_copy_in_the_clients_own_file(tell, run, show, pki, aged, client):
    store = run.write("own.pem", aged.stale.pem + pki.root.pem)
    port = show(aged.leaf, aged.ca).port
    told = tell(client(port, store), "expired", aged.leaf)
    first = told.record["help"][0]
    assert first.startswith("take the certificate \"Aged CA\"") and str(store) in first and "server's operator" not in told.help
    assert aged.stale.sha256 in first.replace(":", "").lower() and aged.ca.sha256 in first.replace(":", "").lower()
    assert "tried: without that certificate, the chain is valid" in told.notes
    assert run(client(port, pki.root_pem)).code == 0
    assert "    OnlyCAFile = /etc/tlsmend/tlsmend-test-root.pem" in told.record["help"]
    rule = run.config((HOST, {"OnlyCAFile": pki.root_pem}))
    assert run(client(port, store), config=rule).code == 0


@pytest.mark.cause("expired")
@two_clients
def test_expired_in_the_clients_own_file_and_not_sent(tell, run, show, pki, aged, client):
    store = run.write("own.pem", aged.stale.pem + pki.root.pem)
    told = tell(client(show(aged.leaf).port, store), "expired", aged.leaf)
    assert str(store) in told.record["help"][0] and "put it there in place of this one" in told.help
    assert "server's operator" not in told.help


@pytest.mark.cause("expired")
@two_clients
def test_expired_and_sent(tell, show, pki, aged, client):
    told = tell(client(show(aged.leaf, aged.stale).port, pki.root_pem), "expired", aged.leaf)
    assert told.record["help"][0].startswith("the server's operator has to send a newer certificate of that CA")


@pytest.mark.cause("expired")
@two_clients
def test_expired_both_sent_and_stored(tell, run, show, pki, aged, client):
    """A newer one that is sent would not be taken, either."""
    store = run.write("own.pem", aged.stale.pem + pki.root.pem)
    told = tell(client(show(aged.leaf, aged.stale).port, store), "expired", aged.leaf)
    assert "server's operator" in told.help and "it has to go on this machine too" in told.help and str(store) in told.help


@pytest.mark.cause("expired")
@two_clients
def test_expired_root_in_the_clients_own_file(tell, run, show, client):
    root = issue("Aged Root", ca=True, not_before=now() - 900 * DAY, not_after=now() - 3 * DAY)
    leaf = issue(HOST, root, names=[HOST])
    store = run.write("own.pem", root.pem)
    told = tell(client(show(leaf).port, store), "expired", leaf)
    assert str(store) in told.record["help"][0] and "server's operator" not in told.help


# Clients that read the first file themselves and add what is in it; the others are OpenSSL's to load.
@pytest.mark.parametrize("cause, dates, says", [
    pytest.param("expired", (now() - 90 * DAY, now() - DAY), "get the present one", marks=pytest.mark.cause("expired")),
    pytest.param("not-yet-valid", (now() + DAY, now() + 90 * DAY), "clock", marks=pytest.mark.cause("not-yet-valid")),
])  # fmt: skip
@pytest.mark.parametrize("sent", [True, False])
@two_clients
def test_root_that_is_out_of_date(tell, run, show, client, sent, cause, dates, says):
    """A root counts by what is here, whether or not the server sends it: its operator has nothing to mend."""
    root = issue("Root Of Its Time", ca=True, not_before=dates[0], not_after=dates[1])
    leaf = issue(HOST, root, names=[HOST])
    store = run.write("ca.pem", root.pem)
    told = tell(client(show(leaf, root).port if sent else show(leaf).port, store), cause, leaf)
    assert says in told.help and "in the client's own CA file %s" % store in told.help and "operator" not in told.help
    assert ("not among those that the server sent" in told.help) is not sent and "tlsmend view" not in told.notes
    run.write("ca.pem", issue("Root Of Its Time", ca=True, key=root.key).pem)
    assert run(client(show(leaf).port, store)).code == 0


@pytest.mark.cause("expired")
@two_clients
def test_expired_root_above_one_that_it_cross_signed(tell, run, show, client):
    """The first root of a CA that is one by itself by now, and an old store: there is no present certificate of the old one."""
    old = issue("Old Root X3", ca=True, not_before=now() - 900 * DAY, not_after=now() - DAY)
    new = issue("New Root X1", ca=True)
    cross, issuing = issue("New Root X1", old, ca=True, key=new.key), issue("Issuing R3", new, ca=True)
    leaf = issue(HOST, issuing, names=[HOST])
    store = run.write("ca.pem", old.pem)
    told = tell(client(show(leaf, issuing, cross).port, store), "expired", leaf)
    assert '"New Root X1" is perhaps a root of its own by now' in told.help
    run.write("ca.pem", new.pem)
    assert run(client(show(leaf, issuing, cross).port, store)).code == 0


ADDS = {
    "python": ([DEBIAN_PYTHON, "-c"], """
import socket, ssl, sys
host, port, added, *files = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(cadata=open(added).read())
for path in files:
    context.load_verify_locations(path)
try:
    context.wrap_socket(socket.create_connection((host, int(port)), 20), server_hostname=host)
except ssl.SSLError as e:
    sys.exit(str(e))
"""),
    "ruby": (["/usr/bin/ruby", "-ropenssl", "-rsocket", "-e"], """
host, port, added, *files = ARGV
store = OpenSSL::X509::Store.new
File.read(added).scan(/-----BEGIN.*?-----END[^\\n]*/m) { |pem| store.add_cert(OpenSSL::X509::Certificate.new(pem)) }
files.each { |path| store.add_file(path) }
context = OpenSSL::SSL::SSLContext.new
context.set_params(cert_store: store)
tls = OpenSSL::SSL::SSLSocket.new(Socket.tcp(host, port.to_i), context)
tls.hostname = host
begin tls.connect; rescue OpenSSL::SSL::SSLError => e; abort e.message; end
"""),
}  # fmt: skip


@pytest.fixture(params=ADDS)
def adds(request):
    argv, program = ADDS[request.param]
    if not os.path.exists(argv[0]):
        pytest.skip("%s is not installed" % request.param)
    return Client(request.param, lambda port, added, *files: [*argv, program, HOST, port, added, *files])


@pytest.mark.cause("expired")
def test_expired_and_added_by_the_program(tell, run, show, pki, aged, adds):
    """There is no file that it could be taken out of."""
    added = run.write("added.pem", aged.stale.pem + pki.root.pem)
    told = tell(adds(show(aged.leaf, aged.ca).port, added), "expired", aged.leaf)
    assert "among the CA certificates that the program added itself" in told.record["help"][0] and "CA file" not in told.record["help"][0]


@pytest.mark.cause("expired")
def test_expired_and_added_beside_a_file(tell, run, show, pki, aged, adds):
    added = run.write("added.pem", aged.stale.pem)
    told = tell(adds(show(aged.leaf, aged.ca).port, added, pki.root_pem), "expired", aged.leaf)
    assert "but not in %s: the program added it itself, or that file has changed since" % pki.root_pem in told.record["help"][0]


@pytest.mark.cause("expired")
def test_expired_in_one_of_several_files(tell, run, show, pki, aged, adds):
    stale = run.write("stale.pem", aged.stale.pem)
    told = tell(adds(show(aged.leaf, aged.ca).port, pki.stranger_pem, pki.root_pem, stale), "expired", aged.leaf)
    assert "in the client's own CA file %s;" % stale in told.record["help"][0], told.record


@pytest.mark.cause("anchor-not-root")
def test_no_root_is_among_those_that_the_program_added(tell, run, show, pki, adds):
    leaf = issue(HOST, pki.intermediate, names=[HOST])
    told = tell(adds(show(leaf).port, run.write("added.pem", pki.intermediate.pem)), "anchor-not-root", leaf)
    assert "to the CA certificates that the program adds itself, or for this host only" in told.help and "CA file" not in told.help


@pytest.mark.cause("root-missing-here")
def test_root_is_in_the_systems_bundle_and_not_added(tell, run, show, pki, adds):
    with open(SYSTEM_BUNDLE, "rb") as f:
        bundle = run.write("bundle.pem", f.read() + pki.root.pem)
    overlays = {os.path.dirname(SYSTEM_BUNDLE): {os.path.basename(SYSTEM_BUNDLE): bundle}}
    leaf = issue(HOST, pki.intermediate, names=[HOST])
    told = tell(adds(show(leaf, pki.intermediate).port, pki.stranger_pem), "root-missing-here", leaf, overlays=overlays)
    assert "this program adds its CA certificates itself" in told.help and "point the client to that bundle" not in told.help
    assert "ExtraCAFile = " in told.help


@pytest.mark.cause("expired")
@two_clients
def test_expired_in_the_rules_file(tell, run, show, pki, aged, client):
    rule = run.config((HOST, {"ExtraCAFile": run.write("rule.pem", aged.stale.pem + pki.root.pem)}))
    told = tell(client(show(aged.leaf).port, pki.stranger_pem), "expired", aged.leaf, config=rule)
    assert "in the rule's file" in told.record["help"][0] and "server's operator" not in told.help


@pytest.mark.cause("weak-digest")
@pytest.mark.parametrize("client", [python, s_client], ids=lambda c: c.name)  # curl takes any anchor
def test_weak_certificate_in_the_clients_own_file(tell, run, show, pki, client):
    from cryptography.hazmat.primitives import hashes

    ca = issue("Weakly signed CA", pki.root, ca=True, digest=hashes.SHA1())
    leaf = issue(HOST, ca, names=[HOST])
    store = run.write("own.pem", ca.pem + pki.root.pem)
    told = tell(client(show(leaf).port, store), "weak-digest", leaf)
    assert str(store) in told.help and "not among those that the server sent" in told.help


# ---- which store ------------------------------------------------------------------------------------------------------------
@pytest.mark.cause("issuer-unknown")
@two_clients
def test_only_ca_file_and_another_root_of_that_name_in_the_store(tell, run, show, pki, client):
    """What the client itself has is no candidate where only the rule's CAs count."""
    root, other = issue("Root of two keys", ca=True), issue("Root of two keys", ca=True)
    leaf = issue(HOST, root, names=[HOST])
    rule = run.config((HOST, {"OnlyCAFile": pki.stranger_pem}))
    told = tell(client(show(leaf).port, run.write("own.pem", other.pem)), "issuer-unknown", leaf, config=rule)
    text = told.text()
    assert "admits only the CAs of %s" % pki.stranger_pem in text and "Root of two keys" in text
    assert "client's" not in told.help + told.notes and "ExtraCAFile" not in told.help
