# SPDX-License-Identifier: ISC
"""Real servers on free loopback ports: started, waited for with a bound, stopped by pid, their output kept."""
import contextlib
import errno
import glob
import os
import pwd
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

from .ports import family, free_port

START_S = 60


class ServerFailed(Exception):
    pass


class Process:
    """A server process. `ready(process)` is asked until it says yes or START_S have passed."""

    def __init__(self, argv, log, ready, env=None, cwd=None, stop=signal.SIGTERM):
        self.argv, self.log, self.stop_signal = [str(a) for a in argv], log, stop
        with open(log, "ab") as out:
            self.popen = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, cwd=cwd, start_new_session=True
            )
        deadline = time.monotonic() + START_S
        while not ready(self):
            if self.popen.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerFailed("%s did not start (exit %s):\n%s" % (self.argv, self.popen.returncode, self.output()))
            time.sleep(0.02)

    def output(self):
        with open(self.log, errors="replace") as f:
            return f.read()[-8000:]

    def stop(self):
        if self.popen.poll() is None:
            self.popen.send_signal(self.stop_signal)
            try:
                self.popen.wait(10)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait(10)


def listening(address, port):
    """Is something listening there? Read from /proc, since a trial connection would be a connection too many for a
    server that counts them or that answers only one."""
    want = "%08X:%04X" % (struct.unpack("=I", socket.inet_aton(address))[0], port)
    with open("/proc/net/tcp") as f:
        return any(line.split()[1] == want and line.split()[3] == "0A" for line in f.readlines()[1:])


class Servers:
    """Starts servers and stops all of them at the end."""

    def __init__(self, directory):
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._stack = contextlib.ExitStack()
        self._passing = contextlib.ExitStack()
        self._count = 0

    def close(self):
        self.end_test()
        self._stack.close()

    def end_test(self):
        """Stops the odd listeners of the test that ends: each is a descriptor and a thread of pytest's own process."""
        self._passing.close()

    def _path(self, kind):
        self._count += 1
        return self.directory / ("%s-%d.log" % (kind, self._count))

    def _start(self, kind, address, argv_for_port, **how):
        for attempt in range(3):
            port = free_port(address)
            try:
                log = self._path(kind)
                process = Process(argv_for_port(port), log, lambda p: listening(address, port), **how)
                break
            except ServerFailed as e:
                if attempt == 2 or "in use" not in str(e):
                    raise
        self._stack.callback(process.stop)
        process.port = port
        return process

    # ---- openssl s_server -------------------------------------------------------------------------------
    def s_server(self, identity, address, *options, www=True):
        """`openssl s_server` with one certificate. With `www` it answers GET."""

        def argv(port):
            return [
                "openssl", "s_server", "-accept", "%s:%d" % (address, port), "-cert", identity.chain,
                "-cert_chain", identity.chain, "-key", identity.key, *(["-www"] if www else ["-rev"]), *options,
            ]  # fmt: skip

        return self._start("s_server", address, argv, env=old_protocols_environment(self.directory))

    # ---- nginx ------------------------------------------------------------------------------------------
    def nginx(self, sites):
        """One nginx for `sites`: (address, server names, identity, further directives, PORT in them is the port). Returns the ports in
        order."""
        prefix = self.directory / ("nginx-%d" % self._count)
        prefix.mkdir()
        by_address = {}
        ports = []
        blocks = []
        for address, names, identity, more in sites:
            port = free_port(address)
            while port in by_address.setdefault(address, set()):
                port = free_port(address)
            by_address[address].add(port)
            ports.append(port)
            blocks.append(
                "server { listen %s:%d ssl; server_name %s; ssl_certificate %s; ssl_certificate_key %s; %s\n"
                ' location / { default_type text/plain; return 200 "hello from %s\\n"; } }\n'
                % (address, port, " ".join(names), identity.chain, identity.key, more.replace("PORT", str(port)), names[0])
            )
        temporary = "".join(
            "%s_temp_path %s/%s;\n" % (k, prefix, k) for k in "client_body proxy fastcgi uwsgi scgi".split()
        )
        config = prefix / "nginx.conf"
        config.write_text(
            "daemon off; master_process off; pid %s/pid; error_log stderr notice;\nevents { worker_connections 256; }\n"
            "http { access_log off; %s ssl_protocols TLSv1.2 TLSv1.3;\n%s}\n" % (prefix, temporary, "".join(blocks))
        )
        last = (sites[-1][0], ports[-1])
        process = Process(
            [shutil.which("nginx") or "/usr/sbin/nginx", "-p", prefix, "-c", config],
            self._path("nginx"), lambda p: listening(*last), env=old_protocols_environment(self.directory),
        )  # fmt: skip
        self._stack.callback(process.stop)
        return ports

    # ---- PostgreSQL -------------------------------------------------------------------------------------
    @staticmethod
    def postgres_missing():
        return None if glob.glob("/usr/lib/postgresql/*/bin/postgres") else "no PostgreSQL server installed"

    def postgres(self, identity, addresses, hba=None, **more):
        """PostgreSQL with ssl=on, user and database `postgres`, no password. It refuses to run as root. `hba`: the lines of its
        pg_hba.conf; `more`: settings."""
        binaries = os.path.dirname(sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))[-1])
        home = self.directory / ("postgres-%d" % self._count)
        home.mkdir()
        become = []
        key = home / "server.key"
        shutil.copy(identity.key, key)
        key.chmod(0o600)
        if os.geteuid() == 0:
            user = _some_user("postgres", "nobody")
            become = ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
            for path in (home, key):
                os.chown(path, user.pw_uid, user.pw_gid)
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        data = home / "data"
        made = subprocess.run(
            [*become, binaries + "/initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-N", "--no-instructions"],
            capture_output=True, text=True, timeout=60, env=env, cwd=home,
        )  # fmt: skip
        if made.returncode:
            raise ServerFailed("initdb: " + made.stdout + made.stderr)
        port = free_port(*addresses)
        settings = {
            "listen_addresses": ",".join(addresses), "port": port, "ssl": "on", "ssl_cert_file": identity.chain,
            "ssl_key_file": key, "unix_socket_directories": "", "fsync": "off", "max_connections": 10,
            "shared_buffers": "1MB", "dynamic_shared_memory_type": "mmap", "max_wal_senders": 0, **more,
        }  # fmt: skip
        if hba:
            (data / "pg_hba.conf").write_text(hba)
        process = Process(
            [*become, binaries + "/postgres", "-D", data, *(a for k, v in settings.items() for a in ("-c", f"{k}={v}"))],
            self._path("postgres"), lambda p: "ready to accept connections" in p.output(), env=env, cwd=home,
            stop=signal.SIGINT,
        )  # fmt: skip
        self._stack.callback(process.stop)
        return port

    # ---- odd ones ---------------------------------------------------------------------------------------
    def odd(self, address, behaviour, identity=None, until=None):
        """A listener in this process whose connections are handled by `behaviour(socket, identity)`. It ends with the test, or with
        `until`, an ExitStack."""
        listener = _listener(address)
        thread = threading.Thread(target=_serve, args=(listener, behaviour, identity), daemon=True)
        thread.start()

        def stop():
            # close() alone would leave accept(2) waiting
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)
            listener.close()

        (until or self._passing).callback(stop)
        return listener.getsockname()[1]


def _some_user(*names):
    for name in names:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerFailed("none of these users exists: " + ", ".join(names))


def old_protocols_environment(directory):
    """Environment of a server that may use what Debian's openssl.cnf forbids: TLS 1.0, 1024 bits, SHA-1."""
    conf = directory / "everything-goes.cnf"
    if not conf.exists():
        conf.write_text(
            "openssl_conf = init\n[init]\nssl_conf = modules\n[modules]\nsystem_default = defaults\n"
            "[defaults]\nMinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0\n"
        )
    return {"PATH": os.environ["PATH"], "OPENSSL_CONF": str(conf), "LC_ALL": "C"}


def _listener(address):
    """... on a port that nobody takes between the look and the bind."""
    while True:
        listener = socket.socket(family(address))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, free_port(address)))
            listener.listen(64)
            return listener
        except OSError as e:
            listener.close()
            if e.errno != errno.EADDRINUSE:
                raise


def _serve(listener, behaviour, identity):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_one, args=(connection, behaviour, identity), daemon=True).start()


def _one(connection, behaviour, identity):
    with connection:
        connection.settimeout(20)
        try:
            behaviour(connection, identity)
        except (OSError, ssl.SSLError) as e:
            # most servers here are meant to fail; where a test does, this tells whether it was by them
            print(f"server: {getattr(behaviour, '__name__', behaviour)}: {e!r}", file=sys.stderr)


def reset_on_close(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closes_early(connection, _):
    connection.recv(16)
    connection.recv(65536)


def resets(connection, _):
    connection.recv(16)
    reset_on_close(connection)


def speaks_http(connection, _):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def greets_as_smtp(connection, _):
    connection.sendall(b"220 mail.test ESMTP\r\n")
    connection.recv(65536)


def greets_as_ssh(connection, _):
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    connection.recv(65536)


def sends_alert(number):
    def behaviour(connection, _):
        connection.recv(65536)
        connection.sendall(b"\x15\x03\x03\x00\x02\x02" + bytes([number]))

    return behaviour


def presents_certificate(connection, identity):
    """A web server whose own OpenSSL puts up with any certificate and whose client may say no."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(identity.chain, identity.key)
    with context.wrap_socket(connection, server_side=True) as tls:
        tls.recv(65536)
        tls.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")


def asks_for_client_certificate(ca_file, version):
    def behaviour(connection, identity):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.chain, identity.key)
        context.load_verify_locations(ca_file)
        context.verify_mode = ssl.CERT_REQUIRED
        context.maximum_version = version
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as tls:
            try:
                tls.do_handshake()
                tls.recv(65536)
                tls.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
            except ssl.SSLError:
                # Wait for the client to close: a reset could overtake our alert.
                while socket.socket.recv(tls, 65536):
                    pass

    return behaviour


def sends_certificates(*list_of_der, then=b""):
    """Of a handshake of TLS 1.2, the server's hello and these certificates, whatever they are: the client looks at them at once.
    `then`: more messages."""

    def sized(n, data):
        return len(data).to_bytes(n, "big") + data

    def behaviour(connection, _):
        connection.recv(65536)
        # ECDHE-ECDSA-AES128-GCM-SHA256, an empty renegotiation_info
        hello = b"\x03\x03" + bytes(range(32)) + b"\0" + b"\xc0\x2b" + b"\0" + sized(2, b"\xff\x01\0\1\0")
        body = sized(3, b"".join(sized(3, der) for der in list_of_der))
        messages = b"\x02" + sized(3, hello) + b"\x0b" + sized(3, body) + then
        for i in range(0, len(messages), 16000):
            connection.sendall(b"\x16\x03\x03" + sized(2, messages[i : i + 16000]))
        while connection.recv(65536):
            pass

    return behaviour
