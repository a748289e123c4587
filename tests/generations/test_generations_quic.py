# SPDX-License-Identifier: ISC
"""QUIC, which OpenSSL has for servers from 3.5 on: the client works as without the library, a rule's trust and its demands act, and nothing
waits for a lock that OpenSSL holds while it calls back."""
import pytest

from generations.conftest import HERE, build_client
from lib.run import check_records

HOST = "legacy.test"
PIN = "A" * 43 + "="


pytestmark = pytest.mark.parametrize("place", [(suite, "own") for suite in ("trixie", "sid", "experimental")], ids="-".join, indirect=True)


@pytest.fixture
def quic(away, root, world_directory, pki):
    program = build_client(root, world_directory, HERE / "quic.c")

    def run(identity, *more, pattern=HOST, log_level="info", library=True, **keys):
        argv = [program, identity.chain, identity.key, HOST, *more]
        how = {"config": away.config((pattern, keys)), "settings": {"TLSMEND_LOG_LEVEL": log_level}} if library else {"library": False}
        done = away([str(a) for a in argv], **how)
        if library:
            check_records(done)
        return done
    return run


def test_as_without(quic, pki):
    good = pki.good(HOST)
    for more in [(), (pki.root_pem,), (pki.stranger_pem,), (pki.root_pem, "no-protocol")]:
        plain, with_it = quic(good, *more, library=False), quic(good, *more, log_level="debug")
        assert (plain.out, plain.err, plain.code) == (with_it.out, with_it.err, with_it.code), more
        assert plain.out == ("good\n" if more in [(), (pki.root_pem,)] else "refused\n"), more


def test_trust_for_one_host_over_quic(quic, pki):
    good = pki.good(HOST)
    done = quic(good, pki.stranger_pem)
    assert [r["event"] for r in done.records] == ["verify_failed"], done
    done = quic(good, pki.stranger_pem, ExtraCAFile=pki.root_pem)
    assert done.out == "good\n" and [r["event"] for r in done.records] == ["mended"], done
    assert quic(good, pki.stranger_pem, ExtraCAFile=pki.root_pem, pattern="other.test").out == "refused\n"


@pytest.mark.parametrize("pattern", [HOST, "127.0.0.1"])
def test_demands_hold_over_quic(quic, pki, pattern):
    good = pki.good(HOST)
    for ca in [(), (pki.root_pem,)]:
        done = quic(good, *ca, PinSHA256=PIN, pattern=pattern)
        assert done.out == "refused\n" and [r["cause"] for r in done.records] == ["pinned-elsewhere"], done
        done = quic(good, *ca, EnforceVerification="yes", OnlyCAFile=pki.stranger_pem, pattern=pattern)
        assert done.out == "refused\n", done
    assert quic(good, EnforceVerification="yes", OnlyCAFile=pki.root_pem, pattern=pattern).out == "good\n"
    assert quic(good, pki.root_pem, OnlyCAFile=pki.stranger_pem, pattern=pattern).out == "refused\n"


@pytest.mark.parametrize("keys", [{"PinSHA256": PIN}, {"EnforceVerification": "yes"}])
def test_bare_key(quic, pki, keys):
    """Refused within the handshake, since nothing could stop the connection after it."""
    good = pki.good(HOST)
    assert quic(good, "-", "raw-key", library=False).out == "good\n"
    assert quic(good, "-", "raw-key", pattern="third.test", **keys).out == "good\n"
    assert quic(good, "-", "raw-key", **keys).out == "refused\n"


def test_lowest_version(quic, pki):
    """QUIC is TLS 1.3."""
    assert quic(pki.good(HOST), MinProtocol="TLSv1.3").out == "good\n"


def test_key_that_both_sides_know(quic, pki):
    """No certificate is verified: a demand that is not met ends the handshake all the same, before the client's data goes out."""
    good = pki.good(HOST)
    assert quic(good, "-", "psk", library=False).out == "resumed\n"
    assert quic(good, "-", "psk", pattern="third.test", PinSHA256=PIN).out == "resumed\n"
    for keys in {"PinSHA256": PIN}, {"EnforceVerification": "yes"}, {"OnlyCAFile": pki.stranger_pem, "EnforceVerification": "yes"}:
        assert quic(good, "-", "psk", **keys).out == "refused\n", keys
    assert quic(good, "-", "psk", EnforceVerification="yes", OnlyCAFile=pki.root_pem).out == "good\n"


@pytest.mark.parametrize("host,keys,second", [
    (HOST, {}, "resumed"), ("other.test", {}, "resumed"),
    (HOST, {"ExtraCAFile": "root"}, "resumed"), ("other.test", {"ExtraCAFile": "root"}, "refused"),
    (HOST, {"OnlyCAFile": "root"}, "resumed"),
    ("other.test", {"OnlyCAFile": "root"}, "refused"), ("other.test", {"EnforceVerification": "yes"}, "good"), ("other.test", {"PinSHA256": PIN}, "refused"),
])
def test_session(quic, pki, host, keys, second):
    """One that a rule's trust made is worth nothing for another host, and a host that demands more takes none that was made without it."""
    both = pki.good(HOST, "other.test")
    strict = host != HOST and not (keys.keys() & {"ExtraCAFile"})
    keys = {k: {"root": pki.root_pem}.get(v, v) for k, v in keys.items()}
    if strict and "OnlyCAFile" in keys:
        keys["OnlyCAFile"] = pki.stranger_pem
    ca = pki.stranger_pem if "ExtraCAFile" in keys else pki.root_pem
    done = quic(both, ca, "again", host, pattern="other.test" if strict else HOST, **keys)
    assert done.out == f"good\n{second}\n", done
