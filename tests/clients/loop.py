# SPDX-License-Identifier: ISC
"""A long-running client: for each line `HOST PORT` on standard input one connection in the same context, and one line
of answer. Usage: loop.py [CAFILE]"""
import socket
import ssl
import sys

context = ssl.create_default_context()
if len(sys.argv) > 1:
    context.load_verify_locations(sys.argv[1])
for line in iter(sys.stdin.readline, ""):
    host, port = line.split()
    try:
        with socket.create_connection((host, int(port)), 20) as raw:
            with context.wrap_socket(raw, server_hostname=host) as s:
                print("OK", s.version(), flush=True)
    except ssl.SSLCertVerificationError as e:
        print("REFUSED", e.verify_code, flush=True)
    except Exception as e:
        print("ERROR", type(e).__name__, e, flush=True)
