# SPDX-License-Identifier: ISC
"""How clients come to their end, and what is said of it then: endings.c does it a step at a time, as many programs do."""
import pathlib
import re
import socket
import ssl
import time

import pytest

from lib import pki as pki_module
from lib.once import compile_once
from lib.run import BUILD, check_records
from lib.servers import presents_certificate, reset_on_close

HOST = "legacy.test"
GET = "write=GET / HTTP/1.0\r\nHost: legacy.test\r\n\r\n"


@pytest.fixture(scope="module")
def program():
    return compile_once(BUILD / "clients" / "endings", pathlib.Path(__file__).with_name("endings.c"), ["-lssl", "-lcrypto"])


@pytest.fixture(scope="module")
def elsewhere(servers, pki):
    """A server with a good certificate for another host."""
    leaf = pki_module.issue("elsewhere.test", pki.intermediate, names=["elsewhere.test"])
    return servers.nginx([("127.0.0.2", [HOST], pki.identity("elsewhere-endings", leaf, pki.intermediate), "")])[0]


@pytest.fixture
def ends(run, program):
    """ends(port, ca, *steps): [(event, cause)] of its records, the same with and without the library otherwise."""

    def ended(port, ca, *steps):
        argv = [program, HOST, port, ca or "", *steps]
        before, after = run(argv, library=False), run(argv)
        assert (after.code, after.err) == (before.code, before.err)
        check_records(after)
        ended.records = after.records
        return [(r["event"], r["cause"]) for r in after.records]

    return ended


FAILED, IGNORED = ("verify_failed", "no-trust-store"), ("verify_ignored", "verification-off")
WAIVED = ("verify_ignored", "error-waived")


# ---- without SSL_free() -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("last", [["free"], ["exit"], []], ids=["free", "exit", "return"])
def test_it_asked_and_ended(ends, sites, last):
    port, _ = sites.https(HOST)
    assert ends(port, None, "none", "sni=" + HOST, "connect", "ask", *last) == [FAILED]


@pytest.mark.parametrize("steps", [["connect", "free"], ["connect", "exit"], ["connect", "thread", "free"], ["tls12", "connect", "close", "free"],
                                   ["memory", "connect", "free"]], ids=" ".join)  # fmt: skip
def test_its_callback_left_openssl(ends, sites, steps):
    """By longjmp, which is an exception in other languages: what it was told is why."""
    port, _ = sites.https(HOST)
    assert ends(port, None, "leave", "sni=" + HOST, *steps) == [FAILED] and ends.records[0]["enforced"]


def test_its_callback_left_openssl_but_not_here(ends, sites, pki):
    port, _ = sites.https(HOST)
    assert ends(port, pki.root_pem, "leave", "sni=" + HOST, "connect", GET, "read", "free") == []


@pytest.mark.parametrize("last", [["free"], ["exit"], ["quit"]], ids=["free", "exit", "_exit"])
def test_it_went_on(ends, sites, last):
    """Told as soon as it is known, not only at the end of a connection that may live for days."""
    port, _ = sites.https(HOST)
    assert ends(port, None, "none", "sni=" + HOST, "connect", GET, "read", *last) == [IGNORED]


def test_it_is_not_said_of_one_that_looked_that_it_does_not_check(ends, sites):
    port, _ = sites.https(HOST)
    steps = ["none", "sni=" + HOST, "connect"]
    assert ends(port, None, *steps, GET, "read", "free") == [IGNORED] and "does not check" in ends.records[0]["message"]
    assert ends(port, None, *steps, "ask", GET, "read", "free") == [IGNORED] and "does not check" not in ends.records[0]["message"]


@pytest.mark.parametrize("last", [["free"], ["exit"]], ids=["free", "exit"])
def test_nothing_to_tell(ends, sites, pki, last):
    port, _ = sites.https(HOST)
    assert ends(port, pki.root_pem, "sni=" + HOST, "connect", GET, "read", "shutdown", *last) == []
    assert ends(port, None, "none", "sni=" + HOST, "connect", *last) == [], "it wanted no more than that"


# ---- lost, in a program that lives long ----------------------------------------------------------------------------
LOST = ["none", "sni=" + HOST, "connect", "ask"]


@pytest.mark.long
@pytest.mark.parametrize("gone", [["close"], ["shutdown", "close"], pytest.param(["wait=5200"], marks=pytest.mark.slow)], ids=["closed", "goodbye", "ended"])
def test_it_lost_the_connection(ends, servers, pki, gone):
    """Told when it begins another one: not only at its own end, of which _exit(2) tells nothing."""

    def hangs_up(connection, identity):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.chain, identity.key)
        context.wrap_socket(connection, server_side=True).close()

    port = servers.odd("127.0.0.2", hangs_up, pki.good(HOST))
    # with TLS 1.3 there are tickets that nobody has read
    assert ends(port, None, "tls12", *LOST, *gone, "wait=1100", "another", "quit") == [FAILED]
    assert ends(port, None, "tls12", *LOST, *gone, "wait=1100", "another", "free") == [FAILED], "once"


@pytest.mark.long
def test_what_it_has_may_go_on(ends, sites):
    """However long that takes; and of several threads another one may be about to use it."""
    port, _ = sites.https(HOST)
    assert ends(port, None, *LOST, "wait=1100", "another", GET, "read", "quit") == [IGNORED]
    assert ends(port, None, *LOST, "thread", "close", "wait=1100", "another", "quit") == []


# ---- what counts as going on -----------------------------------------------------------------------------------
def test_what_lies_in_memory_was_not_sent(ends, sites):
    port, _ = sites.https(HOST)
    steps = ["memory", "none", "sni=" + HOST, "connect", "ask"]
    assert ends(port, None, *steps, GET.replace("write", "lost"), "free") == [FAILED]
    assert ends(port, None, *steps, GET, "read", "free") == [IGNORED]


@pytest.mark.parametrize("version", [["tls12"], []], ids=["1.2", "1.3"])
def test_two_bytes_are_a_word(ends, sites, version):
    """As many as an alert has, with TLS 1.2."""
    port, _ = sites.https(HOST)
    steps = [*version, "waive", "sni=" + HOST, "connect"]
    assert ends(port, None, *steps, "write=hi", "shutdown", "free") == [WAIVED]
    assert ends(port, None, *steps, "shutdown", "free") == [FAILED]


def goes_on_in_tls(connection, identity):
    """One line in plain text, then one answer to whatever comes."""
    connection.recv(65536)
    connection.sendall(b"220 go ahead\r\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.chain, identity.key)
    with context.wrap_socket(connection, server_side=True) as tls:
        while tls.recv(65536):
            tls.sendall(b"221 bye\r\n")


@pytest.mark.parametrize("version", [["tls12"], []], ids=["1.2", "1.3"])
def test_a_goodbye_is_no_job(ends, servers, pki, version):
    """Postfix, smtp_tls_security_level = secure: it says QUIT to whom it does not trust, and does not wait for an answer."""
    port = servers.odd("127.0.0.2", goes_on_in_tls, pki.good(HOST))
    begun = [*version, "none", "sni=" + HOST, "say=STARTTLS\r\n", "connect"]
    quit = ["write=QUIT\r\n", "shutdown", "free"]
    assert ends(port, None, *begun, "ask", *quit) == [FAILED]
    assert ends(port, None, *begun, "ask", "write=NOOP\r\n", "read", "shutdown", "free") == [IGNORED]
    assert ends(port, None, *begun, "ask", "write=EHLO client.legacy.test\r\n", "read", *quit) == [IGNORED]
    assert ends(port, None, *begun, *quit) == [IGNORED], "it did not ask"
    assert ends(port, pki.root_pem, *begun, "ask", *quit) == []


@pytest.mark.parametrize("version", [["tls12"], []], ids=["1.2", "1.3"])
def test_a_key_that_is_only_shown_is_no_pin(ends, sites, elsewhere, pki, version):
    """irssi and Postfix note the key first, and then look at what decides. Who looks at it last compares it."""
    port, _ = sites.https(HOST)
    begun = [*version, "none", "sni=" + HOST, "connect", "key"]
    assert ends(port, None, *begun, "ask", "shutdown", "free") == [FAILED]
    assert ends(elsewhere, pki.root_pem, *begun, "ask", "check=" + HOST) == [("verify_failed", "name-mismatch")]
    assert ends(elsewhere, pki.root_pem, *begun, "check=" + HOST) == [("verify_failed", "name-mismatch")]
    assert ends(port, pki.root_pem, *begun, "ask", "shutdown", "free") == [], "it may have had enough"
    assert ends(port, pki.root_pem, *begun, "shutdown", "free") == [("verify_failed", "pinned-elsewhere")]
    assert ends(port, None, *begun, "ask", "key", "shutdown", "free") == [("verify_failed", "pinned-elsewhere")]


# ---- BIOs of its own ------------------------------------------------------------------------------------------
def test_a_stale_flag_hides_nothing(ends, sites):
    """haproxy: the flag says that it should be tried again, the error queue that it is over."""
    port, _ = sites.https(HOST)
    assert ends(port, None, "stale", "sni=" + HOST, "connect") == [FAILED]


def test_a_flag_that_is_missing_ends_nothing(ends, sites, pki):
    """libmongoc sets it on another BIO."""
    port, _ = sites.https(HOST)
    assert ends(port, pki.root_pem, "eagain", "sni=" + HOST, "connect", GET, "read", "free") == []
    assert ends(port, None, "eagain", "sni=" + HOST, "connect") == [FAILED]


def test_an_error_that_is_none_of_the_network(ends, servers):
    """errno of a BIO of the client's own need not be that of its socket, which knows what happened."""

    def resets(connection, _):
        connection.recv(65536)
        reset_on_close(connection)

    port = servers.odd("127.0.0.2", resets)
    assert ends(port, None, "other", "sni=" + HOST, "connect") == [("handshake_failed", "closed-early")]
    assert "reset" in ends.records[0]["why"]


@pytest.mark.parametrize("own", [[], ["stale"]], ids=["socket", "own BIO"])
def test_its_event_loop_sees_the_end_first(ends, servers, own):
    """haproxy: OpenSSL is not asked again."""

    def resets(connection, _):
        connection.recv(65536)
        time.sleep(0.2)
        reset_on_close(connection)

    def greets(connection, _):
        connection.recv(65536)
        time.sleep(0.2)
        connection.sendall(b"220 hello\r\n")

    port = servers.odd("127.0.0.2", resets)
    assert ends(port, None, *own, "sni=" + HOST, "begin", "free") == [("handshake_failed", "closed-early")]
    assert ends.records[0]["port"] == port
    assert ends(servers.odd("127.0.0.2", greets), None, *own, "sni=" + HOST, "begin", "free") == [], "it may know why"


@pytest.mark.long
@pytest.mark.parametrize("own", [[], ["stale"]], ids=["socket", "own BIO"])
def test_it_gives_up_waiting_past_us(ends, servers, own):
    """php-pgsql, which also looks for a list of revoked certificates before."""

    def silent(connection, _):
        while connection.recv(65536):
            pass

    plugin = compile_once(BUILD / "clients" / "endings_past.so", pathlib.Path(__file__).with_name("endings_past.c"), ["-shared", "-fPIC", "-lssl"])
    port = servers.odd("127.0.0.2", silent)
    assert ends(port, None, *own, "sni=" + HOST, "missing=/nowhere.crl", "try", "wait=1100", "past=%s" % plugin) == [("handshake_failed", "closed-early")]
    assert "not a single byte" in ends.records[0]["why"]


# ---- the socket is closed before the SSL is let go of ------------------------------------------------------------------
WAYS = pytest.mark.parametrize("own", [[], ["memory"], ["pair"], ["stale"], ["typed"]], ids=["socket", "memory", "pair", "own", "own typed"])
EARLY, MISSING = ("handshake_failed", "closed-early"), ("handshake_failed", "client-certificate-missing")


def misses_certificate(connection, identity, patient=False):
    """... of a client under TLS 1.3, and resets without a word: what OpenSSL wants to send never goes out. patient: once the client has said all."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.chain, identity.key)
    context.verify_mode, context.minimum_version = ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_3
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(into, out, server_side=True)
    while True:
        into.write(connection.recv(65536))
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            connection.sendall(out.read())
        except ssl.SSLError:
            break
    while patient and connection.recv(65536):
        pass
    reset_on_close(connection)


def resets_what_speaks(connection, _):
    if connection.recv(65536):
        reset_on_close(connection)


@WAYS
@pytest.mark.parametrize("then", [["free"], ["reuse", "free"], ["reuse", "exit"]], ids=["free", "reused", "exit"])
def test_it_closed_what_was_reset(ends, servers, own, then):
    """OpenSSL saw nothing of it, and the descriptor's number may be that of another connection by now."""
    port = servers.odd("127.0.0.2", resets_what_speaks)
    assert ends(port, None, *own, "sni=" + HOST, "begin", "close", *then) == [EARLY]
    assert (ends.records[0]["host"], ends.records[0]["port"]) == (HOST, port)
    assert "reset" in str(ends.records[0])


@WAYS
def test_it_closed_by_number_what_was_reset(ends, servers, own):
    """libuv does: Node.js, dig."""
    port = servers.odd("127.0.0.2", resets_what_speaks)
    assert ends(port, None, *own, "sni=" + HOST, "begin", "bynumber", "free") == [EARLY]


def hears_and_ends(connection, _):
    connection.recv(65536)
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        pass


@WAYS
@pytest.mark.parametrize("end", ["ended", "reset"])
@pytest.mark.parametrize("then", [["close", "free"], ["close", "reuse", "free"], ["free"]], ids="-".join)
def test_it_shut_down_what_its_peer_had_ended(ends, servers, own, end, then):
    """asio does, before it closes: to the kernel the client had ended it, then."""
    port = servers.odd("127.0.0.2", resets_what_speaks if end == "reset" else hears_and_ends)
    # of what was reset there is nothing to be shut down
    shut = ["shut"] if end == "ended" else []
    assert ends(port, None, *own, "sni=" + HOST, "begin", *shut, "wait=50", *then) == [EARLY]


@pytest.mark.parametrize("own", [["memory"], ["pair"]], ids=["memory", "pair"])
def test_it_closed_what_was_reset_for_want_of_a_certificate(ends, servers, pki, own):
    port = servers.odd("127.0.0.2", misses_certificate, pki.good(HOST))
    assert ends(port, pki.root_pem, *own, "sni=" + HOST, "connect", "meet", "close", "free") == [MISSING]


def test_it_had_said_all_before_it_was_reset_for_want_of_a_certificate(ends, servers, pki):
    """ncat, whose input had ended: its own end is no reason not to see the peer's."""
    port = servers.odd("127.0.0.2", lambda connection, identity: misses_certificate(connection, identity, patient=True), pki.good(HOST))
    assert ends(port, pki.root_pem, "sni=" + HOST, "connect", "half", "meet", "read", "free") == [MISSING]


@WAYS
@pytest.mark.parametrize("left", [["close"], ["close", "reuse"], ["shut", "wait=100", "close"]], ids="-".join)
def test_it_changed_its_mind(ends, servers, own, left):
    """What the server does then is no reason."""
    port = servers.odd("127.0.0.2", lambda connection, _: connection.recv(65536) and connection.recv(1) or reset_on_close(connection))
    assert ends(port, None, *own, "sni=" + HOST, "start", *left, "free") == []
    if not own:
        assert ends(port, None, "sni=" + HOST, "start", "shut", "wait=100", "free") == []


@WAYS
def test_it_was_reset_after_all_was_said(ends, servers, pki, own):
    def answers(connection, identity):
        presents_certificate(connection.dup(), identity)
        reset_on_close(connection)

    port = servers.odd("127.0.0.2", answers, pki.good(HOST))
    assert ends(port, pki.root_pem, *own, "sni=" + HOST, "connect", GET, "read", "meet", "close", "free") == []


@pytest.mark.parametrize("how", ["memory", "pair", "alike"])
def test_a_spare_connection_is_let_go(ends, servers, pki, how):
    """.NET begins one for each request, and needs fewer: what another connection has served, this one has not failed at."""
    supports_tls13 = re.compile(rb"\x00\x2b\x00..\x03\x04", re.DOTALL)

    def only_newer(connection, identity):
        if supports_tls13.search(connection.recv(65536, socket.MSG_PEEK)):
            return presents_certificate(connection, identity)
        while connection.recv(65536):
            pass

    port = servers.odd("127.0.0.2", only_newer, pki.good(HOST))
    begun = [how, "tls12", "sni=" + HOST, "start"]
    assert ends(port, pki.root_pem, *begun, "another", "free") == []
    silent = servers.odd("127.0.0.2", lambda connection, _: connection.recv(65536) and connection.recv(1))
    assert ends(silent, pki.root_pem, *begun, "free") == [("handshake_failed", "closed-early")], "nothing else came about"
    (r,) = ends.records
    # that nothing came was not seen, and a lower version is no remedy for that
    assert "was given no answer" in r["message"] and "not known here" in r["why"] and "MaxProtocol" not in str(r["help"])
    assert "speaks TLS from the start" in r["help"][0]


def test_openssl_is_gone(ends, sites, pki):
    """librdkafka connects again while the process ends."""
    port, _ = sites.https(HOST)
    assert ends(port, pki.root_pem, "sni=" + HOST, "another", "cleanup", "connect") == []


# ---- names that the client has compared ------------------------------------------------------------------------
def test_it_had_another_name_compared(ends, elsewhere, pki):
    """nginx and MariaDB: no SNI, and X509_check_host() after a handshake that OpenSSL found good."""
    assert ends(elsewhere, pki.root_pem, "connect", "check=" + HOST, GET) == [("verify_failed", "sni-not-sent")]
    assert (ends.records[0]["expected"], ends.records[0]["presented"]) == (HOST, "elsewhere.test")
    assert ends(elsewhere, pki.root_pem, "sni=" + HOST, "connect", "check=" + HOST, GET) == [("verify_failed", "name-mismatch")]


def test_the_name_that_it_had_compared_fits(ends, elsewhere, pki):
    """It knows better than we do whom it wants to talk to."""
    assert ends(elsewhere, pki.root_pem, "sni=" + HOST, "connect", "check=elsewhere.test", GET, "read", "free") == []
    assert ends(elsewhere, pki.root_pem, "connect", "check=elsewhere.test", GET, "read", "free") == []


def test_it_compares_no_name(ends, elsewhere, sites, pki):
    """redis-cli: the name that it looked up is its host as much as one that it sends."""
    assert ends(elsewhere, pki.root_pem, "connect", GET, "read", "free") == [("verify_ignored", "name-not-checked")]
    assert ends(elsewhere, pki.root_pem, "connect", "shutdown", "free") == []
    assert ends(elsewhere, pki.root_pem, "sni=" + HOST, "connect", "shutdown", "free") == []
    port, _ = sites.https(HOST)
    assert ends(port, pki.root_pem, "connect", GET, "read", "free") == []


def test_an_address_that_it_may_have_resolved_by_itself(run, program, sites, pki):
    """pgbouncer, server_tls_sslmode = require: it asks c-ares for the name. That its leaf is not for the address is nothing to tell."""
    port, _ = sites.https(HOST)
    argv = [program, "127.0.0.2", port, "", "none", "connect", GET, "read", "free"]
    assert run(argv, env={"SSL_CERT_FILE": str(pki.root_pem)}).log == ""
    (record,) = run(argv).records
    assert record["cause"] == "verification-off" and "(issuer-unknown)" in record["why"]


def test_it_goes_by_checks_of_its_own(ends, sites, elsewhere, pki):
    """Verification off, and then names and dates: what it loaded, or did not, is not why it ended the connection."""
    port, _ = sites.variant("expired")
    assert ends(port, None, "none", "sni=" + HOST, "connect", "check=" + HOST, "shutdown", "free") == [("verify_failed", "expired")]
    assert ends(elsewhere, None, "none", "sni=" + HOST, "connect", "check=" + HOST, GET)[0][1] == "name-mismatch"
