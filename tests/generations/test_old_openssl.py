# SPDX-License-Identifier: ISC
"""OpenSSL 1.0.2, which no Debian suite has any more: libraries of our own with its names, which say its version; and, where
TLSMEND_TEST_OPENSSL_102=DIR names a directory with libssl.so.1.0.x and libcrypto.so.1.0.x (there or in lib/), the real one."""
import glob
import os
import pathlib
import re
import subprocess

import pytest

from lib.run import COMMAND, HOSTS, TREE, check_records, only_failure

HERE = pathlib.Path(__file__).resolve().parent
HOST, OTHER = "legacy.test", "other.test"
NAMES = [line.split() for line in (HERE / "old_names.txt").read_text().splitlines() if not line.startswith("#")]
API = re.findall(r'^API\((\w+), (\w+), .*?(\w+), \(.*\), (NULL|"\w+")\)', (TREE / "shim/openssl/api.def").read_text(), re.M)
FILLED = re.findall(r"^    \.(\w+) = ", (TREE / "shim/openssl/filled.c").read_text(), re.M)


def compile_c(out, *argv):
    subprocess.run(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-o", str(out), *map(str, argv)], check=True, timeout=120)
    return out


# ---- its names ------------------------------------------------------------------------------------------------------
def missing(without=()):
    have = {(lib, name) for lib, name in NAMES if name not in without}
    return [name for lib, need, name, also in API
            if need == "required" and not {(lib, name), (lib, also.strip('"'))} & have and name not in FILLED]  # fmt: skip


def test_nothing_is_missing():
    assert len(NAMES) > 200 and missing() == []
    assert missing(without=["SSL_want"]) == ["SSL_want"]


def test_what_is_filled_in_is_not_there():
    """... and what is there is its own."""
    have = {name for _, name in NAMES}
    assert [name for name in FILLED if name in have] in ([], ["X509_STORE_CTX_get0_store"])


class Stub:
    """Libraries that have its names and do nothing, and a program that is linked with them."""

    def __init__(self, where, version="0x100021ff", text="OpenSSL 1.0.2zz 1 Jan 2030", without=()):
        self.where = where
        for lib in ("crypto", "ssl"):
            source = where / (lib + ".c")
            body = "".join(
                "long %s(void) { return 0; }\n" % name
                for of, name in NAMES if of == lib and name not in ("SSLeay", "SSLeay_version", *without)
            )  # fmt: skip
            if lib == "crypto":
                body += "unsigned long SSLeay(void) { return %sUL; }\n" % version
                body += 'const char *SSLeay_version(int t) { (void)t; return "%s"; }\n' % text
            else:
                # it returns an object, so that something is looked at
                body = body.replace("long SSL_CTX_new(void) { return 0; }", "static long ctx[64]; void *SSL_CTX_new(void) { return ctx; }")
                body += "long X509_verify_cert(void);\nlong calls_libcrypto(void) { return X509_verify_cert(); }\n"
            source.write_text(body)
            compile_c(where / ("lib%s.so.1.0.0" % lib), "-shared", "-fPIC", "-fno-builtin", "-w", source,
                      "-Wl,-soname,lib%s.so.1.0.0" % lib, "-Wl,-rpath,%s" % where, *([where / "libcrypto.so.1.0.0"] if lib == "ssl" else []))  # fmt: skip
        (where / "main.c").write_text(
            "void *SSL_CTX_new(void *); void *SSLv23_client_method(void); int puts(const char *);\n"
            'int main(void) { void *c = SSL_CTX_new(SSLv23_client_method()); puts(c ? "made" : "none"); return 0; }\n'
        )
        self.program = compile_c(where / "program", "-w", where / "main.c", where / "libssl.so.1.0.0", where / "libcrypto.so.1.0.0",
                                 "-Wl,-rpath,%s" % where)  # fmt: skip


@pytest.fixture
def stub(tmp_path):
    return lambda **how: Stub(tmp_path, **how)


def test_it_is_served(run, stub):
    program = stub().program
    done = run([program], names=False)
    assert (done.code, done.out, done.log) == (0, "made\n", "")
    assert "reachable: program -> libssl.so.1.0.0" in subprocess.run([COMMAND, "check", program], capture_output=True, text=True).stdout


@pytest.mark.parametrize("how,says", [
    ({"without": ["SSL_want"]}, "OpenSSL 1.0.2zz has no function SSL_want, which"),
    ({"version": "0x1000117f", "text": "OpenSSL 1.0.1w 1 Jan 2030"}, "OpenSSL 1.0.1w is older than 1.0.2, which"),
])  # fmt: skip
def test_it_is_not_served_and_that_is_said(run, stub, how, says):
    program = stub(**how).program
    done = run([program], names=False)
    assert (done.code, done.out) == (0, "made\n")
    (record,) = done.of("config_error")
    assert says in record["message"] and len(done.records) == 1
    checked = subprocess.run([COMMAND, "check", program], capture_output=True, text=True)
    assert checked.returncode == 1 and "program: out of reach: " in checked.stdout and says.rsplit(",", 1)[0] in checked.stdout


# ---- a real one --------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def libraries():
    where = os.environ.get("TLSMEND_TEST_OPENSSL_102")
    if not where:
        pytest.skip("TLSMEND_TEST_OPENSSL_102 names no directory with an OpenSSL 1.0.2")
    found = [sorted(glob.glob("%s/%slib%s.so.1*" % (where, sub, lib))) for sub in ("", "lib/", "lib64/") for lib in ("ssl", "crypto")]
    files = [f[0] for f in found if f]
    assert len(files) == 2, "no libssl.so.1* and libcrypto.so.1* in " + where
    return [pathlib.Path(f).resolve() for f in files]


@pytest.fixture(scope="module")
def program(libraries, tmp_path_factory):
    out = tmp_path_factory.mktemp("old") / "old_client"
    return compile_c(out, "-Wall", "-Wextra", "-Werror", HERE / "old_client.c", *libraries, "-Wl,-rpath,%s" % libraries[0].parent)


@pytest.fixture
def compare(run, program, sites):
    """Without the library and with it: the client must not notice, unless a rule is there to be noticed."""

    def both(*options, host=HOST, **how):
        argv = [program, host, HOSTS[host], sites.https(host)[0], *options]
        after = run(argv, **how)
        if not how:
            before = run(argv, library=False)
            after = run(argv)
            assert (after.code, after.out, after.err) == (before.code, before.out, before.err)
        check_records(after)
        return after

    return both


def test_a_good_chain(compare, pki):
    for options in ([], ["--callbacks"], ["--later"]):
        done = compare("--ca", pki.root_pem, *options)
        assert done.out.startswith("TLSv1.2 0\n") and done.log == ""


@pytest.mark.parametrize("options", [[], ["--later"]])
def test_a_missing_anchor(compare, pki, sites, options):
    done = compare("--ca", pki.stranger_pem, *options)
    assert done.out.startswith("REFUSED")
    record = only_failure(done, ["issuer-unknown"], HOST, sites.https(HOST)[0])
    assert record["library"].startswith("OpenSSL 1.0.2") and record["store"].startswith("1 anchor from ")
    leaf = record["chain"][0]
    assert leaf["not_before"] < record["time"] < leaf["not_after"] and "spki_sha256" in leaf
    assert "ExtraCAFile" in str(record["help"]) and "does not help" not in str(record["help"])


@pytest.mark.parametrize("options", [[], ["--later"], ["--callbacks"]])
def test_is_mended(compare, pki, options):
    """... for that host; another one is refused."""
    done = compare("--ca", pki.stranger_pem, *options, extra_ca={HOST: pki.root_pem})
    assert done.out.startswith("TLSv1.2 0\n") and done.events == ["mended"]
    done = compare("--ca", pki.stranger_pem, *options, host=OTHER, extra_ca={HOST: pki.root_pem})
    assert done.out.startswith("REFUSED") and done.events == ["verify_failed"]


def test_verification_is_enforced(compare, run, pki):
    config = run.config((HOST, {"EnforceVerification": "yes"}))
    done = compare("--ca", pki.stranger_pem, "--no-verify", config=config)
    assert done.out.startswith("REFUSED") and done.events == ["verify_failed"]
    config = run.config((HOST, {"OnlyCAFile": pki.stranger_pem}))
    assert compare("--ca", pki.root_pem, config=config).out.startswith("REFUSED")


@pytest.mark.parametrize("options", [["--tls1"], ["--no-tls12"]])
def test_minimum(compare, run, pki, options):
    """It lifts a client that is pinned, at that host; elsewhere the client stays what it is."""
    rules = {"MinProtocol": "TLSv1.2"}
    done = compare("--ca", pki.root_pem, *options, config=run.config((HOST, rules)))
    assert done.out.startswith("TLSv1.2 0\n") and done.events == ["mended"]
    done = compare("--ca", pki.root_pem, *options, host=OTHER, config=run.config((HOST, rules)))
    assert done.out.startswith("REFUSED") and "client-too-old" == done.records[0]["cause"]


def test_maximum(compare, run, pki):
    rules = {"MaxProtocol": "TLSv1.1", "Reason": "a test", "Until": "2099-01-01"}
    done = compare("--ca", pki.root_pem, config=run.config((HOST, rules)))
    assert done.out.startswith("REFUSED") and "weakened" in done.events, "the server wants TLS 1.2"


@pytest.mark.parametrize("keys,ok", [
    ({"Groups": "P-256"}, True),
    ({"Groups": "X25519"}, False),
    ({"Ciphersuites": "TLS_AES_128_GCM_SHA256"}, True),
    ({"CipherString": "DEFAULT:@SECLEVEL=0", "Reason": "a test", "Until": "2099-01-01"}, True),
    ({"CipherString": "DEFAULT:@SECLEVEL=2"}, False),
])  # fmt: skip
def test_lists(compare, run, pki, keys, ok):
    done = compare("--ca", pki.root_pem, config=run.config((HOST, keys)))
    assert done.out.startswith("TLSv1.2 0\n")
    errors = done.of("config_error")
    assert len(errors) == (0 if ok else 1)
    if keys.get("CipherString", "").endswith("2"):
        assert "which has no security levels" in errors[0]["message"]
