# SPDX-License-Identifier: ISC
"""GET https://HOST:PORT/ with urllib and default settings. Usage: get.py HOST PORT [CAFILE]. Python 2.7 to now."""
import ssl
import sys

try:
    from urllib.request import urlopen
except ImportError:
    from urllib2 import urlopen

host, port = sys.argv[1:3]
context = ssl.create_default_context(cafile=sys.argv[3] if len(sys.argv) > 3 else None)
try:
    body = urlopen("https://%s:%s/" % (host, port), context=context, timeout=20).read()
except Exception as e:
    sys.exit("%s: %s" % (type(e).__name__, e))
sys.stdout.write(body.decode("ascii", "replace"))
