# SPDX-License-Identifier: ISC
"""Many CA files, and ones that change under load: each version is read once, whoever asks for it, and memory does not grow with use."""
import ctypes
import os
import shutil
import struct
import subprocess
import sys

import pytest

from attackkit import A, build
from test_attacks_threads import check, threads

pytestmark = pytest.mark.slow


class Opened:
    """How often each file of a directory was opened (inotify(7))."""

    IN_OPEN, NONBLOCK = 0x20, os.O_NONBLOCK

    def __init__(self, directory):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(self.NONBLOCK)
        assert self.fd >= 0 and libc.inotify_add_watch(self.fd, os.fsencode(directory), self.IN_OPEN) >= 0, ctypes.get_errno()
        self.counts = {}

    def take(self):
        while True:
            try:
                events = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                return self.counts
            while events:
                _, mask, _, size = struct.unpack_from("iIII", events)
                name = events[16:16 + size].rstrip(b"\0").decode()
                events = events[16 + size:]
                assert not mask & 0x4000, "inotify's queue ran over"
                self.counts[name] = self.counts.get(name, 0) + 1

    def close(self):
        os.close(self.fd)


def memory_of(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(next(line for line in f if line.startswith("VmRSS:")).split()[1])


@pytest.mark.timeout(900)
def test_ten_thousand_ca_files(actor, certificates, tmp_path):
    """A host and a file of its own for each. The second round costs no file and no memory."""
    count = 10000
    folder = tmp_path / "cas"
    folder.mkdir()
    text = (certificates / "corp.pem").read_bytes()
    rules = []
    for i in range(count):
        (folder / f"{i}.pem").write_bytes(text)
        rules.append(f"[x{i}.a.test]\nExtraCAFile = {folder}/{i}.pem\n")
    opened = Opened(folder)
    line = "connect store=public ctx=0 sni=x%d.a.test server=wild max=1.2\n"
    client = subprocess.Popen([build("actor")], env=actor.environment("".join(rules), TLSMEND_LOG="off"), text=True, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    sizes = []
    try:
        for _ in range(2):
            for i in range(count):
                client.stdin.write(line % i)
                client.stdin.flush()
                assert client.stdout.readline().startswith("good"), i
                if i % 1000 == 0:
                    opened.take()
            sizes.append(memory_of(client.pid))
        assert client.poll() is None
        assert opened.take() == {f"{i}.pem": 1 for i in range(count)}
        assert sizes[1] < sizes[0] * 1.05, sizes
    finally:
        client.stdin.close()
        client.wait(30)
        opened.close()


@pytest.mark.parametrize("what", ["CA file", "configuration"])
def test_a_file_that_changes_under_64_threads(actor, certificates, tmp_path, what):
    """... ten times a second, to the same content. It is looked at every two seconds, once for all of them."""
    seconds = 10
    folder = tmp_path / "changes"
    folder.mkdir()
    path = folder / "file"
    ca = what == "CA file"
    rules = f"[a.test]\nExtraCAFile = {path}\n" if ca else A
    source = certificates / "corp.pem" if ca else tmp_path / "source"
    if not ca:
        source.write_text(rules.replace("CERTS", str(certificates)))
    shutil.copy(source, path)
    opened = Opened(folder)
    how = {} if ca else {"TLSMEND_CONFIG": str(path)}
    verdicts, growth, stray = threads(actor, 1000000, seconds, rules, threads=64, FLIP_PATH=str(path), FLIP_A=str(source), FLIP_B=str(source), **how)
    counts = opened.take()
    opened.close()
    check(verdicts, {"a.test a", "c.test c-public"})
    assert stray == 0 and growth < 8192
    # the file that takes its place has another name while it is written; on a loaded machine the ten seconds may be more
    assert 3 <= counts["file"] <= 3 * seconds / 2, counts
    assert min(sum(verdicts[name]) for name in ("a.test a", "c.test c-public")) > 10


# argv: certificates. Children of a server that forks: each handshakes under the rule, until it sees that the file is another one.
WORKERS = """
import ctypes, os, pathlib, shutil, ssl, sys, time
certs = pathlib.Path(sys.argv[1])
client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
client.check_hostname = False
client.load_verify_locations(certs / "public.pem")
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain(certs / "a.pem", certs / "a.key")

def handshake():
    ci, co, si, so = [ssl.MemoryBIO() for _ in range(4)]
    ends = client.wrap_bio(ci, co, server_hostname="a.test"), server.wrap_bio(si, so, server_side=True)
    left = list(ends)
    for _ in range(20):
        for end in list(left):
            try:
                end.do_handshake()
                left.remove(end)
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                return False
        si.write(co.read())
        ci.write(so.read())
        if not left:
            return True
    return False

class Mallinfo2(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]

# What is in use, and not what is resident: how much of the files that were mapped is, and in how large pages, the machine's load decides.
libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Mallinfo2

def memory():
    info = libc.mallinfo2()
    return info.uordblks + info.hblkhd

def work():
    for _ in range(50):
        assert handshake()
    os.write(ready[1], b"x")
    before, end = memory(), time.monotonic() + 60
    while handshake():
        assert time.monotonic() < end
        time.sleep(.02)
    for _ in range(50):
        assert not handshake()
    assert memory() < before * 1.03, (before, memory())

assert handshake()
ready = os.pipe()
children = []
for _ in range(8):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as e:
            print(repr(e), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    children.append(pid)
os.close(ready[1])
for _ in children:
    os.read(ready[0], 1)
print("at work", flush=True)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children))
"""


def test_workers_that_were_forked(actor, certificates, tmp_path):
    """They have what the parent has read; a change is seen in each, and read once there."""
    folder = tmp_path / "changes"
    folder.mkdir()
    path = folder / "ca.pem"
    shutil.copy(certificates / "corp.pem", path)
    opened = Opened(folder)
    client = subprocess.Popen([sys.executable, "-c", WORKERS, str(certificates)], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=actor.environment(f"[a.test]\nExtraCAFile = {path}\n", TLSMEND_LOG="off"))
    try:
        assert client.stdout.readline() == "at work\n"
        assert opened.take() == {"ca.pem": 1}
        shutil.copy(certificates / "stranger.pem", folder / "ca.new")
        os.rename(folder / "ca.new", path)
        out, err = client.communicate(timeout=120)
        assert (client.returncode, err) == (0, "")
        # the parent, and eight; inotify may tell of two at once
        assert 2 <= opened.take()["ca.pem"] <= 1 + 8, opened.counts
    finally:
        client.kill()
        client.wait(10)
        opened.close()
