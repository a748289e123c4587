# SPDX-License-Identifier: ISC
"""Fixtures of the tests that run in the roots of other Debian suites, which are unpacked at the first question (lib/roots.py)."""
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from lib import roots
from lib.run import HOSTS, LIBRARY

HERE = pathlib.Path(__file__).resolve().parent
CLIENT_PY = HERE.parent / "clients" / "connect.py"


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            # the first one unpacks a root, or waits for who does; some are built from source
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(1500))


# curl and python3 of experimental would be sid's.
PLACES = [(s, c) for s in roots.SUITES for c in ("openssl", "curl", "python3", "own") if s != "experimental" or c in ("openssl", "own")]
# bookworm's OpenSSL, built with another libc
PLACES += [("musl", "openssl"), ("musl", "own")]
# ... and all of 32 bits, the library too
PLACES += [("i386", c) for c in ("openssl", "curl", "python3", "own")]


def root_or_skip(suite):
    try:
        return roots.root_of(suite)
    except roots.Missing as e:
        pytest.skip(str(e))


@pytest.fixture(scope="session", params=PLACES, ids="-".join)
def place(request):
    """(suite, name of one of its clients)"""
    return request.param


@pytest.fixture(scope="session")
def root(place):
    return root_or_skip(place[0])


@pytest.fixture(scope="session")
def name(place):
    return place[1]


@pytest.fixture(scope="session", params=list(roots.SUITES))
def each_root(request):
    """For tests that need no client."""
    return root_or_skip(request.param)


@pytest.fixture
def away(world_directory, root):
    """A runner whose clients live in that root."""
    if not LIBRARY.exists():
        pytest.fail("%s is not built; run make first" % LIBRARY, pytrace=False)
    base = world_directory / "runs"
    base.mkdir(exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="g", dir=base))
    try:
        yield roots.RootRunner(scratch, world_directory, root)
    except roots.Missing as e:
        pytest.skip(str(e))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


# ---- clients ----------------------------------------------------------------------------------------------
def build_client(root, world_directory, source=HERE / "client.c", *flags):
    """A program with the headers and libraries of that root."""
    out = world_directory / (source.stem + "-" + root.suite)
    if out.exists():
        return out
    partial = out.with_suffix(".new")
    lib = root.lib_directory()
    argv = [*root.compiler, "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations", "-L%s" % lib, "-o",
            str(partial), str(source), "-D_GNU_SOURCE", *(flags or ("-lssl", "-lcrypto"))]  # fmt: skip
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    partial.rename(out)
    return out


def openssl(program, host, port, ca=None, cert=None, alpn=None, tls1=False, waive=False):
    given = [*(["-CAfile", ca] if ca else []), *(["-cert", cert.chain, "-key", cert.key] if cert else []),
             *(["-alpn", alpn] if alpn else []), *(["-tls1", "-cipher", "DEFAULT:@SECLEVEL=0"] if tls1 else [])]  # fmt: skip
    return [program, "s_client", "-brief", *([] if waive else ["-verify_return_error"]), "-verify_hostname", host, "-servername",
            host, "-connect", "%s:%d" % (host, port), *given]  # fmt: skip


def curl(program, host, port, ca=None, cert=None, alpn=None, tls1=False, waive=False):
    given = [*(["--cacert", ca] if ca else []), *(["--cert", cert.chain, "--key", cert.key] if cert else []),
             *(["--tls-max", "1.0", "--tlsv1.0", "--ciphers", "DEFAULT:@SECLEVEL=0"] if tls1 else []), *(["-k"] if waive else [])]  # fmt: skip
    return [program, "-sS", "-m", "20", *given, "https://%s:%d/" % (host, port)]


def python(program, host, port, ca=None, cert=None, alpn=None, tls1=False, waive=False):
    given = [*(["--ca", ca] if ca else []), *(["--cert", cert.chain, "--key", cert.key] if cert else []),
             *(["--max-tls1", "--seclevel0"] if tls1 else []), *(["--no-verify"] if waive else [])]  # fmt: skip
    return [program, "-B", CLIENT_PY, host, port, *given]


def own(program, host, port, ca=None, cert=None, alpn=None, tls1=False, waive=False):
    given = [*(["--ca", ca] if ca else []), *(["--cert", cert.chain, "--key", cert.key] if cert else []),
             *(["--alpn", alpn] if alpn else []), *(["--max", "0x301", "--ciphers", "DEFAULT:@SECLEVEL=0"] if tls1 else []),
             *(["--waive"] if waive else [])]  # fmt: skip
    return [program, host, port, *given]


COMMANDS = {"openssl": openssl, "curl": curl, "python3": python, "own": own}


@pytest.fixture
def client(name, root, world_directory):
    """argv for (host, port, ca=, cert=, alpn=, tls1=, waive=)."""
    program = build_client(root, world_directory) if name == "own" else "/usr/bin/" + name
    return lambda host, port, **how: [str(a) for a in COMMANDS[name](program, host, port, **how)]


@pytest.fixture
def compare(away):
    """Runs without and with the library: the client must not notice. Returns the latter's result."""

    def run(argv, **how):
        before = away(argv, library=False)
        after = away(argv, **how)
        assert (after.code, after.out, after.err) == (before.code, before.out, before.err)
        return after

    return run


@pytest.fixture
def odd(servers):
    return lambda behaviour, host="legacy.test", identity=None: servers.odd(HOSTS[host], behaviour, identity)
