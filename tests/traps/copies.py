# SPDX-License-Identifier: ISC
"""Further copies of OpenSSL for one process: the system's own under other names, and other generations."""

import os
import pathlib
import re
import struct
import subprocess

from lib import roots

# Same length, so that the dynamic string table keeps its offsets. Sonames carry no hash, unlike symbol versions.
RENAMED = {b"libssl.so.3\0": b"libssx.so.3\0", b"libcrypto.so.3\0": b"libcrypty.so.3\0"}
PT_DYNAMIC, DT_FLAGS_1, DF_1_NODELETE = 2, 0x6ffffffb, 0x8


def system_library(name):
    listing = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True, timeout=60).stdout
    found = re.search(rf"^\s*{re.escape(name)} \(libc6,(?:x86-64|AArch64)[^)]*\) => (\S+)$", listing, re.M)
    return pathlib.Path(found.group(1)).resolve() if found else None


def renamed_copy(directory):
    """The system's OpenSSL 3 as libssx.so.3 and libcrypty.so.3: to ld.so two libraries that it has not loaded yet."""
    directory.mkdir(parents=True, exist_ok=True)
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


def leaving_copy(directory):
    """... that goes away with the last dlclose: without DF_1_NODELETE, which OpenSSL's usual builds have."""
    renamed = renamed_copy(directory / "staying")
    leaving = [directory / path.name for path in renamed or []]
    for path, target in zip(renamed or [], leaving):
        data = bytearray(path.read_bytes())
        headers, = struct.unpack_from("<Q", data, 0x20)
        size, count = struct.unpack_from("<HH", data, 0x36)
        for at in range(headers, headers + size * count, size):
            kind, _flags, offset, _vaddr, _paddr, length = struct.unpack_from("<IIQQQQ", data, at)
            if kind != PT_DYNAMIC:
                continue
            for entry in range(offset, offset + length, 16):
                tag, value = struct.unpack_from("<QQ", data, entry)
                if tag == DT_FLAGS_1:
                    struct.pack_into("<Q", data, entry + 8, value & ~DF_1_NODELETE)
        # Never in place: another test process may have it mapped.
        if not target.exists() or target.read_bytes() != data:
            partial = target.with_name(target.name + ".new")
            partial.write_bytes(data)
            partial.rename(target)
    return leaving or None


def root_with(directory):
    """[libssl, libcrypto] below an unpacked root file system, or None."""
    ssl = sorted(pathlib.Path(directory).glob("**/libssl.so.[0-9]*"))
    crypto = sorted(pathlib.Path(directory).glob("**/libcrypto.so.[0-9]*"))
    return [ssl[0], crypto[0]] if ssl and crypto else None


def other_generation(cache):
    """OpenSSL 1.1.1: from $TLSMEND_TEST_OPENSSL_111 (a directory with both libraries), else from Debian 11, kept in `cache`."""
    given = os.environ.get("TLSMEND_TEST_OPENSSL_111")
    if given:
        return root_with(given)
    try:
        return root_with(roots.unpack(cache, ["bullseye"], ["libssl1.1"], dependencies=False))
    except (roots.Missing, OSError, subprocess.SubprocessError):
        return None
