# SPDX-License-Identifier: ISC
"""A client of the ssl module that offers what it is told to. Python 2.7 to now.

Usage: offer.py HOST PORT CA [--minimum V] [--maximum V] [--method V] [--ciphers LIST]... [--scratch LIST] [--no-sni] [--groups NAME]

Of several lists that OpenSSL refuses, the next one is tried. --scratch sets a list that matters to nobody.
"""
import argparse
import socket
import ssl
import sys
import warnings

warnings.simplefilter("ignore")
p = argparse.ArgumentParser()
p.add_argument("host")
p.add_argument("port", type=int)
p.add_argument("ca")
for option in "minimum maximum method scratch groups".split():
    p.add_argument("--" + option)
p.add_argument("--ciphers", action="append", default=[])
p.add_argument("--no-sni", action="store_true")
a = p.parse_args()


def version(name):
    return getattr(ssl.TLSVersion, name)


if a.method:
    context = ssl.SSLContext(getattr(ssl, "PROTOCOL_" + a.method))
    context.verify_mode = ssl.CERT_REQUIRED
else:
    context = ssl.create_default_context()
context.load_verify_locations(a.ca)
if a.minimum:
    context.minimum_version = version(a.minimum)
if a.maximum:
    context.maximum_version = version(a.maximum)
if a.groups:
    context.set_ecdh_curve(a.groups)
if a.scratch:
    try:
        context.set_ciphers(a.scratch)
    except ssl.SSLError as e:
        print("did not mind: %s" % e)
for number, ciphers in enumerate(a.ciphers):
    try:
        context.set_ciphers(ciphers)
        break
    except ssl.SSLError as e:
        print("REFUSED %s" % e)
        if number + 1 == len(a.ciphers):
            sys.exit(2)
if a.no_sni:
    context.check_hostname = False
try:
    raw = socket.create_connection((a.host, a.port), 20)
    s = context.wrap_socket(raw, server_hostname=None if a.no_sni else a.host)
except Exception as e:
    print("REFUSED %s: %s" % (type(e).__name__, e))
    sys.exit(1)
print("OK %s" % s.version())
