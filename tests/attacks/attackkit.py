# SPDX-License-Identifier: ISC
"""Kit of the attacks: certificates of two CAs, one that the client trusts (public) and one that only a rule may add (corp), and a program
that plays client and servers."""
import pathlib
import subprocess

from lib import once, pki, schema
from lib.run import BUILD, own_environment

HERE = pathlib.Path(__file__).resolve().parent
OUT = BUILD / "attacks"
TIMEOUT = 90
# For clients in Python: a handshake for which they carry the bytes by themselves.
BY_MEMORY = """
import ssl

def by_memory(raw, context, **how):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, **how)
    while True:
        try:
            tls.do_handshake()
            return tls
        except ssl.SSLWantReadError:
            raw.sendall(outgoing.read())
            incoming.write(raw.recv(65536))
"""


def build(name, libraries=("-lssl", "-lcrypto"), source=None):
    return once.compile_once(OUT / name, source or HERE / (name + ".c"), [*libraries, "-pthread"])


def make_certificates(d):
    """PEM files of CAs, and NAME.pem + NAME.key of leaves. `corp` is the CA of the rules, `public` the client's own."""
    def write(name, leaf, *others):
        (d / (name + ".pem")).write_bytes(b"".join(c.pem for c in [leaf, *others]))
        (d / (name + ".key")).write_bytes(leaf.key_pem)

    past, day = pki.now() - 400 * pki.DAY, pki.DAY
    corp = pki.issue("Corp Root", ca=True, key="rsa2048")
    public = pki.issue("Public Root", ca=True)
    stranger = pki.issue("Stranger Root", ca=True)
    middle = pki.issue("Corp Issuing", corp, ca=True)
    old = pki.issue("Old Corp Root", ca=True, not_before=past, not_after=past + 30 * day)
    bound = pki.issue("Bound Corp Root", ca=True, permitted=["b.test"])
    weak = pki.issue("Public Root 2048", ca=True, key="rsa2048")
    for name, ca in dict(corp=corp, public=public, stranger=stranger, middle=middle, old=old, bound=bound, weak=weak).items():
        write(name, ca)
    (d / "both.pem").write_bytes(corp.pem + middle.pem)
    write("a", pki.issue("a.test", corp, names=["a.test"]))
    write("b", pki.issue("b.test", corp, names=["b.test"]))
    write("ab", pki.issue("a.test", corp, names=["a.test", "b.test"]))
    write("b-public", pki.issue("b.test", public, names=["b.test"]))
    write("a-public", pki.issue("a.test", public, names=["a.test"]))
    write("a-informal", pki.issue("a.test", public, names=["a.test"], key_identifiers=False))
    write("b-informal", pki.issue("b.test", public, names=["b.test"], key_identifiers=False))
    write("responder", pki.issue("a.test", corp, names=["a.test"], purposes=("server", "client", "ocsp")))
    write("c-public", pki.issue("c.test", public, names=["c.test"]))
    write("a-middle", pki.issue("a.test", middle, names=["a.test"]), middle)
    write("a-middle-alone", pki.issue("a.test", middle, names=["a.test"]))
    write("wild", pki.issue("*.a.test", corp, names=["*.a.test"]))
    write("wild-top", pki.issue("*.test", corp, names=["*.test"]))
    write("star", pki.issue("*", corp, names=["*"]))
    write("partial", pki.issue("w*.a.test", corp, names=["w*.a.test"]))
    write("cn", pki.issue("a.test", corp))
    write("cn-and-san", pki.issue("a.test", corp, names=["b.test"]))
    nul = b"\x30\x0f\x82\x0db.test\0.a.tes"[:2] + b"\x82\x0da.test\0b.test"
    write("nul", pki.issue("x", corp, raw_san=nul))
    write("nul-cn", pki.issue("a.test\0.b.test", corp))
    write("loopback", pki.issue("x", corp, names=["127.0.0.1", "localhost"]))
    write("loopback-public", pki.issue("x", public, names=["127.0.0.1", "localhost"]))
    write("ip", pki.issue("x", corp, names=["192.0.2.1"]))
    write("ip-as-dns", pki.issue("192.0.2.1", corp, raw_san=b"\x30\x0b\x82\x09192.0.2.1"))
    write("idn", pki.issue("x", corp, names=["xn--bcher-kva.test"]))
    write("client-only", pki.issue("a.test", corp, names=["a.test"], purposes=("client",)))
    write("expired", pki.issue("a.test", corp, names=["a.test"], not_before=past, not_after=past + 30 * day))
    write("future", pki.issue("a.test", corp, names=["a.test"], not_before=pki.now() + 30 * day))
    write("forged", pki.issue("a.test", corp, names=["a.test"], break_signature=True))
    write("a-old", pki.issue("a.test", old, names=["a.test"]))
    write("a-bound", pki.issue("a.test", bound, names=["a.test"]))
    write("a-stranger", pki.issue("a.test", stranger, names=["a.test"]))
    write("a-stranger-all", pki.issue("a.test", stranger, names=["a.test"]), stranger)
    write("a-all", pki.issue("a.test", corp, names=["a.test"]), corp)
    write("a-weak", pki.issue("a.test", weak, names=["a.test"], key="rsa2048"))
    renewed = pki.issue("Renewed Root", ca=True)
    crossed = pki.issue("Renewed Root", old, ca=True, key=renewed.key, not_before=past)
    (d / "renewed.pem").write_bytes(old.pem + renewed.pem)
    for name in "ab":
        write(name + "-crossed", pki.issue(name + ".test", renewed, names=[name + ".test"]), crossed)
    write("a-by-leaf", pki.issue("a.test", pki.issue("Corp Root", corp, ca=False), names=["a.test"]))
    lone = pki.issue("a.test", names=["a.test"])
    write("lone", lone)
    lone_b = pki.issue("b.test", names=["b.test"])
    write("lone-b", lone_b)
    revoked = pki.issue("a.test", corp, names=["a.test"])
    write("a-revoked", revoked)
    (d / "revoked.crl").write_bytes(pki.revocation_list(corp, revoked))
    (d / "none.crl").write_bytes(pki.revocation_list(corp))
    signer = pki.issue("a.test", corp, names=["a.test"], purposes=("server",),
                       extra=[])
    write("signer", signer)
    write("me", pki.issue("client", middle, purposes=("client",)), middle)
    for name in "ab", "me":
        (d / (name + "-both.pem")).write_bytes((d / (name + ".pem")).read_bytes() + (d / (name + ".key")).read_bytes())
    d.chmod(0o755)


class Actor:
    def __init__(self, library, certificates, directory):
        self.preload, self.certs, self.directory, self.count = library, certificates, directory, 0

    def environment(self, rules=None, level="info", **more):
        env = own_environment(ATTACK_CERTS=str(self.certs), LC_ALL="C")
        self.count += 1
        self.log = self.directory / f"log{self.count}"
        self.config = self.directory / f"config{self.count}"
        if rules is not None:
            self.config.write_text(rules.replace("CERTS", str(self.certs)))
            env.update(LD_PRELOAD=str(self.preload), TLSMEND_LOG=str(self.log), TLSMEND_LOG_FORMAT="json",
                       TLSMEND_LOG_LEVEL=level, TLSMEND_CONFIG=str(self.config))
        env.update(more)
        return env

    def start(self, script, rules, more):
        env = self.environment(rules, **more)
        script = script.replace("CERTS", str(self.certs)).replace("CONFIG", str(self.config)).replace("DIR", str(self.directory))
        return subprocess.run([str(build("actor"))], input=script, env=env, text=True, capture_output=True, timeout=TIMEOUT)

    def run(self, script, rules=None, **more):
        """Lines that the actor printed. rules None: without the library."""
        done = self.start(script, rules, more)
        assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
        assert done.stderr == ""
        return done.stdout.splitlines()

    def attempt(self, script, rules, **more):
        """... though it may find that what it needs is not there, and stop."""
        done = self.start(script, rules, more)
        assert done.returncode in (0, 99), (done.returncode, done.stdout, done.stderr)
        return [*done.stdout.splitlines(), *(["stopped"] if done.returncode else [])]

    def verdicts(self, script, rules=None, **more):
        """good or bad, with + where a session was resumed."""
        lines = self.run(script, rules, **more)
        assert not [line for line in lines if "STRAY" in line], lines
        return [line.split()[0] + ("+" if "resumed=1" in line else "") for line in lines]

    def records(self, event=None):
        text = self.log.read_text() if self.log.exists() else ""
        return [r for r in schema.records(text) if event is None or r["event"] == event]


A = "[a.test]\nExtraCAFile = CERTS/corp.pem\n"
B = "[b.test]\nExtraCAFile = CERTS/corp.pem\n"
NOTHING = "# no rule\n"

