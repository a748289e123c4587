# SPDX-License-Identifier: ISC
"""again.c: one SSL for one host after the other. A line of its output is a dictionary."""
import subprocess

from attackkit import TIMEOUT, build


class Again:
    def __init__(self, actor):
        self.actor, self.certs = actor, actor.certs

    def lines(self, *arguments, rules=None, **more):
        env = self.actor.environment(rules, **more)
        argv = [str(a).replace("CERTS", str(self.certs)) for a in arguments]
        argv = [str(build("again")), "--server", f"{self.certs}/ab-both.pem", *argv]
        done = subprocess.run(argv, env=env, text=True, capture_output=True, timeout=TIMEOUT)
        self.log = done.stderr
        assert done.returncode == 0 and "STRAY" not in done.stdout, (done.returncode, done.stdout, done.stderr)
        assert more.get("TLSMEND_LOG") == "stderr" or done.stderr == "", (done.returncode, done.stdout, done.stderr)
        return done.stdout.splitlines()

    def __call__(self, *arguments, rules=None, **more):
        lines = self.lines(*arguments, rules=rules, **more)
        return [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in lines]

    def records(self, event=None):
        return self.actor.records(event)
