# SPDX-License-Identifier: ISC
"""Traps of names: programs that define what the library would call, sanitizers above all."""

import shutil
import subprocess

import pytest

from trapkit import HERE, OPENSSL, OUT, build, compile_once

BAD = ("unrelated", "legacy", "legacy.test")
FAILED = "legacy.test: failed, verify result 20\n"


def check(trap, program, env=None):
    """Starts, fails in its handshake with a record, is mended; and is left alone where it should be."""
    result = trap.equal(program, *BAD, env=env)
    assert (result.out.removeprefix("objects\n"), result.code) == (FAILED, 1), result.err
    assert [r["cause"] for r in result.of("verify_failed")] == ["issuer-unknown"]
    mended = trap.preloaded(program, *BAD, env=env, rules=trap.trust_root)
    assert (mended.out.removeprefix("objects\n"), mended.code) == ("legacy.test: connected, verify result 0\n", 0), mended.err
    off = trap.equal(program, *BAD, env={**(env or {}), "TLSMEND_DISABLE": "1"}, rules=trap.trust_root)
    assert (off.out.removeprefix("objects\n"), off.log) == (FAILED, b"")


@pytest.mark.long
def test_program_defines_names_of_libc(trap):
    check(trap, build("own_names"))
    assert trap.preloaded("own_names", *BAD).records[0]["program"] == "own_names"


@pytest.mark.parametrize("kind", ["cache", "late"])
def test_program_defines_dl_iterate_phdr(trap, kind):
    check(trap, build(f"phdr_{kind}"))


# ---- sanitizers ---------------------------------------------------------------------------------------------------------

SANITIZERS = {
    "gcc-address": ["gcc", "-fsanitize=address"],
    "gcc-address-static": ["gcc", "-fsanitize=address", "-static-libasan"],
    "gcc-thread": ["gcc", "-fsanitize=thread"],
    "gcc-thread-static": ["gcc", "-fsanitize=thread", "-static-libtsan"],
    "gcc-undefined": ["gcc", "-fsanitize=undefined"],
    "clang-address": ["clang", "-fsanitize=address"],
    "clang-address-shared": ["clang", "-fsanitize=address", "-shared-libasan"],
    "clang-thread": ["clang", "-fsanitize=thread"],
    "clang-undefined": ["clang", "-fsanitize=undefined"],
}
# A shared libasan refuses to start behind any preloaded library, unless told not to mind. Leaks of a host are the host's.
OPTIONS = {"ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0", "TSAN_OPTIONS": "halt_on_error=1"}


def sanitized(kind):
    compiler, *flags = SANITIZERS[kind]
    if shutil.which(compiler) is None:
        pytest.skip(f"no {compiler}")
    target = OUT / f"plain_{kind}"
    runtime = []
    if "-shared-libasan" in flags:
        where = subprocess.run([compiler, "-print-runtime-dir"], capture_output=True, text=True, timeout=60).stdout.strip()
        runtime = [f"-Wl,-rpath,{where}"]
    return compile_once(target, HERE / "plain.c", [*flags, *runtime, *OPENSSL], compiler=compiler)


@pytest.mark.parametrize("kind", SANITIZERS)
def test_sanitized_program(trap, kind):
    check(trap, sanitized(kind), env=OPTIONS)


def test_sanitizer_in_front(trap):
    """... as its makers recommend it."""
    runtime = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, timeout=60).stdout.strip()
    env = {"ASAN_OPTIONS": "detect_leaks=0"}
    result = trap.preloaded(sanitized("gcc-address"), *BAD, env=env, around=(runtime, ""))
    assert (result.out, result.err, result.code) == (FAILED, "", 1)
    assert len(result.of("verify_failed")) == 1
