# SPDX-License-Identifier: ISC
"""Root file systems of other Debian suites, each with a generation of OpenSSL of its own: unpacked below the build directory
with apt's own resolver in a private state, never installed. Nothing of the system changes."""

import contextlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import time

from lib.once import locked
from lib.run import BUILD, TREE, Runner, hosts_text, namespace_command

CACHE = BUILD / "generations"
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
LEFT_OUT = ["./usr/share/doc", "./usr/share/man", "./usr/share/locale", "./usr/share/i18n", "./usr/lib/*/gconv",
            "libcrypto.a", "libssl.a", "libc.a", "libm-*.a", "libmvec.a", "./usr/share/info", "./usr/lib/python3*/test"]  # fmt: skip


class Missing(Exception):
    """Why there is no such root here."""


def debian_site():
    """Where this machine's apt gets Debian's packages from, or None."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        listing = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE) $(COMPONENT) $(CODENAME)"],
                                 capture_output=True, text=True, timeout=20).stdout
        for line in listing.splitlines():
            site, component, codename = (line.split() + ["", ""])[:3]
            if component == "main" and not codename.endswith("-security"):
                return site
    return None


class _Apt:
    """apt-get with a state of its own below `directory`, an empty dpkg status, and the keys of this machine's apt."""

    def __init__(self, directory, suites):
        site = debian_site()
        if not site or not shutil.which("dpkg-deb"):
            raise Missing("no apt with a Debian mirror here")
        self.directory = directory
        for sub in ("lists/partial", "archives/partial", "etc"):
            (directory / sub).mkdir(parents=True, exist_ok=True)
        (directory / "etc/sources.list").write_text("".join("deb %s %s main\n" % (site, s) for s in suites))
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
            "-oAcquire::Retries=0", "-oAcquire::http::Timeout=10", "-oDebug::NoLocking=true",
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


def unpack(directory, suites, packages, dependencies=True):
    """Unpacks packages of Debian suites below directory/root, which appears when it is complete. Raises Missing."""
    root, partial = directory / "root", directory / "root.new"
    if root.exists():
        return root
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        (partial / "usr" / name).mkdir(parents=True)
        (partial / name).symlink_to("usr/" + name)
    apt = _Apt(directory, suites)
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


# ---- a whole root -----------------------------------------------------------------------------------------
def version_in(headers):
    """(3, 5, 7), as opensslv.h has it."""
    text = (headers / "openssl/opensslv.h").read_text()
    if "OPENSSL_VERSION_MAJOR" in text:
        return tuple(int(re.search(r"define\s+OPENSSL_VERSION_%s\s+(\d+)" % p, text).group(1)) for p in ("MAJOR", "MINOR", "PATCH"))
    number = int(re.search(r"define\s+OPENSSL_VERSION_NUMBER\s+0x([0-9a-f]+)L", text).group(1), 16)
    return (number >> 28, number >> 20 & 0xFF, number >> 12 & 0xFF)


class Root:
    """What a client of that suite sees."""

    def __init__(self, suite, path):
        self.suite, self.path = suite, path
        self.headers = path / "usr/include"
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
    for name in ("null", "zero", "random", "urandom"):
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


def _try(suite, directory):
    suites, packages = SUITES[suite]
    _furnish(unpack(directory, suites, packages))


def root_of(suite):
    """The Root of a suite, unpacked at the first question of all. Raises Missing; asks the network once a test run only."""
    directory = CACHE / suite
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    failure = directory / "why-not"
    with locked(directory / "lock"):
        if not (directory / "ready").exists():
            if failure.exists() and failure.read_text().startswith(run_id):
                raise Missing(failure.read_text().partition("\n")[2])
            start = time.monotonic()
            try:
                _try(suite, directory)
            except (Missing, OSError, subprocess.SubprocessError) as e:
                failure.write_text("%s\n%s: %s" % (run_id, suite, e))
                raise Missing("%s: %s" % (suite, e))
            (directory / "ready").write_text("%d s\n" % (time.monotonic() - start))
    return Root(suite, directory / "root")


class RootRunner(Runner):
    """Runs clients in the root of another suite: a private mount namespace with the tests' own directories, loopback, names."""

    def __init__(self, scratch, hosts_dir, root):
        super().__init__(scratch, hosts_dir)
        self.root = root

    def _in_namespace(self, argv, hosts, etc, overlays):
        way = namespace_command()
        if not way or etc or overlays:
            raise Missing("no private mount namespace here")
        q = shlex.quote
        path = self.hosts_dir / "hosts-of-roots"
        path.write_text(hosts_text(hosts))
        inside = self.root.path
        mounts = [("--rbind", "/proc"), *(("--bind", "/dev/" + n) for n in ("null", "zero", "random", "urandom"))]
        for visible in (TREE, BUILD, self.hosts_dir):
            (inside / str(visible).lstrip("/")).mkdir(parents=True, exist_ok=True)
            mounts.append(("--bind", str(visible)))
        script = "set -e; " + "".join("mount %s %s %s; " % (how, q(what), q(str(inside) + what)) for how, what in mounts)
        script += "mount --bind %s %s; " % (q(str(path)), q(str(inside / "etc/hosts")))
        return [*way, "sh", "-c", script + 'root=$1; shift; exec chroot "$root" "$@"', "sh", str(inside), *argv]
