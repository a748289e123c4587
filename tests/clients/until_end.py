# SPDX-License-Identifier: ISC
"""HTTP/1.0 until the end of the connection, which must be one: until_end.py HOST PORT CA"""
import socket
import ssl
import sys

context = ssl.create_default_context(cafile=sys.argv[3])
# as Python did before 3.10, and as most programs do
context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
try:
    raw = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)
    s = context.wrap_socket(raw, server_hostname=sys.argv[1], suppress_ragged_eofs=False)
    s.sendall(b"GET / HTTP/1.0\r\n\r\n")
    body = b""
    while True:
        piece = s.recv(65536)
        if not piece:
            break
        body += piece
except Exception as e:
    print("REFUSED %s: %s" % (type(e).__name__, e))
    sys.exit(1)
print("OK %s %s" % (s.version(), body.decode().replace("\r\n", "|")))
