# SPDX-License-Identifier: ISC
"""Each client, against a server whose CA it does not trust: explained, mended for one host, and left alone."""
import pytest

from clients.table import CLIENTS, missing, present
from lib.run import LIBRARY, check_records, only_failure


@pytest.fixture(params=present(), ids=lambda c: c.name)
def client(request):
    return request.param


@pytest.mark.baseline
@pytest.mark.parametrize("name", list(CLIENTS))
def test_client_is_here(name):
    """The one place where a client that this machine does not have is told."""
    if missing(name):
        pytest.skip("%s: %s" % (name, missing(name)))


@pytest.fixture
def peer(client, sites):
    """(port, identity) of legacy.test for this client."""
    return sites.of(client, "legacy.test")


def untrusted(run, client, host, port, **how):
    return run(client.argv(host, port), **how)


_without = {}


def without_us(run, client, host, port):
    """(exit code, stdout, stderr) against a server that the client does not trust, asked once in each worker."""
    if (client.name, host) not in _without:
        done = untrusted(run, client, host, port, library=False)
        _without[client.name, host] = (done.code, done.out, done.err)
    return _without[client.name, host]


# ---- what the clients do without us ------------------------------------------------------------------------
@pytest.mark.baseline
@pytest.mark.every_client
def test_untrusted_server_fails(plain, client, peer):
    assert client.failed(untrusted(plain, client, "legacy.test", peer[0], library=False))


@pytest.mark.baseline
@pytest.mark.every_client
def test_own_ca_works(plain, client, peer, pki):
    done = plain(client.argv("legacy.test", peer[0], pki.root_pem), library=False, env=client.env(pki.root_pem))
    assert client.worked(done)


# Whether a client that would go on really did shows only when it then sends something, which s_client here does not.
EVENTS = {False: ("verify_failed",), True: ("verify_failed", "verify_ignored")}


# ---- explained ---------------------------------------------------------------------------------------------
@pytest.mark.every_client
def test_untrusted_server_is_explained(run, client, peer):
    port, identity = peer
    after = untrusted(run, client, "legacy.test", port)
    assert (after.code, after.out, after.err) == without_us(run, client, "legacy.test", port)
    events = EVENTS[client.goes_on]
    record = only_failure(after, ("issuer-unknown",), "legacy.test", None, identity.sha256, events)
    if client.memory_bio:
        assert record.get("port") in (None, port)
    else:
        assert record.get("port") == port
    assert any("ExtraCAFile" in line for line in record["help"]), record["help"]
    assert "legacy.test" in record["message"]
    assert record["code"] in (20, 21)
    assert record["library"].startswith("OpenSSL ")
    assert "tlsmend Test Root" in str(record["chain"]) + str(record["help"]), "the missing CA is named"


def assert_unseen(client, result):
    assert client.worked(result)
    assert result.log == "", "a connection that works leaves no record"


# ---- mended ------------------------------------------------------------------------------------------------
def assert_mended(client, result):
    assert client.worked(result)
    assert result.events == ["mended"]


@pytest.mark.every_client
def test_mended_by_variable(run, client, peer, pki):
    assert_mended(client, untrusted(run, client, "legacy.test", peer[0], extra_ca={"legacy.test": pki.root_pem}))


def test_mended_by_file(run, client, peer, pki):
    config = run.config(("legacy.test", {"ExtraCAFile": pki.root_pem}))
    assert_mended(client, untrusted(run, client, "legacy.test", peer[0], config=config))


def test_mended_by_launcher(run, client, peer, pki):
    options = ["--extra-ca", "legacy.test=%s" % pki.root_pem]
    assert_mended(client, untrusted(run, client, "legacy.test", peer[0], launcher=options))


def test_mended_by_etc(run, client, peer, pki):
    etc = {"tlsmend.conf": "[legacy.test]\nExtraCAFile = %s\n" % pki.root_pem}
    assert_mended(client, untrusted(run, client, "legacy.test", peer[0], etc=etc))


# ---- for one host only -------------------------------------------------------------------------------------
def test_other_host_still_fails(run, client, sites, pki):
    port, identity = sites.of(client, "other.test")
    rules = {"legacy.test": pki.root_pem}
    after = untrusted(run, client, "other.test", port, extra_ca=rules)
    assert client.failed(after)
    assert (after.code, after.out, after.err) == without_us(run, client, "other.test", port)
    events = EVENTS[client.goes_on]
    only_failure(after, ("issuer-unknown",), "other.test", None, identity.sha256, events)


# ---- left alone --------------------------------------------------------------------------------------------
def test_no_record_when_it_works(run, client, peer, pki):
    done = run(client.argv("legacy.test", peer[0], pki.root_pem), env=client.env(pki.root_pem))
    assert_unseen(client, done)


def test_disabled_is_inert(run, client, peer, pki):
    after = untrusted(
        run, client, "legacy.test", peer[0], extra_ca={"legacy.test": pki.root_pem}, settings={"TLSMEND_DISABLE": "1"}
    )
    assert (after.code, after.out, after.err) == without_us(run, client, "legacy.test", peer[0])
    assert after.log == ""


@pytest.mark.parametrize("setting", ["TLSMEND_DLSYM=off", "TLSMEND_DEEPBIND=drop"])
def test_loader_settings_break_no_client(run, client, peer, pki, setting):
    """Out of reach is allowed, broken is not: libssl calls its own exports through us also where dlsym is left alone."""
    name, value = setting.split("=")
    done = run(client.argv("legacy.test", peer[0], pki.root_pem), env=client.env(pki.root_pem), settings={name: value})
    assert_unseen(client, done)


def test_info_level_says_which_rule(run, client, peer, pki):
    done = untrusted(
        run, client, "legacy.test", peer[0], extra_ca={"legacy.test": pki.root_pem}, settings={"TLSMEND_LOG_LEVEL": "info"}
    )
    assert client.worked(done)
    check_records(done)
    mended = done.of("mended")
    assert len(done.records) == len(mended) == 1, done
    assert mended[0]["level"] == "warning" and "ExtraCAFile" in str(mended[0]) and "legacy.test" in str(mended[0])


def test_library_is_really_loaded(run):
    """Guards the matrix against a library that the dynamic linker could not load, which would pass as inert."""
    done = run(["cat", "/proc/self/maps"], names=False)
    assert str(LIBRARY.resolve()) in done.out and done.err == ""
