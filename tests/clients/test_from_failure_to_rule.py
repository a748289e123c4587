# SPDX-License-Identifier: ISC
"""From a failure to a mended host by the commands alone, without an editor: a .NET program, and a container-like root. (The third story, a
systemd unit, is tests/cli/test_service.py.)"""
import json
import os
import re
import shlex
import shutil
import subprocess

import pytest

from lib import dotnet
from lib.pki import fingerprint
from lib.run import COMMAND, LIBRARY

HOST, OTHER = "legacy.test", "other.test"


def command(*words):
    return shlex.join([str(COMMAND), *map(str, words)])


@pytest.mark.skipif(dotnet.missing() is not None, reason=str(dotnet.missing()))
def test_dotnet_program(run, sites, pki):
    """HttpClient against a private CA: the log of the failure, trust out of the log, and the program works; its other host still fails."""
    port, _ = sites.https(HOST)
    other, _ = sites.https(OTHER)
    rules, log = run.scratch / "rules", run.scratch / "failure.jsonl"
    rules.mkdir()
    program = ["dotnet", dotnet.build(), "each"]
    call = lambda host, n, *options: command("run", *options, "--", *program, "http=%s:%d" % (host, n))  # noqa: E731
    script = "; ".join([
        call(HOST, port, "--config", "%s/" % rules, "--log", log, "--format", "json"),
        "%s >/dev/null && echo trusted" % command("trust", "--from", log, "--config", "%s/" % rules, "--ca", pki.root_pem, "--sha256", fingerprint(pki.root)),
        call(HOST, port, "--config", "%s/" % rules), call(OTHER, other, "--config", "%s/" % rules),
    ])  # fmt: skip
    done = run(["sh", "-c", script], library=False, env={"TLSMEND_LOG": None, "TLSMEND_LOG_FORMAT": None}, timeout=120)
    before, between, after, elsewhere = done.out.splitlines()
    assert between == "trusted", done
    assert [json.loads(line)["message"] is None for line in (before, after, elsewhere)] == [False, True, False], done
    assert '"cause":"issuer-unknown"' in log.read_text()


# ---- a container -------------------------------------------------------------------------------------------------

def image(root, *programs):
    """A root with these programs, what they load, and the public CAs: nothing of ours."""
    for program in programs:
        path = shutil.which(program)
        listed = subprocess.run(["ldd", path], capture_output=True, text=True, timeout=60).stdout
        for f in [path, *re.findall(r"(/\S+) \(0x", listed), "/etc/ssl/certs/ca-certificates.crt", "/etc/nsswitch.conf", "/etc/passwd"]:
            to = root / f[1:]
            to.parent.mkdir(parents=True, exist_ok=True)
            if not to.exists():
                shutil.copy(f, to)
    for folder in ("proc", "tmp", "dev"):
        (root / folder).mkdir(exist_ok=True)


# Not everybody's PATH has it.
CHROOT = shutil.which("chroot", path="/usr/sbin:/sbin:/usr/bin:/bin")


def mounts_and_variables(words):
    given = list(zip(words[0::2], words[1::2]))
    return [v.split(":")[0] for o, v in given if o == "--volume"], [v for o, v in given if o == "--env"]


@pytest.fixture
def container(run):
    if os.geteuid() != 0:
        pytest.skip("needs root for chroot(2): that the files of `env` are enough for a container was not shown")
    root = run.scratch / "image"
    root.mkdir()
    image(root, "curl")
    (root / "etc/hosts").write_text("127.0.0.2 legacy.test\n127.0.0.3 other.test\n")
    return root


def in_container(run, root, words, *program):
    files, variables = mounts_and_variables(words)
    for f in files:
        to = root / f.strip("/")
        to.parent.mkdir(parents=True, exist_ok=True)
        if f.endswith("/"):
            shutil.copytree(f, to)
        else:
            shutil.copy(f, to)
    return run([CHROOT, root, "/usr/bin/env", "-i", *variables, *program] if (root / "usr/bin/env").exists() else
               ["env", "-i", *variables, CHROOT, root, *program], library=False, names=False)  # fmt: skip


def test_container(run, sites, pki, container):
    """trust on the host, then docker run $(tlsmend env --docker): the words as the shell has them, and only the files that they name."""
    port, _ = sites.https(HOST)
    other, _ = sites.https(OTHER)
    rules = run.scratch / "tlsmend.d"
    rules.mkdir()
    (rules / "00-team.conf").write_text("[old.test]\nMinProtocol = TLSv1.2\n")
    env = {"TLSMEND_LOG": None, "TLSMEND_LOG_FORMAT": None, "TLSMEND_CONFIG": "%s/" % rules}
    done = run([COMMAND, "trust", "--ca", pki.root_pem, "--sha256", fingerprint(pki.root), "%s:%d" % (HOST, port)], library=False, env=env)
    assert done.code == 0, done
    words = run(["sh", "-c", "printf '%%s\\n' $(%s)" % command("env", "--docker")], library=False, env=env)
    assert words.code == 0 and words.err == ""
    words = words.out.split("\n")[:-1]
    assert str(LIBRARY) in " ".join(words)
    url = ["curl", "-sS", "-m", "20", "https://%s:%d/" % (HOST, port)]
    done = in_container(run, container, words, *url)
    assert done.code == 0 and done.out == "hello from legacy.test\n", done
    assert "made possible by ExtraCAFile = %s/legacy.test+%d.trust.pem" % (rules, port) in done.err
    done = run([CHROOT, container, "curl", "-sS", "-m", "20", "https://%s:%d/" % (OTHER, other)], library=False, names=False)
    assert done.code == 60
