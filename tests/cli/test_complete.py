# SPDX-License-Identifier: ISC
"""Completions, by the shells themselves: what bash, zsh and fish make of the command's own tables."""
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import time

import pytest

from .conftest import BUILD, COMMAND, TREE, clean_environment

COMMANDS = "run check lint rule env service explain view trust untrust report help --help --version".split()


def candidates(tlsmend, *words, **how):
    r = tlsmend("--complete", *words, **how)
    assert r.returncode == 0 and r.stderr == ""
    return r.stdout.splitlines()


def test_every_command_and_option(tlsmend):
    assert candidates(tlsmend, "") == COMMANDS
    for command in COMMANDS[:-3]:
        options = re.findall(r"^  (--[a-z0-9-]+)", tlsmend(command, "--help").stdout, re.M)
        assert candidates(tlsmend, command, "--") == options, command


@pytest.mark.parametrize("words, expected", [
    (["tr"], ["trust"]), (["u"], ["untrust"]), (["help", "che"], ["check"]), (["view", "--starttls", "p"], ["pop3", "postgres"]),
    (["view", "--format", ""], ["text", "json", "pem"]), (["report", "--format", "p"], []), (["run", "--log", "s"], ["stderr", "syslog", ":file"]),
    (["run", ""], [":command"]), (["run", "curl", "--l"], [":file"]), (["run", "--level", "w"], ["warning"]), (["lint", ""], [":file"]),
    (["run", "--format="], ["--format=text", "--format=json"]), (["view", "--format=p"], ["--format=pem"]), (["view", "--starttls=po"], ["--starttls=pop3", "--starttls=postgres"]),
    (["run", "--log=s"], ["--log=stderr", "--log=syslog", ":file --log="]), (["run", "--extra-ca", "h=x"], [":file h="]), (["run", "--extra-ca=h=x"], [":file --extra-ca=h="]),
    (["run", "--extra-ca", "h"], []), (["run", "curl", "--format="], [":file"]), (["run", "--format=json", "--log", "o"], ["off", ":file"]),
    (["explain", "untr"], ["untrusted-root"]), (["nothing", "x"], []), (["trust", "--ca", ""], [":file"]),
])  # fmt: skip
def test_candidates_of_each_word(tlsmend, words, expected):
    assert candidates(tlsmend, *words) == expected


def test_hosts_of_the_configuration(tlsmend, tmp_path):
    (tmp_path / "c").write_text("[a.test *.b.test]\nMinProtocol = TLSv1.2\nMaxProtocol = TLSv1.3\n[ab.test]\nMinProtocol = TLSv1.2\n")
    assert candidates(tlsmend, "rule", "a", env={"TLSMEND_CONFIG": str(tmp_path / "c")}) == ["a.test", "ab.test"]


# ---- the shells --------------------------------------------------------------------------------------------------

def need(shell):
    if not shutil.which(shell):
        pytest.skip("no %s here: that its completions work was not shown" % shell)


@pytest.fixture
def home(tmp_path):
    (tmp_path / "some-file.pem").write_text("")
    return {**clean_environment(tmp_path), "PATH": "%s:%s" % (BUILD, os.environ["PATH"]), "TERM": "dumb"}


@pytest.mark.parametrize("line, expected", [
    ("tlsmend unt", ["untrust"]), ("tlsmend view --starttls po", ["pop3", "postgres"]), ("tlsmend lint some", ["some-file.pem"]),
    ("tlsmend trust --ca so", ["some-file.pem"]), ("tlsmend run --le", ["--level"]), ("tlsmend explain untrusted", ["untrusted-root"]),
    # as bash breaks "--format=j" up
    ("tlsmend run --format =", ["text", "json"]), ("tlsmend view --format = p", ["pem"]), ("tlsmend trust --ca = so", ["some-file.pem"]),
    ("tlsmend run --extra-ca h = so", ["some-file.pem"]), ("tlsmend run --extra-ca = h = so", ["some-file.pem"]), ("tlsmend rule a.test : 8", ["8443"]),
])  # fmt: skip
def test_bash_completes(home, tmp_path, line, expected):
    (tmp_path / "c").write_text("[a.test:8443]\nMinProtocol = TLSv1.2\n")
    home["TLSMEND_CONFIG"] = str(tmp_path / "c")
    script = 'source "$1"; read -ra COMP_WORDS <<<"$2"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tlsmend; printf "%s\\n" "${COMPREPLY[@]}"; complete -p tlsmend'
    r = subprocess.run(["bash", "--norc", "-c", script, "bash", TREE / "completions/tlsmend.bash", line], env=home, cwd=tmp_path,
                       capture_output=True, text=True, timeout=30)  # fmt: skip
    assert r.stdout.splitlines()[:-1] == expected and r.stdout.endswith("complete -F _tlsmend tlsmend\n"), r


def typed(argv, env, cwd, lines):
    """What a shell on a terminal shows: (keys, what to wait for) one after the other."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execvpe(argv[0], argv, env)
    shown = ""
    try:
        for keys, until in lines:
            os.write(fd, keys.encode())
            deadline = time.monotonic() + 20
            while until not in shown and time.monotonic() < deadline:
                if select.select([fd], [], [], 0.1)[0]:
                    shown += os.read(fd, 65536).decode(errors="replace").replace("\a", "")
    except OSError:
        pass
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(fd)
    return shown


@pytest.mark.long
def test_zsh_completes(home, tmp_path):
    need("zsh")
    setup = "PS1='> '; fpath=(%s $fpath); autoload -U compinit; compinit -u -D; cd %s; print rea''dy\r" % (shlex.quote(str(TREE / "completions")), tmp_path)
    for line, expected in (("tlsmend unt\t", "tlsmend untrust "), ("tlsmend trust --ca some\t", "some-file.pem"), ("tlsmend run --le\t", "--level "),
                           ("tlsmend view --format=p\t", "--format=pem "), ("tlsmend run --extra-ca=h=some\t", "h=some-file.pem")):  # fmt: skip
        shown = typed(["zsh", "-f", "-i"], home, tmp_path, [(setup, "\nready"), (line, expected)])
        assert expected in shown, shown


def test_fish_completes(home, tmp_path):
    need("fish")
    for line, expected in (("tlsmend unt", ["untrust"]), ("tlsmend view --starttls po", ["pop3", "postgres"]), ("tlsmend trust --ca some", ["some-file.pem"]),
                           ("tlsmend run --le", ["--level"]), ("tlsmend view --format=p", ["--format=pem"]),
                           ("tlsmend run --extra-ca=h=some", ["--extra-ca=h=some-file.pem"])):  # fmt: skip
        r = subprocess.run(["fish", "--no-config", "-c", "source %s; complete -C '%s'" % (shlex.quote(str(TREE / "completions/tlsmend.fish")), line)],
                           env={**home, "XDG_CONFIG_HOME": str(tmp_path / "x"), "XDG_DATA_HOME": str(tmp_path / "y")}, cwd=tmp_path,
                           capture_output=True, text=True, timeout=30)  # fmt: skip
        assert [x.split("\t")[0] for x in r.stdout.splitlines()] == expected, r


def test_completions_are_installed(tmp_path):
    r = subprocess.run(["make", "-n", "-C", TREE, "install", "DESTDIR=%s" % tmp_path, "PREFIX=/usr", "BUILD=%s" % BUILD], capture_output=True, text=True, timeout=60)
    for name in ("completions/tlsmend.bash", "completions/_tlsmend", "completions/tlsmend.fish", "docs/record.schema.json"):
        assert name in r.stdout, name
    assert COMMAND.exists()
