# SPDX-License-Identifier: ISC
"""A Qt client: qt.py socket|manager stop|ignore HOST PORT [CA]. Qt collects the errors of a chain in OpenSSL's callback and
completes the handshake; then it ends the connection, unless the program says that it does not mind them."""
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PyQt5.QtCore import QCoreApplication, QTimer, QUrl  # noqa: E402
from PyQt5.QtNetwork import QNetworkAccessManager, QNetworkRequest, QSsl, QSslCertificate, QSslConfiguration, QSslSocket  # noqa: E402

kind, how, host, port, *ca = sys.argv[1:]
application = QCoreApplication(sys.argv)
QTimer.singleShot(20000, lambda: application.exit(3))
if ca:
    configuration = QSslConfiguration.defaultConfiguration()
    configuration.setCaCertificates(QSslCertificate.fromPath(ca[0], QSsl.Pem))
    QSslConfiguration.setDefaultConfiguration(configuration)


def over_a_socket():
    socket = QSslSocket()
    if how == "ignore":
        socket.sslErrors.connect(lambda errors: socket.ignoreSslErrors())
    socket.connectToHostEncrypted(host, int(port))
    if not socket.waitForEncrypted(15000):
        print("refused:", socket.errorString())
        return 1
    socket.write(b"GET / HTTP/1.0\r\nHost: " + host.encode() + b"\r\n\r\n")
    while socket.waitForReadyRead(5000):
        pass
    print(bytes(socket.readAll()).decode())
    return 0


def over_a_manager():
    manager = QNetworkAccessManager()
    if how == "ignore":
        manager.sslErrors.connect(lambda reply, errors: reply.ignoreSslErrors())
    reply = manager.get(QNetworkRequest(QUrl("https://%s:%s/" % (host, port))))
    reply.finished.connect(lambda: application.exit(reply.error() != 0))
    code = application.exec_()
    print("refused: " + reply.errorString() if code else bytes(reply.readAll()).decode())
    return code


status = over_a_socket() if kind == "socket" else over_a_manager()
sys.exit(status)
