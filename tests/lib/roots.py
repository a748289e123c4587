# SPDX-License-Identifier: ISC
"""Root file systems of other Debian suites, each with a generation of OpenSSL of its own: unpacked below the build directory
with apt's own resolver in a private state, never installed. Nothing of the system changes."""

import collections
import contextlib
import functools
import os
import pathlib
import re
import shlex
import shutil
import struct
import subprocess
import tempfile
import time

from lib.once import locked
from lib.run import BUILD, LIBRARY, TREE, Runner, hosts_text, namespace_command

CACHE = BUILD / "generations"
MULTIARCH = os.uname().machine + "-linux-gnu"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
# coreutils: env(1). The rest are clients, and the headers that ours is compiled with.
BASE = ["coreutils", "openssl", "libssl-dev", "libc6-dev"]
# suite: (what apt reads, packages). Only bullseye and trixie are stable; what the others have is seen when they are unpacked.
SUITES = {
    "bullseye": (["bullseye"], [*BASE, "curl", "python3"]),
    "trixie": (["trixie"], [*BASE, "curl", "python3"]),
    "sid": (["sid"], [*BASE, "curl", "python3"]),
    # its curl and python3 are sid's, with sid's OpenSSL
    "experimental": (["sid", "experimental"], BASE),
}
# What comes from experimental, where both are read.
FROM_EXPERIMENTAL = "openssl libssl-dev libssl4 openssl-provider-legacy"
# Needed by their packages' scripts, which never run.
NOT_UNPACKED = {"debconf", "dpkg", "perl-base", "tar", "tzdata", "install-info"}
DEVICES = ("null", "zero", "full", "random", "urandom")
LEFT_OUT = ["./usr/share/doc", "./usr/share/man", "./usr/share/locale", "./usr/share/i18n", "./usr/lib/*/gconv",
            "libcrypto.a", "libssl.a", "libc.a", "libm-*.a", "libmvec.a", "./usr/share/info", "./usr/lib/python3*/test"]  # fmt: skip


class Missing(Exception):
    """Why there is no such root here."""


def debian_site():
    """Where this machine's apt gets Debian's packages from, or None."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        listing = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE) $(COMPONENT) $(CODENAME)"],
                                 capture_output=True, text=True, timeout=60).stdout
        for line in listing.splitlines():
            site, component, codename = (line.split() + ["", ""])[:3]
            if component == "main" and not codename.endswith("-security"):
                return site
    return None


class _Apt:
    """apt-get with a state of its own below `directory`, an empty dpkg status, and the keys of this machine's apt."""

    def __init__(self, directory, suites, kind="deb", arch=None):
        site = debian_site()
        if not site or not shutil.which("dpkg-deb"):
            raise Missing("no apt with a Debian mirror here")
        self.directory = directory
        for sub in ("lists/partial", "archives/partial", "etc"):
            (directory / sub).mkdir(parents=True, exist_ok=True)
        (directory / "etc/sources.list").write_text("".join("%s %s %s main\n" % (kind, site, s) for s in suites))
        (directory / "etc/status").write_text("")
        (directory / "etc/preferences").write_text(
            "Package: %s\nPin: release a=experimental\nPin-Priority: 990\n" % FROM_EXPERIMENTAL
        )
        self.options = [
            "-oDir::Etc::SourceList=%s/etc/sources.list" % directory, "-oDir::Etc::SourceParts=/dev/null",
            "-oDir::Etc::Preferences=%s/etc/preferences" % directory, "-oDir::Etc::PreferencesParts=/dev/null",
            "-oDir::State::Lists=%s/lists" % directory, "-oDir::State::Status=%s/etc/status" % directory,
            "-oDir::Cache=%s" % directory, "-oDir::Cache::Archives=%s/archives" % directory, "-oAPT::Sandbox::User=",
            "-oAcquire::Languages=none", "-oAcquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
            *(["-oAPT::Architecture=" + arch, "-oAPT::Architectures=" + arch] if arch else []), "-oAcquire::Retries=0", "-oAcquire::http::Timeout=10", "-oDebug::NoLocking=true",
        ]  # fmt: skip

    def __call__(self, timeout, *command):
        try:
            done = subprocess.run(["apt-get", *self.options, "-qq", *command], timeout=timeout, capture_output=True, text=True,
                                  cwd=self.directory)  # fmt: skip
        except (OSError, subprocess.SubprocessError) as e:
            raise Missing("apt-get %s: %s" % (command[0], type(e).__name__))
        # the mirror's address is nobody's business
        said = re.sub(r"\w+://\S+", "<mirror>", done.stderr)
        # update succeeds with what it could not fetch
        if done.returncode or re.search(r"^[EW]:", said, re.M) and command[0] == "update":
            raise Missing("apt-get %s: %s" % (command[0], " ".join(said.split())[:300]))


def _extract(deb, root):
    fsys = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE)
    # /lib is a symbolic link to usr/lib in some suites and a directory in the packages of others
    tar = subprocess.run(["tar", "-x", "--keep-directory-symlink", "--no-same-owner", "-C", str(root),
                          *("--exclude=" + e for e in LEFT_OUT)], stdin=fsys.stdout, capture_output=True, timeout=60)
    fsys.stdout.close()
    if fsys.wait(60) or tar.returncode:
        raise Missing("cannot unpack %s: %s" % (deb.name, tar.stderr.decode(errors="replace")[:200]))


def unpack(directory, suites, packages, dependencies=True, arch=None):
    """Unpacks packages of Debian suites below directory/root, which appears when it is complete. Raises Missing."""
    root, partial = directory / "root", directory / "root.new"
    if root.exists():
        return root
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        (partial / "usr" / name).mkdir(parents=True)
        (partial / name).symlink_to("usr/" + name)
    apt = _Apt(directory, suites, arch=arch)
    apt(120, "update")
    if dependencies:
        apt(180, "install", "--download-only", "--no-install-recommends", "-y", *packages)
    else:
        apt(180, "download", *packages)
    for deb in sorted([*(directory / "archives").glob("*.deb"), *directory.glob("*.deb")]):
        if deb.name.split("_")[0] not in NOT_UNPACKED:
            _extract(deb, partial)
    for left in ("lists", "archives", "etc"):
        shutil.rmtree(directory / left, ignore_errors=True)
    for left in directory.glob("*.bin"):
        left.unlink()
    partial.rename(root)
    return root


def unpack_source(directory, suite, package, target):
    """The upstream part of a source package as `target`, which appears when it is complete. Raises Missing."""
    partial = target.with_name(target.name + ".new")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    apt = _Apt(directory, [suite], kind="deb-src")
    apt(120, "update")
    apt(300, "source", "--download-only", package)
    archives = [p for p in directory.glob("*.orig.tar.*") if p.suffix != ".asc"]
    if len(archives) != 1:
        raise Missing("%s has %d archives" % (package, len(archives)))
    subprocess.run(["tar", "-x", "--strip-components=1", "-C", str(partial), "-f", str(archives[0])], check=True, timeout=300)
    for left in [*directory.glob(package + "_*"), directory / "lists", directory / "archives", directory / "etc"]:
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    partial.rename(target)


# ---- a whole root -----------------------------------------------------------------------------------------
def version_in(headers):
    """(3, 5, 7), as opensslv.h has it."""
    text = (headers / "openssl/opensslv.h").read_text()
    if "OPENSSL_VERSION_MAJOR" in text:
        return tuple(int(re.search(r"define\s+OPENSSL_VERSION_%s\s+(\d+)" % p, text).group(1)) for p in ("MAJOR", "MINOR", "PATCH"))
    number = int(re.search(r"define\s+OPENSSL_VERSION_NUMBER\s+0x([0-9a-f]+)L", text).group(1), 16)
    return (number >> 28, number >> 20 & 0xFF, number >> 12 & 0xFF)


def compiler_for(root, suite):
    """A gcc of this machine, for the libraries of that root."""
    lib = next(root.glob("usr/lib/*/libcrypto.so")).parent
    if suite == "musl":
        return ["musl-gcc", "-isystem", str(root / "usr/include")]
    if suite != "i386":
        compiler = EMULATED[suite].triplet + "-gcc" if suite in EMULATED else "gcc"
        return [compiler, "--sysroot=%s" % root, "-B%s/" % lib]
    own = next(root.glob("usr/lib/gcc/*/*/libgcc.a")).parent
    return ["gcc", "-m32", "--sysroot=%s" % root, "-B%s/" % own, "-L%s" % own]


def make_for(suite, *targets):
    """The tree once more, for another architecture. Returns the build directory."""
    build = CACHE / ("build-" + suite)
    arch = EMULATED[suite].arch if suite in EMULATED else suite
    with locked(build / "lock"):
        compiler = compiler_for(root_of(suite, made=False), suite)
        command = ["make", "-s", "-C", str(TREE), "-j2", "ARCH=" + arch, "CC=" + " ".join(compiler), "BUILD=%s" % build, "WERROR=1"]
        env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD", "CC", "CFLAGS", "DEBUG")}
        done = subprocess.run([*command, *targets], capture_output=True, text=True, timeout=1200, env=env)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return build


class Root:
    """What a client of that suite sees."""

    def __init__(self, suite, path):
        self.suite, self.path = suite, path
        self.headers = path / "usr/include"
        self.compiler = compiler_for(path, suite)
        made = {"i386": "all", **dict.fromkeys(EMULATED, "library")}.get(suite)
        self.preload = make_for(suite, made) / "libtlsmend.so" if made else LIBRARY
        self.version = version_in(self.headers)
        self.generation = ".".join(map(str, self.version[:2])) + (".1" if self.version[0] == 1 else "")

    def has(self, program):
        return (self.path / "usr/bin" / program).exists()

    def header(self, name):
        """A header's text; some stand in the architecture's own directory."""
        found = [self.headers / "openssl" / name, *self.headers.glob("*/openssl/" + name)]
        return next((p.read_text() for p in found if p.exists()), "")

    def lib_directory(self):
        return next(self.path.glob("usr/lib/*/libcrypto.so")).parent


def _furnish(root):
    """What installation scripts would have made, as far as a TLS client looks at it."""
    for sub in ("proc", "dev", "tmp", "etc/ssl/certs"):
        (root / sub).mkdir(parents=True, exist_ok=True)
    (root / "dev/pts").mkdir()
    (root / "dev/ptmx").symlink_to("pts/ptmx")
    for name in DEVICES:
        (root / "dev" / name).touch()
    (root / "etc/hosts").touch()
    (root / "etc/nsswitch.conf").write_text("passwd: files\nhosts: files\n")
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    shutil.copy(BUNDLE, root / BUNDLE.lstrip("/"))
    # a store in both forms: some suites' OpenSSL looks for the directory only
    first = pathlib.Path(BUNDLE).read_text().partition("-----END CERTIFICATE-----")
    (root / "etc/ssl/certs/first.pem").write_text(first[0] + first[1] + "\n")
    subprocess.run(["openssl", "rehash", str(root / "etc/ssl/certs")], check=True, capture_output=True, timeout=60)
    # for a linker that looks into the root from outside
    for link in (root / "usr/lib64").iterdir():
        if link.is_symlink() and os.path.isabs(os.readlink(link)):
            inside = os.path.relpath(root / os.readlink(link).lstrip("/"), link.parent)
            link.unlink()
            link.symlink_to(inside)


# ---- one of 32 bits ------------------------------------------------------------------------------------------
# With what the library, the command and the units are built with: this machine's gcc makes code for it (-m32).
I386 = [*BASE, "curl", "python3", "libgcc-12-dev", "libbsd-dev", "libelf-dev", "libjansson-dev", "libcmocka-dev"]


def _runs_32_bits():
    """A kernel may be built without them (CONFIG_IA32_EMULATION), or told to do without. Asked with a program of two instructions: exit(0)."""
    at, code = 0x08048000, b"\x31\xdb\x31\xc0\x40\xcd\x80"
    size = 52 + 32 + len(code)
    program = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01", 2, 3, 1, at + 84, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    program += struct.pack("<IIIIIIII", 1, 0, at, at, size, size, 5, 4096) + code
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "exits"
        path.write_bytes(program)
        path.chmod(0o755)
        try:
            return subprocess.run([path], timeout=60).returncode == 0
        except OSError:
            return False


def _try_i386(directory):
    if os.uname().machine != "x86_64" or not _runs_32_bits():
        raise Missing("nothing here runs programs of 32 bits")
    _furnish(unpack(directory, ["bookworm"], I386, arch="i386"))


# ---- one for another processor, under emulation ----------------------------------------------------------------
Emulated = collections.namedtuple("Emulated", "arch triplet")
# Debian's names of them; the Makefile's and the emulator's, and the compiler's.
EMULATED = {"arm64": Emulated("aarch64", "aarch64-linux-gnu"), "armhf": Emulated("arm", "arm-linux-gnueabihf")}


def _try_emulated(suite, directory):
    which = EMULATED[suite]
    missing = [p for p in (which.triplet + "-gcc", "qemu-" + which.arch) if not shutil.which(p)]
    if missing:
        raise Missing("no %s here (Debian: gcc-%s, qemu-user)" % (" and no ".join(missing), which.triplet))
    packages = [*BASE, "curl", "libbsd-dev", "libelf-dev", "libjansson-dev"]
    _furnish(unpack(directory, ["bookworm"], packages, arch=suite))


# ---- one whose clients have another libc ---------------------------------------------------------------------
# Of what s_client and a small client need, all; the rest costs minutes.
LEFT_OUT_OF_OPENSSL = ("no-tests no-engine no-afalgeng no-legacy no-asm no-aria no-bf no-camellia no-cast no-cmp no-des no-gost no-idea no-md4 "
                       "no-mdc2 no-ocb no-rc2 no-rc4 no-rmd160 no-seed no-siphash no-sm2 no-sm3 no-sm4 no-srp no-ts no-whirlpool").split()


def _build_openssl(directory, compiler, target, flags):
    """Debian's OpenSSL, from its source, with another compiler. Returns its directory, which appears when it is built."""
    source = directory / "source"
    if (source / "built").exists():
        return source
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    apt = _Apt(directory, ["bookworm"], kind="deb-src")
    apt(120, "update")
    apt(180, "source", "--download-only", "openssl")
    commands = [
        ["tar", "-x", "--strip-components=1", "-C", str(source), "-f", str(next(directory.glob("openssl_*.orig.tar.gz")))],
        ["./Configure", target, "CC=" + compiler, "shared", *LEFT_OUT_OF_OPENSSL, "--prefix=/usr", "--libdir=lib", "--openssldir=/etc/ssl",
         "-O1", "-DOPENSSL_TLS_SECURITY_LEVEL=2", *flags],
        ["make", "-s", "-j2", "build_libs", "apps/openssl"],
    ]  # fmt: skip
    for command in commands:
        done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=1500)
        if done.returncode:
            raise Missing("%s: %s" % (command[0], (done.stdout + done.stderr)[-500:]))
    (source / "built").touch()
    for left in [*directory.glob("openssl_*"), directory / "lists", directory / "archives", directory / "etc"]:
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return source


def _install_openssl(source, root, lib):
    for name in ("ssl", "crypto"):
        shutil.copy(source / ("lib%s.so.3" % name), lib)
        (lib / ("lib%s.so" % name)).symlink_to("lib%s.so.3" % name)
    shutil.copy(source / "apps/openssl", root / "usr/bin/openssl")
    shutil.copytree(source / "include/openssl", root / "usr/include/openssl")


def _try_musl(directory):
    compiler = shutil.which("musl-gcc")
    if not compiler:
        raise Missing("no musl-gcc here (Debian: musl-tools)")
    # the kernel's headers stand in the directories of glibc's
    flags = ["-idirafter", "/usr/include", "-idirafter", "/usr/include/" + MULTIARCH]
    source = _build_openssl(directory, compiler, "linux-" + os.uname().machine, flags)
    root = unpack(directory, ["bookworm"], ["coreutils", "musl"])
    _install_openssl(source, root, next(root.glob("usr/lib/*-linux-musl")))
    _furnish(root)


MADE = {"musl": _try_musl, "i386": _try_i386, **{s: functools.partial(_try_emulated, s) for s in EMULATED}}


def _try(suite, directory):
    if suite in MADE:
        return MADE[suite](directory)
    suites, packages = SUITES[suite]
    _furnish(unpack(directory, suites, packages))


def root_of(suite, made=True):
    """The Root of a suite, unpacked at the first question of all. Raises Missing; asks the network once a test run only."""
    directory = CACHE / suite
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    # another number where what is made here changes: what an older tree has made is made anew
    failure, ready = directory / "why-not", directory / "ready-2"
    with locked(directory / "lock"):
        if not ready.exists():
            if failure.exists() and failure.read_text().startswith(run_id):
                raise Missing(failure.read_text().partition("\n")[2])
            start = time.monotonic()
            try:
                shutil.rmtree(directory / "root", ignore_errors=True)
                _try(suite, directory)
            except (Missing, OSError, subprocess.SubprocessError) as e:
                failure.write_text("%s\n%s: %s" % (run_id, suite, e))
                raise Missing("%s: %s" % (suite, e))
            ready.write_text("%d s\n" % (time.monotonic() - start))
    return Root(suite, directory / "root") if made else directory / "root"


class RootRunner(Runner):
    """Runs clients in the root of another suite: a private mount namespace with the tests' own directories, loopback, names."""

    def __init__(self, scratch, hosts_dir, root):
        super().__init__(scratch, hosts_dir)
        self.root = root
        self.preload = root.preload

    def _in_namespace(self, argv, hosts, etc, overlays, user):
        way = namespace_command()
        if not way or etc or overlays:
            raise Missing("no private mount namespace here")
        q = shlex.quote
        path = self.hosts_dir / "hosts-of-roots"
        path.write_text(hosts_text(hosts))
        inside = self.root.path
        mounts = [("--rbind", "/proc"), ("--rbind", "/dev/pts"), *(("--bind", "/dev/" + n) for n in DEVICES)]
        for visible in (TREE, BUILD, self.hosts_dir):
            (inside / str(visible).lstrip("/")).mkdir(parents=True, exist_ok=True)
            mounts.append(("--bind", str(visible)))
        script = "set -e; " + "".join("mount %s %s %s; " % (how, q(what), q(str(inside) + what)) for how, what in mounts)
        script += "mount --bind %s %s; " % (q(str(path)), q(str(inside / "etc/hosts")))
        return [*way, "sh", "-c", script + 'root=$1; shift; exec chroot "$root" "$@"', "sh", str(inside), *argv]


class EmulatedRunner(RootRunner):
    """... of another processor: the emulator sees the root's files before this machine's."""

    def _in_namespace(self, argv, hosts, etc, overlays, user):
        way = namespace_command()
        if not way or etc or overlays:
            raise Missing("no private mount namespace here")
        path = self.hosts_dir / "hosts-of-roots"
        path.write_text(hosts_text(hosts))
        variables = [a for a in argv[2:] if re.match(r"[A-Z_]+=", a)]
        command = argv[2 + len(variables) :]
        if command[0].startswith("/usr/bin/"):
            command[0] = str(self.root.path) + command[0]
        mine = [v for v in variables if v.startswith("LD_PRELOAD=")]
        emulator = ["qemu-" + EMULATED[self.root.suite].arch, "-L", str(self.root.path), *(w for v in mine for w in ("-E", v))]
        script = 'mount --bind %s %s && exec "$@"' % (shlex.quote(str(path)), shlex.quote(str(self.root.path / "etc/hosts")))
        return [*way, "sh", "-c", script, "sh", "env", "-i", *(v for v in variables if v not in mine), *emulator, *command]
