# SPDX-License-Identifier: ISC
"""Who set what a client offers, in every generation: openssl.cnf, the client, or nobody."""
import pytest

from lib.run import HOSTS, check_records

HOST = "old.test"
CLIENT = "set by the client itself"


@pytest.fixture(autouse=True)
def only_our_client(name):
    """The options that matter here are those of client.c."""
    if name != "own":
        pytest.skip("one client of each generation will do")


@pytest.fixture
def compare(away):
    """As that of the other tests, with openssl.cnf for both runs."""

    def run(argv, env):
        before, after = away(argv, library=False, env=env), away(argv, env=env)
        assert (after.code, after.out, after.err) == (before.code, before.out, before.err)
        return after

    return run


@pytest.fixture(scope="session")
def server_of_one_cipher(pki, servers):
    return servers.s_server(pki.good(HOST), HOSTS[HOST], "-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384").port


def conf_of(away, *lines):
    text = "openssl_conf = init\n[init]\nssl_conf = modules\n[modules]\nsystem_default = defaults\n[defaults]\n"
    path = away.write("openssl.cnf", text + "".join(line + "\n" for line in lines))
    return {"OPENSSL_CONF": str(path)}, "%s:7" % path


def one(done, cause, member, *words):
    check_records(done)
    assert done.code != 0
    assert [r["cause"] for r in done.records] == [cause], done
    for word in words:
        assert word in str(done.records[0].get(member)), done.records[0]


def test_minimum_of_openssl_cnf(compare, away, client, server_of_one_cipher):
    env, place = conf_of(away, "MinProtocol = TLSv1.3")
    done = compare(client(HOST, server_of_one_cipher), env=env)
    one(done, "server-too-old", "expected", "only TLS 1.3", "the minimum is set in " + place)


def test_maximum_of_the_client(compare, away, client, server_of_one_cipher):
    """Where the security level leaves nothing of these versions, nothing is sent."""
    env, _ = conf_of(away)
    done = compare([*client(HOST, server_of_one_cipher), "--max", "0x302", "--ciphers", "DEFAULT:@SECLEVEL=0"], env=env)
    one(done, "client-too-old", "presented", "TLS 1.1 (the maximum is %s)" % CLIENT)


def test_bounds_exclude_each_other(compare, away, client, server_of_one_cipher):
    env, place = conf_of(away, "MinProtocol = TLSv1.3")
    done = compare([*client(HOST, server_of_one_cipher), "--max", "0x303"], env=env)
    one(done, "no-protocols", "presented", "minimum is TLS 1.3 (set in %s)" % place, "maximum is TLS 1.2 (%s)" % CLIENT)


def test_list_that_matches_nothing(compare, away, client, server_of_one_cipher):
    done = compare([*client(HOST, server_of_one_cipher), "--ciphers", "NO-SUCH"], env=conf_of(away)[0])
    one(done, "no-ciphers", "presented", "NO-SUCH")


def test_nothing_shared(compare, away, client, server_of_one_cipher):
    done = compare([*client(HOST, server_of_one_cipher), "--ciphers", "AES128-SHA256"], env=conf_of(away)[0])
    one(done, "handshake-refused", "presented", 'only 1 cipher for TLS 1.2 and older, of the cipher list "AES128-SHA256" (%s)' % CLIENT)
