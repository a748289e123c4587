# SPDX-License-Identifier: ISC
"""The same server over DTLS: one UDP socket, one client at a time. It is pyOpenSSL's, since Python's own module has no DTLS."""
import contextlib
import socket
import threading
import time

from OpenSSL import SSL

from lib.ports import free_port

ADDRESS = "127.0.0.2"
PATIENCE_S = 8


class DatagramSite:
    def __init__(self, certificates, fault, new_story, until):
        self.fault, self.new_story, self.stories = fault, new_story, []
        self.context = self._context(certificates)
        self.port = free_port(ADDRESS)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ADDRESS, self.port))
        self.socket.settimeout(0.2)
        self.over = False
        thread = threading.Thread(target=self._serve, daemon=True)
        thread.start()

        def stop():
            self.over = True
            thread.join(PATIENCE_S + 2)
            self.socket.close()

        until.callback(stop)

    def _context(self, certificates):
        identity = certificates.of(self.fault.certificate)
        context = SSL.Context(SSL.DTLS_SERVER_METHOD)
        words = dict(w.partition("=")[::2] for w in self.fault.tls)
        context.set_cipher_list((words.get("ciphers", "DEFAULT") + ":@SECLEVEL=0").encode())
        context.use_certificate_chain_file(str(identity.chain))
        context.use_privatekey_file(str(identity.key))
        if "client-certificate" in words:
            context.load_verify_locations(str(certificates.pki.root_pem))
            context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *given: bool(given[-1]))
        return context

    def _serve(self):
        peer = None
        while not self.over:
            try:
                data, sender = self.socket.recvfrom(65536)
            except (TimeoutError, ConnectionError):
                continue
            # what a former client still has to say is no new connection, a ClientHello is
            if sender != peer and data[:1] == b"\x16" and data[13:14] == b"\x01":
                peer = sender
                story = self.new_story()
                story.asked = True
                self.stories.append(story)
                with contextlib.suppress(OSError):
                    self._one(data, peer, story)
                story.over.set()

    def _one(self, data, peer, story):
        tls = SSL.Connection(self.context, None)
        tls.set_accept_state()
        tls.set_ciphertext_mtu(1200)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and not self.over:
            if data:
                tls.bio_write(data)
                data = None
            try:
                if not story.handshake:
                    tls.do_handshake()
                    story.handshake = True
                story.data += len(tls.recv(65536))
                tls.send(b"hello there\n")
            except SSL.WantReadError:
                pass
            except SSL.Error as e:
                story.end = str(e) or "closed"
                deadline = 0
            with contextlib.suppress(SSL.WantReadError):
                while True:
                    self.socket.sendto(tls.bio_read(16000), peer)
            with contextlib.suppress(TimeoutError):
                data, sender = self.socket.recvfrom(65536) if deadline else (None, peer)
                data = data if sender == peer else None
