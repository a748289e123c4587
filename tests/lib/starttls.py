# SPDX-License-Identifier: ISC
"""Servers that change to TLS in the middle of another protocol. Each is a behaviour for Servers.odd()."""
import ssl


def _tls(connection, identity):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.chain, identity.key)
    with context.wrap_socket(connection, server_side=True) as tls:
        tls.recv(65536)


def _line(connection):
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            raise OSError("closed")
        line += byte
    return line


def _exactly(connection, n):
    data = b""
    while len(data) < n:
        more = connection.recv(n - len(data))
        if not more:
            raise OSError("closed")
        data += more
    return data


def smtp(connection, willing):
    connection.sendall(b"220-mail.test\r\n220 ESMTP\r\n")
    assert _line(connection).startswith(b"EHLO ")
    connection.sendall(b"250-mail.test\r\n250-STARTTLS\r\n250 HELP\r\n")
    assert _line(connection) == b"STARTTLS\r\n"
    connection.sendall(b"220 go on\r\n" if willing else b"454 4.7.0 TLS not available\r\n")


def imap(connection, willing):
    connection.sendall(b"* OK IMAP4rev1 ready\r\n")
    assert _line(connection) == b"a STARTTLS\r\n"
    connection.sendall(b"* CAPABILITY X\r\na OK begin\r\n" if willing else b"a BAD no TLS\r\n")


def pop3(connection, willing):
    connection.sendall(b"+OK ready\r\n")
    assert _line(connection) == b"STLS\r\n"
    connection.sendall(b"+OK begin\r\n" if willing else b"-ERR no TLS\r\n")


def ftp(connection, willing):
    connection.sendall(b"220-hello\r\n220 ready\r\n")
    assert _line(connection) == b"AUTH TLS\r\n"
    connection.sendall(b"234 begin\r\n" if willing else b"534 no TLS\r\n")


def ldap(connection, willing):
    request = _exactly(connection, 31)
    assert request[:5] == b"\x30\x1d\x02\x01\x01" and request.endswith(b"1.3.6.1.4.1.1466.20037")
    connection.sendall(b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01" + (b"\0" if willing else b"\x34") + b"\x04\0\x04\0")


def postgres(connection, willing):
    assert _exactly(connection, 8) == b"\0\0\0\x08\x04\xd2\x16\x2f"
    connection.sendall(b"S" if willing else b"N")


def mysql(connection, willing):
    flags = b"\xff\xff" if willing else b"\xff\xf7"
    body = b"\x0a8.0.32\0" + b"\x01\0\0\0" + b"saltsalt" + b"\0" + flags + b"\x21\x02\0\xff\xff\x15" + b"\0" * 10 + b"saltsaltsalt\0mysql_native_password\0"
    connection.sendall(len(body).to_bytes(3, "little") + b"\0" + body)
    request = _exactly(connection, 36)
    assert request[3] == 1 and request[5] & 0x08


def xmpp(connection, willing):
    seen = b""
    while b"version='1.0'>" not in seen:
        seen += connection.recv(4096)
    connection.sendall(b"<?xml version='1.0'?><stream:stream id='1'><stream:features>"
                       b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>")
    assert b"<starttls" in connection.recv(4096)
    connection.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" if willing
                       else b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>")


PROTOCOLS = {f.__name__: f for f in (smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp)}


def server(name, willing=True):
    def behaviour(connection, identity):
        PROTOCOLS[name](connection, willing)
        if willing:
            _tls(connection, identity)
        else:
            connection.recv(1)

    return behaviour


def connect_proxy(seen, port, refuse=False):
    """An HTTP proxy that takes CONNECT to anywhere and leads to that port of loopback."""
    import select
    import socket

    def behaviour(connection, _):
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(4096)
        seen.append(request.split(b"\r\n")[0].decode())
        if refuse:
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.2", port)) as other:
            connection.sendall(b"HTTP/1.1 200 OK\r\nVia: test\r\n\r\n")
            while True:
                for end, to in ((connection, other), (other, connection)):
                    if end in select.select([connection, other], [], [], 20)[0]:
                        data = end.recv(65536)
                        if not data:
                            return
                        to.sendall(data)

    return behaviour
