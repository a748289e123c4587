# SPDX-License-Identifier: ISC
"""Offers the session of one host to the next. Usage: session.py CAFILE|- HOST:PORT...   One line of answer each."""
import socket
import ssl
import sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.maximum_version = ssl.TLSVersion.TLSv1_2
context.load_default_certs() if sys.argv[1] == "-" else context.load_verify_locations(sys.argv[1])
session = None
for peer in sys.argv[2:]:
    host, port = peer.split(":")
    try:
        with socket.create_connection((host, int(port)), 20) as raw:
            with context.wrap_socket(raw, server_hostname=host, session=session) as s:
                s.sendall(b"GET / HTTP/1.0\r\n\r\n")
                s.recv(1)
                print("OK", host, "resumed" if s.session_reused else "full", flush=True)
                session = s.session
    except ssl.SSLCertVerificationError as e:
        print("REFUSED", host, e.verify_code, flush=True)
