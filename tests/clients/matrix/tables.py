# SPDX-License-Identifier: ISC
"""Reads the tables of the matrix and says what each cell must say."""
import dataclasses
import functools
import itertools
import os
import pathlib
import re
import shlex
import subprocess

from lib import dotnet

HERE = pathlib.Path(__file__).resolve().parent
OWN = HERE / "programs"
PLUGINS = "/usr/lib/nagios/plugins"
SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
PROGRAMS = {
    "{python}": "/usr/bin/python3 -B %s/client.py" % OWN, "{perl}": "perl %s/client.pl" % OWN, "{ruby}": "ruby %s/client.rb" % OWN,
    "{php}": "php %s/client.php" % OWN, "{lua}": "lua5.4 %s/client.lua" % OWN, "{front}": "/usr/bin/python3 -B %s/front.py" % OWN, "{own}": str(OWN), "{plugins}": PLUGINS, "{clients}": str(HERE.parent),
}  # fmt: skip
# Where the version that both could speak decides, not the certificate.
ORDER = ["1.0", "1.1", "1.2", "1.3"]


@dataclasses.dataclass(frozen=True)
class Fault:
    name: str
    kind: str
    certificate: str
    tls: tuple
    wire: str
    cause: str
    ca_is_told: bool
    # also for clients without the word `quick`
    for_all: bool


@dataclasses.dataclass(frozen=True)
class Client:
    name: str
    package: str
    protocol: str
    chain: str
    checks_name: str
    ca: str
    words: tuple
    command: str

    def word(self, name, default=None):
        """The value of NAME=VALUE or NAME:VALUE; True where the word stands alone."""
        for w in self.words:
            m = re.fullmatch(re.escape(name) + r"(?:[=:](.*))?", w)
            if m:
                return m.group(1) or True
        return default

    def argv(self, port, host, ca, crl, seconds, own):
        """ca: the file, or None where the client is not to know the CA. own: its certificate and key, where it must have one."""
        option = ""
        if not self.ca_variable and self.ca != "-":
            given = ca or (SYSTEM_BUNDLE if self.ca.startswith("=") else None)
            option = self.ca.lstrip("=").replace("+", " ").replace("@", str(given)) if given else ""
        text = self.command
        if "{dotnet}" in text:
            text = text.replace("{dotnet}", "dotnet %s" % dotnet.build())
        for name, value in PROGRAMS.items():
            text = text.replace(name, value)
        crl_option = self.word("crl", "").replace("+", " ").replace("@", str(crl)) if crl else ""
        text = text.format(host=host, port=port, ca=option, crl=crl_option, seconds=seconds, given=ca or SYSTEM_BUNDLE, cert=own[0], key=own[1])
        return shlex.split(text)

    @property
    def ca_variable(self):
        m = re.fullmatch(r"([A-Z_]+)=@", self.ca)
        return m.group(1) if m else None

    def missing(self):
        """Why it cannot run here, or None."""
        if "{dotnet}" in self.command:
            return dotnet.missing()
        name = re.compile(re.escape(self.package) + r"(-\d+)?")  # with a version, where the package of that name is an empty one
        return None if any(map(name.fullmatch, _installed())) else "the package %s is not installed" % self.package


@functools.lru_cache(None)
def _installed():
    listed = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n"], capture_output=True, text=True, timeout=30)
    return {line.split()[0] for line in listed.stdout.splitlines() if line.split()[1:] == ["ii"]}


def _rows(name):
    for line in (HERE / name).read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def _faults():
    for row in _rows("faults.table"):
        name, kind, certificate, tls, wire, cause, clients, _ = row.split(None, 7)
        told = not certificate.endswith("=")
        certificate = certificate.rstrip("=").replace("-", "") if certificate == "-" else certificate.rstrip("=")
        yield Fault(name, kind, certificate, tuple(tls.split(",")) if tls != "-" else (), wire, cause, told, clients == "all")


def _clients():
    for row in _rows("clients.table"):
        name, package, protocol, chain, checks_name, ca, words, command = (c.strip() for c in row.split("|", 7))
        yield Client(name, package, protocol, chain, checks_name, ca, tuple(words.split()), command)


def _cells(name, columns):
    """{(client, fault): the other columns}. A kind of faults stands for those that the client can meet."""
    found = {}
    for row in _rows(name):
        clients, faults, *others = (c.strip() for c in row.split("|", columns + 1))
        for client, word in itertools.product(re.split(r",\s*", clients), re.split(r",\s*", faults)):
            of_kind = [f.name for f in FAULTS.values() if f.kind == word and client in CLIENTS and applies(CLIENTS[client], f)]
            found.update(((client, fault), others) for fault in of_kind or [word])
    return found


FAULTS = {f.name: f for f in _faults()}
CLIENTS = {c.name: c for c in _clients()}
ALWAYS = "good", "private-ca", "wrong-name", "reset-cert-1.3"


def has_its_turn(client, fault):
    """The whole check is to end within the hour on a slow machine: a client that is not `quick` meets every third fault, and a fault every third of them; one that
    is `slow` meets some few.
    TLSMEND_MATRIX=all shows each to each."""
    if os.environ.get("TLSMEND_MATRIX") in ("all", "strict") or client.word("quick"):
        return True
    if client.word("slow"):
        return fault.name in ALWAYS
    return fault.for_all and (fault.name in ALWAYS or (list(CLIENTS).index(client.name) + list(FAULTS).index(fault.name)) % 3 == 0)


def applies(client, fault):
    """Whether this pair is a cell: a client that has no CRL does not see one, and one without patience waits for ever."""
    if fault.name == "revoked":
        return client.word("crl") is not None
    if fault.name in client.word("not", "").split(","):
        return False
    if client.word("crl", "").startswith("@") and fault.name not in ("good", "expired"):
        return False
    if client.protocol == "dtls":
        # the versions are others, and nothing closes or resets
        return fault.wire == "tls" and not any(word.startswith(("min=", "max=1.0", "dh=")) for word in fault.tls)
    if fault.wire == "silent":
        return client.word("patience") is not None
    return True


def expected(client, fault):
    """(event, cause[/cause ...]), or None: no record. Derived from both lines, unless exceptions.table has the cell."""
    if (client.name, fault.name) in EXCEPTIONS:
        said = EXCEPTIONS[client.name, fault.name][0].split()
        return None if said == ["nothing"] else tuple(said)
    highest = client.word("max", "1.3")
    lowest = dict(w.partition("=")[::2] for w in fault.tls).get("min", "1.0")
    if ORDER.index(highest) < ORDER.index(lowest):
        return ("handshake_failed", "client-too-old")
    if fault.kind == "good":
        return None
    if fault.kind == "own" and "{cert}" in client.command:
        return None
    if fault.kind in ("offer", "wire", "own"):
        return ("handshake_failed", fault.cause)
    if fault.kind == "name" and client.word("no-sni") and client.checks_name != "no":
        return ("verify_failed", "sni-not-sent")
    if client.chain == "no" and fault.kind == "name" and client.checks_name == "no":
        return ("verify_ignored", "verification-off/name-not-checked")
    if client.chain == "no" and fault.kind != "name":
        return ("verify_ignored", "verification-off")
    if fault.kind == "name" and client.checks_name == "no":
        return ("verify_ignored", "name-not-checked")
    if client.chain == "asks":
        return ("verify_ignored", "verification-off/error-waived")
    return ("verify_failed", fault.cause)


EXCEPTIONS = _cells("exceptions.table", 2)
KNOWN_WRONG = _cells("known-wrong.table", 3)


def cells():
    return [(c, f) for c in CLIENTS.values() for f in FAULTS.values() if applies(c, f) and has_its_turn(c, f)]
