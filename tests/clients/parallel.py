# SPDX-License-Identifier: ISC
"""Many connections at once with asyncio, which hands OpenSSL memory BIOs. Usage: parallel.py HOST CAFILE COUNT PORT...: COUNT to each port, one
after the other in their beginning. Prints how each ended."""
import asyncio
import ssl
import sys

host, cafile, count, ports = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
context = ssl.create_default_context(cafile=cafile)


async def get(port):
    try:
        reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        answer = await reader.read(65536)
        writer.close()
        return port, bool(answer)
    except OSError as e:
        return port, False


async def main():
    for port, answered in sorted(await asyncio.gather(*(get(p) for _ in range(count) for p in ports))):
        print(port, "OK" if answered else "REFUSED")


asyncio.run(main())
