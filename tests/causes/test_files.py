# SPDX-License-Identifier: ISC
"""Files that a client loads (causes.md#files): one case of each cause, and every form that a wrong file has."""
import os
import pathlib
import ssl
import subprocess

import pytest

from clients.table import CLIENTS, DEBIAN_PYTHON, HERE as CLIENTS_HERE
from lib import servers as servers_module
from lib.files import HOST, NOBODY, load, make_files, only_load_failure, openssl
from lib.once import compile_once
from lib.pki import DAY, issue, now
from lib.run import BUILD, HOSTS, only_failure


@pytest.fixture
def files(run, pki):
    return make_files(run, pki)


def only(run, argv, cause, path, *says, **how):
    """The client fails with the library as without it; the one record has this cause and says these words."""
    before, after = run(argv, library=False, names=False, **how), run(argv, names=False, **how)
    assert (after.code, after.out, after.err) == (before.code, before.out, before.err)
    assert before.code != 0
    record = only_load_failure(after, cause, path)
    for word in says:
        assert word in after.log, (word, record)
    assert record["help"], record
    return record


def unprivileged(run):
    if os.geteuid() != 0:
        pytest.skip("needs root, to run a client as another user")
    if run(["test", "-r", os.environ.get("BUILD", __file__)], library=False, names=False, user=NOBODY).code != 0:
        pytest.skip("an unprivileged user cannot read the build directory")


# ---- not there ---------------------------------------------------------------------------------------------------


@pytest.mark.cause("file-missing")
def test_missing_store(run, files):
    """`openssl s_client -CAstore`"""
    argv = ["openssl", "s_client", "-connect", "127.0.0.1:1", "-CAstore", files["missing"]]
    only(run, argv, "file-missing", files["missing"], "SSL_CTX_load_verify_store")


@pytest.mark.cause("file-missing")
def test_file_that_is_not_there(run, files):
    only(run, load("ca", files["missing"]), "file-missing", files["missing"], "its directory is there", "no file of this name")


@pytest.mark.parametrize("path,says", [
    ("no-directory/sub/ca.pem", "the directory no-directory on the way does not exist"),
    ("text.pem/ca.pem", "on the way, text.pem is a file and no directory"),
    ("missing.pem", "the path is relative, and this process works in "),
    ("~/ca.pem", "home directory in shells only"),
    ("/nonexistent/$HOME/ca.pem", "not replaced by its value"),
    ("missing.pem\n", "a blank or a line break"),
    ("'missing.pem'", "quotation marks"),
    ("circle.pem", "lead in a circle"),
    ("dangling.pem", "a symbolic link to nowhere.pem, which is not there"),
])  # fmt: skip
@pytest.mark.cause("file-missing")
def test_missing_somehow(run, files, path, says):
    (run.scratch / "circle.pem").symlink_to("circle.pem")
    (run.scratch / "dangling.pem").symlink_to("nowhere.pem")
    only(run, load("ca", path), "file-missing", path.strip(), says)


# ---- may not be read ---------------------------------------------------------------------------------------------


@pytest.mark.cause("file-unreadable")
def test_file_that_the_user_may_not_read(run, files):
    unprivileged(run)
    record = only(run, load("ca", files["unreadable"]), "file-unreadable", files["unreadable"],
                  "(owner 0 (root), group 0 (root), mode 0600)", "user 65534 (nobody)", user=NOBODY)  # fmt: skip
    assert "    setfacl -m u:65534:r %s" % files["unreadable"] in record["help"]


USES_THEM_UP = """
import os, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
try:
    while True:
        os.open("/dev/null", 0)
except OSError:
    try:
        context.load_verify_locations(sys.argv[1])
    except OSError:
        sys.exit(1)
"""


def test_no_descriptor_is_left_for_it(run, pki):
    """Nor for the record: standard error is there."""
    argv = ["prlimit", "--nofile=64", DEBIAN_PYTHON, "-c", USES_THEM_UP, pki.root_pem]
    done = run(argv, env={"TLSMEND_LOG": "stderr", "TLSMEND_LOG_FORMAT": "text"})
    assert done.code == 1 and "Too many open files" in done.err and "ulimit -n" in done.err


@pytest.mark.cause("file-unreadable")
def test_unreadable_for_a_group(run, files):
    """A member of the file's group by a supplementary group only: its groups are told, and the mode of the group is what counts."""
    unprivileged(run)
    os.chown(files["unreadable"], 0, 47111)
    files["unreadable"].chmod(0o604)
    argv = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--groups", "47110,47111", *load("ca", files["unreadable"])]
    record = only(run, argv, "file-unreadable", files["unreadable"], "group 47111, mode 0604", "47110, 47111")
    assert any("setfacl -m u:65534:r" in line for line in record["help"])


@pytest.mark.cause("file-unreadable")
def test_unreadable_by_access_list(run, files):
    unprivileged(run)
    files["unreadable"].chmod(0o644)
    done = subprocess.run(["setfacl", "-m", "u:%d:-" % NOBODY, str(files["unreadable"])], capture_output=True, timeout=60)
    if done.returncode != 0:
        pytest.skip("no access lists here: %s" % done.stderr)
    only(run, load("ca", files["unreadable"]), "file-unreadable", files["unreadable"], "and an access list",
         "getfacl %s" % files["unreadable"], user=NOBODY)  # fmt: skip


@pytest.mark.cause("file-unreadable")
def test_unreadable_for_root(run, files):
    """User 0 without the capability that makes it root."""
    unprivileged(run)
    os.chown(files["unreadable"], NOBODY, NOBODY)
    argv = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search",
            *load("ca", files["unreadable"])]  # fmt: skip
    only(run, argv, "file-unreadable", files["unreadable"], "CAP_DAC_OVERRIDE", "user 0 (root)")


@pytest.mark.cause("file-unreadable")
def test_unreadable_for_root_of_a_container(run, files):
    unprivileged(run)
    os.chown(files["unreadable"], 47111, 47111)
    argv = ["unshare", "--map-root-user", *load("ca", files["unreadable"])]
    if run(argv[:2] + ["true"], library=False, names=False, user=NOBODY).code != 0:
        pytest.skip("no user namespaces here")
    only(run, argv, "file-unreadable", files["unreadable"], "user 0 of a container", user=NOBODY)


# ---- holds something else ----------------------------------------------------------------------------------------


def edit(name, data, **more):
    """A maker that writes data(certificate, key), both as PEM."""
    return lambda run, files: run.write(name, data(files["cert"].read_bytes(), files["key"].read_bytes()), **more)


def command(*argv):
    def make(run, files):
        path = run.scratch / "made"
        openssl(*(files.get(a, a) for a in argv), "-out", path)
        path.chmod(0o644)
        return path

    return make


def ssh_key(run, files):
    path = run.scratch / "id_rsa"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", str(path)], check=True, timeout=60)
    return path


# what it is -> how it is made, role, what the record says
FORMS = {
    "DER": (command("x509", "-in", "cert", "-outform", "DER"), "ca", "openssl x509 -inform DER -in"),
    "DER key": (command("pkey", "-in", "key", "-outform", "DER"), "key", "openssl pkey -inform DER -in"),
    "encrypted DER key": (command("pkcs8", "-topk8", "-in", "key", "-outform", "DER", "-passout", "pass:x"), "key",
                          "it is DER (binary), not PEM, and encrypted"),
    "PKCS #12": (command("pkcs12", "-export", "-in", "cert", "-inkey", "key", "-passout", "pass:x"), "ca", "openssl pkcs12 -in"),
    "PKCS #7": (command("crl2pkcs7", "-nocrl", "-certfile", "cert"), "ca", "openssl pkcs7 -print_certs -in"),
    "PKCS #7 in DER": (command("crl2pkcs7", "-nocrl", "-certfile", "cert", "-outform", "DER"), "ca",
                       "openssl pkcs7 -print_certs -inform DER -in"),
    "request": (command("req", "-new", "-key", "key", "-subj", "/CN=x"), "ca", "it is a certificate request"),
    "public key": (command("pkey", "-in", "key", "-pubout"), "key", "it is a public key, not the private one"),
    "OpenSSH key": (ssh_key, "key", "OpenSSH's own form"),
    "empty": (edit("f", lambda c, k: b""), "ca", "it is empty"),
    "page": (edit("f", lambda c, k: b"\n<!DOCTYPE html><title>Sign in</title>\n"), "ca", "it is a web page (HTML)"),
    "keystore": (edit("f", lambda c, k: b"\xfe\xed\xfe\xed\0\0\0\2"), "ca", "a keystore of Java"),
    "UTF-16": (edit("f", lambda c, k: c.decode().encode("utf-16")), "ca", "iconv -f UTF-16"),
    "UTF-16 without mark": (edit("f", lambda c, k: c.decode().encode("utf-16-le")), "ca", "iconv -f UTF-16"),
    "one line": (edit("f", lambda c, k: c.replace(b"\n", b"")), "ca", "does not stand alone"),
    "nothing between its lines": (edit("f", lambda c, k: b"-----BEGIN CERTIFICATE-----END CERTIFICATE-----"), "ca", "does not stand alone"),
    "indented": (edit("f", lambda c, k: b"  " + c.replace(b"\n", b"\n  ")), "ca", "does not stand alone"),
    "hyphens": (edit("f", lambda c, k: c.replace(b"-----", b"----")), "ca", "five hyphens"),
    "dashes": (edit("f", lambda c, k: c.replace(b"-----", "\u2014\u2014-".encode())), "ca", "five hyphens"),
    "base64 only": (edit("f", lambda c, k: b"".join(c.splitlines(True)[1:-1])), "ca", "put the line -----BEGIN CERTIFICATE-----"),
    "cut": (edit("f", lambda c, k: c[:300]), "ca", "its last PEM block has no end"),
    "damaged": (edit("f", lambda c, k: c[:200] + b"!" + c[201:]), "ca", "is damaged, at line 4"),
    "damaged key": (edit("f", lambda c, k: k[:200] + b"?" + k[201:]), "key", "is damaged, at line 4"),
    "certificate": (edit("f", lambda c, k: c), "key", "it holds a certificate, not a key"),
    "no key beside it": (edit("f", lambda c, k: c), "key", "name the key's own file as the key"),
    "key": (edit("f", lambda c, k: k), "ca", "it holds a key, not a certificate"),
    "key as certificate": (edit("f", lambda c, k: k), "cert", "were probably swapped"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.cause("file-not-pem")
def test_not_pem(run, files, form):
    make, role, says = FORMS[form]
    path = make(run, files)
    given = {"ca": ("ca", path), "key": ("own", files["cert"], path, "x"), "cert": ("own", path, files["key"])}[role]
    record = only(run, load(*given), "file-not-pem", path, says)
    assert record["expected"] == "a %s in PEM form" % ("private key" if role == "key" else "certificate")


@pytest.mark.cause("legacy-encryption")
def test_old_encryption(run, files):
    path = run.scratch / "old.pem"
    openssl("pkcs8", "-topk8", "-in", files["key"], "-v1", "PBE-MD5-DES", "-provider", "legacy", "-provider", "default", "-passout",
            "pass:x", "-out", path)  # fmt: skip
    only(run, load("own", files["cert"], path, "x"), "legacy-encryption", path, "encrypted in an old way", "openssl pkcs8 -topk8")


# ---- several attempts on one file ----------------------------------------------------------------------------------


@pytest.fixture
def attempts():
    return compile_once(BUILD / "causes" / "attempts", pathlib.Path(__file__).with_name("attempts.c"), ["-lssl", "-lcrypto"])


@pytest.mark.parametrize("tried, cause", [
    (["", "x"], "legacy-encryption"), (["x", ""], "legacy-encryption"), (["x"], "legacy-encryption"),
    (["", "wrong"], "bad-passphrase"), (["wrong"], "bad-passphrase"),
], ids=str)  # fmt: skip
def test_attempts_on_a_pkcs12_file(run, files, attempts, tried, cause):
    path = run.scratch / "old.p12"
    openssl("pkcs12", "-export", "-legacy", "-in", files["cert"], "-inkey", files["key"], "-passout", "pass:x", "-out", path)
    only(run, [attempts, "p12", path, *tried], cause, path)


@pytest.mark.parametrize("tried, cause", [
    (["", "secret"], "key-mismatch"), (["wrong", "secret"], "key-mismatch"), (["secret", ""], "key-mismatch"),
    (["", "wrong"], "bad-passphrase"),
], ids=str)  # fmt: skip
def test_attempts_on_a_key(run, files, attempts, tried, cause):
    """The one that got further says what is wrong."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", run.scratch / "k", "-subj", "/CN=x",
            "-out", run.scratch / "c.pem")  # fmt: skip
    only(run, [attempts, "key", run.scratch / "c.pem", files["encrypted"], *tried], cause, files["encrypted"])


def test_attempts_of_which_one_is_right(run, files, attempts):
    for argv in ["p12", files["p12"], "", "x"], ["key", files["cert"], files["encrypted"], "", "secret"]:
        done = run([attempts, *argv], names=False)
        assert done.code == 0 and done.log == "", done


@pytest.mark.cause("legacy-encryption")
def test_openvpn_and_an_old_encryption(run, files):
    if not os.path.exists("/usr/sbin/openvpn"):
        pytest.skip("openvpn is not installed")
    path, given = run.scratch / "old.p12", run.write("pw", "x\n", 0o600)
    openssl("pkcs12", "-export", "-legacy", "-in", files["cert"], "-inkey", files["key"], "-passout", "pass:x", "-out", path)
    argv = ["/usr/sbin/openvpn", "--client", "--dev", "null", "--remote", "127.0.0.1", "9", "tcp", "--pkcs12", path, "--askpass", given]
    done = run(argv, names=False)
    assert done.code != 0
    only_load_failure(done, "legacy-encryption", path)


# ---- a file that the program read into memory ----------------------------------------------------------------------

READERS = {
    "ruby": ["/usr/bin/ruby", "-ropenssl", "-e", """
path, *tried = ARGV
right = tried.any? { |p| begin OpenSSL::PKCS12.new(File.binread(path), p); rescue OpenSSL::PKCS12::PKCS12Error; false; end }
exit(right ? 0 : 1)
"""],
    "php": ["/usr/bin/php", "-r", """
$found = [];
for ($i = 2; $i < $argc; $i++)
    if (openssl_pkcs12_read(file_get_contents($argv[1]), $found, $argv[$i]))
        exit(0);
exit(1);
""", "--"],
}  # fmt: skip
READ = "the PKCS #12 file that the program read itself"


@pytest.fixture(params=[*READERS, "small client"])
def reader(request):
    if request.param == "small client":
        return [request.getfixturevalue("attempts"), "memory"]
    argv = READERS[request.param]
    if not os.path.exists(argv[0]):
        pytest.skip("%s is not installed" % request.param)
    return argv


@pytest.fixture
def old_p12(run, files):
    path = run.scratch / "old.p12"
    openssl("pkcs12", "-export", "-legacy", "-in", files["cert"], "-inkey", files["key"], "-passout", "pass:x", "-out", path)
    return path


@pytest.mark.parametrize("tried", [["x"], ["", "x"], ["wrong", "x", ""]], ids=str)
@pytest.mark.cause("legacy-encryption")
def test_old_encryption_in_memory(run, reader, old_p12, tried):
    record = only(run, [*reader, old_p12, *tried], "legacy-encryption", READ, "openssl pkcs12 -legacy -in FILE -out NEW.pem")
    assert str(old_p12) not in str(record["help"])


def test_one_that_is_right_in_memory(run, reader, files):
    for tried in ["x"], ["", "x"], ["wrong", "", "x"]:
        done = run([*reader, files["p12"], *tried], names=False)
        assert done.code == 0 and done.log == "", done


def test_wrong_passphrase_in_memory(run, reader, attempts, files):
    """Told by a program that was about to make a connection, and only there: others look what opens a file, and go on."""
    argv = [*reader, files["p12"], "", "wrong"]
    if reader[0] == attempts:
        only(run, argv, "bad-passphrase", READ, "openssl pkcs12 -noout -in FILE")
    else:
        done = run(argv, names=False)
        assert done.code == 1 and done.log == "", done


GOES_ON = """
path, own, host, port, root = ARGV
begin OpenSSL::PKCS12.new(File.binread(path), "x"); exit 2; rescue OpenSSL::PKCS12::PKCS12Error; end
OpenSSL::PKCS12.new(File.binread(own), "x") unless own.empty?
exit 0 if port.empty?
context = OpenSSL::SSL::SSLContext.new
context.set_params(ca_file: root)
tls = OpenSSL::SSL::SSLSocket.new(Socket.tcp(host, port.to_i), context)
tls.hostname = host
tls.connect
"""


@pytest.mark.parametrize("then", ["another file", "a connection"])
def test_goes_on_without_the_file_in_memory(run, sites, files, old_p12, then):
    if not os.path.exists("/usr/bin/ruby"):
        pytest.skip("ruby is not installed")
    port = sites.of(CLIENTS["s_client"], HOST)[0]
    argv = ["/usr/bin/ruby", "-ropenssl", "-rsocket", "-e", GOES_ON, old_p12]
    done = run([*argv, files["p12"], HOST, "", ""] if then == "another file" else [*argv, "", HOST, port, files["root"]])
    assert done.code == 0 and done.log == "", done


# ---- renewed after they were read ----------------------------------------------------------------------------------

RENEWED = """
import os, socket, ssl, sys
host, port, bundle, new, *own = sys.argv[1:]
context = ssl.create_default_context(cafile=bundle)
if own:
    context.load_cert_chain(*own[:2])
os.replace(new, own[0] if own else bundle)
try:
    tls = context.wrap_socket(socket.create_connection((host, int(port))), server_hostname=host)
    tls.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    sys.exit(0 if tls.recv(100) else 1)
except OSError as e:
    sys.exit(str(e))
"""


@pytest.mark.parametrize("same_name", [False, True], ids=["another CA", "another key"])
@pytest.mark.parametrize("client", ["python", "small"])
def test_ca_file_renewed(run, show, small_client, client, same_name):
    new = issue("Corp Root 2026", ca=True)
    old = issue("Corp Root 2026" if same_name else "Corp Root 2020", ca=True)
    leaf = issue(HOST, new, names=[HOST])
    bundle, later = run.write("bundle.pem", old.pem), run.write("new.pem", new.pem)
    port = show(leaf).port
    argv = [DEBIAN_PYTHON, "-c", RENEWED, HOST, port, bundle, later] if client == "python" else small_client(
        port, bundle, "renew=%s" % later)  # fmt: skip
    done = run(argv)
    assert done.code == 1 and len(done.records) == 1, done
    record = done.records[0]
    assert record["cause"] == ("issuer-refused" if same_name else "issuer-unknown")
    assert "restart the program" in record["help"][0] and str(bundle) in record["why"] and "has changed since" in record["why"]
    colons = lambda c: ":".join(c.sha256.upper()[i : i + 2] for i in range(0, 64, 2))  # noqa: E731
    assert colons(new) in record["expected"]
    assert not same_name or colons(old) in record["presented"]
    assert "ExtraCAFile" not in str(record["help"])


@pytest.mark.cause("issuer-unknown")
def test_damaged_file_of_the_variable_beside_another(run, show, pki):
    """It has the root, and OpenSSL never read it: nothing has changed since."""
    port = show(issue(HOST, pki.root, names=[HOST])).port
    damaged = run.write("damaged.pem", pki.root.pem + pki.stranger.pem[:200] + b"!" + pki.stranger.pem[201:])
    argv = [DEBIAN_PYTHON, CLIENTS_HERE / "connect.py", HOST, port, "--ca", pki.stranger_pem]
    [record] = run(argv, env={"SSL_CERT_FILE": str(damaged)}).records
    assert record["cause"] == "issuer-unknown" and "has changed since" not in record["why"]


DEFAULT_RENEWED = """
import os, socket, ssl, sys
host, port, new = sys.argv[1:]
context = ssl.create_default_context()
os.replace(new, os.environ["SSL_CERT_FILE"])
try:
    context.wrap_socket(socket.create_connection((host, int(port))), server_hostname=host)
except OSError as e:
    sys.exit(str(e))
"""


@pytest.mark.parametrize("before", ["another CA", "nothing"])
def test_system_bundle_renewed(run, show, pki, before):
    """The root came into the bundle after the program had read it: pointing the program there, which it is, would be no help."""
    port = show(issue(HOST, pki.root, names=[HOST])).port
    bundle = run.write("bundle.pem", pki.stranger.pem if before == "another CA" else b"")
    later = run.write("later.pem", pki.stranger.pem + pki.root.pem)
    done = run([DEBIAN_PYTHON, "-c", DEFAULT_RENEWED, HOST, port, later], env={"SSL_CERT_FILE": str(bundle), "SSL_CERT_DIR": "/nonexistent"})
    assert done.code == 1 and len(done.records) == 1, done
    record = done.records[0]
    assert record["cause"] == ("issuer-unknown" if before == "another CA" else "no-trust-store")
    assert "restart the program" in record["help"][0] and "%s, which this program loaded, has changed since" % bundle in record["why"]
    assert len(record["help"]) == 1 and "tried:" not in str(record.get("notes"))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_own_certificate_renewed(run, pki, servers, version):
    then = {"not_before": now() - 90 * DAY, "not_after": now() - DAY}
    old = issue("client", pki.intermediate, purposes=("client",), **then)
    new = issue("client", pki.intermediate, purposes=("client",), key=old.key)
    cert, key = run.write("client.pem", old.pem + pki.intermediate.pem), run.write("client.key", old.key_pem, 0o600)
    behaviour = servers_module.asks_for_client_certificate(pki.root_pem, version)
    port = servers.odd(HOSTS[HOST], behaviour, pki.good(HOST))
    argv = [DEBIAN_PYTHON, "-c", RENEWED, HOST, port, pki.root_pem, run.write("new.pem", new.pem + pki.intermediate.pem), cert, key]
    done = run(argv)
    assert done.code == 1 and len(done.records) == 1, done
    record = done.records[0]
    assert record["cause"] == "client-certificate-rejected"
    assert "restart the program" in record["help"][0] and str(cert) in record["why"] and "has changed since" in record["why"]


def client_of_the_variable(show, pki, client):
    """One that loads what SSL_CERT_FILE names, and nothing else."""
    port = show(issue(HOST, pki.intermediate, names=[HOST]), pki.intermediate).port
    return {"python": [DEBIAN_PYTHON, CLIENTS_HERE / "connect.py", HOST, port],
            "s_client": ["openssl", "s_client", "-brief", "-verify_return_error", "-connect", "%s:%d" % (HOST, port)]}[client]  # fmt: skip


@pytest.mark.cause("no-trust-store")
@pytest.mark.parametrize("form", ["DER", "key", "directory", "empty", "joined", "damaged"])
@pytest.mark.parametrize("client", ["python", "s_client"])
def test_variable_that_names_an_unusable_file(run, show, pki, files, client, form):
    """Also beside OpenSSL's own directory of CAs, which is searched and has the wanted one not."""
    argv = client_of_the_variable(show, pki, client)
    root, other = pki.root.pem, pki.stranger.pem
    path = {"DER": files["der"], "key": files["key"], "directory": pki.empty_dir, "empty": run.write("empty.pem", b""),
            "joined": run.write("joined.pem", other.rstrip(b"\n") + root), "damaged": run.write("damaged.pem", root + other[:200] + b"!" + other[201:])}[form]  # fmt: skip
    done = run(argv, env={"SSL_CERT_FILE": str(path)})
    assert done.code != 0 and len(done.records) == 1, done
    record = done.records[0]
    assert record["cause"] == "no-trust-store"
    assert str(path) in record["why"] and "SSL_CERT_FILE" in record["why"]
    says = {"DER": "openssl x509 -inform DER -in", "key": "give the client the CA's certificate", "directory": "belongs into SSL_CERT_DIR",
            "empty": "get the file again", "joined": "get the file again", "damaged": "get the file again"}[form]  # fmt: skip
    assert ("damaged, at line" in record["why"]) is (form in ("joined", "damaged"))
    assert says in "\n".join(record["help"]) and ("new file" in str(record["help"])) is (form != "directory")
    assert "install" not in str(record["help"])


@pytest.mark.cause("no-trust-store")
@pytest.mark.parametrize("denied", ["file", "directory"])
@pytest.mark.parametrize("client", ["python", "s_client"])
def test_variable_that_names_an_unreadable_file(run, show, pki, files, client, denied):
    """OpenSSL says nothing of it; that it does not exist would be a guess."""
    argv = client_of_the_variable(show, pki, client)
    directory = run.scratch / "shut"
    directory.mkdir()
    path = directory / "ca.pem"
    path.write_bytes(pki.root.pem)
    stop = path if denied == "file" else directory
    stop.chmod(0o600 if denied == "file" else 0o700)
    unprivileged(run)
    done = run(argv, env={"SSL_CERT_FILE": str(path), "SSL_CERT_DIR": "/nonexistent"}, user=NOBODY)
    assert done.code != 0 and len(done.records) == 1, done
    record = done.records[0]
    assert record["cause"] == "no-trust-store" and "SSL_CERT_FILE points to %s" % path in record["why"]
    assert "may not be " + ("read" if denied == "file" else "entered") in record["why"]
    assert "    setfacl -m u:%d:%s %s" % (NOBODY, "r" if denied == "file" else "x", stop) in record["help"], record
    assert "does not exist" not in str(record["help"])
    stop.chmod(0o755)
    assert run(argv, env={"SSL_CERT_FILE": str(path)}, user=NOBODY).code == 0


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf%s", b"see below\n%s", b"%s\r\n"], ids=["mark", "text", "crlf"])
def test_what_openssl_takes_is_no_failure(run, files, text):
    path = run.write("odd.pem", text % files["cert"].read_bytes())
    done = run(load("ca", path), names=False)
    assert done.code == 0 and done.log == ""


# ---- certificate and key -----------------------------------------------------------------------------------------


@pytest.mark.cause("key-mismatch")
def test_key_of_another_certificate(run, files):
    record = only(run, load("own", files["cert"], files["other-key"]), "key-mismatch", files["other-key"], str(files["cert"]))
    lines = [n for n in record["notes"] if "SPKI sha256" in n]
    assert len(lines) == 2 and lines[0].split("SPKI")[1] != lines[1].split("SPKI")[1]


@pytest.mark.cause("key-mismatch")
def test_mismatch_of_types(run, files):
    """OpenSSL keeps an EC key beside an RSA certificate and says only later that there is no certificate."""
    types = {"RSA": ["-algorithm", "RSA"], "EC P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}
    for name, options in types.items():
        openssl("genpkey", *options, "-out", run.scratch / name[:2])
    openssl("req", "-x509", "-key", run.scratch / "RS", "-subj", "/CN=x", "-out", run.scratch / "cert-rsa.pem")
    only(run, load("own", run.scratch / "cert-rsa.pem", run.scratch / "EC"), "key-mismatch", run.scratch / "EC", "RSA 2048", "EC P-256")


@pytest.mark.cause("bad-passphrase")
@pytest.mark.parametrize("given", [[], ["wrong"]], ids=["none", "wrong"])
def test_passphrase_wrong_or_not_given(run, files, given):
    only(run, load("own", files["cert"], files["encrypted"], *given), "bad-passphrase", files["encrypted"], "not given or is wrong")
    assert "secret" not in run.log_text()


# ---- read by the client itself -------------------------------------------------------------------------------------


def curl_pkcs12(path, passphrase, *options):
    return ["curl", "-sS", "-m", "20", *options, "--cert", "%s:%s" % (path, passphrase), "--cert-type", "P12"]


PKCS12 = {
    "passphrase": ("bad-passphrase", lambda files: files["p12"], "openssl pkcs12 -noout -in"),
    "PEM": ("file-not-pem", lambda files: files["cert"], "it is PEM, not PKCS #12"),
    "DER": ("file-not-pem", lambda files: files["der"], "but not PKCS #12"),
    "empty": ("file-not-pem", lambda files: files["empty"], "it is empty"),
    "old": ("legacy-encryption", lambda files: files["old-p12"], "openssl pkcs12 -legacy -in"),
}  # fmt: skip


@pytest.mark.parametrize("kind", PKCS12)
def test_pkcs12_with_curl(run, sites, files, kind):
    cause, choose, says = PKCS12[kind]
    files["old-p12"] = run.scratch / "old.p12"
    openssl("pkcs12", "-export", "-legacy", "-in", files["cert"], "-inkey", files["key"], "-passout", "pass:x", "-out", files["old-p12"])
    path = choose(files)
    argv = curl_pkcs12(path, "x" if kind == "old" else "wrong", "https://%s:%d/" % (HOST, sites.of(CLIENTS["curl"], HOST)[0]))
    before, after = run(argv, library=False), run(argv)
    assert before.code == 58 and (after.code, after.out, after.err) == (before.code, before.out, before.err)
    only_load_failure(after, cause, path)
    assert says in after.log and "wrong" not in after.log.replace("not given or is wrong", "")


def test_pkcs12_that_works(run, sites, files):
    url = "https://%s:%d/" % (HOST, sites.of(CLIENTS["curl"], HOST)[0])
    done = run(curl_pkcs12(files["p12"], "x", "--cacert", files["root"], url))
    assert done.code == 0 and done.log == "", done


@pytest.mark.parametrize("given,cause", [("missing", "file-missing"), ("cert", "file-not-pem")])
def test_revocation_list(run, sites, files, given, cause):
    url = "https://%s:%d/" % (HOST, sites.of(CLIENTS["curl"], HOST)[0])
    done = run(["curl", "-sS", "-m", "20", "--cacert", files["root"], "--crlfile", files[given], url])
    assert done.code == 82
    record = only_load_failure(done, cause, files[given])
    assert "revocation list" in record["message"]


# nginx as a client of the servers behind it; it reads certificate and key through BIOs
NGINX = """
pid %(scratch)s/nginx.pid; error_log stderr;
events {}
http {
    access_log off; client_body_temp_path %(scratch)s/t1; proxy_temp_path %(scratch)s/t2; fastcgi_temp_path %(scratch)s/t3;
    uwsgi_temp_path %(scratch)s/t4; scgi_temp_path %(scratch)s/t5;
    server {
        listen unix:%(scratch)s/socket;
        location / { proxy_pass https://127.0.0.1:1; proxy_ssl_certificate %(cert)s; proxy_ssl_certificate_key %(key)s; }
    }
}
"""


@pytest.mark.parametrize("cert,key,cause,named", [
    ("missing", "key", "file-missing", "missing"),
    ("der", "key", "file-not-pem", "der"),
    ("cert", "cut", "file-not-pem", "cut"),
    ("cert", "encrypted", "bad-passphrase", "encrypted"),
    ("cert", "other-key", "key-mismatch", None),
    ("cert", "key", None, None),
])  # fmt: skip
def test_read_through_a_bio(run, files, cert, key, cause, named):
    text = NGINX % {"scratch": run.scratch, "cert": files[cert], "key": files[key]}
    argv = ["/usr/sbin/nginx", "-t", "-q", "-c", run.write("nginx.conf", text)]
    before, after = run(argv, library=False, names=False), run(argv, names=False)
    assert after.code == before.code == (1 if cause else 0), after
    if cause:
        only_load_failure(after, cause, files[named] if named else "does not belong to its certificate")
    else:
        assert after.log == ""


# A client that looks for a certificate of its own, and works without one, or with another.
PROBE = """
import ctypes, sys
ssl, crypto = ctypes.CDLL("libssl.so.3"), ctypes.CDLL("libcrypto.so.3")
for library, names in ((ssl, "TLS_client_method SSL_CTX_new SSL_new"), (crypto, "BIO_new_file PEM_read_bio_X509 PEM_read_bio_PrivateKey")):
    for name in names.split():
        getattr(library, name).restype = ctypes.c_void_p
p = ctypes.c_void_p
ctx = p(ssl.SSL_CTX_new(p(ssl.TLS_client_method())))
for path in sys.argv[2:]:
    bio = crypto.BIO_new_file(path.encode(), b"r")
    x = crypto.PEM_read_bio_X509(p(bio), None, None, None) if bio else None
    if x:
        ssl.SSL_CTX_use_certificate(ctx, p(x))
    if bio:
        crypto.BIO_free(p(bio))
if sys.argv[1] == "goes-on":
    ssl.SSL_free(p(ssl.SSL_new(ctx)))
if sys.argv[1] != "exits":
    ssl.SSL_CTX_free(ctx)
"""


def test_probing_is_no_failure(run, files):
    def causes(*argv):
        done = run([DEBIAN_PYTHON, "-c", PROBE, *argv], names=False)
        assert done.code == 0, done
        return [r["cause"] for r in done.records]

    assert causes("goes-on", files["missing"], files["text"]) == []
    assert causes("gives-up", files["missing"], files["cert"]) == []
    assert causes("gives-up", files["text"]) == ["file-not-pem"]
    assert causes("exits", files["missing"]) == ["file-missing"]


# ---- directories -------------------------------------------------------------------------------------------------


def hash_of(path):
    return subprocess.run(["openssl", "x509", "-noout", "-hash", "-in", str(path)], capture_output=True, text=True, timeout=60).stdout.strip()


# what is in it -> cause, what the store line says of it, what the record says
DIRECTORIES = {
    "unhashed": ("no-trust-store", " (where no file is called after a hash)", "has a CA of the wanted name in corp.pem"),
    "others": ("no-trust-store", " (where no file is called after a hash)", "has 1 file, but none is called after a hash"),
    "empty": ("no-trust-store", " (which is empty)", "correct the directory"),
    "missing": ("no-trust-store", " (which is not there)", "is not there; OpenSSL does not say so"),
    "file": ("no-trust-store", " (which is a file)", "give it as a file"),
    "locked": ("no-trust-store", " (which this process may not enter)", "may not be entered"),
    "broken": ("issuer-unknown", "", "is a symbolic link that leads nowhere"),
}  # fmt: skip


def make_directory(run, pki, kind):
    path = run.scratch / "authorities"
    if kind == "file":
        path.write_bytes(pki.root.pem)
    elif kind != "missing":
        path.mkdir()
        (path / {"unhashed": "corp.pem", "others": "x.pem"}.get(kind, "empty")).write_bytes(
            {"unhashed": pki.root.pem, "others": pki.stranger_pem.read_bytes()}.get(kind, b"")
        )
    if kind == "empty":
        (path / "empty").unlink()
    if kind == "broken":
        (path / (hash_of(pki.root_pem) + ".0")).symlink_to("gone.pem")
    if kind == "locked":
        path.chmod(0o700)
    return path


SEARCH = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(capath=sys.argv[3])
try:
    context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2])), 20), server_hostname=sys.argv[1])
except ssl.SSLError as e:
    sys.exit(str(e))
"""


def search(sites, directory):
    return [DEBIAN_PYTHON, "-c", SEARCH, HOST, sites.of(CLIENTS["s_client"], HOST)[0], directory]


@pytest.mark.parametrize("kind", DIRECTORIES)
def test_directory_in_which_nothing_counts(run, sites, pki, kind):
    how = {}
    if kind == "locked":
        unprivileged(run)
        how = {"user": NOBODY}
    cause, store, says = DIRECTORIES[kind]
    directory = make_directory(run, pki, kind)
    done = run(search(sites, directory), **how)
    record = only_failure(done, (cause,), HOST)
    assert "; directory %s%s is searched" % (directory, store) in record["store"], record["store"]
    assert says in done.log, record
    if kind == "unhashed":
        assert "    openssl rehash %s" % directory in record["help"]


def test_directory_after_rehash(run, sites, pki):
    """What the help says to do is what was missing."""
    directory = make_directory(run, pki, "unhashed")
    openssl("rehash", directory)
    done = run(search(sites, directory))
    assert done.code == 0 and done.log == ""
