# SPDX-License-Identifier: ISC
"""client.py HOW HOST PORT SECONDS: Python's usual ways to TLS, each as its own documentation shows it. The CA comes by SSL_CERT_FILE."""
import os
import socket
import ssl
import sys

how, host, port, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
url = "https://%s:%d/" % (host, port)
socket.setdefaulttimeout(seconds)


def urllib():
    import urllib.request

    urllib.request.urlopen(url, timeout=seconds).read()


def urllib_unverified():
    import urllib.request

    urllib.request.urlopen(url, timeout=seconds, context=ssl._create_unverified_context()).read()


def http_client():
    import http.client

    c = http.client.HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
    c.request("GET", "/")
    c.getresponse().read()


def no_name():
    context = ssl.create_default_context()
    context.check_hostname = False
    import http.client

    c = http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
    c.request("GET", "/")
    c.getresponse().read()


def pinned_1_2():
    import http.client

    context = ssl.create_default_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    c = http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
    c.request("GET", "/")
    c.getresponse().read()


def crl():
    import http.client

    context = ssl.create_default_context()
    context.load_verify_locations(sys.argv[5])
    context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
    c = http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
    c.request("GET", "/")
    c.getresponse().read()


def requests():
    import requests

    requests.get(url, timeout=seconds, verify=os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"))


def requests_unverified():
    import warnings

    import requests

    warnings.simplefilter("ignore")
    requests.get(url, timeout=seconds, verify=False)


def urllib3():
    import urllib3

    urllib3.PoolManager(retries=False, timeout=seconds, ca_certs=os.environ.get("SSL_CERT_FILE")).request("GET", url)


def aiohttp():
    import asyncio

    import aiohttp

    async def get():
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session:
            async with session.get(url) as answer:
                await answer.read()

    asyncio.run(get())


def asyncio():
    import asyncio

    async def get():
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port, ssl=ssl.create_default_context()), seconds)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        await reader.read()
        writer.close()
        await writer.wait_closed()

    asyncio.run(get())


def starttls():
    """After a dialogue in plain text on the same socket, which OpenSSL does not see either."""
    import asyncio

    async def talk():
        reader, writer = await asyncio.open_connection(host, port)
        await reader.readline()
        writer.write(b"EHLO client.test\r\n")
        while (await reader.readline())[3:4] == b"-":
            pass
        writer.write(b"STARTTLS\r\n")
        await reader.readline()
        await writer.start_tls(ssl.create_default_context(), server_hostname=host)
        writer.write(b"QUIT\r\n")
        await reader.readline()
        writer.close()
        await writer.wait_closed()

    asyncio.run(asyncio.wait_for(talk(), seconds))


def tornado():
    from tornado import ioloop, simple_httpclient

    async def get():
        await simple_httpclient.SimpleAsyncHTTPClient().fetch(url, connect_timeout=seconds, request_timeout=seconds)

    ioloop.IOLoop.current().run_sync(get)


def twisted():
    from twisted.internet import reactor
    from twisted.web.client import Agent, readBody

    status = []
    done = Agent(reactor, connectTimeout=seconds).request(b"GET", url.encode()).addCallback(readBody)
    done.addErrback(lambda f: status.append(f))
    done.addBoth(lambda _: reactor.stop())
    reactor.callLater(seconds, lambda: reactor.running and reactor.stop())
    reactor.run()
    if status:
        sys.exit(str(status[0].value))


def pyopenssl():
    from OpenSSL import SSL

    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_default_verify_paths()
    context.set_verify(SSL.VERIFY_PEER, lambda connection, certificate, number, depth, good: good)
    c = SSL.Connection(context, socket.create_connection((host, port)))
    c._socket.settimeout(None)
    c.set_tlsext_host_name(host.encode())
    c.set_connect_state()
    c.do_handshake()
    c.sendall(b"GET / HTTP/1.0\r\n\r\n")
    c.recv(100)
    c.shutdown()


def smtplib():
    import smtplib

    with smtplib.SMTP(host, port, timeout=seconds) as s:
        s.starttls(context=ssl.create_default_context())
        s.noop()


def smtplib_unverified():
    import smtplib

    with smtplib.SMTP(host, port, timeout=seconds) as s:
        s.starttls()
        s.noop()


def smtps():
    import smtplib

    with smtplib.SMTP_SSL(host, port, timeout=seconds, context=ssl.create_default_context()) as s:
        s.noop()


def imaplib():
    import imaplib

    with imaplib.IMAP4(host, port, timeout=seconds) as s:
        s.starttls(ssl.create_default_context())
        s.noop()


def poplib():
    import poplib

    s = poplib.POP3(host, port, timeout=seconds)
    s.stls(ssl.create_default_context())
    s.noop()
    s.quit()


def ftplib():
    import ftplib

    s = ftplib.FTP_TLS(timeout=seconds, context=ssl.create_default_context())
    s.connect(host, port)
    s.login()
    s.quit()


def nntplib():
    import warnings

    warnings.simplefilter("ignore")
    import nntplib

    with nntplib.NNTP_SSL(host, port, timeout=seconds, ssl_context=ssl.create_default_context()):
        pass


def psycopg2():
    import psycopg2

    ca = os.environ.pop("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    c = psycopg2.connect(host=host, port=port, user="u", dbname="d", sslmode="verify-full", sslrootcert=ca, connect_timeout=int(seconds))
    c.close()


def mysqldb():
    import MySQLdb

    MySQLdb.connect(host=host, port=port, user="u", connect_timeout=int(seconds), ssl={"ca": os.environ["SSL_CERT_FILE"]}).close()


def pymysql():
    import pymysql

    pymysql.connect(host=host, port=port, user="u", connect_timeout=int(seconds), ssl=ssl.create_default_context()).close()


def ldap3(starttls=True):
    import ldap3

    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"))
    server = ldap3.Server(host, port, use_ssl=not starttls, tls=tls, connect_timeout=int(seconds), get_info=ldap3.NONE)
    c = ldap3.Connection(server, receive_timeout=int(seconds))
    c.open()
    if starttls:
        c.start_tls()
    c.bind()
    c.unbind()


def ldap3s():
    ldap3(False)


def paho():
    import paho.mqtt.client as mqtt

    # or it connects again for ever
    c = mqtt.Client(reconnect_on_failure=False)
    c.tls_set()
    c.on_connect = lambda *_: c.disconnect()
    c.connect(host, port)
    if c.loop_forever(seconds) != mqtt.MQTT_ERR_SUCCESS:
        sys.exit("the connection was lost")


def redis():
    import redis

    ca = os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    redis.Redis(host, port, ssl=True, ssl_ca_certs=ca, ssl_check_hostname=True, socket_timeout=seconds).ping()


def websockets():
    import asyncio

    import websockets

    async def connect():
        async with websockets.connect("wss" + url[5:], open_timeout=seconds):
            pass

    asyncio.run(connect())


def trio():
    import trio

    async def get():
        with trio.fail_after(seconds):
            stream = await trio.open_ssl_over_tcp_stream(host, port, https_compatible=True)
            await stream.send_all(b"GET / HTTP/1.0\r\n\r\n")
            await stream.receive_some(100)
            await stream.aclose()

    trio.run(get)


def httpx():
    """Over asyncio, as the frameworks that use it do."""
    import asyncio

    import httpx

    async def get():
        async with httpx.AsyncClient(timeout=seconds) as client:
            await client.get(url)

    asyncio.run(get())


def uvloop():
    """asyncio's protocols over libuv."""
    import uvloop

    uvloop.install()
    asyncio()


def gevent():
    from gevent import monkey

    monkey.patch_all()
    urllib()


def eventlet():
    import eventlet

    eventlet.monkey_patch()
    urllib()


def websocket():
    import websocket

    websocket.create_connection("wss" + url[5:], timeout=seconds)


def m2crypto():
    from M2Crypto import SSL

    context = SSL.Context("tls")
    context.set_verify(SSL.verify_peer | SSL.verify_fail_if_no_peer_cert, 9)
    context.load_verify_locations(os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"))
    c = SSL.Connection(context)
    c.set_tlsext_host_name(host)
    c.set_socket_read_timeout(SSL.timeout(int(seconds)))
    c.connect((host, port))
    c.send(b"GET / HTTP/1.0\r\n\r\n")
    c.read(100)
    c.close()


def aiosmtplib():
    import asyncio

    import aiosmtplib

    async def talk():
        async with aiosmtplib.SMTP(hostname=host, port=port, timeout=seconds, start_tls=True) as s:
            await s.noop()

    asyncio.run(talk())


def asyncpg():
    import asyncio

    import asyncpg

    ca = os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    context = ssl.create_default_context(cafile=ca)

    async def connect():
        c = await asyncpg.connect(host=host, port=port, user="u", database="d", ssl=context, timeout=seconds)
        await c.close()

    asyncio.run(connect())


def pika():
    import pika

    options = pika.SSLOptions(ssl.create_default_context(), host)
    given = pika.ConnectionParameters(host, port, ssl_options=options, connection_attempts=1, socket_timeout=seconds, stack_timeout=seconds)
    pika.BlockingConnection(given).close()


def pymongo():
    import pymongo

    ca = os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    wait = int(seconds * 1000)
    c = pymongo.MongoClient(host, port, tls=True, tlsCAFile=ca, serverSelectionTimeoutMS=wait, connectTimeoutMS=wait, socketTimeoutMS=wait)
    c.admin.command("ping")
    c.close()


def proton():
    from proton import SSLDomain
    from proton.utils import BlockingConnection

    domain = SSLDomain(SSLDomain.MODE_CLIENT)
    domain.set_trusted_ca_db(os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"))
    domain.set_peer_authentication(SSLDomain.VERIFY_PEER_NAME)
    BlockingConnection("amqps://%s:%d" % (host, port), ssl_domain=domain, timeout=seconds).close()


def slow():
    """Non-blocking, one readiness at a time."""
    import select

    s = socket.create_connection((host, port))
    s.setblocking(False)
    tls = ssl.create_default_context().wrap_socket(s, server_hostname=host, do_handshake_on_connect=False)

    def until(call):
        while True:
            try:
                return call()
            except ssl.SSLWantReadError:
                ready = select.select([tls], [], [], seconds)[0]
            except ssl.SSLWantWriteError:
                ready = select.select([], [tls], [], seconds)[1]
            if not ready:
                sys.exit("no answer")

    until(tls.do_handshake)
    until(lambda: tls.send(b"GET / HTTP/1.0\r\n\r\n"))
    until(lambda: tls.recv(100))
    until(tls.unwrap)


def short():
    """Two bytes, then it reads."""
    with ssl.create_default_context().wrap_socket(socket.create_connection((host, port)), server_hostname=host) as tls:
        tls.sendall(b"hi")
        tls.recv(100)


try:
    globals()[how]()
except Exception as e:
    sys.exit("%s: %s" % (type(e).__name__, e))
