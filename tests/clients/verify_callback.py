# SPDX-License-Identifier: ISC
"""pyOpenSSL with a verify callback of the program's own: verify_callback.py yes|no|collect|raise HOST PORT [CA]."""
import socket
import sys

from OpenSSL import SSL

answer, host, port, *ca = sys.argv[1:]
collected = []


def verify(connection, certificate, error, depth, ok):
    if not ok:
        collected.append((error, depth))
    if answer == "raise":
        raise ValueError("no")
    return answer != "no"


context = SSL.Context(SSL.TLS_CLIENT_METHOD)
context.set_verify(SSL.VERIFY_PEER, verify)
if ca:
    context.load_verify_locations(ca[0])
else:
    context.set_default_verify_paths()
connection = SSL.Connection(context, socket.create_connection((host, int(port)), 20))
connection.set_tlsext_host_name(host.encode())
connection.setblocking(True)
connection.set_connect_state()
try:
    connection.do_handshake()
except Exception as e:
    print("refused: %s, collected %s" % (e, collected))
    sys.exit(1)
if answer == "collect" and collected:
    connection.close()
    print("stopped, collected %s" % collected)
    sys.exit(1)
connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
try:
    while True:
        print(connection.recv(65536).decode())
except SSL.Error:
    pass
connection.close()
