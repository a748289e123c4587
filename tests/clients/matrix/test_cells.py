# SPDX-License-Identifier: ISC
"""Every client of the matrix against every fault: what the record says, and whether its help holds."""
import contextlib
import os
import pathlib
import re
import warnings

import pytest

from lib.run import Runner, check_records
from lib.servers import listening

from . import server, tables
from .server import ADDRESS, HOST, Certificates

# Where the connection is cut, the kernel decides at every run whether the client's next write or its read comes before the reset.
CUTS = ["close-at-once", "close", "reset", "reset-after-flight", "tls-hasty"]
QUICK_FAULTS = "good private-ca expired wrong-name only-1.0 plain close wants-cert-1.3".split()


@pytest.fixture(scope="session")
def world(pki, servers):
    with contextlib.closing(World(pki, servers)) as w:
        yield w


# More than one client has faults. Each is a descriptor and a thread of pytest's own process, which may have no more than 1024 of the former.
MOST_SITES = 64


class World:
    def __init__(self, pki, servers):
        self.certificates, self.servers, self._sites = Certificates(pki), servers, {}

    def site(self, protocol, fault):
        key = protocol, fault.name
        if key in self._sites:
            # the last to go
            self._sites[key] = self._sites.pop(key)
        else:
            while len(self._sites) >= MOST_SITES:
                self._close(next(iter(self._sites)))
            until = contextlib.ExitStack()
            self._sites[key] = server.site(self.servers, self.certificates, protocol, fault, until), until
        return self._sites[key][0]

    def _close(self, key):
        self._sites.pop(key)[1].close()

    def close(self):
        for key in list(self._sites):
            self._close(key)


def _parameters():
    for client, fault in tables.cells():
        marks = []
        if not client.word("quick") or fault.name not in QUICK_FAULTS:
            marks.append(pytest.mark.slow)
        if (client.name == "curl" and fault.wire != "silent") or (client.word("quick") and fault.name == "private-ca"):
            marks.append(pytest.mark.quick)
        wrong = tables.KNOWN_WRONG.get((client.name, fault.name))
        if wrong:
            # TLSMEND_MATRIX=strict for who mends one: its line has to go then
            strict = not wrong[0].startswith("sometimes") and os.environ.get("TLSMEND_MATRIX") == "strict"
            marks.append(pytest.mark.xfail(strict=strict, reason="says %s; right: %s (%s)" % tuple(wrong)))
        yield pytest.param(client, fault, marks=marks, id="%s-%s" % (client.name, fault.name))


def ask(run, world, client, fault, **how):
    """(result, stories of the server)"""
    site = world.site(client.protocol, fault)
    since = len(site.stories)
    ca = world.certificates.pki.root_pem if fault.ca_is_told else None
    crl = world.certificates.crl if client.word("crl") and (fault.name == "revoked" or client.word("crl").startswith("@")) else None
    mine = world.certificates.client
    argv = client.argv(site.port, HOST, ca, crl, 2 if fault.wire == "silent" else 8, (mine.chain, mine.key))
    env = {client.ca_variable: str(ca)} if client.ca_variable and ca else {}
    result = run(argv, env=env, timeout=60, **how)
    check_records(result)
    stories = server.settled(site, since)
    print("\n".join("server: %s" % s for s in stories))
    return result, stories


def brief(records):
    return ["%s %s" % (r["event"], r.get("cause")) for r in records] or ["nothing"]


def told(result):
    """Without what only says that the same came again: clients try more than once."""
    return [r for r in result.records if not r.get("why", "").startswith("the same again")]


def went_on(stories):
    return any(s.data for s in stories)


def judge(client, fault, result, stories):
    """Why the cell is wrong, or None."""
    want = tables.expected(client, fault)
    records = told(result)
    if not any(s.asked for s in stories):
        return "the table is wrong: the client did not come to TLS"
    if not any(s.begun for s in stories) and not records:
        # it saw the end before it began: there is no TLS to tell of
        return None
    if want is None or want[0] == "verify_ignored":
        if not went_on(stories):
            return "the table is wrong: the server got no data, and so the client did not go on"
    elif want[0] == "verify_failed" and client.chain == "yes" and went_on(stories):
        return "the table is wrong: the client went on"
    if want is None:
        return None if not records else "a record of a working connection: " + ", ".join(brief(records))
    if len(records) != 1 or records[0]["event"] != want[0] or records[0].get("cause") not in want[1].split("/"):
        return "says %s; right: %s" % (", ".join(brief(records)), " ".join(want))
    r = records[0]
    if r.get("host") != HOST:
        return "host is %s" % r.get("host")
    if r.get("port") is None and not client.word("memory"):
        return "port is missing"
    found = "sni-not-sent" if fault.kind == "name" and not r.get("sni") else fault.cause
    if r["cause"] == "verification-off" and "(%s" % found not in r.get("why", ""):
        return "does not name what verification would have found: %s" % fault.cause
    return None


# ---- help that holds -------------------------------------------------------------------------------------------
def sections(record):
    """What the help proposes as it stands: indented lines, from the one with the host on."""
    lines = ["" if not line.startswith("    ") else line.strip() for line in record.get("help", [])]
    blocks = ("\n".join(lines) + "\n").split("\n\n")
    return [b.strip("\n") + "\n" for b in blocks if re.search(r"(?m)^\[", b)]


def attempts(record):
    """What whoever follows the help pastes in turn. Sections come one after the other: the second is for who still fails with the first; but a line that
    is to be written in place of another takes that out."""
    proposed = sections(record)
    tried = ["\n".join(proposed[:n]) for n in range(1, len(proposed) + 1)]
    for line in record.get("help", []):
        other = re.search(r"write (\w+) = (\S+) in place of that, with Reason = (.+), and Until = (\S+)$", line)
        if other and tried:
            key, value, reason, until = other.groups()
            tried.append(re.sub(r"(?m)^%s = .*$" % key, "%s = %s\nReason = %s\nUntil = %s" % (key, value, reason, until), tried[-1]))
    return tried


def files_of(section, world, fault):
    """The files that the section names, below /etc/tlsmend, as whoever follows the help would make them."""
    files = {}
    for key, path in re.findall(r"(?m)^(ExtraCAFile|OnlyCAFile|Certificate|PrivateKey)\s*=\s*(\S+)", section):
        if not path.startswith("/etc/tlsmend/"):
            assert pathlib.Path(path).exists(), path
            continue
        mine = world.certificates.client
        content = {"Certificate": mine.leaf.pem, "PrivateKey": mine.leaf.key_pem}.get(key) or world.certificates.anchors(fault.certificate)
        files["tlsmend/" + path.removeprefix("/etc/tlsmend/")] = content.decode()
    return files


ADMISSIONS = r"alone (is not enough|does not help)|[Nn]ot tried(?!: the certificate that belongs)"


def admits(record):
    """Does the record say that its section was not tried, or is not enough?"""
    return re.search(ADMISSIONS, " ".join(record.get("help", []) + record.get("notes", []))) is not None


def mended(section, fault, result, stories):
    errors = [r for r in told(result) if r["level"] == "error"]
    if "EnforceVerification" in section and fault.kind in ("chain", "name") and "ExtraCAFile" not in section:
        # that it is stopped is what was asked for
        return not went_on(stories) and [r.get("cause") for r in errors] in ([fault.cause], ["sni-not-sent"])
    return went_on(stories) and not errors


def help_holds(run, world, client, fault, record):
    """Why the help does not hold, or None."""
    said = []
    for section in attempts(record):
        result, stories = ask(run, world, client, fault, etc={"tlsmend.conf": section, **files_of(section, world, fault)})
        if mended(section, fault, result, stories):
            return None
        said.append("with %s: %s" % (" / ".join(section.split("\n")), ", ".join(brief(result.records))))
    return "help does not hold: " + "; ".join(said) if said and not admits(record) else None


def look(run, world, client, fault):
    """Why the cell is wrong, or None."""
    result, stories = ask(run, world, client, fault)
    wrong = judge(client, fault, result, stories)
    if not wrong and result.records:
        wrong = help_holds(run, world, client, fault, result.records[0])
    if not wrong and fault.name == "good":
        wrong = differs(run, world, client, fault, result)
    return wrong


# ---- the client cannot tell ------------------------------------------------------------------------------------
# What differs from run to run: numbers (times and sizes in whatever unit, ports, processes), what is random in a session, the directory, spaces between columns.
VARIES = [r"(?m)^ +[0-9a-f]{4} - .*$", r"(?i)\b[0-9a-f]{16,}\b", r"/tmp/tlsmend-tests-\S+", r"[-+]?\d+(\.\d+)?((u|m)?s|[KMG]?B|k|M)?\b", r"[-+]?\d+(\.\d+)?", r"[ \t]+"]


def normal(text):
    for pattern in VARIES:
        text = re.sub(pattern, " # ", text)
    return sorted(set(text.splitlines()))


def differs(run, world, client, fault, result):
    """How the good cell looks different without the library, or None. In a directory of its own: some leave files that they find again."""
    directory = run.scratch / "without"
    directory.mkdir()
    directory.chmod(0o777)
    plain, _ = ask(Runner(directory, run.hosts_dir), world, client, fault, library=False)
    if plain.code != result.code:
        return "exit code %d, without the library %d" % (result.code, plain.code)
    for what, mine, others in (("stdout", result.out, plain.out), ("stderr", result.err, plain.err)):
        if normal(mine) != normal(others):
            return "%s: %r, without the library %r" % (what, normal(mine), normal(others))
    return None


# ---- the cells -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("client, fault", _parameters())
def test_cell(run, world, record_property, client, fault):
    if client.missing():
        pytest.skip(client.missing())
    record_property("cell", "%s | %s" % (client.name, fault.name))
    wrong = look(run, world, client, fault)
    if wrong and fault.wire in CUTS and (client.name, fault.name) not in tables.KNOWN_WRONG:
        record_property("unsteady", wrong)
        warnings.warn("%s-%s is unsteady: %s" % (client.name, fault.name, wrong))
        wrong = look(run, world, client, fault)
    if wrong:
        record_property("wrong", wrong)
        pytest.fail(wrong, pytrace=False)


def test_few_sites_at_once(pki, servers, monkeypatch):
    monkeypatch.setattr(__name__ + ".MOST_SITES", 2)
    with contextlib.closing(World(pki, servers)) as world:
        plain, close = (world.site("echo", tables.FAULTS[name]) for name in ("plain", "close"))
        assert world.site("echo", tables.FAULTS["plain"]) is plain
        dtls = world.site("dtls", tables.FAULTS["good"])
        assert [listening(ADDRESS, site.port) for site in (plain, close)] == [True, False]
        alert = world.site("echo", tables.FAULTS["alert"])
        assert world.site("dtls", tables.FAULTS["good"]) is dtls and not listening(ADDRESS, plain.port)
    assert not listening(ADDRESS, alert.port) and dtls.socket.fileno() == -1


@pytest.mark.parametrize("table", ["EXCEPTIONS", "KNOWN_WRONG"])
def test_tables_name_cells(table, monkeypatch):
    monkeypatch.setenv("TLSMEND_MATRIX", "all")
    cells = {(c.name, f.name) for c, f in tables.cells()}
    assert set(getattr(tables, table)) <= cells
    assert all(all(columns) for columns in getattr(tables, table).values()), "each has its reason"
