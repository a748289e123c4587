# SPDX-License-Identifier: ISC
"""The server asks for a client certificate: none, one that it does not want, one that the client may not use.

What a client that has failed, or that did not fail, must see is that of a run without the library."""
import socket
import ssl
import time

import pytest

from clients.table import CLIENTS as TABLE
from clients.table import DEBIAN_PYTHON, HERE, missing
from lib import pki as make
from lib.run import HOSTS, check_records, fingerprint
from lib.servers import reset_on_close

HOST = "legacy.test"
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
ROOT_NAME = "CN=tlsmend Test Root"
MISSING, REJECTED = "client-certificate-missing", "client-certificate-rejected"


# ---- clients ------------------------------------------------------------------------------------------------
def curl(port, ca, cert=None, *more):
    return ["curl", "-sS", "-m", "20", "--cacert", ca, *(["--cert", cert.chain, "--key", cert.key] if cert else []), *more,
            "https://%s:%d/" % (HOST, port)]  # fmt: skip


def python(port, ca, cert=None, *more):
    return [DEBIAN_PYTHON, HERE / "connect.py", HOST, port, "--ca", ca,
            *(["--cert", cert.chain, "--key", cert.key] if cert else []), *more]  # fmt: skip


def asyncio(port, ca, cert=None):
    return [DEBIAN_PYTHON, "-B", HERE / "aio.py", HOST, port, ca, *([cert.chain, cert.key] if cert else [])]


def s_client(port, ca, cert=None):
    return ["openssl", "s_client", "-brief", "-verify_return_error", "-ign_eof", "-connect", "%s:%d" % (HOST, port), "-servername", HOST,
            "-CAfile", ca, *(["-cert", cert.chain, "-cert_chain", cert.chain, "-key", cert.key] if cert else [])]  # fmt: skip


CLIENTS = {"curl": curl, "python": python, "asyncio": asyncio, "s_client": s_client}


def seen(run, argv, **how):
    """Runs without and with the library; the client notices no difference."""
    before, after = run(argv, library=False, **how), run(argv, **how)
    assert (after.code, after.out, after.err) == (before.code, before.out, before.err)
    return check_records(after)


def only(result, cause, *says):
    assert [(r["event"], r["cause"], r["level"]) for r in result.records] == [("handshake_failed", cause, "error")], result
    record = result.records[0]
    assert record["host"] == HOST and record["help"]
    text = " ".join([record["message"], record.get("expected", ""), record.get("presented", ""), *record["help"], *record.get("notes", [])])
    for words in says:
        assert words in text, (words, record)
    return record


# ---- servers ------------------------------------------------------------------------------------------------
def asks(ca, ending, *, version=ssl.TLSVersion.TLSv1_3, tickets=2):
    """Asks for a certificate, can do without, and ends the connection after the handshake in one way or another: with a
    verdict that only shows in its ending, or after an answer."""

    def end_raw(tls, reset):
        if reset:
            reset_on_close(tls)
            return
        tls.shutdown(socket.SHUT_WR)
        while socket.socket.recv(tls, 65536):
            pass

    def behaviour(connection, identity):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.chain, identity.key)
        context.load_verify_locations(ca)
        context.verify_mode = ssl.CERT_OPTIONAL
        context.maximum_version = version
        context.num_tickets = tickets
        with context.wrap_socket(connection, server_side=True) as tls:
            if ending in ("answer", "answer-and-close"):
                tls.recv(65536)
                tls.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
            if ending in ("answer", "close_notify"):
                tls.unwrap()
            elif ending == "reads":
                while tls.recv(65536):
                    pass
            else:
                end_raw(tls, ending == "reset")

    return behaviour


def handshake_in_memory(connection, identity, ca):
    """TLS 1.2, and a certificate of that CA is demanded. What the server would say at the end stays unsent. True: it was content."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.chain, identity.key)
    context.load_verify_locations(ca)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_side=True)
    while True:
        try:
            tls.do_handshake()
            return True
        except ssl.SSLWantReadError:
            connection.sendall(outgoing.read())
            incoming.write(connection.recv(65536))
        except ssl.SSLError:
            return False


@pytest.fixture
def client(pki):
    """A certificate for this client that the servers' CA issued, sent with its intermediate."""
    leaf = make.issue("client.test", pki.intermediate, purposes=("client",))
    return pki.identity("a-client", leaf, pki.intermediate)


@pytest.fixture
def demanding(servers, pki):
    def start(version, *options):
        return servers.s_server(pki.good(HOST), HOSTS[HOST], "-Verify", "3", "-CAfile", pki.root_pem, "-verify_return_error",
                                "-tls" + version.replace(".", "_"), *options).port  # fmt: skip

    return start


# ---- none -------------------------------------------------------------------------------------------------------
@pytest.mark.cause(MISSING)
@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_none_where_one_is_demanded(run, pki, demanding, version, name):
    record = only(seen(run, CLIENTS[name](demanding(version), pki.root_pem)), MISSING, "whoever runs the server", ROOT_NAME)
    assert record["alert"] == ("received:40" if version == "1.2" else "received:116")
    assert ROOT_NAME in record["expected"] and record["presented"] == "none"


@pytest.mark.parametrize("version", VERSIONS)
def test_missing_dotnet(run, pki, demanding, version):
    if missing("dotnet"):
        pytest.skip(missing("dotnet"))
    client, port = TABLE["dotnet"], demanding(version)
    argv, how = client.argv(HOST, port), {"env": client.env(pki.root_pem)}
    before, after = run(argv, library=False, **how), run(argv, **how)
    assert (before.code, after.code) == (1, 1)
    only(check_records(after), MISSING, "whoever runs the server", ROOT_NAME)


LATER = """
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[3])
context.post_handshake_auth = True
s = context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2])), 20), server_hostname=sys.argv[1])
try:
    s.sendall(b"GET /private HTTP/1.0\\r\\n\\r\\n")
    print(s.recv(100))
except ssl.SSLError as e:
    print(e.reason)
"""


def test_asked_for_later(run, pki, servers):
    """TLS 1.3 lets a server ask when it knows what is wanted."""

    def behaviour(connection, identity):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.chain, identity.key)
        context.load_verify_locations(pki.root_pem)
        context.verify_mode = ssl.CERT_REQUIRED
        context.post_handshake_auth = True
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(1000)
            tls.verify_client_post_handshake()
            tls.sendall(b"wait")
            tls.recv(1000)

    port = servers.odd(HOSTS[HOST], behaviour, pki.good(HOST))
    argv = [DEBIAN_PYTHON, run.write("later.py", LATER.replace("s.recv(100))", "s.recv(100), s.recv(100))")), HOST, port, pki.root_pem]
    result = check_records(run(argv))
    assert [r["cause"] for r in result.records] == [MISSING] and result.records[0]["alert"] == "received:116", result


def test_many_names(run, pki, servers):
    """Eight of the CAs, and how many more."""
    bundle = pki.write("many.pem", pki.root.pem + b"".join(make.issue("CA %d" % i, ca=True).pem for i in range(11)))
    port = servers.s_server(pki.good(HOST), HOSTS[HOST], "-Verify", "3", "-CAfile", bundle, "-tls1_2").port
    record = only(seen(run, curl(port, pki.root_pem)), MISSING, ' and 4 more')
    assert record["expected"].count('"CN=') == 8


def test_no_names(run, pki, servers):
    port = servers.odd(HOSTS[HOST], asks(pki.root_pem, "close", tickets=0), pki.good(HOST))
    only(seen(run, python(port, pki.root_pem)), MISSING, "names no CA")


@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.parametrize("ending", ["close", "reset"])
def test_ended_without_a_word(run, pki, servers, client, name, ending):
    """TLS 1.3, and no alert: the client's handshake had succeeded."""
    port = servers.odd(HOSTS[HOST], asks(pki.root_pem, ending, tickets=0), pki.good(HOST))
    if name == "asyncio" and ending == "close":
        # it hands OpenSSL what it read, but not that there is no more: nothing to go by
        assert seen(run, asyncio(port, pki.root_pem)).log == ""
        return
    # whether it meets a reset while it writes or while it reads is left to chance
    look = (lambda r, argv: check_records(r(argv))) if ending == "reset" else seen
    only(look(run, CLIENTS[name](port, pki.root_pem)), MISSING, "likely, not certain")
    only(look(run, CLIENTS[name](port, pki.root_pem, client)), REJECTED, '"client.test"', "likely, not certain")


def ends_unheard(pki, ending):
    """The server says nothing of what it makes of the client."""

    def behaviour(connection, identity):
        assert not handshake_in_memory(connection, identity, pki.stranger_pem)
        if ending == "reset":
            reset_on_close(connection)

    return behaviour


@pytest.mark.parametrize("name", ["curl", "python"])
@pytest.mark.parametrize("ending", ["close", "reset"])
def test_handshake_ended_without_a_word(run, pki, servers, client, name, ending):
    """TLS 1.2: the end comes in the place of the server's Finished."""

    port = servers.odd(HOSTS[HOST], ends_unheard(pki, ending), pki.good(HOST))
    only(seen(run, CLIENTS[name](port, pki.root_pem)), MISSING, "likely, not certain")
    only(seen(run, CLIENTS[name](port, pki.root_pem, client)), REJECTED, "likely, not certain")


ALONE = """
import select, socket, ssl, sys
raw = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)
came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = ssl.create_default_context(cafile=sys.argv[3]).wrap_bio(came, goes, server_hostname=sys.argv[1])
while True:
    try:
        tls.do_handshake()
        break
    except ssl.SSLWantReadError:
        raw.sendall(goes.read())
        try:
            data = raw.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            del tls
            sys.exit()
        came.write(data)
raw.sendall(goes.read())
end = select.poll()
end.register(raw, select.POLLRDHUP)
assert end.poll(20000)
tls.write(b"hello")
try:
    raw.sendall(goes.read())
except OSError:
    pass
del tls
"""


@pytest.mark.parametrize("version, ending", [("1.3", "reset"), ("1.2", "reset"), ("1.2", "close")])
def test_only_the_socket_knows_of_the_end(run, pki, servers, version, ending):
    """Memory BIOs (.NET, AnyEvent): the client meets the end by itself, with TLS 1.3 while it writes what OpenSSL gave it, and lets go of the SSL before
    it closes the socket."""

    behaviour = asks(pki.root_pem, ending, tickets=0) if version == "1.3" else ends_unheard(pki, ending)
    port = servers.odd(HOSTS[HOST], behaviour, pki.good(HOST))
    only(seen(run, [DEBIAN_PYTHON, "-c", ALONE, HOST, port, pki.root_pem]), MISSING, "likely, not certain")


# ---- never reported ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["curl", *(pytest.param(c, marks=pytest.mark.slow) for c in ("python", "asyncio", "s_client"))])
@pytest.mark.parametrize("tickets", [0, 2])
@pytest.mark.parametrize("ending", ["answer", "answer-and-close"])
@pytest.mark.parametrize("version", VERSIONS)
def test_optional(run, pki, servers, client, name, tickets, ending, version):
    """A server that can do without, and answers, is none that refuses."""
    behaviour = asks(pki.root_pem, ending, version=VERSIONS[version], tickets=tickets)
    port = servers.odd(HOSTS[HOST], behaviour, pki.good(HOST))
    for cert in (None, client):
        result = seen(run, CLIENTS[name](port, pki.root_pem, cert), stdin="GET / HTTP/1.0\r\n\r\n")
        assert result.log == "", result


FORGET = """
import socket, ssl, sys, time
context = ssl.create_default_context(cafile=sys.argv[3])
raw = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)
s = context.wrap_socket(raw, server_hostname=sys.argv[1], suppress_ragged_eofs="ragged" not in sys.argv)
if "send" in sys.argv:
    s.sendall(b"<14>a line of a log\\n")
if "wait" in sys.argv:
    time.sleep(0.5)
if "poll" in sys.argv:
    s.setblocking(False)
    try:
        s.recv(10)
    except ssl.SSLWantReadError:
        pass
if "shutdown" in sys.argv:
    s.shutdown(socket.SHUT_RDWR)
if "unwrap" in sys.argv:
    s.settimeout(5)
    try:
        s.unwrap()
    except (ssl.SSLError, OSError):
        pass
s.close()
print("done")
"""


@pytest.mark.parametrize("what", ["", "send", "send wait", "send unwrap", "unwrap", "send shutdown", "send wait unwrap", "wait", "send poll"])
@pytest.mark.parametrize("ending", [pytest.param("reads", marks=pytest.mark.slow), "close_notify", pytest.param("close", marks=pytest.mark.slow)])
def test_fire_and_forget(run, pki, servers, what, ending):
    """A client that does not wait for an answer does not miss one, whatever the server does meanwhile."""
    if ending != "reads" and "poll" in what:
        pytest.skip("that one waits for an answer")
    port = servers.odd(HOSTS[HOST], asks(pki.root_pem, ending, tickets=0), pki.good(HOST))
    result = seen(run, [DEBIAN_PYTHON, run.write("forget.py", FORGET), HOST, port, pki.root_pem, *what.split()])
    assert result.code == 0 and result.log == "", result


FORGET_BY_HAND = """
import socket, ssl, sys, time
context = ssl.create_default_context(cafile=sys.argv[3])
raw = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)
inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
s = context.wrap_bio(inward, outward, server_hostname=sys.argv[1])
def flush():
    if outward.pending:
        raw.sendall(outward.read())
while True:
    try:
        s.do_handshake()
        break
    except ssl.SSLWantReadError:
        flush()
        inward.write(raw.recv(16384))
flush()
s.write(b"<14>a line of a log\\n")
flush()
if "wait" in sys.argv:
    time.sleep(0.5)
if "freed" in sys.argv:
    del s
raw.close()
print("done")
"""


@pytest.mark.parametrize("what", ["", "wait", "wait freed"])
@pytest.mark.parametrize("ending", [pytest.param("reads", marks=pytest.mark.slow), "close_notify", pytest.param("close", marks=pytest.mark.slow)])
def test_fire_and_forget_by_hand(run, pki, servers, what, ending):
    """The same of one that hands over the bytes: that its peer has ended the connection by then is no answer that it waited for."""
    port = servers.odd(HOSTS[HOST], asks(pki.root_pem, ending, tickets=0), pki.good(HOST))
    result = seen(run, [DEBIAN_PYTHON, run.write("forget.py", FORGET_BY_HAND), HOST, port, pki.root_pem, *what.split()])
    assert result.code == 0 and result.log == "", result


@pytest.mark.slow
def test_late_end(run, pki, servers):
    """A connection that lasted was none that the server refused."""

    def behaviour(connection, identity):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.chain, identity.key)
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(pki.root_pem)
        context.num_tickets = 0
        with context.wrap_socket(connection, server_side=True):
            time.sleep(11)

    port = servers.odd(HOSTS[HOST], behaviour, pki.good(HOST))
    assert seen(run, python(port, pki.root_pem)).log == ""


# ---- rejected ----------------------------------------------------------------------------------------------------------
def variant(pki, kind):
    """(identity, alert that OpenSSL's server sends, what the record says)"""
    mid = pki.intermediate
    day = make.DAY
    how = {"purposes": ("client",)}
    if kind == "expired":
        leaf = make.issue("client.test", mid, not_before=make.now() - 90 * day, not_after=make.now() - day, **how)
        return pki.identity("client-" + kind, leaf, mid), 45, ": it expired on "
    if kind == "not-yet-valid":
        leaf = make.issue("client.test", mid, not_before=make.now() + 2 * day, **how)
        return pki.identity("client-" + kind, leaf, mid), 42, "it is not valid before "
    if kind == "for-servers":
        return pki.identity("client-" + kind, make.issue("client.test", mid), mid), 43, ": it was not issued for clients"
    if kind == "self-signed":
        return pki.identity("client-" + kind, make.issue("client.test", **how)), 48, "it is self-signed"
    if kind == "alone":
        return pki.identity("client-" + kind, make.issue("client.test", mid, **how)), 48, "append its certificate"
    if kind == "stranger":
        return pki.identity("client-" + kind, make.issue("client.test", pki.stranger, **how), pki.stranger), 48, "none of the CAs"
    raise KeyError(kind)


VARIANTS = ["expired", "not-yet-valid", "for-servers", "self-signed", "alone", "stranger"]


@pytest.mark.cause(REJECTED)
@pytest.mark.parametrize("kind", VARIANTS)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["curl", "python"])
def test_one_that_the_server_rejects(run, pki, demanding, version, kind, name):
    cert, alert, says = variant(pki, kind)
    record = only(seen(run, CLIENTS[name](demanding(version), pki.root_pem, cert)), REJECTED, says, ROOT_NAME, "client.test")
    assert record["alert"] == "received:%d" % alert
    assert record["presented"].startswith('"client.test"')
    assert not record["help"][0].startswith("else ")
    notes = " ".join(record["notes"])
    assert cert.sha256 in fingerprint(notes) and str(cert.chain) in notes
    # the server's own certificate is not what this is about
    assert HOST not in notes and "chain" not in record


@pytest.mark.parametrize("version", VERSIONS)
def test_accepted(run, pki, demanding, client, version):
    """The page of s_server tells its session, another each time."""
    result = run(curl(demanding(version), pki.root_pem, client))
    assert result.code == 0 and "client.test" in result.out and result.log == ""


def test_revoked_or_other(run, pki, servers, client):
    """An alert that nothing on this side explains: the server's log knows."""
    for alert, says in ((44, "revoked"), (46, "CN=client.test"), (49, "give access")):
        port = servers.odd(HOSTS[HOST], refuses_with(pki, alert), pki.good(HOST))
        only(seen(run, python(port, pki.root_pem, client)), REJECTED, says, "server's log")


def refuses_with(pki, alert):
    """TLS 1.2 up to the client's Finished, then an alert in the clear is what a middlebox would send; OpenSSL takes it, since it
    expects no encrypted record before the ChangeCipherSpec."""

    def behaviour(connection, identity):
        assert handshake_in_memory(connection, identity, pki.root_pem)
        connection.sendall(b"\x15\x03\x03\x00\x02\x02" + bytes([alert]))
        connection.recv(65536)

    return behaviour


# ---- the client has one, and sends none -----------------------------------------------------------------------------------
LATE = """
import socket, ssl, sys
host, port, ca, cert, key = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
s = context.wrap_socket(socket.create_connection((host, int(port)), 20), server_hostname=host, do_handshake_on_connect=False)
context.load_cert_chain(cert, key)
try:
    s.do_handshake()
    s.recv(10)
    print("connected")
except ssl.SSLError as e:
    print("refused")
"""


def test_set_too_late(run, pki, demanding, client):
    result = seen(run, [DEBIAN_PYTHON, run.write("late.py", LATE), HOST, demanding("1.2"), pki.root_pem, client.chain, client.key])
    only(result, MISSING, "only after this connection was made")


@pytest.mark.parametrize("version", VERSIONS)
def test_has_one_that_does_not_fit(run, pki, demanding, client, version):
    """The server takes RSA signatures only; the client's key is an elliptic curve's."""
    port = demanding(version, "-client_sigalgs", "RSA-PSS+SHA256:RSA+SHA256")
    record = only(seen(run, curl(port, pki.root_pem, client)), MISSING, "but did not send it", "EC P-256")
    assert record["presented"].startswith('none: it has "client.test"')


NET_SSLEAY = r"""
use strict;
use Net::SSLeay qw(die_now);
use IO::Socket::INET;
my ($host, $port, $ca, $cert, $key) = @ARGV;
my $ctx = Net::SSLeay::CTX_new_with_method(Net::SSLeay::TLS_client_method());
Net::SSLeay::CTX_load_verify_locations($ctx, $ca, "");
Net::SSLeay::CTX_set_verify($ctx, 1);
Net::SSLeay::CTX_use_PrivateKey_file($ctx, $key, 1) if $key;
Net::SSLeay::CTX_use_certificate_chain_file($ctx, $cert);
Net::SSLeay::ERR_clear_error();
my $s = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Proto => "tcp") or die;
my $ssl = Net::SSLeay::new($ctx);
Net::SSLeay::set_fd($ssl, fileno($s));
Net::SSLeay::set_tlsext_host_name($ssl, $host);
my $ok = Net::SSLeay::connect($ssl);
$ok = Net::SSLeay::write($ssl, "GET / HTTP/1.0\r\n\r\n") if $ok > 0;
my $got = $ok > 0 ? Net::SSLeay::read($ssl) : undef;
print defined $got && length $got ? "answered\n" : "refused\n";
Net::SSLeay::free($ssl);
Net::SSLeay::CTX_free($ctx);
"""


@pytest.mark.cause("key-mismatch")
@pytest.mark.parametrize("version", VERSIONS)
def test_dropped_key(run, pki, demanding, client, version):
    """A key, then a certificate of another one: OpenSSL drops the key silently, and sends no certificate."""
    if missing("perl"):
        pytest.skip(missing("perl"))
    script = run.write("client.pl", NET_SSLEAY)
    other = pki.good("other.client.test")
    argv = ["perl", script, HOST, demanding(version), pki.root_pem, client.chain]
    record = only(seen(run, [*argv, other.key]), "key-mismatch", "belongs to another one", str(other.key), "openssl pkey -pubout")
    assert record["presented"].startswith("none")
    only(seen(run, argv), MISSING, "no private key for it")
    good = seen(run, [*argv, client.key])
    assert good.out == "answered\n" and good.log == ""


@pytest.mark.parametrize("version", VERSIONS)
def test_could_not_be_loaded(run, pki, servers, demanding, client, version):
    """The program went on without its certificate: that matters where the server demands one, and only there."""
    if missing("perl"):
        pytest.skip(missing("perl"))
    argv = ["perl", run.write("client.pl", NET_SSLEAY), HOST]
    files = [pki.root_pem, run.scratch / "not-there.pem", client.key]
    result = seen(run, [*argv, demanding(version), *files])
    assert sorted(r["cause"] for r in result.records) == [MISSING, "file-missing"], result
    port = servers.odd(HOSTS[HOST], asks(pki.root_pem, "answer", version=VERSIONS[version]), pki.good(HOST))
    result = seen(run, [*argv, port, *files])
    assert result.out == "answered\n" and result.log == "", result


# ---- too weak to be used ------------------------------------------------------------------------------------------------------
def weak(pki, kind):
    how = {"1024": {"key": "rsa1024"}, "sha1": {"digest": make.hashes.SHA1()}}[kind]
    return pki.identity("client-" + kind, make.issue("client.test", pki.intermediate, purposes=("client",), **how), pki.intermediate)


@pytest.mark.cause("own-certificate-weak")
@pytest.mark.parametrize("kind,says", [("1024", "RSA 1024"), ("sha1", "SHA1")])
@pytest.mark.parametrize("name", ["curl", "python"])
def test_one_too_weak_for_this_openssl(run, pki, sites, name, kind, says):
    cert = weak(pki, kind)
    result = seen(run, CLIENTS[name](sites.https(HOST)[0], pki.root_pem, cert))
    assert result.code != 0
    assert [(r["event"], r["cause"]) for r in result.records] == [("load_failed", "own-certificate-weak")], result
    record = result.records[0]
    assert str(cert.chain) in record["message"]
    assert says in record["presented"] and "security level 2" in record["expected"]
    assert "CN=client.test" in str(record["notes"])
    # what the record says to do works
    assert "no rule for a host can help" in str(record["help"])
    lines = [line for line in record["help"] if line.startswith("  ")]
    assert lines[-1].strip() == "CipherString = DEFAULT:@SECLEVEL=%d" % (1 if kind == "1024" else 0)
    conf = run.write("weak.cnf", "\n".join(lines) + "\n")
    again = run(CLIENTS[name](sites.https(HOST)[0], pki.root_pem, cert), env={"OPENSSL_CONF": str(conf)})
    assert again.code == 0 and again.log == "", again


def test_weak_in_memory(run, pki, sites):
    """A program that reads the file by itself: the file's name is not known, all else is."""
    result = seen(run, s_client(sites.https(HOST)[0], pki.root_pem, weak(pki, "1024")))
    assert [(r["event"], r["cause"]) for r in check_records(result).records] == [("load_failed", "own-certificate-weak")], result
    record = result.records[0]
    assert "RSA 1024" in record["presented"] and "security level 2" in record["expected"]


@pytest.mark.cause("own-certificate-weak")
def test_weak_in_a_connection(run, pki, demanding, small_client):
    """Loaded once the server asks for it, as .NET does, so that a rule for that host is in time."""
    cert = weak(pki, "1024")
    both = run.write("both.pem", cert.chain.read_bytes() + cert.key.read_bytes())
    argv = small_client(demanding("1.2"), pki.root_pem, "own=%s" % both)
    [record] = check_records(run(argv)).records
    assert (record["event"], record["cause"], record["host"]) == ("load_failed", "own-certificate-weak", HOST)
    section = [line.strip() for line in record["help"] if line.startswith("    ")]
    assert section[:2] == ["[%s]" % HOST, "CipherString = DEFAULT:@SECLEVEL=1"] and "no rule" not in str(record["help"])
    done = run(argv, config=run.write("help.conf", "\n".join(section) + "\n"))
    assert done.code == 0 and [r["event"] for r in done.records] == ["weakened"], done


@pytest.mark.cause("client-refused")
@pytest.mark.parametrize("version", VERSIONS)
def test_function_of_the_program_that_fails(run, pki, demanding, small_client, version):
    """OpenSSL has the same reason for a demand of public logs that is not met."""
    record = only(run(small_client(demanding(version), pki.root_pem, "own=-")), "client-refused", "chooses its certificate")
    assert record["code"] == 234 and "public logs" not in str(record)


@pytest.mark.cause("file-missing")
def test_file_that_is_missing_in_a_connection(run, pki, demanding, small_client):
    """That the handshake ends of it is no second failure."""
    [record] = check_records(run(small_client(demanding("1.2"), pki.root_pem, "own=/nonexistent/own.pem"))).records
    assert (record["event"], record["cause"]) == ("load_failed", "file-missing")


RAISED = """
import socket, ssl, sys
host, port, ca, cert, key, *request = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.set_ciphers("DEFAULT:@SECLEVEL=0")
context.load_cert_chain(cert, key)
context.set_ciphers("DEFAULT:@SECLEVEL=2")
try:
    s = context.wrap_socket(socket.create_connection((host, int(port)), 20), server_hostname=host)
    for line in request:
        s.sendall(line.encode() + b"\\r\\n\\r\\n")
    print(s.recv(10).decode())
except ssl.SSLError as e:
    print(e.reason)
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_weak_in_the_handshake(run, pki, demanding, version):
    cert = weak(pki, "1024")
    argv = [DEBIAN_PYTHON, run.write("raised.py", RAISED), HOST, demanding(version), pki.root_pem, cert.chain, cert.key]
    record = only(seen(run, argv), "own-certificate-weak", "RSA 1024", "security level 2", "CN=client.test")
    assert record["code"] == 399
    section = [line.strip() for line in record["help"] if line.startswith("    ")]
    assert section[:2] == ["[%s]" % HOST, "CipherString = DEFAULT:@SECLEVEL=1"]
    done = run([*argv, "GET / HTTP/1.0"], config=run.write("help.conf", "\n".join(section) + "\n"))
    assert [r["event"] for r in done.records] == ["weakened"] and done.out.startswith("HTTP/1.0"), done


# ---- servers as they are ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["on", "optional"])
@pytest.mark.parametrize("name", ["curl", "python", "asyncio"])
def test_nginx(run, pki, servers, client, name, mode):
    """nginx does without in TLS and answers 400 in HTTP: no failure of TLS, so no record."""
    more = "ssl_client_certificate %s; ssl_verify_client %s; ssl_verify_depth 3;" % (pki.root_pem, mode)
    port = servers.nginx([(HOSTS[HOST], [HOST], pki.good(HOST), more)])[0]
    for cert in (None, client):
        result = run(CLIENTS[name](port, pki.root_pem, cert))
        assert result.code == 0 and result.log == "", result
    assert run(CLIENTS[name](port, pki.root_pem, variant(pki, "stranger")[0])).log == ""


def psql(port, ca, cert=None):
    own = "sslcert=%s sslkey=%s" % (cert.chain, cert.key) if cert else "sslcert=/nonexistent"
    text = "host=%s port=%d user=postgres dbname=postgres connect_timeout=20 sslmode=verify-full sslrootcert=%s %s"
    return ["psql", "-X", "-A", "-t", "-c", "select 1", text % (HOST, port, ca, own)]


def test_postgres(run, pki, servers):
    """It does without in TLS and refuses in its own protocol; what it cannot verify it refuses in TLS."""
    for reason in (servers.postgres_missing(), missing("psql")):
        if reason:
            pytest.skip(reason)
    leaf = make.issue("postgres", pki.intermediate, purposes=("client",))
    mine = pki.identity("client-postgres", leaf, pki.intermediate)
    mine.key.chmod(0o600)
    port = servers.postgres(pki.good(HOST), [HOSTS[HOST]], "hostssl all all all trust clientcert=verify-full\n", ssl_ca_file=pki.root_pem)
    good = seen(run, psql(port, pki.root_pem, mine))
    assert good.code == 0 and good.log == ""
    none = seen(run, psql(port, pki.root_pem))
    assert none.code == 2 and "requires a valid client certificate" in none.err and none.log == ""
    for kind in ("expired", "stranger"):
        cert, alert, says = variant(pki, kind)
        cert.key.chmod(0o600)
        record = only(seen(run, psql(port, pki.root_pem, cert)), REJECTED, says, ROOT_NAME)
        assert record["alert"] == "received:%d" % alert
