# SPDX-License-Identifier: ISC
"""The traps' kit: programs built on demand, certificates, servers, and the three ways to run a trap."""

import contextlib
import datetime
import os
import pathlib
import subprocess

import pytest
import trustme

from lib import once, roots, schema
from lib.run import BUILD, ROOT_MOUNTS, namespace_command, own_environment

HERE = pathlib.Path(__file__).resolve().parent
# The libc of the traps and of their OpenSSL: test_traps_musl.py runs the other modules once more with TRAP_LIBC=musl.
MUSL = os.environ.get("TRAP_LIBC") == "musl"
OUT = BUILD / ("traps-musl" if MUSL else "traps")

WARNINGS = "-fno-omit-frame-pointer -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla -Wundef".split()
OPENSSL = ["-lssl", "-lcrypto"]
SHARED = ["-shared", "-fPIC"]

ORIGIN = ["-Wl,--enable-new-dtags,-rpath,$ORIGIN"]

# How each is built: flags after the source. Default: linked with the system's OpenSSL.
BUILDS = {
    "rtld_local": ["-ldl", "-Wl,--enable-new-dtags,-rpath,$ORIGIN"],
    "reload": ["-ldl"],
    "fork_threads": ["-ldl", "-pthread"],
    "two_copies": ["-ldl"],
    "dlsym_user": ["-ldl"],
    "dlsym_meaning": ["-ldl"],
    "dlsym_threads": ["-ldl", "-pthread"],
    "load_files_dlsym": ["-ldl"],
    "load_files_local": ["-ldl", "-Wl,--enable-new-dtags,-rpath,$ORIGIN"],
    # load_wait.c: the program that connects by itself, the one that leaves it to a library, the one that finds its functions
    "load_wait": ["-DWAIT_MAIN", "-DWAIT_SIDE", "-rdynamic", *ORIGIN, *OPENSSL, "-ldl", "-pthread"],
    "load_wait_local": ["-DWAIT_MAIN", *ORIGIN, "-ldl", "-pthread"],
    "load_wait_dlsym": ["-DWAIT_MAIN", "-DWAIT_SIDE", "-DWAIT_FOUND", "-rdynamic", *ORIGIN, "-ldl", "-pthread"],
    "libload_wait.so": SHARED + ["-DWAIT_LIBRARY"],
    "libload_wait_local.so": SHARED + ["-DWAIT_LIBRARY", "-DWAIT_SIDE", *OPENSSL, "-pthread"],
    "libload_wait_global.so": SHARED + ["-DWAIT_LIBRARY", "-DWAIT_SIDE", "-pthread"],
    "libload_files.so": SHARED + ["-DLOAD_FILES_SHARED"] + OPENSSL,
    "own_names": ["-fno-builtin", "-rdynamic", "-Wno-nonnull-compare", *OPENSSL, "-ldl"],
    "phdr_cache": ["-rdynamic", *OPENSSL, "-ldl"],
    "phdr_late": ["-DLATE", "-rdynamic", *OPENSSL, "-ldl"],
    "quiet": [],
    "opens": [],
    "libfake.so": SHARED,
    "libplugin.so": SHARED + OPENSSL,
    "libwhole.so": SHARED + ["-Wl,-Bsymbolic,--whole-archive", "-l:libssl.a", "-l:libcrypto.a", "-Wl,--no-whole-archive", "-ldl", "-pthread"],
    "libsysv.so": SHARED + ["-Wl,--hash-style=sysv,--whole-archive", "-l:libssl.a", "-l:libcrypto.a", "-Wl,--no-whole-archive", "-ldl", "-pthread"],
    "plain_sysv": ["-L%s" % OUT, "-l:libsysv.so", "-Wl,--hash-style=sysv", *ORIGIN],
    "no_libc": ["-nostdlib", "-pie", "-fPIE", "-Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2,--hash-style=gnu"],
    "no_libc_fixed": ["-nostdlib", "-no-pie", "-rdynamic", "-Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2,--hash-style=sysv,--no-as-needed",
                      "-Wl,-z,dynamic-undefined-weak"],
    "plain_whole": ["-L%s" % OUT, "-l:libwhole.so", *ORIGIN],
    "libinterposer.so": SHARED + ["-ldl", "-fno-builtin"],
    "libcloser.so": SHARED + ["-ldl"],
    "libsender.so": SHARED + ["-ldl"],
    # its handlers run as destructors do
    "unwound": [*OPENSSL, "-pthread", "-fexceptions"],
    "libforeign_send.so": SHARED + ["-DFOREIGN_LIBRARY"],
    "foreign_send": ["-L%s" % OUT, "-l:libforeign_send.so", *OPENSSL, *ORIGIN],
    "libbad_malloc.so": SHARED + ["-fno-builtin"],
    "fake_linked": [str(OUT / "libfake.so"), "-ldl"],
}
NEEDS = {"plain_whole": ["libwhole.so"], "plain_sysv": ["libsysv.so"], "fake_linked": ["libfake.so"], "foreign_send": ["libforeign_send.so"], "load_files_local": ["libload_files.so"], "load_wait": ["libload_wait.so"],
         "load_wait_local": ["libload_wait_local.so", "libload_wait_global.so"], "load_wait_dlsym": ["libload_wait.so"]}
# Further programs from the source of another.
SOURCES = {"plain_whole": "plain", "plain_sysv": "plain", "libsysv.so": "whole", "no_libc_fixed": "no_libc", "phdr_late": "phdr_cache", "load_wait_local": "load_wait", "load_wait_dlsym": "load_wait", "libload_wait_local.so": "load_wait",
           "libload_wait_global.so": "load_wait"}

# RSA signatures have one length; trustme learned other keys, and took them as default, after 0.9.
RSA = {"key_type": trustme.KeyType.RSA} if hasattr(trustme, "KeyType") else {}

# A sanitizer's runtime, where the library was built with it (make check-sanitized): before everything else, in every run.
FRONT = os.environ.get("TRAP_FRONT", "")
# It calls dlopen in the program's stead (no RUNPATH), refuses RTLD_DEEPBIND, and has the program's malloc.
without_front = pytest.mark.skipif(bool(FRONT), reason="a sanitizer's runtime in front changes what this is about")

# What takes a file system away from a program, or gives it one.
own_mounts = pytest.mark.skipif(namespace_command() != ROOT_MOUNTS, reason="needs root, and a private mount namespace")

# No run may take longer, whatever it does: a hang is a failure and not a stuck suite.
TIMEOUT = 60


def _for_musl():
    """musl's RPATH has its own libraries in it, and those of its OpenSSL. It has no dlvsym(3) and no RTLD_DEEPBIND."""
    lib = roots.root_of("musl").lib_directory()
    return ["-isystem", str(roots.root_of("musl").headers), "-L%s" % lib, "-Wl,-rpath,%s" % lib, "-DRTLD_DEEPBIND=0",
            "-Ddlvsym(handle,name,version)=dlsym(handle,name)"]  # fmt: skip


def compile_once(target, source, flags, compiler=once.CC):
    if MUSL:
        compiler, flags = "musl-gcc", [*flags, *_for_musl()]
    return once.compile_once(target, source, flags, [HERE / "trapkit.py", *HERE.glob("*.h")], WARNINGS, compiler)


def build(name):
    for other in NEEDS.get(name, []):
        build(other)
    source = HERE / (SOURCES.get(name, name.removeprefix("lib").removesuffix(".so")) + ".c")
    return compile_once(OUT / name, source, BUILDS.get(name, [*OPENSSL, "-ldl", "-pthread"]))


def build_plugin(name, libraries):
    """plugin.c against another copy, which it finds again by its RPATH (RUNPATH would not hold for libcrypto)."""
    where = libraries[0].parent
    return compile_once(OUT / name, HERE / "plugin.c",
                        [*SHARED, *map(str, libraries), f"-Wl,--disable-new-dtags,-rpath,{where}"])


def make_certificates(directory):
    """root.pem signs legacy, other, client and expired; stranger.pem signs stranger; unrelated.pem signs none."""
    root = trustme.CA(organization_name="Trap Root", **RSA)
    stranger = trustme.CA(organization_name="Stranger Root", **RSA)
    unrelated = trustme.CA(organization_name="Unrelated Root", **RSA)
    past = datetime.datetime(2020, 1, 1)
    issued = {
        "legacy": root.issue_cert("legacy.test", **RSA),
        "other": root.issue_cert("other.test", **RSA),
        "client": root.issue_cert("client.test", **RSA),
        "expired": root.issue_cert("legacy.test", not_after=past, **RSA),
        "stranger": stranger.issue_cert("client.test", **RSA),
    }
    for name, ca in [("root", root), ("stranger", stranger), ("unrelated", unrelated)]:
        ca.cert_pem.write_to_path(str(directory / f"{name}.pem"))
    for name, leaf in issued.items():
        leaf.private_key_pem.write_to_path(str(directory / f"{name}.key"))
        for blob in leaf.cert_chain_pems:
            blob.write_to_path(str(directory / f"{name}.crt"), append=True)
    directory.chmod(0o755)


class Result:
    """What a run left behind. `records` are the JSON records of the log file, `log` its bytes."""

    def __init__(self, done, log):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.log = log.read_bytes() if log is not None and log.exists() else b""

    @property
    def records(self):
        return schema.records(self.log.decode())

    def causes(self, event):
        return [r.get("cause") for r in self.records if r["event"] == event]

    def of(self, event):
        return [r for r in self.records if r["event"] == event]

    @property
    def seen(self):
        """What the host's user could notice."""
        return self.code, self.out, self.err


class Runner:
    """Runs a trap: plain() without the library, preloaded() with it, equal() both, and compares."""

    def __init__(self, library, certificates, directory):
        self.preload, self.certificates, self.directory = library, certificates, directory
        self.count = 0

    def environment(self, extra):
        env = own_environment(TRAP_CERTS=str(self.certificates), LC_ALL="C.UTF-8")
        env.update({k: str(v) for k, v in (extra or {}).items()})
        return env

    def run(self, command, env, log=None, **kwargs):
        command = [str(build(command[0])) if "/" not in str(command[0]) else str(command[0]), *map(str, command[1:])]
        done = subprocess.run(command, env=self.environment(env), timeout=TIMEOUT, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, **kwargs)
        return Result(done, log)

    def plain(self, *command, env=None, **kwargs):
        return self.run(command, {"LD_PRELOAD": FRONT, **(env or {})} if FRONT else env, **kwargs)

    def preloaded(self, *command, env=None, rules=None, around=("", ""), **kwargs):
        """`rules` is the text of a configuration; `around` are libraries before and after in LD_PRELOAD."""
        self.count += 1
        log = self.directory / f"log{self.count}"
        config = self.directory / f"config{self.count}"
        if rules is not None:
            config.write_text(rules)
        settings = {
            "LD_PRELOAD": ":".join(str(p) for p in (FRONT, around[0], self.preload, around[1]) if p),
            "TLSMEND_LOG": log, "TLSMEND_LOG_FORMAT": "json", "TLSMEND_LOG_LEVEL": "info",
            "TLSMEND_CONFIG": config if rules is not None else "/nonexistent/tlsmend.conf",
        }
        if rules is None:
            del settings["TLSMEND_CONFIG"]
        settings.update(env or {})
        return self.run(command, {k: v for k, v in settings.items() if v is not None}, log=log, **kwargs)

    def equal(self, *command, env=None, rules=None):
        """The promise "the host never notices us". Returns the preloaded run, for its records."""
        plain = self.plain(*command, env=env)
        assert plain.code != 99, plain.err
        with_library = self.preloaded(*command, env=env, rules=rules)
        assert with_library.seen == plain.seen
        return with_library

    @property
    def trust_root(self):
        """A rule for legacy.test alone."""
        return f"[legacy.test]\nExtraCAFile = {self.certificates}/root.pem\n"


@contextlib.contextmanager
def running_server(certificates, leaf):
    env = own_environment(TRAP_CERTS=str(certificates))
    with subprocess.Popen([str(build("server")), leaf], env=env, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
