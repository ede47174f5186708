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


def answered(version, port, server, *login, certificate=None, key=None):
    """
    A connection that the node has answered, and what it heard.

    stomp.py reads and writes its TLS socket in two threads at once, against which Debian's Python does not guard: about
    one CONNECT in 300 never leaves, whatever the server, and the node closes after 10 s. Then it is tried again.
    """
    for _ in range(5):
        c, heard = connection(version, port, server, certificate, key)
        try:
            c.connect(*login, wait=True)
        except stomp.exception.ConnectFailedException:
            eventually(lambda: heard.errors or heard.gone, what="an error, or the end")
            if not heard.errors:
                continue
        return c, heard
    raise AssertionError("no CONNECT of five was answered")


def every_version(port, server, *_):
    for version in VERSIONS:
        c, heard = answered(version, port, server, "guest", "guest")
        queue = "/queue/" + unique("tls")
        c.subscribe(queue, 1)
        c.send(queue, "x" * 100_000, receipt="sent")
        eventually(lambda: heard.messages and heard.receipts, what="message and receipt")
        assert len(heard.messages[0].body) == 100_000
        c.disconnect("bye")
        eventually(lambda: "bye" in heard.receipts, what="receipt of DISCONNECT")


def a_certificate_is_a_login(port, server, certificate, key):
    c, heard = answered("1.2", port, server, certificate=certificate, key=key)
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
    for login in [(), ("robot", "wrong")]:
        _, heard = answered("1.2", port, server, *login)
        eventually(lambda: heard.errors, what="error")
        assert "Access refused" in heard.errors[0].body, heard.errors[0]
