# SPDX-License-Identifier: ISC
"""The configuration and the CA files of rules, while a process lives: what cannot be looked at is not taken for gone, and nothing that
strengthens gets lost."""
import errno
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

import attackkit
from attackkit import A
from lib import schema

PYTHON = "/usr/bin/python3"
ONLY = "[a.test]\nOnlyCAFile = CERTS/stranger.pem\n"
LATER = "sleep 2.1"
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def host(actor):
    def run(rules, *steps, **more):
        env = actor.environment(rules, **more)
        log = open(actor.log, "ab")  # open from the start: what befalls files in these tests befalls a log, too
        if rules is not None:
            env["TLSMEND_LOG"] = f"fd:{log.fileno()}"
        words = [s.replace("CONFIG", str(actor.config)).replace("CERTS", str(actor.certs)).replace("DIR", str(actor.directory)) for s in steps]
        done = subprocess.run([PYTHON, str(attackkit.HERE / "host.py"), *words], env=env, text=True, capture_output=True, timeout=60,
                              pass_fds=[log.fileno()])
        log.close()
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout.split()
    return run


def errors(actor):
    return [r["message"] for r in actor.records("config_error")]


def test_descriptors_used_up_after_the_context_was_made(host, actor):
    """The rules were read by then (test_policy_current.c: where they were not); their CA file was not."""
    assert host(ONLY, "fill", "connect a-public a.test", "connect b-public b.test", "release", "connect a-public a.test") == ["bad", "good", "bad"]
    assert host(A, "fill", "connect a a.test", "connect a a.test", "release", "sleep 0.2", "connect a a.test") == ["bad", "bad", "good"]
    assert len(errors(actor)) == 1 and "too many open files" in errors(actor)[0]


def test_no_configuration_needs_no_descriptor(host, actor):
    got = host("", "new", "fill", "connect a-public a.test", TLSMEND_CONFIG=str(actor.directory / "nowhere"))
    assert got == ["good"]


@pytest.mark.long
def test_changed_while_there_are_no_descriptors(host, actor):
    """The withdrawn rule goes as soon as it can be seen, not never; and what it said holds until then."""
    got = host(A, "connect a a.test", "put CONFIG # none", LATER, "fill", "connect a a.test", "connect a a.test", "release", "sleep 0.2",
               "connect a a.test", "connect a a.test")
    assert got == ["good", "good", "good", "bad", "bad"]
    assert len(errors(actor)) == 1 and "stay in force" in errors(actor)[0]


@pytest.mark.long
def test_ca_file_changed_while_there_are_no_descriptors(host, actor):
    rules = f"[a.test]\nExtraCAFile = {actor.directory}/ca.pem\n"
    (actor.directory / "ca.pem").write_bytes((actor.certs / "corp.pem").read_bytes())
    got = host(rules, "connect a a.test", "put DIR/ca.pem @CERTS/stranger.pem", LATER, "fill", "connect a a.test", "release", "sleep 0.2",
               "connect a a.test", "connect a a.test")
    assert got == ["good", "good", "bad", "bad"]
    assert len(errors(actor)) == 1 and "still counts" in errors(actor)[0]


@pytest.mark.long
@pytest.mark.parametrize("error", [errno.ENFILE, errno.ENOMEM, errno.EIO, errno.ESTALE, errno.EAGAIN, errno.EACCES, errno.EPERM])
def test_open_fails_for_good(host, actor, error):
    both = f"[a.test]\nOnlyCAFile = {actor.directory}/ca.pem\n"
    (actor.directory / "ca.pem").write_bytes((actor.certs / "corp.pem").read_bytes())
    got = host(both, "connect a a.test", "connect a-public a.test", "put CONFIG # none", "put DIR/ca.pem @CERTS/public.pem", f"deny {error}",
               LATER, "connect a a.test", "connect a-public a.test", "sleep 0.2", "connect a a.test", "connect a-public a.test")
    assert got == ["good", "bad"] * 3
    assert len(errors(actor)) <= 2  # each file, once; none, where a sandbox is a reason not to look


@pytest.mark.long
@root_only
@pytest.mark.parametrize("jail", ["empty", "with files"])
def test_chroot(host, actor, jail):
    """Also where the other root directory holds files at these paths: they are not those that the rules were read from."""
    rules = f"[a.test]\nOnlyCAFile = {actor.directory}/ca.pem\n"
    (actor.directory / "ca.pem").write_bytes((actor.certs / "corp.pem").read_bytes())
    at = actor.directory / "jail"
    at.mkdir()
    if jail == "with files":
        inside = at / str(actor.directory)[1:]
        inside.mkdir(parents=True)
        (inside / "ca.pem").write_bytes((actor.certs / "public.pem").read_bytes())
        actor.count += 1
        (inside / f"config{actor.count}").write_text("# nothing\n")
        actor.count -= 1
    got = host(rules, "connect a a.test", "connect a-public a.test", "chroot DIR/jail", LATER, "connect a a.test", "connect a-public a.test",
               LATER, "connect a a.test", "connect a-public a.test")
    assert got == ["good", "bad"] * 3


@root_only
@pytest.mark.parametrize("jail", ["empty", "with files"])
def test_another_root_before_the_first_connection(host, actor, jail):
    """As Postfix' smtp(8): its SSL_CTX is there by then, no server is known yet. What the rules name was read before; what stands under those paths in the
    other root is another file. That a process went there is nothing to tell."""
    at = actor.directory / "jail"
    at.mkdir()
    (actor.directory / "ca.pem").write_bytes((actor.certs / "corp.pem").read_bytes())
    if jail == "with files":
        inside = at / str(actor.directory)[1:]
        inside.mkdir(parents=True)
        (inside / "ca.pem").write_bytes((actor.certs / "public.pem").read_bytes())
    for key, public in ("ExtraCAFile", "good"), ("OnlyCAFile", "bad"):
        got = host(f"[a.test]\n{key} = {actor.directory}/ca.pem\n", "chroot DIR/jail", "connect a a.test", "connect a-public a.test", LATER,
                   "connect a a.test", "connect a-public a.test")
        assert got == ["good", public] * 2
        assert errors(actor) == []


BEFORE_ANY_CALL = """
import os, sys
if sys.argv[1] == "tls":
    import ssl
    import encodings.idna
os.chroot(sys.argv[2])
if sys.argv[1] == "tls":
    client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain("/a.pem", "/a.key")
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(a, b, server_hostname="a.test"), server.wrap_bio(b, a, server_side=True)]
    for step in range(6):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
    print(client.cert_store_stats()["x509"], ends[0].version())
"""


@root_only
@pytest.mark.parametrize("program", ["tls", "none"])
def test_another_root_before_any_call_of_openssl(actor, program):
    """It is there, and not called yet; a program that has none does not even read the rules."""
    jail = actor.directory / "jail"
    jail.mkdir()
    for name in "a.pem", "a.key":
        shutil.copy(actor.certs / name, jail)
    with open(actor.directory / "log", "ab") as log:
        env = actor.environment(A + "[other.test]\nNoKey = 1\n", TLSMEND_LOG=f"fd:{log.fileno()}")
        done = subprocess.run([PYTHON, "-c", BEFORE_ANY_CALL, program, str(jail)], env=env, text=True, capture_output=True, timeout=30,
                              pass_fds=[log.fileno()])
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "0 TLSv1.3\n" if program == "tls" else ""), done
    events = [r["event"] for r in schema.records((actor.directory / "log").read_text())]
    assert events == (["config_error", "mended"] if program == "tls" else [])


@root_only
def test_a_certificate_of_a_rule_and_another_root(host, actor):
    rules = f"[a.test]\nCertificate = {actor.directory}/me.pem\nPrivateKey = {actor.directory}/me.key\n"
    for name in "me.pem", "me.key":
        shutil.copy(actor.certs / name, actor.directory)
    (actor.directory / "jail").mkdir()
    assert host(rules, "chroot DIR/jail", "demand a-public a.test", LATER, "demand a-public a.test") == ["good"] * 2
    assert host(rules, "demand a-public a.test", "chroot DIR/jail", LATER, "demand a-public a.test") == ["good"] * 2
    assert errors(actor) == []


@root_only
def test_more_certificates_than_are_kept_and_two_other_roots(host, actor):
    """Those that were read first stay, and of the others nothing is said before their host is spoken to: also where a process goes twice."""
    rules = f"[a.test]\nCertificate = {actor.directory}/me.pem\nPrivateKey = {actor.directory}/me.key\n"
    for name in "me.pem", "me.key":
        shutil.copy(actor.certs / name, actor.directory)
    (actor.directory / "jail").mkdir()
    for i in range(70):
        shutil.copy(actor.certs / "me.key", actor.directory / f"{i}.key")
        rules += f"[h{i}.test]\nCertificate = {actor.directory}/me.pem\nPrivateKey = {actor.directory}/{i}.key\n"
    assert host(rules, "chroot DIR/jail", "chroot /", "demand a-public a.test") == ["good"]
    assert errors(actor) == []


@root_only
def test_a_certificate_of_a_rule_and_privileges_given_up(host, actor):
    """What was read with them goes on to be shown, as a program's own certificate would be."""
    secret = actor.directory / "secret"
    secret.mkdir(mode=0o700)
    for name in "me.pem", "me.key":
        shutil.copy(actor.certs / name, secret)
    actor.directory.chmod(0o777)
    rules = f"[a.test]\nCertificate = {secret}/me.pem\nPrivateKey = {secret}/me.key\n"
    assert host(rules, "demand a-public a.test", "user 65534", LATER, "demand a-public a.test") == ["good"] * 2
    assert [e for e in errors(actor) if "Certificate" in e or "PrivateKey" in e] == []


@root_only
@pytest.mark.parametrize("key", ["ExtraCAFile", "OnlyCAFile", "Certificate"])
def test_what_is_wrong_with_a_file_is_told_to_who_needs_it(host, actor, key):
    """Another program's host is none of this one's business, in another root neither."""
    (actor.directory / "jail").mkdir()
    (actor.directory / "bad.pem").write_text("no certificate")
    rules = f"[b.test]\n{key} = {actor.directory}/bad.pem\n[c.test]\n{key} = {actor.directory}/none.pem\n"
    assert host(rules, "chroot DIR/jail", "connect a-public a.test", LATER, "connect a-public a.test") == ["good"] * 2
    assert errors(actor) == []
    got = host(rules, "chroot DIR/jail", LATER, "connect b-public b.test", "connect b-public b.test", "connect a-public c.test", LATER,
               "connect b-public b.test", "connect a-public c.test")
    assert got[0] == got[3] == ("good" if key != "OnlyCAFile" else "bad")
    assert len(errors(actor)) == 2 and "bad.pem holds no" in errors(actor)[0] and "none.pem is not there" in errors(actor)[1]


@root_only
def test_a_file_that_was_not_there_before_another_root(host, actor):
    """It is not looked for in the other one."""
    at = actor.directory / "jail"
    inside = at / str(actor.directory)[1:]
    inside.mkdir(parents=True)
    (inside / "ca.pem").write_bytes((actor.certs / "corp.pem").read_bytes())
    rules = f"[a.test]\nExtraCAFile = {actor.directory}/ca.pem\n"
    assert host(rules, "chroot DIR/jail", "connect a a.test", LATER, "connect a a.test") == ["bad"] * 2
    assert len(errors(actor)) == 1 and "is not there" in errors(actor)[0]


@pytest.mark.long
@root_only
def test_privileges_given_up(host, actor):
    rules = f"[a.test]\nOnlyCAFile = {actor.directory}/secret/ca.pem\n"
    (actor.directory / "secret").mkdir(mode=0o700)
    (actor.directory / "secret" / "ca.pem").write_bytes((actor.certs / "corp.pem").read_bytes())
    (actor.directory / "secret" / "conf").write_text(rules)
    actor.directory.chmod(0o777)
    got = host("", "connect a a.test", "user 65534", LATER, "connect a a.test", "connect a-public a.test",
               TLSMEND_CONFIG=str(actor.directory / "secret" / "conf"))
    assert got == ["good", "good", "bad"]


@pytest.mark.long
def test_files_that_are_taken_away_count_no_more(host, actor):
    rules = f"[a.test]\nExtraCAFile = {actor.directory}/ca.pem\n"
    (actor.directory / "ca.pem").write_bytes((actor.certs / "corp.pem").read_bytes())
    assert host(rules, "connect a a.test", "remove DIR/ca.pem", LATER, "connect a a.test") == ["good", "bad"]
    assert host(A, "connect a a.test", "remove CONFIG", LATER, "connect a a.test") == ["good", "bad"]
    assert host(ONLY, "connect a-public a.test", "remove CONFIG", LATER, "connect a-public a.test") == ["bad", "good"]


@pytest.mark.long
@root_only
def test_several_files_one_of_which_cannot_be_looked_at(host, actor):
    """The other one is followed all the same."""
    with tempfile.TemporaryDirectory() as d:
        os.chmod(d, 0o777)
        for name, text in dict(one=f"[a.test]\nExtraCAFile = {d}/corp.pem\n", two=f"[b.test]\nOnlyCAFile = {d}/stranger.pem\n").items():
            pathlib.Path(d, name).write_text(text)
        for name in "corp", "stranger":
            shutil.copy(actor.certs / f"{name}.pem", d)
        got = host("", "connect a a.test", "connect b-public b.test", f"put {d}/one # none", f"mode {d}/two 000", "user 65534", LATER,
                   "connect a a.test", "connect b-public b.test", TLSMEND_CONFIG=f"{d}/one:{d}/two")
    assert got == ["good", "bad", "bad", "bad"]
    assert len(errors(actor)) == 1 and "/two: cannot be read" in errors(actor)[0]
