# SPDX-License-Identifier: ISC
"""GET with asyncio, which hands OpenSSL memory BIOs. Usage: aio.py HOST PORT [CAFILE [CERTFILE KEYFILE]]"""
import asyncio
import ssl
import sys

host, port = sys.argv[1:3]
context = ssl.create_default_context(cafile=sys.argv[3] if len(sys.argv) > 3 else None)
if len(sys.argv) > 5:
    context.load_cert_chain(sys.argv[4], sys.argv[5])


async def get():
    reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
    writer.write(b"GET / HTTP/1.0\r\nHost: %s\r\n\r\n" % host.encode())
    answer = await reader.read()
    writer.close()
    return answer


try:
    print(asyncio.run(asyncio.wait_for(get(), 20)).decode())
except (ssl.SSLError, OSError) as e:
    sys.exit("%s: %s" % (type(e).__name__, e))
