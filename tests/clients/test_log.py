# SPDX-License-Identifier: ISC
"""Where records go, and their two forms (tlsmend(1))."""
import contextlib
import datetime
import json
import os
import pty
import re
import socket

import pytest

from clients.table import DEBIAN_PYTHON, HERE
from lib.run import check_record, check_records

HOST = "legacy.test"
TEXT = {"TLSMEND_LOG": "stderr", "TLSMEND_LOG_FORMAT": None}


@pytest.fixture
def curl(sites):
    return ["curl", "-sS", "-m", "20", "https://%s:%d/" % (HOST, sites.https(HOST)[0])]


def check_text(text, port):
    """One record in text form, loosely."""
    lines = text.splitlines()
    assert re.fullmatch(r"tlsmend: error\[issuer-unknown\] curl\[\d+\] .*legacy\.test:%d.*" % port, lines[0]), lines[0]
    labels = [line[2:9].strip() for line in lines[1:] if line.startswith("  ") and line[2] != " "]
    assert labels[0] == "why" and labels[-2:] == ["code", "see"] and lines[-1] == "  see    tlsmend explain issuer-unknown"
    assert {"why", "chain", "store", "help", "code"} <= set(labels) <= {"why", "chain", "store", "help", "note", "code", "see"}
    assert [l for l in labels if labels.count(l) > 1 and l != "note"] == []
    assert all(line.startswith("  ") for line in lines[1:])
    assert "ExtraCAFile = " in text and "[legacy.test]" in text
    assert "CN=legacy.test" in text and "tlsmend Test Issuing CA" in text
    assert "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY (20)" in lines[-2] and "OpenSSL 3." in lines[-2]


def test_text_to_stderr(run, curl, sites):
    before = run(curl, library=False)
    done = run(curl, settings=TEXT)
    assert (done.code, done.out) == (before.code, before.out)
    assert done.log == ""
    ours = done.err.replace(before.err, "", 1)
    assert len(ours) + len(before.err) == len(done.err), "curl's own words are unchanged"
    check_text(ours, sites.https(HOST)[0])
    assert "\x1b" not in done.err


def test_default_is_text_to_stderr(run, curl, sites):
    done = run(curl, settings={"TLSMEND_LOG": None, "TLSMEND_LOG_FORMAT": None})
    assert "tlsmend: error[issuer-unknown] curl[" in done.err


@pytest.mark.parametrize("no_color", [None, "1"])
def test_colour_on_a_terminal_only(run, curl, no_color):
    master, slave = pty.openpty()
    try:
        settings = {**TEXT, "TLSMEND_LOG": "fd:%d" % slave, "NO_COLOR": no_color, "TERM": "xterm"}
        done = run(curl, fds=(slave,), settings=settings)
        assert done.code == 60
        os.close(slave)
        slave = None
        shown = os.read(master, 65536).decode()
    finally:
        os.close(master)
        if slave is not None:
            os.close(slave)
    assert "issuer-unknown" in shown
    assert ("\x1b[" in shown) is (no_color is None)


def test_one_write_per_record(run, curl):
    """Each write is one datagram."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.settimeout(5)
        for form in ("json", "text"):
            run(curl, fds=(theirs.fileno(),), settings={"TLSMEND_LOG": "fd:%d" % theirs.fileno(), "TLSMEND_LOG_FORMAT": form})
            record = ours.recv(1 << 20).decode()
            assert record.endswith("\n")
            assert ("issuer-unknown" in record) and ("ExtraCAFile" in record)
            ours.setblocking(False)
            with pytest.raises(BlockingIOError):
                ours.recv(1)
            ours.settimeout(5)


def test_closed_descriptor(run, curl):
    before = run(curl, library=False)
    done = run(curl, settings={"TLSMEND_LOG": "fd:77"})
    assert (done.code, done.out) == (before.code, before.out)
    extra = done.err.replace(before.err, "", 1)
    assert extra.count("tlsmend: ") == 1 and "fd:77" in extra.splitlines()[0]


def test_closed_stderr(run, curl):
    """Descriptor 2 is closed: the next socket gets the number, and no record may go there."""
    script = 'exec 2>&-; exec "$@"'
    before = run(["sh", "-c", script, "sh", *curl], library=False)
    done = run(["sh", "-c", script, "sh", *curl], settings=TEXT)
    assert (done.code, done.out) == (before.code, before.out)


def test_file_is_appended(run, curl):
    log = run.scratch / "shared.log"
    log.write_text("was here\n")
    for _ in range(2):
        run(curl, settings={"TLSMEND_LOG": str(log)})
    lines = log.read_text().splitlines()
    assert lines[0] == "was here" and len(lines) == 3


def test_file_is_not_for_everybody(run, curl):
    log = run.scratch / "new.log"
    run(["sh", "-c", 'umask 000; exec "$@"', "sh", *curl], settings={"TLSMEND_LOG": str(log)})
    assert log.stat().st_mode & 0o022 == 0


def test_unwritable_file(run, curl):
    before = run(curl, library=False)
    done = run(curl, settings={"TLSMEND_LOG": "/nowhere/at/all.log"})
    assert (done.code, done.out) == (before.code, before.out)
    assert done.err.endswith(before.err)
    said, *records = done.err[: -len(before.err)].splitlines()
    assert "/nowhere/at/all.log" in said and len(said) < 300
    # the record itself is not lost
    assert [json.loads(r)["event"] for r in records] in ([], ["verify_failed"])


def test_off_writes_nothing(run, curl):
    before = run(curl, library=False)
    done = run(curl, settings={"TLSMEND_LOG": "off"})
    assert (done.code, done.out, done.err, done.log) == (before.code, before.out, before.err, "")


@pytest.mark.parametrize("level,count", [("error", 1), ("warning", 1), ("info", 1), ("debug", 1)])
def test_level_decides_what_is_written(run, curl, level, count):
    done = run(curl, settings={"TLSMEND_LOG_LEVEL": level})
    check_records(done)
    assert len([r for r in done.records if r["level"] == "error"]) == count


def test_json_fields(run, curl, sites, pki):
    port, identity = sites.https(HOST)
    begin = datetime.datetime.now(datetime.timezone.utc)
    done = run(["sh", "-c", 'echo $$; exec "$@"', "sh", *curl])
    check_records(done)
    (record,) = done.records
    assert record["pid"] == int(done.out)
    assert record["program"] == "curl" and record["exe"] == os.path.realpath("/usr/bin/curl")
    when = datetime.datetime.fromisoformat(record["time"].replace("Z", "+00:00"))
    assert abs((when - begin).total_seconds()) < 30
    assert (record["host"], record["port"], record["address"], record["sni"]) == (HOST, port, "127.0.0.2", HOST)
    assert (record["code"], record["name"]) == (20, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY")
    assert record["depth"] == 1 and record["enforced"] is True
    assert record["protocol"].replace("TLS 1.3", "TLSv1.3") == "TLSv1.3"
    leaf, issuing = record["chain"][:2]
    assert leaf["subject"] == "CN=legacy.test" and leaf["san"] == ["DNS:legacy.test"] and leaf["from"] == "presented"
    assert leaf["issuer"] == issuing["subject"] == "CN=tlsmend Test Issuing CA"
    assert leaf["not_before"] < record["time"] < leaf["not_after"]
    assert "spki_sha256" in leaf and leaf["spki_sha256"] != leaf["sha256"]
    assert "anchors" in record["store"]
    assert "tlsmend Test Issuing CA" in record["why"] and list(record)[4:6] == ["message", "why"]


def test_nothing_secret(run, sites):
    port, _ = sites.https(HOST)
    done = run(["curl", "-sS", "-u", "alice:hunter2", "https://%s:%d/path?token=sesame" % (HOST, port)])
    assert len(done.records) == 1
    for secret in ("alice", "hunter2", "sesame", "/path"):
        assert secret not in done.log


def test_repetitions_are_counted(run, sites):
    port, _ = sites.https(HOST)
    done = run([DEBIAN_PYTHON, HERE / "loop.py"], stdin="%s %d\n" % (HOST, port) * 50)
    assert done.out == "REFUSED 20\n" * 50
    first, last = done.records
    assert "ExtraCAFile" in str(first["help"])
    assert re.fullmatch(r"repeated 48 times in \d+ s", last["notes"][-1]), "49 after the first, the record itself among them"
    assert [last[k] for k in ("event", "cause", "message", "host", "port")] == [
        first[k] for k in ("event", "cause", "message", "host", "port")
    ]


def test_another_failure_is_no_repetition(run, sites):
    lines = "".join("%s %d\n" % (h, sites.https(h)[0]) for h in (HOST, "other.test", HOST, "other.test"))
    done = run([DEBIAN_PYTHON, HERE / "loop.py"], stdin=lines)
    assert [r["host"] for r in done.records[:2]] == [HOST, "other.test"]
    assert sorted(r["host"] for r in done.records[2:]) == [HOST, "other.test"], "once more each, told at the end"


# ---- syslog and journal: sockets of our own in the client's view of the machine --------------------------------
@contextlib.contextmanager
def datagrams(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(str(path))
        os.chmod(path, 0o666)
        s.settimeout(5)
        yield s


@pytest.mark.parametrize("form", ["text", "json"])
def test_syslog_gets_the_record(run, curl, form):
    path = run.scratch / "log.sock"
    before = run(curl, library=False)
    with datagrams(path) as s:
        done = run(curl, settings={"TLSMEND_LOG": "syslog", "TLSMEND_LOG_FORMAT": form}, overlays={"/dev": {"log": path}})
        message = s.recv(1 << 20).decode()
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    match = re.match(r"<(\d+)>", message)
    assert match and int(match[1]) & 7 == 3, "severity error"
    assert int(match[1]) >> 3 in (1, 3), "facility user or daemon"
    assert re.search(r"(curl|tlsmend)\[\d+\]: ", message)
    if form == "json":
        check_record(json.loads(message[message.index("{") :]))
    else:
        assert "issuer-unknown" in message


def test_syslog_without_a_daemon(run, curl):
    before = run(curl, library=False)
    done = run(curl, settings={"TLSMEND_LOG": "syslog"}, overlays={"/dev": {"log": run.scratch / "nobody.sock"}})
    assert (done.code, done.out) == (before.code, before.out)


def journal_fields(data):
    """Fields of a datagram in journald's native protocol."""
    fields = {}
    while data:
        head, data = data.split(b"\n", 1)
        if b"=" in head:
            name, value = head.split(b"=", 1)
        else:
            name, size = head, int.from_bytes(data[:8], "little")
            value, data = data[8 : 8 + size], data[8 + size + 1 :]
        fields[name.decode()] = value.decode()
    return fields


def test_journal_gets_the_record(run, curl):
    path = run.scratch / "journal.sock"
    before = run(curl, library=False)
    with datagrams(path) as s:
        done = run(curl, settings={"TLSMEND_LOG": "journal", "TLSMEND_LOG_FORMAT": "text"},
                   overlays={"/run": {"systemd/journal/socket": path}})  # fmt: skip
        fields = journal_fields(s.recv(1 << 20))
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    assert fields["PRIORITY"] == "3"
    assert fields["SYSLOG_IDENTIFIER"] in ("curl", "tlsmend")
    assert "issuer-unknown" in fields["MESSAGE"]
