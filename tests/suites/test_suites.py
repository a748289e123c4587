# SPDX-License-Identifier: ISC
"""Suites that others wrote, with the library and without: each of their tests ends in the same way. Their sources are Debian's, of the very
versions that are installed, and are unpacked once; those that come with an interpreter are run as they are. They take half an hour: they run
where TLSMEND_SUITES=all is set."""
import collections
import glob
import os
import re
import shutil
import subprocess

import pytest

from lib import roots
from lib.once import locked
from lib.run import LIBRARY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(os.environ.get("TLSMEND_SUITES") != "all", reason="other projects' suites run with TLSMEND_SUITES=all"),
]

SOURCES = roots.CACHE / "suites"
SUITE = "bookworm"


def source_of(package):
    """The directory of a Debian source package's upstream part."""
    directory = SOURCES / package
    whole = directory / "whole"
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    failure = directory / "why-not"
    with locked(SOURCES / (package + ".lock")):
        if failure.exists() and failure.read_text().startswith(run_id):
            pytest.skip(failure.read_text().partition("\n")[2])
        if not whole.exists():
            try:
                roots.unpack_source(directory, SUITE, package, whole)
            except (roots.Missing, OSError, subprocess.SubprocessError) as e:
                directory.mkdir(parents=True, exist_ok=True)
                failure.write_text("%s\nno source of %s: %s" % (run_id, package, e))
                pytest.skip("no source of %s: %s" % (package, e))
    return whole


def built(package, *commands):
    """The same, after these commands in it."""
    source = source_of(package)
    done = source / "built"
    with locked(SOURCES / (package + "-build.lock")):
        for command in commands if not done.exists() else ():
            r = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=1400)
            if r.returncode:
                pytest.skip("%s cannot be built: %s" % (package, (r.stdout + r.stderr)[-300:]))
        done.write_text("")
    return source


@pytest.fixture
def suite(tmp_path):
    """run(directory, argv) twice, on a copy of it; results(output) are then held against each other. Returns them."""

    def run(directory, argv, preload):
        work = tmp_path / ("with" if preload else "without")
        if directory:
            shutil.copytree(directory, work, symlinks=True)
        else:
            work.mkdir()
        env = {k: v for k, v in os.environ.items() if not k.startswith(("TLSMEND_", "LD_", "PYTEST", "PERL"))}
        env.update(NO_NETWORK_TESTING="1", LC_ALL="C.UTF-8", HOME=str(work))
        if preload:
            # a record must not come into what a test reads
            env.update(LD_PRELOAD=str(LIBRARY), TLSMEND_LOG=str(tmp_path / "log"))
        done = subprocess.run([str(a) for a in argv], cwd=work, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL,
                              env=env, timeout=700)  # fmt: skip
        return done.stdout + done.stderr

    def compare(directory, argv, results, least):
        without, with_library = (results(run(directory, argv, preload)) for preload in (False, True))
        assert sum(without.values()) >= least, without
        changed = {k: (without[k], with_library[k]) for k in without.keys() | with_library.keys() if without[k] != with_library[k]}
        assert not changed
        return without

    return compare


# ---- Perl -------------------------------------------------------------------------------------------------------
def by_tap(output):
    """Lines of the Test Anything Protocol below the name of their file: Counter of (file, verdict, name)."""
    found, file = collections.Counter(), ""
    for line in output.splitlines():
        file = line[2:] if line.startswith("# t/") and line.endswith(".t") else file
        m = re.match(r"\s*((?:not )?ok)\b *\d* *(?:- )?(.*)", line)
        if m:
            found[file, m.group(1), re.sub(r"0x[0-9a-f]+|\d+", "N", m.group(2))] += 1
    return found


# Their own order; what fails without the library may go on failing with it.
EACH = 'for t in %s; do echo "# $t"; timeout 120 perl -Iinc -It "$t"; done 2>&1'


@pytest.mark.parametrize("package,module,files,least", [
    ("libnet-ssleay-perl", "Net::SSLeay", "t/local/*.t", 2000), ("libio-socket-ssl-perl", "IO::Socket::SSL", "t/*.t", 600),
])  # fmt: skip
def test_suite_of_perl(suite, package, module, files, least):
    if subprocess.run(["perl", "-M" + module, "-e1"], capture_output=True).returncode:
        pytest.skip("no %s here" % module)
    suite(source_of(package), ["sh", "-c", EACH % files], by_tap, least)


# ---- Python -------------------------------------------------------------------------------------------------------
def by_unittest(output):
    """`test_name (module.Class.test_name) ... ok`: the verdict may come lines later."""
    found = collections.Counter()
    for m in re.finditer(r"^(test\w+ \([\w.]+\))[^\n]*?(?:\n[^\n]*?)*?\.\.\. .*?(ok|FAIL|ERROR|skipped|expected failure)", output, re.M | re.S):
        found[m.groups()] += 1
    return found


def pythons():
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    found = [*glob.glob(root + "/versions/*/bin/python"), "/usr/bin/python3"]
    return sorted(p for p in found if glob.glob(os.path.join(os.path.dirname(p), "../lib/python*/test/test_ssl.py")))


MODULES = ["test_ssl", "test_httplib", "test_urllib2_localnet", "test_ftplib", "test_poplib", "test_imaplib", "test_smtplib", "test_asyncio.test_ssl",
           "test_asyncio.test_sslproto"]  # fmt: skip
# Its servers wait for an end that OpenSSL 3 tells in another way, without the library too: it fails here and there, or never ends.
UNSTEADY = [("python2.7", "test_ftplib")]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("python", pythons() or [None])
def test_suite_of_python(suite, python, module):
    if not python:
        pytest.skip("no Python with its tests here")
    directory = glob.glob(os.path.join(os.path.dirname(python), "../lib/python*/test"))[0]
    if not os.path.exists(os.path.join(directory, *module.split(".")) + ".py"):
        pytest.skip("has no test." + module)
    if (os.path.basename(os.path.dirname(directory)), module) in UNSTEADY:
        pytest.skip("ends differently from run to run, without the library too")
    suite(None, [python, "-m", "unittest", "-v", "test." + module], by_unittest, 1)


def by_pytest(output):
    """`tests/test_ssl.py::TestConnection::test_x PASSED [ 12%]`"""
    return collections.Counter(re.findall(r"^(\S+::.+?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b", output, re.M))


def test_suite_of_pyopenssl(suite):
    missing = [m for m in ("OpenSSL", "pytest", "pretend", "flaky") if subprocess.run(["/usr/bin/python3", "-c", "import " + m], capture_output=True).returncode]
    if missing:
        pytest.skip("no %s here" % ", ".join(missing))
    suite(source_of("pyopenssl"), ["/usr/bin/python3", "-m", "pytest", "-v", "--color=no", "-p", "no:cacheprovider", "tests/test_ssl.py", "tests/test_crypto.py"], by_pytest, 400)


# ---- Ruby ------------------------------------------------------------------------------------------------------------
def by_test_unit(output):
    """`[1/9] OpenSSL::TestSSL#test_x = 0.29 s`; what failed is named once more behind."""
    found = collections.Counter(("ran", n) for n in re.findall(r"^\[ *\d+/\d+\] (\S+#\S+) = ", output, re.M))
    found.update(re.findall(r"^ *\d+\) (Failure|Error|Skipped):\n(\S+#\S+)", output, re.M))
    return found


def test_suite_of_ruby(suite):
    if not shutil.which("ruby") or subprocess.run(["ruby", "-ropenssl", "-e", 'require "test/unit"; exit! 0'], capture_output=True).returncode:
        pytest.skip("no Ruby with openssl and test-unit here")
    version = subprocess.run(["ruby", "-e", "print RUBY_VERSION[/\\d+.\\d+/]"], capture_output=True, text=True).stdout
    names = ["test_ssl", "test_ssl_session", "test_pair", "test_x509store", "test_x509cert", "test_buffering"]
    code = 'require "test/unit"; ' + "; ".join('require "./test/openssl/%s"' % n for n in names)
    argv = ["ruby", "-Itool/lib", "-Itest/openssl", "-e", code, "--", "-v", "--color=never"]
    suite(source_of("ruby" + version), argv, by_test_unit, 100)


# ---- PHP ----------------------------------------------------------------------------------------------------------------
def by_phpt(output):
    return collections.Counter(re.findall(r"^(PASS|FAIL|SKIP|XFAIL|BORK|WARN) .*\[(ext/\S+)\]", output, re.M))


def test_suite_of_php(suite):
    php = shutil.which("php")
    modules = subprocess.run([php, "-m"], capture_output=True, text=True).stdout if php else ""
    if "openssl" not in modules:
        pytest.skip("no PHP with openssl here")
    version = subprocess.run([php, "-r", "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;"], capture_output=True, text=True).stdout
    source = source_of("php" + version)
    suite(source, [php, "run-tests.php", "-p", php, "-q", "--offline", "--no-color", "ext/openssl/tests"], by_phpt, 100)


# ---- OpenSSL ------------------------------------------------------------------------------------------------------------
# What speaks TLS, verifies, reads certificates and keys, or loads providers; with its FIPS provider, whose self-tests run in many of them.
OPENSSL_TESTS = """test_err test_bio* test_internal_ssl* test_internal_x509 test_fipsinstall test_nodefltctx test_defltfips test_fipsload test_verify*
test_x509* test_ossl_store test_store test_asyncio test_async test_bad_dtls test_clienthello test_comp test_recordlen test_servername test_ssl* test_tls*
test_cipher* test_cms* test_cmp* test_ct test_dane test_dtls* test_ocsp test_fatalerr test_sysdefault test_req test_evp_libctx test_fuzz_x509 test_rehash
test_tsapi test_pkcs12 test_key_share test_renegotiation test_npn"""


def by_recipe(output):
    """As by_tap(), below `80-test_ssl_new.t .....`."""
    found, recipe = collections.Counter(), ""
    for line in output.splitlines():
        m = re.match(r"(?:\S*/)?(\d\d-\S+?)\.t \.+", line)
        recipe = m.group(1) if m else recipe
        m = re.match(r"\s*((?:not )?ok)\b *\d* *(?:- )?(.*)", line)
        if m:
            found[recipe, m.group(1), re.sub(r"0x[0-9a-f]+|\d+", "N", m.group(2))] += 1
    return found


@pytest.mark.timeout(3000)
def test_suite_of_openssl(suite):
    argv = ["make", "-C", built("openssl", ["./Configure", "shared", "enable-fips", "-O1"], ["make", "-s", "-j2"]), "test", "TESTS=" + " ".join(OPENSSL_TESTS.split()), "V=1", "HARNESS_JOBS=1"]
    suite(None, argv, by_recipe, 9000)


# ---- libevent ----------------------------------------------------------------------------------------------------------------
def by_tinytest(output):
    return collections.Counter(re.findall(r"^(\w+/\w+): (?:.*\n)*?.*?(OK|FAILED|SKIPPED|DISABLED)\b.*$", output, re.M))


def test_suite_of_libevent(suite):
    # its program was linked in place
    source = built("libevent", ["./configure", "--enable-openssl", "--disable-samples", "--disable-dependency-tracking"], ["make", "-s", "-j2", "all"])
    suite(None, [source / "test/regress", "ssl/..", "+http/https_basic", "+http/https_simple", "+http/https_chunk_out", "+http/https_connection"], by_tinytest, 10)


# ---- stunnel ----------------------------------------------------------------------------------------------------------------
def by_stunnel(output):
    """`181. Session resumption and redirect`, and below it how it went."""
    found, name = collections.Counter(), ""
    for line in output.splitlines():
        name = line if re.match(r"\d+\. ", line) else name
        m = re.match(r"\.+ (succeeded|failed|skipped)$", line)
        if m:
            found[name, m.group(1)] += 1
    return found


def test_suite_of_stunnel(suite):
    suite(None, ["make", "-C", built("stunnel4", ["./configure", "--disable-libwrap"], ["make", "-s", "-j2"]), "check"], by_stunnel, 40)


# ---- curl ----------------------------------------------------------------------------------------------------------------------
# Those of its tests that have a server of TLS.
CURL_TESTS = """
cd "$1/tests"
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE
perl runtests.pl -a -n $(grep -lE "^(https|ftps|imaps|pop3s|smtps|https-proxy|https-mtls)( .*)?$" data/test[0-9]* | grep -oE "[0-9]+$")
"""


def by_runtests(output):
    found = collections.Counter(re.findall(r"^test (\d+) (SKIPPED): ", output, re.M))
    for m in re.finditer(r"^test (\d+)\.\.\.(?:(?!^test )[\s\S])*?\b(OK|FAILED)\b", output, re.M):
        found[m.groups()] += 1
    return found


def test_suite_of_curl(suite):
    options = ["--with-openssl", "--without-libpsl", "--disable-ldap", "--disable-manual", "--disable-static"]
    source = built("curl", ["./configure", *options], ["make", "-s", "-j2"], ["make", "-s", "-j2", "-C", "tests"])
    suite(None, ["sh", "-c", CURL_TESTS, "sh", source], by_runtests, 40)
