# SPDX-License-Identifier: ISC
"""tlsmend report: JSON records in, a summary and the rules that would mend out."""
import gzip
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from .conftest import COMMAND, LIBRARY, TREE, clean_environment

MIB = 1 << 20


def record(**keys):
    base = {"time": "2026-11-21T22:00:00.000Z", "level": "error", "event": "verify_failed", "cause": "expired",
            "message": "cannot trust a.test:443", "program": "curl", "exe": "/usr/bin/curl", "pid": 1, "host": "a.test",
            "port": 443}
    base.update(keys)
    return {k: v for k, v in base.items() if v is not None}


def line(**keys):
    return json.dumps(record(**keys), ensure_ascii=False, separators=(",", ":")) + "\n"


def ca_help(host, file="corp.pem", name="Corp Root CA"):
    return ['put "%s", once its fingerprint is confirmed, into a file and add:' % name, "    [%s]" % host,
            "    ExtraCAFile = /etc/tlsmend/%s" % file]


@pytest.fixture
def report(tlsmend, tmp_path):
    """report("text of a log", ...) -> CompletedProcess, over files log0, log1, ..."""

    def call(*texts, options=(), status=0):
        names = []
        for i, text in enumerate(texts):
            names.append("log%d" % i)
            (tmp_path / names[-1]).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
        r = tlsmend("report", *options, *names)
        assert r.returncode == status, r
        return r

    return call


@pytest.fixture
def parsed(report):
    def call(*texts, status=0):
        return json.loads(report(*texts, options=["--format", "json"], status=status).stdout)

    return call


def without_comments(text):
    return [l for l in text.splitlines() if not l.startswith("#")]


# ---- counting --------------------------------------------------------------------------------------------------

def test_counts_first_and_last(parsed):
    got = parsed("".join([
        line(time="2026-11-21T10:00:00.500Z"), line(time="2026-11-20T10:00:00.000Z"), line(program="wget"),
        line(host="b.test"), line(port=8443), line(cause="name-mismatch"), line(event="verify_ignored"),
    ]))  # fmt: skip
    assert got["records"] == got["count"] == 7
    assert (got["first"], got["last"]) == ("2026-11-20T10:00:00.000Z", "2026-11-21T22:00:00.000Z")
    assert [f["count"] for f in got["failures"]] == [2, 1, 1, 1, 1, 1]
    top = got["failures"][0]
    assert top == {"count": 2, "event": "verify_failed", "cause": "expired", "host": "a.test", "port": 443, "program": "curl",
                   "first": "2026-11-20T10:00:00.000Z", "last": "2026-11-21T10:00:00.500Z"}


@pytest.mark.parametrize("note, more", [
    ("repeated 37 times in 60 s", 37), ("repeated 1 times in 3600 s", 1), ("it repeated 37 times in 60 s", 0),
    ("repeated 37 times in 60 s, or so", 0), ("repeated -1 times in 60 s", 0), ("repeated 99999999999999999999 times in 1 s", 0),
    ("repeated", 0), ("repeated 5 times in ", 0),
])
def test_repetitions_count(parsed, note, more):
    got = parsed(line(notes=["also wrong: x", note]))
    assert got["count"] == got["failures"][0]["count"] == 1 + more and got["records"] == 1


def test_lost_records_are_told(parsed, report):
    text = line(notes=["3 earlier records were lost, because the log took no more at that moment"]) + \
        line(notes=["1 earlier record was lost, because the log took no more at that moment"])
    assert parsed(text)["lost"] == 4
    at_end = line(event="left_out", cause=None, message="2 records were lost, because the log took no more at that moment")
    assert (parsed(text + at_end)["lost"], parsed(text + at_end)["left_out"]) == (6, 0)
    assert "lost: 4 records" in report(text).stdout


def test_words_of_the_library():
    """The notes that are read are the ones that are written."""
    source = "".join((TREE / "shim/record" / name).read_text() for name in ("json.c", "record.c", "lost.c"))
    for words in ('"repeated ', '" times in "', '" s\\"]"', '" earlier"', '" record was" : " records were"', '" lost, because'):
        assert words in source, words


def test_two_files_and_standard_input(tlsmend, tmp_path):
    (tmp_path / "a").write_text(line() * 2)
    (tmp_path / "b").write_text(line() * 3)
    with open(tmp_path / "a") as stdin:
        got = json.loads(tlsmend("report", "--format=json", "a", "-", "b", stdin=stdin).stdout)
    assert got["records"] == 7 and len(got["failures"]) == 1
    with open(tmp_path / "a") as stdin:
        assert json.loads(tlsmend("report", "--format=json", stdin=stdin).stdout)["records"] == 2


def test_what_stands_for_the_host(parsed):
    got = parsed(line(host=None, sni="s.test", address="192.0.2.1") + line(host=None, address="2001:db8::1")
                 + line(host=None, port=None, chain=[{"subject": "CN=leaf"}]) + line(host=None, port=None, cause="internal"))  # fmt: skip
    assert sorted(f.get("host", "") for f in got["failures"]) == ["", "2001:db8::1", "CN=leaf", "s.test"]


def test_other_events(parsed, report):
    text = (line(event="weakened", level="warning", cause=None, rule="/etc/tlsmend.conf:7 [a.test] MinProtocol") * 3
            + line(event="config_error", cause=None, host=None, port=None, message="/etc/tlsmend.conf:3: unknown key 'X'") * 2
            + line(event="mended", level="info", cause=None, rule="/etc/tlsmend.conf:3 [a.test] ExtraCAFile")
            + line(event="load_failed", cause="file-missing", host=None, port=None, message="cannot load /etc/x.pem")
            + line(event="handshake_ok", level="debug", cause=None) * 5)  # fmt: skip
    got = parsed(text)
    assert got["records"] == 12 and got["count"] == 1 and got["connections"] == 5 and got["failures"] == []
    assert [(w["count"], w["rule"]) for w in got["weakened"]] == [(3, "/etc/tlsmend.conf:7 [a.test] MinProtocol")]
    assert [(c["count"], c["message"]) for c in got["config_errors"]] == [(2, "/etc/tlsmend.conf:3: unknown key 'X'")]
    assert [m["rule"] for m in got["mended"]] == ["/etc/tlsmend.conf:3 [a.test] ExtraCAFile"]
    assert [(f["cause"], f["message"]) for f in got["files"]] == [("file-missing", "cannot load /etc/x.pem")]
    shown = report(text).stdout
    for title in ("weakened by a rule", "Errors in the configuration", "mended by a rule", "Files that could not be used"):
        assert title in shown
    assert "5 connections worked" in shown


def use(event, host, level="warning", rule="/etc/tlsmend.conf:3 [*.test] ExtraCAFile", **keys):
    return line(event=event, level=level, cause=None, host=host, rule=rule, message="connection to %s" % host, **keys)


def test_where_rules_are_used(parsed, report):
    text = (use("mended", "a.test") + use("mended", "a.test", program="python3") + use("mended", "b.test")
            + use("weakened", "c.test", rule="/etc/tlsmend.conf:9 [c.test] MinProtocol"))  # fmt: skip
    got = parsed(text)["uses"]
    assert got["mended"] == {"count": 3, "rules": 1, "hosts": 2, "programs": 2} and got["each"] is False
    assert got["weakened"] == {"count": 1, "rules": 1, "hosts": 1, "programs": 1}
    shown = report(text).stdout
    assert "mended: 3 records by 1 rule, at 2 hosts, in 2 programs\n" in shown and "TLSMEND_LOG_LEVEL=info writes all" in shown
    text += use("mended", "a.test", level="info") * 4
    assert parsed(text)["uses"]["mended"]["count"] == 7 and parsed(text)["uses"]["each"] is True
    shown = report(text).stdout
    assert "mended: 7 times by 1 rule, at 2 hosts, in 2 programs\n" in shown and "writes all" not in shown


def test_dry_runs_are_no_uses(parsed, report):
    message = "dry run: ExtraCAFile = /etc/corp.pem of /etc/tlsmend.conf:3 would have made the connection to a.test possible"
    text = line(event="mended", level="warning", cause=None, message=message) + use("mended", "b.test")
    got = parsed(text)
    assert [m["host"] for m in got["mended"]] == ["b.test"]
    assert [(d["host"], d["message"]) for d in got["dry_runs"]] == [("a.test", message)]
    assert got["uses"]["dry_runs"]["count"] == got["uses"]["mended"]["count"] == 1
    assert "dry run: 1 record, at 1 host, in 1 program\n" in report(text).stdout


def test_text_is_aligned_and_sorted(report):
    out = report(line() * 12 + line(host="a-much-longer-name.example.test", program="python3.11") * 3 + line(cause="name-mismatch")).stdout
    lines = out.splitlines()
    at = next(i for i, l in enumerate(lines) if l.startswith("COUNT"))
    rows = lines[at:at + 4]
    assert [r.split()[0] for r in rows] == ["COUNT", "12", "3", "1"]
    for word, next_word in (("CAUSE", "HOST"), ("HOST", "PROGRAM"), ("PROGRAM", "FIRST")):
        column = rows[0].index(word)
        for row in rows[1:]:
            assert row[column] != " " and row[column - 1] == " " == row[rows[0].index(next_word) - 1]
    assert [len(r.split()[0]) + r.index(r.split()[0]) for r in rows] == [5] * 4, "counts end in one column"


# ---- input that is no record --------------------------------------------------------------------------------------

def test_other_output_in_between(parsed):
    got = parsed("* Connected to a.test\n" + line() + "\n   \ntlsmend: error[expired] curl[1] cannot trust\n  why    it has\n[1]\n" + line())
    assert got["records"] == 2
    assert got["skipped"]["other"] == {"count": 4, "file": "log0", "line": 1}
    assert got["skipped"]["damaged"] == {"count": 0}


def test_syslog_prefix_and_unfinished_line_before(parsed):
    got = parsed("Nov 21 22:00:00 box curl[1]: " + line() + "100  12k " + line() + "{half" + line() + "\0\0\0\0" + line())
    assert got["records"] == 4 and all(s["count"] == 0 for s in got["skipped"].values())


def test_damaged_foreign_and_long_lines_are_named_once(parsed, report):
    text = (line() + line()[:60] + "\n" + '{"a": 1}\n' + '{"a": \n' + '{"event":"verify_failed"}\n'
            + line(event="from_the_future") + '{"x":"' + "y" * MIB + '"}\n' + line())  # fmt: skip
    got = parsed("junk\n", text)
    assert got["records"] == 2
    assert got["skipped"]["damaged"] == {"count": 2, "file": "log1", "line": 2}
    assert got["skipped"]["foreign"] == {"count": 3, "file": "log1", "line": 3}
    assert got["skipped"]["too_long"] == {"count": 1, "file": "log1", "line": 7}
    shown = report("junk\n", text).stdout
    assert "1 line longer than 1 MiB, the first at log1:7" in shown and "2 lines damaged or cut short, the first at log1:2" in shown


def test_long_line_limit_is_exact(parsed):
    def padded(n):
        whole = line(message="")
        return whole.replace('"message":""', '"message":"%s"' % ("m" * (n - len(whole) + 1)))

    assert len(padded(MIB)) == MIB + 1
    got = parsed(padded(MIB) + padded(MIB + 1) + line() + "z" * (5 * MIB))
    assert got["records"] == 2
    assert got["skipped"]["too_long"] == {"count": 2, "file": "log0", "line": 2}


def test_junk_between_records_is_passed_over(parsed):
    junk = os.urandom(300000) + b"\n" + b"\0" * 100000 + b"\n{\xff\xfe}\n" + b"[" * 5000 + b"\n" + b'{"a":' * 5000 + b"\n"
    got = parsed(junk.replace(b"\x1f\x8b", b"xx"), line() + '{"time":"x","event":"verify_failed","notes":7,"help":{"a":1},"chain":"c","port":1e3,"host":5}\n')
    assert got["records"] == 2
    assert got["last"] == "2026-11-21T22:00:00.000Z"


def test_line_that_would_grow_in_memory(parsed):
    bomb = '{"a":[' + "{}," * (MIB // 3 - 10) + "{}]}\n"
    got = parsed(bomb + line())
    assert len(bomb) <= MIB and got["records"] == 1 and got["skipped"]["damaged"]["count"] == 1


@pytest.mark.parametrize("when", ["2026-13-01T00:00:00.000Z", "2026-11-21", "now", "2026-11-21T22:00:00.000+0100"])
def test_time_that_is_none(parsed, when):
    got = parsed(line(time=when))
    assert got["records"] == 1 and "first" not in got and "first" not in got["failures"][0]


def test_nothing_there(report):
    for text in ("", "\n\n", "no record\n"):
        r = report(text, status=1)
        assert "no record there" in r.stderr and len(r.stderr.splitlines()) == 1
        assert json.loads(report(text, options=["--format", "json"], status=1).stdout)["records"] == 0


def test_unreadable_file_leaves_the_others(tlsmend, tmp_path):
    (tmp_path / "a").write_text(line())
    r = tlsmend("report", "missing", "a", ".")
    assert r.returncode == 2 and "1 failure in 1 record" in r.stdout
    assert "missing: No such file or directory" in r.stderr and ".: Is a directory" in r.stderr


@pytest.mark.parametrize("name, head, command", [("a.gz", gzip.compress(line().encode(), mtime=0), "zcat"), ("b.xz", b"\xfd7zXZ\0\0\4", "xzcat"),
                                                 ("c d.zst", b"\x28\xb5\x2f\xfd\0", "zstdcat"), ("e.bz2", b"BZh91AY", "bzcat")])  # fmt: skip
def test_compressed_file_is_refused(tlsmend, tmp_path, name, head, command):
    (tmp_path / name).write_bytes(head)
    (tmp_path / "a").write_text(line())
    r = tlsmend("report", name, "a")
    quoted = "'%s'" % name if " " in name else name
    assert r.returncode == 2 and "1 failure" in r.stdout and "%s %s | tlsmend report" % (command, quoted) in r.stderr
    with open(tmp_path / name) as stdin:
        r = tlsmend("report", stdin=stdin)
    assert r.returncode == 2 and "%s FILE | tlsmend report" % command in r.stderr


def test_last_line_cut_short(parsed):
    assert parsed(line() + line()[:-1])["records"] == 2
    got = parsed(line() + line()[:40])
    assert got["records"] == 1 and got["skipped"]["damaged"] == {"count": 1, "file": "log0", "line": 2}


def test_writer_that_goes_on_later(tmp_path):
    """A pipe that delivers a record in pieces."""
    p = subprocess.Popen([COMMAND, "report", "--format=json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environment(tmp_path))
    for piece in (line()[:50], line()[50:] + line()[:1], line()[1:]):
        p.stdin.write(piece.encode())
        p.stdin.flush()
        time.sleep(0.05)
    out, _ = p.communicate(timeout=60)
    assert p.returncode == 0 and json.loads(out)["records"] == 2


def wait_until_read(p):
    """Until the child waits in read(2) for more: nothing is left in the pipe."""
    import fcntl
    import struct
    import termios

    deadline = time.monotonic() + 20
    while struct.unpack("i", fcntl.ioctl(p.stdin, termios.FIONREAD, b"\0" * 4))[0]:
        assert time.monotonic() < deadline and p.poll() is None
        time.sleep(0.01)
    while True:
        assert time.monotonic() < deadline and p.poll() is None
        if pathlib.Path("/proc/%d/stat" % p.pid).read_text().rsplit(")", 1)[1].split()[0] == "S":
            return
        time.sleep(0.01)


def test_interrupt_ends_the_reading_and_gives_the_report(tmp_path):
    # a shell ignores SIGINT for what it starts in the background, and so for these tests
    p = subprocess.Popen(["env", "--default-signal=INT", COMMAND, "report", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, env=clean_environment(tmp_path))  # fmt: skip
    p.stdin.write(line() * 3)
    p.stdin.flush()
    wait_until_read(p)
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    assert p.returncode == 2 and "3 failures in 3 records" in out and "interrupted" in err


# ---- hostile content -------------------------------------------------------------------------------------------------

EVIL = "evil\x1b]0;owned\x07\x1b[2J\x9b31m\r\nCOUNT \u202e\u2066x\u2028\ufeff"


def assert_harmless(text):
    for c in text:
        assert c == "\n" or (ord(c) >= 32 and not 0x7f <= ord(c) < 0xa0 and c not in "\u202e\u2066\u2028\ufeff"), repr(c)


def test_hostile_strings(report):
    text = "".join(
        json.dumps(record(event=event, **{k: EVIL for k in ("cause", "host", "program", "message", "rule")},
                          help=[EVIL, "    [" + EVIL + "]", "    ExtraCAFile = /etc/tlsmend/" + EVIL], notes=[EVIL])) + "\n"
        for event in ("verify_failed", "load_failed", "weakened", "config_error", "mended")
    )  # fmt: skip
    text += json.dumps(record(cause="untrusted-root", program=EVIL, help=[EVIL] + ca_help("a.test"))) + "\n"
    for options in ([], ["--format", "json"]):
        r = report(text, options=options)
        assert_harmless(r.stdout + r.stderr)
        assert "owned" in r.stdout and "[a.test]" in r.stdout
        assert not re.search(r"^\s*COUNT [^ ]*x", r.stdout, re.M)


def test_hostile_file_name(tlsmend, tmp_path):
    (tmp_path / EVIL.replace("/", "")).write_text("junk\n" + line())
    r = tlsmend("report", EVIL)
    assert_harmless(r.stdout + r.stderr)
    r = tlsmend("report", EVIL + "-missing")
    assert r.returncode == 2
    assert_harmless(r.stderr)


def test_name_with_a_nul(parsed):
    got = parsed(line(host="a.test\0.evil", chain=[{"subject": "CN=a\0b"}]))
    assert got["records"] == 1 and got["failures"][0]["host"] == "a.test?.evil"


def test_long_strings_are_cut(parsed):
    got = parsed(line(host="h" * 100000, program="\u00e9" * 100000, cause="c" * 100000))
    f = got["failures"][0]
    assert len(f["host"]) == 255 and f["program"] == "\u00e9" * 32 and len(f["cause"]) == 48


# ---- rules to paste ---------------------------------------------------------------------------------------------------

def test_section_is_taken_from_the_help(parsed, tlsmend, tmp_path, ca):
    got = parsed(line(cause="untrusted-root", help=ca_help("a.test")) * 4
                 + line(cause="untrusted-root", program="wget", help=ca_help("a.test")))  # fmt: skip
    assert len(got["sections"]) == 1 and got["others"] == []
    section = got["sections"][0]
    assert section["section"] == "a.test" and section["count"] == 5 and section["causes"] == ["untrusted-root"]
    text = section["text"]
    assert without_comments(text) == ["[a.test]", "ExtraCAFile = /etc/tlsmend/corp.pem"]
    assert text.startswith("# 5 x untrusted-root: curl, wget; last seen 2026-11-21\n")
    assert "fill in" in text and "once its fingerprint is confirmed" in text
    (tmp_path / "pasted.conf").write_text(text.replace("/etc/tlsmend/corp.pem", str(ca / "corp-root.pem")))
    assert tlsmend("lint", "pasted.conf").returncode == 0


def test_sections_are_sorted_and_one_for_each_host(report):
    out = report(line(cause="untrusted-root", help=ca_help("a.test"))
                 + line(cause="untrusted-root", host="b.test", help=ca_help("b.test")) * 2
                 + line(cause="issuer-unknown", port=8443, help=ca_help("a.test"))).stdout  # fmt: skip
    assert re.findall(r"^\[(.*)\]$", out, re.M) == ["a.test", "b.test"]


def test_conflicting_keys_of_one_host(parsed):
    weak = ["x", "    [a.test]", "    CipherString = DEFAULT:@SECLEVEL=1", "    Reason = a", "    Until = 2099-01-01"]
    old = ["y", "    [a.test]", "    MinProtocol = TLSv1", "    CipherString = DEFAULT:@SECLEVEL=0", "    Reason = b", "    Until = 2099-02-02"]
    text = parsed(line(cause="weak-key", help=weak) * 2 + line(event="handshake_failed", cause="server-too-old", help=old))["sections"][0]["text"]
    assert without_comments(text) == ["[a.test]", "CipherString = DEFAULT:@SECLEVEL=1", "Reason = a", "Until = 2099-01-01", "MinProtocol = TLSv1"]
    assert "# for server-too-old instead: CipherString = DEFAULT:@SECLEVEL=0" in text


def test_two_cas_do_not_share_a_file(parsed):
    got = parsed(line(cause="issuer-unknown", help=ca_help("a.test", "root.pem", "One CA")) * 3
                 + line(cause="issuer-unknown", host="b.test", help=ca_help("b.test", "root.pem", "Two CA")) * 2
                 + line(cause="issuer-unknown", host="c.test", help=ca_help("c.test", "root.pem", "One CA")))  # fmt: skip
    files = [re.search(r"^ExtraCAFile = (.*)$", s["text"], re.M)[1] for s in got["sections"]]
    assert files == ["/etc/tlsmend/root.pem", "/etc/tlsmend/b.test.pem", "/etc/tlsmend/root.pem"]


def test_system_bundle_needs_no_filling_in(parsed):
    lead = "point the client to that bundle in its own settings, or for this host only:"
    got = parsed(line(cause="root-missing-here", help=[lead, "    [a.test]", "    ExtraCAFile = /etc/ssl/certs/ca-certificates.crt"]))
    assert "fill in" not in got["sections"][0]["text"]


def test_latest_help_counts(parsed):
    def weak(day):
        return ["x", "    [a.test]", "    CipherString = DEFAULT:@SECLEVEL=1", "    Reason = a", "    Until = " + day]

    text = "".join(line(cause="weak-key", time="2026-11-%dT00:00:00.000Z" % d, help=weak(u)) for d, u in ((20, "2098-01-01"), (21, "2099-01-01"), (19, "2097-01-01")))
    assert "Until = 2099-01-01" in parsed(text)["sections"][0]["text"]


def test_date_that_has_passed_is_said(parsed):
    got = parsed(line(cause="weak-key", help=["x", "    [a.test]", "    CipherString = DEFAULT:@SECLEVEL=1", "    Until = 2020-01-01"]))
    assert "this day has passed" in got["sections"][0]["text"]


def test_words_after_the_section_are_kept(parsed):
    got = parsed(line(cause="untrusted-root", help=ca_help("a.test") + ["that alone is not enough: ..."]))
    assert "# that alone is not enough: ..." in got["sections"][0]["text"]


@pytest.mark.parametrize("keys", [
    # a cause that no rule mends
    {"cause": "expired"}, {"cause": "malformed-certificate"}, {"cause": "no-such-cause"}, {"cause": None},
    # another host than the record's, all hosts, several, and what is no name
    {"section": "b.test"}, {"section": "*"}, {"section": "*.test"}, {"section": "a.test b.test"}, {"section": "a.test] ["}, {"section": "HOST"},
    {"host": None, "section": "*.test"}, {"host": None, "section": "HOST"}, {"host": "*", "section": "*"},
    # keys that do not belong to the cause, that nobody knows, and values that the parser refuses
    {"lines": ["CipherString = DEFAULT:@SECLEVEL=0"]}, {"lines": ["VerifyMode = None"]},
    {"lines": ["ExtraCAFile = /etc/tlsmend/a.pem", "Options = UnsafeLegacyServerConnect"]},
    {"lines": ["ExtraCAFile = /tmp/mine.pem"]}, {"lines": ["ExtraCAFile = /etc/tlsmend/../../tmp/mine.pem"]},
    {"lines": ["ExtraCAFile = /etc/ssl/certs/mine.pem"]}, {"lines": ["ExtraCAFile = "]}, {"lines": ["ExtraCAFile"]}, {"lines": []},
    {"lines": ["ExtraCAFile = /etc/tlsmend/a.pem\nOptions = UnsafeLegacyServerConnect"]},
    {"lines": ["ExtraCAFile = /etc/tlsmend/\u202ea.pem"]}, {"lines": ["ExtraCAFile = /etc/tlsmend/\x9ba.pem"]},
    {"host": "a.t\u00e9st", "section": "a.t\u00e9st"},
    {"lines": ["[*]", "ExtraCAFile = /etc/tlsmend/a.pem"]},
])  # fmt: skip
def test_forged_section_is_not_proposed(report, parsed, keys):
    lines = keys.get("lines", ["ExtraCAFile = /etc/tlsmend/a.pem"])
    fields = {"cause": "untrusted-root", **{k: v for k, v in keys.items() if k in ("cause", "host")}}
    text = line(help=["lead:", "    [%s]" % keys.get("section", "a.test")] + ["    " + l for l in lines], **fields)
    got = parsed(text)
    assert got["sections"] == [] and got["records"] == 1
    assert [o["count"] for o in got["others"]] == [1], "it is told as one that somebody else must mend"
    out = report(text).stdout
    assert not re.search(r"^(\[|ExtraCA|Options|Cipher|Verify)", out, re.M), out


def test_name_out_of_the_certificate_is_said(parsed):
    got = parsed(line(cause="issuer-unknown", host=None, port=None, chain=[{"subject": "CN=x"}], help=ca_help("*.corp.test")))
    assert "[*.corp.test]" in got["sections"][0]["text"] and "not known" in got["sections"][0]["text"]


def test_who_must_act(parsed, report):
    text = line(help=["the server's operator has to renew the certificate"]) * 2 + line(cause="name-mismatch", host="b.test")
    got = parsed(text)
    assert got["sections"] == []
    assert got["others"][0] == {"count": 2, "cause": "expired", "hosts": ["a.test"], "help": "the server's operator has to renew the certificate"}
    assert "use one of the names in the certificate" in got["others"][1]["help"]
    out = report(text).stdout
    assert "2 x expired: a.test\n    the server's operator has to renew" in out and "\n[" not in out


def test_every_proposal_of_the_golden_records(parsed):
    """What the library proposes is proposed here too: the table of causes and keys knows all of them."""
    seen = 0
    for path in sorted((TREE / "tests/unit/golden").glob("*.json")):
        given = json.loads(path.read_text())
        # commands to run are indented too; a section begins with its header
        lines = [h[4:] for h in given.get("help", []) if h.startswith("    ")]
        starts = [i for i, line in enumerate(lines) if line.startswith("[")]
        # a second section is another way, and only a comment
        config = lines[starts[0] : starts[1] if len(starts) > 1 else None] if starts else []
        got = parsed(path.read_text())
        assert got["records"] == 1, path
        if config:
            seen += 1
            assert len(got["sections"]) == 1 and without_comments(got["sections"][0]["text"]) == config, path
        else:
            assert got["sections"] == [], path
    assert seen > 8


# ---- size --------------------------------------------------------------------------------------------------------------

# A small process in between: after execve(2) the kernel still counts the memory of who forked, which here is pytest.
MEASURE = """
import os, subprocess, sys
p = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
_, status, usage = os.wait4(p.pid, 0)
with open(sys.argv[1], "w") as f:
    f.write("%d %d" % (os.waitstatus_to_exitcode(status), usage.ru_maxrss))
"""


def peak_memory(argv, tmp_path):
    """(exit status, output, peak resident MiB of that child alone)."""
    with open(tmp_path / "out", "wb") as out:
        subprocess.run([sys.executable, "-S", "-c", MEASURE, tmp_path / "usage", *argv], stdout=out, check=True, timeout=100,
                       env=clean_environment(tmp_path))  # fmt: skip
    status, kib = (tmp_path / "usage").read_text().split()
    assert int(kib) > 1000, "it was measured"
    return int(status), (tmp_path / "out").read_text(), int(kib) / 1024


def sanitized():
    return b"__asan_init" in COMMAND.read_bytes()


@pytest.mark.long
def test_two_hundred_thousand_lines(tmp_path):
    with open(tmp_path / "log", "w") as f:
        for i in range(200000):
            if i % 10 == 9:
                f.write("other output\n")
            else:
                f.write('{"time":"2026-11-21T22:%02d:%02d.000Z","event":"verify_failed","cause":"untrusted-root","program":"p%d","host":"h%d.test",'
                        '"port":443,"help":["x","    [h%d.test]","    ExtraCAFile = /etc/tlsmend/x.pem"]}\n'
                        % (i // 60 % 60, i % 60, i % 7, i % 1000, i % 1000))  # fmt: skip
    code, out, peak = peak_memory([COMMAND, "report", "--format=json", tmp_path / "log"], tmp_path)
    got = json.loads(out)
    assert code == 0 and got["records"] == got["count"] == 180000 and got["skipped"]["other"]["count"] == 20000
    assert sum(f["count"] for f in got["failures"]) == 180000 and len(got["failures"]) == 900 * 7
    assert len(got["sections"]) == 900 and all(s["count"] == 200 for s in got["sections"])
    if not sanitized():
        assert peak < 100, "%.0f MiB" % peak


def test_more_groups_than_are_kept(tmp_path):
    with open(tmp_path / "log", "w") as f:
        for i in range(130000):
            f.write('{"time":"2026-11-21T22:00:00.000Z","event":"verify_failed","cause":"expired","program":"p","host":"h%d.test","notes":["repeated 1 times in 60 s"]}\n' % i)
        f.write(line(host="h5.test", port=None, program="p") * 3)
    code, out, peak = peak_memory([COMMAND, "report", "--format=json", tmp_path / "log"], tmp_path)
    got = json.loads(out)
    assert code == 0 and got["records"] == 130003 and got["count"] == 260003
    assert len(got["failures"]) == 100000 and got["rest"] == {"records": 30000, "count": 60000}
    assert got["failures"][0]["host"] == "h5.test" and got["failures"][0]["count"] == 5, "known groups go on counting"
    if not sanitized():
        assert peak < 100, "%.0f MiB" % peak


@pytest.mark.slow
def test_strings_are_bounded_too(tmp_path):
    """Long names that are all different, and lines that are large for the parser."""
    with open(tmp_path / "log", "w") as f:
        for i in range(90000):
            f.write('{"time":"2026-11-21T22:00:00.000Z","event":"config_error","program":"%064d","message":"%0390d"}\n' % (i, i))
        f.write('{"a":[' + "[]," * (MIB // 3 - 10) + "[]]}\n")
    code, out, peak = peak_memory([COMMAND, "report", "--format=json", tmp_path / "log"], tmp_path)
    got = json.loads(out)
    assert code == 0 and got["records"] == 90000
    assert got["rest"]["records"] > 0 and len(got["config_errors"]) + got["rest"]["records"] == 90000
    if not sanitized():
        assert peak < 100, "%.0f MiB" % peak


# ---- progress -----------------------------------------------------------------------------------------------------------

def feed(p, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        p.stdin.write((line() * 10).encode())
        p.stdin.flush()
        time.sleep(0.05)
    p.stdin.close()


def drain(fd):
    shown = b""
    while select.select([fd], [], [], 0.2)[0]:
        try:
            more = os.read(fd, 65536)
        except OSError:
            break
        if not more:
            break
        shown += more
    return shown.decode()


@pytest.mark.parametrize("seconds", [0, 1.6])
def test_progress_on_a_terminal_and_only_for_who_waits(tmp_path, seconds):
    master, slave = pty.openpty()
    try:
        p = subprocess.Popen([COMMAND, "report"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=slave, env=clean_environment(tmp_path))
        if seconds:
            feed(p, seconds)
        else:
            p.stdin.write(line().encode())
            p.stdin.close()
        out = p.stdout.read().decode()
        assert p.wait(20) == 0
        shown = drain(master)
    finally:
        os.close(master)
        os.close(slave)
    assert " in " in out.splitlines()[0] and "MiB" not in out and "\r" not in out
    if seconds:
        assert re.search(r"\rstandard input: 0 MiB, [1-9]\d* records", shown), shown
        assert shown.endswith("\r") and shown.split("\r")[-2].strip() == "", "erased at the end"
    else:
        assert shown == ""


@pytest.mark.long
def test_no_progress_without_a_terminal(tmp_path):
    p = subprocess.Popen([COMMAND, "report"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment(tmp_path))
    feed(p, 1.6)
    p.stdin = None
    out, err = p.communicate(timeout=60)
    assert p.returncode == 0 and err == b"" and b"failures" in out


def test_output_that_cannot_be_written(tlsmend, tmp_path):
    (tmp_path / "log").write_text(line())
    with open("/dev/full", "w") as full:
        r = tlsmend("report", "log", stdout=full)
    assert r.returncode == 2 and "No space left on device" in r.stderr


# ---- real records ----------------------------------------------------------------------------------------------------------

def test_records_of_the_library(tmp_path, tlsmend, pki, servers):
    """curl against an untrusted server and against one that closes at once; the proposed section, filled in, mends the first."""
    if not shutil.which("curl"):
        pytest.skip("no curl here")
    good = pki.good("localhost")
    port = servers.s_server(good, "127.0.0.1").port
    closed = servers.odd("127.0.0.1", closing)
    log = tmp_path / "records.jsonl"
    env = {**clean_environment(tmp_path), "LD_PRELOAD": str(LIBRARY), "TLSMEND_LOG": str(log), "TLSMEND_LOG_FORMAT": "json",
           "TLSMEND_CONFIG": str(tmp_path / "tlsmend.conf")}
    (tmp_path / "tlsmend.conf").write_text("")

    def curl(to):
        return subprocess.run(["curl", "-4", "-sS", "-m", "20", "-o", os.devnull, "https://localhost:%d/" % to], env=env, timeout=40,
                              stderr=subprocess.PIPE, text=True).returncode  # fmt: skip

    assert curl(port) == curl(port) == 60 and curl(closed) == 35
    shown = tlsmend("report", log)
    assert shown.returncode == 0 and re.search(r"^ +2  issuer-unknown +localhost:%d +curl " % port, shown.stdout, re.M), shown
    got = json.loads(tlsmend("report", "--format=json", log).stdout)
    assert got["records"] == got["count"] == 3 and all(s["count"] == 0 for s in got["skipped"].values())
    causes = {f["cause"]: f for f in got["failures"]}
    assert causes["issuer-unknown"]["count"] == 2 and causes["closed-early"]["count"] == 1
    text = next(s["text"] for s in got["sections"] if s["section"].split(":")[0] == "localhost")
    assert re.search(r"^ExtraCAFile = /etc/tlsmend/\S+\.pem$", text, re.M)
    filled = re.sub(r"(?m)^ExtraCAFile = .*$", "ExtraCAFile = %s" % pki.root_pem, text)
    # the other failure's proposal is for the other port's server
    filled = re.sub(r"(?m)^MaxProtocol = .*\n", "", filled)
    (tmp_path / "tlsmend.conf").write_text(filled)
    assert curl(port) == 0, text


def closing(connection, _):
    connection.recv(1)
    connection.shutdown(socket.SHUT_RDWR)


# ---- ports, fingerprints, journals, audits ---------------------------------------------------------------------------------

def weak_help(host, key="CipherString = DEFAULT:@SECLEVEL=0"):
    return ["until then:", "    [%s]" % host, "    " + key, "    Reason = old", "    Until = 2099-02-26"]


def named(got):
    return {s["section"]: without_comments(s["text"])[1:] for s in got["sections"]}


def test_ports_that_need_different_things_stay_apart(parsed):
    """What weakens one port must not fall on another, and two ports never contradict each other in one section."""
    log = (line(cause="server-too-old", event="handshake_failed", port=1, help=weak_help("a.test"))
           + line(cause="client-too-old", event="handshake_failed", port=2, help=["or here:", "    [a.test]", "    MinProtocol = TLSv1.2"])
           + line(cause="untrusted-root", port=3, help=ca_help("a.test")))  # fmt: skip
    got = named(parsed(log))
    assert set(got) == {"a.test:1", "a.test:2", "a.test:3"}
    assert "CipherString = DEFAULT:@SECLEVEL=0" in got["a.test:1"] and got["a.test:2"] == ["MinProtocol = TLSv1.2"]


def test_ports_that_need_the_same_share_a_section(parsed):
    got = named(parsed(line(cause="untrusted-root", port=1, help=ca_help("a.test")) + line(cause="untrusted-root", port=2, help=ca_help("a.test"))))
    assert set(got) == {"a.test"}


def test_weakening_leaves_a_port_that_works_alone(parsed):
    log = line(cause="server-too-old", event="handshake_failed", port=1, help=weak_help("a.test"))
    assert set(named(parsed(log))) == {"a.test"}
    log += line(event="mended", level="info", cause=None, port=2, rule="/etc/tlsmend.conf:1 [a.test] ExtraCAFile")
    assert set(named(parsed(log))) == {"a.test:1"}
    v6 = line(cause="server-too-old", event="handshake_failed", host="::1", port=1, help=weak_help("::1"))
    v6 += line(cause="expired", host="::1", port=2)
    assert set(named(parsed(v6))) == {"[::1]:1"}


def test_fingerprint_that_a_text_refers_to(parsed):
    chain = [{"subject": "CN=a.test", "sha256": "AA" * 32}, {"subject": "CN=Corp Root CA,O=Corp", "sha256": "AB" * 32}]
    got = parsed(line(cause="untrusted-root", help=ca_help("a.test"), chain=chain))
    assert '# sha256 of "Corp Root CA" as it was shown: ' + ":".join(["AB"] * 32) + "\n" in got["sections"][0]["text"]
    for bad in ("AB" * 31, "\n[*]\nMinProtocol = TLSv1\n" + "A" * 40, "zz\n" * 20):
        chain[1]["sha256"] = bad
        text = parsed(line(cause="untrusted-root", help=ca_help("a.test"), chain=chain))["sections"][0]["text"]
        assert without_comments(text) == ["[a.test]", "ExtraCAFile = /etc/tlsmend/corp.pem"] and "[*]" not in text


def test_journal_export(parsed):
    """journalctl -o json, with our line as text, as bytes, and lines of others."""
    inner = line(cause="expired").strip()
    entry = {"__REALTIME_TIMESTAMP": "1700000000000000", "_COMM": "curl", "PRIORITY": "3"}
    log = "".join(json.dumps({**entry, "MESSAGE": m}) + "\n" for m in (inner, list(inner.encode()), "something else", None, [1, 2], {"a": 1}, ""))
    got = parsed(log)
    assert got["records"] == 2 and got["failures"][0]["count"] == 2 and got["skipped"]["foreign"]["count"] == 5


def test_journal_in_a_journal_does_not_end(parsed):
    text = line(cause="expired").strip()
    for _ in range(10):
        text = json.dumps({"MESSAGE": text})
    assert parsed(text + "\n")["records"] in (0, 1)


@pytest.mark.parametrize("since, count", [("2026-11-21", 2), ("2026-11-22", 1), ("2026-11-21T22:00:00Z", 2), ("2026-11-21T22:00:01Z", 1), ("20000d", 2)])
def test_since_leaves_out_older_records(report, since, count):
    r = report(line() + line(time="2026-11-22T10:00:00.000Z"), options=["--since", since])
    assert r.stdout.startswith("%d failure" % count) and ("left out: 1 older record" in r.stdout) is (count == 1)


def test_since_counts_no_older_gap(parsed, report):
    """Records that were not written, a hundred before and seven behind the day that is asked for."""
    gap = "%d records were left out within 60 s, because there were too many of them: %d x expired"
    log = line(event="left_out", cause=None, message=gap % (100, 100)) + line(event="left_out", cause=None, message=gap % (7, 7), time="2026-11-22T10:00:00.000Z")
    assert parsed(log)["left_out"] == 107
    r = report(log + line(time="2026-11-22T10:00:00.000Z"), options=["--since", "2026-11-22", "--format", "json"])
    assert json.loads(r.stdout)["left_out"] == 7


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "7", "d", "-", "2026-11-21T22:00"])
def test_since_what(report, since):
    assert "write a day" in report(line(), options=["--since=" + since], status=2).stderr


def test_top_bounds_each_list(report):
    log = "".join(line(host="h%d.test" % i, program="p") * (9 - i) for i in range(5))
    out = report(log, options=["--top", "2"]).stdout
    assert "h0.test" in out and "h1.test" in out and "h2.test:443" not in out and "... and 3 more" in out


def test_audit(tlsmend, tmp_path, ca):
    """Where added trust is used, by which rule, until when."""
    config = tmp_path / "t.conf"
    config.write_text("[a.test]\nExtraCAFile = %s/corp-root.pem\nReason = OPS-1\n[b.test]\nOnlyCAFile = %s/corp-root.pem\n[c.test]\nMinProtocol = TLSv1.2\n" % (ca, ca))
    use = dict(event="mended", level="info", cause=None)
    (tmp_path / "log").write_text(line(**use, rule="%s:1 [a.test] ExtraCAFile" % config, program="curl\x1b[2J") * 3
                                  + line(**use, rule="/gone.conf:7 [z.test] ExtraCAFile", host="z.test") + line())  # fmt: skip
    r = tlsmend("report", "--audit", "log", env={"TLSMEND_CONFIG": str(config)})
    assert r.returncode == 0 and "\x1b" not in r.stdout, r
    rules, _, rest = r.stdout.partition("Used by rules that are not in this configuration:\n")
    assert re.search(r"^\[a\.test\] ExtraCAFile = %s/corp-root\.pem\n    from %s:2, because: OPS-1\n    anchor .*, until \d{4}-\d\d-\d\d, sha256 [0-9A-F:]{95}\n"
                     r"    used 3 x at a\.test:443 by curl.*, last 2026-11-21, first 2026-11-21$" % (re.escape(str(ca)), re.escape(str(config))), rules, re.M), rules
    assert "[b.test] OnlyCAFile" in rules and "    not used in this log\n" in rules and "c.test" not in rules
    assert rest.startswith("/gone.conf:7 [z.test] ExtraCAFile\n    used 1 x at z.test:443 by curl") and rest.endswith("2 rules, 1 of them not used in this log\n")


def test_audit_without_rules(tlsmend, tmp_path):
    (tmp_path / "log").write_text(line())
    r = tlsmend("report", "--audit", "log", env={"TLSMEND_CONFIG": "/dev/null"})
    assert r.returncode == 0 and r.stdout.endswith("\n\nno rule of this configuration adds any\n")


def test_audit_of_several_in_one_variable(tlsmend, tmp_path, ca):
    use = line(event="mended", level="info", cause=None, rule="TLSMEND_EXTRA_CA [a.test] ExtraCAFile")
    (tmp_path / "log").write_text(use)
    r = tlsmend("report", "--audit", "log", env={"TLSMEND_CONFIG": "/dev/null", "TLSMEND_EXTRA_CA": "a.test={0}/corp-root.pem,b.test={0}/corp-root.pem".format(ca)})
    first, second = r.stdout.split("[b.test]")
    assert r.returncode == 0 and "used 1 x at a.test:443" in first and "    not used in this log\n" in second and "used 1 x" not in second, r


@pytest.mark.parametrize("file, status", [("/nowhere", 2), ("empty", 1)])
def test_audit_of_no_log(tlsmend, tmp_path, file, status):
    """What cannot be read is not the same as what was not used."""
    (tmp_path / "empty").write_text("")
    assert tlsmend("report", "--audit", file).returncode == status
