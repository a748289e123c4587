# SPDX-License-Identifier: ISC
"""Help, version, and questions asked wrongly."""
import pytest

COMMANDS = ["run", "check", "lint", "rule", "env", "explain", "report"]


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


def test_version(tlsmend):
    r = tlsmend("--version")
    assert r.returncode == 0 and r.stdout.startswith("tlsmend 0.")


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
