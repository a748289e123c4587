# SPDX-License-Identifier: ISC
"""Runs the command `tlsmend` itself: clean environment, bounded, output as text."""
import os
import pathlib
import shutil
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
BUILD = TREE / (os.environ.get("TLSMEND_BUILD") or os.environ.get("BUILD") or "build")
COMMAND = BUILD / "tlsmend"
LIBRARY = BUILD / "libtlsmend.so"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def clean_environment(tmp_path, **extra):
    keep = {k: v for k, v in os.environ.items() if k in ("ASAN_OPTIONS", "UBSAN_OPTIONS")}
    return {**keep, "PATH": SYSTEM_PATH, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", **extra}


@pytest.fixture
def tlsmend(tmp_path):
    """tlsmend("run", "true", env={...}) -> CompletedProcess. The working directory is the test's own."""
    for built in (COMMAND, LIBRARY):
        if not built.exists():
            pytest.fail("%s is not built; run make first" % built, pytrace=False)

    def call(*words, env=None, command=COMMAND, **options):
        options.setdefault("cwd", tmp_path)
        options.setdefault("stdin", subprocess.DEVNULL)
        if "stdout" not in options:
            options["stdout"] = subprocess.PIPE
        return subprocess.run([str(command), *map(str, words)], stderr=subprocess.PIPE, text=True, errors="replace",
                              env=clean_environment(tmp_path, **(env or {})), timeout=60, **options)

    return call


@pytest.fixture(scope="session")
def ca(tmp_path_factory):
    """A CA certificate in PEM and DER, and a private key."""
    import trustme

    directory = tmp_path_factory.mktemp("ca")
    directory.chmod(0o755)
    authority = trustme.CA()
    pem = directory / "corp-root.pem"
    authority.cert_pem.write_to_path(str(pem))
    key = directory / "key.pem"
    key.write_bytes(authority.private_key_pem.bytes())
    der = directory / "corp-root.der"
    subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER", "-out", der], check=True, timeout=30)
    for path in (pem, key, der):
        path.chmod(0o644)
    return directory


def compile_c(source, output, *flags):
    compiler = shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        pytest.skip("no C compiler")
    subprocess.run([compiler, "-x", "c", "-", "-o", output, *flags], input=source, text=True, check=True, timeout=60)
    return output
