# SPDX-License-Identifier: ISC
"""A client that puts something else behind its standard error, and then fails. Usage: log_elsewhere.py WHAT FILE HOST:PORT..."""
import os
import socket
import ssl
import sys

what, path, *peers = sys.argv[1:]
if what == "kept":  # as nginx: the log keeps its own number
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(log, 2)
elif what == "moved":  # as freopen(3)
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(log, 2)
    os.close(log)
elif what == "both":
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
elif what == "pipe":  # to a program that writes the log
    log, theirs = os.pipe()
    if os.fork() == 0:
        os.close(theirs)
        with open(path, "ab") as f:
            while data := os.read(log, 65536):
                f.write(data)
                f.flush()
        os._exit(0)
    os.close(log)
    os.dup2(theirs, 2)
elif what == "self-pipe":  # an event loop's, at a number that was free
    ends = os.pipe()
    os.dup2(ends[1], 2)
elif what == "database":
    os.close(2)
    os.dup2(os.open(path, os.O_RDWR | os.O_APPEND), 2)
elif what == "anew":  # all numbers are given out anew
    for fd in range(3):
        os.close(fd)
    for _ in range(3):
        os.open(path, os.O_RDWR | os.O_APPEND)
    os.dup2(os.open("/dev/null", os.O_RDWR), 0)
elif what == "closed":
    os.close(2)
if what in ("database", "anew"):
    # the only number that it has
    for fd in [3, 4, 5, 6] + ([1] if what == "anew" else []):
        try:
            if os.path.samestat(os.fstat(fd), os.fstat(2)):
                os.close(fd)
        except OSError:
            pass
context = ssl.create_default_context()
refused = 0
for peer in peers:
    host, port = peer.split(":")
    try:
        with socket.create_connection((host, int(port)), 20) as raw:
            context.wrap_socket(raw, server_hostname=host)
    except ssl.SSLCertVerificationError:
        refused += 1
if what == "self-pipe":
    os.set_blocking(ends[0], False)
    try:
        os.write(1, os.read(ends[0], 100))
    except BlockingIOError:
        pass
os._exit(0 if refused == len(peers) else 1)
