# SPDX-License-Identifier: ISC
"""OpenSSL 1.0.2 and 1.0.1, which no Debian suite has any more: libraries of our own with their names, which say their version; and,
where TLSMEND_TEST_OPENSSL_102=DIR and TLSMEND_TEST_OPENSSL_101=DIR name directories with libssl.so.1.0.x and libcrypto.so.1.0.x (there
or in lib/), the real ones."""
import glob
import os
import pathlib
import re
import subprocess

import pytest

from lib.run import COMMAND, HOSTS, LIBRARY, TREE, check_records, only_failure

HERE = pathlib.Path(__file__).resolve().parent
HOST, OTHER = "legacy.test", "other.test"
OF_102 = [line.split() for line in (HERE / "old_names.txt").read_text().splitlines() if not line.startswith("#")]
API = re.findall(r'^API\((\w+), (\w+), .*?(\w+), \(.*\), (NULL|"\w+")\)', (TREE / "shim/openssl/api.def").read_text(), re.M)
OF_101 = [(lib, name) for lib, name, *since in OF_102 if not since]
NAMES = {"1.0.2": [(lib, name) for lib, name, *_ in OF_102], "1.0.1": OF_101}
FILLED = {"1.0.2": re.findall(r"^\t*FILLED\((\w+), ", (TREE / "shim/openssl/filled.c").read_text(), re.M)}
FILLED["1.0.1"] = FILLED["1.0.2"] + re.findall(r"^    \.(\w+) = ", (TREE / "shim/openssl/filled_101.c").read_text(), re.M)


def compile_c(out, *argv):
    subprocess.run(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-o", str(out), *map(str, argv)], check=True, timeout=120)
    return out


# ---- their names ----------------------------------------------------------------------------------------------------
def missing(version, without=()):
    have = {(lib, name) for lib, name in NAMES[version] if name not in without}
    return [name for lib, need, name, also in API
            if need == "required" and not {(lib, name), (lib, also.strip('"'))} & have and name not in FILLED[version]]  # fmt: skip


@pytest.mark.parametrize("version", NAMES)
def test_nothing_is_missing(version):
    assert len(NAMES[version]) > 200 and len(FILLED["1.0.2"]) > 30 and missing(version) == []
    assert missing(version, without=["SSL_want"]) == ["SSL_want"]


@pytest.mark.parametrize("version", NAMES)
def test_what_is_filled_in_is_not_there(version):
    """... and what is there is its own."""
    have = {name for _, name in NAMES[version]}
    assert [name for name in FILLED[version] if name in have] in ([], ["X509_STORE_CTX_get0_store"])


class Stub:
    """Libraries that have its names and do nothing, and a program that is linked with them."""

    def __init__(self, where, version="1.0.2", number="0x100021ff", text="OpenSSL 1.0.2zz 1 Jan 2030", without=()):
        for lib in ("crypto", "ssl"):
            source = where / (lib + ".c")
            body = "".join(
                "long %s(void) { return 0; }\n" % name
                for of, name in NAMES[version] if of == lib and name not in ("SSLeay", "SSLeay_version", *without)
            )  # fmt: skip
            if lib == "crypto":
                body += "unsigned long SSLeay(void) { return %sUL; }\n" % number
                body += 'const char *SSLeay_version(int t) { (void)t; return "%s"; }\n' % text
            else:
                # it returns an object, so that something is looked at
                body = body.replace("long SSL_CTX_new(void) { return 0; }", "static long ctx[64]; void *SSL_CTX_new(void) { return ctx; }")
                body += "long X509_verify_cert(void);\nlong calls_libcrypto(void) { return X509_verify_cert(); }\n"
            source.write_text(body)
            compile_c(where / ("lib%s.so.1.0.0" % lib), "-shared", "-fPIC", "-fno-builtin", "-w", source,
                      "-Wl,-soname,lib%s.so.1.0.0" % lib, "-Wl,-rpath,%s" % where, *([where / "libcrypto.so.1.0.0"] if lib == "ssl" else []))  # fmt: skip
        (where / "main.c").write_text(
            "#include <stdio.h>\nvoid *SSL_CTX_new(void *); void *SSLv23_client_method(void);\n"
            'int main(int n, char **v) { void *c = SSL_CTX_new(SSLv23_client_method()); puts(c ? "made" : "none"); fflush(stdout);\n'
            "return v && n > 1 && getchar() == 'x'; }\n"
        )
        self.program = compile_c(where / "program", "-w", where / "main.c", where / "libssl.so.1.0.0", where / "libcrypto.so.1.0.0",
                                 "-Wl,-rpath,%s" % where)  # fmt: skip


@pytest.fixture
def stub(tmp_path):
    return lambda **how: Stub(tmp_path, **how)


ITSELF = [{}, {"version": "1.0.1", "number": "0x1000117f", "text": "OpenSSL 1.0.1w 1 Jan 2030"}]


@pytest.mark.parametrize("how", ITSELF, ids=["1.0.2", "1.0.1"])
def test_it_is_served(run, stub, how):
    program = stub(**how).program
    done = run([program], names=False)
    assert (done.code, done.out, done.log) == (0, "made\n", "")
    assert "reachable: program -> libssl.so.1.0.0" in subprocess.run([COMMAND, "check", program], capture_output=True, text=True).stdout


@pytest.mark.parametrize("how,says", [
    ({"without": ["SSL_want"]}, "OpenSSL 1.0.2zz has no function SSL_want, which"),
    ({**ITSELF[1], "without": ["SSL_want"]}, "OpenSSL 1.0.1w has no function SSL_want, which"),
    ({"version": "1.0.1", "number": "0x1000015f", "text": "OpenSSL 1.0.0u 1 Jan 2030"}, "OpenSSL 1.0.0u is older than 1.0.1, which"),
])  # fmt: skip
def test_it_is_not_served_and_that_is_said(run, stub, how, says):
    program = stub(**how).program
    done = run([program], names=False)
    assert (done.code, done.out) == (0, "made\n")
    (record,) = done.of("config_error")
    assert says in record["message"] and len(done.records) == 1
    checked = subprocess.run([COMMAND, "check", program], capture_output=True, text=True)
    assert checked.returncode == 1 and "program: out of reach: " in checked.stdout and says.rsplit(",", 1)[0] in checked.stdout
    # ... and of a process with the library
    env = {"PATH": "/usr/bin:/bin", "LD_PRELOAD": str(LIBRARY), "TLSMEND_LOG": "off"}
    with subprocess.Popen([program, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout.readline() == "made\n"
        checked = subprocess.run([COMMAND, "check", str(process.pid)], capture_output=True, text=True)
        process.stdin.close()
    assert checked.returncode == 1 and "out of reach: " + says.rsplit(",", 1)[0] in checked.stdout, checked


# ---- a real one --------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module", params=["1.0.2", "1.0.1"])
def version(request):
    return request.param


@pytest.fixture(scope="module")
def libraries(version):
    variable = "TLSMEND_TEST_OPENSSL_" + version.replace(".", "")
    where = os.environ.get(variable)
    if not where:
        pytest.skip("%s names no directory with an OpenSSL %s" % (variable, version))
    found = [sorted(glob.glob("%s/%slib%s.so.1*" % (where, sub, lib))) for sub in ("", "lib/", "lib64/") for lib in ("ssl", "crypto")]
    files = [f[0] for f in found if f]
    assert len(files) == 2, "no libssl.so.1* and libcrypto.so.1* in " + where
    return [pathlib.Path(f).resolve() for f in files]


@pytest.fixture(scope="module")
def program(libraries, tmp_path_factory):
    out = tmp_path_factory.mktemp("old") / "old_client"
    return compile_c(out, "-Wall", "-Wextra", "-Werror", HERE / "old_client.c", *libraries, "-Wl,-rpath,%s" % libraries[0].parent)


def undated(done):
    return re.sub("^Date: .*", "", done.out, flags=re.M)


@pytest.fixture
def compare(run, program, sites):
    """Without the library and with it: the client must not notice, unless a rule is there to be noticed."""

    def both(*options, host=HOST, site=None, **how):
        argv = [program, host, HOSTS[host], site or sites.https(host)[0], *options]
        after = run(argv, **how)
        if not how:
            before = run(argv, library=False)
            after = run(argv)
            assert (after.code, undated(after), after.err) == (before.code, undated(before), before.err)
        check_records(after)
        return after

    return both


def test_a_good_chain(compare, pki):
    for options in ([], ["--callbacks"], ["--later"]):
        done = compare("--ca", pki.root_pem, *options)
        assert done.out.startswith("TLSv1.2 0\n") and done.log == ""


@pytest.mark.parametrize("options", [[], ["--later"]])
def test_a_missing_anchor(compare, pki, sites, version, options):
    done = compare("--ca", pki.stranger_pem, *options)
    assert done.out.startswith("REFUSED")
    record = only_failure(done, ["issuer-unknown"], HOST, sites.https(HOST)[0])
    assert record["library"].startswith("OpenSSL " + version) and record["store"].startswith("1 anchor from ")
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


def test_another_name(compare, run, pki, sites):
    """A rule's trust counts for its host's own certificate alone, and what is enforced is the name, too."""
    enforced = run.config((HOST, {"EnforceVerification": "yes"}))
    for variant, good in ("wrong-name", False), ("no-san", True), ("malformed-extension", False):
        site = sites.variant(variant)[0]
        mended = compare("--ca", pki.stranger_pem, site=site, extra_ca={HOST: pki.root_pem})
        assert ("mended" in mended.events) is good and mended.out.startswith("TLSv1.2 0\n" if good else "REFUSED"), variant
        done = compare("--ca", pki.root_pem, "--no-verify", site=site, config=enforced)
        assert done.out.startswith("TLSv1.2 0\n" if good else "REFUSED"), variant
        assert variant != "wrong-name" or [r["cause"] for r in done.records] == ["name-mismatch"]


def test_certificate(compare, run, pki, version):
    """Shown from 1.0.2 on, which can ask for one; before, its section is left out."""
    mine = pki.good("client.test")
    config = run.config((HOST, {"Certificate": run.write("c.pem", mine.leaf.pem + mine.leaf.key_pem, 0o600)}))
    done = compare("--ca", pki.root_pem, config=config)
    assert done.out.startswith("TLSv1.2 0\n") and len(done.of("config_error")) == (version == "1.0.1"), done


@pytest.mark.parametrize("options", [["--tls1"], ["--no-tls12"]])
def test_minimum(compare, run, pki, options):
    """It lifts a client that is pinned, at that host; elsewhere the client stays what it is."""
    rules = {"MinProtocol": "TLSv1.2"}
    done = compare("--ca", pki.root_pem, *options, config=run.config((HOST, rules)))
    assert done.out.startswith("TLSv1.2 0\n") and done.events == ["mended"]
    done = compare("--ca", pki.root_pem, *options, host=OTHER, config=run.config((HOST, rules)))
    assert done.out.startswith("REFUSED") and "client-too-old" == done.records[0]["cause"]


def test_maximum_is_held(compare, run, pki):
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
def test_lists_are_set_or_refused(compare, run, pki, version, keys, ok):
    done = compare("--ca", pki.root_pem, config=run.config((HOST, keys)))
    assert done.out.startswith("TLSv1.2 0\n")
    errors = done.of("config_error")
    # 1.0.1 has no language for more than ciphers
    assert len(errors) == (0 if ok and not (version == "1.0.1" and "Groups" in keys) else 1)
    if keys.get("CipherString", "").endswith("2"):
        assert "which has no security levels" in errors[0]["message"]
