# SPDX-License-Identifier: ISC
"""What the client offers, and who set it: openssl.cnf, the client itself or a rule. Protocol bounds, ciphers, security level."""
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dh

from clients.table import DEBIAN_PYTHON, pyenv_pythons
from lib.pki import issue
from lib.run import TREE, check_records

HOST, ADDRESS = "old.test", "127.0.0.4"
OFFER = TREE / "tests/causes/offer.py"
CLIENT = "set by the client itself"


def python(port, pki, *options, path=DEBIAN_PYTHON):
    return [path, OFFER, HOST, port, pki.root_pem, *options]


def curl(port, pki, *options):
    return ["curl", "-sS", "-m", "20", "--cacert", pki.root_pem, *options, "https://%s:%d/" % (HOST, port)]


def s_client(port, pki, *options):
    return [
        "openssl", "s_client", "-brief", "-verify_return_error", "-CAfile", pki.root_pem, "-servername", HOST, *options,
        "-connect", "%s:%d" % (HOST, port),
    ]  # fmt: skip


class Conf:
    """An openssl.cnf of the test's own, which the client reads instead of the machine's."""

    def __init__(self, run, *lines):
        text = "openssl_conf = init\n[init]\nssl_conf = modules\n[modules]\nsystem_default = defaults\n[defaults]\n"
        self.path = run.write("openssl.cnf", text + "".join(line + "\n" for line in lines))
        self.env = {"OPENSSL_CONF": str(self.path)}
        self.first = "%s:7" % self.path

    def __str__(self):
        return "set in " + self.first


def one(result, cause, event="handshake_failed", **members):
    """The one record of a failure, whose members have these words."""
    check_records(result)
    failures = [r for r in result.records if r["event"] != "weakened"]
    assert [(r["event"], r["cause"]) for r in failures] == [(event, cause)], result
    assert result.code != 0
    for name, words in members.items():
        for word in [words] if isinstance(words, str) else words:
            assert word in str(failures[0].get(name)), (name, word, failures[0])
    return failures[0]


def sections(record):
    """The configuration that the help proposes: the lines of a section without the indent."""
    return [line.strip() for line in record["help"] if line.startswith("    ")]


def as_proposed(run, record):
    """That configuration in a file, with a day that is not over yet."""
    lines = sections(record)
    assert lines[0] == "[%s]" % HOST, record
    return run.write("proposed.conf", "".join(line + "\n" for line in lines))


@pytest.fixture(scope="session")
def picky_server(pki, servers):
    """TLS 1.2, one cipher, one group."""
    only = ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384", "-groups", "P-256"]
    return servers.s_server(pki.good(HOST), ADDRESS, *only).port


# ---- server-too-old: who set the minimum ----------------------------------------------------------------------------
@pytest.mark.cause("server-too-old")
@pytest.mark.parametrize("client", [python, curl, s_client], ids=lambda c: c.__name__)
def test_minimum_of_openssl_cnf(run, pki, old_server, client):
    conf = Conf(run, "MinProtocol = TLSv1.2")
    record = one(run(client(old_server, pki), env=conf.env), "server-too-old", expected=["TLS 1.2 to TLS 1.3", str(conf)])
    assert "MinProtocol = TLSv1" in sections(record)
    assert run(client(old_server, pki), env=conf.env, config=as_proposed(run, record)).code == 0


@pytest.mark.cause("server-too-old")
@pytest.mark.parametrize(
    "client,options",
    [(curl, ["--tlsv1.2"]), (python, ["--minimum", "TLSv1_2"]), (s_client, ["-min_protocol", "TLSv1.2"])],
    ids=["curl", "python", "s_client"],
)
def test_minimum_of_the_client(run, pki, old_server, client, options):
    conf = Conf(run, "MinProtocol = TLSv1.1")
    one(run(client(old_server, pki, *options), env=conf.env), "server-too-old", expected=["TLS 1.2 to TLS 1.3", CLIENT])


@pytest.mark.cause("server-too-old")
def test_only_the_newest_version(run, pki, new_server):
    """The server is not old, only older than the client wants: nothing has to be weakened below what is usual."""
    record = one(run(curl(new_server, pki, "--tlsv1.3")), "server-too-old", expected=["only TLS 1.3", CLIENT])
    assert "MinProtocol = TLSv1.2" in sections(record) and "SECLEVEL" not in str(sections(record))
    assert run(curl(new_server, pki, "--tlsv1.3"), config=as_proposed(run, record)).code == 0


@pytest.mark.cause("server-too-old")
def test_minimum_of_a_rule(run, pki, new_server):
    config = run.config((HOST, {"MinProtocol": "TLSv1.3"}))
    record = one(
        run(curl(new_server, pki), config=config), "server-too-old",
        expected=["only TLS 1.3", "set by the rule in %s:2" % config], help="instead of the rule in %s:2" % config,
    )  # fmt: skip
    assert "MinProtocol = TLSv1.2" in sections(record)


def test_minimum_of_the_environment(run, pki, new_server):
    done = run(curl(new_server, pki), min_protocol={HOST: "TLSv1.3"})
    one(done, "server-too-old", expected="set by the rule in TLSMEND_MIN_PROTOCOL")


def test_nobody_set_a_minimum(run, pki, old_server):
    """OpenSSL 3 takes TLS 1.0 and stumbles over its signatures: the level counts then."""
    one(
        run(s_client(old_server, pki), env=Conf(run).env), "server-too-old",
        expected="security level 2 (OpenSSL's default)", presented="TLS 1.0",
    )  # fmt: skip


@pytest.mark.parametrize("client, in_time", [("curl", False), ("s_client", True)])
def test_host_that_shows_late(run, pki, old_server, client, in_time):
    """Neither is told a name. curl has a BIO of its own, so that OpenSSL has not got the socket either: which host it is shows only by what the
    socket has carried, when the offer is made, and no section for that host is proposed, since none could change it."""
    argv = {"curl": ["curl", "-sS", "-k", "-m", "20", "https://%s:%d/" % (ADDRESS, old_server)],
            "s_client": ["openssl", "s_client", "-brief", "-noservername", "-connect", "%s:%d" % (ADDRESS, old_server)]}[client]  # fmt: skip
    record = one(run(argv), "server-too-old", host=ADDRESS)
    assert ("no section can change what this program offers" in str(record["notes"])) is not in_time
    assert bool(sections(record)) is in_time
    text = "[%s]\nMinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0\n" % ADDRESS
    result = run(argv, config=run.write("late.conf", text))
    assert ("server-too-old" not in [r.get("cause") for r in result.records]) is in_time


def test_another_bound_in_openssl_cnf(run, pki, old_server):
    """Versions switched off by name come to a minimum."""
    conf = Conf(run, "Protocol = -TLSv1, -TLSv1.1")
    one(run(s_client(old_server, pki), env=conf.env), "server-too-old", expected=["TLS 1.2 to TLS 1.3", str(conf)])


def test_what_openssl_cnf_does_not_say_is_not_guessed(run, pki, old_server):
    """The file changes its name after it was read: it cannot be the place any more."""
    conf = Conf(run, "MinProtocol = TLSv1.2", ".include unknown.cnf")
    conf.path.write_text(conf.path.read_text().replace("MinProtocol = TLSv1.2\n", "") + ".include = %s\n" % run.scratch)
    run.write("included.cnf", "[defaults]\nMinProtocol = TLSv1.2\n")
    done = run(s_client(old_server, pki), env={**conf.env, "OPENSSL_CONF_INCLUDE": str(run.scratch)})
    one(done, "server-too-old", expected="the minimum is OpenSSL's default, or set in openssl.cnf")


# ---- client-too-old: who set the maximum ----------------------------------------------------------------------------
@pytest.mark.cause("client-too-old")
@pytest.mark.parametrize(
    "client,options",
    [
        (curl, ["--tls-max", "1.1"]), (python, ["--maximum", "TLSv1_1"]), (python, ["--method", "TLSv1_1"]),
        (s_client, ["-max_protocol", "TLSv1.1"]), (s_client, ["-tls1_1"]),
    ],
    ids=["curl", "python-maximum", "python-method", "s_client", "s_client-tls1_1"],
)  # fmt: skip
def test_maximum_of_the_client(run, pki, new_server, client, options):
    argv = client(new_server, pki, *options)
    record = one(run(argv), "client-too-old", presented=["TLS 1.1", "the maximum is " + CLIENT])
    assert run(argv, config=as_proposed(run, record)).code == 0


@pytest.mark.cause("client-too-old")
@pytest.mark.parametrize("only, why", [("-tls1", "the server chose TLS 1.0, whose signatures (SHA-1, MD5) this client's security level"), ("-tls1_1", "the server chose TLS 1.0; ")])
def test_two_old_ones(run, pki, old_server, only, why):
    """php-imap, which knows TLS 1.0 only; a client that no longer does, and knows nothing newer than 1.1. The server did not refuse either."""
    record = one(run(s_client(old_server, pki, only)), "client-too-old", help="the server knows no newer one, either")
    assert record["why"].startswith(why) and "only offers old TLS versions" in record["message"], record


OLD_PYTHONS = [pytest.param(p, id="python-" + v) for v, p in pyenv_pythons() if v.startswith("2.7")]


@pytest.mark.cause("client-too-old")
@pytest.mark.parametrize("path", OLD_PYTHONS)
def test_fixed_method_of_an_old_python(run, pki, new_server, path):
    done = run(python(new_server, pki, "--method", "TLSv1", path=path))
    one(done, "client-too-old", presented=["only TLS 1.0", "the maximum is " + CLIENT])


@pytest.mark.cause("client-too-old")
@pytest.mark.parametrize("client", [python, s_client], ids=lambda c: c.__name__)
def test_maximum_of_openssl_cnf(run, pki, new_server, client):
    conf = Conf(run, "MaxProtocol = TLSv1.1")
    argv = client(new_server, pki)
    record = one(
        run(argv, env=conf.env), "client-too-old", presented=["TLS 1.1", str(conf)], help="raise the maximum in " + conf.first
    )  # fmt: skip
    assert run(argv, env=conf.env, config=as_proposed(run, record)).code == 0


@pytest.mark.cause("client-too-old")
def test_maximum_of_a_rule(run, pki, new_server):
    config = run.config((HOST, {"MaxProtocol": "TLSv1.1"}))
    done = run(curl(new_server, pki), config=config)
    one(done, "client-too-old", presented="set by the rule in %s:2" % config, help="in the rule in %s:2" % config)


# ---- no-protocols: who set which -------------------------------------------------------------------------------------
@pytest.mark.cause("no-protocols")
@pytest.mark.parametrize(
    "client,options",
    [(s_client, ["-min_protocol", "TLSv1.3", "-max_protocol", "TLSv1.2"]), (python, ["--minimum", "TLSv1_3", "--maximum", "TLSv1_2"])],
    ids=["s_client", "python"],
)
def test_bounds_of_the_client_exclude_each_other(run, pki, new_server, client, options):
    words = ["minimum is TLS 1.3 (%s)" % CLIENT, "maximum is TLS 1.2 (%s)" % CLIENT]
    one(run(client(new_server, pki, *options)), "no-protocols", presented=words)


def test_the_proposed_rule_lifts_the_maximum(run, pki, sites):
    port, _ = sites.https(HOST)
    argv = s_client(port, pki, "-min_protocol", "TLSv1.3", "-max_protocol", "TLSv1.2")
    record = one(run(argv), "no-protocols")
    assert run(argv, config=as_proposed(run, record)).code == 0


@pytest.mark.cause("no-protocols")
def test_bounds_of_openssl_cnf_exclude_each_other(run, pki, new_server):
    conf = Conf(run, "MinProtocol = TLSv1.3", "MaxProtocol = TLSv1.2")
    words = ["minimum is TLS 1.3 (set in %s:7)" % conf.path, "maximum is TLS 1.2 (set in %s:8)" % conf.path]
    one(run(s_client(new_server, pki), env=conf.env), "no-protocols", presented=words)


@pytest.mark.cause("no-protocols")
def test_client_and_openssl_cnf_exclude_each_other(run, pki, new_server):
    conf = Conf(run, "MaxProtocol = TLSv1.1")
    words = ["minimum is TLS 1.2 (%s)" % CLIENT, "maximum is TLS 1.1 (%s)" % conf]
    one(run(python(new_server, pki, "--minimum", "TLSv1_2"), env=conf.env), "no-protocols", presented=words)


@pytest.mark.cause("no-protocols")
def test_client_and_rule_exclude_each_other(run, pki, new_server):
    config = run.config((HOST, {"MaxProtocol": "TLSv1.2"}))
    words = ["minimum is TLS 1.3 (%s)" % CLIENT, "maximum is TLS 1.2 (set by the rule in %s:2)" % config]
    record = one(run(curl(new_server, pki, "--tlsv1.3"), config=config), "no-protocols", presented=words)
    assert "%s:2" % config in str(record["help"]) and not sections(record)


@pytest.mark.cause("no-protocols")
def test_every_version_switched_off(run, pki, new_server):
    off = ["-no_tls1", "-no_tls1_1", "-no_tls1_2", "-no_tls1_3"]
    one(run(s_client(new_server, pki, *off)), "no-protocols", presented="every TLS version is switched off (%s)" % CLIENT)


# ---- no-ciphers: a list that OpenSSL refuses -------------------------------------------------------------------------
@pytest.mark.cause("no-ciphers")
@pytest.mark.parametrize("client,option", [(curl, "--ciphers"), (python, "--ciphers"), (s_client, "-cipher")], ids=["curl", "python", "s_client"])
def test_list_that_matches_nothing(run, pki, new_server, client, option):
    argv = client(new_server, pki, option, "AES-GCM:!aNULL:NO-SUCH")
    before = run(argv, library=False)
    done = run(argv)
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    record = one(done, "no-ciphers", presented="AES-GCM:!aNULL:NO-SUCH", name="no cipher match")
    assert "with the cipher list that this program sets" in record["message"] and "host" not in record


def test_parts_that_are_not_known_are_named(run, pki, new_server):
    done = run(curl(new_server, pki, "--ciphers", "AES-GCM:!aNULL:NO-SUCH"), settings={"TLSMEND_LOG_FORMAT": "text"})
    assert 'this OpenSSL does not know "AES-GCM", "NO-SUCH", and the program gave up' in done.log


def test_suite_of_tls_1_3_in_the_other_list(run, pki, new_server):
    """The everyday mistake."""
    record = one(run(curl(new_server, pki, "--ciphers", "TLS_AES_256_GCM_SHA384")), "no-ciphers")
    assert "Ciphersuites" in str(record["notes"])


def test_command_that_is_not_known(run, pki, new_server):
    one(run(python(new_server, pki, "--ciphers", "DEFAULT:@SECLEVEL=9")), "no-ciphers", name="invalid command")


@pytest.mark.parametrize(
    "string", ["\x1b[2J\x07", "A" * 5000, "NO\u202eSUCH", "x:" * 3000, '","cause":"forged', "-+!@:;,  "],
    ids=["escape", "long", "bidi", "many", "json", "signs"],
)  # fmt: skip
def test_lists_may_hold_anything(run, pki, new_server, string):
    argv = curl(new_server, pki, "--ciphers", string)
    before = run(argv, library=False)
    done = run(argv)
    assert (done.code, done.out, done.err) == (before.code, before.out, before.err)
    one(done, "no-ciphers")
    assert len(done.log) < 4000 and "\x1b" not in done.log and "\u202e" not in done.log


def test_client_that_tries_another_list(run, pki, new_server):
    done = run(python(new_server, pki, "--ciphers", "NO-SUCH", "--ciphers", "DEFAULT"))
    assert done.code == 0 and done.log == "", done


def test_client_that_does_not_mind(run, pki, sites):
    port, _ = sites.https(HOST)
    done = run(python(port, pki, "--scratch", "NO-SUCH"))
    assert done.code == 0 and done.log == "", done


def test_client_that_does_not_mind_has_no_cipher_left(run, pki, new_server):
    """OpenSSL 3.0 takes the old list away before it refuses the new one."""
    words = 'no cipher for TLS 1.2 and older, of the cipher list "NO-SUCH" (%s), which OpenSSL refused' % CLIENT
    one(run(python(new_server, pki, "--scratch", "NO-SUCH")), "handshake-refused", presented=words)


def test_another_failure_of_a_client_that_went_on(run, pki, old_server):
    one(run(python(old_server, pki, "--minimum", "TLSv1_2", "--scratch", "NO-SUCH")), "server-too-old")


# ---- no-ciphers: nothing left at this security level -------------------------------------------------------------------
@pytest.mark.cause("no-ciphers")
@pytest.mark.parametrize(
    "client,options",
    [
        (curl, ["--ciphers", "NULL-SHA", "--tls-max", "1.2"]), (python, ["--ciphers", "NULL-SHA", "--maximum", "TLSv1_2"]),
        (s_client, ["-cipher", "NULL-SHA", "-tls1_2"]),
    ],
    ids=["curl", "python", "s_client"],
)  # fmt: skip
def test_level_rules_all_out(run, pki, new_server, client, options):
    argv = client(new_server, pki, *options)
    words = ['"NULL-SHA" (%s)' % CLIENT, "security level 2 (OpenSSL's default)"]
    record = one(run(argv, env=Conf(run).env), "no-ciphers", presented=words)
    assert run(argv, config=as_proposed(run, record)).code == 0


@pytest.mark.cause("client-too-old")
@pytest.mark.parametrize("client,options", [
    (curl, ["--ciphers", "ECDHE+AESGCM", "--tlsv1.0", "--tls-max", "1.0"]),
    (python, ["--ciphers", "ECDHE+AESGCM", "--minimum", "TLSv1", "--maximum", "TLSv1"]),
], ids=["curl", "python"])  # fmt: skip
def test_list_of_1_2_for_a_client_that_is_held_below(run, pki, new_server, client, options):
    """As .NET does with SslProtocols.Tls: the version is at fault, and one step mends it."""
    record = one(run(client(new_server, pki, *options)), "client-too-old", presented="only TLS 1.0", name="no ciphers available")
    done = run(client(new_server, pki, *options), config=as_proposed(run, record))
    assert done.code == 0 and not done.failures, done


def test_level_of_the_same_list_rules_all_out(run, pki, new_server):
    argv = python(new_server, pki, "--ciphers", "AES128-SHA:@SECLEVEL=4", "--maximum", "TLSv1_2")
    words = ['"AES128-SHA:@SECLEVEL=4" (%s)' % CLIENT, "security level 4 (%s)" % CLIENT]
    record = one(run(argv), "no-ciphers", presented=words)
    assert run(argv, config=as_proposed(run, record)).code == 0


@pytest.mark.cause("no-ciphers")
@pytest.mark.parametrize("client", [curl, python, s_client], ids=lambda c: c.__name__)
@pytest.mark.parametrize("line,says", [
    ("Groups = brainpoolP512r1", "leave no group to offer"), ("SignatureAlgorithms = RSA+SHA1", "leave no signature algorithm to offer"),
], ids=["groups", "signatures"])  # fmt: skip
def test_nothing_left_but_ciphers(run, pki, new_server, client, line, says):
    """OpenSSL 3.0 has no such group for TLS 1.3 and no SHA-1 at level 2, and sends nothing: no network has a part in it."""
    conf = Conf(run, line)
    record = one(run(client(new_server, pki), env=conf.env), "no-ciphers", message=says, why=line.split()[0] + " in openssl.cnf")
    assert "another network" not in str(record["help"])
    assert run(client(new_server, pki), env=conf.env, config=as_proposed(run, record)).code == 0


@pytest.mark.cause("no-ciphers")
@pytest.mark.parametrize("client", [python, s_client], ids=lambda c: c.__name__)
@pytest.mark.parametrize("fault", ["module", "property", "legacy"])
def test_no_provider_has_them(run, pki, new_server, client, fault):
    """Where FIPS was switched on and is not installed, programs get no SSL_CTX at all, and each has another sentence for it."""
    active = {"module": "base = on\nnot-installed = on\n", "property": "base = on\ndefault = on\n",
              "legacy": "legacy = on\n"}[fault]
    sections = "providers = providers\nalg_section = demand\n[providers]\n%s[on]\nactivate = 1\n[demand]\n" % active
    demand = "default_properties = fips=yes\n" if fault == "property" else ""
    conf = run.write("fips.cnf", "openssl_conf = init\n[init]\n" + sections + demand)
    argv, env = client(new_server, pki), {"OPENSSL_CONF": str(conf)}
    done = run(argv, env=env)
    record = one(done, "no-ciphers", help=["OPENSSL_CONF=%s openssl list -providers" % conf, "in the program's environment",
                                         'activate the one called "default"'])
    assert "none of the providers" in record["why"] and record["code"] == 161
    assert run(argv, env=env, library=False).err == done.err
    assert run(argv).code == 0


def test_list_of_openssl_cnf(run, pki, new_server):
    conf = Conf(run, "CipherString = NULL-SHA", "MaxProtocol = TLSv1.2")
    one(run(s_client(new_server, pki), env=conf.env), "no-ciphers", presented='"NULL-SHA" (%s)' % conf, help=conf.first)


def test_list_of_a_rule(run, pki, new_server):
    config = run.config((HOST, {"MaxProtocol": "TLSv1.2", "CipherString": "AES128-SHA:@SECLEVEL=4"}))
    words = ['"AES128-SHA:@SECLEVEL=4" (set by the rule in %s:3)' % config, "security level 4 (set by the rule in %s:3)" % config]
    one(run(curl(new_server, pki), config=config), "no-ciphers", presented=words, help="%s:3" % config)


# ---- handshake-refused: nothing shared ---------------------------------------------------------------------------------
@pytest.mark.cause("handshake-refused")
@pytest.mark.parametrize("client,option", [(curl, "--ciphers"), (python, "--ciphers"), (s_client, "-cipher")], ids=["curl", "python", "s_client"])
def test_no_cipher_shared(run, pki, picky_server, client, option):
    one(
        run(client(picky_server, pki, option, "AES128-SHA256")), "handshake-refused",
        presented=["TLS 1.3", 'only 1 cipher for TLS 1.2 and older, of the cipher list "AES128-SHA256" (%s)' % CLIENT,
                   "the host name (SNI) " + HOST],
    )  # fmt: skip


@pytest.mark.cause("handshake-refused")
@pytest.mark.parametrize("client,option", [(curl, "--ciphers"), (python, "--ciphers"), (s_client, "-cipher")], ids=["curl", "python", "s_client"])
@pytest.mark.parametrize("key,ciphers,other", [("ec", "aRSA", "ECDSA"), ("ec", "ECDHE+aRSA+AESGCM", "ECDSA"), ("rsa2048", "aECDSA", "RSA")])
def test_no_cipher_for_the_key(run, pki, servers, client, option, key, ciphers, other):
    """What a server's alert does not say: for which kind of certificate the client's list has nothing."""
    leaf = issue(HOST, pki.intermediate, names=[HOST], key=key)
    port = servers.s_server(pki.identity("key-%s" % key, leaf, pki.intermediate), ADDRESS, "-tls1_2").port
    record = one(run(client(port, pki, option, ciphers)), "handshake-refused", presented="for a server's certificate with an %s key" % other)
    assert '"%s" (%s)' % (ciphers, CLIENT) in record["presented"]
    assert sections(record)[1] == "CipherString = DEFAULT"
    assert run(client(port, pki, option, ciphers), config=as_proposed(run, record)).code == 0


@pytest.mark.cause("handshake-refused")
def test_no_cipher_of_a_rule_shared(run, pki, picky_server):
    config = run.config((HOST, {"CipherString": "AES128-SHA256"}))
    one(
        run(curl(picky_server, pki), config=config), "handshake-refused",
        presented="set by the rule in %s:2" % config, help="widen the cipher list in %s:2" % config,
    )  # fmt: skip


@pytest.mark.cause("handshake-refused")
def test_no_group_shared(run, pki, picky_server):
    record = one(run(python(picky_server, pki, "--groups", "secp384r1")), "handshake-refused", presented="only 1 group (P-384)")
    assert "cipher list" not in record["presented"] and sections(record)[1] == "Groups = X25519:P-256:P-384:P-521"
    assert run(python(picky_server, pki, "--groups", "secp384r1"), config=as_proposed(run, record)).code == 0


@pytest.mark.cause("handshake-refused")
def test_no_signature_algorithm_shared(run, pki, servers):
    """What OpenSSL leaves out of the ciphers for want of an algorithm is no setting of the client's."""
    leaf = issue(HOST, pki.intermediate, names=[HOST], key="rsa2048")
    port = servers.s_server(pki.identity("rsa-signs", leaf, pki.intermediate), ADDRESS).port
    argv = [x for x in s_client(port, pki, "-sigalgs", "ECDSA+SHA256") if x not in ("-servername", HOST)] + ["-noservername"]
    record = one(run(argv, hosts={HOST: ADDRESS}), "handshake-refused", presented="only 1 signature algorithm")
    assert "no cipher with" not in record["presented"] and "CipherString" not in str(sections(record))
    assert sections(record)[1].startswith("SignatureAlgorithms = ed25519:"), record
    assert run(argv, config=as_proposed(run, record), hosts={HOST: ADDRESS}).code == 0


@pytest.mark.cause("handshake-refused")
@pytest.mark.parametrize("setting, key", [
    ("Ciphersuites = TLS_AES_128_CCM_SHA256", "Ciphersuites"), ("Groups = P-521", "Groups"), ("SignatureAlgorithms = RSA+SHA256", "SignatureAlgorithms"),
])  # fmt: skip
@pytest.mark.parametrize("client", [curl, s_client], ids=lambda c: c.__name__)
def test_one_of_its_kind_in_openssl_cnf(run, pki, servers, client, setting, key):
    """What that is can be set for the host; a list that is not narrow is not to be widened."""
    port = servers.s_server(pki.good(HOST), ADDRESS, "-tls1_3", "-groups", "X25519").port
    conf = Conf(run, "CipherString = DEFAULT", setting)
    argv = client(port, pki)
    record = one(run(argv, env=conf.env), "handshake-refused", presented="only 1 ")
    assert [line.split(" = ")[0] for line in sections(record)] == ["[%s]" % HOST, key], record
    assert "widen" not in str(record["help"])
    assert run(argv, env=conf.env, config=as_proposed(run, record)).code == 0


@pytest.mark.cause("handshake-refused")
def test_refused_without_a_host_name(run, pki, picky_server):
    done = run(python(picky_server, pki, "--no-sni", "--ciphers", "AES128-SHA256"), hosts={HOST: ADDRESS})
    one(done, "handshake-refused", presented="no host name (SNI)")


@pytest.mark.cause("handshake-refused")
def test_usual_offer_refused(run, pki, servers):
    port = servers.s_server(pki.good(HOST), ADDRESS, "-tls1_2", "-cipher", "AES128-SHA256").port
    one(run(curl(port, pki)), "handshake-refused", presented=["which is what OpenSSL offers by default", "groups (X25519, P-256, "],
        help="`tlsmend view %s:%d`" % (HOST, port))  # fmt: skip


@pytest.mark.cause("handshake-refused")
@pytest.mark.parametrize("client", [curl, python], ids=["curl", "python"])
def test_list_that_is_narrower_than_openssls_own(run, pki, servers, client):
    """Many ciphers, and none of the kind that an old server knows: what is missing, who took it out, and a rule that works."""
    leaf = issue(HOST, pki.intermediate, names=[HOST], key="rsa2048")
    port = servers.s_server(pki.identity("rsa-only", leaf, pki.intermediate), ADDRESS, "-tls1_2", "-cipher", "AES128-SHA256").port
    narrow = "ECDHE+AESGCM:ECDHE+AES:ECDHE+CHACHA20"
    argv = client(port, pki, "--ciphers", narrow)
    record = one(run(argv), "handshake-refused", presented=["no cipher with DHE, RSA key exchange", narrow, CLIENT])
    assert "usual offer" not in record["presented"] and "    CipherString = DEFAULT" in record["help"], record
    assert run(argv, config=run.config((HOST, {"CipherString": "DEFAULT"}))).code == 0


# ---- the security level ------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def rsa_server(pki, servers):
    leaf = issue(HOST, pki.intermediate, names=[HOST], key="rsa2048")
    return servers.s_server(pki.identity("rsa2048@" + HOST, leaf, pki.intermediate), ADDRESS, "-cipher", "DEFAULT:@SECLEVEL=0").port


@pytest.fixture(scope="session")
def sha1_server(pki, servers):
    return servers.s_server(pki.variant("weak-digest", HOST), ADDRESS, "-cipher", "DEFAULT:@SECLEVEL=0").port


LEVEL = "CipherString = DEFAULT:@SECLEVEL=%d"


def mended_as_proposed(run, argv, record, **how):
    done = run(argv, config=as_proposed(run, record), **how)
    assert done.code == 0 and len(done.of("weakened")) == 1, done


@pytest.mark.long
@pytest.mark.cause("weak-key")
def test_level_of_openssl_cnf_and_a_key(run, pki, rsa_server):
    conf = Conf(run, LEVEL % 3)
    argv = python(rsa_server, pki)
    record = one(
        run(argv, env=conf.env), "weak-key", "verify_failed", expected="security level 3 (%s)" % conf, presented="RSA 2048",
        help="RSA 3072",
    )  # fmt: skip
    assert LEVEL % 2 in sections(record)
    mended_as_proposed(run, argv, record, env=conf.env)


@pytest.mark.cause("weak-key")
@pytest.mark.parametrize("client,option", [(curl, "--ciphers"), (python, "--ciphers"), (s_client, "-cipher")], ids=["curl", "python", "s_client"])
def test_level_of_the_client_and_a_key(run, pki, rsa_server, client, option):
    argv = client(rsa_server, pki, option, "DEFAULT:@SECLEVEL=3")
    record = one(run(argv), "weak-key", "verify_failed", expected="security level 3 (%s)" % CLIENT)
    mended_as_proposed(run, argv, record)


@pytest.mark.cause("weak-key")
def test_level_of_a_rule_and_a_key(run, pki, rsa_server):
    config = run.config((HOST, {"CipherString": "DEFAULT:@SECLEVEL=3"}))
    record = one(
        run(curl(rsa_server, pki), config=config), "weak-key", "verify_failed",
        expected="security level 3 (set by the rule in %s:2)" % config, help="the rule in %s:2" % config,
    )  # fmt: skip
    assert not sections(record)


@pytest.mark.cause("weak-key")
def test_default_level_and_a_key(run, pki, servers):
    port = servers.s_server(pki.variant("weak-key", HOST), ADDRESS, "-cipher", "DEFAULT:@SECLEVEL=0").port
    record = one(
        run(python(port, pki), env=Conf(run).env), "weak-key", "verify_failed",
        expected="security level 2 (OpenSSL's default)", presented="RSA 1024",
    )  # fmt: skip
    mended_as_proposed(run, python(port, pki), record)


@pytest.mark.cause("weak-digest")
@pytest.mark.parametrize("client", [python, s_client], ids=lambda c: c.__name__)
def test_level_of_openssl_cnf_and_a_digest(run, pki, sha1_server, client):
    conf = Conf(run, LEVEL % 1)
    argv = client(sha1_server, pki)
    record = one(
        run(argv, env=conf.env), "weak-digest", "verify_failed", expected="security level 1 (%s)" % conf, presented="SHA1"
    )  # fmt: skip
    mended_as_proposed(run, argv, record, env=conf.env)


@pytest.mark.cause("weak-digest")
def test_level_of_the_client_and_a_digest(run, pki, sha1_server):
    """Also where openssl.cnf says the same: the client would keep it."""
    for conf in (Conf(run), Conf(run, LEVEL % 1)):
        done = run(python(sha1_server, pki, "--ciphers", "DEFAULT:@SECLEVEL=1"), env=conf.env)
        one(done, "weak-digest", "verify_failed", expected="security level 1 (%s)" % CLIENT)


@pytest.mark.cause("weak-digest")
def test_level_of_a_rule_and_a_digest(run, pki, sha1_server):
    config = run.config((HOST, {"CipherString": "DEFAULT:@SECLEVEL=1", "Reason": "test", "Until": "2999-12-31"}))
    done = run(curl(sha1_server, pki), config=config)
    one(done, "weak-digest", "verify_failed", expected="security level 1 (set by the rule in %s:2)" % config)


@pytest.mark.cause("weak-digest")
def test_default_level_and_a_digest(run, pki, sha1_server):
    done = run(curl(sha1_server, pki), env=Conf(run).env)
    one(done, "weak-digest", "verify_failed", expected="security level 2 (OpenSSL's default)")


# RFC 2409, section 6.2: a prime of 1024 bits
OAKLEY_2 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE65381FFFFFFFFFFFFFFFF", 16,
)  # fmt: skip


@pytest.fixture(scope="session")
def dh_server(pki, servers):
    numbers = dh.DHParameterNumbers(OAKLEY_2, 2)
    pem = numbers.parameters().parameter_bytes(serialization.Encoding.PEM, serialization.ParameterFormat.PKCS3)
    parameters = pki.write("dh1024.pem", pem)
    leaf = issue(HOST, pki.intermediate, names=[HOST], key="rsa2048")
    identity = pki.identity("dh@" + HOST, leaf, pki.intermediate)
    return servers.s_server(identity, ADDRESS, "-tls1_2", "-dhparam", parameters, "-cipher", "ALL:@SECLEVEL=0").port


@pytest.mark.cause("dh-key-small")
@pytest.mark.parametrize("who", ["default", "conf", "client"])
def test_level_and_a_small_dh_key(run, pki, dh_server, who):
    conf = Conf(run, *([LEVEL % 2] if who == "conf" else []))
    ciphers = "DHE-RSA-AES128-GCM-SHA256" + (":@SECLEVEL=2" if who == "client" else "")
    words = {"default": "OpenSSL's default", "conf": str(conf), "client": CLIENT}[who]
    argv = curl(dh_server, pki, "--ciphers", ciphers)
    record = one(run(argv, env=conf.env), "dh-key-small", expected="security level 2 (%s)" % words)
    assert run(argv, env=conf.env, config=as_proposed(run, record)).code == 0
