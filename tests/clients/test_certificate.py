# SPDX-License-Identifier: ISC
"""A server that wants a client certificate, and programs that have no setting for one: Certificate and PrivateKey."""
import pytest

from clients.table import DEBIAN_PYTHON, HERE, missing
from lib import dotnet
from lib.pki import issue
from lib.run import HOSTS, check_records

HOST = "legacy.test"


def curl(port, ca, *more):
    return ["curl", "-sS", "-m", "20", "--cacert", ca, *more, "https://%s:%d/" % (HOST, port)]


def python(port, ca):
    return [DEBIAN_PYTHON, HERE / "connect.py", HOST, port, "--ca", ca]


def asyncio(port, ca):
    return [DEBIAN_PYTHON, "-B", HERE / "aio.py", HOST, port, ca]


def s_client(port, ca):
    return ["openssl", "s_client", "-brief", "-verify_return_error", "-quiet", "-servername", HOST, "-CAfile", ca,
            "-connect", "%s:%d" % (HOST, port)]  # fmt: skip


GET = "GET / HTTP/1.0\r\n\r\n"
REAL = {"curl": curl, "python": python, "asyncio": asyncio, "s_client": s_client}


@pytest.fixture(scope="module")
def mine(pki):
    """(certificate with its chain, its key, both in one file)"""
    identity = pki.identity("rule-client", issue("client.test", pki.intermediate, purposes=("client",)), pki.intermediate)
    both = pki.write("rule-client-both.pem", identity.chain.read_bytes() + identity.key.read_bytes())
    return identity, both


@pytest.fixture(scope="module")
def demanding(pki, servers):
    """nginx that answers nobody without a certificate."""
    more = "ssl_client_certificate %s; ssl_verify_client on; ssl_verify_depth 3;" % pki.root_pem
    ports = {}

    def start(version):
        if version not in ports:
            ports[version] = servers.s_server(pki.good(HOST), HOSTS[HOST], "-Verify", "3", "-CAfile", pki.root_pem,
                                              "-verify_return_error", "-tls" + version.replace(".", "_")).port  # fmt: skip
        return ports[version]

    start.nginx = servers.nginx([(HOSTS[HOST], [HOST], pki.good(HOST), more)])[0]
    return start


@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("name", REAL)
def test_program_without_a_setting(run, pki, demanding, mine, name, version):
    identity, both = mine
    argv = REAL[name](demanding(version), pki.root_pem)
    before = check_records(run(argv, stdin=GET))
    assert before.code != 0
    record, = before.records
    assert record["cause"] == "client-certificate-missing"
    assert {"    Certificate = /etc/tlsmend/client.pem", "    PrivateKey = /etc/tlsmend/client.key"} <= set(record["help"])
    for keys in {"Certificate": identity.chain, "PrivateKey": identity.key}, {"Certificate": both}:
        done = check_records(run(argv, stdin=GET, config=run.config((HOST, keys))))
        assert done.code == 0 and len(done.records) == 1, done
        assert done.records[0]["event"] == "mended" and "Certificate = " in done.records[0]["message"]
    other = check_records(run(argv, stdin=GET, config=run.config(("other.test", {"Certificate": both}))))
    assert [r["cause"] for r in other.records] == ["client-certificate-missing"]


def test_certificate_for_a_server_that_demands_one(run, pki, demanding, mine):
    argv = curl(demanding.nginx, pki.root_pem, "-f")
    assert run(argv).code != 0
    done = run(argv, config=run.config((HOST, {"Certificate": mine[1]})))
    assert done.code == 0 and "hello from legacy.test" in done.out


def test_in_place_of_the_programs_own(run, pki, demanding, mine):
    """The program's settings name a certificate that the server does not want any more."""
    old = pki.identity("old-client", issue("old.test", pki.stranger, purposes=("client",)))
    argv = curl(demanding("1.3"), pki.root_pem, "--cert", old.chain, "--key", old.key)
    for keys, cause in ({}, "client-certificate-rejected"), ({"Certificate": mine[1]}, "client-certificate-rejected"):
        done = check_records(run(argv, config=run.config((HOST, {"Groups": "X25519:P-256", **keys}))))
        assert done.code != 0 and [r["cause"] for r in done.records] == [cause]
    done = run(argv, config=run.config((HOST, {"Certificate": mine[1], "ReplaceCertificate": "yes"})))
    assert done.code == 0


@pytest.mark.cause("client-certificate-rejected")
def test_rejected_one_is_named_with_its_file(run, pki, demanding):
    old = pki.identity("old-client-2", issue("old.test", pki.stranger, purposes=("client",)))
    done = check_records(run(curl(demanding("1.3"), pki.root_pem), config=run.config((HOST, {"Certificate": old.chain, "PrivateKey": old.key}))))
    assert done.code != 0
    record, = done.records
    assert record["cause"] == "client-certificate-rejected" and str(old.chain) in " ".join(record["notes"])


def test_never_a_prompt(run, pki, demanding, mine):
    """An encrypted key: one line that says what to write, and the terminal is left alone."""
    import subprocess

    identity, _ = mine
    locked = pki.directory / "locked.key"
    subprocess.run(["openssl", "pkey", "-aes256", "-passout", "pass:secret", "-in", identity.key, "-out", locked], check=True, timeout=60)
    config = run.config((HOST, {"Certificate": identity.chain, "PrivateKey": locked}))
    argv = curl(demanding("1.3"), pki.root_pem)
    before = run(argv)
    # script(1) gives it a terminal to ask on
    done = run(["script", "-qec", " ".join(map(str, argv)), "/dev/null"], config=config)
    assert "phrase" not in done.out.lower() and done.code == before.code
    told = [r for r in done.records if r["event"] == "config_error"]
    assert len(told) == 1 and "holds a key with a passphrase" in told[0]["message"]


def test_certificate_for_psql(run, pki, servers, mine):
    for reason in (servers.postgres_missing(), missing("psql")):
        if reason:
            pytest.skip(reason)
    hba = "hostssl all all 0.0.0.0/0 trust clientcert=verify-ca\n"
    root = servers.directory / "postgres-root.pem"
    root.write_bytes(pki.root_pem.read_bytes())
    root.chmod(0o644)
    port = servers.postgres(pki.good(HOST), [HOSTS[HOST]], hba=hba, ssl_ca_file=root)
    argv = ["psql", "-w", "host=%s port=%d user=postgres dbname=postgres sslmode=verify-full sslrootcert=%s" % (HOST, port, pki.root_pem),
            "-Atc", "select 'it works'"]  # fmt: skip
    before = run(argv)
    assert before.code != 0 and "certificate" in before.err
    done = run(argv, config=run.config((HOST, {"Certificate": mine[1]})))
    assert done.code == 0 and done.out == "it works\n", done


@pytest.mark.skipif(dotnet.missing() is not None, reason=str(dotnet.missing()))
@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_dotnet(run, pki, demanding, mine, version):
    """.NET looks for a certificate of its own in the middle of the handshake, and finds none."""
    argv = ["dotnet", dotnet.build(), "get", "https://%s:%d/" % (HOST, demanding(version))]
    rule = {"ExtraCAFile": pki.root_pem}
    before = run(argv, config=run.config((HOST, rule)), timeout=90)
    assert before.code != 0
    done = run(argv, config=run.config((HOST, {**rule, "Certificate": mine[1]})), timeout=90)
    assert done.code == 0, done
