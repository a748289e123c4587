# SPDX-License-Identifier: ISC
"""Further copies of OpenSSL for one process: the system's own under other names, and other generations."""

import os
import pathlib
import re
import shutil
import subprocess

# Same length, so that the dynamic string table keeps its offsets. Sonames carry no hash, unlike symbol versions.
RENAMED = {b"libssl.so.3\0": b"libssx.so.3\0", b"libcrypto.so.3\0": b"libcrypty.so.3\0"}


def system_library(name):
    listing = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True, timeout=20).stdout
    found = re.search(rf"^\s*{re.escape(name)} \(libc6,(?:x86-64|AArch64)[^)]*\) => (\S+)$", listing, re.M)
    return pathlib.Path(found.group(1)).resolve() if found else None


def renamed_copy(directory):
    """The system's OpenSSL 3 as libssx.so.3 and libcrypty.so.3: to ld.so two libraries that it has not loaded yet."""
    out = []
    for old, new in RENAMED.items():
        source = system_library(old.rstrip(b"\0").decode())
        if source is None:
            return None
        data = source.read_bytes()
        for a, b in RENAMED.items():
            data = data.replace(a, b)
        target = directory / new.rstrip(b"\0").decode()
        # Never in place: another test process may have it mapped.
        if not target.exists() or target.read_bytes() != data:
            partial = target.with_name(target.name + ".new")
            partial.write_bytes(data)
            partial.rename(target)
        out.append(target)
    return out


def root_with(directory):
    """[libssl, libcrypto] below an unpacked root file system, or None."""
    ssl = sorted(pathlib.Path(directory).glob("**/libssl.so.[0-9]*"))
    crypto = sorted(pathlib.Path(directory).glob("**/libcrypto.so.[0-9]*"))
    return [ssl[0], crypto[0]] if ssl and crypto else None


def debian_site():
    """Where this machine's apt gets Debian's packages from."""
    listing = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE) $(COMPONENT) $(CODENAME)"],
                             capture_output=True, text=True, timeout=20).stdout
    for line in listing.splitlines():
        site, component, codename = (line.split() + ["", ""])[:3]
        if component == "main" and not codename.endswith("-security"):
            return site
    return None


def apt_root(suite, package, directory):
    """Unpacks `package` of a Debian suite below `directory`, touching nothing of the system. None where that fails."""
    site = debian_site() if shutil.which("apt-get") and shutil.which("dpkg-deb") else None
    if site is None:
        return None
    for sub in ("lists/partial", "archives/partial", "etc"):
        (directory / sub).mkdir(parents=True, exist_ok=True)
    (directory / "etc/sources.list").write_text(f"deb [trusted=yes] {site} {suite} main\n")
    (directory / "etc/status").write_text("")
    options = [f"-oDir::Etc::SourceList={directory}/etc/sources.list", "-oDir::Etc::SourceParts=/dev/null",
               f"-oDir::State::Lists={directory}/lists", f"-oDir::State::Status={directory}/etc/status",
               f"-oDir::Cache={directory}", "-oAPT::Sandbox::User=root", "-oAcquire::Languages=none",
               "-oAcquire::Retries=0", "-oAcquire::http::Timeout=10"]
    try:
        subprocess.run(["apt-get", *options, "-qq", "update"], check=True, timeout=120, capture_output=True)
        subprocess.run(["apt-get", *options, "-qq", "download", package], check=True, timeout=60, cwd=directory,
                       capture_output=True)
        for deb in directory.glob(f"{package}_*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(deb), str(directory / "root")], check=True, timeout=60)
    except (subprocess.SubprocessError, OSError):
        return None
    finally:
        shutil.rmtree(directory / "lists", ignore_errors=True)
    return root_with(directory / "root")


def other_generation(cache):
    """OpenSSL 1.1.1: from $TLSMEND_TEST_OPENSSL_111 (a directory with both libraries), else from Debian 11, kept in `cache`."""
    given = os.environ.get("TLSMEND_TEST_OPENSSL_111")
    if given:
        return root_with(given)
    return (root_with(cache / "root") if cache.exists() else None) or apt_root("bullseye", "libssl1.1", cache)
