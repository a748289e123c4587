# SPDX-License-Identifier: ISC
"""A process whose libc is musl: LD_PRELOAD is inherited, by a container's programs and by children, whoever set it."""
import os
import re
import subprocess
import sys

import pytest

from lib import roots
from lib.musl import COMPILER, WHY_NOT, compile_musl
from lib.run import COMMAND
from trapkit import HERE, OUT, own_mounts, without_front

pytestmark = [pytest.mark.skipif(not COMPILER, reason=WHY_NOT), without_front]
WAYS = ["hello", "look", "threads", "names", "libraries", "fork"]
# How programs are linked: position independent or not, with either kind of hash table, without what debuggers look for.
LINKS = {
    "pie": ["-pie", "-fPIE"],
    "fixed": ["-no-pie"],
    "sysv": ["-Wl,--hash-style=sysv"],
    "now": ["-Wl,-z,now,-z,relro"],
    "rdynamic": ["-rdynamic"],
}


# What they say of glibc's own: RTLD_DEEPBIND, dlclose(3) that unloads, dlvsym(3), ld.so's words and ld.so.preload, copies of OpenSSL that
# are glibc's, buffers of stdio in a child.
GLIBC = ["deepbind_left", "loaded_again", "reload", "copy_is_kept", "dlsym_keeps", "dlerror_is", "with_roots", "ordinary_program", "two_copies",
         "two_generations", "foreign_definer_linked", "fork_in_a_threaded", "fork_from_a_callback", "one_object"]  # fmt: skip
# The other modules' traps, built with musl and linked with an OpenSSL that is: the ones that need nothing of glibc.
MODULES = ["test_traps_tls.py", "test_traps_callback.py", "test_traps_load.py", "test_traps_loading.py", "test_traps_guest.py"]


def test_what_is_left_out_goes_by_names_that_are_there():
    names = [n for m in MODULES for n in re.findall(r"^def (test_\w+)", (HERE / m).read_text(), re.M)]
    assert not [g for g in GLIBC if not any(g in n for n in names)]


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("module", MODULES)
def test_the_others_on_musl(module):
    try:
        roots.root_of("musl")
    except roots.Missing as e:
        pytest.skip(str(e))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow", "-k", " and ".join("not " + g for g in GLIBC),
               HERE / module]  # fmt: skip
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=1200, env={**env, "TRAP_LIBC": "musl"})
    print(done.stdout[-6000:])
    assert done.returncode == 0 and int(re.search(r"(\d+) passed", done.stdout).group(1)) > 3


@pytest.fixture(scope="module", params=LINKS)
def program(request):
    compile_musl(OUT / "libmusl_plugin.so", HERE / "musl_plugin.c", ["-shared", "-fPIC"])
    return compile_musl(OUT / ("musl-" + request.param), HERE / "musl.c", [*LINKS[request.param], "-Wl,-rpath,$ORIGIN"])


@pytest.mark.parametrize("way", WAYS)
def test_nothing_shows(trap, program, way):
    result = trap.equal(program, way)
    assert result.code == 0 and result.out and not result.log, (result.err, result.log)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_shows_in_an_inert_one(trap, program, way):
    plain = trap.plain(program, way)
    assert trap.preloaded(program, way, env={"TLSMEND_DISABLE": "1"}).seen == plain.seen
    assert trap.preloaded(program, way, env={"TLSMEND_DLSYM": "off"}).seen == plain.seen


def test_started_by_its_loader(trap, program):
    """The kernel's auxiliary vector is about the loader then."""
    loader = next(p for p in ("/lib/ld-musl-%s.so.1" % m for m in (os.uname().machine, "x86_64", "aarch64")) if os.path.exists(p))
    for way in WAYS[:-1]:
        plain = trap.plain(loader, program, way)
        assert plain.code == 0 and trap.preloaded(loader, program, way).seen == plain.seen, way


def test_chain_of_both_kinds(trap, program, tmp_path):
    """glibc's shell, musl's program, glibc's program, musl's again: as `tlsmend run sh -c ...` in the field."""
    script = '%s hello; env true && %s fork; sh -c "%s look"; echo $?' % (program, program, program)
    assert trap.equal("/bin/sh", "-c", script).code == 0
    run = subprocess.run([str(COMMAND), "run", "--", "/bin/sh", "-c", script], capture_output=True, text=True, timeout=60)
    plain = trap.plain("/bin/sh", "-c", script)
    assert (run.returncode, run.stdout, run.stderr) == plain.seen


@own_mounts
def test_without_proc(trap, program):
    for way in WAYS:
        where = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
        plain = trap.plain(*where, program, way)
        assert plain.code == 0
        assert trap.plain(*where[:-2], 'mount -t tmpfs none /proc && LD_PRELOAD=%s exec "$@"' % trap.preload, "sh", program,
                          way).seen == plain.seen, way  # fmt: skip


def test_with_an_empty_environment_and_no_arguments(trap, program):
    code = "import os, sys; os.execve(sys.argv[1], [] if len(sys.argv) < 3 else sys.argv[2:], {'LD_PRELOAD': '%s'})"
    for words in ([], ["x", "look"]):
        plain = trap.plain("/usr/bin/python3", "-c", code % "", program, *words)
        assert trap.plain("/usr/bin/python3", "-c", code % trap.preload, program, *words).seen == plain.seen
