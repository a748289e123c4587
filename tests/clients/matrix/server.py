# SPDX-License-Identifier: ISC
"""The server of the matrix: one protocol, one fault. It keeps a log of what each connection came to, which is the truth in the tests."""
import contextlib
import dataclasses
import select
import socket
import ssl
import threading
import time
import warnings

from lib import pki as pki_module
from lib.pki import issue, revocation_list
from lib.servers import reset_on_close

from .protocols import PROTOCOLS, Wire

HOST, ADDRESS = "legacy.test", "127.0.0.2"
VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
DH_1024 = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""


class Certificates:
    """What the faults present, and what a client is told. `anchors(fault)`: the PEM that a rule's CA file needs."""

    def __init__(self, pki):
        self.pki = pki
        self._made = {}
        mine = issue("client.test", pki.root, purposes=("client",))
        self.client = pki.identity("matrix-client", mine)
        self.revoked = pki.identity("matrix-revoked", issue(HOST, pki.intermediate, names=[HOST]), pki.intermediate)
        self.crl = pki.write("matrix-crl.pem", revocation_list(pki.intermediate, self.revoked.leaf) + revocation_list(pki.root))

    def of(self, name):
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name):
        pki = self.pki
        if name == "rsa":
            return pki.identity("matrix-rsa", issue(HOST, pki.intermediate, names=[HOST], key="rsa2048"), pki.intermediate)
        if name == "wrong-name":
            # not the other's as its common name either, which some go by
            return pki.identity("matrix-elsewhere", issue("elsewhere.test", pki.intermediate, names=["elsewhere.test"]), pki.intermediate)
        makers = {
            "root-sent": pki_module.root_presented, "self-signed": pki_module.self_signed, "leaf-only": pki_module.intermediate_missing,
            "revoked": lambda *_: self.revoked, "good": lambda *_: pki.good(HOST),
        }  # fmt: skip
        return makers[name](pki, HOST) if name in makers else pki.variant(name, HOST)

    def anchors(self, name):
        if name == "self-signed":
            return self.of(name).leaf.pem
        return self.pki.root.pem + (self.pki.intermediate.pem if name == "leaf-only" else b"")


@dataclasses.dataclass
class Story:
    """What one connection came to, seen from the server."""

    asked: bool = False  # the protocol led to TLS
    begun: bool = True  # ... and the client began with it, as far as it was waited for
    handshake: bool = False
    data: int = 0  # bytes of application data from the client
    end: str = ""
    over: threading.Event = dataclasses.field(default_factory=threading.Event)

    def __str__(self):
        return "asked=%d handshake=%d data=%d end=%s" % (self.asked, self.handshake, self.data, self.end or "-")


def site(servers, certificates, protocol, fault, until):
    """It listens until that ExitStack is closed."""
    if protocol == "dtls":
        from .datagram import DatagramSite

        return DatagramSite(certificates, fault, Story, until)
    return Site(servers, certificates, protocol, fault, until)


def settled(site, since, seconds=3):
    """The stories of a site from number `since` on, once they are over."""
    deadline = time.monotonic() + seconds
    for story in site.stories[since:]:
        story.over.wait(max(0, deadline - time.monotonic()))
    return site.stories[since:]


class Site:
    def __init__(self, servers, certificates, protocol, fault, until):
        self.protocol, self.fault = PROTOCOLS[protocol](), fault
        self.identity = certificates.of(fault.certificate) if fault.certificate else None
        self.context = self._context(certificates) if self.identity else None
        self.stories = []
        self.port = servers.odd(ADDRESS, self._serve, until=until)

    def _context(self, certificates):
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        words = dict(w.partition("=")[::2] for w in self.fault.tls)
        c.set_ciphers(words.get("ciphers", "DEFAULT") + ":@SECLEVEL=0")
        c.load_cert_chain(self.identity.chain, self.identity.key)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            c.minimum_version = VERSIONS[words.get("min", "1.0" if words.get("max") == "1.0" else "1.2")]
            c.maximum_version = VERSIONS[words.get("max", "1.3")]
        if self.protocol.alpn:
            c.set_alpn_protocols(self.protocol.alpn)
        if "client-certificate" in words:
            c.verify_mode = ssl.CERT_REQUIRED
            c.load_verify_locations(certificates.pki.root_pem)
        if "dh" in words:
            c.load_dh_params(certificates.pki.write("matrix-dh.pem", DH_1024.encode()))
        return c

    def _serve(self, connection, _):
        story = Story()
        self.stories.append(story)
        try:
            wire = Wire(connection, 1)
            if self.protocol.before(wire):
                story.asked = True
                getattr(self, "_" + self.fault.wire.replace("-", "_"))(connection, story)
        except EOFError:
            story.end = story.end or "end of file"
        except OSError as e:
            story.end = story.end or getattr(e, "reason", None) or str(e)
        finally:
            story.over.set()

    # ---- what may come where TLS begins ----------------------------------------------------------------------
    def _tls(self, connection, story):
        with self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as tls:
            try:
                tls.do_handshake()
            except ssl.SSLError as e:
                story.end = e.reason or str(e)
                _wait_for_end(tls)
                raise
            self._speak(tls, story)
            # close_notify both ways: none of the clients is there to see a truncated answer
            tls.settimeout(3)
            with contextlib.suppress(OSError):
                tls.unwrap()

    def _tls_hasty(self, connection, story):
        """As a server that goes once its alert is sent: what it has not read makes that a reset, which may keep the alert from the client."""
        with self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as tls:
            try:
                tls.do_handshake()
            except ssl.SSLError as e:
                story.end = e.reason or str(e)
                # the client's request, or its first part
                select.select([tls], [], [], 1)
                raise
            self._speak(tls, story)

    def _reset_after_flight(self, connection, story):
        """As a server whose alert gets lost: it resets where the client's flight does not content it."""
        tls = InMemory(self.context, connection)
        try:
            tls.do_handshake()
        except ssl.SSLError as e:
            story.end = e.reason or str(e)
            _reset(connection)
            return
        self._speak(tls, story)

    def _speak(self, tls, story):
        story.handshake = True
        wire = Wire(tls)
        try:
            self.protocol.after(wire)
        finally:
            story.data = wire.count

    def _plain(self, connection, story):
        if not self.protocol.speaks_first:
            connection.recv(65536)
        connection.sendall(self.protocol.plain)
        connection.shutdown(socket.SHUT_WR)
        _wait_for_end(connection)

    def _close_at_once(self, connection, story):
        # what came already must be read, or the end would be a reset
        connection.shutdown(socket.SHUT_WR)
        story.begun = _wait_for_end(connection)

    def _close(self, connection, story):
        connection.recv(65536)

    def _reset(self, connection, story):
        connection.recv(65536)
        _reset(connection)

    def _silent(self, connection, story):
        _wait_for_end(connection)

    def _alert(self, connection, story):
        connection.recv(65536)
        connection.sendall(b"\x15\x03\x03\x00\x02\x02\x50")
        connection.shutdown(socket.SHUT_WR)
        _wait_for_end(connection)


class InMemory:
    """TLS over memory BIOs, so that what OpenSSL wants to send can be held back."""

    def __init__(self, context, connection):
        self.connection, self.received, self.to_send = connection, ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.received, self.to_send, server_side=True)

    def _until(self, call, *given):
        while True:
            try:
                done = call(*given)
                self.connection.sendall(self.to_send.read())
                return done
            except ssl.SSLWantReadError:
                self.connection.sendall(self.to_send.read())
                data = self.connection.recv(65536)
                if not data:
                    raise EOFError
                self.received.write(data)

    def do_handshake(self):
        self._until(self.tls.do_handshake)

    def recv(self, size):
        return self._until(self.tls.read, size)

    def sendall(self, data):
        self._until(self.tls.write, data)


def _wait_for_end(connection):
    """Lets the client close first: a reset of ours could overtake what we sent. Whether anything came."""
    came = False
    with contextlib.suppress(OSError):
        while socket.socket.recv(connection, 65536):
            came = True
    return came


def _reset(connection):
    reset_on_close(connection)
    connection.close()
