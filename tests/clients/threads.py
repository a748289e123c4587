# SPDX-License-Identifier: ISC
"""N threads, each with M connections in turn over the peers, one context. Usage: threads.py N M HOST:PORT...
Prints how often each peer worked and failed."""
import collections
import socket
import ssl
import sys
import threading

context = ssl.create_default_context()
threads, times, peers = int(sys.argv[1]), int(sys.argv[2]), [p.split(":") for p in sys.argv[3:]]
counts = collections.Counter()
lock = threading.Lock()


def work(first):
    for i in range(times):
        host, port = peers[(first + i) % len(peers)]
        try:
            with socket.create_connection((host, int(port)), 20) as raw:
                with context.wrap_socket(raw, server_hostname=host):
                    word = "OK"
        except ssl.SSLCertVerificationError as e:
            word = "REFUSED %d" % e.verify_code
        with lock:
            counts[host, word] += 1


workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
for t in workers:
    t.start()
for t in workers:
    t.join()
for (host, word), n in sorted(counts.items()):
    print(host, word, n)
