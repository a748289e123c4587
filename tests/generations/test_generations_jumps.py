# SPDX-License-Identifier: ISC
"""send, sendmsg, shutdown, close, syscall and prctl on other processors (shim/hooks/jump_ARCH.S): who calls them, when, and with what, as in tests/traps."""
import pathlib
import shutil
import tempfile

import pytest

from lib import roots

from .conftest import HERE, build_client, root_or_skip

TRAPS = HERE.parent / "traps"


@pytest.fixture(scope="session", params=["i386", *roots.EMULATED])
def elsewhere(request):
    return root_or_skip(request.param)


@pytest.fixture
def same(elsewhere, world_directory, pki):
    base = world_directory / "runs"
    base.mkdir(exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="j", dir=base))
    runner = (roots.EmulatedRunner if elsewhere.suite in roots.EMULATED else roots.RootRunner)(scratch, world_directory, elsewhere)
    shutil.copy(pki.root_pem, scratch / "root.pem")

    def run(argv):
        before, after = (runner(argv, library=library, env={"TRAP_CERTS": str(scratch)}) for library in (False, True))
        assert (after.code, after.out, after.err) == (before.code, before.out, before.err)
        return after

    yield run
    shutil.rmtree(scratch, ignore_errors=True)


@pytest.mark.timeout(1300)
@pytest.mark.parametrize("trap, arguments", [
    ("syscalls", []), ("sends", ["before"]), ("sends", ["within"]), ("closes", ["before", "reset"]), ("closes", ["within", "reset"]),
    ("unwound", []),
])  # fmt: skip
def test_whoever_calls(elsewhere, same, world_directory, trap, arguments):
    program = build_client(elsewhere, world_directory, TRAPS / (trap + ".c"), "-fexceptions", "-lssl", "-lcrypto", "-ldl", "-pthread")
    assert same([program, *arguments]).code == 0


def test_functions_of_these_names_that_mean_something_else(elsewhere, same, world_directory):
    apart = world_directory / "foreign"
    apart.mkdir(exist_ok=True)
    library = build_client(elsewhere, apart, TRAPS / "foreign_send.c", "-shared", "-fPIC", "-DFOREIGN_LIBRARY")
    program = build_client(elsewhere, world_directory, TRAPS / "foreign_send.c", library, "-lssl", "-lcrypto", "-Wl,-rpath,%s" % apart)
    result = same([program])
    assert result.code == 0 and len({line.partition(":")[2] for line in result.out.splitlines()}) == 1
