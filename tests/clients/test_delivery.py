# SPDX-License-Identifier: ISC
"""A record that is due arrives, also where the host has its log behind standard error; where it may not go, that is said once."""
import contextlib
import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from clients.table import DEBIAN_PYTHON, HERE
from lib.ports import free_port

HOST = "legacy.test"
OTHER = "other.test"
PLAIN = {"TLSMEND_LOG": None, "TLSMEND_LOG_FORMAT": None}


# ---- nginx, with its log as standard error -----------------------------------------------------------------------
def unprivileged():
    user = pwd.getpwnam("nobody")
    return "user nobody %s;" % grp.getgrgid(user.pw_gid).gr_name


def proxy_conf(where, port, upstream, ca, daemon):
    temporary = "".join("%s_temp_path %s/%s; " % (k, where, k) for k in "client_body proxy fastcgi uwsgi scgi".split())
    return (
        "daemon %s; pid %s/pid; error_log %s/error.log warn; %s\nevents { worker_connections 64; }\n"
        "http { access_log off; %s\nserver { listen 127.0.0.1:%d; location / { proxy_pass https://127.0.0.2:%d;\n"
        "proxy_ssl_name %s; proxy_ssl_server_name on; proxy_ssl_verify on; proxy_ssl_trusted_certificate %s; } } }\n"
        % (daemon, where, where, unprivileged() if os.geteuid() == 0 else "", temporary, port, upstream, HOST, ca)
    )  # fmt: skip


@contextlib.contextmanager
def proxy(run, upstream, ca, daemon, settings):
    """nginx as a client of `upstream`. Gives its port and its log."""
    where = run.scratch / "proxy"
    where.mkdir(mode=0o755)
    port = free_port("127.0.0.1")
    config = where / "nginx.conf"
    config.write_text(proxy_conf(where, port, upstream, ca, daemon))
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    argv = run.prepare([nginx, "-p", where, "-c", config], names=False, settings=settings)
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: (where / "pid").exists() and (where / "pid").read_text().strip() and answers(port))
        yield port, where / "error.log"
    except AssertionError:
        print(process.stdout.read() if process.poll() is not None else "")
        raise
    finally:
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((where / "pid").read_text()), signal.SIGTERM)
        process.wait(20)
        wait_until(lambda: not answers(port))
        process.stdout.close()


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
        return True
    return False


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def ask(port):
    with socket.create_connection(("127.0.0.1", port), 20) as s:
        s.settimeout(20)
        s.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return s.recv(100).split()[1]


@pytest.mark.parametrize("daemon", ["off", "on"])
@pytest.mark.parametrize("log", [None, "/nowhere/at/all.log"])
def test_nginx_has_the_record_in_its_error_log(run, sites, daemon, log):
    port, _ = sites.https(HOST)
    with proxy(run, port, "/etc/ssl/certs/ca-certificates.crt", daemon, {**PLAIN, "TLSMEND_LOG": log}) as (front, error_log):
        assert ask(front) == b"502"
        wait_until(lambda: "\n  code " in error_log.read_text())
        text = error_log.read_text()
    assert len(re.findall(r"^tlsmend: error\[issuer-unknown\] nginx\[\d+\] cannot trust legacy.test:%d" % port, text, re.M)) == 1
    assert text.count("tlsmend: error: cannot write to /nowhere/at/all.log: ") == (1 if log else 0)
    assert "upstream SSL certificate verify error" in text, "nginx's own words"


# ---- others ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def system_log(run):
    path = run.scratch / "log.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(str(path))
        os.chmod(path, 0o666)
        s.setblocking(False)
        yield s


def said(s):
    lines = []
    with contextlib.suppress(BlockingIOError):
        while True:
            lines.append(s.recv(1 << 20).decode())
    return lines


def elsewhere(run, sites, what, content, library=True):
    path = run.scratch / "behind"
    path.write_bytes(content)
    argv = [DEBIAN_PYTHON, HERE / "log_elsewhere.py", what, path, *("%s:%d" % (h, sites.https(h)[0]) for h in (HOST, OTHER))]
    done = run(argv, settings=PLAIN, overlays={"/dev": {"log": run.scratch / "log.sock"}}, library=library)
    return done, path.read_bytes()


@pytest.mark.parametrize("what,content", [
    ("kept", b""), ("kept", b"\x00\x01"), ("both", b""), ("moved", b"Nov 28 began\n"), ("pipe", b""),
])
def test_where_the_host_writes_its_text(run, sites, system_log, what, content):
    done, behind = elsewhere(run, sites, what, content)
    assert done.code == 0
    end = time.monotonic() + 10
    while what == "pipe" and behind.count(b"tlsmend: error[") < 2 and time.monotonic() < end:
        time.sleep(0.05)
        behind = (run.scratch / "behind").read_bytes()
    assert behind.startswith(content)
    assert behind.count(b"tlsmend: error[") == 2 and done.err == ""
    assert said(system_log) == []


@pytest.mark.parametrize("what,content", [
    ("moved", b""), ("moved", b"\x00\x01\n"), ("self-pipe", b""), ("database", b"\x00\x01\n"), ("anew", b"text\n"), ("closed", b""),
])
def test_where_a_record_may_not_go(run, sites, system_log, what, content):
    """Two records are lost; one line says so."""
    before, _ = elsewhere(run, sites, what, content, library=False)
    done, behind = elsewhere(run, sites, what, content)
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    assert done.code == 0 and behind == content
    (line,) = said(system_log)
    assert re.match(r"<28>.* python3[.\d]*\[\d+\]: tlsmend: warning: records .* are lost: .*set TLSMEND_LOG to syslog", line)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_pipe_that_nobody_reads(run, sites, system_log, form):
    """Nothing waits for its reader, and what it did not take is said at the end."""
    log = run.scratch / "fifo"
    os.mkfifo(log)
    ends = [os.open(log, how | os.O_NONBLOCK) for how in (os.O_RDONLY, os.O_WRONLY)]
    try:
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(ends[1], bytes(4096))
        done = run(["curl", "-sS", "https://%s:%d/" % (HOST, sites.https(HOST)[0])], settings={"TLSMEND_LOG": str(log), "TLSMEND_LOG_FORMAT": form},
                   overlays={"/dev": {"log": run.scratch / "log.sock"}})  # fmt: skip
    finally:
        for end in ends:
            os.close(end)
    assert done.code == 60 and "tlsmend" not in done.err
    (line,) = said(system_log)
    assert re.search(r"records .* are lost: \S*/fifo took no more: who reads it\?; set TLSMEND_LOG", line)


def test_nothing_is_said_where_nothing_was_due(run, sites, system_log, pki):
    argv = [DEBIAN_PYTHON, HERE / "log_elsewhere.py", "closed", run.scratch / "x", "%s:%d" % (HOST, sites.https(HOST)[0])]
    done = run(argv, settings={**PLAIN, "TLSMEND_LOG_LEVEL": "error"}, extra_ca={HOST: pki.root_pem},
               overlays={"/dev": {"log": run.scratch / "log.sock"}})  # fmt: skip
    assert done.code == 1 and said(system_log) == []
