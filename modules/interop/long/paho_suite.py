"""Runs one file of Eclipse paho.mqtt.testing's client tests against a broker.

  paho_suite.py FOLDER MODULE HOST PORT

FOLDER is `interoperability` of that repository, MODULE client_test (MQTT 3.1.1) or client_test5
(MQTT 5.0). The files read host, port and topics from globals that only their own command line sets.
"""

import importlib
import socket
import sys
import time
import unittest

TOPICS = ("TopicA", "TopicA/B", "Topic/C", "TopicA/C", "/TopicA")
WILD = ("TopicA/+", "+/C", "#", "/#", "/+", "+/+", "TopicA/#")


# Two tests publish on one connection 0.2 ms after another one sent SUBSCRIBE, and expect to be heard.
# A virtual machine that has just started needs longer than that for anything.
WARM_UP_SECONDS = 5


def warm_up(host, port):
    """Has clients connect, subscribe and publish, so that the broker is as it is after a minute of use."""

    def text(of):
        return len(of).to_bytes(2, "big") + of

    def packet(first, body):
        return bytes([first, len(body)]) + body

    def connect(client_id):
        client = socket.create_connection((host, port), timeout=5)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(packet(0x10, text(b"MQTT") + bytes([5, 2, 0, 0, 0]) + text(client_id)))
        client.recv(1024)
        return client

    until = time.monotonic() + WARM_UP_SECONDS
    while time.monotonic() < until:
        publisher, subscriber = connect(b"warm-a"), connect(b"warm-b")
        subscriber.sendall(packet(0x82, b"\0\1\0" + text(b"warm") + b"\6"))
        subscriber.recv(1024)
        publisher.sendall(packet(0x32, text(b"warm") + b"\0\2\0x"))
        subscriber.recv(1024)
        for client in (publisher, subscriber):
            client.sendall(b"\xe0\0")
            client.close()


def main(folder, module, host, port):
    sys.path.insert(0, folder)
    suite = importlib.import_module(module)
    prefix = module + "/"
    settings = {
        "host": host,
        "port": int(port),
        "topic_prefix": prefix,
        "topics": [prefix + topic for topic in TOPICS],
        "wildtopics": [prefix + topic for topic in WILD],
        "nosubscribe_topics": ("test/nosubscribe",),
    }
    vars(suite).update(settings)
    if hasattr(suite, "setData"):
        suite.setData = lambda: vars(suite).update(settings)
    warm_up(host, int(port))
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromModule(suite))
    failed = len(result.failures) + len(result.errors)
    print(f"{module}: {result.testsRun - failed} passed, {failed} failed")
    return 0 if result.testsRun and not failed else 1


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
