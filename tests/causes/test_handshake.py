# SPDX-License-Identifier: ISC
"""What ends a handshake (causes.md#handshake): real clients against real servers, or against one that says or does the one odd thing."""
import re
import socket
import ssl
import struct
import subprocess

import pytest

from clients.table import DEBIAN_PYTHON, HERE
from lib import tamper
from lib.pki import issue
from lib.ports import free_port
from lib.run import check_records
from lib.servers import Process, closes_early, listening, resets, sends_alert

HOST, ADDRESS = "legacy.test", "127.0.0.2"

CLIENTS = {
    "python": lambda port, ca, *more: [DEBIAN_PYTHON, HERE / "connect.py", HOST, port, "--ca", ca, *more],
    "asyncio": lambda port, ca: [DEBIAN_PYTHON, HERE / "aio.py", HOST, port, ca],
    "curl": lambda port, ca, *more: ["curl", "-sS", "-m", "20", "--cacert", ca, *more, "https://%s:%d/" % (HOST, port)],
    "s_client": lambda port, ca, *more: [
        "openssl", "s_client", "-verify_return_error", "-CAfile", ca, *more, "-connect", "%s:%d" % (HOST, port),
    ],
}  # fmt: skip
EVERY = pytest.mark.parametrize("client", CLIENTS)


def failure(done, cause, port, code=None):
    """The one record, of a failed handshake with this cause, about this host and port."""
    check_records(done)
    assert done.code != 0
    assert len(done.records) == 1, "want one record\n%s" % done
    r = done.records[0]
    assert (r["event"], r["level"], r["cause"]) == ("handshake_failed", "error", cause)
    assert r["host"] == HOST
    # a socket that was reset, or closed by a client that does not tell it to OpenSSL, has no peer any more
    assert r.get("port", port) == port
    if code is not None:
        assert r["code"] == code
    return r


@pytest.fixture
def ask(run, pki):
    """Runs a client and returns the one record of its failure."""

    def asked(cause, port, client="python", *more, code=None, **how):
        return failure(run(CLIENTS[client](port, pki.root_pem, *more), **how), cause, port, code)

    return asked


def helped(record):
    return " ".join(record["help"])


def rules_of(record):
    """The sections that the help proposes, each as (pattern, keys)."""
    sections = []
    for line in record["help"]:
        if re.fullmatch(r" {4}\[.*\]", line):
            sections.append((line.strip()[1:-1], {}))
        elif line.startswith("    ") and sections:
            key, value = line.strip().split(" = ", 1)
            sections[-1][1][key] = value
    return sections


# ---- not-tls: what services without TLS say ----------------------------------------------------------------
def _http(status, more=b""):
    return b"HTTP/1.1 " + status + b"\r\nServer: x\r\n" + more + b"Content-Length: 0\r\nConnection: close\r\n\r\n"


MYSQL = b"\x0a8.0.36-0ubuntu0.22.04.1\0\x08\0\0\0" + b"a.b c.d \0\xff\xff\xff\x02\0\xff\xdf\x15" + bytes(10) + b"mysql_native_password\0"
MARIADB = b"\x0a5.5.5-10.11.6-MariaDB-0+deb12u1\0\x08\0\0\0" + b"a.b c.d \0\xfe\xf7\x2d\x02\0\xff\x81\x15" + bytes(11)
MYSQL_NO = b"\xffj\x04Host '10.1.2.3' is not allowed to connect to this MariaDB server"

# its length is the letter with which PostgreSQL's errors begin
MYSQL_NO_E = MYSQL_NO.replace(b"10.1.2.3", b"h" * (ord("E") - len(MYSQL_NO) + 8))


def _mysql(body):
    return struct.pack("<I", len(body)) + body


# name: (what it says, what the record calls it, what its help names, what it shows of the text)
NOT_TLS = {
    "http": (_http(b"400 Bad Request"), "plain HTTP", "http://", "HTTP/1.1 400 Bad Request"),
    "http-redirect": (_http(b"301 Moved Permanently", b"Location: https://x/\r\n"), "elsewhere", "443", "301"),
    "http-403": (_http(b"403 Forbidden"), "403", "proxy", "403 Forbidden"),
    "proxy-407": (_http(b"407 Proxy Authentication Required"), "proxy", "password", "407 Proxy Auth"),
    "proxy-502": (b"HTTP/1.0 502 Bad Gateway\r\n\r\n", "load balancer", "operator", "502 Bad Gateway"),
    "proxy-503": (_http(b"503 Service Unavailable"), "load balancer", "operator", "503"),
    "html": (b"<!DOCTYPE html>\r\n<html><body>go away</body></html>", "web page", "http://", "<!DOCTYPE html>"),
    "smtp": (b"220 mail.test ESMTP Postfix (Debian/GNU)\r\n", "SMTP", "465", "220 mail.test ESMTP"),
    "smtp-refusal": (b"554 5.7.1 Client host rejected\r\n", "refusal", "operator", "Client host rejected"),
    "ftp": (b"220 (vsFTPd 3.0.3)\r\n", "FTP server", "990", "vsFTPd"),
    "imap": (b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\r\n", "IMAP", "993", "Dovecot"),
    "pop3": (b"+OK Dovecot (Debian) ready.\r\n", "POP3", "995", "+OK"),
    "sieve": (b'"IMPLEMENTATION" "Dovecot (Debian) Pigeonhole"\r\n', "ManageSieve", "STARTTLS", "IMPLEMENTATION"),
    "nntp": (b"200 news.test InterNetNews server INN 2.7.0 ready\r\n", "NNTP", "563", "200 news"),
    "ssh": (b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", "SSH", "port", "OpenSSH_9.2p1"),
    "vnc": (b"RFB 003.008\n", "VNC", "port", "RFB 003.008"),
    "mysql": (_mysql(MYSQL), "MySQL", "driver", "8.0.36"),
    "mariadb": (_mysql(MARIADB), "MariaDB", "driver", "10.11.6-MariaDB"),
    "mysql-refusal": (_mysql(MYSQL_NO), "refusal of a MySQL", "operator", "is not allowed to connect"),
    "mysql-refusal-e": (_mysql(MYSQL_NO_E), "refusal of a MySQL", "operator", "is not allowed to connect"),
    "postgresql": (b"EFATAL:  unsupported frontend protocol 5635.259\n\0", "PostgreSQL", "sslmode", "EFATAL"),
    "redis": (b"-ERR unknown command '\x16\x03\x01', with args beginning with: \r\n", "Redis", "tls-port", None),
    "redis-protected": (b"-DENIED Redis is running in protected mode because protected mode is enabled\r\n", "Redis", "tls-port", "-DENIED"),
    "ldap": (b"0\x24\x02\x01\0\x78\x1f\x0a\x01\x02\x04\0\x04\0\x8a\x161.3.6.1.4.1.1466.20036", "LDAP", "636", "1.3.6.1.4.1"),
    "amqp": (b"AMQP\0\0\x09\x01", "AMQP", "5671", None),
    "nats": (b'INFO {"server_id":"N","version":"2.10.7","tls_required":true}\r\n', "NATS", "client", "INFO {"),
    "xmpp": (b"<?xml version='1.0'?><stream:stream id='1' xmlns='jabber:client'>", "XMPP", "5223", "stream"),
    "grpc": (b"\0\0\x06\x04\0\0\0\0\0\0\x05\0\0\x40\0", "HTTP/2", "TLS switched on", None),
    "telnet": (b"\xff\xfd\x18\xff\xfd\x20", "Telnet", "port", None),
    "http-request": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "request, not an answer", "clients", "GET /"),
    "connect-request": (b"CONNECT a.test:443 HTTP/1.1\r\n\r\n", "request, not an answer", "clients", "CONNECT"),
    "unknown-text": (b"HELLO THERE 1.0\r\n", "no TLS record", "port", "HELLO THERE"),
    "unknown-bytes": (bytes(range(32)), "no TLS record", "port", "00:01:02:03:04"),
}  # fmt: skip


def says(answer, at_once=False):
    def behaviour(connection, _):
        if not at_once:
            connection.recv(65536)
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    return behaviour


def not_tls(record, what, help_, shown):
    assert what in record["presented"]
    assert help_ in helped(record)
    if shown:
        assert shown in record["presented"]
    assert record["expected"] == "a TLS record"


@pytest.mark.cause("not-tls")
@pytest.mark.parametrize("kind", NOT_TLS)
def test_not_tls(ask, servers, kind):
    answer, *wanted = NOT_TLS[kind]
    not_tls(ask("not-tls", servers.odd(ADDRESS, says(answer))), *wanted)


@EVERY
@pytest.mark.cause("not-tls")
@pytest.mark.parametrize("kind", ["proxy-407", "smtp", "mariadb"])
def test_not_tls_with_every_client(ask, servers, client, kind):
    """The greeting stands there before the client begins: what came with the first bytes is seen in each client's own kind of BIO."""
    answer, what, help_, shown = NOT_TLS[kind]
    if client == "curl" and kind == "mariadb":
        shown = None  # its BIO is its own, and only a line of text is taken for what followed
    not_tls(ask("not-tls", servers.odd(ADDRESS, says(answer, at_once=True)), client), what, help_, shown)


@EVERY
@pytest.mark.cause("not-tls")
def test_looking_takes_nothing_away(run, pki, servers, client):
    """What the client reads itself after the failure is the same with and without us."""
    port = servers.odd(ADDRESS, says(NOT_TLS["smtp"][0]))
    argv = CLIENTS[client](port, pki.root_pem)
    before, done = run(argv, library=False), run(argv)
    assert (done.code, done.out) == (before.code, before.out)
    strip = re.compile(r"(?m)^[0-9A-F]+(?=:error)")
    assert strip.sub("", done.err) == strip.sub("", before.err)


REST = """
import socket, ssl, sys
raw = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
tls.check_hostname = False
tls = tls.wrap_socket(raw, do_handshake_on_connect=False, server_hostname=sys.argv[1])
try:
    tls.do_handshake()
except ssl.SSLError as e:
    print(e.reason)
print(socket.socket.recv(tls, 100))
"""


@pytest.mark.cause("not-tls")
def test_the_rest_stays_for_the_client(run, servers):
    port = servers.odd(ADDRESS, says(b"220 mail.test ESMTP\r\n"))
    done = run([DEBIAN_PYTHON, "-c", REST, HOST, port])
    assert done.out == "WRONG_VERSION_NUMBER\nb'ail.test ESMTP\\r\\n'\n"
    assert "220 mail.test ESMTP" in done.records[0]["presented"]


@EVERY
@pytest.mark.cause("not-tls")
def test_nginx_without_tls(ask, servers, pki, client):
    port = free_port(ADDRESS)
    servers.nginx([(ADDRESS, [HOST], pki.good(HOST), "listen %s:%d;" % (ADDRESS, port))])
    not_tls(ask("not-tls", port, client), "plain HTTP", "http://", "HTTP/1.1 400 Bad Request")


@pytest.mark.cause("not-tls")
@pytest.mark.skipif(subprocess.run([DEBIAN_PYTHON, "-W", "ignore", "-c", "import smtpd"]).returncode != 0, reason="this Python has no smtpd")
def test_mail_server(ask, servers):
    """That of Python's own library."""
    port = free_port(ADDRESS)
    argv = [DEBIAN_PYTHON, "-W", "ignore", "-m", "smtpd", "-n", "-c", "DebuggingServer", "%s:%d" % (ADDRESS, port)]
    process = Process(argv, servers.directory / "smtpd.log", lambda p: listening(ADDRESS, port))
    try:
        not_tls(ask("not-tls", port), "SMTP", "STARTTLS", "220 ")
    finally:
        process.stop()


@pytest.mark.cause("not-tls")
def test_port_of_a_redirecting_proxy_setting(run, servers, pki):
    """https:// in the proxy setting, and the proxy speaks plain HTTP: the client begins with TLS to the proxy itself."""
    port = servers.odd(ADDRESS, says(_http(b"400 Bad Request")))
    done = run(["curl", "-sS", "-m", "20", "--proxy", "https://%s:%d" % (HOST, port), "https://other.test/"])
    check_records(done)
    assert [(r["cause"], r["host"]) for r in done.records] == [("not-tls", HOST)]
    assert "proxy is given as https://, write http://" in helped(done.records[0])


# ---- closed-early -----------------------------------------------------------------------------------------------
@EVERY
@pytest.mark.cause("closed-early")
@pytest.mark.parametrize("behaviour", [closes_early, resets])
def test_closed_early(ask, servers, client, behaviour):
    r = ask("closed-early", servers.odd(ADDRESS, behaviour), client)
    assert r["sni"] == HOST
    assert "the server closed" in r["message"]
    assert "log of the server" in r["help"][0]
    assert ("legacy.test", "TLSv1.2") in [(p, k.get("MaxProtocol")) for p, k in rules_of(r)]
    assert "Groups" not in helped(r), "the hello fits into one packet"


@pytest.mark.cause("closed-early")
@pytest.mark.parametrize("client", ["curl", "python"])
@pytest.mark.parametrize("number", [0, 112], ids=["close_notify", "unrecognized_name"])
def test_goodbye_in_place_of_an_answer(ask, servers, client, number):
    """Load balancers do that where nobody serves the name."""

    def behaviour(connection, identity):
        connection.recv(65536)
        connection.sendall(bytes.fromhex("150303000201") + bytes([number]))

    r = ask("closed-early", servers.odd(ADDRESS, behaviour), client)
    assert "goodbye (close_notify) or a warning" in r["why"] and "host name" in r["why"] and "log of the server" in r["help"][0]


@pytest.mark.cause("closed-early")
def test_closed_early_after_plain_text_through_the_same_bio(ask, servers, pki):
    """What a mail server said before STARTTLS is no answer to the first message of TLS."""

    def behaviour(connection, _):
        connection.sendall(b"220 mail.test ESMTP\r\n")
        connection.recv(65536)
        connection.sendall(b"250-mail.test\r\n250 STARTTLS\r\n")
        connection.recv(65536)
        connection.sendall(b"220 go ahead\r\n")
        connection.recv(65536)

    ask("closed-early", servers.odd(ADDRESS, behaviour), "s_client", "-starttls", "smtp")


def stays_silent(connection, _):
    while connection.recv(65536):
        pass


@pytest.mark.long
@pytest.mark.cause("closed-early")
@pytest.mark.parametrize("client", ["curl", "python"])
def test_no_answer_until_the_client_gives_up(run, pki, servers, client):
    port = servers.odd(ADDRESS, stays_silent)
    argv = ["curl", "-sS", "-m", "2", "https://%s:%d/" % (HOST, port)]
    if client == "python":
        argv = [DEBIAN_PYTHON, "-c", GIVES_UP, HOST, port, "2"]
    r = failure(run(argv), "closed-early", port)
    assert "no answer came" in r["message"] and "firewall" in r["help"][0]


def test_a_connection_that_is_let_go_at_once_is_no_failure(run, servers):
    port = servers.odd(ADDRESS, stays_silent)
    done = run([DEBIAN_PYTHON, "-c", GIVES_UP, HOST, port, "0.1"])
    assert done.code != 0 and done.log == ""


def stops_after(size):
    """A server whose flight ends after so many bytes and that stays there."""

    def behaviour(connection, identity):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.chain, identity.key)
        received, to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(received, to_send, server_side=True)
        received.write(connection.recv(65536))
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            connection.sendall(to_send.read()[:size])
        stays_silent(connection, identity)

    return behaviour


@pytest.mark.long
@pytest.mark.cause("network-error")
@pytest.mark.parametrize("client, size", [("curl", 900), ("python", 900), ("python", 3)])
def test_an_answer_that_stops_until_the_client_gives_up(run, pki, servers, client, size):
    port = servers.odd(ADDRESS, stops_after(size), pki.good(HOST))
    argv = ["curl", "-sS", "-m", "2", "https://%s:%d/" % (HOST, port)]
    if client == "python":
        argv = [DEBIAN_PYTHON, "-c", GIVES_UP, HOST, port, "2"]
    r = failure(run(argv), "network-error", port)
    assert "stopped in the middle" in r["message"] and "MTU" in helped(r)


def test_an_answer_that_is_let_go_at_once_is_no_failure(run, pki, servers):
    port = servers.odd(ADDRESS, stops_after(900), pki.good(HOST))
    done = run([DEBIAN_PYTHON, "-c", GIVES_UP, HOST, port, "0.3"])
    assert done.code != 0 and done.log == ""


def test_a_first_message_that_the_client_keeps_is_no_failure(run):
    done = run([DEBIAN_PYTHON, "-c", KEEPS_ITS_HELLO])
    assert done.code == 0 and done.log == ""


KEEPS_ITS_HELLO = """
import ssl
tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="legacy.test")
try:
    tls.do_handshake()
except ssl.SSLWantReadError:
    pass
"""


GIVES_UP = """
import socket, ssl, sys
tls = ssl.create_default_context().wrap_socket(socket.socket(), server_hostname=sys.argv[1], do_handshake_on_connect=False)
tls.settimeout(float(sys.argv[3]))
tls.connect((sys.argv[1], int(sys.argv[2])))
try:
    tls.do_handshake()
except TimeoutError as e:
    sys.exit("gave up")
"""


@pytest.mark.cause("closed-early")
def test_postgresql_closes_on_a_client_that_begins_with_tls(ask, sites):
    port, _ = sites.postgres(HOST)
    r = ask("closed-early", port, "curl")
    assert "databases" in helped(r) and "STARTTLS" in helped(r)


@pytest.mark.cause("closed-early")
def test_closed_early_on_a_known_port(run, servers, pki):
    """5432 on an address of its own, which no other test uses."""
    listener = socket.socket()
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.54.32.1", 5432))
        except OSError as e:
            pytest.skip(str(e))
        listener.listen(1)
        listener.settimeout(20)
        import threading

        def once():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)

        thread = threading.Thread(target=once, daemon=True)
        thread.start()
        done = run(CLIENTS["python"](5432, pki.root_pem), hosts={HOST: "127.54.32.1"})
        thread.join(20)
    r = failure(done, "closed-early", 5432)
    assert r["help"][0].startswith("port 5432 usually belongs to PostgreSQL")


@pytest.mark.cause("closed-early")
def test_closed_early_without_sni(run, servers, pki):
    port = servers.odd(ADDRESS, closes_early)
    done = run(CLIENTS["s_client"](port, pki.root_pem, "-noservername"))
    check_records(done)
    (r,) = done.records
    assert r["cause"] == "closed-early" and "sni" not in r
    assert "did not send the host's name" in helped(r)


@pytest.fixture(scope="module")
def good(pki, servers):
    return servers.s_server(pki.good(HOST), ADDRESS).port


def offers_tls13(hello):
    return any(k == tamper.SUPPORTED_VERSIONS and b"\x03\x04" in v for k, v in tamper.Hello(hello).extensions)


@pytest.mark.cause("closed-early")
@pytest.mark.parametrize("client", ["python", "curl"])
def test_server_that_cannot_cope_with_tls13(run, ask, servers, pki, good, client):
    """... and what the help proposes to try reaches it."""
    port = servers.odd(ADDRESS, tamper.proxy(ADDRESS, good, only=lambda hello: not offers_tls13(hello)))
    r = ask("closed-early", port, client)
    (rule,) = rules_of(r)
    assert rule[1]["MaxProtocol"] == "TLSv1.2"
    assert run(CLIENTS[client](port, pki.root_pem), config=run.config(rule)).code == 0


@pytest.mark.cause("closed-early")
@pytest.mark.parametrize("limit", [512, 1400])
def test_server_that_cannot_cope_with_a_large_hello(run, ask, servers, pki, good, limit):
    port = servers.odd(ADDRESS, tamper.proxy(ADDRESS, good, only=lambda hello: len(hello) <= limit))
    many = ",".join("protocol-%d-%s" % (i, "x" * 90) for i in range(limit // 100))
    r = ask("closed-early", port, "s_client", "-alpn", many)
    assert "Groups" not in helped(r), "its size is not that of the groups"
    assert run(CLIENTS["s_client"](port, pki.root_pem), stdin="").code == 0


@pytest.mark.cause("closed-early")
def test_old_offer_that_is_dropped_is_another_cause(run, servers, pki):
    """A client that is pinned to TLS 1.0 is too old, however it is refused; one with a modern offer is not."""
    port = servers.odd(ADDRESS, closes_early)
    pinned = run(CLIENTS["python"](port, pki.root_pem, "--max-tls1", "--seclevel0"))
    assert [r["cause"] for r in pinned.records] == ["client-too-old"]
    modern = run(CLIENTS["python"](port, pki.root_pem))
    assert [r["cause"] for r in modern.records] == ["closed-early"]


# ---- names ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def picky(pki, servers):
    """nginx that serves other.test on an address and refuses everybody else."""
    refuse = "ssl_reject_handshake on; } server { listen %s ssl; server_name other.test;"
    port = free_port(ADDRESS)
    servers.nginx([(ADDRESS, [HOST + ".nowhere"], pki.good("other.test"),
                    "listen %s:%d ssl default_server; " % (ADDRESS, port) + refuse % ("%s:%d" % (ADDRESS, port))
                    + "ssl_certificate %s; ssl_certificate_key %s;" % (pki.good("other.test").chain, pki.good("other.test").key))])
    return port


@EVERY
@pytest.mark.cause("unknown-server-name")
def test_unknown_server_name(ask, picky, client):
    r = ask("unknown-server-name", picky, client)
    assert r["alert"] == "received:112"
    assert "host name" in r["help"][0] and ADDRESS in r["help"][0]


@pytest.mark.cause("sni-not-sent")
def test_name_demanded_and_not_sent(run, pki, picky):
    done = run(CLIENTS["s_client"](picky, pki.root_pem, "-noservername"))
    check_records(done)
    (r,) = done.records
    assert (r["event"], r["cause"], r["alert"]) == ("handshake_failed", "sni-not-sent", "received:112")
    assert "name" in helped(r)


@pytest.mark.cause("sni-not-sent")
def test_certificate_of_the_default_host(run, pki, servers):
    port = servers.s_server(pki.good("other.test"), ADDRESS).port
    done = run(CLIENTS["s_client"](port, pki.root_pem, "-noservername", "-verify_hostname", HOST))
    check_records(done)
    (r,) = done.records
    assert (r["event"], r["cause"]) == ("verify_failed", "sni-not-sent")
    assert "other.test" in r["presented"]


# ---- ALPN ----------------------------------------------------------------------------------------------------------
@pytest.mark.cause("no-common-alpn")
@pytest.mark.parametrize("kind", ["s_server", "nginx"])
def test_no_common_alpn(ask, pki, servers, kind):
    if kind == "s_server":
        port = servers.s_server(pki.good(HOST), ADDRESS, "-alpn", "imap").port
        r = ask("no-common-alpn", port, "curl")
        offered = "h2, http/1.1"
    else:
        (port,) = servers.nginx([(ADDRESS, [HOST], pki.good(HOST), "")])
        r = ask("no-common-alpn", port, "s_client", "-alpn", "mqtt,x-amzn-mqtt-ca")
        offered = "mqtt, x-amzn-mqtt-ca"
    assert r["alert"] == "received:120"
    assert r["presented"] == offered and offered in helped(r)


# ---- servers that are too old ----------------------------------------------------------------------------------------
@EVERY
@pytest.mark.cause("legacy-renegotiation")
def test_legacy_renegotiation(ask, pki, servers, client):
    """A TLS 1.2 server whose answer to the renegotiation signal is taken away: so it looks to a client that the server lacks it."""
    real = servers.s_server(pki.good(HOST), ADDRESS, "-tls1_2").port
    port = servers.odd(ADDRESS, tamper.proxy(ADDRESS, real, to_client=lambda: tamper.server_without_rfc5746))
    r = ask("legacy-renegotiation", port, client, code=338)
    (rule,) = rules_of(r)
    assert rule[1]["Options"] == "UnsafeLegacyServerConnect" and rule[1]["Until"]


# Oakley group 2 (RFC 2409): 1024 bits, made in no time.
DH_1024 = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""


@pytest.fixture(scope="module")
def rsa_identity(pki):
    leaf = issue(HOST, pki.intermediate, names=[HOST], key="rsa2048")
    return pki.identity("rsa@" + HOST, leaf, pki.intermediate)


@pytest.fixture(scope="module")
def small_dh(pki, servers, rsa_identity):
    parameters = pki.write("dh1024.pem", DH_1024.encode())

    def start(ciphers):
        return servers.s_server(rsa_identity, ADDRESS, "-tls1_2", "-dhparam", parameters, "-cipher", ciphers + ":@SECLEVEL=0").port

    return start


@EVERY
@pytest.mark.cause("dh-key-small")
def test_dh_key_small(ask, small_dh, client):
    r = ask("dh-key-small", small_dh("DHE"), client, code=394)
    assert "2048" in r["help"][0]


@pytest.mark.cause("dh-key-small")
@pytest.mark.parametrize("ciphers,number", [("DHE:ECDHE", 0), ("DHE", 1)])
def test_dh_key_small_what_helps(run, ask, pki, small_dh, ciphers, number):
    """A server that knows ECDHE too is reached without DHE; one that knows nothing else with a lower level."""
    port = small_dh(ciphers)
    if ciphers != "DHE":
        # it prefers what stands first
        r = ask("dh-key-small", small_dh("DHE"), "python")
    else:
        r = ask("dh-key-small", port, "python")
    [(host, keys)] = rules_of(r)
    if number > 0:
        line = next(h for h in r["help"] if "it knows nothing else: write " in h)
        keys = dict(CipherString=re.search("CipherString = (.+?) in place", line)[1], Reason=re.search("Reason = (.+?),", line)[1],
                    Until=re.search("Until = (.+)", line)[1])  # fmt: skip
    rule = (host, keys)
    assert run(CLIENTS["python"](port, pki.root_pem), config=run.config(rule)).code == 0


@pytest.mark.cause("legacy-signature")
@pytest.mark.parametrize("client", ["python", "curl"])
def test_legacy_signature(run, ask, pki, servers, rsa_identity, client):
    """A server that signs with SHA-1 whatever it is asked for; the rule of the help reaches one that does so when it may."""
    real = servers.s_server(rsa_identity, ADDRESS, "-tls1_2", "-cipher", "ECDHE:@SECLEVEL=0").port
    port = servers.odd(ADDRESS, tamper.proxy(ADDRESS, real, to_server=lambda: tamper.offer_sha1_first))
    r = ask("legacy-signature", port, client, code=370)
    (rule,) = rules_of(r)
    sha1_only = servers.s_server(rsa_identity, ADDRESS, "-tls1_2", "-sigalgs", "RSA+SHA1", "-cipher", "ECDHE:@SECLEVEL=0").port
    assert run(CLIENTS[client](sha1_only, pki.root_pem)).code != 0
    assert run(CLIENTS[client](sha1_only, pki.root_pem), config=run.config(rule)).code == 0


@EVERY
@pytest.mark.cause("downgrade-detected")
def test_downgrade_detected(ask, servers, good, client):
    """Somebody between takes TLS 1.3 out of the offer, and the server's random says that it could have done it."""
    port = servers.odd(ADDRESS, tamper.proxy(ADDRESS, good, to_server=lambda: tamper.offer_without_tls13))
    r = ask("downgrade-detected", port, client, code=373)
    assert "between" in helped(r) and not rules_of(r)


# ---- peer-error, protocol-error -----------------------------------------------------------------------------------------
ALERTS = {10: "unexpected_message", 47: "illegal_parameter", 50: "decode_error", 51: "decrypt_error", 80: "internal_error",
          90: "user_canceled", 109: "missing_extension", 110: "unsupported_extension", 115: "unknown_psk_identity"}  # fmt: skip


@pytest.mark.cause("peer-error")
@pytest.mark.parametrize("number", ALERTS)
def test_peer_error(ask, servers, number):
    r = ask("peer-error", servers.odd(ADDRESS, sends_alert(number)), code=1000 + number)
    assert r["alert"] == "received:%d" % number
    assert "log" in helped(r) or "settings of both" in helped(r)


@pytest.mark.cause("peer-error")
@pytest.mark.parametrize("client", ["python", "curl"])
def test_server_gets_a_damaged_record(ask, pki, servers, client):
    real = servers.s_server(pki.good(HOST), ADDRESS, "-tls1_2").port
    port = servers.odd(ADDRESS, tamper.proxy(ADDRESS, real, to_server=tamper.Damage))
    r = ask("peer-error", port, client)
    assert r["alert"] == "received:20" and "from a machine in another network: openssl s_client" in helped(r)
    assert "PSK" not in helped(r)


@pytest.mark.cause("peer-error")
def test_shared_keys_differ(ask, pki, servers):
    port = servers.s_server(pki.good(HOST), ADDRESS, "-tls1_2", "-cipher", "PSK", "-psk", "1a2b").port
    r = ask("peer-error", port, "s_client", "-tls1_2", "-psk", "1a2c", "-psk_identity", "x")
    assert r["alert"] == "received:20" and "compare the key" in r["help"][0]


@pytest.mark.parametrize("cause, differs", [
    pytest.param("peer-error", ["-psk", "1a2c"], marks=pytest.mark.cause("peer-error"), id="key"),
    pytest.param("handshake-refused", ["-psk", "1a2b", "-psk_identity", "x"], marks=pytest.mark.cause("handshake-refused"), id="identity"),
])  # fmt: skip
def test_shared_keys_differ_in_tls13(ask, pki, servers, cause, differs):
    """No host name would help, nor any other certificate."""
    port = servers.s_server(pki.good(HOST), ADDRESS, "-nocert", "-psk", "1a2b").port
    r = ask(cause, port, "s_client", "-noservername", *differs)
    assert "compare the" in r["help"][0] and "identity" in r["help"][0]
    assert rules_of(r) == []


@EVERY
@pytest.mark.cause("protocol-error")
@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_client_gets_a_damaged_record(ask, pki, servers, client, version):
    real = servers.s_server(pki.good(HOST), ADDRESS, version).port
    port = servers.odd(ADDRESS, tamper.proxy(ADDRESS, real, to_client=tamper.Damage))
    r = ask("protocol-error", port, client, code=281)
    assert r["alert"] == "sent:20" and "from a machine in another network: openssl s_client" in helped(r)


JUNK = {
    "text": b"HTTP/1.1 500 Oops\r\n\r\n",
    "odd-version": b"\x16\x07\x09\x00\x20" + bytes(32),
    "too-long": b"\x16\x03\x03\xff\xff" + bytes(2000),
    "empty-message": b"\x16\x03\x03\x00\x04\x0b\x00\x00\x00",
    "wrong-order": b"\x16\x03\x03\x00\x04\x0e\x00\x00\x00",
    "half-a-record": b"\x16\x03\x03\x01\x00\x0b\x00",
    "end": b"",
}  # fmt: skip


@pytest.mark.cause("protocol-error")
@pytest.mark.parametrize("kind", JUNK)
def test_junk_after_the_server_hello(ask, pki, servers, kind):
    real = servers.s_server(pki.good(HOST), ADDRESS, "-tls1_2").port
    port = servers.odd(ADDRESS, tamper.proxy(ADDRESS, real, to_client=lambda: tamper.AfterServerHello(JUNK[kind])))
    r = ask("protocol-error", port)
    assert "another" in helped(r) and "presented" not in r
    assert ("who ended the connection" in helped(r)) is (kind in ("half-a-record", "end"))


def waits_as_a_client(connection, _):
    """TLS, but the other way round."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.wrap_socket(connection)


@EVERY
@pytest.mark.cause("protocol-error")
def test_both_are_clients(ask, servers, client):
    r = ask("protocol-error", servers.odd(ADDRESS, waits_as_a_client), client)
    assert "clients" in helped(r)


@pytest.mark.cause("protocol-error")
def test_record_of_no_known_version(ask, servers):
    ask("protocol-error", servers.odd(ADDRESS, says(b"\x16\x03\x09\x00\x02\x00\x00")))


def in_pieces(size):
    """A server that is sent the hello in small pieces, as tunnels and slow networks do, is no failure."""

    def behaviour(connection, target):
        import threading

        with socket.create_connection((ADDRESS, target), 20) as server:
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            first = tamper.read_record(connection)
            for i in range(0, len(first), size):
                server.sendall(first[i : i + size])
            thread = threading.Thread(target=tamper._pump, args=(connection, server, None), daemon=True)
            thread.start()
            tamper._pump(server, connection, None)
            thread.join(20)

    return behaviour


@pytest.mark.parametrize("client", ["python", "curl"])
def test_hello_in_pieces_is_no_failure(run, pki, servers, good, client):
    port = servers.odd(ADDRESS, in_pieces(7), good)
    done = run(CLIENTS[client](port, pki.root_pem))
    assert done.code == 0 and done.log == ""
