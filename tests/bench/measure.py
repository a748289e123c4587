# SPDX-License-Identifier: ISC
"""What measurements have in common: environments, instructions by callgrind, the two ends (peer.c), and ratios with their spread."""
import contextlib
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import time

from lib.ports import free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build")).resolve()
LIBRARY = BUILD / "libtlsmend.so"
OUT = BUILD / "bench"


def environment(preload=None, **more):
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C", **more}
    return {**env, "LD_PRELOAD": str(preload)} if preload else env


def ours(**more):
    return environment(LIBRARY, TLSMEND_CONFIG=more.pop("TLSMEND_CONFIG", "/dev/null"), **more)


def compiled(name, *flags):
    """A program of this folder, or NAME.so out of no source at all."""
    OUT.mkdir(parents=True, exist_ok=True)
    target, source = OUT / name, pathlib.Path(__file__).with_name(name + ".c")
    if name.endswith(".so"):
        source = "/dev/null"
    elif target.exists() and target.stat().st_mtime > source.stat().st_mtime:
        return target
    partial = OUT / f"{name}.{os.getpid()}"
    subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", f"-I{ROOT}/include", f"-I{ROOT}", "-x", "c", str(source), "-x", "none", "-o", str(partial), *flags],
                   check=True)
    partial.rename(target)
    return target


def peer():
    return compiled("peer", "-lssl", "-lcrypto", "-pthread")


def empty_library():
    return compiled("empty.so", "-shared", "-nostartfiles", "-fPIC", "-Wl,-z,now,-z,relro")


def instructions(argv, env, directory):
    """Of the whole process under callgrind; None: there is no valgrind, or it cannot run this, or not on so busy a machine."""
    if not shutil.which("valgrind"):
        return None
    try:
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={directory}/callgrind.{os.getpid()}", *map(str, argv)], env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=120)
    except subprocess.TimeoutExpired:
        return None
    match = re.search(r"Collected : (\d+)", done.stderr)
    return int(match[1]) if match and done.returncode == 0 else None


def handshake_instructions(port, ca, env, directory, few=5, more=25):
    """Of one handshake of a client that has made some already."""
    counts = [instructions([peer(), "connect", port, n, ca], env, directory) for n in (few, more)]
    return None if None in counts else (counts[1] - counts[0]) // (more - few)


def timed(argv, env):
    start = time.perf_counter()
    done = subprocess.run([str(a) for a in argv], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(map(str, argv))}: status {done.returncode}\n{done.stderr}")
    return seconds, done.stdout


def in_turns(runs, rounds, measure):
    """runs: name -> argument of `measure`, which gives a number. In turns, so that a machine that gets slower meanwhile slows all."""
    values = {name: [] for name in runs}
    for turn in range(rounds):
        for name in list(runs)[:: 1 if turn % 2 else -1]:
            values[name].append(measure(runs[name]))
    return values


def spread(values):
    """What chance alone gives: half the distance between the quartiles, of the median."""
    if len(values) < 4:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2 / statistics.median(values)


def certificates(directory):
    def openssl(*argv):
        subprocess.run(["openssl", *argv], cwd=directory, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", "/CN=Bench Root",
            "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bench.test", "-keyout", "leaf.key", "-out", "leaf.csr")
    (directory / "ext").write_text("subjectAltName=DNS:bench.test,DNS:*.bench.test\nbasicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "3", "-extfile", "ext", "-out", "leaf.pem")
    for name, hosts in (("rules", "bench.test *.bench.test"), ("other-rules", "other.test")):
        (directory / name).write_text(f"[{hosts}]\nExtraCAFile = {directory}/ca.pem\n")
    return directory


@contextlib.contextmanager
def running(argv, port, **how):
    """A server, from when somebody listens on the port."""
    process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how)
    deadline = time.monotonic() + 20
    try:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"bench: {argv[0]} does not listen on port {port}")
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def curl(port, *more):
    return ["curl", "-sS", "-f", "-o", "/dev/null", "--connect-to", f"bench.test:{port}:127.0.0.1:{port}", *more]


@contextlib.contextmanager
def web(directory):
    """Files of the folder, over TLS."""
    port = free_port()
    argv = ["openssl", "s_server", "-quiet", "-WWW", "-accept", f"127.0.0.1:{port}", "-cert", "leaf.pem", "-key", "leaf.key"]
    with running(argv, port, cwd=directory, env=environment()):
        yield port


@contextlib.contextmanager
def server(directory):
    process = subprocess.Popen([str(a) for a in (peer(), "serve", 0, directory / "leaf.pem", directory / "leaf.key")], env=environment(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
