# SPDX-License-Identifier: ISC
"""Traps of a guest: descriptors, fork, privileges, small stacks, idle hosts, signals, memory that runs out."""

import os
import shutil
import signal
import subprocess

import pytest

from lib.run import own_environment
from trapkit import HERE, TIMEOUT, build, build_plugin

GOOD = ("root", "legacy", "legacy.test")
BAD = ("unrelated", "legacy", "legacy.test")


# --- descriptors ---------------------------------------------------------------------------------------------------------


def close_from(trap, how, log, opening="append", before=(), **kwargs):
    directory = trap.directory / f"{how}{trap.count}"
    directory.mkdir()
    command = [*before, build("close_from"), how, directory / "result", directory, opening]
    result = trap.preloaded(*command, env={"TLSMEND_LOG": log}, **kwargs)
    assert result.code == 0, result.err
    return result, (directory / "result").read_text()


# The data file may be opened with O_APPEND, as a mail box or a journal is, or not; it or a socket may get the number 2.
OPENINGS = ["append", "plain", "append-at-2", "plain-at-2"]
UNTOUCHED = "connected 0, in the data file 0, in the sockets 0 0\nnext descriptor: as expected\n"


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("how", ["RANGE", "LOOP"])
def test_reused_stderr_gets_nothing(trap, how, opening):
    for log in ("stderr", "fd:2", None):
        assert close_from(trap, how, log, opening)[1] == UNTOUCHED, log


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("how", ["RANGE", "LOOP"])
def test_reused_number_gets_nothing(trap, how, opening):
    with_25 = ["/bin/bash", "-c", 'exec "$@" 25>>"$0"', trap.directory / "given"]
    assert close_from(trap, how, "fd:25", opening, before=with_25)[1] == UNTOUCHED
    assert (trap.directory / "given").read_text() == ""


@pytest.mark.parametrize("how", ["RANGE", "LOOP", "KEEP"])
def test_log_file_after_closefrom(trap, how):
    log = trap.directory / "record"
    result, facts = close_from(trap, how, log)
    assert facts == UNTOUCHED and (result.out, result.err) == ("", "")
    assert log.read_text().count('"event":"verify_failed"') == 1


def test_number_that_was_kept(trap):
    """The control of the above: while descriptor and stderr are what they were, the record is written there."""
    with open(trap.directory / "given", "a+") as given:
        fd = given.fileno()
        result, facts = close_from(trap, "KEEP", f"fd:{fd}", pass_fds=[fd])
        given.seek(0)
        assert given.read().count('"event":"verify_failed"') == 1 and facts == UNTOUCHED and result.err == ""
    result, facts = close_from(trap, "KEEP", "stderr")
    assert '"event":"verify_failed"' in result.err and facts == UNTOUCHED


# --- fork ------------------------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("state", ["warm", pytest.param("cold", marks=pytest.mark.slow)])
@pytest.mark.parametrize("how,children", [("fork", 200), pytest.param("vfork", 50, marks=pytest.mark.slow), pytest.param("spawn", 50, marks=pytest.mark.slow)])
def test_fork_in_a_threaded_host(trap, server, renamed_openssl, how, children, state):
    plugins = [build("libplugin.so"), build_plugin("libplugin_renamed.so", renamed_openssl)]
    result = trap.equal("fork_threads", 3, children, how, *plugins, server, trap.certificates / "unrelated.pem", state)
    assert f"good {children}, hung 0, crashed 0, other 0" in result.out
    assert result.of("verify_failed")


@pytest.mark.long
@pytest.mark.parametrize("what", ["ask", "new"])
def test_fork_while_hooks_are_called(trap, what):
    assert "good 500, hung 0, other 0" in trap.equal("fork_hook", 4, 500, what).out


@pytest.mark.parametrize("how", ["root", "vroot"])
def test_child_of_a_threaded_host_in_another_root(trap, how):
    """chroot(2) may be called between fork(2) and exec(3), and OpenSSL may not: its locks are as the parent's threads left them."""
    result = trap.preloaded("fork_hook", 4, 100, how, rules=trap.trust_root)
    assert "good 100, hung 0, other 0" in result.out


@pytest.mark.parametrize("where", ["info", "verify"])
@pytest.mark.parametrize("rules", [False, True], ids=["no-rule", "rule"])
def test_fork_from_a_callback(trap, where, rules):
    if not rules:
        assert "left with 10" in trap.equal("fork_callback", where).out
        return
    result = trap.preloaded("fork_callback", where, rules=trap.trust_root)
    assert (result.out, result.code) == ("parent: connected\nchild: left with 12\n", 0)


# --- privileged programs -----------------------------------------------------------------------------------------------------


def secure(library, certificates, kind, configuration):
    command = ["unshare", "--mount", "--propagation", "private", HERE / "secure.sh", library, build("plain"), certificates,
               kind, configuration]
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=TIMEOUT, env=own_environment())


@pytest.fixture(scope="session")
def can_be_secure(certificates):
    if os.geteuid() != 0:
        pytest.skip("needs root: a setuid program and a private mount namespace")
    for tool in ("unshare", "setpriv", "setcap"):
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        pytest.skip("no private mount namespace here")


SECURE_FAILED = "legacy.test: failed, verify result 20\nexit code 1\nlog files: \n"


@pytest.mark.parametrize("kind", ["suid", "capability"])
@pytest.mark.parametrize("configuration", ["none", "writable", "foreign"])
def test_privileged_and_inert(can_be_secure, library, certificates, kind, configuration):
    baseline = secure("none", certificates, kind, configuration)
    assert (baseline.stdout, baseline.stderr) == (SECURE_FAILED, "")
    done = secure(library, certificates, kind, configuration)
    assert (done.stdout, done.stderr) == (SECURE_FAILED, "")


@pytest.mark.parametrize("kind", ["suid", "capability"])
def test_privileged_with_roots_configuration(can_be_secure, library, certificates, kind):
    """Root's file counts, the caller's variables still do not: no log file."""
    done = secure(library, certificates, kind, "trusted")
    assert done.stdout == "legacy.test: connected, verify result 0\nexit code 0\nlog files: \n"


def test_privileged_with_roots_drop_in(can_be_secure, library, certificates):
    """A *.conf beside root's file counts as that does; alone it leaves the program alone, and of somebody else it is not read."""
    done = secure(library, certificates, "suid", "folder")
    assert done.stdout == "legacy.test: connected, verify result 0\nexit code 0\nlog files: \n"
    done = secure(library, certificates, "suid", "folder-alone")
    assert (done.stdout, done.stderr) == (SECURE_FAILED, "")
    for configuration in ("folder-writable", "folder-foreign"):
        done = secure(library, certificates, "suid", configuration)
        assert done.stdout == SECURE_FAILED
        assert "/etc/tlsmend.d/" in done.stderr and "cannot be read" in done.stderr


def test_ordinary_program_obeys(can_be_secure, library, certificates):
    """The control: the same program without privileges is mended by the same variables."""
    done = secure(library, certificates, "ordinary", "none")
    assert done.stdout == "legacy.test: connected, verify result 0\nexit code 0\nlog files: log\n"


# --- stacks ------------------------------------------------------------------------------------------------------------------

STACK_ALLOWED = 2048
ACTIONS = ["nothing", "context", "verify-good", "connect-good", "dlsym", "dlsym-other", "getaddrinfo"]


@pytest.mark.parametrize("state", ["cold", "warm"])
@pytest.mark.parametrize("action", ACTIONS)
def test_stack_used(trap, action, state, record_property):
    def depth(result):
        assert result.code == 0, result.err
        return int(result.err)

    plain = depth(trap.plain("small_stack", action, state, 262144))
    ours = depth(trap.preloaded("small_stack", action, state, 262144))
    record_property("stack", f"{action} {state}: {plain} without, {ours} with")
    print(f"{action} {state}: {plain} bytes without, {ours} with the library")
    assert ours - plain <= STACK_ALLOWED


@pytest.mark.parametrize("action", ["connect-good", "verify-good"])
def test_stack_of_nested_includes(trap, tmp_path, action):
    """As deep as files are read: the folder, its file, and the one that this includes; a deeper one closes (policy/sources.c)."""
    for i in range(1):
        (tmp_path / ("%d.conf" % i)).write_text("Include = %d.conf\n[h%d.test]\nMinProtocol = TLSv1.2\n" % (i + 1, i))
    (tmp_path / "1.conf").write_text("[h.test]\nMinProtocol = TLSv1.2\n")

    def depth(result):
        assert result.code == 0, result.err
        return int(result.err.splitlines()[-1])

    plain = depth(trap.plain("small_stack", action, "cold", 262144))
    ours = depth(trap.preloaded("small_stack", action, "cold", 262144, rules="Include = %s/\n[x.test]\nMinProtocol = TLSv1.2\n" % tmp_path))
    print("%s: %d bytes without, %d with the library" % (action, plain, ours))
    assert ours - plain <= STACK_ALLOWED


@pytest.mark.parametrize("action", [*ACTIONS, "verify-bad"])
def test_threads_of_16_kib(trap, action):
    """Where the host itself has 2 KiB to spare in 16 KiB, the thread lives; a failure is explained even there."""
    spare = trap.plain("small_stack", action, "cold", 16384, STACK_ALLOWED)
    if spare.code == -signal.SIGSEGV:
        pytest.skip(f"{action} needs more than 14 KiB without the library")
    assert spare.code == 0, spare.err
    result = trap.preloaded("small_stack", action, "cold", 16384)
    assert (result.code, result.out) == (0, "came back\n"), result.code
    if action == "verify-bad":
        assert len(result.of("verify_failed")) == 1


def test_least_stack(trap):
    for state in ("cold", "warm"):
        trap.equal("small_stack", "nothing", state, "min")


# --- hosts without TLS ----------------------------------------------------------------------------------------------------------


def opened(trap, name, *command, preload, env=None):
    out = trap.directory / name
    settings = {"TLSMEND_CONFIG": trap.directory / "rules", "TLSMEND_LOG": trap.directory / "log"}
    (trap.directory / "rules").write_text(trap.trust_root)
    if preload:
        settings["TRACED_PRELOAD"] = trap.preload
    result = trap.plain("opens", out, *command, env={**settings, **(env or {})})
    if result.code == 77:
        pytest.skip("ptrace is not allowed here")
    assert not (trap.directory / "log").exists()
    return result.seen, sorted(out.read_text().splitlines())


def surplus(before, after):
    """What the library adds. libdl is one of the two libraries that it may need (design.md#one-binary)."""
    left = list(after)
    for line in before:
        left.remove(line)
    return [line for line in left if not line.endswith("/libdl.so.2")]


@pytest.mark.parametrize("command", ["true", "quiet"])
@pytest.mark.parametrize("env", [{}, {"TLSMEND_DISABLE": "1"}], ids=["enabled", "disabled"])
def test_host_without_tls(trap, command, env):
    program = "/bin/true" if command == "true" else build("quiet")
    plain, before = opened(trap, "before", program, preload=False)
    with_library, after = opened(trap, "after", program, preload=True, env=env)
    assert with_library == plain
    assert surplus(before, after) == [f"open {trap.preload}"]


@pytest.mark.parametrize("kind", [GOOD, BAD], ids=["good", "bad"])
def test_disabled(trap, kind):
    """TLSMEND_DISABLE=1: no rule, no record, not even a look at the configuration."""
    result = trap.equal("plain", *kind, env={"TLSMEND_DISABLE": "1"}, rules=trap.trust_root)
    assert result.log == b""
    _, before = opened(trap, "before", build("plain"), *kind, preload=False)
    _, after = opened(trap, "after", build("plain"), *kind, preload=True, env={"TLSMEND_DISABLE": "1"})
    assert surplus(before, after) == [f"open {trap.preload}"]


# --- signals ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["default", "blocked", "pending", "handled"])
@pytest.mark.parametrize("kind", ["closed", "full", "closed-socket"])
def test_stderr_that_kills_or_blocks(trap, kind, state):
    plain = trap.plain("signals", kind, state)
    assert plain.code == 0 and "after" in plain.out
    for log in ("stderr", "fd:2"):
        assert trap.preloaded("signals", kind, state, env={"TLSMEND_LOG": log}).seen == plain.seen


# --- memory ------------------------------------------------------------------------------------------------------------------

# name: what the client does, the rule, and which outcomes are allowed while memory fails. A rule that adds trust and cannot be
# loaded is as no rule; one that strengthens closes its host.
MEMORY = {
    "good": (GOOD, None, {"connected"}),
    "bad": (BAD, None, {"failed"}),
    "mended": (BAD, "[legacy.test]\nExtraCAFile = {}/root.pem\n", {"connected", "failed"}),
    "wrong-name": (("unrelated", "other", "legacy.test"), "[legacy.test]\nExtraCAFile = {}/root.pem\n", {"failed"}),
    "expired": (("unrelated", "expired", "legacy.test"), "[legacy.test]\nExtraCAFile = {}/root.pem\n", {"failed"}),
    "other-host": (("unrelated", "other", "other.test"), "[legacy.test]\nExtraCAFile = {}/root.pem\n", {"failed"}),
    "only": (GOOD, "[legacy.test]\nOnlyCAFile = {}/unrelated.pem\n", {"failed"}),
}


UNTIL_BOUND = 20  # calls, about
UNTIL_READ = 40


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["FAIL_AT", "FAIL_FROM"])
@pytest.mark.parametrize("case", MEMORY)
def test_memory_runs_out(trap, case, mode):
    command, rules, allowed = MEMORY[case]
    failing = build("libbad_malloc.so")
    config = trap.directory / "rules"
    count = trap.directory / "count"
    config.write_text(rules.format(trap.certificates) if rules else "")

    def run(**env):
        return trap.preloaded("plain", *command, 2, around=(failing, ""), env={"TLSMEND_CONFIG": config, **env})

    usual = run(FAIL_COUNT=count)
    calls = int(count.read_text())
    assert calls > 0 or case == "good", "the library asked for no memory: this test does not see it"
    step = max(1, calls // 150)
    wrong = []
    for n in range(1, calls + 2, step):
        result = run(**{mode: n})
        outcomes = {line.split()[1].rstrip(",") for line in result.out.splitlines()}
        # with no memory at all it is not known what the rules demand: then no connection is the safe answer
        unknown = {"failed"} if mode == "FAIL_FROM" and n <= UNTIL_READ else set()
        if result.code not in (0, 1) or result.err or not outcomes or not outcomes <= allowed | unknown:
            wrong.append((n, result.code, result.out, result.err[:200]))
    if case == "only" and mode == "FAIL_FROM":
        # without any memory from the start, the library cannot even find OpenSSL's functions, and is not there
        assert all(code == 0 and not err for _, code, _, err in wrong)
        wrong = [w for w in wrong if w[0] > UNTIL_BOUND]
    assert not wrong, f"of {calls} calls, usual result {usual.out!r}"


@pytest.mark.slow
@pytest.mark.parametrize("keys", ["Groups = P-256", "CipherString = DEFAULT\nGroups = P-256\nOptions = Bugs"])
def test_memory_comes_back(trap, keys):
    """One request that fails costs a rule one connection at most."""
    failing, config, count = build("libbad_malloc.so"), trap.directory / "rules", trap.directory / "count"
    config.write_text(f"[legacy.test]\nExtraCAFile = {trap.certificates}/root.pem\n{keys}\n")

    def outcomes(**env):
        done = trap.preloaded("plain", *BAD, 3, 150, around=(failing, ""), env={"TLSMEND_CONFIG": config, **env})
        return [line.split()[1].rstrip(",") for line in done.out.splitlines()]

    assert outcomes(FAIL_COUNT=count) == ["connected"] * 3
    calls = int(count.read_text())
    wrong = [n for n in range(1, calls + 1, max(1, calls // 150)) if outcomes(FAIL_AT=n).count("connected") < 2]
    assert not wrong, calls


@pytest.mark.parametrize("anchors", ["root", "unrelated"], ids=["good", "bad"])
def test_numbers_behind_the_hosts_own_are_free(trap, anchors):
    assert trap.equal("unregistered_index", anchors, "legacy", "legacy.test").code == 0
