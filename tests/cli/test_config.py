# SPDX-License-Identifier: ISC
"""lint, rule and env: what is said about a configuration."""
import os
import re
import shlex
import subprocess

import pytest

from .conftest import LIBRARY

CONFIG = """\
# two teams
[legacy.example.com *.partner.example:8443]
ExtraCAFile = {ca}/corp-root.pem
MinProtocol = TLSv1.2

[*.example.com]
MinProtocol = TLSv1.3

[printer.corp.example]
MinProtocol  = TLSv1
CipherString = DEFAULT:@SECLEVEL=0
Reason = firmware of 2011 (OPS-1234)
Until  = 2099-03-31

[old.corp.example]
MinProtocol = TLSv1
Reason = gone
Until = 2020-01-01
"""


@pytest.fixture
def config(tmp_path, ca):
    path = tmp_path / "tlsmend.conf"
    path.write_text(CONFIG.format(ca=ca))
    return path


# ---- lint ----------------------------------------------------------------------------------------------------

def test_lint_clean(tlsmend, tmp_path, ca):
    (tmp_path / "c").write_text("[a.test]\nExtraCAFile = %s/corp-root.pem\n" % ca)
    r = tlsmend("lint", "c")
    assert r.returncode == 0 and r.stderr == ""
    assert r.stdout == "c:2: note: ExtraCAFile %s/corp-root.pem: 1 certificate\n1 section, 0 errors\n" % ca


def test_section_that_closes(tlsmend, tmp_path, ca):
    """An error in a section that strengthens: what becomes of its hosts is said where one looks."""
    (tmp_path / "c").write_text("[a.test]\nOnlyCAFile = %s/corp-root.pem\nNonsense = 1\n[b.test]\nNonsense = 1\n" % ca)
    r = tlsmend("lint", "c")
    assert r.returncode == 1
    assert [line for line in r.stdout.splitlines() if ": warning:" in line] == [
        "c:1: warning: connections to the hosts of section [a.test] end until its errors are mended, since it names OnlyCAFile"]
    r = tlsmend("rule", "a.test", env={"TLSMEND_CONFIG": str(tmp_path / "c")})
    assert r.returncode == 0 and "%s:2  connections end: its section has an error, line 3: unknown key 'Nonsense'" % (tmp_path / "c") in r.stdout
    r = tlsmend("rule", "b.test", env={"TLSMEND_CONFIG": str(tmp_path / "c")})
    assert r.returncode == 1 and "no rule for b.test\n" in r.stdout
    r = tlsmend("rule", "b.test", env={"TLSMEND_CONFIG": str(tmp_path / "none.conf")})
    assert r.returncode == 2 and r.stdout == "no rule for b.test in what can be read\n" and "none.conf: No such file" in r.stderr


def test_lint_warnings_are_no_errors(tlsmend, config):
    r = tlsmend("lint", config)
    assert r.returncode == 0
    assert re.search(r"^%s:18: warning: .*2020-01-01" % re.escape(str(config)), r.stdout, re.M)
    assert re.search(r"^4 sections, 0 errors, \d warnings?$", r.stdout.splitlines()[-1])


def test_lint_weakening_without_reason(tlsmend, tmp_path):
    (tmp_path / "c").write_text("[a.test]\nMinProtocol = TLSv1\n")
    r = tlsmend("lint", "c")
    assert r.returncode == 0 and "warning" in r.stdout and "Reason" in r.stdout and "Until" in r.stdout


@pytest.mark.parametrize("body, line, said", [
    ("[a.test]\nExtraCaFiel = /x\n", 2, "ExtraCAFile"),
    ("[a.test]\nVerifyMode = None\n", 2, "VerifyMode"),
    ("[*]\nMinProtocol = TLSv1\n", 2, "*"),
    ("[a..test]\nMinProtocol = TLSv1.2\n", 1, "a..test"),
    ("[a.test]\nMinProtocol = SSLv3\n", 2, "TLSv1.2"),
    ("[a.test]\nExtraCAFile = ~/mine.pem\n", 2, "not expanded"),
])
def test_lint_errors_have_file_and_line(tlsmend, tmp_path, body, line, said):
    (tmp_path / "c").write_text(body)
    r = tlsmend("lint", "c")
    assert r.returncode == 1 and r.stderr == ""
    first = r.stdout.splitlines()[0]
    assert first.startswith("c:%d: error: " % line) and said in first
    assert r.stdout.splitlines()[-1] == "0 sections, 1 error"


def bad_ca_files(ca):
    pem = (ca / "corp-root.pem").read_text()
    lines = pem.splitlines(True)
    return {
        "empty.pem": (b"", "is empty"),
        "der.pem": ((ca / "corp-root.der").read_bytes(), "openssl x509 -inform DER -in "),
        "key.pem": ((ca / "key.pem").read_bytes(), "private key and no certificate"),
        "text.pem": (b"nothing\n", "-----BEGIN CERTIFICATE-----"),
        "damaged.pem": ("".join([*lines[:3], "!" + lines[3][1:], *lines[4:]]).encode(), "damaged: not base64"),
        "short.pem": ("".join([*lines[:3], lines[-1]]).encode(), "damaged: no certificate"),
        "cut.pem": ("".join(lines[:-1]).encode(), "no END line"),
        "windows.pem": (pem.encode("utf-16"), "iconv -f UTF-16"),
        "request.pem": (pem.replace("CERTIFICATE", "CERTIFICATE REQUEST").encode(), "CERTIFICATE REQUEST"),
        "p7.pem": (b"-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n", "openssl pkcs7"),
    }


def test_lint_looks_at_ca_files(tlsmend, tmp_path, ca):
    files = bad_ca_files(ca)
    text = ""
    for name, (data, _) in files.items():
        (tmp_path / name).write_bytes(data)
        text += "[%s.test]\nExtraCAFile = %s/%s\n" % (name.split(".")[0], tmp_path, name)
    (tmp_path / "c").write_text(text + "[missing.test]\nOnlyCAFile = %s/missing.pem\n[dir.test]\nExtraCAFile = %s\n" % (tmp_path, tmp_path))
    r = tlsmend("lint", "c")
    assert r.returncode == 1
    expected = [said for _, said in files.values()] + ["No such file or directory; write", "Is a directory; write"]
    for number, (line, said) in enumerate(zip(r.stdout.splitlines(), expected)):
        assert line.startswith("c:%d: error: " % (2 * number + 2)) and said in line, line
    assert r.stdout.splitlines()[-1] == "%d sections, %d errors" % (len(expected), len(expected))


def test_lint_help_converts_der(tlsmend, tmp_path, ca):
    """The command that is proposed works as it stands, with a blank in the name too."""
    (tmp_path / "my root.pem").write_bytes((ca / "corp-root.der").read_bytes())
    (tmp_path / "c").write_text("[a.test]\nExtraCAFile = %s/my root.pem\n" % tmp_path)
    line = tlsmend("lint", "c").stdout.splitlines()[0]
    command = shlex.split(line.split("convert it: ")[1])
    subprocess.run(command, check=True, timeout=30)
    (tmp_path / "c").write_text("[a.test]\nExtraCAFile = %s\n" % command[-1])
    assert tlsmend("lint", "c").returncode == 0


def test_lint_counts_certificates_and_sees_keys(tlsmend, tmp_path, ca):
    pem = (ca / "corp-root.pem").read_text()
    both = tmp_path / "both.pem"
    both.write_text(pem + "a comment\n" + pem + (ca / "key.pem").read_text())
    (tmp_path / "c").write_text("[a.test]\nExtraCAFile = %s\n" % both)
    r = tlsmend("lint", "c")
    assert r.returncode == 0 and "2 certificates" in r.stdout and "also holds a private key" in r.stdout


def test_lint_permissions(tlsmend, tmp_path, ca):
    root = tmp_path / "root.pem"
    root.write_bytes((ca / "corp-root.pem").read_bytes())
    root.chmod(0o602)
    config = tmp_path / "c"
    config.write_text("[a.test]\nExtraCAFile = %s\n" % root)
    config.chmod(0o666)
    r = tlsmend("lint", "c")
    assert r.returncode == 0 and "3 warnings" in r.stdout.splitlines()[-1]
    for said in ("c: warning: everybody can write this file; write chmod go-w c", "chmod a+r %s" % root, "chmod o-w %s" % root):
        assert said in r.stdout


def test_lint_unreadable(tlsmend, tmp_path):
    r = tlsmend("lint", "./missing")
    assert r.returncode == 2 and r.stdout == "" and "No such file" in r.stderr
    (tmp_path / "c").write_text("[a.test]\nMinProtocol = TLSv1.2\n")
    r = tlsmend("lint", "missing", "c")
    assert r.returncode == 2 and r.stdout == "1 section, 0 errors\n"
    assert tlsmend("lint", tmp_path).returncode == 2


def test_lint_default_is_what_the_library_reads(tlsmend, config, tmp_path):
    assert tlsmend("lint", env={"TLSMEND_CONFIG": str(config)}).stdout == tlsmend("lint", config).stdout
    r = tlsmend("lint", env={"TLSMEND_CONFIG": str(config), "TLSMEND_EXTRA_CA": "a.test=/nonexistent.pem"})
    assert r.returncode == 1 and "TLSMEND_EXTRA_CA" in r.stdout and "No such file" in r.stdout
    r = tlsmend("lint", env={"TLSMEND_CONFIG": "relative.conf"})
    assert r.returncode == 2 and "absolute" in r.stderr


def test_lint_junk(tlsmend, tmp_path):
    (tmp_path / "junk").write_bytes(bytes(range(256)) * 100)
    r = tlsmend("lint", "junk")
    assert r.returncode == 1 and "error" in r.stdout and "\x1b" not in r.stdout
    with open(tmp_path / "big", "wb") as f:
        f.truncate(50 * 1024 * 1024)
    r = tlsmend("lint", "big")
    assert r.returncode == 2 and "16 MiB" in r.stderr


# ---- rule ----------------------------------------------------------------------------------------------------

def rows(r):
    return [re.split(r"  +", line) for line in r.stdout.splitlines()]


def test_rule_shows_keys_and_their_lines(tlsmend, config, ca):
    r = tlsmend("rule", "legacy.example.com", env={"TLSMEND_CONFIG": str(config)})
    assert r.returncode == 0 and r.stderr == ""
    assert rows(r) == [
        ["KEY", "VALUE", "PATTERN", "FROM", "STATE"],
        ["ExtraCAFile", "%s/corp-root.pem" % ca, "legacy.example.com", "%s:3" % config, "applies"],
        ["MinProtocol", "TLSv1.2", "legacy.example.com", "%s:4" % config, "applies"],
        ["MinProtocol", "TLSv1.3", "*.example.com", "%s:7" % config, "overridden by %s:4" % config],
    ]
    starts = {line.index("%s:" % config) for line in r.stdout.splitlines()[1:]}
    assert starts == {r.stdout.index("FROM")}


def test_rule_port(tlsmend, config):
    env = {"TLSMEND_CONFIG": str(config)}
    assert tlsmend("rule", "a.partner.example:8443", env=env).returncode == 0
    for host in ("a.partner.example", "a.partner.example:443"):
        r = tlsmend("rule", host, env=env)
        assert r.returncode == 1 and r.stdout == "no rule for %s\n" % host


def test_rule_weakening_and_expired(tlsmend, config):
    env = {"TLSMEND_CONFIG": str(config)}
    r = tlsmend("rule", "PRINTER.corp.example.", env=env)
    assert ["MinProtocol", "TLSv1", "printer.corp.example", "%s:10" % config,
            "applies, weakens until 2099-03-31: firmware of 2011 (OPS-1234)"] in rows(r)
    r = tlsmend("rule", "old.corp.example", env=env)
    assert "expired on 2020-01-01" in r.stdout and "applies, " not in r.stdout


def test_rule_options_and_variables(tlsmend, config, ca):
    r = tlsmend("rule", "--config", config, "--min-protocol", "legacy.example.com=TLSv1.3", "legacy.example.com:443")
    assert any(row[:2] == ["MinProtocol", "TLSv1.3"] and row[3].startswith("TLSMEND_MIN_PROTOCOL") and row[4] == "applies" for row in rows(r))
    assert "overridden by TLSMEND_MIN_PROTOCOL" in r.stdout
    r = tlsmend("rule", "a.test", env={"TLSMEND_CONFIG": str(config), "TLSMEND_EXTRA_CA": "a.test=%s/corp-root.pem" % ca})
    assert r.returncode == 0 and "TLSMEND_EXTRA_CA" in r.stdout


def test_rule_addresses(tlsmend, tmp_path):
    (tmp_path / "c").write_text("[10.0.0.0/8]\nMinProtocol = TLSv1.2\n[[::1]:443]\nMinProtocol = TLSv1.3\n")
    for host, value in (("10.1.2.3", "TLSv1.2"), ("10.1.2.3:99", "TLSv1.2"), ("[::1]:443", "TLSv1.3")):
        r = tlsmend("rule", "--config", "c", host)
        assert r.returncode == 0 and value in r.stdout, host
    for host in ("::1", "[::1]", "11.0.0.1"):
        assert tlsmend("rule", "--config", "c", host).returncode == 1, host


@pytest.mark.parametrize("host", ["", "a b", "a:x", "a:", "[::1", "::123456", "[::1]x", "x\n"])
def test_rule_no_host(tlsmend, host):
    r = tlsmend("rule", host)
    assert r.returncode == 2 and r.stdout == "" and "HOST:PORT" in r.stderr


@pytest.mark.parametrize("host", ["a:0", "a:65536", "[::1]:0", "https://a:123456/x"])
def test_rule_no_port(tlsmend, host):
    r = tlsmend("rule", host)
    assert r.returncode == 2 and r.stdout == "" and f"'{host}': a port is a number from 1 to 65535" in r.stderr


def test_rule_says_what_is_wrong_elsewhere(tlsmend, tmp_path):
    (tmp_path / "c").write_text("[a.test]\nMinProtocol = TLSv1.2\n[b.test]\nNonsense = 1\n")
    r = tlsmend("rule", "--config", "c", "a.test")
    assert r.returncode == 0 and ":4: error: " in r.stderr and "applies" in r.stdout


# ---- env -----------------------------------------------------------------------------------------------------

AWKWARD = "a'b\"c\\d$e%f `g"


def test_env_shell(tlsmend, tmp_path, ca):
    awkward = tmp_path / AWKWARD
    awkward.write_bytes((ca / "corp-root.pem").read_bytes())
    r = tlsmend("env", "--extra-ca", "a.test=%s" % awkward, env={"LD_PRELOAD": "libm.so.6", "TLSMEND_LOG": "syslog"})
    assert r.returncode == 0 and r.stderr == ""
    shown = subprocess.run(["/bin/sh", "-c", r.stdout + "printf '%s\\n' \"$LD_PRELOAD\" \"$TLSMEND_EXTRA_CA\" \"$TLSMEND_LOG\"; LD_PRELOAD="],
                           capture_output=True, text=True, timeout=30)
    assert shown.stdout.splitlines() == ["%s:libm.so.6" % LIBRARY, "a.test=%s" % os.path.realpath(awkward), "syslog"]
    assert tlsmend("env", "--shell").stdout == "export LD_PRELOAD=%s\n" % LIBRARY


def unit_value(line):
    """systemd.syntax(7): one double-quoted word; then specifiers."""
    assert line.startswith('Environment="') and line.endswith('"')
    inside = line[len('Environment="'):-1]
    plain = re.sub(r"\\x([0-9A-Fa-f]{2})|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else m[2], inside)
    assert "%" not in plain.replace("%%", "")
    return plain.replace("%%", "%")


def test_env_systemd(tlsmend, tmp_path, ca):
    awkward = tmp_path / AWKWARD
    awkward.write_bytes((ca / "corp-root.pem").read_bytes())
    r = tlsmend("env", "--systemd", "--extra-ca", "a.test=%s" % awkward, "--log", "journal", env={"LD_PRELOAD": "libm.so.6"})
    lines = r.stdout.splitlines()
    assert r.returncode == 0 and lines[0] == "[Service]"
    assert [unit_value(line) for line in lines[1:]] == [
        "LD_PRELOAD=%s" % LIBRARY, "TLSMEND_EXTRA_CA=a.test=%s" % os.path.realpath(awkward), "TLSMEND_LOG=journal"]


def test_env_docker_to_paste(tlsmend, tmp_path, ca):
    pem, config = ca / "corp-root.pem", tmp_path / "with space.conf"
    config.write_text("")
    r = tlsmend("env", "--docker", "--extra-ca", "a.test=%s" % pem, "--config", config)
    assert r.returncode == 0 and "to be pasted" in r.stderr
    words = shlex.split(r.stdout.replace("\\\n", " "))
    pem, config = os.path.realpath(pem), os.path.realpath(config)
    assert words == ["--volume", "%s:%s:ro" % (LIBRARY, LIBRARY), "--volume", "%s:%s:ro" % (config, config), "--volume", "%s:%s:ro" % (pem, pem),
                     "--env", "LD_PRELOAD=%s" % LIBRARY, "--env", "TLSMEND_CONFIG=%s" % config, "--env", "TLSMEND_EXTRA_CA=a.test=%s" % pem]


@pytest.fixture
def everything(tmp_path, ca):
    """A configuration that names files in each of its ways; [all that a container needs], the options."""
    for name in ("own", "more", "rules"):
        (tmp_path / name).mkdir()
    pem = (ca / "corp-root.pem").read_text()
    for name in ("own/ca.pem", "more/only.pem", "rules/beside.pem", "var.pem"):
        (tmp_path / name).write_text(pem)
    (tmp_path / "more/one.conf").write_text("[b.test]\nOnlyCAFile = only.pem\n")
    (tmp_path / "rules/10.conf").write_text("[c.test]\nExtraCAFile = beside.pem\n")
    (tmp_path / "t.conf").write_text("Include = more/one.conf\n[a.test]\nExtraCAFile = %s/own/ca.pem\n" % tmp_path)
    (tmp_path / "log").write_text("")
    here = os.path.realpath(tmp_path)
    files = ["t.conf", "rules/", "more/one.conf", "own/ca.pem", "more/only.pem", "var.pem"]
    options = ["--config", "%s/t.conf:%s/rules/" % (here, here), "--extra-ca", "d.test=%s/var.pem" % here, "--log", "%s/log" % here]
    return [str(LIBRARY), *("%s/%s" % (here, f) for f in files), here + "/log"], options


def test_env_docker_as_words(tlsmend, everything):
    """$(tlsmend env --docker): the words as the shell takes the output apart, every file among them."""
    files, options = everything
    r = tlsmend("env", "--docker", *options)
    assert r.returncode == 0 and r.stderr == "" and not re.search(r"[\\'\"]", r.stdout)
    words = r.stdout.split()
    assert words[0::2] == ["--volume"] * len(files) + ["--env"] * 4
    assert sorted(words[1::2][:len(files)]) == sorted("%s:%s%s" % (f, f, "" if f.endswith("/log") else ":ro") for f in files)
    # the same out of the environment
    again = tlsmend("env", "--docker", env={k: v for k, _, v in (w.partition("=") for w in words[1::2][len(files) + 1:])})
    assert again.stdout == r.stdout


def test_env_compose(tlsmend, everything):
    yaml = pytest.importorskip("yaml")
    files, options = everything
    r = tlsmend("env", "--compose", *options)
    (service,) = yaml.safe_load(r.stdout)["services"].values()
    assert {v.split(":")[0] for v in service["volumes"]} == set(files) and service["environment"]["LD_PRELOAD"] == str(LIBRARY)
    assert set(service["environment"]) == {"LD_PRELOAD", "TLSMEND_CONFIG", "TLSMEND_EXTRA_CA", "TLSMEND_LOG"}


def test_env_kubernetes(tlsmend, everything):
    yaml = pytest.importorskip("yaml")
    files, options = everything
    volumes, mounts, env = (yaml.safe_load(part) for part in re.split("^# in .*$", tlsmend("env", "--kubernetes", *options).stdout, flags=re.M)[1:])
    assert {v["hostPath"]["path"] for v in volumes} == {m["mountPath"] for m in mounts} == set(files)
    assert [v["name"] for v in volumes] == [m["name"] for m in mounts]
    assert all(m.get("readOnly") is (None if m["mountPath"].endswith("/log") else True) for m in mounts)
    assert {e["name"] for e in env} == {"LD_PRELOAD", "TLSMEND_CONFIG", "TLSMEND_EXTRA_CA", "TLSMEND_LOG"}


def test_env_dockerfile(tlsmend, tmp_path, everything):
    """The command in the comment fills the folder that COPY takes."""
    files, options = everything
    lines = tlsmend("env", "--dockerfile", *options).stdout.splitlines()
    (tmp_path / "build").mkdir()
    subprocess.run(lines[0].split(": ", 1)[1], shell=True, check=True, cwd=tmp_path / "build", timeout=60)
    for f in files[:-1]:
        assert (tmp_path / "build/tlsmend" / f[1:]).exists(), f
    assert lines[1] == "COPY tlsmend/ /" and 'ENV LD_PRELOAD="%s"' % LIBRARY in lines


def test_env_says_what_is_not_there(tlsmend, tmp_path):
    r = tlsmend("env", "--docker", "--log", tmp_path / "not-there")
    assert r.returncode == 0 and "not-there is not there" in r.stderr and "touch" in r.stderr


def test_env_systemd_hidden_places(tlsmend, tmp_path, ca):
    """What a unit with ProtectHome or PrivateTmp does not see."""
    r = tlsmend("env", "--systemd", "--extra-ca", "a.test=%s/corp-root.pem" % ca)
    assert r.returncode == 0 and ("%s/corp-root.pem: a unit with PrivateTmp does not see it" % os.path.realpath(ca) in r.stderr
                                  or not str(ca).startswith(("/tmp", "/var/tmp")))  # fmt: skip


def test_env_bad_value(tlsmend):
    r = tlsmend("env", "--systemd", "--extra-ca", "a.test=/nonexistent")
    assert r.returncode == 2 and r.stdout == ""
