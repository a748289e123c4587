# SPDX-License-Identifier: ISC
"""tlsmend check: every kind of target, and files that are no target."""
import glob
import json
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import tempfile

import pytest

from lib.musl import COMPILER, WHY_NOT, compile_musl

from .conftest import COMMAND, LIBRARY, SYSTEM_PATH, clean_environment, compile_c


def verdict(r):
    return r.stdout.splitlines()[0]


def needs(program):
    path = shutil.which(program, path="/usr/local/bin:/usr/bin:/bin")
    if not path:
        pytest.skip("no %s here" % program)
    return path


# ---- reachable -----------------------------------------------------------------------------------------------

def test_curl_is_reachable(tlsmend):
    needs("curl")
    r = tlsmend("check", "curl")
    assert r.returncode == 0 and r.stderr == ""
    assert re.fullmatch(r"curl: reachable: curl -> libcurl\.so\.4 -> libssl\.so\.[0-9.]+ \(OpenSSL \d+\.\d+\.\d+\S*\)", verdict(r))
    version = subprocess.run(["curl", "--version"], capture_output=True, text=True, timeout=30).stdout
    assert re.search(r"OpenSSL/(\S+)", version).group(1) in verdict(r)


@pytest.mark.parametrize("name", ["openssl", "/usr/bin/python3", "perl", "psql"])
def test_everyday_programs_are_reachable(tlsmend, name):
    path = needs(name)
    if name == "perl" and not glob.glob("/usr/lib/*/perl5/*/auto/Net/SSLeay/SSLeay.so"):
        pytest.skip("no Net::SSLeay here")
    r = tlsmend("check", name)
    assert r.returncode == 0, r.stdout + r.stderr
    assert verdict(r).startswith("%s: reachable: " % os.path.basename(path)) and "(OpenSSL " in verdict(r)


def pyenv_pythons():
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    return sorted(glob.glob(root + "/versions/*/bin/python"))


@pytest.mark.parametrize("python", pyenv_pythons() or [None])
def test_pyenv_python_is_reachable(tlsmend, python):
    if not python:
        pytest.skip("no pyenv here")
    r = tlsmend("check", python)
    assert r.returncode == 0 and "-> _ssl" in verdict(r)


def test_script_with_env(tlsmend, tmp_path):
    script = tmp_path / "tool"
    script.write_text("#!/usr/bin/env -S python3 -u\nimport ssl\n")
    script.chmod(0o755)
    r = tlsmend("check", "./tool")
    assert r.returncode == 0 and verdict(r).startswith("tool: reachable: ")
    assert "#!/usr/bin/env -S python3 -u" in r.stdout and "python3" in r.stdout


def test_script_of_a_script(tlsmend, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    second.write_text("#! /bin/sh\n")
    first.write_text("#!%s\n" % second)
    for f in (first, second):
        f.chmod(0o755)
    r = tlsmend("check", "./first")
    assert r.returncode == 1 and "no TLS seen" in verdict(r) and r.stdout.count("  script ") == 2
    second.write_text("#!%s\n" % first)
    r = tlsmend("check", "./first")
    assert r.returncode == 1 and "too many interpreters" in verdict(r)


def test_dotnet_is_reachable_by_dlsym(tlsmend):
    needs("dotnet")
    r = tlsmend("check", "dotnet")
    assert r.returncode == 0 and "reachable" in verdict(r) and "dlsym" in r.stdout


def test_dotnet_application(tlsmend, tmp_path):
    """An application's own executable has no TLS and no module beside it: the framework opens libssl by name."""
    source = 'const char *volatile host = "libhostfxr.so"; int main(void) { return !host; }\n'
    compile_c(source, tmp_path / "app")
    r = tlsmend("check", "./app")
    assert r.returncode == 0 and re.match(r"app: reachable: app -> libssl\.so\.\S+ \(OpenSSL \d", verdict(r)) and "dlsym" in r.stdout
    assert tlsmend("run", "./app").stderr == ""


def script_of(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def test_snaps_and_flatpaks_are_out_of_reach(tlsmend, tmp_path):
    app = script_of(tmp_path / "flatpak/exports/bin/org.example.App", 'exec /usr/bin/flatpak run org.example.App "$@"\n')
    assert "is a Flatpak application" in verdict(tlsmend("check", app)) and "; use flatpak run --filesystem" in verdict(tlsmend("check", app))
    shutil.copy("/bin/true", tmp_path / "snap")
    (tmp_path / "hello").symlink_to("snap")
    assert verdict(tlsmend("check", "./hello")).startswith("hello: out of reach: it is a snap,")


def test_appimage(tlsmend, tmp_path):
    """The small program in front hands its environment on."""
    data = bytearray(pathlib.Path("/bin/true").read_bytes())
    data[8:11] = b"AI\x02"
    image = tmp_path / "App.AppImage"
    image.write_bytes(data)
    image.chmod(0o755)
    r = tlsmend("check", image)
    assert r.returncode == 1 and verdict(r) == (
        "App.AppImage: no TLS seen: it is an AppImage, which has its programs in a file system of its own; programs that it starts inherit the library"
    ) and "%s --appimage-extract" % image in r.stdout  # fmt: skip
    assert tlsmend("run", image).stderr == ""


@pytest.mark.parametrize("folder, who", [("usr/lib/postfix/sbin", "Postfix"), ("usr/libexec/dovecot", "dovecot")])
def test_what_a_master_starts_has_another_environment(tlsmend, tmp_path, folder, who):
    (tmp_path / folder).mkdir(parents=True)
    shutil.copy("/usr/bin/openssl", tmp_path / folder / "smtp")
    said = tlsmend("check", tmp_path / folder / "smtp").stdout
    assert "inherits LD_PRELOAD only where %s" % who in said and "import_environment" in said
    assert "import_environment" not in tlsmend("check", "/usr/bin/openssl").stdout


@pytest.mark.parametrize("name, knob", [
    ("sudo", "write sudo tlsmend run COMMAND"), ("docker", "write docker run $(tlsmend env --docker) IMAGE"), ("systemctl", "use tlsmend service UNIT"),
    ("postfix", 'run postconf import_environment="$(postconf -h import_environment) LD_PRELOAD TLSMEND_LOG", and set TLSMEND_LOG=syslog: smtp is chrooted'),
    ("cron", "write tlsmend run COMMAND in the crontab"), ("ssh", "write ssh HOST tlsmend run COMMAND, with tlsmend on that machine"),
])  # fmt: skip
def test_starter(tlsmend, tmp_path, name, knob):
    """Somebody else's environment counts for what it starts."""
    shutil.copy("/bin/true", tmp_path / name)
    wanted = "%s: out of reach: what it starts does not inherit LD_PRELOAD; %s" % (name, knob)
    assert verdict(tlsmend("check", "./" + name)) == wanted
    assert tlsmend("run", "./" + name).stderr == "tlsmend: warning: %s\n" % wanted


@pytest.mark.parametrize("text, drops", [
    ('exec env -i PATH=/usr/bin true "$@"\n', "2 (env -i)"), ("cd /\nunset LD_PRELOAD LD_AUDIT\ntrue\n", "3 (unset LD_PRELOAD)"),
    ("LD_PRELOAD=/lib/libm.so.6 true\n", "2 (LD_PRELOAD=/lib/libm.so.6)"), ("if test -x /bin/true; then sudo -u nobody true; fi\n", "2 (sudo)"),
    ("true |\n\tenv -u LD_PRELOAD cat\n", "3 (env -u LD_PRELOAD)"), ("su - nobody -c true\n", "2 (su -)"),
    # said, named, asked about, in a document, kept, or handed on
    ("# sudo true\necho sudo; true 'x\nsudo true'\ncat <<X\nsudo true\nX\n", None), ("sudo() { :; }\ncase $1 in\nsudo) ;;\n(env | sudo) ;;\nesac\n", None),
    ("sudo tlsmend run true\n", None), ("exec env -i /usr/bin/tlsmend run true\n", None),
    ('command -v sudo "$(sudo true)" 2>/dev/null\n', None), ("LD_PRELOAD=/lib/libm.so.6:$LD_PRELOAD exec env A=b true\n", None),
    ('if test "$LD_PRELOAD"; then :; else export LD_PRELOAD=/lib/libm.so.6; fi\nsu nobody\n', None),
])  # fmt: skip
def test_wrapper_that_drops_it(tlsmend, tmp_path, text, drops):
    r = tlsmend("check", script_of(tmp_path / "wrapper", text))
    if drops:
        assert r.returncode == 1 and verdict(r).startswith("wrapper: partly reachable: its line %s does not hand LD_PRELOAD on; write " % drops)
    else:
        assert verdict(r).startswith("wrapper: no TLS seen: ")


@pytest.mark.parametrize("text, line", [
    ('exec ./program "$@"\n', 2), ('if test x; then\n\tFOO=bar exec nohup "./program" 3>&1 >/dev/null "$@"\nfi\n', 3), ("exec 3>&1\nexec ./program\n", 3),
    ("exec $PROGRAM\nexec ./program\n", None), ("exec ./program\nexec ./true\n", None), ("exec ./nowhere\n", None),
    ("PATH=/usr/bin exec ./wrapper\n", None),
])  # fmt: skip
def test_wrapper_that_execs(tlsmend, tmp_path, text, line):
    """What it puts in its own place counts."""
    shutil.copy(needs("openssl"), tmp_path / "program")
    r = tlsmend("check", script_of(tmp_path / "wrapper", text))
    if line:
        assert r.returncode == 0 and verdict(r).startswith("wrapper: reachable: program -> libssl.so")
        assert "  script    %s:%d: exec ./program\n" % (tmp_path / "wrapper", line) in r.stdout
    else:
        assert verdict(r).startswith("wrapper: no TLS seen: ")


def test_runpath_and_origin(tlsmend, tmp_path):
    """A library beside the program, found by DT_RUNPATH only, under a name of its own."""
    lib = tmp_path / "lib"
    lib.mkdir()
    source = 'const char v[] = "OpenSSL 9.8.7  1 Jan 2031"; ' + "".join(
        "int %s(void); int %s(void) { return 0; }\n" % (f, f) for f in ("SSL_CTX_new", "SSL_CTX_ctrl", "SSL_connect", "X509_verify_cert"))
    compile_c(source, lib / "libtls-81ffa89e.so", "-shared", "-fPIC")
    main = "int SSL_CTX_new(void); int main(void) { return SSL_CTX_new(); }\n"
    compile_c(main, tmp_path / "client", "-L%s" % lib, "-l:libtls-81ffa89e.so", "-Wl,-rpath,$ORIGIN/lib,--enable-new-dtags")
    r = tlsmend("check", "./client")
    assert r.returncode == 0 and verdict(r) == "client: reachable: client -> libtls-81ffa89e.so (OpenSSL 9.8.7)"
    compile_c(main, tmp_path / "client", "-L%s" % lib, "-l:libtls-81ffa89e.so")
    r = tlsmend("check", "./client")
    assert r.returncode == 1 and "missing   libtls-81ffa89e.so" in r.stdout
    assert tlsmend("check", "./client", env={"LD_LIBRARY_PATH": str(lib)}).returncode == 0


FINDER = """
#include <dlfcn.h>
static const char *const names[] = {"SSL_new", "SSL_get_error", "SSL_connect"};
int finds(void); int finds(void) { void *h = dlopen("libssl.so.3", 1); return h && dlsym(h, names[1]) ? 0 : 1; }
"""


def test_found_by_name(tlsmend, tmp_path):
    """Linked with no OpenSSL, but it knows the functions' names: a native .NET program, Qt's network library."""
    compile_c(FINDER + "int main(void) { return finds(); }\n", tmp_path / "native", "-ldl", "-s")
    r = tlsmend("check", "./native")
    assert r.returncode == 0 and re.match(r"native: reachable: native -> libssl\.so\.\S+ \(OpenSSL \d", verdict(r)) and "dlsym" in r.stdout
    compile_c(FINDER, tmp_path / "libnet.so.5", "-shared", "-fPIC", "-ldl")
    compile_c("int finds(void); int main(void) { return finds(); }\n", tmp_path / "gui", "-L%s" % tmp_path, "-l:libnet.so.5", "-Wl,-rpath,%s" % tmp_path)
    r = tlsmend("check", "./gui")
    assert r.returncode == 0 and re.search(r"libnet\.so\.5 -> libssl\.so\.", verdict(r))


def test_late_modules(tlsmend):
    """Programs whose TLS is in a module of theirs or of a library's: what of them is here."""
    known = {"tclsh8.6": "/usr/lib/tcltk/*/*tls*", "apache2": "/usr/lib/apache2/modules/mod_ssl.so", "Rscript": "/usr/lib/R/modules/internet.so",
             "doveadm": "/usr/lib/dovecot/modules/libssl_iostream_openssl.so", "lua5.4": "/usr/lib/*/lua/5.4/ssl.so"}  # fmt: skip
    here = [p for p, module in known.items() if shutil.which(p, path=SYSTEM_PATH) and glob.glob(module)]
    for program in here:
        assert ": reachable: " in verdict(tlsmend("check", program)), program
    for program in filter(None, [shutil.which("luac5.4"), shutil.which("luac5.1")]):
        assert "no TLS seen" in verdict(tlsmend("check", program))
    if not here:
        pytest.skip("none of them here")


HIDDEN = """
#include <openssl/ssl.h>
int talk(void); int talk(void) { SSL_CTX *c = SSL_CTX_new(TLS_client_method()); SSL *s = SSL_new(c); return SSL_get_error(s, SSL_connect(s)); }
"""


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    """A plug-in with an OpenSSL of its own, which shows none of its functions: as librdkafka comes."""
    if not glob.glob("/usr/lib/*/libssl.a"):
        pytest.skip("no static libssl here")
    return compile_c(HIDDEN, tmp_path_factory.mktemp("hidden") / "librdkafka.so.1", "-shared", "-fPIC", "-s", "-l:libssl.a", "-l:libcrypto.a",
                     "-Wl,--exclude-libs,ALL", "-ldl", "-pthread")


@pytest.mark.parametrize("linked", [False, True])
def test_extensions_of_php(tlsmend, tmp_path, linked):
    """They look into their own libraries first, and find the libssl that is there already."""
    folder = tmp_path / "lib/php/20990101"
    folder.mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    source = 'void *SSL_CTX_new(const void *); void *volatile p; int %s(void) { p = SSL_CTX_new(0); return 0; }\n'
    compile_c(source % "get_module", folder / "curl.so", "-shared", "-fPIC", "-lssl")
    compile_c(source % "main" if linked else "int main(void) { return 0; }\n", tmp_path / "bin/php8.9", *["-lssl"][: int(linked)])
    r = tlsmend("check", "bin/php8.9")
    assert verdict(r).startswith("php8.9: reachable: php8.9 -> libssl" if linked else "php8.9: reachable: php8.9 -> curl.so -> libssl")
    assert ("TLSMEND_DEEPBIND=drop" in r.stdout) == (not linked)


def test_hidden_in_a_library(tlsmend, tmp_path, hidden):
    knob = "with its functions hidden; use its setting ssl.ca.location=FILE"
    r = tlsmend("check", hidden)
    assert r.returncode == 1 and re.match(r"librdkafka.so.1: out of reach: OpenSSL\S* ?\S* is linked into librdkafka.so.1, ", verdict(r))
    assert knob in verdict(r)
    compile_c("int talk(void); int main(void) { return talk(); }\n", tmp_path / "client", "-L%s" % hidden.parent, "-l:librdkafka.so.1",
              "-Wl,-rpath,%s" % hidden.parent)
    r = tlsmend("check", "./client")
    assert r.returncode == 1 and "is linked into client -> librdkafka.so.1, " in verdict(r) and knob in verdict(r)


def test_hidden_in_a_process(tlsmend, tmp_path, hidden):
    code = "import ctypes, sys; ctypes.CDLL(%r); print('ready', flush=True); sys.stdin.read()" % str(hidden)
    r = with_process(tmp_path, ["/usr/bin/python3", "-c", code], {"LD_PRELOAD": str(LIBRARY)}, lambda pid: tlsmend("check", pid))
    assert r.returncode == 1 and "is linked into librdkafka.so.1, with its functions hidden; use its setting ssl.ca.location" in verdict(r)
    code = "import ssl; " + code
    r = with_process(tmp_path, ["/usr/bin/python3", "-c", code], {"LD_PRELOAD": str(LIBRARY)}, lambda pid: tlsmend("check", pid))
    assert r.returncode == 0 and re.search(r"  other     OpenSSL\S* ?\S* is linked into \S*librdkafka.so.1, with its functions hidden; "
                                           "its connections are not seen; use its setting ssl.ca.location", r.stdout)  # fmt: skip


def run_hidden(tmp_path, code, **env):
    log = tmp_path / "log"
    done = subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True, text=True, timeout=60,
                          env=clean_environment(tmp_path, LD_PRELOAD=str(LIBRARY), TLSMEND_LOG=str(log), TLSMEND_LOG_FORMAT="json", **env))  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_hidden_is_told_by_the_process_itself(tmp_path, hidden):
    """... once, at its end, at level info, and not by its children; nothing of that is said of a libssl that is reached."""
    code = "import ctypes, os, ssl\nctypes.CDLL(%r); ctypes.CDLL('libbz2.so.1.0')\nif os.fork() == 0: raise SystemExit\nos.wait()\n" % str(hidden)
    (record,) = run_hidden(tmp_path, code, TLSMEND_LOG_LEVEL="info")
    assert (record["event"], record["level"]) == ("unseen", "info") and "connections of %s are neither" % hidden in record["message"]
    assert re.search(r"it has an OpenSSL\S* ?\S* of its own$", record["message"])
    (tmp_path / "log").unlink()
    by_relative_path = "import os\nos.chdir(%r)\n" % str(hidden.parent) + code.replace(repr(str(hidden)), repr("./" + hidden.name))
    (record,) = run_hidden(tmp_path, by_relative_path, TLSMEND_LOG_LEVEL="info")
    assert "connections of ./%s are neither" % hidden.name in record["message"]
    (tmp_path / "log").unlink()
    assert run_hidden(tmp_path, code) == [] and run_hidden(tmp_path, code, TLSMEND_LOG_LEVEL="info", TLSMEND_DISABLE="1") == []
    assert run_hidden(tmp_path, "import ssl, hashlib", TLSMEND_LOG_LEVEL="info") == []


# ---- out of reach --------------------------------------------------------------------------------------------

def test_true_has_no_tls(tlsmend):
    r = tlsmend("check", "/bin/true")
    assert r.returncode == 1 and verdict(r).startswith("true: no TLS seen: ")


def test_static_program_is_out_of_reach(tlsmend, tmp_path):
    for flags in (["-static"], ["-static-pie"]):
        compile_c("int main(void) { return 0; }\n", tmp_path / "static", *flags)
        r = tlsmend("check", "./static")
        assert r.returncode == 1 and "out of reach: it is statically linked" in verdict(r), flags
        assert "SSL_CERT_FILE" in verdict(r)


def test_static_with_openssl_inside(tlsmend, tmp_path):
    compile_c('const char v[] = "OpenSSL 1.1.1w  11 Sep 2023"; int main(void) { return v[0]; }\n', tmp_path / "static", "-static", "-s")
    assert "with OpenSSL 1.1.1w" in verdict(tlsmend("check", "./static"))


def test_openssl_linked_into_the_program(tlsmend, tmp_path):
    source = ('const char v[] = "OpenSSL 3.0.19 27 Jan 2026"; int SSL_CTX_new(void) { return 0; } int SSL_connect(void) { return v[0]; }\n'
              "int main(void) { return SSL_CTX_new() + SSL_connect(); }\n")
    compile_c(source, tmp_path / "node", "-O0")
    r = tlsmend("check", "./node")
    assert r.returncode == 1
    assert verdict(r).startswith("node: out of reach: OpenSSL 3.0.19 is linked into the program; use NODE_EXTRA_CA_CERTS=FILE")
    assert "offers its own OpenSSL" not in r.stdout
    compile_c(source, tmp_path / "other", "-O0", "-rdynamic", "-s")
    r = tlsmend("check", "./other")
    assert r.returncode == 1 and "is linked into the program" in verdict(r) and "offers its own OpenSSL" in r.stdout
    compile_c(source, tmp_path / "stripped", "-O0", "-s")
    assert "OpenSSL 3.0.19 is linked into the program" in verdict(tlsmend("check", "./stripped"))


def test_node_with_openssl_linked_in(tlsmend):
    path = needs("node")
    r = tlsmend("check", path)
    shared = subprocess.run(["node", "-p", "process.config.variables.node_shared_openssl"], capture_output=True, text=True, timeout=60)
    if shared.stdout.strip() == "true":
        assert r.returncode == 0
    else:
        assert r.returncode == 1 and "NODE_EXTRA_CA_CERTS" in verdict(r)
        version = subprocess.run(["node", "-p", "process.versions.openssl"], capture_output=True, text=True, timeout=60).stdout
        assert "OpenSSL %s" % version.split("+")[0].strip() in verdict(r)


def test_go(tlsmend, tmp_path):
    """No Go needed: its section in a C program, and its note in one without sections."""
    static = compile_c("int main(void) { return 0; }\n", tmp_path / "plain", "-static")
    section = tmp_path / "buildinfo"
    section.write_bytes(b"\xff Go buildinf:\x08\x02" + bytes(16))
    subprocess.run(["objcopy", "--add-section", ".go.buildinfo=%s" % section, static, tmp_path / "goish"], check=True, timeout=30)
    r = tlsmend("check", "./goish")
    assert r.returncode == 1 and "Go program" in verdict(r) and "SSL_CERT_FILE" in verdict(r)
    note = ('__asm__(".pushsection .note.go.buildid,\\"a\\",@note\\n.long 4,4,4\\n.asciz \\"Go\\\\0\\"\\n.long 1\\n.popsection");\n'
            "int main(void) { return 0; }\n")
    binary = compile_c(note, tmp_path / "gonote")
    data = bytearray(binary.read_bytes())
    data[0x28:0x30] = bytes(8)  # e_shoff
    data[0x3c:0x40] = bytes(4)  # e_shnum, e_shstrndx
    binary.write_bytes(data)
    assert "Go program" in verdict(tlsmend("check", "./gonote"))


def test_git_with_gnutls(tlsmend):
    helper = "/usr/lib/git-core/git-remote-http"
    if not os.path.exists(helper):
        pytest.skip("no git-remote-http here")
    if "gnutls" not in subprocess.run(["readelf", "-d", helper], capture_output=True, text=True, timeout=30).stdout:
        pytest.skip("git is not built with GnuTLS here")
    for name in (helper, "git"):
        r = tlsmend("check", name)
        assert r.returncode == 1 and "GnuTLS" in verdict(r) and "sslCAInfo" in verdict(r)


def test_wget_with_gnutls(tlsmend):
    path = needs("wget")
    r = tlsmend("check", path)
    if "libgnutls" in subprocess.run(["readelf", "-d", path], capture_output=True, text=True, timeout=30).stdout:
        assert r.returncode == 1 and "--ca-certificate" in verdict(r)


def test_java_is_out_of_reach(tlsmend):
    needs("java")
    r = tlsmend("check", "java")
    assert r.returncode == 1 and "keytool" in verdict(r)


@pytest.mark.parametrize("mode, word", [(0o4755, "setuid"), (0o2755, "setgid")])
def test_setuid_program_is_out_of_reach(tlsmend, tmp_path, mode, word):
    copy = tmp_path / "true"
    shutil.copy("/bin/true", copy)
    copy.chmod(mode)
    if os.statvfs(copy).f_flag & os.ST_NOSUID:
        pytest.skip("nosuid file system")
    r = tlsmend("check", "./true")
    assert r.returncode == 1 and "it is %s" % word in verdict(r) and "/etc/ld.so.preload" in verdict(r)


def shared(name, directory, *needs):
    """A library of that name, which needs the others."""
    return compile_c("void f_%s(void); void f_%s(void) {}\n" % ((re.sub(r"\W", "_", name),) * 2), directory / name, "-shared", "-fPIC",
                     "-Wl,-soname," + name, "-Wl,--no-as-needed", "-Wl,-rpath,$ORIGIN", "-xnone", *needs)  # fmt: skip


def linked(name, directory, *needs):
    return compile_c("int main(void) { return 0; }\n", directory / name, "-Wl,--no-as-needed", "-Wl,-rpath,$ORIGIN", "-xnone", *needs)


def test_setuid_with_gnutls(tlsmend, tmp_path):
    """No way of preloading would help there."""
    program = linked("mailer", tmp_path, shared("libgnutls.so.30", tmp_path))
    program.chmod(0o4755)
    if os.statvfs(program).f_flag & os.ST_NOSUID:
        pytest.skip("nosuid file system")
    r = tlsmend("check", program)
    assert r.returncode == 1 and "it uses GnuTLS" in verdict(r) and "ld.so.preload" not in r.stdout and "it is setuid" in r.stdout


def test_nss_behind_a_module(tlsmend, tmp_path):
    linked("firefox-esr", tmp_path)
    shared("libxul.so", tmp_path, shared("libnss3.so", tmp_path))
    r = tlsmend("check", tmp_path / "firefox-esr")
    assert r.returncode == 1 and "NSS (firefox-esr -> libxul.so -> libnss3.so)" in verdict(r) and "policies.json" in verdict(r)


def test_runtime_with_its_own_tls(tlsmend, tmp_path):
    linked("beam.smp", tmp_path)
    assert "out of reach: Erlang brings its own TLS; use cacertfile" in verdict(tlsmend("check", tmp_path / "beam.smp"))


def test_library_that_is_not_there(tlsmend, tmp_path):
    """It does not start: whether it has TLS is not known. What only a module needs does not count."""
    inner = shared("libinner.so.1", tmp_path)
    linked("tool", tmp_path, shared("libouter.so.1", tmp_path, inner))
    shared("libxul.so", tmp_path, inner)
    linked("firefox", tmp_path)
    inner.unlink()
    r = tlsmend("check", tmp_path / "tool")
    assert r.returncode == 1 and "out of reach: its library libinner.so.1 is not found" in verdict(r)
    r = tlsmend("check", tmp_path / "libouter.so.1")
    assert "no TLS seen" in verdict(r), "a library is no program that starts"
    r = tlsmend("check", tmp_path / "firefox")
    assert "no TLS seen" in verdict(r) and "missing   libinner.so.1, needed by libxul.so" in r.stdout


def test_file_capabilities(tlsmend, tmp_path):
    copy = tmp_path / "true"
    shutil.copy("/bin/true", copy)
    setcap = shutil.which("setcap", path="/usr/sbin:/sbin:/usr/bin")
    if not setcap or subprocess.run([setcap, "cap_net_bind_service=ep", copy], capture_output=True, timeout=30).returncode:
        pytest.skip("cannot give file capabilities here")
    assert "file capabilities" in verdict(tlsmend("check", "./true"))


def patch_interpreter(path, new):
    data = bytearray(path.read_bytes())
    old = b"/lib64/ld-linux-x86-64.so.2\0"
    if old not in data:
        pytest.skip("not x86-64")
    at = data.index(old)
    data[at:at + len(old)] = new.encode().ljust(len(old), b"\0")
    path.write_bytes(data)


def test_other_libc_and_class(tlsmend, tmp_path):
    copy = tmp_path / "true"
    shutil.copy("/bin/true", copy)
    patch_interpreter(copy, "/system/bin/linker64")
    assert "neither glibc's nor musl's" in verdict(tlsmend("check", "./true"))
    shutil.copy("/bin/true", copy)
    patch_interpreter(copy, "/lib64/ld-linux-gone.so.9")
    assert "/lib64/ld-linux-gone.so.9 is not there" in verdict(tlsmend("check", "./true"))
    shutil.copy("/bin/true", copy)
    data = bytearray(copy.read_bytes())
    data[18:20] = struct.pack("<H", 183)
    copy.write_bytes(data)
    assert "64-bit aarch64 program" in verdict(tlsmend("check", "./true"))


def test_musl(tlsmend, tmp_path):
    """Found as musl finds libraries: its own list of directories or RPATH, and never by glibc's cache."""
    if not COMPILER:
        pytest.skip(WHY_NOT)
    names = ("SSL_CTX_new", "SSL_CTX_ctrl", "SSL_connect", "X509_verify_cert")
    source = 'const char v[] = "OpenSSL 9.8.7  1 Jan 2031"; ' + "".join("int %s(void); int %s(void) { return 0; }\n" % (f, f) for f in names)
    (tmp_path / "lib").mkdir()
    (tmp_path / "tls.c").write_text(source)
    (tmp_path / "main.c").write_text("int SSL_CTX_new(void); int main(void) { return SSL_CTX_new(); }\n")
    lib = compile_musl(tmp_path / "lib/libssl.so.3", tmp_path / "tls.c", ["-shared", "-fPIC"])
    compile_musl(tmp_path / "client", tmp_path / "main.c", [str(lib), "-Wl,-rpath,$ORIGIN/lib"])
    r = tlsmend("check", "./client")
    assert r.returncode == 0 and "client -> %s (OpenSSL 9.8.7)" % lib in verdict(r)
    compile_musl(tmp_path / "other", tmp_path / "main.c", ["-L%s" % lib.parent, "-l:libssl.so.3", "-Wl,-rpath,$ORIGIN/lib"])
    r = tlsmend("check", "./other")
    assert r.returncode == 0 and verdict(r) == "other: reachable: other -> libssl.so.3 (OpenSSL 9.8.7)"
    run = tlsmend("run", "./other")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    compile_musl(tmp_path / "lost", tmp_path / "main.c", ["-L%s" % lib.parent, "-l:libssl.so.3"])
    r = tlsmend("check", "./lost")
    assert r.returncode == 1 and "missing   libssl.so.3, needed by lost" in r.stdout and "libc" not in r.stdout
    assert "linked into" not in r.stdout


# ---- no targets ----------------------------------------------------------------------------------------------

def test_not_found(tlsmend, tmp_path):
    for name, said in (("no-such-program", "looked for in PATH"), ("./no-such-program", "No such file"), (str(tmp_path), "directory")):
        r = tlsmend("check", name)
        assert r.returncode == 2 and r.stdout == "" and said in r.stderr
    assert tlsmend("check", "no-such-program", "/usr/bin/python3").returncode == 2


def test_no_program(tlsmend, tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_text("hello\n")
    (tmp_path / "lone").write_text("#!\n")
    os.mkfifo(tmp_path / "pipe")
    for name, said in (("empty", "the file is empty"), ("text", "neither ELF nor a script"), ("lone", "neither"), ("pipe", "no regular file"),
                       ("/dev/null", "no regular file")):
        r = tlsmend("check", name if name[0] == "/" else "./" + name)
        assert r.returncode == 1 and said in verdict(r), name
    r = tlsmend("check", "./empty", "/usr/bin/python3")
    assert r.returncode == 1 and len([x for x in r.stdout.splitlines() if x[0] != " "]) == 2


def test_truncated_file_is_no_crash(tlsmend, tmp_path):
    whole = pathlib.Path("/bin/true").read_bytes()
    for n in (4, 15, 16, 40, 63, 64, 65, 300, 1000, len(whole) // 2):
        (tmp_path / "cut").write_bytes(whole[:n])
        r = tlsmend("check", "./cut")
        assert r.returncode == 1, (n, r)
        if n <= 1000:
            assert "damaged" in verdict(r), (n, verdict(r))


def mutated(data, rng):
    data = bytearray(data)
    for _ in range(rng.choice((1, 2, 4, 16))):
        # Mostly in the headers, where all the offsets are.
        at = rng.randrange(len(data)) if rng.random() < 0.2 else rng.randrange(min(len(data), 1024))
        width = rng.choice((1, 2, 4, 8))
        data[at:at + width] = rng.choice((bytes(width), b"\xff" * width, rng.randbytes(width), struct.pack("<Q", rng.randrange(len(data)))[:width]))
    if rng.random() < 0.2:
        del data[rng.randrange(len(data)):]
    return bytes(data)


def test_mutated_files_never_crash(tlsmend, tmp_path):
    rng = random.Random(20261121)
    small = compile_c("int SSL_connect(void) { return 0; } int SSL_CTX_new(void) { return 0; } int main(void) { return 0; }\n", tmp_path / "small", "-rdynamic")
    seeds = [pathlib.Path("/bin/true").read_bytes(), small.read_bytes(), pathlib.Path("/usr/bin/openssl").read_bytes()]
    names = []
    for i in range(200):
        name = tmp_path / ("m%03d" % i)
        name.write_bytes(mutated(seeds[i % len(seeds)], rng))
        names.append(name)
    for at in range(0, len(names), 20):
        r = tlsmend("check", *names[at:at + 20])
        assert r.returncode in (0, 1), (names[at], r.returncode, r.stderr)
        assert len([x for x in r.stdout.splitlines() if x[0] != " "]) == 20


# ---- processes -----------------------------------------------------------------------------------------------

def with_process(tmp_path, command, env, ask):
    p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment(tmp_path, **env))
    try:
        assert p.stdout.readline() == "ready\n"
        return ask(p.pid)
    finally:
        p.stdin.close()
        p.wait(30)
        p.stdout.close()


PYTHON = ["/usr/bin/python3", "-c", "import ssl, sys; print('ready', flush=True); sys.stdin.read()"]


def test_process_without_the_library(tlsmend, tmp_path):
    r = with_process(tmp_path, PYTHON, {}, lambda pid: tlsmend("check", pid))
    assert r.returncode == 1 and "the library is not loaded in this process; restart it with 'tlsmend run'" in verdict(r)
    assert re.search(r"openssl   \S*libssl\.so", r.stdout) and re.search(r"libcrypto\S* \(OpenSSL \d", r.stdout)


def test_process_with_the_library(tlsmend, tmp_path):
    r = with_process(tmp_path, PYTHON, {"LD_PRELOAD": str(LIBRARY), "TLSMEND_LOG_LEVEL": "error"}, lambda pid: tlsmend("check", pid))
    assert r.returncode == 0 and re.match(r"python3\S*\[\d+\]: reachable: the library is loaded, and OpenSSL \d", verdict(r))
    assert "TLSMEND_LOG_LEVEL=error" in r.stdout


def test_process_that_is_disabled(tlsmend, tmp_path):
    r = with_process(tmp_path, PYTHON, {"LD_PRELOAD": str(LIBRARY), "TLSMEND_DISABLE": "1"}, lambda pid: tlsmend("check", pid))
    assert r.returncode == 1 and "TLSMEND_DISABLE" in verdict(r)


def test_process_with_a_replaced_library(tlsmend, tmp_path):
    """After an upgrade of OpenSSL the old copy is still mapped, and its file is gone."""
    copy = compile_c("int SSL_CTX_ctrl(void); int SSL_CTX_ctrl(void) { return 0; }\n", tmp_path / "libssl.so.77", "-shared", "-fPIC")
    code = ("import ctypes, os, sys; ctypes.CDLL(%r); os.unlink(%r); print('ready', flush=True); sys.stdin.read()" % (str(copy), str(copy)))
    r = with_process(tmp_path, ["/usr/bin/python3", "-c", code], {}, lambda pid: tlsmend("check", pid))
    assert "libssl.so.77 (deleted)" in r.stdout


# A stand-in for node: waits, and has OpenSSL's functions in it.
LINKED_IN = 'const char v[] = "OpenSSL 3.0.19 27 Jan 2026"; int SSL_CTX_new(void) { return 0; } int SSL_connect(void) { return v[0]; }'


@pytest.mark.parametrize("gone", [False, True])
def test_process_is_known_by_its_name(tlsmend, tmp_path, gone):
    program = compile_c(WAITS % LINKED_IN, tmp_path / "node", "-O0")

    def ask(pid):
        if gone:
            program.unlink()
        return tlsmend("check", pid)

    r = with_process(tmp_path, [program], {}, ask)
    assert r.returncode == 1 and "OpenSSL 3.0.19 is linked into the program; use NODE_EXTRA_CA_CERTS=FILE" in verdict(r), r


def test_process_not_there(tlsmend):
    limit = int(pathlib.Path("/proc/sys/kernel/pid_max").read_text())
    r = tlsmend("check", limit + 1)
    assert r.returncode == 2 and "no process" in r.stderr


def test_process_that_may_not_be_looked_into(tlsmend):
    """Nothing is known of it: that is no verdict."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to have another user's process")
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        os.chmod(directory, 0o755)
        copy = shutil.copy(COMMAND, directory)
        r = tlsmend("check", os.getpid(), command=copy, cwd=directory, user=65534, group=65534, extra_groups=[])
    assert r.returncode == 2 and r.stdout == "" and "another user's" in r.stderr, r


def test_process_without_a_program(tlsmend):
    with subprocess.Popen(["true"]) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        r = tlsmend("check", ended.pid)
    assert r.returncode == 2 and r.stdout == "" and "runs no program" in r.stderr, r


# ---- processes with a root of their own ----------------------------------------------------------------------------

WAITS = "#include <stdio.h>\n%s\nint main(void) { puts(\"ready\"); fflush(stdout); return getchar() == 'x'; }\n"


def in_a_root(tlsmend, tmp_path, source, *flags, files=()):
    """check of a process below chroot(2), whose interpreter is only there."""
    if os.geteuid() != 0 or os.uname().machine != "x86_64":
        pytest.skip("needs root and x86-64: chroot")
    inside = tmp_path / "inside"
    (inside / "lib").mkdir(parents=True)
    compile_c(source, inside / "app", *flags)
    for name in ("/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6", *files):
        shutil.copy(name, inside / "lib")
    (inside / "lib/ld-linux-x86-64.so.2").rename(inside / "lib/ld-linux-only-here.so.2")
    return with_process(tmp_path, [shutil.which("chroot") or "/usr/sbin/chroot", inside, "/app"], {"LD_LIBRARY_PATH": "/lib"},
                        lambda pid: tlsmend("check", pid))  # fmt: skip


ONLY_THERE = "-Wl,--dynamic-linker=/lib/ld-linux-only-here.so.2"


def test_container(tlsmend, tmp_path):
    """What is missing here is there."""
    r = in_a_root(tlsmend, tmp_path, WAITS % "", ONLY_THERE)
    assert r.returncode == 1 and "the library is not loaded in this process; restart it" in verdict(r), r.stdout
    assert "it has a root of its own" in r.stdout and "'tlsmend env --docker'" in r.stdout


def test_container_with_openssl_linked_in(tlsmend, tmp_path):
    """What the program's own file has in it is so there, too."""
    r = in_a_root(tlsmend, tmp_path, WAITS % LINKED_IN, ONLY_THERE, "-O0")
    assert r.returncode == 1 and "OpenSSL 3.0.19 is linked into the program; use SSL_CERT_FILE=FILE" in verdict(r), r.stdout


def test_container_with_openssl(tlsmend, tmp_path):
    libraries = [p for name in ("ssl", "crypto", "z", "zstd") for p in glob.glob("/usr/lib/x86_64-linux-gnu/lib%s.so.[0-9]" % name)]
    r = in_a_root(tlsmend, tmp_path, WAITS % "int SSL_library(void); void *TLS_method(void); void *(*volatile f)(void) = TLS_method;", ONLY_THERE,
                  "-l:libssl.so.3", "-l:libcrypto.so.3", files=libraries)  # fmt: skip
    assert "the library is not loaded in this process" in verdict(r) and re.search(r"openssl   \S*/lib/libssl.so.3", r.stdout), r.stdout


def test_container_with_a_static_program(tlsmend, tmp_path):
    assert "it is statically linked" in verdict(in_a_root(tlsmend, tmp_path, WAITS % "", "-static"))


# ---- units ----------------------------------------------------------------------------------------------------------

def of_unit(run, text, name="app.service", more=None):
    return run([COMMAND, "check", name], etc={"systemd/system/app.service": text, **(more or {})}, library=False)


def test_systemd_unit_by_its_drop_ins(run):
    r = of_unit(run, "[Service]\nExecStartPre=/bin/true\nExecStart=-/usr/bin/curl -s https://a.test/\n")
    assert r.code == 0 and r.out.startswith("app.service: reachable: curl -> "), r
    assert "  unit      /etc/systemd/system/app.service\n" in r.out and "by 'tlsmend service app.service'" in r.out
    drop_in = {"systemd/system/app.service.d/a.conf": '[Service]\nExecStart=\nExecStart="/bin/true" x\nEnvironment=LD_PRELOAD=/lib/x.so\n'}
    r = of_unit(run, "[Service]\nExecStart=/usr/bin/curl\n", more=drop_in)
    assert r.code == 1 and r.out.startswith("app.service: no TLS seen: ") and "  variable  LD_PRELOAD=/lib/x.so\n" in r.out
    r = of_unit(run, "[Service]\nExecStart=/usr/bin/curl\n", more={"systemd/system/app.service.d/tlsmend.conf": "[Service]\n"})
    assert "  drop-in   /etc/systemd/system/app.service.d/tlsmend.conf\n" in r.out and "note" not in r.out


def test_unit_with_a_program_without_folder(run):
    r = of_unit(run, "[Service]\nExecStart=curl -s https://a.test/\n")
    assert r.code == 0 and r.out.startswith("app.service: reachable: curl -> ") and "/usr/bin/curl\n" in r.out, r


def test_unit_that_is_none(run):
    for text, name, said in (("[Service]\n", "other.service", "there is no unit other.service here"), ("[Service]\n", "app.service", "starts no program"),
                             ("[Service]\nExecStart=/no/where\n", "app.service", "starts /no/where, which is not there")):  # fmt: skip
        r = of_unit(run, text, name)
        assert r.code == 2 and r.out == "" and said in r.err, r
