# SPDX-License-Identifier: ISC
"""Postfix as Debian runs it: its smtp(8) inherits nothing that import_environment does not name, and works in a root directory of its own."""
import os
import pathlib
import shutil
import ssl

import pytest

from lib.run import HOSTS

HOST = "legacy.test"
SCRIPT = r"""
postfix -c "$PWD/etc" start >out 2>&1 || exit 1
trap 'postfix -c "$PWD/etc" stop >>out 2>&1' EXIT
printf 'Subject: x\n\nhello\n' | env -u LD_PRELOAD sendmail -C "$PWD/etc" -f a@me.test b@legacy.test
for i in $(seq 100); do
	grep -q 'status=' mail.log 2>/dev/null && exit 0
	sleep 0.1
done
"""
MAIN = """compatibility_level = 3.6
queue_directory = {at}/spool
data_directory = {at}/data
maillog_file = {at}/mail.log
maillog_file_prefixes = {at}
myhostname = me.test
mydestination =
alias_maps =
inet_interfaces = loopback-only
relayhost = [{host}]:{port}
smtp_host_lookup = native
smtp_tls_security_level = secure
smtp_tls_secure_cert_match = hostname
smtp_tls_CAfile = {ca}
smtp_connect_timeout = 5s
import_environment = MAIL_CONFIG MAIL_LOGTAG LD_PRELOAD TLSMEND_LOG TLSMEND_CONFIG
"""


def mail_server(received):
    """A behaviour for Servers.odd(): takes mail over STARTTLS."""
    def behave(connection, identity):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.chain, identity.key)
        connection.sendall(b"220 mail ESMTP\r\n")
        lines, secure = connection.makefile("rb", buffering=0), False
        while line := lines.readline():
            word = line.split()[0].upper()
            if word == b"EHLO":
                connection.sendall(b"250 HELP\r\n" if secure else b"250-mail\r\n250 STARTTLS\r\n")
            elif word == b"STARTTLS":
                connection.sendall(b"220 go on\r\n")
                connection, secure = context.wrap_socket(connection, server_side=True), True
                lines = connection.makefile("rb", buffering=0)
            elif word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                received.append(b"".join(iter(lines.readline, b".\r\n")))
                connection.sendall(b"250 taken\r\n")
            else:
                connection.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 good\r\n")
                if word == b"QUIT":
                    break
    return behave


@pytest.fixture
def postfix(run, pki, servers):
    if os.geteuid() != 0 or not shutil.which("postfix") or not os.path.exists("/usr/share/postfix/master.cf.dist"):
        pytest.skip("needs root, and Postfix: that rules hold in its smtp was not shown")
    received, at = [], run.scratch / "postfix"
    port = servers.odd(HOSTS[HOST], mail_server(received), pki.good(HOST))
    shutil.copytree("/etc/postfix", at / "etc")
    (at / "data").mkdir()
    shutil.chown(at / "data", "postfix")
    (at / "etc/main.cf").write_text(MAIN.format(at=at, host=HOST, port=port, ca=pki.stranger_pem))
    given = pathlib.Path("/usr/share/postfix/master.cf.dist").read_text()  # as Debian has it, whatever the machine's own says
    services = [line for line in given.splitlines() if line.split()[1:2] != ["inet"]]
    assert [line.split()[4] for line in services if line.split()[:1] == ["smtp"]] == ["y"], "its root is not another one by default"
    (at / "etc/master.cf").write_text("\n".join(services) + "\n")

    def send(**how):
        received.clear()
        shutil.rmtree(at / "spool", ignore_errors=True)
        (at / "spool/etc").mkdir(parents=True)
        (at / "spool/etc/hosts").write_text("%s %s\n" % (HOSTS[HOST], HOST))
        done = run(["sh", "-c", "cd %s && %s" % (at, SCRIPT)], settings={"TLSMEND_LOG": "off"}, **how)
        log = (at / "mail.log").read_text()
        print(log)
        (at / "mail.log").unlink()
        assert done.code == 0, (done, (at / "out").read_text())
        return log, received
    return send


def test_rule_in_its_own_root(postfix, run, pki):
    log, received = postfix()
    assert "untrusted issuer" in log and "status=deferred" in log and not received
    log, received = postfix(config=run.config((HOST, {"ExtraCAFile": pki.root_pem})))
    assert "status=sent (250 taken)" in log and b"hello" in received[0]
