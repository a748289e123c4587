# SPDX-License-Identifier: ISC
"""tlsmend view: the certification path of a server, where trust ends and why, and what the server offers."""
import json
import os
import pty
import re
import socket
import ssl
import subprocess
import termios
import time

import pytest

from lib import pki as pki_module
from lib import servers as odd
from lib import starttls
from lib.pki import fingerprint
from lib.run import COMMAND, ROOT_MOUNTS, namespace_command

HOST = "legacy.test"


def view(run, *words, **how):
    return run([COMMAND, "view", *words], library=False, **how)


def at(port, host=HOST):
    return "%s:%d" % (host, port)


def shown(text):
    """No byte of it acts on a terminal."""
    assert not re.search("[^\n -~\u00a0-\u167f]", text), ascii(text)
    return text


# ---- trusted or not -------------------------------------------------------------------------------------------

def test_private_ca(run, sites):
    port, identity = sites.https(HOST)
    begin = time.monotonic()
    done = view(run, at(port))
    took = time.monotonic() - begin
    # on a busy machine it may say what it waits for
    assert done.code == 1 and all(x.startswith("tlsmend: %s: " % at(port)) and x.endswith(" ...") for x in done.err.splitlines())
    lines = shown(done.out).splitlines()
    assert lines[0] == "%s is not trusted [issuer-unknown]" % at(port)
    path = [re.sub(r"\s+", " ", x.removeprefix("path").strip()) for x in lines if re.search(r"\[(x|\?|ok)\]", x)]
    assert path == ["[?] tlsmend Test Root (not sent, and in no store here)", "[x] tlsmend Test Issuing CA <- its issuer was not found",
                    "[?] legacy.test"]  # fmt: skip
    assert fingerprint(identity) in done.out
    assert "tlsmend trust %s" % at(port) in lines[-1]
    assert "TLSv1.2, TLSv1.3" in done.out and "asks for no client certificate" in done.out
    assert "unable to get local issuer certificate (20)" in " ".join(done.out.split())
    assert took < 1 or done.err or took < 5, "%.2f s" % took
    print("%.2f s" % took)


def test_with_the_ca(run, sites, pki):
    port, _ = sites.https(HOST)
    done = view(run, "--ca", pki.root_pem, at(port))
    assert done.code == 0 and done.out.startswith("%s is trusted\n" % at(port))
    assert "tlsmend Test Root   <- trusted here, not sent" in done.out
    assert view(run, "--ca", pki.stranger_pem, at(port)).code == 1


def test_rule_in_force(run, sites, pki):
    port, _ = sites.https(HOST)
    config = run.config((HOST, {"ExtraCAFile": pki.root_pem}))
    done = view(run, at(port), config=config)
    assert done.code == 0
    assert "trusted by the rule %s:1 [legacy.test] ExtraCAFile; without it: issuer-unknown" % config in " ".join(done.out.split())
    # of another configuration
    assert view(run, at(port), "--config", config).code == 0
    # what the caller's own records would do is no matter here
    assert view(run, at(port), config=config, env={"TLSMEND_DISABLE": "1", "TLSMEND_DRY_RUN": "1", "TLSMEND_LOG": "off"}).code == 0


@pytest.mark.parametrize("variant", ["expired", "wrong-name", "weak-digest", "path-length"])
def test_what_else_is_wrong(run, sites, pki, variant):
    port, _ = sites.variant(variant)
    done = view(run, "--ca", pki.root_pem, at(port))
    cause = pki_module.VARIANTS[variant].causes[0]
    assert done.code == 1 and done.out.startswith("%s is not trusted [%s]" % (at(port), cause))
    assert "[x]" in done.out and "tlsmend trust" not in done.out


def test_servername_is_what_is_sent_and_checked(run, sites, pki):
    port, _ = sites.https(HOST)
    assert view(run, "--ca", pki.root_pem, "127.0.0.2:%d" % port).code == 1
    assert view(run, "--ca", pki.root_pem, "--servername", HOST, "127.0.0.2:%d" % port).code == 0


def test_url_names_host_and_port(run, sites, pki):
    port, _ = sites.https(HOST)
    assert view(run, "--ca", pki.root_pem, "https://%s/path?x=1" % at(port)).code == 0


def test_zone_of_an_address(run, servers, pki):
    """It says how to get there; rules and certificates know the address alone."""
    if not os.path.exists("/proc/net/if_inet6") or "00000000000000000000000000000001" not in open("/proc/net/if_inet6").read():
        pytest.skip("no ::1 here")
    identity = pki.identity("view-zone", pki_module.issue("::1", pki.intermediate, names=("::1",)), pki.intermediate)
    port = servers.odd("::1", odd.presents_certificate, identity)
    for text, shown in (("[::1%%1]:%d" % port, "[::1%%1]:%d" % port), ("https://[::1%%251]:%d/" % port, "[::1%%1]:%d" % port)):
        done = view(run, "--ca", pki.root_pem, text)
        assert done.code == 0 and done.out.startswith(shown + " is trusted\n"), done
    done = view(run, "[::1%%1]:%d" % port)
    assert done.code == 1 and "             [::1]\n" in done.out and "tlsmend trust '[::1%%1]:%d'" % port in done.out
    done = view(run, "fe80::1%one two")
    assert done.code == 2 and "is no host name or address" in done.err
    done = view(run, "[fe80::1%%none]:%d" % port)
    assert done.code == 2 and "cannot find fe80::1%none" in done.out


# ---- forms -----------------------------------------------------------------------------------------------------

def test_json_has_path_and_verdict(run, sites, pki):
    port, identity = sites.https(HOST)
    done = view(run, "--format", "json", at(port))
    assert done.code == 1
    got = json.loads(done.out)
    assert (got["host"], got["port"], got["result"], got["cause"], got["verify"]) == (HOST, port, "not-trusted", "issuer-unknown", 20)
    assert [c["subject"] for c in got["path"]] == ["CN=legacy.test", "CN=tlsmend Test Issuing CA"]
    assert got["path"][0]["sha256"].replace(":", "").lower() == identity.sha256 and got["path"][0]["presented"]
    assert got["server"]["TLSv1.3"]["spoken"] and not got["server"]["TLSv1"]["spoken"]
    got = json.loads(view(run, "--format", "json", "--ca", pki.root_pem, at(port)).out)
    assert got["result"] == "trusted" and not got["path"][-1]["presented"] and got["protocol"] == "TLSv1.3"


def test_pem_is_what_the_server_sent(run, sites):
    port, identity = sites.https(HOST)
    done = view(run, "--format", "pem", at(port))
    assert done.code == 1
    blocks = re.findall("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", done.out, re.S)
    assert [ssl.PEM_cert_to_DER_cert(b) for b in blocks] == [ssl.PEM_cert_to_DER_cert(b) for b in
            re.findall("-----BEGIN.*?-----END CERTIFICATE-----\n", identity.chain.read_text(), re.S)]  # fmt: skip


def test_client_certificate(run, servers, pki):
    port = servers.odd("127.0.0.2", odd.asks_for_client_certificate(pki.root_pem, ssl.TLSVersion.TLSv1_2), pki.good(HOST))
    mine = pki.identity("view-client", pki_module.issue("client.test", pki.intermediate, purposes=("client",)), pki.intermediate)
    done = view(run, "--ca", pki.root_pem, at(port))
    assert done.code == 1 and "[client-certificate-missing]" in done.out
    done = view(run, "--ca", pki.root_pem, "--cert", mine.chain, "--key", mine.key, at(port))
    assert done.code == 0, done
    port = servers.s_server(pki.good(HOST), "127.0.0.2", "-verify", "2", "-CAfile", pki.root_pem).port
    done = view(run, "--ca", pki.root_pem, at(port))
    assert "asks for a client certificate of:\n           CN=tlsmend Test Root" in done.out


# ---- the way there ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("protocol", starttls.PROTOCOLS)
def test_starttls_of_each_protocol(run, servers, pki, protocol):
    port = servers.odd("127.0.0.2", starttls.server(protocol), pki.good(HOST))
    done = view(run, "--starttls", protocol, "--ca", pki.root_pem, at(port))
    assert done.code == 0 and "is trusted" in done.out and "TLSv1.3" in done.out
    assert view(run, "--starttls", protocol, at(port)).code == 1
    port = servers.odd("127.0.0.2", starttls.server(protocol, willing=False), pki.good(HOST))
    done = view(run, "--starttls", protocol, at(port))
    assert done.code == 2 and "does not answer in TLS" in done.out and ("begin TLS" in done.out or "switched off" in done.out)


def test_proxy_is_asked_to_connect(run, servers, sites, pki):
    port, _ = sites.https(HOST)
    seen = []
    proxy = servers.odd("127.0.0.1", starttls.connect_proxy(seen, port))
    done = view(run, "--proxy", "127.0.0.1:%d" % proxy, "--ca", pki.root_pem, "legacy.test:7")
    assert done.code == 0 and set(seen) == {"CONNECT legacy.test:7 HTTP/1.1"}
    proxy = servers.odd("127.0.0.1", starttls.connect_proxy(seen, port, refuse=True))
    done = view(run, "--proxy", "http://127.0.0.1:%d/" % proxy, at(port))
    assert done.code == 2 and "407 Proxy Authentication Required" in done.out
    done = view(run, "--proxy", "127.0.0.1:1", at(port))
    assert done.code == 2 and "the proxy 127.0.0.1:1 does not answer: cannot connect to 127.0.0.1" in done.out and "\nat  " not in done.out


# ---- a client certificate --------------------------------------------------------------------------------------

@pytest.fixture
def identity(run, pki):
    """PEM files: certificate, key, key under the passphrase "secret", both, another certificate."""
    leaf = pki_module.issue("client.test", pki.root, purposes=("client",))
    made = {"cert": leaf.pem, "key": leaf.key_pem, "other": pki.root.pem}
    made["both"] = made["cert"] + made["key"]
    files = {name: run.write(name + ".pem", text) for name, text in made.items()}
    files["locked"] = run.scratch / "locked.pem"
    subprocess.run(["openssl", "pkey", "-aes128", "-passout", "pass:secret", "-in", files["key"], "-out", files["locked"]], check=True, timeout=30)
    return files


@pytest.mark.parametrize("words, said", [
    (["--key", "key"], "name its certificate too, with --cert FILE"), (["--cert", "cert"], "name its file too, with --key FILE"),
    (["--cert", "key"], "no certificate in PEM form"), (["--cert", "cert", "--key", "cert"], "no private key in PEM form"),
    (["--cert", "other", "--key", "key"], "key of another certificate"), (["--cert", "cert", "--key", "locked"], "no terminal to ask for its passphrase"),
    (["--cert", "/"], "Is a directory"),
])  # fmt: skip
def test_certificate_that_cannot_be_shown(run, identity, words, said):
    """Said of the option, before anybody is connected to, and without a prompt."""
    words = [str(identity.get(w, w)) for w in words]
    done = run(["setsid", "-w", COMMAND, "view", *words, "127.0.0.2:9"], library=False)
    assert done.code == 2 and done.out == "" and said in done.err and "--%s" % ("key" if "--key" in words else "cert") in done.err, done


@pytest.mark.parametrize("typed, code", [("secret", 0), ("wrong", 2)])
def test_passphrase_on_a_terminal(run, servers, pki, identity, typed, code):
    port = servers.s_server(pki.identity("asks", pki_module.issue(HOST, pki.root, names=[HOST])), "127.0.0.2", "-Verify", "1", "-CAfile", str(pki.root_pem),
                            "-verify_return_error").port  # fmt: skip
    argv = run.prepare([COMMAND, "view", "--cert", identity["cert"], "--key", identity["locked"], "--ca", pki.root_pem, at(port)], library=False)
    child, terminal = pty.fork()
    if not child:
        os.chdir(run.scratch)
        os.execvp(argv[0], [str(a) for a in argv])
    shown_there = b""
    while b"Passphrase of " not in shown_there:
        shown_there += os.read(terminal, 4096)
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        time.sleep(0.01)
    os.write(terminal, typed.encode() + b"\n")
    try:
        while part := os.read(terminal, 4096):
            shown_there += part
    except OSError:
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == code, shown_there
    assert (b"is trusted" in shown_there) == (code == 0) and typed.encode() not in shown_there
    assert code == 0 or b"the passphrase does not open the private key" in shown_there


def test_next_step_asks_for_the_same(run, sites, servers, pki):
    """With the options that it was seen with; not where a CA would not be enough."""
    port, _ = sites.https(HOST)
    done = view(run, "--servername", HOST, "127.0.0.2:%d" % port)
    assert done.out.endswith("next     tlsmend trust --servername legacy.test 127.0.0.2:%d\n" % port), done
    done = view(run, "--servername", "other.test", at(port))
    assert "ExpectName = " in done.out and "tlsmend trust" not in done.out


def test_next_step_once(run, sites, servers, pki):
    """The record's notes name the command too, for readers of a log; here it is the one that was just run, or stands at the end."""
    identity = pki_module.root_presented(pki, HOST)
    port = servers.odd("127.0.0.2", odd.presents_certificate, identity)
    argv = [COMMAND, "run", "curl", "-sS", "https://%s/" % at(port)]
    assert "tlsmend trust " + at(port) in "\n".join(run(argv, library=False).records[0]["notes"])
    done = view(run, at(port))
    assert "[untrusted-root]" in done.out and done.out.count("tlsmend trust") == 1, done
    expired, _ = sites.variant("expired")
    argv = [COMMAND, "run", "curl", "-sS", "--cacert", pki.root_pem, "https://%s/" % at(expired)]
    assert "tlsmend view " + at(expired) in "\n".join(run(argv, library=False).records[0]["notes"])
    done = view(run, "--ca", pki.root_pem, at(expired))
    assert "[expired]" in done.out and "tlsmend view" not in done.out, done


# ---- bad input -------------------------------------------------------------------------------------------------

def test_nobody_there(run):
    done = view(run, "127.0.0.2:%d" % odd.free_port("127.0.0.2"))
    assert done.code == 2 and "Connection refused" in done.out
    done = view(run, "no-such-host.invalid:443")
    assert done.code == 2 and "cannot find no-such-host.invalid" in done.out


def silent(connection, _):
    connection.recv(16)
    time.sleep(60)


@pytest.mark.long
def test_silent_server(run, servers):
    port = servers.odd("127.0.0.2", silent)
    begin = time.monotonic()
    done = view(run, "--timeout", "2", at(port))
    assert done.code == 2 and "no answer in time" in done.out
    assert "tlsmend: %s: in the handshake ..." % at(port) in done.err, "says what it waits for"
    assert time.monotonic() - begin < 40


@pytest.mark.long
def test_slow_names(run):
    """A server of names that is silent: told what is waited for, and no longer than the time that was given."""
    if namespace_command() != ROOT_MOUNTS:
        pytest.skip("needs root, and a private mount namespace, for a server of names: a slow look-up was not tried")
    address = "127.53.%d.%d" % divmod(os.getpid() % 60000, 250)
    resolv = run.write("resolv.conf", "nameserver %s\noptions timeout:30 attempts:2\n" % address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent_server:
        silent_server.bind((address, 53))
        begin = time.monotonic()
        script = "mount --bind %s /etc/resolv.conf && exec %s view --timeout 1 slow.example" % (resolv, COMMAND)
        done = run([*ROOT_MOUNTS, "sh", "-c", script], library=False, names=False)
    assert done.code == 2 and "no answer in time, looking up slow.example" in done.out and "tlsmend: slow.example:443: looking up slow.example ..." in done.err
    assert time.monotonic() - begin < 40


def garbage(connection, _):
    connection.recv(16)
    connection.sendall(bytes(range(256)) * 100)


def endless(connection, _):
    for _ in range(100000):
        connection.sendall(b"220-" + b"x" * 1000 + b"\r\n")


@pytest.mark.parametrize("behaviour, said", [
    (odd.speaks_http, "HTTP"), (odd.greets_as_ssh, ""), (odd.closes_early, ""), (odd.resets, ""), (garbage, ""),
])  # fmt: skip
def test_no_tls(run, servers, behaviour, said):
    port = servers.odd("127.0.0.2", behaviour)
    done = view(run, "--timeout", "3", at(port))
    assert done.code == 2 and "does not answer in TLS" in shown(done.out) and said in done.out
    assert re.search("^why", done.out, re.M)


def test_endless_greeting(run, servers):
    port = servers.odd("127.0.0.2", endless)
    done = view(run, "--timeout", "3", "--starttls", "smtp", at(port))
    assert done.code == 2 and "talks without end" in done.out


def hostile_smtp(connection, _):
    connection.sendall(b"554 \x1b]0;owned\x07\xff\xe2\x80\xae\r\n")
    connection.recv(1)


def test_hostile_answer(run, servers):
    port = servers.odd("127.0.0.2", hostile_smtp)
    for form in ("text", "json"):
        done = view(run, "--format", form, "--starttls", "smtp", at(port))
        assert done.code == 2 and "554" in shown(done.out)


@pytest.mark.parametrize("kind", pki_module.HOSTILE_NAMES)
def test_hostile_certificate(run, servers, pki, kind):
    """Nothing of a name gets out of its place, in any form."""
    port = servers.s_server(pki_module.hostile(pki, kind, HOST), "127.0.0.2").port
    for form in ("text", "json", "pem"):
        done = view(run, "--format", form, at(port))
        assert done.code == 1, done
        shown(done.out)
        assert not re.search("^tlsmend: error.forged|^.\"event\"", done.out, re.M)
        if form == "json":
            json.loads(done.out)


@pytest.mark.parametrize("words, said", [
    (["a", "b"], "name one host"), ([], "name one host"), (["a:99999"], "a port is a number from 1 to 65535"), (["a:b"], "is no host name"), (["*.test"], "is no host name"),
    (["--starttls", "gopher", "a"], "smtp, imap"), (["--timeout", "0", "a"], "seconds"), (["--ca", "/nowhere", "a"], "No such file"),
    (["--ca", "/etc/hostname", "a"], "PEM"), (["--format", "xml", "a"], "text, json or pem"), (["--proxy", "x:y", "a"], "HOST:PORT"),
])  # fmt: skip
def test_wrong_usage(run, words, said):
    done = view(run, *words)
    assert done.code == 2 and done.out == "" and said in done.err and "tlsmend view --help" in done.err
