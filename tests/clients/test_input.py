# SPDX-License-Identifier: ISC
"""Bad input: one clear line each, nothing weakened, the client as it would be without us."""
import os
import re
import stat
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from clients.table import DEBIAN_PYTHON, HERE, curl
from lib.run import LIBRARY, check_records

HOST = "legacy.test"
NOBODY = 65534


def one_complaint(run, sites, says=None, **how):
    """curl fails as without us; one config_error, one verify_failed, nothing else. Returns the config_error."""
    port, _ = sites.https(HOST)
    user = how.get("user")
    before = run(curl(port), library=False, user=user)
    done = run(curl(port), **how)
    assert before.code == 60
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    check_records(done)
    assert sorted(r["event"] for r in done.records) == ["config_error", "verify_failed"], done
    error = done.of("config_error")[0]
    assert error["level"] == "error" and "\n" not in error["message"]
    if says:
        assert re.search(says, error["message"]), error["message"]
    return error


# ---- CA files ----------------------------------------------------------------------------------------------
def _der(run, pki):
    return run.write("root.der", pki.root.der)


CA_FILES = {
    "missing": (lambda run, pki: run.scratch / "nowhere.pem", "[Nn]o such file|is not there"),
    "empty": (lambda run, pki: run.write("empty.pem", ""), "empty|no certificate|holds no"),
    "der": (_der, "DER|PEM"),
    "text": (lambda run, pki: run.write("text.pem", "this is no certificate\n"), "no certificate|PEM"),
    "truncated": (lambda run, pki: run.write("cut.pem", pki.root.pem[:200]), "cut.pem"),
    "key-only": (lambda run, pki: run.write("key.pem", pki.root.key_pem), "key.pem"),
    "directory": (lambda run, pki: pki.empty_dir, "directory|regular file"),
    "device": (lambda run, pki: "/dev/zero", "regular file|/dev/zero"),
}


@pytest.mark.parametrize("kind", list(CA_FILES))
@pytest.mark.parametrize("way", ["variable", "file"])
def test_ca_file(run, sites, pki, kind, way):
    make, says = CA_FILES[kind]
    path = make(run, pki)
    if way == "variable":
        one_complaint(run, sites, says, extra_ca={HOST: path})
    else:
        config = run.config((HOST, {"ExtraCAFile": path}))
        error = one_complaint(run, sites, says, config=config)
        assert "tlsmend.conf:" in error["message"], "file and line"


def test_ca_file_is_a_fifo(run, sites, pki):
    """Opening it must not hang the client."""
    path = run.scratch / "fifo.pem"
    os.mkfifo(path)
    one_complaint(run, sites, "fifo.pem", extra_ca={HOST: path})


@pytest.fixture
def unprivileged(run):
    if os.geteuid() != 0:
        pytest.skip("needs root, to run a client as another user")
    probe = run(["test", "-r", LIBRARY], library=False, names=False, user=NOBODY)
    if probe.code != 0:
        pytest.skip("an unprivileged user cannot read the build directory")
    return run


def test_ca_file_unreadable(unprivileged, sites, pki):
    path = unprivileged.write("secret.pem", pki.root.pem, mode=0o600)
    one_complaint(unprivileged, sites, "secret.pem.*([Pp]ermission|read)", extra_ca={HOST: path}, user=NOBODY)


def test_config_unreadable(unprivileged, sites, pki):
    config = unprivileged.config((HOST, {"ExtraCAFile": pki.root_pem}))
    config.chmod(0o600)
    one_complaint(unprivileged, sites, "[Pp]ermission denied", config=config, user=NOBODY)


def test_the_harness_unprivileged_client_works(unprivileged, sites, pki):
    port, _ = sites.https(HOST)
    done = unprivileged(curl(port), extra_ca={HOST: pki.root_pem}, user=NOBODY)
    assert done.code == 0 and done.events == ["mended"]


def test_ca_file_only_one_bad_of_two(run, sites, pki):
    """A bad section leaves the others in force."""
    config = run.config(("other.test", {"ExtraCAFile": "/nowhere/ca.pem"}), (HOST, {"ExtraCAFile": pki.root_pem}))
    port, _ = sites.https(HOST)
    done = run(curl(port), config=config)
    assert done.code == 0 and done.events == ["mended"], "the other host's file is not even looked at"
    port, _ = sites.https("other.test")
    done = run(curl(port, host="other.test"), config=config)
    assert done.code == 60 and sorted(r["event"] for r in done.records) == ["config_error", "verify_failed"]


def test_bundle_with_some_junk_between(run, sites, pki):
    """Text around the blocks is usual (comments of a bundle)."""
    port, _ = sites.https(HOST)
    path = run.write("bundle.pem", b"# Corp root\n\n" + pki.stranger.pem + b"\nsome text\n" + pki.root.pem + b"trailer")
    done = run(curl(port), extra_ca={HOST: path})
    assert done.code == 0 and done.events == ["mended"]


def test_relative_path_with_the_launcher(run, sites, pki):
    port, _ = sites.https(HOST)
    run.write("corp-root.pem", pki.root.pem)
    done = run(curl(port), launcher=["--extra-ca", HOST + "=corp-root.pem"])
    assert done.code == 0 and done.events == ["mended"]


# ---- configuration -----------------------------------------------------------------------------------------
LINES = {
    "unknown-key": ("ExtraCaFiel = %(root)s", "2: .*ExtraCaFiel.*ExtraCAFile"),
    "verify-mode": ("VerifyMode = None", "2: .*VerifyMode"),
    "partial-chain": ("VerifyFlags = PARTIAL_CHAIN", "2: .*VerifyFlags"),
    "bad-protocol": ("MinProtocol = TLSv9", "2: .*TLSv9"),
    "sslv3": ("MinProtocol = SSLv3", "2: .*SSLv3"),
    "no-value": ("ExtraCAFile =", "2: "),
    "no-equals-sign": ("ExtraCAFile %(root)s", "2: "),
    "relative-path": ("ExtraCAFile = ~/corp-root.pem", "2: .*not expanded"),
    "bad-date": ("Until = next spring", "2: .*next spring"),
    "impossible-date": ("Until = 2027-02-30", "2: .*2027-02-30"),
}


@pytest.mark.parametrize("line", list(LINES))
def test_bad_line(run, sites, pki, line):
    """The whole section is dropped, also its good lines; the other section stays."""
    text, says = LINES[line]
    config = run.write(
        "tlsmend.conf",
        "[%s]\n%s\nExtraCAFile = %s\n[other.test]\nExtraCAFile = %s\n"
        % (HOST, text % {"root": pki.root_pem}, pki.root_pem, pki.root_pem),
    )
    one_complaint(run, sites, says, config=config)
    port, _ = sites.https("other.test")
    done = run(curl(port, host="other.test"), config=config)
    assert done.code == 0 and done.events == ["config_error", "mended"]


@pytest.mark.parametrize(
    "key,value",
    [("CipherString", "NO-SUCH-CIPHER"), ("Ciphersuites", "TLS_NO_SUCH"), ("Groups", "no-such-group"),
     ("SignatureAlgorithms", "no-such+SHA256"), ("Options", "NoSuchOption")],
)  # fmt: skip
def test_value_that_openssl_refuses(run, sites, pki, key, value):
    config = run.config((HOST, {"ExtraCAFile": pki.root_pem, key: value}))
    one_complaint(run, sites, re.escape(value), config=config)


def _junk(run):
    return run.write("tlsmend.conf", bytes((i * 7919 + i // 251) % 256 for i in range(20000)))


def _huge(run):
    path = run.write("tlsmend.conf", "[legacy.test]\n")
    with open(path, "ab") as f:
        for _ in range(50):
            f.write(b"# padding\n" * 104858)
    return path


CONFIGS = {
    "missing": lambda run: run.scratch / "nowhere.conf",
    "directory": lambda run: run.home,
    "junk": _junk,
    "nul": lambda run: run.write("tlsmend.conf", "[legacy.test]\nExtraCAFile = /a\0b\n"),
    "no-section": lambda run: run.write("tlsmend.conf", "MinProtocol = TLSv1.2\n"),
    "open-header": lambda run: run.write("tlsmend.conf", "[legacy.test\nMinProtocol = TLSv1.2\n"),
    "empty-header": lambda run: run.write("tlsmend.conf", "[]\nMinProtocol = TLSv1.2\n"),
    "bad-pattern": lambda run: run.write("tlsmend.conf", "[lega*cy.test]\nMinProtocol = TLSv1.2\n"),
    "bad-cidr": lambda run: run.write("tlsmend.conf", "[10.0.0.0/99]\nMinProtocol = TLSv1.2\n"),
    "50-megabytes": _huge,
}


@pytest.mark.parametrize("kind", list(CONFIGS))
def test_bad_configuration_is_one_complaint(run, sites, kind):
    one_complaint(run, sites, config=CONFIGS[kind](run))


def test_config_is_a_fifo(run, sites):
    path = run.scratch / "fifo.conf"
    os.mkfifo(path)
    one_complaint(run, sites, config=path)


@pytest.mark.parametrize("name", ["/dev/null", "link", "node"])
def test_null_device_is_an_empty_config(run, sites, name):
    """As programs are told to read no file; also by a link, and as a node of its own (as in containers)."""
    path = run.scratch / name
    if name == "link":
        path.symlink_to("/dev/null")
    elif name == "node":
        try:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        except PermissionError:
            pytest.skip("needs root, to make a device")
    port, _ = sites.https(HOST)
    done = run(curl(port), config=path)
    assert [r["event"] for r in done.records] == ["verify_failed"]


def test_null_device_among_others(run, sites, pki):
    """What another file says stays."""
    port, _ = sites.https(HOST)
    config = run.config((HOST, {"ExtraCAFile": pki.root_pem}))
    done = run(curl(port), config="/dev/null:%s:/dev/null" % config)
    assert done.code == 0 and done.events == ["mended"]


def test_other_devices_are_an_error(run, sites):
    one_complaint(run, sites, config="/dev/zero")


def test_many_errors_do_not_flood(run, sites):
    port, _ = sites.https(HOST)
    config = run.write("tlsmend.conf", "".join("[h%d.test]\nNoSuchKey = 1\n" % i for i in range(5000)))
    done = run(curl(port), config=config)
    assert 2 <= len(done.of("config_error")) <= 25
    assert len(done.of("verify_failed")) == 1


def test_no_etc_file_is_no_error(run, sites):
    port, _ = sites.https(HOST)
    done = run(curl(port))
    assert [r["event"] for r in done.records] == ["verify_failed"]


def test_empty_config_is_no_error(run, sites):
    port, _ = sites.https(HOST)
    done = run(curl(port), config=run.write("empty.conf", ""))
    assert [r["event"] for r in done.records] == ["verify_failed"]


@pytest.mark.slow
def test_100000_sections(run, sites, pki):
    port, _ = sites.https(HOST)
    config = run.write(
        "tlsmend.conf",
        "".join("[h%d.example *.s%d.example]\nMinProtocol = TLSv1.2\n" % (i, i) for i in range(100000))
        + "[%s]\nExtraCAFile = %s\n" % (HOST, pki.root_pem),
    )
    done = run(curl(port), config=config)
    assert done.code == 0 and done.events == ["mended"]


# ---- variables ---------------------------------------------------------------------------------------------
VARIABLES = {
    "TLSMEND_EXTRA_CA": ("nonsense", "TLSMEND_EXTRA_CA"),
    "TLSMEND_MIN_PROTOCOL": (HOST + "=TLSv9", "TLSv9"),
    "TLSMEND_LOG_LEVEL": ("loud", "TLSMEND_LOG_LEVEL.*loud|loud.*TLSMEND_LOG_LEVEL"),
    "TLSMEND_DISABLE": ("maybe", "TLSMEND_DISABLE"),
    "TLSMEND_DLSYM": ("maybe", "TLSMEND_DLSYM"),
    "TLSMEND_DEEPBIND": ("maybe", "TLSMEND_DEEPBIND"),
}


@pytest.mark.parametrize("variable", list(VARIABLES))
def test_bad_variable(run, sites, variable):
    value, says = VARIABLES[variable]
    one_complaint(run, sites, says, settings={variable: value})


def test_bad_variable_leaves_the_rest(run, sites, pki):
    port, _ = sites.https(HOST)
    done = run(curl(port), extra_ca={HOST: pki.root_pem}, settings={"TLSMEND_MIN_PROTOCOL": "x=TLSv9"})
    assert done.code == 0 and done.events == ["config_error", "mended"]


@pytest.mark.parametrize("variable,value", [("TLSMEND_LOG", "carrier-pigeon"), ("TLSMEND_LOG_FORMAT", "xml")])
def test_bad_log_variable(run, sites, variable, value):
    """What cannot be read of the log's own settings is said where the log then goes: as text, to stderr."""
    port, _ = sites.https(HOST)
    settings = {"TLSMEND_LOG": "stderr", "TLSMEND_LOG_FORMAT": None, variable: value}
    before = run(curl(port), library=False)
    done = run(curl(port), settings=settings)
    assert (done.code, done.out) == (before.code, before.out)
    heads = [line for line in done.err.splitlines() if line.startswith("tlsmend: ")]
    assert len([line for line in heads if variable in line and value in line]) == 1, heads
    assert len([line for line in heads if "issuer-unknown" in line]) == 1, heads


# ---- a configuration that changes while a client runs --------------------------------------------------------
A_FEW_SECONDS = 15


def _replace(path, text):
    """As an editor does: another file under the same name."""
    new = path.with_suffix(".new")
    new.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.replace(new, path)


@pytest.fixture
def long_running(run, sites, pki):
    path = run.config((HOST, {"ExtraCAFile": pki.root_pem}))
    with run.start([DEBIAN_PYTHON, HERE / "loop.py"], config=path) as client:
        client.config = path
        client.question = "%s %d" % (HOST, sites.https(HOST)[0])
        assert client.ask(client.question).startswith("OK")
        yield client
    assert client.err == ""


def _errors(client):
    return [r for r in client.records() if r["event"] == "config_error"]


def _ask_for(client, seconds, wanted=lambda: False):
    answers = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not wanted():
        answers.append(client.ask(client.question))
        time.sleep(0.1)
    return answers


@pytest.mark.long
def test_changed_into_junk_the_rules_stay(long_running, pki):
    _replace(long_running.config, bytes(range(256)) * 40)
    answers = _ask_for(long_running, A_FEW_SECONDS, lambda: _errors(long_running))
    assert len(_errors(long_running)) == 1, "one line says so"
    answers += _ask_for(long_running, 3)
    assert all(a.startswith("OK") for a in answers), "the rules in force stay"
    assert len(_errors(long_running)) == 1, "and it is not said again"
    # and a file that parses again is taken up
    _replace(long_running.config, "[other.test]\nExtraCAFile = %s\n" % pki.root_pem)
    long_running.ask_until(long_running.question, lambda a: a == "REFUSED 20", A_FEW_SECONDS)


@pytest.mark.slow
def test_one_bad_section_on_reload_keeps_the_old_rules(long_running, pki):
    _replace(long_running.config, "[%s]\nExtraCaFiel = %s\n" % (HOST, pki.root_pem))
    answers = _ask_for(long_running, A_FEW_SECONDS, lambda: _errors(long_running))
    assert len(_errors(long_running)) == 1
    assert all(a.startswith("OK") for a in answers + _ask_for(long_running, 3))


@pytest.mark.slow
def test_changed_in_place(long_running, pki):
    long_running.config.write_text("[other.test]\nExtraCAFile = %s\n" % pki.root_pem)
    long_running.ask_until(long_running.question, lambda a: a == "REFUSED 20", A_FEW_SECONDS)
    long_running.config.write_text("[%s]\nExtraCAFile = %s\n" % (HOST, pki.root_pem))
    long_running.ask_until(long_running.question, lambda a: a.startswith("OK"), A_FEW_SECONDS)
    assert _errors(long_running) == []


@pytest.mark.slow
def test_ca_file_is_replaced(long_running, run, sites, pki):
    bundle = run.write("bundle.pem", pki.stranger.pem)
    _replace(long_running.config, "[%s]\nExtraCAFile = %s\n" % (HOST, bundle))
    long_running.ask_until(long_running.question, lambda a: a == "REFUSED 20", A_FEW_SECONDS)
    _replace(bundle, pki.root.pem)
    long_running.ask_until(long_running.question, lambda a: a.startswith("OK"), A_FEW_SECONDS)


def test_der_really_is_der(pki):
    """Guards the case above."""
    assert x509.load_der_x509_certificate(pki.root.der).public_bytes(Encoding.PEM) == pki.root.pem
