"""STOMP over TLS as stomp.py speaks it. Each function is one test."""
import stomp
import stomp.exception

from serai_it import eventually
from stomp_py import VERSIONS, Heard, unique


def connection(version, port, server, certificate=None, key=None):
    at = [("localhost", int(port))]
    c = VERSIONS[version](at, vhost="/") if version != "1.0" else VERSIONS[version](at)
    c.set_ssl(at, ca_certs=server, cert_file=certificate, key_file=key)
    heard = Heard()
    c.set_listener("heard", heard)
    return c, heard


def every_version(port, server, *_):
    for version in VERSIONS:
        c, heard = connection(version, port, server)
        c.connect("guest", "guest", wait=True)
        queue = "/queue/" + unique("tls")
        c.subscribe(queue, 1)
        c.send(queue, "x" * 100_000, receipt="sent")
        eventually(lambda: heard.messages and heard.receipts, what="message and receipt")
        assert len(heard.messages[0].body) == 100_000
        c.disconnect("bye")
        eventually(lambda: "bye" in heard.receipts, what="receipt of DISCONNECT")


def a_certificate_is_a_login(port, server, certificate, key):
    c, heard = connection("1.2", port, server, certificate, key)
    c.connect(wait=True)
    queue = "/queue/" + unique("robots.")
    c.subscribe(queue, 1)
    c.send(queue, "mine", headers={"user-id": "robot"}, receipt="sent")
    eventually(lambda: heard.messages and heard.receipts, what="message and receipt")
    assert heard.messages[0].headers["user-id"] == "robot", heard.messages[0].headers
    c.subscribe("/queue/" + unique("others"), 2)
    eventually(lambda: heard.errors, what="error")
    assert heard.errors[0].headers["message"] == "access_refused", heard.errors[0]
    assert "user 'robot'" in heard.errors[0].body, heard.errors[0]


def neither_is_refused(port, server, *_):
    c, heard = connection("1.2", port, server)
    try:
        c.connect(wait=True)
    except stomp.exception.ConnectFailedException:
        pass
    eventually(lambda: heard.errors, what="error")
    assert "Access refused" in heard.errors[0].body, heard.errors[0]
    c, heard = connection("1.2", port, server)
    try:
        c.connect("robot", "wrong", wait=True)
    except stomp.exception.ConnectFailedException:
        pass
    eventually(lambda: heard.errors, what="error")
    assert "Access refused" in heard.errors[0].body, heard.errors[0]
