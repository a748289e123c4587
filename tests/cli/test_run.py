# SPDX-License-Identifier: ISC
"""tlsmend run: exit codes, LD_PRELOAD, options into variables, warnings."""
import os
import shutil
import signal
import subprocess

import pytest

from .conftest import COMMAND, LIBRARY, compile_c


def variables(r):
    assert r.returncode == 0, r.stderr
    return dict(line.split("=", 1) for line in r.stdout.splitlines() if "=" in line)


# ---- exit codes ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("status", [0, 1, 2, 42, 125, 255])
def test_status_of_the_command(tlsmend, status):
    assert tlsmend("run", "sh", "-c", "exit %d" % status).returncode == status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV])
def test_death_by_signal_stays_one(tlsmend, number):
    assert tlsmend("run", "sh", "-c", "kill -%d $$" % number).returncode == -number


@pytest.mark.parametrize("name", ["/nonexistent/x", "no-such-command", "./missing", ""])
def test_not_found(tlsmend, name):
    r = tlsmend("run", name)
    assert r.returncode == 127 and r.stdout == "" and len(r.stderr.splitlines()) == 1


def test_cannot_execute(tlsmend, tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("hello\n")
    assert tlsmend("run", "./plain").returncode == 126
    assert tlsmend("run", tmp_path).returncode == 126
    (tmp_path / "bin").mkdir()
    shutil.copy(plain, tmp_path / "bin" / "only-here")
    r = tlsmend("run", "only-here", env={"PATH": "%s/bin" % tmp_path})
    assert r.returncode == 126 and "Permission denied" in r.stderr


def test_no_shell_for_a_text_file(tlsmend, tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("echo run by a shell\n")
    plain.chmod(0o755)
    r = tlsmend("run", "./plain")
    assert r.returncode == 126 and r.stdout == "" and "Exec format error" in r.stderr


def test_missing_interpreter_is_named(tlsmend, tmp_path):
    script = tmp_path / "script"
    script.write_text("#!/nonexistent/interpreter -x\n")
    script.chmod(0o755)
    r = tlsmend("run", "./script")
    assert r.returncode == 127 and "/nonexistent/interpreter" in r.stderr


# ---- LD_PRELOAD ----------------------------------------------------------------------------------------------

def preload(tlsmend, old=None):
    env = {} if old is None else {"LD_PRELOAD": old}
    return variables(tlsmend("run", "/usr/bin/env", env=env))["LD_PRELOAD"]


def test_library_stands_beside_the_command(tlsmend):
    assert preload(tlsmend) == str(LIBRARY)


def test_other_preloads_are_kept(tlsmend):
    assert preload(tlsmend, "libc.so.6") == "%s:libc.so.6" % LIBRARY
    assert preload(tlsmend, "libm.so.6 libc.so.6") == "%s:libm.so.6 libc.so.6" % LIBRARY


def test_not_twice(tlsmend, tmp_path):
    assert preload(tlsmend, "libc.so.6:%s" % LIBRARY) == "libc.so.6:%s" % LIBRARY
    link = tmp_path / "same.so"
    link.symlink_to(LIBRARY)
    assert preload(tlsmend, str(link)) == str(link)
    twice = tlsmend("run", COMMAND, "run", "/usr/bin/env")
    assert variables(twice)["LD_PRELOAD"] == str(LIBRARY)


@pytest.mark.parametrize("name, word", [("with space", "space"), ("with:colon", "colon")])
def test_path_that_cannot_be_preloaded(tlsmend, tmp_path, name, word):
    directory = tmp_path / name
    directory.mkdir()
    for file in (COMMAND, LIBRARY):
        shutil.copy(file, directory)
    r = tlsmend("run", "true", command=directory / "tlsmend")
    assert r.returncode == 125 and word in r.stderr and "LD_PRELOAD" in r.stderr


def test_library_of_a_moved_installation(tlsmend, tmp_path):
    """make install DESTDIR=...: the command finds the library that came with it."""
    for folder, file in (("bin", COMMAND), ("lib", LIBRARY)):
        (tmp_path / "usr" / folder).mkdir(parents=True)
        shutil.copy(file, tmp_path / "usr" / folder)
    r = tlsmend("run", "/usr/bin/env", command=tmp_path / "usr/bin/tlsmend")
    assert variables(r)["LD_PRELOAD"] == "%s/usr/lib/libtlsmend.so" % tmp_path


def test_library_missing_or_damaged(tlsmend, tmp_path):
    shutil.copy(COMMAND, tmp_path)
    if not os.path.exists("/usr/local/lib/libtlsmend.so"):
        r = tlsmend("run", "true", command=tmp_path / "tlsmend")
        assert r.returncode == 125 and "libtlsmend.so" in r.stderr
    (tmp_path / "libtlsmend.so").write_bytes(LIBRARY.read_bytes()[:100])
    r = tlsmend("run", "true", command=tmp_path / "tlsmend")
    assert r.returncode == 125 and "no shared library" in r.stderr


# ---- options -------------------------------------------------------------------------------------------------

def test_options_become_variables(tlsmend, tmp_path, ca):
    shutil.copy(ca / "corp-root.pem", tmp_path / "root.pem")
    (tmp_path / "a.conf").write_text("[a.test]\nMinProtocol = TLSv1.2\n")
    got = variables(tlsmend("run", "--extra-ca", "legacy.test=root.pem", "--extra-ca=other.test:8443=./root.pem",
                            "--min-protocol", "old.test=TLSv1.2", "--min-protocol=b.test=TLSv1.3", "--log", "./log.json",
                            "--format=json", "--level", "info", "--config", "a.conf", "--", "/usr/bin/env"))
    here = os.path.realpath(tmp_path)
    assert got["TLSMEND_EXTRA_CA"] == "legacy.test=%s/root.pem,other.test:8443=%s/root.pem" % (here, here)
    assert got["TLSMEND_MIN_PROTOCOL"] == "old.test=TLSv1.2,b.test=TLSv1.3"
    assert got["TLSMEND_LOG"] == here + "/log.json"
    assert got["TLSMEND_LOG_FORMAT"] == "json" and got["TLSMEND_LOG_LEVEL"] == "info"
    assert got["TLSMEND_CONFIG"] == here + "/a.conf"


def test_lists_grow_other_values_are_replaced(tlsmend, ca):
    pem = ca / "corp-root.pem"
    got = variables(tlsmend("run", "--extra-ca", "b.test=%s" % pem, "--log", "fd:2", "/usr/bin/env",
                            env={"TLSMEND_EXTRA_CA": "a.test=/x.pem", "TLSMEND_LOG": "syslog", "TLSMEND_LOG_LEVEL": "debug"}))
    assert got["TLSMEND_EXTRA_CA"] == "a.test=/x.pem,b.test=%s" % os.path.realpath(pem)
    assert got["TLSMEND_LOG"] == "fd:2" and got["TLSMEND_LOG_LEVEL"] == "debug"


def test_link_to_a_ca_file_is_kept(tlsmend, tmp_path, ca):
    (tmp_path / "current.pem").symlink_to(ca / "corp-root.pem")
    got = variables(tlsmend("run", "--extra-ca", "a.test=current.pem", "/usr/bin/env"))
    assert got["TLSMEND_EXTRA_CA"].endswith("/current.pem")


def test_options_after_the_command_are_its_own(tlsmend):
    r = tlsmend("run", "echo", "--log", "x", "--help")
    assert r.returncode == 0 and r.stdout == "--log x --help\n"


@pytest.mark.parametrize("words, said", [
    (["--extra-ca", "a.test"], "HOST=FILE"),
    (["--extra-ca", "=x"], "HOST=FILE"),
    (["--extra-ca", "a.test=/nonexistent.pem"], "No such file or directory"),
    (["--extra-ca", "a..test={ca}/corp-root.pem"], "a..test"),
    (["--extra-ca", "a.test,b.test={ca}/corp-root.pem"], "comma"), (["--extra-ca", "a b={ca}/corp-root.pem"], "white space in HOST"),
    (["--extra-ca", "a.test={ca}/corp-root.der"], "openssl x509 -inform DER"),
    (["--extra-ca", "a.test={ca}/key.pem"], "private key"),
    (["--extra-ca", "a.test={ca}"], "directory"),
    (["--min-protocol", "a.test"], "HOST=VERSION"),
    (["--min-protocol", "a.test=SSLv3"], "TLSv1.2"),
    (["--min-protocol", "*=TLSv1"], "*"),
    (["--log", "file"], "./file"),
    (["--log", "fd:x"], "fd:N"),
    (["--log", ""], "stderr"),
    (["--format", "xml"], "text or json"),
    (["--level", "loud"], "warning"),
    (["--config", "/nonexistent.conf"], "No such file or directory"),
    (["--levle", "info"], "did you mean '--level'?"),
])
def test_bad_values_are_said_before_the_command_runs(tlsmend, tmp_path, ca, words, said):
    r = tlsmend("run", *[w.format(ca=ca) for w in words], "touch", "ran")
    assert r.returncode == 125 and r.stdout == "" and said in r.stderr, r.stderr
    assert not (tmp_path / "ran").exists()


# ---- warnings ------------------------------------------------------------------------------------------------

STATIC = "int main(void) { return 7; }\n"


def test_static_program_runs_with_a_warning(tlsmend, tmp_path):
    compile_c(STATIC, tmp_path / "static", "-static")
    r = tlsmend("run", "./static")
    assert r.returncode == 7 and r.stdout == ""
    assert r.stderr.startswith("tlsmend: warning: static: out of reach: it is statically linked")
    assert len(r.stderr.splitlines()) == 1


# Leaks of the runtime's own making are nothing to us.
OPTIONS = "detect_leaks=0"
IN_ORDER = "verify_asan_link_order=0"
DEFAULTS = 'const char *__asan_default_options(void); const char *__asan_default_options(void) { return "%s"; }\n' % IN_ORDER


def test_shared_sanitizer_is_started_without_the_library(tlsmend, tmp_path):
    """gcc's AddressSanitizer is a library that ends its program where another one comes before it: nobody's start may fail by us."""
    def said(name, word, env):
        r = tlsmend("check", "./" + name, env=env)
        assert word in r.stdout.splitlines()[0], r.stdout
        run = tlsmend("run", "./" + name, env=env)
        assert run.returncode == 7, run
        return run.stderr

    main = 'int main(void) { return 7; }\n'
    flags = ("-fsanitize=address",)
    program = compile_c(main, tmp_path / "client", *flags)
    if "libasan.so" not in subprocess.run(["readelf", "-d", program], capture_output=True, text=True, timeout=60).stdout:
        pytest.skip("no shared libasan here")
    for options in OPTIONS, OPTIONS + ":" + IN_ORDER + ":verify_asan_link_order=1":
        warning = said("client", "out of reach: AddressSanitizer (client -> libasan.so", {"ASAN_OPTIONS": options})
        assert warning.endswith("use ASAN_OPTIONS=verify_asan_link_order=0; started without the library\n") and len(warning.splitlines()) == 1
    assert said("client", "no TLS seen", {"ASAN_OPTIONS": OPTIONS + ":" + IN_ORDER}) == ""
    compile_c(DEFAULTS + main, tmp_path / "told", *flags)
    assert said("told", "no TLS seen", {"ASAN_OPTIONS": OPTIONS}) == ""
    compile_c(main, tmp_path / "whole", *flags, "-static-libasan")
    assert said("whole", "no TLS seen", {"ASAN_OPTIONS": OPTIONS}) == ""


@pytest.mark.parametrize("more", ["", ":/nonexistent.so"])
def test_sanitizer_that_is_preloaded_stays_in_front(tlsmend, more):
    runtime = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, timeout=60).stdout.strip()
    if not os.path.isabs(runtime):
        pytest.skip("no shared libasan here")
    env = {"LD_PRELOAD": runtime + more, "ASAN_OPTIONS": OPTIONS}
    r = tlsmend("run", "/usr/bin/env", env=env)
    assert r.returncode == 0 and variables(r)["LD_PRELOAD"] == "%s:%s%s" % (runtime, LIBRARY, more), r


def test_no_warning_for_programs_without_tls(tlsmend):
    for command in (["true"], ["sh", "-c", "true"], ["/usr/bin/env"]):
        assert tlsmend("run", *command).stderr == ""


def test_silence_when_asked_for(tlsmend, tmp_path):
    compile_c(STATIC, tmp_path / "static", "-static")
    assert tlsmend("run", "--log", "off", "./static").stderr == ""


def test_disabled_is_said(tlsmend):
    r = tlsmend("run", "true", env={"TLSMEND_DISABLE": "1"})
    assert r.returncode == 0 and "TLSMEND_DISABLE" in r.stderr and len(r.stderr.splitlines()) == 1


def test_setuid_of_another_user(tlsmend, tmp_path):
    if os.getuid() != 0:
        pytest.skip("needs root to give a file away")
    copy = tmp_path / "true"
    shutil.copy("/bin/true", copy)
    os.chown(copy, 65534, 65534)
    copy.chmod(0o4755)
    if os.statvfs(copy).f_flag & os.ST_NOSUID:
        pytest.skip("nosuid file system")
    r = tlsmend("run", "./true")
    assert r.returncode == 0 and "setuid" in r.stderr
    os.chown(copy, 0, 0)
    copy.chmod(0o4755)
    assert tlsmend("run", "./true").stderr == ""
