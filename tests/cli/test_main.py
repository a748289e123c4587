# SPDX-License-Identifier: ISC
"""Help, version, and questions asked wrongly."""
import re
import shutil
import subprocess

import pytest

from .conftest import TREE

COMMANDS = ["run", "check", "lint", "rule", "env", "service", "explain", "view", "trust", "untrust", "report"]


def test_help_goes_to_stdout(tlsmend):
    r = tlsmend("--help")
    assert r.returncode == 0 and r.stderr == ""
    for command in COMMANDS:
        assert "\n  %s " % command in r.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(tlsmend, command):
    r = tlsmend(command, "--help")
    assert r.returncode == 0 and r.stderr == ""
    assert r.stdout.startswith("usage: tlsmend %s" % command)
    assert max(map(len, r.stdout.splitlines())) <= 100
    assert tlsmend("help", command).stdout == r.stdout


def test_version_and_revision(tlsmend):
    r = tlsmend("--version")
    assert r.returncode == 0 and re.fullmatch(r"tlsmend 0\.\d+\.\d+( \([0-9a-f]{7,}(-dirty)?\))?\n", r.stdout)
    if (TREE / ".git").exists() and shutil.which("git"):
        known = subprocess.run(["git", "-C", TREE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, timeout=60)
        assert known.returncode or "(" in r.stdout, "the revision"


def test_no_command(tlsmend):
    r = tlsmend()
    assert r.returncode == 2 and r.stdout == "" and "name a command" in r.stderr


@pytest.mark.parametrize("word, near", [("chek", "check"), ("chekc", "check"), ("lnt", "lint"), ("explian", "explain"), ("--versoin", "--version")])
def test_unknown_command_names_the_nearest(tlsmend, word, near):
    r = tlsmend(word)
    assert r.returncode == 2 and r.stdout == ""
    assert "did you mean '%s'?" % near in r.stderr


@pytest.mark.parametrize("command, status", [("run", 125), ("check", 2), ("lint", 2), ("rule", 2), ("env", 2), ("explain", 2), ("report", 2)])
def test_unknown_option(tlsmend, command, status):
    r = tlsmend(command, "--nonsense-option")
    assert r.returncode == status and r.stdout == ""
    assert "unknown option '--nonsense-option'" in r.stderr


@pytest.mark.parametrize("words", [["run"], ["run", "--"], ["run", "--log"], ["check"], ["rule"], ["rule", "a", "b"], ["env", "x"],
                                   ["explain", "a", "b"], ["report", "--format", "xml"], ["report", "--format"]])
def test_wrong_usage(tlsmend, words):
    r = tlsmend(*words)
    assert r.returncode == (125 if words[0] == "run" else 2) and r.stdout == ""
    assert "tlsmend %s --help" % words[0] in r.stderr


def test_option_is_not_abbreviated(tlsmend):
    r = tlsmend("run", "--extra", "a=b", "true")
    assert r.returncode == 125 and "did you mean '--extra-ca'" in r.stderr


def test_output_that_cannot_be_written(tlsmend):
    with open("/dev/full", "w") as full:
        r = tlsmend("--help", stdout=full)
    assert r.returncode == 2 and "No space left on device" in r.stderr


def test_terminal_escapes_in_arguments_are_shown_not_sent(tlsmend):
    r = tlsmend("check", "/nonexistent/\x1b]0;owned\x07")
    assert "\x1b" not in r.stderr and "\x07" not in r.stderr
    assert "\\x1B]0;owned" in r.stderr


# ---- a terminal -------------------------------------------------------------------------------------------------

def on_terminal(words, columns, **env):
    """What the command writes to a terminal of that width."""
    import fcntl
    import os
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    from .conftest import COMMAND, clean_environment

    p = subprocess.Popen([COMMAND, *words], stdout=slave, stderr=slave, stdin=subprocess.DEVNULL,
                         env={**clean_environment("/"), "TERM": "xterm", **env})  # fmt: skip
    os.close(slave)
    shown = b""
    try:
        while True:
            more = os.read(master, 65536)
            if not more:
                break
            shown += more
    except OSError:
        pass
    os.close(master)
    p.wait(20)
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns, most", [(40, 72), (80, 80), (100, 100), (300, 120)])
def test_width_of_a_terminal(columns, most):
    lines = on_terminal(["explain", "issuer-unknown"], columns).splitlines()
    filled = [len(line) for line in lines[2:] if " " in line and not line.startswith(" ")]
    assert most - 20 < max(filled) <= most


@pytest.mark.parametrize("words", [["explain"], ["explain", "20"], ["explain", "certificate verify failed"]])
def test_lists_fit_a_terminal(tlsmend, words):
    """Wrapped behind their column; a pipe has one line for each, however long."""
    lines = on_terminal(words, 80).splitlines()
    assert max(map(len, lines)) <= 80 and any(re.match(" {28,}[a-z]", line) for line in lines)
    piped = tlsmend(*words).stdout
    assert " ".join(lines).split() == piped.split()
    assert max(map(len, piped.splitlines())) > 80


def test_colour_on_a_terminal_only(tlsmend):
    words = ["view", "--timeout", "2", "127.0.0.1:1"]
    assert "\x1b[1;31m127.0.0.1:1 does not answer in TLS\x1b[0m" in on_terminal(words, 80)
    assert "\x1b" not in on_terminal(words, 80, NO_COLOR="1") and "\x1b" not in on_terminal(words, 80, TERM="dumb")
    assert "\x1b" not in tlsmend(*words, env={"TERM": "xterm"}).stdout


# ---- what a newcomer types -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("words, status, said", [
    (["lint", "folder"], 2, "lint: folder: is a folder; write a / behind it"), (["rule", "--config", "folder", "a"], 2, "write a / behind it"),
    (["env", "--docker", "--systemd"], 2, "one form at a time"), (["service", "a/b"], 2, "'a/b' is no name of a unit"),
    (["trust", "--from", "folder"], 2, "--from folder: Is a directory"), (["report", "folder"], 2, "Is a directory"),
    (["report", "--audit", "--format", "json"], 2, "text form only"), (["check", "./folder"], 2, "is a directory"),
    (["rule", "a:70000"], 2, "a port is a number from 1 to 65535"), (["untrust", "a:0"], 2, "a port is a number"), (["untrust", "a:b"], 2, "write HOST"),
    (["untrust", "a", "b"], 2, "name one host, as HOST or HOST:PORT"), (["run", "--config", "folder", "true"], 125, "write a / behind it"),
])  # fmt: skip
def test_what_to_write_instead(tlsmend, tmp_path, words, status, said):
    (tmp_path / "folder").mkdir()
    r = tlsmend(*words)
    assert r.returncode == status and r.stdout == "" and said in r.stderr, r


def test_a_url_is_its_host(tlsmend, tmp_path):
    """What stands in a browser's line is pasted; a password in it is not repeated."""
    (tmp_path / "t.conf").write_text("[a.test:8443]\nMinProtocol = TLSv1.2\n")
    r = tlsmend("rule", "--config", "t.conf", "https://u:secret@A.test.:8443/path?q=https://b.test:1")
    assert r.returncode == 0 and "t.conf:2" in r.stdout
    assert tlsmend("rule", "--config", "t.conf", "https://u:secret@b.test/").stdout == "no rule for b.test\n"
    assert "no section is for a.test:8443 alone" in tlsmend("untrust", "--config", tmp_path / "t.conf", "https://a.test:8443/").stderr


def test_rule_without_the_port(tlsmend, tmp_path):
    """A section for one port does not show without it, but that it is there."""
    (tmp_path / "t.conf").write_text("[a.test:8443 b.test]\nMinProtocol = TLSv1.2\n[a.test:636]\nMinProtocol = TLSv1.3\n")
    r = tlsmend("rule", "--config", "t.conf", "a.test")
    assert r.returncode == 1 and r.stdout == ("no rule for a.test\nfor one port of it: tlsmend rule a.test:8443\n"
                                              "for one port of it: tlsmend rule a.test:636\n")  # fmt: skip
    assert "for one port" not in tlsmend("rule", "--config", "t.conf", "b.test").stdout
