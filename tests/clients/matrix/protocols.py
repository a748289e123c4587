# SPDX-License-Identifier: ISC
"""What the matrix' server speaks before TLS (STARTTLS) and after the handshake, as little of each protocol as its clients need.

A protocol is a class: `before(connection)` says whether TLS begins, `after(tls)` talks until the client is content. Both get a `Wire`.
"""

class Wire:
    """A socket, plain or under TLS, that is read by lines or by bytes, and counts what was read. `most`: bytes at once; 1 where what follows
    belongs to TLS."""

    def __init__(self, sock, most=65536):
        self.sock, self.most, self.rest, self.count = sock, most, b"", 0

    def more(self):
        data = self.sock.recv(self.most)
        if not data:
            raise EOFError
        self.count += len(data)
        self.rest += data

    def line(self):
        while b"\n" not in self.rest:
            self.more()
        line, self.rest = self.rest.split(b"\n", 1)
        return line.strip().decode("latin-1")

    def take(self, size):
        while len(self.rest) < size:
            self.more()
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def any(self):
        if not self.rest:
            self.more()
        data, self.rest = self.rest, b""
        return data

    def say(self, text):
        self.sock.sendall(text if isinstance(text, bytes) else text.encode() + b"\r\n")


class Protocol:
    # in place of TLS, where a server speaks none
    plain = b"this is no TLS\r\n"
    alpn = []
    # in place of TLS, where it does not wait for the client's first bytes
    speaks_first = False

    def before(self, wire):
        return True

    def after(self, wire):
        """Echoes."""
        while True:
            wire.say(wire.any())


class Http(Protocol):
    plain = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def after(self, wire):
        while True:
            request = wire.line()
            while wire.line():
                pass
            body = b"" if request.startswith("HEAD ") else b"hello there\n"
            # svn goes on asking after its OPTIONS unless it is told no
            status = "403 No" if request.startswith("OPTIONS ") else "200 OK"
            wire.say(b"HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nConnection: close\r\n\r\n%s" % (status.encode(), body))
            return


class Http2(Protocol):
    plain = Http.plain
    alpn = ["h2"]

    def after(self, wire):
        """No answers: its settings, and that it goes away."""
        wire.any()
        wire.say(b"\0\0\0\4\0\0\0\0\0" + b"\0\0\x08\7\0\0\0\0\0" + bytes(8))


class Smtp(Protocol):
    speaks_first = True
    plain = b"220 mail.test ESMTP\r\n"
    starttls = False
    hello = "220 mail.test ESMTP"

    def talk(self, wire, offer):
        while True:
            word = wire.line().upper()
            if word == "STARTTLS":
                wire.say("220 go ahead")
                return True
            if word.startswith(("EHLO", "LHLO")):
                wire.say("250-mail.test\r\n250-SIZE 1000000%s\r\n250 AUTH PLAIN LOGIN" % ("\r\n250-STARTTLS" if offer else ""))
            elif word == "QUIT":
                wire.say("221 bye")
                return False
            elif word == "DATA":
                wire.say("354 go on")
                while wire.line() != ".":
                    pass
                wire.say("250 taken")
            else:
                wire.say("235 fine" if word.startswith("AUTH") else "250 fine")

    def after(self, wire):
        wire.say(self.hello)
        self.talk(wire, False)


class SmtpStarttls(Smtp):
    speaks_first = False
    plain = b"454 no TLS today\r\n"

    def before(self, wire):
        wire.say(self.hello)
        return self.talk(wire, True)

    def after(self, wire):
        self.talk(wire, False)


class Imap(Protocol):
    speaks_first = True
    plain = b"* OK [CAPABILITY IMAP4rev1] mail.test\r\n"

    def talk(self, wire, offer):
        capabilities = "CAPABILITY IMAP4rev1 AUTH=PLAIN" + (" STARTTLS" if offer else "")
        while True:
            tag, _, rest = wire.line().partition(" ")
            word = rest.upper()
            if word == "CAPABILITY":
                wire.say("* " + capabilities)
            elif word == "LOGOUT":
                wire.say("* BYE bye\r\n%s OK done" % tag)
                return False
            elif word.startswith("AUTHENTICATE PLAIN") and len(rest.split()) < 3:
                wire.say("+ ")
                wire.line()
            elif word.startswith(("SELECT", "EXAMINE")):
                wire.say("* FLAGS ()\r\n* 0 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] fine\r\n* OK [UIDNEXT 1] fine")
            elif word.startswith("LIST"):
                wire.say('* LIST (\\Noselect) "/" ""' if rest.endswith('""') else '* LIST () "/" INBOX')
            elif word.startswith("STATUS"):
                wire.say("* STATUS INBOX (MESSAGES 0 RECENT 0 UNSEEN 0 UIDNEXT 1 UIDVALIDITY 1)")
            wire.say("%s OK %s" % (tag, "[%s] done" % capabilities if word.startswith(("LOGIN", "AUTHENTICATE")) else "done"))
            if word == "STARTTLS":
                return True

    def greet(self, wire, offer):
        wire.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN%s] mail.test" % (" STARTTLS" if offer else ""))

    def after(self, wire):
        self.greet(wire, False)
        self.talk(wire, False)


class ImapStarttls(Imap):
    speaks_first = False
    plain = b"* BAD no TLS today\r\n"

    def before(self, wire):
        self.greet(wire, True)
        return self.talk(wire, True)

    def after(self, wire):
        self.talk(wire, False)


class Pop3(Protocol):
    speaks_first = True
    plain = b"+OK mail.test\r\n"

    def talk(self, wire, offer):
        while True:
            word = wire.line().upper().split()[:1]
            if word == ["CAPA"]:
                wire.say("+OK\r\nUSER\r\nUIDL\r\n%s." % ("STLS\r\n" if offer else ""))
            elif word in (["LIST"], ["UIDL"]):
                wire.say("+OK\r\n.")
            else:
                wire.say("+OK 0 0")
            if word in (["STLS"], ["QUIT"]):
                return word == ["STLS"]

    def after(self, wire):
        wire.say("+OK mail.test")
        self.talk(wire, False)


class Pop3Stls(Pop3):
    speaks_first = False
    plain = b"-ERR no TLS today\r\n"

    def before(self, wire):
        wire.say("+OK mail.test")
        return self.talk(wire, True)

    def after(self, wire):
        self.talk(wire, False)


class Ftp(Protocol):
    speaks_first = True
    plain = b"220 ftp.test\r\n"
    answers = {"USER": "331 password", "PASS": "230 fine", "PWD": '257 "/"', "QUIT": "221 bye", "FEAT": "211-\r\n AUTH TLS\r\n PBSZ\r\n PROT\r\n211 end",
               "EPSV": "502 no", "PASV": "502 no", "EPRT": "502 no", "PORT": "502 no", "SYST": "215 UNIX Type: L8", "LIST": "425 no", "NLST": "425 no"}  # fmt: skip

    def talk(self, wire):
        while True:
            word = (wire.line().upper().split() or [""])[0]
            if word == "AUTH":
                wire.say("234 go ahead")
                return True
            wire.say(self.answers.get(word, "200 fine"))
            if word == "QUIT":
                return False

    def after(self, wire):
        wire.say("220 ftp.test")
        self.talk(wire)


class FtpAuth(Ftp):
    speaks_first = False
    plain = b"431 no TLS today\r\n"

    def before(self, wire):
        wire.say("220 ftp.test")
        return self.talk(wire)

    def after(self, wire):
        self.talk(wire)


class Postgres(Protocol):
    plain = b"E\0\0\0\x0cSnothing\0"

    def before(self, wire):
        wire.take(8)
        wire.say(b"S")
        return True

    def after(self, wire):
        wire.take(int.from_bytes(wire.take(4), "big") - 4)
        wire.say(b"R\0\0\0\x08\0\0\0\0" + b"S\0\0\0\x19client_encoding\0UTF8\0" + b"S\0\0\0\x18server_version\x0014.5\0" + b"Z\0\0\0\x05I")
        while True:
            kind = wire.take(1)
            wire.take(int.from_bytes(wire.take(4), "big") - 4)
            if kind == b"X":
                return
            wire.say(b"C\0\0\0\x0dSELECT 0\0" + b"Z\0\0\0\x05I")


class Mysql(Protocol):
    plain = b"\x10\0\0\x02\xff\x15\x04#08S01no TLS!"
    OK = b"\0\0\0\x02\0\0\0"

    @staticmethod
    def packet(number, body):
        return len(body).to_bytes(3, "little") + bytes([number]) + body

    def read(self, wire):
        head = wire.take(4)
        return head[3], wire.take(int.from_bytes(head[:3], "little"))

    def before(self, wire):
        # long password, 4.1 protocol, TLS, transactions, secure connection, plugins
        flags = 0x00000001 | 0x0200 | 0x0800 | 0x2000 | 0x8000 | 0x80000 | 0x8
        greeting = b"\x0a" + b"5.7.40\0" + b"\1\0\0\0" + b"abcdefgh\0" + (flags & 0xFFFF).to_bytes(2, "little") + b"\x21\2\0"
        greeting += (flags >> 16).to_bytes(2, "little") + b"\x15" + bytes(10) + b"ijklmnopqrst\0" + b"mysql_native_password\0"
        wire.say(self.packet(0, greeting))
        _, body = self.read(wire)
        return len(body) == 32

    def after(self, wire):
        number, _ = self.read(wire)
        wire.say(self.packet(number + 1, self.OK))
        while True:
            number, body = self.read(wire)
            if body[:1] == b"\x01":
                return
            wire.say(self.packet(number + 1, self.OK))


class Rdp(Protocol):
    plain = b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x03\0\x08\0\x02\0\0\0"

    def before(self, wire):
        head = wire.take(4)
        wire.take(int.from_bytes(head[2:4], "big") - 4)
        wire.say(b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\x1f\x08\0\x01\0\0\0")
        return True

    def after(self, wire):
        wire.take(8)


class Ldap(Protocol):
    plain = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x34\x04\x00\x04\x00"

    def read(self, wire):
        """(message id, tag of the operation)"""
        wire.take(1)
        size = wire.take(1)[0]
        if size & 0x80:
            size = int.from_bytes(wire.take(size & 0x7F), "big")
        body = wire.take(size)
        n = body[1]
        return body[2 : 2 + n], body[2 + n]

    def answer(self, wire, number, tag):
        result = bytes([tag, 7]) + b"\x0a\x01\0\x04\0\x04\0"
        body = b"\x02" + bytes([len(number)]) + number + result
        wire.say(b"\x30" + bytes([len(body)]) + body)

    def before(self, wire):
        return True

    def after(self, wire):
        while True:
            number, tag = self.read(wire)
            if tag == 0x42:
                return
            self.answer(wire, number, {0x60: 0x61, 0x63: 0x65, 0x77: 0x78}.get(tag, 0x65))


class LdapStarttls(Ldap):
    def before(self, wire):
        number, tag = self.read(wire)
        self.answer(wire, number, 0x78)
        return tag == 0x77


class Redis(Protocol):
    plain = b"-ERR this is no TLS\r\n"

    def after(self, wire):
        while True:
            wire.any()
            wire.say("+PONG")


class Mongo(Protocol):
    plain = b"It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n"
    # {ismaster: true, maxWireVersion: 6, minWireVersion: 0, ok: 1.0}
    FIELDS = b"\x08ismaster\0\1" + b"\x10maxWireVersion\0\x06\0\0\0" + b"\x10minWireVersion\0\0\0\0\0" + b"\x01ok\0" + b"\0\0\0\0\0\0\xf0\x3f"
    DOCUMENT = (len(FIELDS) + 5).to_bytes(4, "little") + FIELDS + b"\0"

    def after(self, wire):
        while True:
            head = wire.take(16)
            wire.take(int.from_bytes(head[:4], "little") - 16)
            if head[12:16] == (2013).to_bytes(4, "little"):
                kind, body = 2013, bytes(5) + self.DOCUMENT
            else:
                kind, body = 1, bytes(16) + (1).to_bytes(4, "little") + self.DOCUMENT
            wire.say((len(body) + 16).to_bytes(4, "little") + bytes(4) + head[4:8] + kind.to_bytes(4, "little") + body)


class Mqtt(Protocol):
    plain = b"\x20\x02\x00\x05"

    def after(self, wire):
        while True:
            kind = wire.take(1)[0] >> 4
            size, shift = 0, 0
            while True:
                byte = wire.take(1)[0]
                size |= (byte & 0x7F) << shift
                shift += 7
                if not byte & 0x80:
                    break
            wire.take(size)
            if kind == 1:
                wire.say(b"\x20\x02\x00\x00")
            elif kind == 12:
                wire.say(b"\xd0\x00")
            elif kind == 14:
                return


class Irc(Protocol):
    speaks_first = True
    plain = b":irc.test NOTICE * :this is no TLS\r\n"

    def after(self, wire):
        while True:
            word = wire.line().split()
            if word[:1] == ["USER"]:
                wire.say(":irc.test 001 me :hello there\r\n:irc.test 422 me :no message\r\nERROR :Closing Link: done")
                return


class NtsKe(Protocol):
    alpn = ["ntske/1"]


class Nntp(Protocol):
    speaks_first = True
    plain = b"200 news.test\r\n"

    def after(self, wire):
        wire.say("200 news.test")
        while True:
            word = wire.line().upper()
            wire.say("205 bye" if word == "QUIT" else "200 fine")
            if word == "QUIT":
                return


class Rdp(Protocol):
    def before(self, wire):
        wire.take(int.from_bytes(wire.take(4)[2:4], "big") - 4)
        wire.say(bytes.fromhex("030000130ed000001234000200080001000000"))
        return True

    def after(self, wire):
        wire.any()


class Greeted(Protocol):
    """The server speaks first."""

    speaks_first = True

    def after(self, wire):
        wire.say("hello there")
        wire.any()


class Sink(Protocol):
    """Reads, never answers (syslog)."""

    def after(self, wire):
        while True:
            wire.any()


PROTOCOLS = {
    "rdp": Rdp, "http": Http, "h2": Http2, "smtps": Smtp, "smtp": SmtpStarttls, "imaps": Imap, "imap": ImapStarttls, "pop3s": Pop3, "pop3": Pop3Stls, "ftps": Ftp,
    "ftp": FtpAuth, "postgres": Postgres, "mysql": Mysql, "ldaps": Ldap, "ldap": LdapStarttls, "redis": Redis, "mqtt": Mqtt, "mongo": Mongo, "ntske": NtsKe, "irc": Irc,
    "nntps": Nntp, "rdp": Rdp, "greeted": Greeted, "echo": Protocol, "sink": Sink,
}  # fmt: skip
