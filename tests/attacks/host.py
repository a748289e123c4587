# SPDX-License-Identifier: ISC
"""A long-running client and server in one process, which does what its arguments say, one after the other:

    connect LEAF HOST      a handshake; prints good or bad
    demand LEAF HOST       ... with a server that wants a certificate of the client's, and with one that has none
    new                    a client context of its own for each connect from here on
    fill, release          uses up all descriptors; gives them back
    deny ERRNO             every open(2) fails with that error from here on
    chroot DIR, user UID   another root directory; another user
    put FILE TEXT          replaces a file (TEXT: \\n is a line's end; @PATH the content of a file)
    mode FILE OCTAL        chmod
    remove FILE
    sleep SECONDS
"""
import ctypes
import os
import resource
import shutil
import ssl
import struct
import sys
import time

CERTS = os.environ["ATTACK_CERTS"] + "/"


def client():
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname = False
    c.load_verify_locations(cadata=STORE)
    return c


def server(leaf, demands=False):
    s = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    s.load_cert_chain(f"{CERTS}{leaf}.pem", f"{CERTS}{leaf}.key")
    if demands:
        s.verify_mode = ssl.CERT_REQUIRED
        s.load_verify_locations(CERTS + "corp.pem")
    return s


def connect(c, s, host):
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [c.wrap_bio(a, b, server_hostname=host), s.wrap_bio(b, a, server_side=True)]
    done = set()
    try:
        for _ in range(6):
            for end in ends:
                try:
                    end.do_handshake()
                    done.add(end)
                except ssl.SSLWantReadError:
                    pass
    except ssl.SSLError:
        return "bad"
    return "good" if len(done) == 2 else "bad"


def deny(error):
    """seccomp(2): openat, open and openat2 fail. BPF: load the number, compare, return."""
    libc = ctypes.CDLL(None, use_errno=True)
    numbers = (257, 2, 437) if os.uname().machine == "x86_64" else (56, 437)
    code = [(0x20, 0, 0, 0)]
    for i, n in enumerate(numbers):
        code.append((0x15, len(numbers) - 1 - i + 1, 0, n))
    code += [(0x06, 0, 0, 0x7fff0000), (0x06, 0, 0, 0x00050000 | error)]
    raw = b"".join(struct.pack("HBBI", *c) for c in code)
    buffer = ctypes.create_string_buffer(raw)
    program = struct.pack("HxxxxxxP", len(code), ctypes.addressof(buffer))
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.c_char_p(program), 0, 0) == 0, ctypes.get_errno()


def fill():
    taken = []
    try:
        while True:
            taken.append(os.dup(2))
    except OSError:
        return taken


STORE = open(CERTS + "public.pem").read()
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
import encodings.idna, stringprep, unicodedata  # noqa: E401,E402,F401 (nothing is imported without descriptors)
SERVERS = {leaf: server(leaf) for leaf in ("a", "a-public", "b-public")}
DEMANDING = {leaf: server(leaf, demands=True) for leaf in SERVERS}
script = [step.split(" ") for step in sys.argv[1:]]
context = None if ["new"] in script else client()
"x".encode("idna")
for word, *args in script:
    if word == "connect":
        print(connect(context or client(), SERVERS[args[0]], args[1]), flush=True)
    elif word == "demand":
        print(connect(context or client(), DEMANDING[args[0]], args[1]), flush=True)
    elif word == "fill":
        held = fill()
    elif word == "release":
        for fd in held:
            os.close(fd)
    elif word == "deny":
        deny(int(args[0]))
    elif word == "chroot":
        os.chroot(args[0])
        os.chdir("/")
    elif word == "user":
        os.setgid(int(args[0]))
        os.setuid(int(args[0]))
    elif word == "put":
        text = " ".join(args[1:]).replace("\\n", "\n")
        if text.startswith("@"):
            shutil.copy(text[1:], args[0] + ".new")
        else:
            with open(args[0] + ".new", "w") as f:
                f.write(text)
        os.rename(args[0] + ".new", args[0])
    elif word == "mode":
        os.chmod(args[0], int(args[1], 8))
    elif word == "remove":
        os.remove(args[0])
    elif word == "sleep":
        time.sleep(float(args[0]))
