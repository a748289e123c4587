# SPDX-License-Identifier: ISC
"""Files that a client is told to load: good ones, and every way in which they are not; clients that load them."""
import subprocess

from clients.table import DEBIAN_PYTHON, HERE, SYSTEM_BUNDLE
from lib.run import check_records

HOST, NOBODY = "legacy.test", 65534


def curl(port, ca=None, cert=None, key=None):
    options = [*(["--cacert", ca] if ca else []), *(["--cert", cert] if cert else []), *(["--key", key] if key else [])]
    return ["curl", "-sS", "-m", "20", *options, "https://%s:%d/" % (HOST, port)]


def python(port, ca=None, cert=None, key=None):
    options = [*(["--ca", ca] if ca else []), *(["--cert", cert] if cert else []), *(["--key", key] if key else [])]
    return [DEBIAN_PYTHON, HERE / "connect.py", HOST, port, *options]


def psql(port, ca=None, cert=None, key=None):
    text = "host=%s port=%s user=postgres dbname=postgres connect_timeout=20 sslmode=verify-full sslrootcert=%s" % (
        HOST, port, ca or SYSTEM_BUNDLE,
    )  # fmt: skip
    text += (" sslcert=%s" % cert if cert else "") + (" sslkey=%s" % key if key else "")
    return ["psql", "-X", "-A", "-t", "-c", "select 'hello from ' || ssl::text from pg_stat_ssl where pid = pg_backend_pid()", text]


def s_client(port, ca=None, cert=None, key=None):
    options = [*(["-CAfile", ca] if ca else []), *(["-cert", cert] if cert else []), *(["-key", key] if key else [])]
    return ["openssl", "s_client", "-brief", "-verify_return_error", "-connect", "%s:%d" % (HOST, port), "-servername", HOST, *options]


COMMANDS = {"curl": curl, "python": python, "psql": psql, "s_client": s_client}

# Loads what it is told to, without a connection: `ca FILE`, or `own CERTIFICATE KEY [PASSPHRASE]`.
LOAD = """
import ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
how, *given = sys.argv[1:]
try:
    if how == "ca":
        context.load_verify_locations(given[0])
    else:
        context.load_cert_chain(given[0], given[1], lambda: given[2] if len(given) > 2 else "")
except OSError as e:
    sys.exit("%s: %s" % (type(e).__name__, e))
"""


def load(how, *given):
    return [DEBIAN_PYTHON, "-c", LOAD, how, *given]


def openssl(*argv):
    done = subprocess.run(["openssl", *map(str, argv)], capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr


def make_files(run, pki):
    """name -> path of each kind of file, made from a client's certificate of its own."""
    mine = pki.good("client.test")
    crt, key = mine.leaf.pem, mine.leaf.key_pem
    w = run.write
    made = {
        "root": pki.root_pem, "stranger": pki.stranger_pem, "cert": w("cert.pem", crt), "key": w("key.pem", key, 0o600),
        "other-key": w("other.pem", pki.good("other.client.test").leaf.key_pem, 0o600),
        "missing": run.scratch / "missing.pem", "way-missing": run.scratch / "no-directory" / "ca.pem",
        "unreadable": w("unreadable.pem", pki.root.pem, 0o600), "der": w("root.der", pki.root.der),
        "empty": w("empty.pem", ""), "text": w("text.pem", "see the wiki\n"), "cut": w("cut.pem", crt[:300]),
        "directory": run.scratch / "directory", "locked": run.scratch / "locked" / "ca.pem",
        "link": run.scratch / "link.pem", "damaged": w("damaged.pem", crt[:200] + b"!" + crt[201:]),
    }  # fmt: skip
    made["directory"].mkdir()
    made["locked"].parent.mkdir()
    made["locked"].write_bytes(pki.root.pem)
    made["locked"].parent.chmod(0o700)
    made["link"].symlink_to(run.scratch / "locked" / "ca.pem")

    def make(name, *argv):
        made[name] = run.scratch / (name + ".pem")
        openssl(*argv, "-out", made[name])
        made[name].chmod(0o600)

    make("key-der", "pkey", "-in", made["key"], "-outform", "DER")
    make("encrypted", "pkey", "-in", made["key"], "-aes128", "-passout", "pass:secret")
    make("p12", "pkcs12", "-export", "-in", made["cert"], "-inkey", made["key"], "-passout", "pass:x")
    return made


def only_load_failure(result, cause, path):
    check_records(result)
    assert [r["event"] for r in result.records] == ["load_failed"], result
    record = result.records[0]
    assert record["level"] == "error" and record["cause"] == cause, record
    assert str(path) in record["message"], record["message"]
    return record
