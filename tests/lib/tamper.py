# SPDX-License-Identifier: ISC
"""Between client and server on the wire: a proxy that changes what passes, and the parts of a hello message."""
import contextlib
import socket
import struct
import threading

HANDSHAKE, APPLICATION = 22, 23
SUPPORTED_VERSIONS, SIGNATURE_ALGORITHMS, RENEGOTIATION_INFO = 43, 13, 0xFF01
RENEGOTIATION_SCSV = b"\x00\xff"
RSA_PKCS1_SHA1 = b"\x02\x01"


def read_record(connection):
    """One TLS record with its header; b"" at the end."""
    data = b""
    while len(data) < 5 or len(data) < 5 + int.from_bytes(data[3:5], "big"):
        want = 5 if len(data) < 5 else 5 + int.from_bytes(data[3:5], "big")
        piece = connection.recv(want - len(data))
        if not piece:
            return data
        data += piece
    return data


def record(kind, body, version=b"\x03\x03"):
    return bytes([kind]) + version + struct.pack("!H", len(body)) + body


class Hello:
    """A record that holds a ClientHello or a ServerHello and perhaps more messages after it."""

    def __init__(self, data):
        self.header, body = data[:3], data[5:]
        self.kind = body[0]
        size = int.from_bytes(body[1:4], "big")
        self.rest, body = body[4 + size :], body[4 : 4 + size]
        self.fixed, body = body[:34], body[34:]
        self.session, body = body[: 1 + body[0]], body[1 + body[0] :]
        if self.kind == 1:
            n = int.from_bytes(body[:2], "big")
            self.ciphers, body = [body[2 + i : 4 + i] for i in range(0, n, 2)], body[2 + n :]
            n = 1 + body[0]
        else:
            n = 3
        self.after, body = body[:n], body[n:]
        self.extensions = []
        body = body[2:]
        while body:
            kind, n = struct.unpack("!HH", body[:4])
            self.extensions.append((kind, body[4 : 4 + n]))
            body = body[4 + n :]

    def without(self, kind):
        self.extensions = [e for e in self.extensions if e[0] != kind]
        return self

    def bytes(self):
        body = self.fixed + self.session
        if self.kind == 1:
            body += struct.pack("!H", 2 * len(self.ciphers)) + b"".join(self.ciphers)
        extensions = b"".join(struct.pack("!HH", k, len(v)) + v for k, v in self.extensions)
        body += self.after + struct.pack("!H", len(extensions)) + extensions
        message = bytes([self.kind]) + len(body).to_bytes(3, "big") + body + self.rest
        return self.header + struct.pack("!H", len(message)) + message


def is_client_hello(data):
    return data[:1] == b"\x16" and data[5:6] == b"\x01"


def is_server_hello(data):
    return data[:1] == b"\x16" and data[5:6] == b"\x02"


def server_without_rfc5746(data):
    return Hello(data).without(RENEGOTIATION_INFO).bytes() if is_server_hello(data) else data


def offer_without_tls13(data):
    return Hello(data).without(SUPPORTED_VERSIONS).bytes() if is_client_hello(data) else data


def offer_sha1_first(data):
    """What a server does that does not read the client's list of signature algorithms."""
    if not is_client_hello(data):
        return data
    hello = Hello(data)
    only = (SIGNATURE_ALGORITHMS, struct.pack("!H", 2) + RSA_PKCS1_SHA1)
    hello.extensions = [only if e[0] == SIGNATURE_ALGORITHMS else e for e in hello.extensions]
    return hello.bytes()


class Damage:
    """Changes the last byte of the first encrypted record."""

    def __init__(self):
        self.done = False
        self.encrypted = False

    def __call__(self, data):
        # from ChangeCipherSpec on, or as application data (TLS 1.3)
        if not self.done and (data[:1] == b"\x17" or (self.encrypted and data[:1] == b"\x16")):
            self.done = True
            data = data[:-1] + bytes([data[-1] ^ 1])
        self.encrypted = self.encrypted or data[:1] == b"\x14"
        return data


class AfterServerHello:
    """Lets the ServerHello pass, then `junk`, then the end."""

    def __init__(self, junk):
        self.junk = junk

    def __call__(self, data):
        if not is_server_hello(data):
            return None
        # in a record of its own
        size = 4 + int.from_bytes(data[6:9], "big")
        return record(HANDSHAKE, data[5 : 5 + size]) + self.junk, None


def _pump(source, sink, change):
    with contextlib.suppress(OSError):
        while data := read_record(source):
            data = change(data) if change else data
            last = data is None or isinstance(data, tuple)
            if data:
                sink.sendall(data[0] if last else data)
            if last:
                break
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def proxy(address, port, to_server=None, to_client=None, only=None):
    """A behaviour for Servers.odd(). to_server, to_client: make the function that gets each record and returns what is sent in its
    place, (it, None) to send that and end, or None to end. only(hello): whether the server is reached at all."""

    def behaviour(connection, _):
        first = read_record(connection)
        if only and not only(first):
            return
        with socket.create_connection((address, port), 20) as server:
            change = to_server() if to_server else None
            server.sendall(change(first) if change else first)
            thread = threading.Thread(target=_pump, args=(connection, server, change), daemon=True)
            thread.start()
            _pump(server, connection, to_client() if to_client else None)
            thread.join(20)

    return behaviour
