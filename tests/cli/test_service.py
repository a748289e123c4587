# SPDX-License-Identifier: ISC
"""tlsmend service NAME: the drop-in of a unit, and the unit's own view of what it names."""
import re
import shlex
import shutil

import pytest

from lib.run import COMMAND, LIBRARY, ROOT_MOUNTS, namespace_command

UNIT = "[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n"
NO_LOG = {"TLSMEND_LOG": None, "TLSMEND_LOG_FORMAT": None}
DROP_IN = "/etc/systemd/system/app.service.d/tlsmend.conf"


def service(run, *words, unit=UNIT, more=None, then=""):
    """The command with a unit app.service, and what the drop-in holds afterwards."""
    etc = {"systemd/system/app.service": unit, **(more or {})}
    script = "%s; echo rc=$?; cat %s 2>/dev/null; %s" % (shlex.join([str(COMMAND), "service", *map(str, words)]), DROP_IN, then)
    done = run(["sh", "-c", script], etc=etc, library=False, env=NO_LOG)
    said, _, rest = done.out.partition("rc=")
    return done, said, int(rest.split("\n")[0]), rest.partition("\n")[2]


@pytest.fixture
def ca(run, pki):
    path = run.write("ca.pem", pki.root.pem)
    run.scratch.chmod(0o755)
    return path


def test_there_and_back(run, ca):
    q = shlex.join([str(COMMAND), "service", "--remove", "app.service"])
    done, said, code, text = service(run, "app", "--extra-ca", "a.test=%s" % ca, then=q + "; ls -A /etc/systemd/system/")
    assert code == 0, done
    lines = text.splitlines()
    assert lines[:3] == ["# written by tlsmend service; taken back by: tlsmend service --remove app.service", "[Service]",
                         'Environment="LD_PRELOAD=%s"' % LIBRARY]  # fmt: skip
    assert 'Environment="TLSMEND_EXTRA_CA=a.test=%s"' % ca in lines
    assert said.startswith("wrote %s:\n# written" % DROP_IN) and "systemctl daemon-reload && systemctl restart app.service" in said
    assert "removed %s" % DROP_IN in text and text.endswith("app.service\n")


@pytest.mark.long
def test_dry_run_and_unknown(run, ca):
    _, said, code, text = service(run, "app", "--dry-run")
    assert code == 0 and said.startswith("would write") and text == ""
    done, _, code, text = service(run, "other")
    assert code == 1 and "there is no unit other.service" in done.err and text == ""
    done, _, code, _ = service(run, "app", "--remove")
    assert code == 1 and "app.service has no drop-in of tlsmend" in done.err
    for name in ("../x", "a/b", "", ".x"):
        done, _, code, _ = service(run, name)
        assert code == 2


def test_own_preload_is_kept(run):
    unit = UNIT + 'Environment="A=1" "LD_PRELOAD=/lib/other.so"\n'
    done, _, _, text = service(run, "app", unit=unit)
    assert 'Environment="LD_PRELOAD=%s:/lib/other.so"' % LIBRARY in text and "sets LD_PRELOAD=/lib/other.so itself" in done.err
    more = {"systemd/system/app.service.d/a.conf": "[Service]\nEnvironment=LD_PRELOAD=/lib/third.so\nEnvironmentFile=/etc/default/app\n"}
    done, _, _, text = service(run, "app", unit=unit, more=more)
    assert ":/lib/third.so" in text and "EnvironmentFile=/etc/default/app" in done.err
    # its own is not taken for another's
    more = {"systemd/system/app.service.d/tlsmend.conf": '# written by tlsmend service\n[Service]\nEnvironment="LD_PRELOAD=/old/libtlsmend.so"\n'}
    _, _, _, text = service(run, "app", more=more)
    assert 'Environment="LD_PRELOAD=%s"\n' % LIBRARY in text


@pytest.mark.parametrize("keys, said", [
    ("User=nobody\n", "the unit's user nobody cannot read it"), ("DynamicUser=yes\n", "the unit's user cannot read it"), ("", None),
    ("User=root\n", None), ("PrivateTmp=true\n", "the unit has PrivateTmp and does not see it"),
])  # fmt: skip
def test_what_the_unit_cannot_see(run, ca, keys, said):
    ca.chmod(0o600)
    done, _, code, _ = service(run, "app", "--extra-ca", "a.test=%s" % ca, unit=UNIT + keys)
    assert code == 0
    if said:
        assert "%s: %s" % (ca, said) in done.err
    else:
        assert "warning: %s" % ca not in done.err


@pytest.mark.parametrize("keys, needs", [
    ("", False), ("ProtectSystem=strict\n", True), ("ProtectSystem=full\n", False), ("ProtectSystem=strict\nReadWritePaths=/srv /var/log/app\n", False),
    ("ProtectSystem=strict\nLogsDirectory=app\n", False),
])  # fmt: skip
def test_log_of_a_strict_unit(run, keys, needs):
    etc = {"systemd/system/app.service": UNIT + keys}
    script = "mount -t tmpfs tmpfs /var/log; mkdir /var/log/app; %s; cat %s" % (shlex.join([str(COMMAND), "service", "app", "--log", "/var/log/app/tls.log"]), DROP_IN)
    done = run(["sh", "-c", script], etc=etc, library=False)
    assert done.code == 0 and ('ReadWritePaths="/var/log/app"' in done.out) is needs


def test_hostile_words_stay_in_their_place(run, pki):
    """A path with everything that a unit file reads."""
    folder = run.scratch / 'a "b\\c %n $X'
    folder.mkdir()
    (folder / "ca.pem").write_bytes(pki.root.pem)
    _, _, code, text = service(run, "app", "--extra-ca", "a.test=%s/ca.pem" % folder)
    assert code == 0 and len(text.splitlines()) == 4
    assert r'a \"b\\c %%n $X/ca.pem"' in text


def test_systemd_takes_it(run, ca, sites):
    """systemd-analyze verify has nothing to say, and the environment that systemd reads from it works under the unit's restrictions."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here: that systemd takes the drop-in was not shown")
    port, _ = sites.https("legacy.test")
    check = "SYSTEMD_UNIT_PATH=/etc/systemd/system: systemd-analyze verify --man=no app.service 2>&1; echo verified=$?"
    unit = UNIT.replace("/bin/true", "/usr/bin/curl https://legacy.test:%d/" % port) + "User=nobody\nPrivateTmp=yes\n"
    done, _, code, text = service(run, "app", "--config", run.write("t.conf", "[legacy.test]\nExtraCAFile = /etc/tlsmend/ca.pem\n"), unit=unit, then=check,
                                  more={"tlsmend/ca.pem": ca.read_text()})  # fmt: skip
    assert code == 0 and "verified=0" in text, text
    assert "tlsmend.conf:" not in text.split("verified=")[0].partition("[Service]")[2], text


@pytest.mark.parametrize("words", [["app"], ["--dry-run", "app"], ["--remove", "app"]], ids=["write", "dry-run", "remove"])
@pytest.mark.parametrize("kind", ["by hand", "masked"])
def test_what_others_wrote_is_left(run, kind, words):
    """Where the settings of `tlsmend env --systemd` were pasted into a file of that name; and where an administrator masked it."""
    theirs = '[Service]\nEnvironment="TLSMEND_LOG=journal"\n'
    more = {DROP_IN[len("/etc/"):]: theirs}
    mask = "ln -sf /etc/null %s; " % DROP_IN if kind == "masked" else ""
    if mask and namespace_command() != ROOT_MOUNTS:
        pytest.skip("needs root, and a private mount namespace")
    script = ("%s%s%s; echo rc=$?; cat %s; stat -L -c %%F %s" % ("mknod /etc/null c 1 3 && " if mask else "", mask,
              shlex.join([str(COMMAND), "service", *words]), DROP_IN, DROP_IN))  # fmt: skip
    done = run(["sh", "-c", script], etc={"systemd/system/app.service": UNIT, **more}, library=False, env=NO_LOG)
    assert done.out == "rc=2\n" + ("character special file\n" if mask else theirs + "regular file\n"), done
    assert "was not written by tlsmend service; it is left as it is" in done.err


def test_environment_under_the_restrictions_of_the_unit(run, ca, sites):
    """User=nobody, PrivateTmp, ProtectHome, NoNewPrivileges, as systemd would make them: another user, tmpfs over /tmp and /root."""
    if namespace_command() != ROOT_MOUNTS or not shutil.which("setpriv"):
        pytest.skip("needs root, a private mount namespace, and setpriv")
    port, _ = sites.https("legacy.test")
    curl = ["curl", "-sS", "-m", "20", "https://legacy.test:%d/" % port]
    q = shlex.quote
    # what systemd would have on its disk: nothing of it below a home or a temporary folder
    disk = ("mount -t tmpfs -o mode=755 tmpfs /opt; cp %s %s %s /opt; chmod 755 /opt/*; "
            "printf '[legacy.test]\\nExtraCAFile = ca.pem\\n' >/opt/t.conf; " % (q(str(LIBRARY)), q(str(COMMAND)), q(str(ca))))  # fmt: skip
    written = run(["sh", "-ec", disk + "/opt/tlsmend service app --config /opt/t.conf >/dev/null; cat " + DROP_IN],
                  etc={"systemd/system/app.service": UNIT + "User=nobody\nPrivateTmp=yes\nProtectHome=yes\n"}, library=False, env=NO_LOG)  # fmt: skip
    assert written.code == 0 and written.err == "", written
    variables = re.findall('^Environment="(.*)"$', written.out, re.M)
    hide = "".join("mount -t tmpfs tmpfs %s; " % d for d in ("/tmp", "/var/tmp", "/root", "/home"))
    unit = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--no-new-privs", "--bounding-set", "-all",
            "env", "-i", "PATH=/usr/bin:/bin", *variables, *curl]  # fmt: skip
    done = run(["sh", "-ec", disk + hide + shlex.join(unit)], library=False, env=NO_LOG)
    assert done.code == 0 and done.out == "hello from legacy.test\n", done
    assert "made possible by ExtraCAFile = /opt/ca.pem" in done.err
