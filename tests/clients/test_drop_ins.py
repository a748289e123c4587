# SPDX-License-Identifier: ISC
"""/etc/tlsmend.d and Include: which files count, in which order, and where relative paths lead."""
import pytest

from clients.table import DEBIAN_PYTHON, HERE, curl
from lib.run import COMMAND, only_failure

HOST = "legacy.test"
A_FEW_SECONDS = 12


def section(ca, host=HOST):
    return "[%s]\nExtraCAFile = %s\n" % (host, ca)


def rule_of(run, **how):
    done = run(curl(**how.pop("to")), **how)
    return done, [r["rule"] for r in done.of("mended")]


def test_folder_alone(run, sites, pki):
    """No /etc/tlsmend.conf; the CA file stands beside the drop-in, which names it without a folder."""
    port, _ = sites.https(HOST)
    etc = {"tlsmend.d/50-legacy.conf": section("root.pem"), "tlsmend.d/root.pem": pki.root_pem}
    done, rules = rule_of(run, to={"port": port}, etc=etc)
    assert done.code == 0 and rules == ["/etc/tlsmend.d/50-legacy.conf:1 [legacy.test] ExtraCAFile"]


@pytest.mark.parametrize("last, works", [("90.conf", True), ("10.conf", False), ("90.conf.dpkg-old", False), (".90.conf", False)])
def test_later_wins(run, sites, pki, last, works):
    port, identity = sites.https(HOST)
    etc = {"tlsmend.conf": section(pki.stranger_pem), "tlsmend.d/50.conf": section(pki.stranger_pem),
           "tlsmend.d/" + last: section(pki.root_pem)}  # fmt: skip
    done, _ = rule_of(run, to={"port": port}, etc=etc)
    assert (done.code == 0) is works
    if not works:
        only_failure(done, ("issuer-unknown",), HOST, port, identity.sha256)


def test_variable_takes_the_place_of_both(run, sites, pki):
    port, _ = sites.https(HOST)
    etc = {"tlsmend.d/50.conf": section(pki.root_pem)}
    mine = run.config(("other.test", {"ExtraCAFile": pki.root_pem}))
    assert run(curl(port), etc=etc, config=mine).code == 60
    mine = run.write("mine.conf", "Include = /etc/tlsmend.d/\n" + section(pki.root_pem, "other.test"))
    assert run(curl(port), etc=etc, config=mine).code == 0


@pytest.mark.parametrize("include", ["rules/", "rules/*.conf", "rules/one.conf", '"rules/one.conf"  # all of them'])
def test_include(run, sites, pki, include):
    """Relative to the file that has the line; what is named there is relative to that file in turn."""
    port, _ = sites.https(HOST)
    (run.scratch / "rules").mkdir()
    run.write("rules/root.pem", pki.root.pem)
    one = run.write("rules/one.conf", section("root.pem"))
    config = run.write("tlsmend.conf", "# the team's\ninclude = %s\n[other.test]\nMinProtocol = TLSv1.2\n" % include)
    done, rules = rule_of(run, to={"port": port}, config=config)
    assert done.code == 0 and rules == ["%s:1 [legacy.test] ExtraCAFile" % one], done


def test_include_that_is_not_there(run, sites, pki):
    port, _ = sites.https(HOST)
    config = run.write("tlsmend.conf", "Include = nowhere.conf\n" + section(pki.root_pem))
    done = run(curl(port), config=config)
    assert done.code == 0
    (error,) = done.of("config_error")
    assert "nowhere.conf" in error["message"] and "No such file" in error["message"]


def test_strengthening_key_of_a_drop_in_closes(run, sites, pki):
    """The file of OnlyCAFile is not there: the host's connections end, with the client's own trust good."""
    port, _ = sites.https(HOST)
    etc = {"tlsmend.d/50.conf": "[legacy.test]\nOnlyCAFile = nowhere.pem\n"}
    done = run([*curl(port), "--cacert", pki.root_pem], etc=etc)
    assert done.code != 0
    assert "/etc/tlsmend.d/nowhere.pem" in str(done.records)


@pytest.mark.long
def test_long_running_client(run, sites, pki):
    port, _ = sites.https(HOST)
    folder = run.scratch / "rules"
    folder.mkdir()
    question = "%s %d" % (HOST, port)
    with run.start([DEBIAN_PYTHON, HERE / "loop.py"], config=str(folder) + "/") as client:
        assert client.ask(question) == "REFUSED 20"
        (folder / "one.conf").write_text(section(pki.root_pem))
        client.ask_until(question, lambda a: a.startswith("OK"), A_FEW_SECONDS)
        (folder / "one.conf").unlink()
        client.ask_until(question, lambda a: a == "REFUSED 20", A_FEW_SECONDS)


# ---- the command -------------------------------------------------------------------------------------------------

def test_rule_and_lint_name_the_file(run, pki):
    (run.scratch / "rules").mkdir()
    one = run.write("rules/10.conf", section("nowhere.pem"))
    two = run.write("rules/20.conf", "[legacy.test]\nMinProtocol = TLSv1.3\nNoSuchKey = 1\n")
    config = run.write("tlsmend.conf", "Include = rules/\n[*.test]\nMinProtocol = TLSv1.2\n")
    done = run([COMMAND, "rule", HOST], config=config, library=False)
    rows = [line.split()[:4] for line in done.out.splitlines()[1:]]
    assert ["ExtraCAFile", str(run.scratch / "rules/nowhere.pem"), HOST, "%s:2" % one] in rows
    assert ["MinProtocol", "TLSv1.2", "*.test", "%s:3" % config] in rows
    done = run([COMMAND, "lint"], config=config, library=False)
    assert done.code == 1
    assert "%s:3: error: unknown key 'NoSuchKey'" % two in done.out and "%s:2: error: ExtraCAFile" % one in done.out
    done = run([COMMAND, "lint", str(run.scratch / "rules") + "/"], library=False)
    assert "%s:3: error: unknown key" % two in done.out


@pytest.mark.parametrize("text, said", [
    ("[a.test]\nInclude = x.conf\n", "c:2: error: Include stands in a section; write it above the first [HOST]"),
    ("Include =\n", "c:1: error: Include names no file; write Include = FILE"),
])  # fmt: skip
def test_lint_says_what_is_wrong(run, text, said):
    run.write("c", text)
    run.write("x.conf", "")
    done = run([COMMAND, "lint", "c"], library=False)
    assert done.code == 1 and said in done.out


@pytest.mark.parametrize("text", ["Include = c\n", "Include = d\n"])
def test_include_in_a_circle(run, text):
    run.write("c", text)
    run.write("d", "Include = c\n")
    done = run([COMMAND, "lint", "c"], library=False)
    assert done.code == 2 and "includes itself" in done.err


# ---- more than is read ----------------------------------------------------------------------------------------------

def many(run, folder, count):
    path = run.scratch / folder
    path.mkdir()
    for i in range(count):
        (path / ("%04d.conf" % i)).write_text("[a%d.test]\nMinProtocol = TLSv1.2\n" % i)
    return path


@pytest.mark.parametrize("folders, works", [((1000,), True), ((1001,), False), ((600, 401), False)])
def test_more_files_than_are_read(run, sites, pki, folders, works):
    """What strengthens may stand in what is not read: no connection is left without it, and the tools say why."""
    port, _ = sites.https(HOST)
    paths = [many(run, "rules%d" % i, n) for i, n in enumerate(folders)]
    config = ":".join("%s/" % p for p in paths)
    env = {"CURL_CA_BUNDLE": str(pki.root_pem)}
    done = run(curl(port), config=config, env=env)
    assert (done.code == 0) is works, done
    assert [("1000" in r["message"]) for r in done.of("config_error")] == ([] if works else [True]), done
    lint = run([COMMAND, "lint"], library=False, env={"TLSMEND_CONFIG": config})
    assert lint.code == (0 if works else 2) and ("1000" in lint.err) is not works, lint
    if works:
        return
    (paths[-1] / "0000.conf").unlink()
    assert run(curl(port), config=config, env=env).code == 0


def test_deeper_than_is_read(run, sites, pki):
    port, _ = sites.https(HOST)
    for i in range(6):
        run.write("%d.conf" % i, "Include = %d.conf\n[a%d.test]\nMinProtocol = TLSv1.2\n" % (i + 1, i))
    run.write("6.conf", "[%s]\nOnlyCAFile = %s\n" % (HOST, pki.stranger_pem))
    done = run(curl(port), config=run.scratch / "0.conf", env={"CURL_CA_BUNDLE": str(pki.root_pem)})
    assert done.code != 0 and ["at a depth of more than 4 files" in r["message"] for r in done.of("config_error")] == [True]
