# SPDX-License-Identifier: ISC
"""Many connections that fail, in memory, with a server of this process. Usage: many.py COUNT NAMES CHAIN KEY: each name in turn
(h0.test, h1.test ...)."""
import ssl
import sys

count, names = int(sys.argv[1]), int(sys.argv[2])
server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_context.load_cert_chain(sys.argv[3], sys.argv[4])
client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
refused = 0


def step(what):
    try:
        what()
    except ssl.SSLWantReadError:
        return


for i in range(count):
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(back, there, server_hostname="h%d.test" % (i % names))
    server = server_context.wrap_bio(there, back, server_side=True)
    step(client.do_handshake)
    step(server.do_handshake)
    try:
        client.do_handshake()
    except ssl.SSLCertVerificationError:
        refused += 1
print(refused)
