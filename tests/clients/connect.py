# SPDX-License-Identifier: ISC
"""One TLS connection with everything that the ssl module lets a client get wrong. Python 2.7 to now.

Usage: connect.py HOST PORT [--ca FILE] [--capath DIRECTORY] [--no-names] [--no-verify] [--no-sni] [--san-only] [--tls1 | --max-tls1 | --options-tls1]
                            [--seclevel0] [--resolve NAME]... [--cert FILE --key FILE]
                            [--flags N]
"""
import argparse
import socket
import ssl
import sys
import warnings

warnings.simplefilter("ignore")
p = argparse.ArgumentParser()
p.add_argument("host")
p.add_argument("port", type=int)
p.add_argument("--ca")
p.add_argument("--capath")
p.add_argument("--cert")
p.add_argument("--key")
p.add_argument("--flags", type=int, default=0)
p.add_argument("--resolve", action="append", default=[])
for flag in "no-names no-verify no-sni san-only tls1 max-tls1 options-tls1 seclevel0".split():
    p.add_argument("--" + flag, action="store_true")
a = p.parse_args()

if a.tls1:
    # a fixed-version method, as programs of 2012 ask for it
    context = ssl.SSLContext(ssl.PROTOCOL_TLSv1)
    context.verify_mode = ssl.CERT_REQUIRED
    if hasattr(context, "check_hostname"):
        context.check_hostname = True
else:
    context = ssl.create_default_context(capath=a.capath)
    if a.max_tls1:
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    if a.options_tls1:
        for name in ("OP_NO_TLSv1_1", "OP_NO_TLSv1_2", "OP_NO_TLSv1_3"):
            context.options |= getattr(ssl, name, 0)
if a.seclevel0:
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
if a.no_names or a.no_verify or a.no_sni:
    context.check_hostname = False
if a.flags:
    context.verify_flags |= a.flags
if a.san_only:
    context.hostname_checks_common_name = False
if a.no_verify:
    context.verify_mode = ssl.CERT_NONE
elif a.ca:
    context.load_verify_locations(a.ca)
elif not a.capath:
    context.load_default_certs()
if a.cert:
    context.load_cert_chain(a.cert, a.key)
for name in a.resolve:
    socket.getaddrinfo(name, a.port)
try:
    raw = socket.create_connection((a.host, a.port), 20)
    s = context.wrap_socket(raw, server_hostname=None if a.no_sni else a.host)
    s.sendall(b"GET / HTTP/1.0\r\n\r\n")
    body = b""
    while True:
        try:
            piece = s.recv(65536)
        except ssl.SSLError as e:
            # TLS 1.3: the server's verdict on our certificate comes with the first read
            if body:
                break
            raise
        if not piece:
            break
        body += piece
except Exception as e:
    print("REFUSED %s code=%s: %s" % (type(e).__name__, getattr(e, "verify_code", None), e))
    sys.exit(1)
print("OK %s" % s.version())
