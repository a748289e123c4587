# SPDX-License-Identifier: ISC
"""Other processors under emulation: the stubs in assembler, system calls, and that the whole does what it does elsewhere."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

from lib import roots
from lib.run import TREE, only_failure

from .conftest import HERE, build_client, curl, own, root_or_skip

HOST = "legacy.test"
TRAPS = HERE.parent / "traps"


@pytest.fixture(scope="session", params=roots.EMULATED)
def root_emulated(request):
    return root_or_skip(request.param)


@pytest.fixture
def emulated(root_emulated, world_directory):
    base = world_directory / "runs"
    base.mkdir(exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="a", dir=base))
    yield roots.EmulatedRunner(scratch, world_directory, root_emulated)
    shutil.rmtree(scratch, ignore_errors=True)


def same(emulated, argv, **how):
    before, after = emulated(argv, library=False), emulated(argv, **how)
    assert (after.code, after.out, after.err) == (before.code, before.out, before.err)
    return after


@pytest.fixture(params=["own", "curl"])
def client(request, root_emulated, world_directory):
    if request.param == "curl":
        return lambda *a, **how: [str(x) for x in curl("/usr/bin/curl", *a, **how)]
    program = build_client(root_emulated, world_directory)
    return lambda *a, **how: [str(x) for x in own(program, *a, **how)]


@pytest.mark.timeout(1300)
def test_built_library_passes_its_checks(root_emulated):
    build = root_emulated.preload.parent
    command = [sys.executable, TREE / "scripts/check-library", "--exports", build / "exports", root_emulated.preload]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    # kernels for AArch64 have pages of 4, 16 or 64 KiB
    headers = subprocess.run(["readelf", "-lW", root_emulated.preload], capture_output=True, text=True, timeout=60, check=True).stdout
    aligned = [int(line.split()[-1], 16) for line in headers.splitlines() if line.strip().startswith("LOAD")]
    assert aligned and min(aligned) >= (64 if root_emulated.suite == "arm64" else 4) * 1024


def test_good_bad_and_mended(emulated, client, sites, pki):
    port, identity = sites.https(HOST)
    good = same(emulated, client(HOST, port, ca=pki.root_pem))
    assert good.code == 0 and good.log == ""
    # the emulator does not tell what a socket has carried, so that its port is not known to be this connection's
    only_failure(same(emulated, client(HOST, port)), ("issuer-unknown",), HOST, sha256=identity.sha256)
    mended = emulated(client(HOST, port), extra_ca={HOST: pki.root_pem})
    assert mended.code == 0 and mended.events == ["mended"]
    refused = emulated(client(HOST, port, ca=pki.root_pem), config=emulated.config((HOST, {"OnlyCAFile": pki.stranger_pem})))
    assert refused.code != 0 and refused.records[0]["event"] == "verify_failed"
    port, identity = sites.variant("expired")
    only_failure(same(emulated, client(HOST, port, ca=pki.root_pem)), ("expired",), HOST, sha256=identity.sha256)


@pytest.mark.parametrize("when", [(), ("deep",)], ids=["plain", "deep"])
def test_found_by_dlsym(emulated, root_emulated, world_directory, servers, pki, when):
    """dlsym, dlopen and dlclose through the stubs."""
    program = build_client(root_emulated, world_directory, TRAPS / "dlsym_user.c")
    port = servers.s_server(pki.good(HOST), "127.0.0.1").port
    argv = [str(a) for a in (program, port, HOST, pki.root_pem, *when)]
    assert same(emulated, argv).log == ""
    argv[3] = str(pki.stranger_pem)
    assert [r["cause"] for r in same(emulated, argv).records] == ["issuer-unknown"]
    mended = emulated(argv, extra_ca={HOST: pki.root_pem})
    assert mended.code == 0 and mended.events == ["mended"]


def test_dlsym_keeps_its_meaning(emulated, root_emulated, world_directory):
    program = build_client(root_emulated, world_directory, TRAPS / "dlsym_meaning.c")
    fake = build_client(root_emulated, world_directory, TRAPS / "fake.c", "-shared", "-fPIC")
    assert "SSL_CTX_new" in same(emulated, [str(program), str(fake)]).out
