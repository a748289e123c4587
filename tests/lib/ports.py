# SPDX-License-Identifier: ISC
"""Free ports. By itself, so that programs which must not load OpenSSL can have one, too."""
import contextlib
import errno
import random
import socket

# Below Linux' usual ephemeral range (32768-60999), so that no outgoing connection can sit on a port in the moment
# between its choice and the server's bind.
_PORTS = range(10000, 32000)


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def free_port(*addresses):
    """A port that is free on all these addresses; of 127.0.0.1 without any."""
    for port in random.sample(_PORTS, 200):
        with contextlib.ExitStack() as stack:
            try:
                for address in addresses or ["127.0.0.1"]:
                    s = stack.enter_context(socket.socket(family(address)))
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    s.bind((address, port))
                return port
            except OSError as e:
                if e.errno != errno.EADDRINUSE:
                    raise
    raise RuntimeError("no free port")
