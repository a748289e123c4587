# SPDX-License-Identifier: ISC
"""A name that is nearly the one that was asked for: the record says what differs, by the comparison that said no, and no entry reads as two."""
import contextlib
import ipaddress
import pathlib
import shutil
import ssl

import pytest
from cryptography import x509

from clients import table
from lib import starttls
from lib.once import compile_once
from lib.pki import issue
from lib.run import BUILD, HOSTS

from .conftest import HOST, Client, curl, python, s_client

ADDRESS = HOSTS[HOST]


def named(host, verify="-verify_hostname"):
    """python, s_client and curl, each for this host."""
    return {
        "python": Client("python", lambda port, ca, *more: [table.DEBIAN_PYTHON, table.HERE / "connect.py", host, port, "--ca", ca, *more]),
        "s_client": Client("s_client", lambda port, ca, *more: [
            "openssl", "s_client", "-brief", "-verify_return_error", verify, host, "-servername", host,
            "-connect", "%s:%d" % (ADDRESS, port), "-CAfile", ca, *more]),
        "curl": Client("curl", lambda port, ca, *more: [
            "curl", "-sS", "-m", "20", "--cacert", ca, *more, "https://%s:%d/" % (host, port)]),
    }  # fmt: skip


# (asked for, in the certificate, clients, what differs, what is not said, in help)
NEAR = [
    ("my_host.corp.test", "*.corp.test", "python s_client", "*.corp.test does not stand for my_host.corp.test: OpenSSL's wildcards",
     "more before", "names my_host.corp.test itself, without a wildcard"),
    ("corp.test", "*.corp.test", "python s_client curl", "*.corp.test does not stand for corp.test itself", "OpenSSL", "DNS:corp.test"),
    ("a.b.corp.test", "*.corp.test", "python s_client curl", "*.corp.test stands for one label only", "OpenSSL", "DNS:a.b.corp.test"),
    ("corp.test", "*.test", "python s_client", "*.test is too broad a wildcard for OpenSSL", "itself, only", "DNS:corp.test"),
    ("corp.test", "*.test", "curl", "*.test is too broad a wildcard for this program", "OpenSSL", "DNS:corp.test"),
    ("a.my_corp.test", "*.my_corp.test", "python s_client", "OpenSSL takes *.my_corp.test for no wildcard", "one label", "DNS:a.my_corp.test"),
    ("www.a.corp.test", "www.*.corp.test", "python s_client", "the first label", "one label", "DNS:www.a.corp.test"),
    ("web1.corp.test", "web*.corp.test", "python", "this client takes no wildcard for a part of a label, as in web*.corp.test", "OpenSSL",
     "DNS:web1.corp.test"),
    ("www.corp.test.", "www.corp.test", "python s_client", "only the dot at the end of www.corp.test. differs", "another",
     "without the dot at its end: www.corp.test"),
    ("corp.test.", "*.test", "python s_client", "*.test is too broad a wildcard for OpenSSL", "only the dot", "DNS:corp.test"),
    ("my_host.corp.test", "other.corp.test", "python s_client curl", "names other.corp.test", "itself", "connect by a name"),
    ("my_host.test", "*.test", "curl", "*.test is too broad a wildcard for this program", "OpenSSL", "DNS:my_host.test"),
    ("www.corp.test", "http://x.test, www.corp.test", "python s_client curl",
     'names DNS:"http://x.test, www.corp.test"; DNS:"http://x.test, www.corp.test" is one entry, and no host name', "OpenSSL", "DNS:www.corp.test"),
    ("www.corp.test", "www.corp.test:443", "python s_client curl", "DNS:www.corp.test:443 is one entry, and no host name", "OpenSSL",
     "have the server's operator add this name"),
    ("www.corp.test", "www.corp.test, b.test", "python curl", 'DNS:"www.corp.test, b.test" is one entry', "OpenSSL", "DNS:www.corp.test"),
]  # fmt: skip


@pytest.mark.cause("name-mismatch")
@pytest.mark.parametrize("asked, name, client, differs, unsaid, helps", [
    (asked, name, client, *rest) for asked, name, clients, *rest in NEAR for client in clients.split()])  # fmt: skip
def test_nearly_that_name(tell, show, pki, asked, name, client, differs, unsaid, helps):
    leaf = issue("near", pki.intermediate, names=[name])
    argv = named(asked)[client](show(leaf, pki.intermediate).port, pki.root_pem)
    told = tell(argv, "name-mismatch", leaf, hosts={asked.rstrip("."): ADDRESS, asked: ADDRESS})
    why = told.text().split("  chain ")[0]
    assert differs in why and unsaid not in why.split("  why ")[1], why
    assert helps in told.help
    assert told.expected == asked and told.expected != told.presented


def test_wildcard_whose_own_labels_have_an_underscore(run, show, pki):
    """OpenSSL takes none; curl compares by itself, takes it, and goes on."""
    host = "foo.my_dom.test"
    leaf = issue("x", pki.intermediate, names=["*.my_dom.test"])
    r = run(named(host)["curl"](show(leaf, pki.intermediate).port, pki.root_pem), hosts={host: ADDRESS})
    assert r.code == 0 and r.records == []


@pytest.mark.parametrize("ca, cause", [
    pytest.param("root", "name-mismatch", marks=pytest.mark.cause("name-mismatch")),
    pytest.param("stranger", "issuer-unknown", marks=pytest.mark.cause("issuer-unknown")),
])  # fmt: skip
def test_name_as_it_was_typed(tell, run, show, pki, ca, cause):
    """Other programs write it as DNS does before they begin; one that does not cannot be helped by a rule, whose sections have no other form."""
    typed, written = "m\u00fcller.test", "xn--mller-kva.test"
    leaf = issue("x", pki.intermediate, names=[written])
    port = show(leaf, pki.intermediate).port
    hosts = {typed: ADDRESS, written: ADDRESS}
    told = tell(named(typed)["s_client"](port, getattr(pki, ca + "_pem")), cause, leaf, hosts=hosts)
    assert "give the client the name as DNS, certificates and rules have it: " + written in told.help
    assert "[" not in told.help and "ExpectName" not in told.help and "tlsmend view" not in told.notes
    extra = {written: pki.root_pem}
    assert run(named(written)["s_client"](port, getattr(pki, ca + "_pem")), hosts=hosts, extra_ca=extra).code == 0
    # without a check of the name by the client itself
    argv = ["openssl", "s_client", "-brief", "-verify_return_error", "-servername", typed, "-connect", "%s:%d" % (ADDRESS, port),
            "-CAfile", pki.stranger_pem]  # fmt: skip
    told = tell(argv, "issuer-unknown", leaf, hosts=hosts)
    assert "    [%s]" % written in told.help.splitlines() and "give the client the name" in told.help


@pytest.mark.cause("address-mismatch")
@pytest.mark.parametrize("client", ["python", "s_client", "curl"])
@pytest.mark.parametrize("names, shown, reason", [
    (["name"], "DNS:%s" % ADDRESS, "an entry of kind DNS is a name, and no address"),
    (["other", "ip"], "DNS:www.corp.test, IP:127.0.0.99", "IP:127.0.0.99"),
])  # fmt: skip
def test_no_entry_of_kind_ip(tell, show, pki, client, names, shown, reason):
    made = {"name": x509.DNSName(ADDRESS), "other": x509.DNSName("www.corp.test")}
    made["ip"] = x509.IPAddress(ipaddress.ip_address("127.0.0.99"))
    raw = x509.SubjectAlternativeName([made[n] for n in names]).public_bytes()
    leaf = issue("by address", pki.intermediate, raw_san=raw)
    argv = named(ADDRESS, "-verify_ip")[client](show(leaf, pki.intermediate).port, pki.root_pem)
    told = tell(argv, "address-mismatch", leaf)
    assert told.presented == shown and reason in told.text()
    assert "subjectAltName = IP:" + ADDRESS in told.help
    assert ("connect by a name" in told.help) is ("other" in names)


@pytest.mark.cause("address-mismatch")
def test_address_that_psql_asks_for(tell, servers, pki):
    """It compares by itself, and asks for TLS in plain text first."""
    if not shutil.which("psql"):
        pytest.skip("psql is not installed")
    leaf = issue("db.corp.test", pki.intermediate, names=["db.corp.test"])
    port = servers.odd(ADDRESS, starttls.server("postgres"), pki.identity("psql-address", leaf, pki.intermediate))
    argv = ["psql", "-w", "-c", "select 1", "host=%s port=%d user=u dbname=d sslmode=verify-full gssencmode=disable sslrootcert=%s" % (
        ADDRESS, port, pki.root_pem)]  # fmt: skip
    told = tell(argv, "address-mismatch", leaf)
    assert told.expected == ADDRESS and told.presented == "DNS:db.corp.test" and "IP:" + ADDRESS in told.help


@pytest.mark.cause("address-mismatch")
@pytest.mark.parametrize("client", ["python", "s_client"])
def test_address_in_the_common_name(tell, show, pki, client):
    """curl takes it where there is no subjectAltName, OpenSSL does not."""
    leaf = issue(ADDRESS, pki.intermediate)
    argv = named(ADDRESS, "-verify_ip")[client](show(leaf, pki.intermediate).port, pki.root_pem)
    told = tell(argv, "address-mismatch", leaf)
    assert told.presented == "CN=" + ADDRESS
    assert "an address in the common name does not count" in told.text()
    assert "connect by" not in told.help


@pytest.mark.cause("issuer-unknown")
@pytest.mark.parametrize("client", [python, s_client, curl], ids=lambda c: c.name)
def test_in_a_note(tell, show, pki, client):
    """One that fails for another reason, and would fail for its names too."""
    leaf = issue("x", issue("Unknown CA", ca=True), names=["a.test, " + HOST])
    told = tell(client(show(leaf).port, pki.root_pem), "issuer-unknown", leaf)
    assert '(it names DNS:"a.test, %s")' % HOST in told.notes


@pytest.mark.cause("no-san")
def test_common_name_with_a_wildcard(tell, show, pki):
    leaf = issue("*.corp.test", pki.intermediate)
    port = show(leaf, pki.intermediate).port
    told = tell(named("a_b.corp.test")["s_client"](port, pki.root_pem), "no-san", leaf)
    assert "only the common name *.corp.test; *.corp.test does not stand for a_b.corp.test" in told.text()
    told = tell(named("a.corp.test")["python"](port, pki.root_pem, "--san-only"), "no-san", leaf, hosts={"a.corp.test": ADDRESS})
    assert "which this client does not read" in told.text()


PROBE = """
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[3])
context.check_hostname = False
tls = context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2]))), server_hostname=sys.argv[1])
if sys.argv[4:]:
    try:
        tls.unwrap()
    except OSError:
        pass  # its server just goes
"""
PERL_PROBE = """
use IO::Socket::SSL;
my ($host, $port, $ca) = @ARGV;
close(IO::Socket::SSL->new(PeerAddr => $host, PeerPort => $port, SSL_ca_file => $ca, SSL_verify_mode => 1, SSL_verifycn_scheme => 'none') or die $SSL_ERROR);
"""
RUBY_PROBE = """
require 'openssl'
require 'socket'
context = OpenSSL::SSL::SSLContext.new
context.verify_mode = OpenSSL::SSL::VERIFY_PEER
context.verify_hostname = false
context.ca_file = ARGV[2]
tls = OpenSSL::SSL::SSLSocket.new(TCPSocket.new(ARGV[0], ARGV[1]), context)
tls.hostname = ARGV[0]
tls.connect
tls.close
"""
PROBES = {
    "s_client": lambda port, ca: ["openssl", "s_client", "-servername", HOST, "-connect", "%s:%d" % (ADDRESS, port), "-CAfile", ca],
    "s_client-strict": lambda port, ca: [
        "openssl", "s_client", "-verify_return_error", "-servername", HOST, "-connect", "%s:%d" % (ADDRESS, port), "-CAfile", ca],
    "python": lambda port, ca: [table.DEBIAN_PYTHON, "-c", PROBE, HOST, port, ca],
    "python-goodbye": lambda port, ca: [table.DEBIAN_PYTHON, "-c", PROBE, HOST, port, ca, "goodbye"],
    "perl-goodbye": lambda port, ca: ["perl", "-e", PERL_PROBE, HOST, port, ca],
    "ruby-goodbye": lambda port, ca: ["ruby", "-e", RUBY_PROBE, HOST, port, ca],
}  # fmt: skip


@pytest.mark.parametrize("probe", PROBES.values(), ids=list(PROBES))
def test_who_compares_no_name_refuses_none(run, show, pki, probe):
    """It verifies the chain, and takes its leave, with a goodbye or without: that is all that it came for."""
    if probe is PROBES["ruby-goodbye"] and not shutil.which("ruby"):
        pytest.skip("ruby is not installed")
    leaf = issue("elsewhere", pki.intermediate, names=["elsewhere.test"])
    done = run(probe(show(leaf, pki.intermediate).port, pki.root_pem))
    assert done.code == 0 and done.log == "", done


COMPARES = """
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[3])
context.check_hostname = False
tls = context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2]))), server_hostname=sys.argv[1])
fits = sys.argv[1].encode() in tls.getpeercert(True)
try:
    tls.unwrap()
except OSError:
    pass  # its server just goes
sys.exit(not fits)
"""


def test_who_compares_names_in_the_bytes_of_the_leaf(run, show, pki):
    """... has refused it, where it then says goodbye. (As Twisted, in tests/clients/matrix, which has them written into a BIO.)"""
    leaf = issue("elsewhere", pki.intermediate, names=["elsewhere.test"])
    refused = run([table.DEBIAN_PYTHON, "-c", COMPARES, HOST, show(leaf, pki.intermediate).port, pki.root_pem])
    assert refused.code == 1 and [(r["event"], r["cause"]) for r in refused.records] == [("verify_failed", "name-mismatch")], refused
    fits = run([table.DEBIAN_PYTHON, "-c", COMPARES, HOST, show(issue(HOST, pki.intermediate), pki.intermediate).port, pki.root_pem])
    assert fits.code == 0 and fits.log == "", fits


COMMON = r"""
use IO::Socket::SSL;
my ($host, $port, $ca, $what) = @ARGV;
my $tls = IO::Socket::SSL->new(PeerAddr => $host, PeerPort => $port, SSL_ca_file => $ca, SSL_verify_mode => 1, SSL_verifycn_scheme => 'none') or die $SSL_ERROR;
my $ssl = $tls->_get_ssl_object;
Net::SSLeay::get_verify_result($ssl) == 0 or die;
my $name = Net::SSLeay::X509_get_subject_name(Net::SSLeay::get_peer_certificate($ssl));
my $shown = $what eq 'shows' ? Net::SSLeay::X509_NAME_oneline($name) : Net::SSLeay::X509_NAME_get_text_by_NID($name, 13);
my $fits = $what eq 'shows' || $shown =~ /^\Q$host\E/;
print $tls "GET / HTTP/1.0\r\n\r\n" if $what eq 'goes on' || $what eq 'compares' && $fits;
my $answer = <$tls> if $what eq 'goes on' || $what eq 'compares' && $fits;
close($tls);
exit !$fits;
"""


def test_who_compares_the_common_name(run, show, pki):
    """... has refused it, where it then says goodbye. Who shows the subject has compared nothing."""
    other = show(issue("elsewhere", pki.intermediate, names=["elsewhere.test"]), pki.intermediate).port
    refused = run(["perl", "-e", COMMON, HOST, other, pki.root_pem, "compares"])
    assert refused.code == 1 and [(r["event"], r["cause"]) for r in refused.records] == [("verify_failed", "name-mismatch")], refused
    shown = run(["perl", "-e", COMMON, HOST, other, pki.root_pem, "shows"])
    assert shown.code == 0 and shown.log == "", shown
    good = show(issue(HOST, pki.intermediate), pki.intermediate).port
    fits = run(["perl", "-e", COMMON, HOST, good, pki.root_pem, "compares"])
    assert fits.code == 0 and fits.log == "", fits


def test_who_compares_the_entry_of_the_common_name(run, show, pki):
    program = compile_once(BUILD / "causes" / "common_name", pathlib.Path(__file__).with_name("common_name.c"), ["-lssl", "-lcrypto"])
    leaf = issue("elsewhere", pki.intermediate, names=["elsewhere.test"])
    refused = run([program, HOST, show(leaf, pki.intermediate).port, pki.root_pem])
    assert refused.code == 1 and [(r["event"], r["cause"]) for r in refused.records] == [("verify_failed", "name-mismatch")], refused
    fits = run([program, HOST, show(issue(HOST, pki.intermediate), pki.intermediate).port, pki.root_pem])
    assert fits.code == 0 and fits.log == "", fits


def speaks_first(connection, identity):
    """... and ends the connection, with a goodbye."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.chain, identity.key)
    with context.wrap_socket(connection, server_side=True) as tls:
        tls.sendall(b"hello\n")
        with contextlib.suppress(OSError):
            tls.unwrap()


def test_who_reads_the_names_and_what_the_server_says(run, servers, pki):
    """socat shows the names, and with a `commonname` that is empty compares none."""
    identity = pki.identity("speaks-first", issue("elsewhere", pki.intermediate, names=["elsewhere.test"]), pki.intermediate)
    port = servers.odd(ADDRESS, speaks_first, identity)
    to = "OPENSSL:%s:%d,cafile=%s,snihost=%s,commonname=" % (ADDRESS, port, pki.root_pem, HOST)
    done = run(["socat", "-u", to, "-"])
    assert done.code == 0 and done.out == "hello\n" and done.log == "", done
