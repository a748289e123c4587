# SPDX-License-Identifier: ISC
"""qt_errors.py HOST CA PORT...: what Qt itself says of each certificate, a line of JSON each: [[QSslError, errorString()], ...]."""
import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PyQt5.QtCore import QCoreApplication  # noqa: E402
from PyQt5.QtNetwork import QSsl, QSslCertificate, QSslConfiguration, QSslError, QSslSocket  # noqa: E402

host, ca, *ports = sys.argv[1:]
application = QCoreApplication(sys.argv)
configuration = QSslConfiguration.defaultConfiguration()
configuration.setCaCertificates(QSslCertificate.fromPath(ca, QSsl.Pem))
QSslConfiguration.setDefaultConfiguration(configuration)
names = {int(v): k for k, v in vars(QSslError).items() if isinstance(v, QSslError.SslError)}
for port in ports:
    found = []
    socket = QSslSocket()
    socket.sslErrors.connect(lambda errors, found=found: found.extend([names[int(e.error())], e.errorString()] for e in errors))
    socket.connectToHostEncrypted(host, int(port))
    socket.waitForEncrypted(15000)
    socket.abort()
    print(json.dumps(found))
