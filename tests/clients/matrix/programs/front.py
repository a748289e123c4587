# SPDX-License-Identifier: ISC
"""front.py PROGRAM HOST PORT SECONDS CA [CERT KEY]: a daemon that is a TLS client of another server. Writes its configuration (PROGRAM.conf next to this
file, or that path) into the current directory, starts it, asks it once, waits for the end of that, stops it.

The head of the configuration says how: `#! COMMAND` starts it ({conf}: the file), `#< TEXT` is sent to it, and `#@ SETTINGS`: `udp`; `half`: nothing
follows the text; `once`: the first of the answer is enough; `mute`: it is not shown; `soft`: SIGUSR1 stops it; a number at the end: so many seconds after the answer.
"""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

program, host, port, seconds, ca, cert, key = (sys.argv[1:] + ["", ""])[:7]
here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[2]))
from lib.ports import free_port  # noqa: E402

given = {"host": host, "port": port, "ca": ca, "cert": cert, "key": key, "listen": str(free_port()), "here": os.getcwd(), "seconds": seconds,
         "conf": os.path.join(os.getcwd(), os.path.basename(program) + ".front.conf")}  # fmt: skip


def fill(text):
    for name, value in given.items():
        text = text.replace("@%s@" % name, value)
    return text


lines = fill((here / (program + ".conf")).read_text()).splitlines()
head = {line[1]: line[3:] for line in lines if line[:2] in ("#!", "#<", "#@")}
pathlib.Path(given["conf"]).write_text("\n".join(line for line in lines if line[:2] not in ("#!", "#<", "#@")) + "\n")
daemon = subprocess.Popen(["sh", "-c", "exec " + head["!"]], stdin=subprocess.DEVNULL)


def connect():
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and daemon.poll() is None:
        try:
            if udp:
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.settimeout(1)
                s.connect(("127.0.0.1", int(given["listen"])))
                # what nobody listens for is refused at the next call
                s.send(b"")
                time.sleep(0.3)
                s.send(b"")
                return s
            return socket.create_connection(("127.0.0.1", int(given["listen"])), float(seconds) + 2)
        except OSError:
            time.sleep(0.03)
    sys.exit("%s did not start" % program)


udp = "udp" in head.get("@", "")
answer = b""
try:
    if "<" in head:
        with connect() as s:
            s.sendall(head["<"].encode().decode("unicode_escape").encode("latin-1"))
            if "half" in head.get("@", ""):
                s.shutdown(socket.SHUT_WR)
            try:
                while data := s.recv(65536):
                    answer += data
                    if "once" in head.get("@", ""):
                        break
            except OSError as e:
                print(e)
    time.sleep(float(head.get("@", "0").split()[-1]) if head.get("@", "")[-1:].isdigit() else 0)
finally:
    daemon.send_signal(signal.SIGUSR1 if "soft" in head.get("@", "") else signal.SIGTERM)
    try:
        daemon.wait(5)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
print("" if "mute" in head.get("@", "") else answer[:200], "exit %d" % daemon.returncode)
