# SPDX-License-Identifier: ISC
"""Runs a client with or without the library, in a private mount namespace where names must resolve."""
import dataclasses
import json
import os
import pathlib
import re
import select
import shlex
import shutil
import subprocess
import sys
import time

from lib import proof, schema

TREE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD") or TREE / "build")
if not BUILD.is_absolute():
    BUILD = TREE / BUILD
LIBRARY = BUILD / "libtlsmend.so"
COMMAND = BUILD / "tlsmend"

# One address for each name, so that a client without SNI is told apart by its address; and one for two names.
HOSTS = {
    "legacy.test": "127.0.0.2",
    "other.test": "127.0.0.3",
    "old.test": "127.0.0.4",
    "twin-a.test": "127.0.0.5",
    "twin-b.test": "127.0.0.5",
}

# tlsmend(1): order of keys in a JSON record.
KEY_ORDER = (
    "time level event cause message why program exe pid version host port address sni rule library protocol cipher code name depth "
    "enforced expected presented help notes waived alert chain store"
).split()
CHAIN_KEYS = "subject issuer serial not_before not_after san key signature sha256 spki_sha256 from".split()


def clean_environment(home):
    """Little else than PATH: no proxy, no SSL_CERT_FILE, no TLSMEND_* of the caller. What a sanitizer needs stays."""
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "PYENV_ROOT", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TZ")}
    env.update(HOME=str(home), LC_ALL="C.UTF-8", NO_COLOR="1", PYTHONDONTWRITEBYTECODE="1")
    return env


def own_environment(**more):
    """The caller's, without what is about the library, the loader or OpenSSL's certificates."""
    return {**{k: v for k, v in os.environ.items() if not k.startswith(("TLSMEND_", "LD_", "SSL_CERT_"))}, **more}


# ---- namespaces -------------------------------------------------------------------------------------------
_ways = None
ROOT_MOUNTS = ["unshare", "--mount"]


def namespace_command():
    """The unshare(1) command that gives a mount namespace here, or None."""
    global _ways
    if _ways is None:
        _ways = []
        for way in (ROOT_MOUNTS, ["unshare", "-r", "--mount"]):
            probe = [*way, "sh", "-c", "mount --bind /etc/passwd /etc/hosts"]
            if shutil.which("unshare") and subprocess.run(probe, capture_output=True, timeout=60).returncode == 0:
                _ways = way
                break
    return _ways or None


NO_NAMESPACE = "no private mount namespace here (neither root nor user namespaces), so test names cannot resolve"
ONE_USER = "private mount namespaces are to be had within a user namespace only, where nobody else is"


class Overlay:
    """A directory of the client's view (/etc, /dev, /run/systemd) with entries added or replaced: symbolic links to
    the original's entries, which stay reachable under another mount point, and what is new."""

    def __init__(self, scratch, original, entries):
        self.original = original
        self.old = scratch / ("old" + original.replace("/", "-"))
        self.new = scratch / ("new" + original.replace("/", "-"))
        for d in (self.old, self.new):
            shutil.rmtree(d, ignore_errors=True)
            d.mkdir(parents=True)
        replaced = {name.split("/")[0] for name in entries}
        for name in os.listdir(original):
            if name not in replaced:
                os.symlink(self.old / name, self.new / name)
        for name, content in entries.items():
            path = self.new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, pathlib.Path):
                os.symlink(content, path)
            else:
                path.write_text(content)
                path.chmod(0o644)

    def script(self):
        q = shlex.quote
        return "mount --rbind %s %s; mount --bind %s %s; " % (
            q(self.original), q(str(self.old)), q(str(self.new)), q(self.original),
        )  # fmt: skip


def hosts_text(hosts):
    return "127.0.0.1 localhost\n" + "".join("%s %s\n" % (a, n) for n, a in hosts.items())


# ---- results ----------------------------------------------------------------------------------------------
# Causes of the records that the running test has seen; see the marker `cause`.
told = set()


def note_causes(records):
    """For tests that do not use a Runner: the text of a log in JSON form."""
    schema.check_lines(records)
    told.update(re.findall(r'"cause": ?"([a-z0-9-]+)"', records))


@dataclasses.dataclass
class Result:
    argv: list
    code: int
    out: str
    err: str
    log: str

    @property
    def records(self):
        return [json.loads(line) for line in self.log.splitlines()]

    def of(self, event):
        return [r for r in self.records if r["event"] == event]

    @property
    def events(self):
        return [r["event"] for r in self.records]

    @property
    def failures(self):
        """Without the uses of rules, which a working connection has too."""
        return [r for r in self.records if r["event"] not in ("mended", "weakened")]

    def __str__(self):
        return "$ %s\nexit %s\n--- stdout\n%s--- stderr\n%s--- log\n%s" % (
            shlex.join(self.argv), self.code, self.out, self.err, self.log,
        )  # fmt: skip


class Runner:
    """Runs clients for one test. Records go to `log`, as JSON, unless the test says otherwise."""

    def __init__(self, scratch, hosts_dir):
        self.scratch, self.hosts_dir = scratch, hosts_dir
        self.preload = LIBRARY
        self.log = scratch / "records.jsonl"
        self.home = scratch / "home"
        self.home.mkdir(exist_ok=True)

    def environment(self, library, env, config, extra_ca, min_protocol, settings):
        full = clean_environment(self.home)
        if library:
            preload = os.environ.get("PRELOAD_FIRST", "")
            full["LD_PRELOAD"] = (preload + " " if preload else "") + str(self.preload)
        full["TLSMEND_LOG"] = str(self.log)
        full["TLSMEND_LOG_FORMAT"] = "json"
        if config is not None:
            full["TLSMEND_CONFIG"] = str(config)
        if extra_ca:
            full["TLSMEND_EXTRA_CA"] = ",".join("%s=%s" % i for i in extra_ca.items())
        if min_protocol:
            full["TLSMEND_MIN_PROTOCOL"] = ",".join("%s=%s" % i for i in min_protocol.items())
        full.update(settings or {})
        full.update(env or {})
        return {k: v for k, v in full.items() if v is not None}

    def prepare(self, argv, *, library=True, env=None, config=None, extra_ca=None, min_protocol=None, settings=None,
                names=True, hosts=None, etc=None, overlays=None, user=None, launcher=None):  # fmt: skip
        """The whole command line. The variables are set by env(1) right before the client, so that the wrapper's own
        processes run without the library. `launcher`: options of `tlsmend run`, which then preloads the library."""
        argv = [str(a) for a in argv]
        full = self.environment(library and launcher is None, env, config, extra_ca, min_protocol, settings)
        if launcher is not None:
            argv = [str(COMMAND), "run", *map(str, launcher), "--", *argv]
        argv = ["env", "-i", *("%s=%s" % i for i in full.items()), *argv]
        if user:
            argv = ["setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups", *argv]
        if names or etc or overlays:
            argv = self._in_namespace(argv, hosts or HOSTS, etc, overlays or {}, user)
        return argv

    def _in_namespace(self, argv, hosts, etc, overlays, user):
        way = namespace_command()
        if not way or (user and way != ROOT_MOUNTS):
            import pytest

            pytest.skip(ONE_USER if way else NO_NAMESPACE)
        text = hosts_text(hosts)
        script = "set -e; "
        if etc:
            script += Overlay(self.scratch, "/etc", {"hosts": text, **etc}).script()
        else:
            path = self.hosts_dir / ("hosts-%08x" % (hash(text) & 0xFFFFFFFF))
            path.write_text(text)
            path.chmod(0o644)
            script += "mount --bind %s /etc/hosts; " % shlex.quote(str(path))
        for original, entries in overlays.items():
            script += Overlay(self.scratch, original, entries).script()
        return [*way, "sh", "-c", script + 'exec "$@"', "sh", *argv]

    def __call__(self, argv, *, stdin=None, timeout=40, fds=(), **how):
        argv = self.prepare(argv, **how)
        self.log.unlink(missing_ok=True)
        done = subprocess.run(
            argv, input=stdin, stdin=subprocess.DEVNULL if stdin is None else None, capture_output=True, timeout=timeout,
            encoding="utf-8", errors="surrogateescape", pass_fds=fds, cwd=self.scratch,
        )  # fmt: skip
        # OpenSSL's error lines begin with the thread's id
        err = re.sub(r"(?m)^[0-9A-F]{8,16}(?=:error:)", "THREAD", done.stderr)
        result = Result(argv, done.returncode, done.stdout, err, self.log_text())
        note_causes(result.log)
        # pytest shows it when the test fails
        print(result, file=sys.stdout)
        return result

    def start(self, argv, **how):
        self.log.unlink(missing_ok=True)
        return Interactive(self, self.prepare(argv, **how))

    def log_text(self):
        return self.log.read_text(errors="surrogateescape") if self.log.exists() else ""

    def write(self, name, text, mode=0o644):
        path = self.scratch / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return path

    def config(self, *sections, name="tlsmend.conf"):
        """A configuration file out of (pattern, {key: value})."""
        text = "".join("[%s]\n%s\n" % (p, "".join("%s = %s\n" % i for i in keys.items())) for p, keys in sections)
        return self.write(name, text)


class Interactive:
    """A long-running client that answers each line with one line. A context manager."""

    def __init__(self, runner, argv):
        self.runner = runner
        self.popen = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=runner.scratch
        )

    def ask(self, line, timeout=60):
        self.popen.stdin.write(line + "\n")
        self.popen.stdin.flush()
        # it writes whole lines, so what is readable is one
        assert select.select([self.popen.stdout], [], [], timeout)[0], "no answer to " + line
        return self.popen.stdout.readline().strip()

    def ask_until(self, line, wanted, seconds):
        """Asks until `wanted(answer)`; returns all answers. Fails after `seconds`."""
        answers = []
        deadline = time.monotonic() + seconds
        while not (answers and wanted(answers[-1])):
            assert time.monotonic() < deadline, "still %s after %d s\n%s" % (answers[-1], seconds, self.runner.log_text())
            answers.append(self.ask(line))
            time.sleep(0.1)
        return answers

    def records(self):
        return [check_record(json.loads(line)) for line in self.runner.log_text().splitlines()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.popen.stdin.close()
        try:
            self.popen.wait(20)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait(20)
        self.err = self.popen.stderr.read()
        self.popen.stdout.close()
        self.popen.stderr.close()
        note_causes(self.runner.log_text())


# ---- checks -----------------------------------------------------------------------------------------------
def fingerprint(text):
    return text.replace(":", "").lower()


def check_record(record):
    """Form of one JSON record (tlsmend(1)), and whether it proves what it says."""
    proof.ask(record)
    keys = list(record)
    assert [k for k in KEY_ORDER if k in record] == keys, "unknown key or wrong order: %s" % keys
    for key in ("time", "level", "event", "message", "program", "pid"):
        assert key in record, "%s is missing in %s" % (key, record)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["time"]), record["time"]
    for key in ("help", "notes", "waived", "chain"):
        assert isinstance(record.get(key, []), list)
    for key in ("code", "pid", "port", "depth"):
        assert type(record.get(key, 0)) is int
    assert type(record.get("enforced", True)) is bool
    for link in record.get("chain", []):
        assert [k for k in CHAIN_KEYS if k in link] == list(link), list(link)
        assert re.fullmatch(r"[0-9A-Fa-f:]+", link["sha256"])
        assert link["from"] in ("presented", "store", "rule")
    return record


def check_records(result):
    for line in result.log.splitlines():
        check_record(json.loads(line))
    return result


def only_failure(result, causes, host, port=None, sha256=None, events=("verify_failed",)):
    """Exactly one record, of a failed verification with one of these causes, about this host and leaf."""
    check_records(result)
    assert len(result.records) == 1, "want one record\n%s" % result
    record = result.records[0]
    assert record["event"] in events, record["event"]
    assert record["level"] == ("warning" if record["event"] == "verify_ignored" else "error")
    assert record["cause"] in causes, record["cause"]
    # a connection by address has no host name
    assert record.get("host", record.get("address")) == host, record
    if port is not None:
        assert record.get("port") == port, record
    if sha256 is not None:
        assert fingerprint(record["chain"][0]["sha256"]) == sha256
    assert "[%d]" % record["pid"] not in record["message"]
    return record
