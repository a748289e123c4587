# SPDX-License-Identifier: ISC
"""Others who are preloaded: before the library and behind it, a client behaves as with them alone, and what fails is explained."""

import os
import shutil
import subprocess

import pytest

from lib import roots
from lib.once import locked
from trapkit import without_front

pytestmark = [pytest.mark.slow, without_front]

HOST = "legacy.test"
# Debian's package, its library, what it is told by the environment.
OTHERS = {
    "faketime": ("libfaketime", "libfaketime.so.1", {"FAKETIME": "+0d"}),
    "eatmydata": ("libeatmydata1", "libeatmydata.so*", {}),
    "jemalloc": ("libjemalloc2", "libjemalloc.so.2", {}),
    "tcmalloc": ("libtcmalloc-minimal4", "libtcmalloc_minimal.so.4", {}),
    "socket_wrapper": ("libsocket-wrapper", "libsocket_wrapper.so*", {}),
    "nss_wrapper": ("libnss-wrapper", "libnss_wrapper.so*", {}),
    "fakeroot": ("libfakeroot", "libfakeroot-sysv.so", {}),
    "proxychains": ("libproxychains4", "libproxychains.so.4", {"PROXYCHAINS_CONF_FILE": "proxychains.conf", "PROXYCHAINS_QUIET_MODE": "1"}),
    "torsocks": ("torsocks", "libtorsocks.so", {"TORSOCKS_CONF_FILE": "torsocks.conf", "TORSOCKS_LOG_LEVEL": "1"}),
    # wants to be told that it may not be the first, and that a client leaves things allocated
    "asan": (None, "libasan.so", {"ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}),
}
CONFIGURATIONS = {
    "proxychains.conf": "strict_chain\nlocalnet 127.0.0.0/255.0.0.0\n[ProxyList]\nsocks4 127.0.0.1 9\n",
    "torsocks.conf": "TorAddress 127.0.0.1\nTorPort 9\nAllowOutboundLocalhost 1\n",
}


def unpacked(package, pattern):
    """The library of a package, which is fetched and not installed."""
    directory = roots.CACHE / "interposers" / package
    with locked(directory.with_name(package + ".lock")):
        try:
            root = roots.unpack(directory, ["bookworm"], [package], dependencies=False)
        except (roots.Missing, OSError, subprocess.SubprocessError) as e:
            pytest.skip("%s cannot be had: %s" % (package, e))
    found = sorted(p.resolve() for p in root.glob("usr/lib/**/" + pattern))
    assert found, "no %s in %s" % (pattern, package)
    return found[0]


@pytest.fixture(params=OTHERS)
def other(request, tmp_path):
    package, name, env = OTHERS[request.param]
    for file, text in CONFIGURATIONS.items():
        (tmp_path / file).write_text(text)
    env = {k: str(tmp_path / v) if v in CONFIGURATIONS else v for k, v in env.items()}
    if package is None:
        found = subprocess.run(["gcc", "-print-file-name=" + name], capture_output=True, text=True, timeout=60).stdout.strip()
        return os.path.realpath(found), env
    return unpacked(package, name), env


def curl(trap, port, anchors):
    return ["/usr/bin/curl", "-sS", "-m", "20", "--cacert", trap.certificates / (anchors + ".pem"), "--resolve", "%s:%d:127.0.0.1" % (HOST, port),
            "https://%s:%d/" % (HOST, port), "-d", "x"]  # fmt: skip


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("client", ["own", "curl"])
def test_other_preload_library_before_or_after(trap, server, other, order, client):
    library, env = other
    if client == "curl" and not shutil.which("curl"):
        pytest.skip("no curl here")
    if client == "curl" and "ASAN_OPTIONS" in env:
        pytest.skip("curl does not end under it, with it alone")
    around = {"before": (library, ""), "after": ("", library)}[order]

    def command(anchors):
        return curl(trap, server, anchors) if client == "curl" else ["plain", anchors, "legacy", HOST]

    def alone(anchors):
        return trap.plain(*command(anchors), env={**env, "LD_PRELOAD": library})

    def both(anchors, **how):
        return trap.preloaded(*command(anchors), env=env, around=around, **how)

    good, bad = alone("root"), alone("unrelated")
    assert "cannot be preloaded" not in good.err and good.seen != bad.seen, (good.seen, bad.seen)
    done = both("root")
    assert done.seen == good.seen and done.records == []
    done = both("unrelated")
    assert done.seen == bad.seen and [r["cause"] for r in done.records] == ["issuer-unknown"], done.records
    done = both("unrelated", rules=trap.trust_root)
    assert done.seen == good.seen and [r["event"] for r in done.records] == ["mended"], done.records
    # a child, and a program without TLS
    script = ["/bin/sh", "-c", "ls -d /; /bin/true; (exit 7)"]
    alone_seen = trap.plain(*script, env={**env, "LD_PRELOAD": library}).seen
    assert trap.preloaded(*script, env=env, around=around).seen == alone_seen
