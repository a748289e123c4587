# SPDX-License-Identifier: ISC
"""As programs of 2010 connect: ssl.wrap_socket() with TLS 1.0, no SNI, no name check. Usage: wrap_socket.py HOST PORT
CAFILE. Python 2.7 to 3.11."""
import socket
import ssl
import sys
import warnings

warnings.simplefilter("ignore")
host, port, ca = sys.argv[1:4]
try:
    s = ssl.wrap_socket(
        socket.create_connection((host, int(port)), 20),
        ssl_version=ssl.PROTOCOL_TLSv1,
        cert_reqs=ssl.CERT_REQUIRED,
        ca_certs=ca,
    )
except Exception as e:
    print("REFUSED %s: %s" % (type(e).__name__, e))
    sys.exit(1)
print("OK %s" % s.version())
