# SPDX-License-Identifier: ISC
"""A client that reaches b through a proxy on localhost: who the TCP peer is says nothing about who the TLS peer is, where the client says it."""
import contextlib
import socket
import ssl
import subprocess
import sys
import threading

import pytest

CLIENT = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.load_verify_locations(sys.argv[1])
raw = socket.create_connection(("localhost", int(sys.argv[2])), timeout=20)
try:
    with context.wrap_socket(raw, server_hostname=sys.argv[3] or None):
        print("good")
except ssl.SSLCertVerificationError:
    print("bad")
"""


@contextlib.contextmanager
def server(certificates, name):
    """One connection, whatever becomes of it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / (name + ".pem"), certificates / (name + ".key"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)

        def serve():
            with contextlib.suppress(OSError):
                raw, _ = listening.accept()
                raw.settimeout(20)
                with raw, contextlib.suppress(ssl.SSLError, OSError):
                    context.wrap_socket(raw, server_side=True).recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(25)


@pytest.mark.parametrize("leaf,sni,rule,verdict", [
    ("b", "b.test", "localhost", "bad"), ("b", "", "localhost", "bad"), ("b", "", "127.0.0.1", "bad"), ("ab", "b.test", "a.test", "bad"),
    ("a", "b.test", "a.test", "bad"), ("b", "b.test", "127.0.0.0/8", "good"), ("a", "b.test", "127.0.0.0/8", "bad"), ("b", "b.test", "b.test", "good"),
    ("a", "", "a.test", "bad"),
])
def test_through_a_proxy(actor, certificates, leaf, sni, rule, verdict):
    with server(certificates, leaf) as port:
        done = subprocess.run([sys.executable, "-c", CLIENT, str(certificates / "public.pem"), str(port), sni], text=True, timeout=60,
                              env=actor.environment(f"[{rule}]\nExtraCAFile = CERTS/corp.pem\n"), capture_output=True)
    assert (done.stdout, done.stderr) == (verdict + "\n", "")
