# SPDX-License-Identifier: ISC
"""tlsmend trust and untrust: from a failure to a rule, and back."""
import os
import re
import shlex
import stat
import subprocess
import time

import pytest

from clients.table import curl
from lib import starttls
from lib.pki import HOSTILE_NAMES, fingerprint, issue
from lib.run import COMMAND, ROOT_MOUNTS, namespace_command

HOST, OTHER = "legacy.test", "other.test"


def trust(run, *words, **how):
    return run([COMMAND, "trust", *words], library=False, **how)


def untrust(run, *words, **how):
    return run([COMMAND, "untrust", *words], library=False, **how)


@pytest.fixture
def folder(run):
    path = run.scratch / "rules"
    path.mkdir()
    return path


def at(port, host=HOST):
    return "%s:%d" % (host, port)


def everything(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


# ---- there and back -------------------------------------------------------------------------------------------

def test_usual_place(run, sites, pki):
    """/etc/tlsmend and /etc/tlsmend.d, for this host only, and away again."""
    port, _ = sites.https(HOST)
    other, _ = sites.https(OTHER)
    q = shlex.join
    begin = time.monotonic()
    script = "; ".join([
        q([str(COMMAND), "trust", "--ca", str(pki.root_pem), "--sha256", fingerprint(pki.root), at(port)]), "echo rc=$?",
        "stat -c '%a %n' /etc/tlsmend/* /etc/tlsmend.d/* /etc/tlsmend /etc/tlsmend.d",
        q([str(COMMAND), "run", *curl(port)]), q([str(COMMAND), "run", *curl(other, host=OTHER)]), "echo rc=$?",
        q([str(COMMAND), "untrust", HOST]), "echo rc=$?", "ls /etc/tlsmend /etc/tlsmend.d", q([str(COMMAND), "run", *curl(port)]), "echo rc=$?",
    ])  # fmt: skip
    done = run(["sh", "-c", script], etc={"tlsmend/.here": "", "tlsmend.d/.here": ""}, library=False)
    print("%.2f s" % (time.monotonic() - begin))
    assert "It would become an anchor, for %s and no other host:\n  CN=tlsmend Test Root\n" % at(port) in done.out
    name = "legacy.test+%d" % port
    assert "wrote /etc/tlsmend/%s.trust.pem\nwrote /etc/tlsmend.d/%s.conf:\n" % (name, name) in done.out
    assert "[%s]\n" % at(port) in done.out and "take it back: tlsmend untrust %s\n" % at(port) in done.out
    assert "%s is trusted now" % at(port) in done.out
    tail = done.out[done.out.index("rc=0"):]
    assert tail.startswith("rc=0\n644 /etc/tlsmend/%s.trust.pem\n644 /etc/tlsmend.d/%s.conf\n755 /etc/tlsmend\n755 /etc/tlsmend.d\n"
                           "hello from legacy.test\nrc=60\nremoved /etc/tlsmend.d/%s.conf\nremoved /etc/tlsmend/%s.trust.pem\nrc=0\n" % (4 * (name,)))  # fmt: skip
    assert tail.endswith("rc=60\n")


def test_others_can_read_it_whatever_the_umask(run, sites, pki):
    port, _ = sites.https(HOST)
    words = [str(COMMAND), "trust", "--ca", str(pki.root_pem), "--sha256", fingerprint(pki.root), at(port)]
    script = "umask 077; %s >/dev/null && stat -c '%%a' /etc/tlsmend /etc/tlsmend.d /etc/tlsmend/*.pem /etc/tlsmend.d/*.conf" % shlex.join(words)
    assert run(["sh", "-c", script], etc={".here": ""}, library=False).out == "755\n755\n644\n644\n"


def test_folder_of_ones_own_is_as_open_as_ones_home(run, sites, pki):
    port, _ = sites.https(HOST)
    run.home.chmod(0o700)
    assert trust(run, "--user", "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), at(port), env={"XDG_CONFIG_HOME": None}).code == 0
    for folder in (run.home / ".config", run.home / ".config/tlsmend"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_fingerprint_is_not_shown_before(run, sites, pki, folder):
    """What is to be compared must come from elsewhere."""
    port, _ = sites.https(HOST)
    done = trust(run, "--config", "%s/" % folder, "--ca", pki.root_pem, at(port), stdin="")
    assert done.code == 1 and fingerprint(pki.root) not in done.out + done.err and pki.root.sha256 not in done.out + done.err
    assert not everything(folder)


@pytest.mark.parametrize("name", ["new.conf", "new/file.conf", "new.d/"])
def test_config_that_is_not_there_yet(run, sites, pki, tmp_path, name):
    port, _ = sites.https(HOST)
    config = "%s/%s" % (tmp_path, name)
    words = ["--config", config, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), at(port)]
    done = trust(run, "--dry-run", *words)
    assert done.code == 0 and not list(tmp_path.glob("new*"))
    done = trust(run, *words)
    assert done.code == 0 and ", which was not there:\n" in done.out and "is trusted now" in done.out, done
    assert "take it back: tlsmend untrust --config %s " % config in done.out
    assert run(curl(port), config=config).code == 0
    done = trust(run, *words)
    assert done.code == 0 and "nothing is changed" in done.out
    assert untrust(run, "--config", config, at(port)).code == 0
    # what is only read must be there
    done = trust(run, "--config", "%s:%s" % (tmp_path / "none.conf", config), "--ca", pki.root_pem, at(port))
    assert done.code == 2 and "none.conf: No such file or directory" in done.err
    done = trust(run, "--config", tmp_path / "none.conf", "--user", "--ca", pki.root_pem, at(port))
    assert done.code == 2 and "none.conf: No such file or directory" in done.err


@pytest.mark.parametrize("typed, said", [
    ("y", "no SHA-256 fingerprint"), ("", "no fingerprint was given"), ("yes\n", "no SHA-256"), ("A9" * 20, "SHA-1"), ("zz" * 32, "no SHA-256"),
    ("00" * 32, "does not match"), ("00" * 33, "no SHA-256"),
])  # fmt: skip
def test_wrong_fingerprint(run, sites, pki, folder, typed, said):
    port, _ = sites.https(HOST)
    done = trust(run, "--config", "%s/" % folder, "--ca", pki.root_pem, at(port), stdin=typed)
    assert done.code == 1 and said in done.err and not everything(folder)
    if typed.strip():
        done = trust(run, "--config", "%s/" % folder, "--ca", pki.root_pem, "--sha256", typed, at(port))
        assert done.code == (1 if "match" in said else 2) and said in done.err and not everything(folder)


@pytest.mark.parametrize("form", ["{}", "sha256 Fingerprint={}", "SHA256:{}", "  {}  "])
def test_typed_fingerprint(run, sites, pki, folder, form):
    port, _ = sites.https(HOST)
    text = form.format(fingerprint(pki.root).lower())
    assert trust(run, "--config", "%s/" % folder, "--ca", pki.root_pem, at(port), stdin=text + "\n").code == 0
    assert run(curl(port), config="%s/" % folder).code == 0


def test_dry_run(run, sites, pki, folder):
    port, _ = sites.https(HOST)
    done = trust(run, "--config", "%s/" % folder, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), "--dry-run", at(port))
    assert done.code == 0 and "would write %s/legacy.test+%d.conf" % (folder, port) in done.out and not everything(folder)


def test_again_and_twice_back(run, sites, pki, folder):
    port, _ = sites.https(HOST)
    words = ["--config", "%s/" % folder, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), at(port)]
    assert trust(run, *words).code == 0
    before = everything(folder)
    done = trust(run, *words)
    assert done.code == 0 and "is trusted, by the rule" in done.out and everything(folder) == before
    assert untrust(run, "--config", "%s/" % folder, HOST).code == 0
    done = untrust(run, "--config", "%s/" % folder, HOST)
    assert done.code == 1 and "no section is for legacy.test alone" in done.err and not everything(folder)


def test_user(run, sites, pki):
    """One's own folder counts with --user, and not without."""
    port, _ = sites.https(HOST)
    env = {"XDG_CONFIG_HOME": str(run.scratch / "xdg")}
    words = ["--user", "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), at(port)]
    done = trust(run, *words, env=env)
    assert done.code == 0, done
    mine = run.scratch / "xdg/tlsmend"
    assert sorted(everything(mine)) == ["legacy.test+%d.conf" % port, "legacy.test+%d.trust.pem" % port]
    assert run(curl(port), launcher=["--user"], env=env).code == 0
    assert run(curl(port), launcher=[], env=env).code == 60
    done = run([COMMAND, "rule", "--user", at(port)], library=False, env=env)
    assert done.code == 0 and "%s/legacy.test+%d.conf:3" % (mine, port) in done.out
    assert untrust(run, "--user", HOST, env=env).code == 0 and not everything(mine)


# ---- a section that exists --------------------------------------------------------------------------------------

@pytest.mark.parametrize("text", [
    "# ours\n[legacy.test]\nExtraCAFile = STRANGER # since 2024\nMinProtocol = TLSv1.2\n\n[other.test]\nMinProtocol = TLSv1.2\n",
    "[Legacy.Test.]\r\nExtraCAFile=STRANGER\r\n[x.test]\r\nMinProtocol = TLSv1.2\r\n",
    "[legacy.test:PORT]\nExtraCAFile=STRANGER\n[*.test]\nMinProtocol = TLSv1.2\n",
    "[x.test]\nMinProtocol = TLSv1.2\n[legacy.test:PORT]\nMinProtocol = TLSv1.2",
])  # fmt: skip
def test_section_is_changed_and_comes_back(run, sites, pki, text):
    port, _ = sites.https(HOST)
    text = text.replace("STRANGER", str(pki.stranger_pem)).replace("PORT", str(port))
    name = "legacy.test+%d.trust.pem" % port if ":%d]" % port in text else "legacy.test.trust.pem"
    config = run.write("tlsmend.conf", text, mode=0o640)
    done = trust(run, "--config", config, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), at(port))
    assert done.code == 0, done
    new = config.read_text()
    assert len(re.findall(r"(?mi)^\[legacy", new)) == 1 and len(re.findall(r"(?m)^ExtraCAFile", new)) == 1, new
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    assert run(curl(port), config=config).code == 0
    for_all = "It would become an anchor, for legacy.test on every port and no other host:"
    assert (for_all in done.out) == ("+" not in name), "what it is for is shown"
    held = (run.scratch / name).read_text()
    assert held.count("BEGIN CERTIFICATE") == (2 if "STRANGER" in text or str(pki.stranger_pem) in text else 1), "what was trusted stays"
    assert untrust(run, "--config", config, HOST).code == 0
    assert config.read_bytes().rstrip(b"\n").split(b"\n") == text.encode().rstrip(b"\n").split(b"\n")
    assert not (run.scratch / name).exists()


@pytest.mark.long
def test_as_narrow_as_asked(run, servers, pki, folder):
    """A port that was given is the rule's; a section of the host that adds no trust is not widened for it."""
    identity = pki.identity("two-ports", issue(HOST, pki.root, names=[HOST]))
    port, second = (servers.s_server(identity, "127.0.0.2").port for _ in range(2))
    before = "[legacy.test]\nMinProtocol = TLSv1.2\n"
    (folder / "00.conf").write_text(before)
    config = "%s/" % folder
    words = ["--config", config, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root)]
    assert trust(run, *words, at(port)).code == 0
    assert (folder / "00.conf").read_text() == before
    assert run(curl(port), config=config).code == 0 and run(curl(second), config=config).code == 60
    assert trust(run, *words, at(second)).code == 0 and run(curl(second), config=config).code == 0
    done = untrust(run, "--config", config, at(second))
    assert done.code == 0 and run(curl(second), config=config).code == 60 and run(curl(port), config=config).code == 0
    assert trust(run, *words, at(second)).code == 0
    done = untrust(run, "--config", config, HOST)
    assert done.code == 0 and list(everything(folder)) == ["00.conf"], "without a port, all of the host's is taken back"


@pytest.mark.parametrize("host, header, name", [("::1", "[::1]:443", "__1+443"), ("[2001:db8::1]:443", "[2001:db8::1]:443", "2001_db8__1+443"),
                                                ("192.0.2.1", "192.0.2.1", "192.0.2.1")])  # fmt: skip
def test_file_of_an_address_goes_too(run, pki, folder, host, header, name):
    """Colons stand in no name of a file; nothing of what was written is left."""
    mark = "# tlsmend trust: CN=x, on 2026-11-28\n"
    (folder / (name + ".trust.pem")).write_text(mark + pki.root.pem.decode())
    (folder / (name + ".conf")).write_text("[%s]\n%sExtraCAFile = %s/%s.trust.pem\n" % (header, mark, folder, name))
    done = untrust(run, "--config", "%s/" % folder, host)
    assert done.code == 0 and done.out.count("removed ") == 2 and not everything(folder), done


def test_through_a_proxy_the_port_is_not_known(run, servers, sites, pki, folder):
    """The client's log has no port there, and a rule for one would never hold."""
    port, _ = sites.https(HOST)
    proxy = servers.odd("127.0.0.1", starttls.connect_proxy([], port))
    words = ["--proxy", "127.0.0.1:%d" % proxy, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root)]
    done = trust(run, "--config", "%s/" % folder, *words, at(port))
    assert done.code == 0 and sorted(everything(folder)) == ["legacy.test.conf", "legacy.test.trust.pem"], done
    done = untrust(run, "--config", "%s/" % folder, at(port))
    assert done.code == 1 and "for every port of the host; to take it back: tlsmend untrust legacy.test\n" in done.err


def test_wider_section_stays(run, sites, pki, folder):
    """A rule for *.test is nobody's to change for one host; what it trusts still counts there."""
    port, _ = sites.https(HOST)
    wide = folder / "00.conf"
    wide.write_text("[*.test]\nExtraCAFile = %s\n" % pki.stranger_pem)
    done = trust(run, "--config", "%s/" % folder, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), at(port))
    assert done.code == 0 and wide.read_text() == "[*.test]\nExtraCAFile = %s\n" % pki.stranger_pem
    assert (folder / ("legacy.test+%d.trust.pem" % port)).read_text().count("BEGIN CERTIFICATE") == 2
    other, _ = sites.https(OTHER)
    assert run(curl(other, host=OTHER), config="%s/" % folder).code == 60


def test_what_others_wrote_is_left(run, sites, pki, folder):
    port, _ = sites.https(HOST)
    (folder / "legacy.test.conf").write_text("[legacy.test]\nExtraCAFile = %s\n" % pki.root_pem)
    before = everything(folder)
    done = untrust(run, "--config", "%s/" % folder, HOST)
    assert done.code == 1 and "was not written by tlsmend trust" in done.err and everything(folder) == before
    (folder / "legacy.test.conf").unlink()
    mine = "legacy.test+%d.trust.pem" % port
    (folder / mine).write_text("mine\n")
    done = trust(run, "--config", "%s/" % folder, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), at(port))
    assert done.code == 2 and "was not written by tlsmend trust" in done.err
    assert everything(folder) == {mine: b"mine\n"}


def test_only_ca_file_is_not_undermined(run, sites, pki, folder):
    port, _ = sites.https(HOST)
    (folder / "00.conf").write_text("[*.test]\nOnlyCAFile = %s\n" % pki.stranger_pem)
    done = trust(run, "--config", "%s/" % folder, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), at(port))
    assert done.code == 2 and "00.conf:2: OnlyCAFile says whom" in done.err and list(everything(folder)) == ["00.conf"]


# ---- where the certificate comes from --------------------------------------------------------------------------

def serves(answers, asked):
    def behaviour(connection, _):
        path = connection.recv(65536).split()[1].decode()
        asked.append(path)
        body = answers[path]
        connection.sendall(body if body.startswith(b"HTTP") else b"HTTP/1.0 200 OK\r\nContent-Type: x\r\n\r\n" + body)

    return behaviour


@pytest.mark.parametrize("form", ["der", "pem", "redirect"])
def test_fetch_gets_the_ca_from_the_url_in_the_certificate(run, servers, pki, folder, form):
    asked = []
    answers = {"/root.crt": pki.root.pem if form == "pem" else pki.root.der, "/ca.crt": b""}
    web = servers.odd("127.0.0.1", serves(answers, asked))
    url = "http://127.0.0.1:%d" % web
    middle = issue("fetched CA", pki.root, ca=True, ca_issuers=url + "/root.crt")
    leaf = issue(HOST, middle, names=[HOST], ca_issuers=url + "/ca.crt")
    answers["/ca.crt"] = middle.der
    if form == "redirect":
        answers["/ca.crt"] = b"HTTP/1.1 302 Found\r\nLocation: " + url.encode() + b"/moved.crt\r\n\r\n"
        answers["/moved.crt"] = middle.der
    port = servers.s_server(pki.identity("fetch-" + form, leaf), "127.0.0.2").port
    words = ["--config", "%s/" % folder, "--sha256", fingerprint(pki.root), at(port)]
    done = trust(run, *words)
    assert done.code == 1 and not asked and "with --fetch" in done.err, "only when asked"
    done = trust(run, "--fetch", *words)
    assert done.code == 0, done
    assert run(curl(port), config="%s/" % folder).code == 0
    assert asked[0] == "/ca.crt" and asked[-1] == "/root.crt"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.0 404 Not Found\r\n\r\n", b"junk", b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 300000, "stranger"],
                         ids=["nothing", "404", "junk", "endless", "stranger"])
def test_fetch_of_something_else(run, servers, pki, folder, answer):
    if answer == "stranger":
        answer = b"HTTP/1.0 200 OK\r\n\r\n" + pki.stranger.der
    web = servers.odd("127.0.0.1", lambda connection, _: (connection.recv(4096), connection.sendall(answer)))
    leaf = issue(HOST, pki.root, names=[HOST], ca_issuers="http://127.0.0.1:%d/a" % web)
    port = servers.s_server(pki.identity("fetch-junk", leaf), "127.0.0.2").port
    done = trust(run, "--fetch", "--config", "%s/" % folder, "--sha256", fingerprint(pki.stranger), at(port))
    assert done.code == 1 and not everything(folder) and "is not at hand" in done.err


def test_from_log(run, sites, pki, folder):
    port, _ = sites.https(HOST)
    assert run(curl(port)).code == 60
    log = run.write("kept.jsonl", run.log.read_text() + "not json\n" + '{"event":"x"}\n')
    done = trust(run, "--from", log, "--config", "%s/" % folder, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root))
    assert done.code == 0 and "%s is trusted now" % at(port) in done.out and "another certificate" not in done.err
    done = trust(run, "--from", run.write("empty", ""), "--config", "%s/" % folder)
    assert done.code == 2 and "no record" in done.err


def test_self_signed(run, servers, pki, folder):
    from lib.pki import self_signed

    identity = self_signed(pki, HOST)
    port = servers.s_server(identity, "127.0.0.2").port
    done = trust(run, "--config", "%s/" % folder, "--sha256", identity.sha256, at(port))
    assert done.code == 0 and run(curl(port), config="%s/" % folder).code == 0


# ---- nothing to mend, or not by a CA ----------------------------------------------------------------------------

@pytest.mark.parametrize("variant, status", [("expired", 1), ("wrong-name", 1), ("weak-key", 1)])
def test_no_ca_mends_it(run, sites, pki, folder, variant, status):
    port, _ = sites.variant(variant)
    done = trust(run, "--config", "%s/" % folder, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), at(port))
    assert done.code == status and not everything(folder), done


def test_no_answer(run, folder):
    done = trust(run, "--config", "%s/" % folder, "127.0.0.2:9")
    assert done.code == 2 and "refused" in done.err and not everything(folder)


# ---- bad input -----------------------------------------------------------------------------------------------------

def test_ca_file_that_changes_meanwhile(run, sites, pki, folder):
    """What was compared is what is written."""
    port, _ = sites.https(HOST)
    ca = run.write("ca.pem", pki.root.pem)
    argv = run.prepare([COMMAND, "trust", "--config", "%s/" % folder, "--ca", ca, at(port)], library=False)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=run.scratch) as p:
        for line in p.stdout:
            if "from the file" in line:
                break
        time.sleep(0.3)
        ca.write_bytes(pki.stranger.pem)
        _, err = p.communicate(fingerprint(pki.root) + "\n", timeout=30)
    assert p.returncode == 0, err
    held = (folder / ("legacy.test+%d.trust.pem" % port)).read_text()
    assert pki.root.pem.decode() in held and held.count("BEGIN") == 1


def test_no_right_to_write(run, sites, pki, folder):
    if namespace_command() != ROOT_MOUNTS:
        pytest.skip("needs root, and a private mount namespace")
    port, _ = sites.https(HOST)
    folder.chmod(0o755)
    done = trust(run, "--config", "%s/" % folder, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), at(port), user=65534)
    assert done.code == 2 and "Permission denied; write as root, or for yourself with --user" in done.err and not everything(folder)


@pytest.mark.parametrize("dry", [True, False])
def test_no_device_is_replaced(run, sites, pki, folder, dry):
    """TLSMEND_CONFIG=/dev/null is a way to say: no rules."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    port, _ = sites.https(HOST)
    device = folder / "null"
    os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    words = ["--ca", pki.root_pem, "--sha256", fingerprint(pki.root), *(["--dry-run"] if dry else []), at(port)]
    done = trust(run, *words, config=device)
    assert done.code == 2 and "null: is no regular file, so no rule can be written into it" in done.err, done
    assert os.listdir(folder) == ["null"] and stat.S_ISCHR(device.stat().st_mode)


@pytest.mark.parametrize("room", [0, 4096])
def test_full_disk(run, sites, pki, folder, room):
    """Neither file, or both: with room for the first only, it goes again."""
    port, _ = sites.https(HOST)
    words = [str(COMMAND), "trust", "--config", "%s/" % folder, "--ca", str(pki.root_pem), "--sha256", fingerprint(pki.root), at(port)]
    script = ("mount -t tmpfs -o size=64k tmpfs %(f)s && head -c %(n)d /dev/zero >%(f)s/filling; %(c)s; echo rc=$?; ls -A %(f)s"
              % {"f": shlex.quote(str(folder)), "n": 65536 - room, "c": shlex.join(words)})  # fmt: skip
    done = run(["sh", "-c", script], library=False)
    assert done.out.endswith("rc=2\nfilling\n"), done
    assert "No space left on device; nothing was changed" in done.err


@pytest.mark.parametrize("kind", [*HOSTILE_NAMES, "section"])
def test_hostile_name(run, servers, pki, folder, kind):
    name = "x\n[*]\nExtraCAFile = /etc/ssl/certs/ca-certificates.crt\n#" if kind == "section" else HOSTILE_NAMES[kind][:60]
    root = issue(name, ca=True)
    leaf = issue(HOST, root, names=[HOST])
    port = servers.s_server(pki.identity("hostile-root-" + kind, leaf, root), "127.0.0.2").port
    done = trust(run, "--config", "%s/" % folder, "--sha256", fingerprint(root), at(port))
    assert done.code == 0, done
    for text in (done.out, done.err, *(b.decode() for b in everything(folder).values())):
        assert not re.search("[^\n -~\u00a0-\u167f]", text), ascii(text)
    config = (folder / ("legacy.test+%d.conf" % port)).read_text().splitlines()
    assert config[0] == "[%s]" % at(port) and config[1].startswith("# tlsmend trust: ") and config[2].startswith("ExtraCAFile = ")
    assert len(config) == 3
    assert (folder / ("legacy.test+%d.trust.pem" % port)).read_text().count("BEGIN CERTIFICATE") == 1
    assert untrust(run, "--config", "%s/" % folder, HOST).code == 0 and not everything(folder)


@pytest.mark.parametrize("words, said", [
    ([], "name one host"), (["--from", "x", "a"], "name one host"), (["--from", "/nowhere"], "No such file"),
])  # fmt: skip
def test_wrong_usage(run, words, said):
    done = trust(run, *words)
    assert done.code == 2 and said in done.err


