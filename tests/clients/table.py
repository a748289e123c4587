# SPDX-License-Identifier: ISC
"""The clients. To add one, add an entry to `_clients()`; every test of the matrix then runs with it."""
import dataclasses
import functools
import glob
import os
import pathlib
import re
import shutil
import subprocess
import typing

from lib import dotnet

HERE = pathlib.Path(__file__).resolve().parent
DEBIAN_PYTHON = "/usr/bin/python3"
# What clients trust by default; the tests' CA is not in it.
SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
HOST = "legacy.test"


def curl(port, *options, host=HOST):
    return ["curl", "-sS", "-m", "20", *options, "https://%s:%d/" % (host, port)]


def connect(port, *options, host=HOST):
    """Python, without a library between it and OpenSSL's."""
    return [DEBIAN_PYTHON, HERE / "connect.py", host, port, *options]


@dataclasses.dataclass(frozen=True)
class Client:
    name: str
    # argv for (host, port, file with the CA that the client is told to trust, or None)
    command: typing.Callable
    # None, or why it cannot run here
    missing: typing.Callable = lambda: None
    # the CA reaches the client through this variable instead of an option
    ca_variable: str = None
    # exit code of a failed verification
    failure: int = 1
    # what a success prints to stdout or stderr
    success: str = "hello from"
    # it goes on after a failed verification; its exit code then says nothing
    goes_on: bool = False
    # it talks to PostgreSQL, not to a web server
    server: str = "https"
    # it hands OpenSSL memory BIOs, so the port is not known
    memory_bio: bool = False
    # is not slow even for the tests that repeat themselves over many clients
    quick: bool = True

    def argv(self, host, port, ca=None):
        return [str(a) for a in self.command(host, str(port), None if self.ca_variable else ca)]

    def env(self, ca=None):
        return {self.ca_variable: str(ca)} if self.ca_variable and ca else {}

    def worked(self, result):
        return result.code == 0 and re.search(self.success, result.out + result.err) is not None

    def failed(self, result):
        return result.code == (0 if self.goes_on else self.failure) and not self.worked(result)


def _linked_with_openssl(path):
    if not path or not os.path.exists(path):
        return "not installed"
    libraries = subprocess.run(["ldd", path], capture_output=True, text=True, timeout=60).stdout
    return None if "libssl.so" in libraries else "not linked with OpenSSL"


def _program(name):
    return lambda: None if shutil.which(name) else name + " is not installed"


def _perl_missing():
    if not shutil.which("perl"):
        return "perl is not installed"
    done = subprocess.run(["perl", "-MIO::Socket::SSL", "-e", "1"], capture_output=True, timeout=60)
    return None if done.returncode == 0 else "IO::Socket::SSL is not installed"


def _python_missing(python):
    def missing():
        if not os.path.exists(python):
            return python + " is not installed"
        done = subprocess.run([python, "-c", "import ssl"], capture_output=True, timeout=60)
        return None if done.returncode == 0 else python + " has no ssl module"

    return missing


def pyenv_pythons():
    """[(version, path)] of every Python that pyenv has here."""
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    found = glob.glob(os.path.join(root, "versions", "*", "bin", "python"))
    by_version = ((p.split(os.sep)[-3], p) for p in found)
    return sorted(by_version, key=lambda v: [int(n) if n.isdigit() else -1 for n in re.split(r"\W", v[0])])


def _curl(host, port, ca):
    return ["curl", "-sS", "-m", "20", *(["--cacert", ca] if ca else []), "https://%s:%s/" % (host, port)]


def _wget(host, port, ca):
    return ["wget", "-q", "-O", "-", "-T", "20", "-t", "1", *(["--ca-certificate=%s" % ca] if ca else []),
            "https://%s:%s/" % (host, port)]  # fmt: skip


def _s_client(*options):
    def command(host, port, ca):
        return ["openssl", "s_client", "-brief", "-connect", "%s:%s" % (host, port), "-servername", host, *options,
                *(["-CAfile", ca] if ca else [])]  # fmt: skip

    return command


def _psql(host, port, ca):
    # verify-full wants a file of its own: the system's where the right one is not to be trusted
    parameters = "host=%s port=%s user=postgres dbname=postgres connect_timeout=20 sslmode=verify-full sslrootcert=%s" % (
        host, port, ca or SYSTEM_BUNDLE,
    )  # fmt: skip
    return ["psql", "-X", "-A", "-t", "-c", "select 'hello from ' || ssl::text from pg_stat_ssl where pid = pg_backend_pid()",
            parameters]  # fmt: skip


def _dotnet(mode):
    def command(host, port, ca):
        where = [host, port] if mode == "sslstream" else ["https://%s:%s/" % (host, port)]
        return ["dotnet", dotnet.build(), mode, *where]

    return command


def python(path, script="get.py", *options):
    return lambda host, port, ca: [path, "-B", HERE / script, host, port, *([ca] if ca else []), *options]


def _clients():
    yield Client("curl", _curl, _program("curl"), failure=60)
    yield Client("python-debian", python(DEBIAN_PYTHON), _python_missing(DEBIAN_PYTHON))
    yield Client("python-asyncio", python(DEBIAN_PYTHON, "aio.py"), _python_missing(DEBIAN_PYTHON), memory_bio=True)
    for version, path in pyenv_pythons():
        quick = version.startswith(("2.7", "3.6", "3.13"))
        yield Client("python-" + version, python(path), _python_missing(path), quick=quick)
    yield Client("s_client", _s_client(), _program("openssl"), success="Verification: OK", goes_on=True)
    yield Client("s_client-strict", _s_client("-verify_return_error"), _program("openssl"), success="Verification: OK")
    yield Client("perl", lambda host, port, ca: ["perl", HERE / "get.pl", host, port, *([ca] if ca else [])], _perl_missing)
    yield Client("psql", _psql, _program("psql"), failure=2, success="hello from true", server="postgres")
    yield Client("dotnet", _dotnet("get"), dotnet.missing, ca_variable="SSL_CERT_FILE", memory_bio=True)
    yield Client("dotnet-sslstream", _dotnet("sslstream"), dotnet.missing, ca_variable="SSL_CERT_FILE", memory_bio=True,
                 success="OK Tls", quick=False)  # fmt: skip
    yield Client("wget", _wget, lambda: _linked_with_openssl(shutil.which("wget")), failure=5)
    yield Client("git", lambda host, port, ca: ["git", *(["-c", "http.sslCAInfo=%s" % ca] if ca else []), "ls-remote",
                 "https://%s:%s/" % (host, port)], lambda: _linked_with_openssl("/usr/lib/git-core/git-remote-https"),
                 failure=128, success="not valid|not found|server version")  # fmt: skip


CLIENTS = {c.name: c for c in _clients()}


@functools.lru_cache(None)
def missing(name):
    """Why this client cannot run here, or None. Asked once in each worker."""
    return CLIENTS[name].missing()


def present():
    return [c for c in CLIENTS.values() if missing(c.name) is None]
