# SPDX-License-Identifier: ISC
"""Protocol bounds: clients that are too old are lifted, servers that are too old are reached by a governed rule."""
import os

import pytest

from clients.table import DEBIAN_PYTHON, HERE, pyenv_pythons
from lib.run import check_records

HOST = "old.test"


def _python(path, *options):
    return lambda port, ca: [path, HERE / "connect.py", HOST, port, "--ca", ca, *options]


def _curl(*options):
    return lambda port, ca: ["curl", "-sS", "-m", "20", "--cacert", ca, *options, "https://%s:%d/" % (HOST, port)]


# Clients that are pinned to TLS 1.0, each in another way.
PINNED = {
    "curl": _curl("--tls-max", "1.0", "--ciphers", "DEFAULT:@SECLEVEL=0"),
    "python-method": _python(DEBIAN_PYTHON, "--tls1"),
    "python-method-seclevel0": _python(DEBIAN_PYTHON, "--tls1", "--seclevel0"),
    "python-maximum": _python(DEBIAN_PYTHON, "--max-tls1", "--seclevel0"),
    "python-options": _python(DEBIAN_PYTHON, "--options-tls1", "--seclevel0"),
    "s_client": lambda port, ca: [
        "openssl", "s_client", "-brief", "-verify_return_error", "-CAfile", ca, "-servername", HOST, "-tls1",
        "-cipher", "DEFAULT:@SECLEVEL=0", "-connect", "%s:%d" % (HOST, port),
    ],
}  # fmt: skip
# ssl.wrap_socket() is gone since 3.12
PINNED["python-wrap_socket"] = lambda port, ca: [DEBIAN_PYTHON, HERE / "wrap_socket.py", HOST, port, ca]
for _version, _path in pyenv_pythons():
    if _version.startswith("2.7"):
        PINNED["python2-wrap_socket"] = lambda port, ca, path=_path: [path, HERE / "wrap_socket.py", HOST, port, ca]
OTHER_PYTHONS = {"python-" + v: _python(p, "--tls1") for v, p in pyenv_pythons()}
QUICK = ("python-2.7", "python-3.13")
PINNED.update(OTHER_PYTHONS)


@pytest.fixture(
    params=[
        pytest.param(n, marks=[pytest.mark.slow] if n in OTHER_PYTHONS and not n.startswith(QUICK) else []) for n in PINNED
    ]
)
def pinned(request):
    return PINNED[request.param]


# ---- client too old ----------------------------------------------------------------------------------------
@pytest.mark.baseline
def test_pinned_client_fails_without_us(plain, pki, pinned, new_server):
    assert plain(pinned(new_server, pki.root_pem), library=False).code != 0


@pytest.mark.baseline
def test_pinned_client_with_level_0_reaches_an_old_server(plain, pki, old_server):
    """So it is the pin that keeps it from the new one."""
    for name in ("curl", "python-method-seclevel0", "python-maximum", "python-options", "s_client"):
        assert plain(PINNED[name](old_server, pki.root_pem), library=False).code == 0, name


def test_pinned_client_is_explained(run, pki, pinned, new_server):
    before = run(pinned(new_server, pki.root_pem), library=False)
    done = run(pinned(new_server, pki.root_pem))
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    check_records(done)
    assert [(r["event"], r["host"]) for r in done.records] == [("handshake_failed", HOST)]


def test_pinned_client_is_lifted(run, pki, pinned, new_server):
    done = run(pinned(new_server, pki.root_pem), min_protocol={HOST: "TLSv1.2"})
    assert done.code == 0
    assert done.events == ["mended"]


def test_pinned_client_is_lifted_by_launcher(run, pki, new_server):
    done = run(PINNED["curl"](new_server, pki.root_pem), launcher=["--min-protocol", HOST + "=TLSv1.2"])
    assert done.code == 0 and done.events == ["mended"]


def test_lifted_for_this_host_only(run, pki, pinned, new_server):
    assert run(pinned(new_server, pki.root_pem), min_protocol={"other.test": "TLSv1.2"}).code != 0


def test_lifting_and_trust_together(run, new_server, pki):
    done = run(
        [DEBIAN_PYTHON, HERE / "connect.py", HOST, new_server, "--tls1"],
        min_protocol={HOST: "TLSv1.2"}, extra_ca={HOST: pki.root_pem},
    )  # fmt: skip
    assert done.code == 0 and done.events == ["mended"] * 2 and "OK TLSv1.2" in done.out


# ---- server too old ----------------------------------------------------------------------------------------
MODERN = {"curl": _curl(), "python": _python(DEBIAN_PYTHON)}
WEAK = {"MinProtocol": "TLSv1", "CipherString": "DEFAULT:@SECLEVEL=0", "Reason": "firmware of 2011"}


@pytest.fixture(params=list(MODERN))
def modern(request):
    return MODERN[request.param]


def test_old_server_is_explained(run, pki, modern, old_server):
    before = run(modern(old_server, pki.root_pem), library=False)
    done = run(modern(old_server, pki.root_pem))
    assert before.code != 0
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    check_records(done)
    assert [(r["event"], r["host"], r.get("port")) for r in done.records] == [("handshake_failed", HOST, old_server)]
    assert "DEFAULT:@SECLEVEL=0" in str(done.records[0]["help"])


def test_old_server_is_reached_by_a_weakening_rule(run, pki, modern, old_server):
    config = run.config((HOST, {**WEAK, "Until": "2999-12-31"}))
    done = run(modern(old_server, pki.root_pem), config=config)
    assert done.code == 0
    check_records(done)
    assert done.records and {r["event"] for r in done.records} == {"weakened"}
    assert all(r["level"] == "warning" and r["host"] == HOST for r in done.records)
    assert "firmware of 2011" in str(done.records)


def test_past_until_the_rule_no_longer_counts(run, pki, modern, old_server):
    config = run.config((HOST, {**WEAK, "Until": "2020-01-31"}))
    done = run(modern(old_server, pki.root_pem), config=config)
    assert done.code != 0
    check_records(done)
    assert not done.of("weakened")
    assert len(done.of("handshake_failed")) == 1
    assert "2020-01-31" in str(done.records), "the log says that the rule has run out"


def test_until_does_not_take_the_trust_away(run, sites, pki):
    """Until governs what weakens; a CA for one host does not."""
    port, _ = sites.https("legacy.test")
    config = run.config(("legacy.test", {"ExtraCAFile": pki.root_pem, "MinProtocol": "TLSv1", "Until": "2020-01-31"}))
    done = run(["curl", "-sS", "https://legacy.test:%d/" % port], config=config)
    assert done.code == 0


@pytest.mark.parametrize("key,value", [("MinProtocol", "TLSv1"), ("CipherString", "DEFAULT:@SECLEVEL=0"),
                                       ("Options", "UnsafeLegacyServerConnect")])  # fmt: skip
def test_weakening_everybody_is_refused(run, pki, old_server, key, value):
    config = run.config(("*", {"MinProtocol": "TLSv1", "CipherString": "DEFAULT:@SECLEVEL=0", key: value, "Until": "2999-01-01"}))
    done = run(MODERN["curl"](old_server, pki.root_pem), config=config)
    assert done.code != 0
    assert not done.of("weakened") and len(done.of("config_error")) == 1


def test_weak_rule_for_another_host_does_not_leak(run, pki, old_server):
    config = run.config(("other.test *.old.test", {**WEAK, "Until": "2999-12-31"}))
    done = run(MODERN["curl"](old_server, pki.root_pem), config=config)
    assert done.code != 0 and not done.of("weakened")


def test_max_protocol(run, pki, sites):
    port, _ = sites.https(HOST)
    config = run.config((HOST, {"MaxProtocol": "TLSv1.2"}))
    for rules, version in ((None, "OK TLSv1.3"), (config, "OK TLSv1.2")):
        done = run(_python(DEBIAN_PYTHON)(port, pki.root_pem), config=rules)
        assert done.code == 0 and version in done.out


def test_handshake_ok_at_debug_level(run, pki, sites):
    port, _ = sites.https(HOST)
    done = run(MODERN["curl"](port, pki.root_pem), settings={"TLSMEND_LOG_LEVEL": "debug"})
    check_records(done)
    ok = done.of("handshake_ok")
    assert len(ok) == 1 and (ok[0]["host"], ok[0]["port"]) == (HOST, port), done
    assert os.path.basename(ok[0]["exe"]) == "curl" and ok[0]["program"] == "curl"
