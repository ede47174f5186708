"""STOMP as stomp.py speaks it. Each function is one test."""
import os
import socket
import time

import stomp

from serai_it import eventually, undisturbed

STOMP = int(os.environ["STOMP"])
VERSIONS = {"1.0": stomp.Connection10, "1.1": stomp.Connection11, "1.2": stomp.Connection12}


class Heard(stomp.ConnectionListener):
    """What a connection was told."""

    def __init__(self):
        self.messages, self.receipts, self.errors, self.gone = [], [], [], False

    def on_message(self, frame):
        self.messages.append(frame)

    def on_receipt(self, frame):
        self.receipts.append(frame.headers["receipt-id"])

    def on_error(self, frame):
        self.errors.append(frame)

    def on_disconnected(self):
        self.gone = True

    def bodies(self):
        return [m.body for m in self.messages]


def connect(version="1.2", login="guest", passcode="guest", **options):
    """A connection with stomp.py's default settings, and its record."""
    c = VERSIONS[version]([("localhost", STOMP)], **options)
    heard = Heard()
    c.set_listener("heard", heard)
    c.connect(login, passcode, wait=True)
    return c, heard


def unique(name):
    return f"{name}-{time.time_ns()}"


def every_version_round_trip():
    for version in VERSIONS:
        c, heard = connect(version)
        queue = "/queue/" + unique("py")
        c.subscribe(queue, 1)
        c.send(queue, "käse", content_type="text/plain", receipt="r1", headers={"foo": "bar", "persistent": "true"})
        eventually(lambda: heard.messages and heard.receipts, what="message and receipt")
        message = heard.messages[0]
        assert message.body == "käse", message.body
        assert message.headers["foo"] == "bar" and message.headers["content-type"] == "text/plain", message.headers
        assert message.headers["destination"] == queue and message.headers["persistent"] == "true", message.headers
        assert message.headers["redelivered"] == "false" and message.headers["content-length"] == "5", message.headers
        assert heard.receipts == ["r1"] and not heard.errors
        c.disconnect()


def a_binary_body_with_nul():
    c, heard = connect(auto_decode=False)
    c.subscribe("/topic/py.binary", 1)
    c.send("/topic/py.binary", bytes(range(256)))
    eventually(lambda: heard.messages, what="message")
    body = heard.messages[0].body
    assert (body if isinstance(body, bytes) else body.encode("utf-8", "surrogateescape")) == bytes(range(256)), body
    c.disconnect()


def acknowledgements():
    queue = "/queue/" + unique("py-ack")
    c, heard = connect()
    c.subscribe(queue, 1, ack="client-individual")
    for n in range(4):
        c.send(queue, str(n))
    eventually(lambda: len(heard.messages) == 4, what="four messages")
    ids = [m.headers["ack"] for m in heard.messages]
    c.ack(ids[0])
    c.nack(ids[1], requeue="false")
    c.nack(ids[2])
    eventually(lambda: len(heard.messages) == 5, what="the redelivery")
    assert heard.messages[4].body == "2" and heard.messages[4].headers["redelivered"] == "true"
    c.disconnect()
    # What was not acknowledged comes again, in its order; an ACK of the last one is for all of them.
    c, heard = connect("1.1")
    c.subscribe(queue, 1, ack="client")
    eventually(lambda: len(heard.messages) == 2, what="what was left")
    assert heard.bodies() == ["2", "3"], heard.bodies()
    c.ack(heard.messages[1].headers["message-id"], 1, receipt="acked")
    eventually(lambda: "acked" in heard.receipts, what="receipt")
    c.disconnect()
    c, heard = connect("1.0")
    c.subscribe(queue, 1)
    c.send(queue, "end")
    eventually(lambda: heard.messages, what="end")
    assert heard.bodies() == ["end"], heard.bodies()
    c.disconnect()


def prefetch_count():
    queue = "/queue/" + unique("py-prefetch")
    c, heard = connect()
    for n in range(5):
        c.send(queue, str(n))
    c.subscribe(queue, 1, ack="client-individual", headers={"prefetch-count": "2"})
    eventually(lambda: len(heard.messages) == 2, what="two messages")
    time.sleep(0.3)
    assert len(heard.messages) == 2
    c.ack(heard.messages[0].headers["ack"])
    eventually(lambda: len(heard.messages) == 3, what="the third")
    c.disconnect()


def transactions():
    queue = "/queue/" + unique("py-tx")
    c, heard = connect()
    c.subscribe(queue, 1)
    c.begin("a")
    c.send(queue, "aborted", transaction="a")
    c.abort("a")
    c.begin("b")
    for n in range(3):
        c.send(queue, str(n), transaction="b")
    c.send(queue, "outside", receipt="sent")
    eventually(lambda: "sent" in heard.receipts, what="receipt")
    eventually(lambda: heard.messages, what="the message outside")
    assert heard.bodies() == ["outside"], heard.bodies()
    c.commit("b", receipt="committed")
    eventually(lambda: len(heard.messages) == 4 and "committed" in heard.receipts, what="the commit")
    assert heard.bodies() == ["outside", "0", "1", "2"], heard.bodies()
    c.disconnect()


def durable_subscription():
    topic, name = "/topic/" + unique("py.durable"), unique("sub")
    durable = {"durable": "true", "auto-delete": "false"}
    c, heard = connect()
    c.subscribe(topic, name, headers=durable, receipt="on")
    eventually(lambda: "on" in heard.receipts, what="subscription")
    c.unsubscribe(name, receipt="off")
    eventually(lambda: "off" in heard.receipts, what="its end")
    c.send(topic, "while away", receipt="sent")
    eventually(lambda: "sent" in heard.receipts, what="receipt")
    c.disconnect()
    c, heard = connect()
    c.subscribe(topic, name, headers=durable)
    eventually(lambda: heard.messages, what="what came meanwhile")
    assert heard.bodies() == ["while away"]
    c.unsubscribe(name, headers={"durable": "true"}, receipt="gone")
    eventually(lambda: "gone" in heard.receipts, what="its end")
    c.send(topic, "lost")
    c.subscribe(topic, name, headers=durable, receipt="anew")
    eventually(lambda: "anew" in heard.receipts, what="a new subscription")
    c.send(topic, "kept")
    eventually(lambda: len(heard.messages) == 2, what="kept")
    assert heard.bodies() == ["while away", "kept"], heard.bodies()
    c.unsubscribe(name, headers={"durable": "true"})
    c.disconnect()


def request_and_reply():
    queue = "/queue/" + unique("py-rpc")
    server, asked = connect()
    server.subscribe(queue, 1)
    client, answered = connect()
    for n in range(2):
        client.send(queue, f"q{n}", headers={"reply-to": "/temp-queue/answers", "correlation-id": str(n)})
    eventually(lambda: len(asked.messages) == 2, what="requests")
    for m in asked.messages:
        assert m.headers["reply-to"].startswith("/reply-queue/"), m.headers
        server.send(m.headers["reply-to"], "a" + m.body, headers={"correlation-id": m.headers["correlation-id"]})
    eventually(lambda: len(answered.messages) == 2, what="answers")
    assert answered.bodies() == ["aq0", "aq1"]
    assert {m.headers["subscription"] for m in answered.messages} == {"/temp-queue/answers"}
    assert [m.headers["correlation-id"] for m in answered.messages] == ["0", "1"]
    client.disconnect(), server.disconnect()


def disconnect_leaves_nothing_behind():
    """With the receipt of DISCONNECT, unacknowledged messages are back, unconfirmed ones there and exclusive queues gone."""
    watching, seen = connect()
    for round in range(20):
        queue, mine = "/queue/" + unique("py-left"), "/queue/" + unique("py-mine")
        for n in range(10):
            watching.send(queue, str(n), receipt=f"{round}-{n}", headers={"persistent": "true"})
        eventually(lambda: f"{round}-9" in seen.receipts, what="receipts")
        c, heard = connect()
        c.subscribe(mine, 1, headers={"exclusive": "true"})
        c.subscribe(queue, 2, ack="client")
        eventually(lambda: len(heard.messages) == 10, what="ten messages")
        for n in range(10, 20):
            c.send(queue, str(n), headers={"persistent": "true"})
        c.disconnect(receipt="bye")
        eventually(lambda: "bye" in heard.receipts, what="the receipt of DISCONNECT")
        seen.messages.clear()
        watching.subscribe(queue, f"browser-{round}", headers={"browser": "true"})
        watching.subscribe(mine, f"mine-{round}", headers={"exclusive": "true"}, receipt=f"mine-{round}")
        eventually(lambda: f"mine-{round}" in seen.receipts or seen.errors, what="the exclusive queue for somebody else")
        assert not seen.errors, seen.errors
        eventually(lambda: any(m.headers.get("browser") == "end" for m in seen.messages), what="the browser's end")
        assert seen.bodies()[:-1] == [str(n) for n in range(20)], seen.bodies()
        watching.unsubscribe(f"browser-{round}")
        watching.unsubscribe(f"mine-{round}")
    watching.disconnect()


def heartbeats_keep_an_idle_connection():
    for _ in range(10):
        c, heard = connect(heartbeats=(1000, 1000))
        if undisturbed(4.5):
            assert c.is_connected() and not heard.gone
            c.disconnect()
            return
    raise AssertionError("the machine let nobody send heart-beats in time")


def errors_close_the_connection():
    for destination, message in (("/amq/queue/" + unique("none"), "not_found"), ("/stream/", "Unknown destination"),
                                 ("nowhere", "Unknown destination")):
        c, heard = connect()
        c.subscribe(destination, 1, receipt="r")
        eventually(lambda: heard.errors and heard.gone, what="error and end")
        assert heard.errors[0].headers["message"] == message, heard.errors[0]
        assert heard.errors[0].headers["receipt-id"] == "r", heard.errors[0]


def wrong_password_and_vhost():
    for options in ({"passcode": "wrong"}, {"vhost": "nowhere"}):
        try:
            connect(**options)
        except stomp.exception.ConnectFailedException:
            continue
        raise AssertionError(f"connected with {options}")


def queue_arguments():
    queue = "/queue/" + unique("py-args")
    c, heard = connect()
    arguments = {"x-max-length": "2", "x-overflow": "drop-head"}
    for n in range(5):
        c.send(queue, str(n), headers=arguments, receipt=f"r{n}")
    eventually(lambda: len(heard.receipts) == 5, what="receipts")
    c.subscribe(queue, 1, headers=arguments)
    eventually(lambda: len(heard.messages) == 2, what="what the queue holds")
    assert heard.bodies() == ["3", "4"], heard.bodies()
    c.subscribe(queue, 2, headers={"x-max-length": "3"})
    eventually(lambda: heard.errors, what="error")
    assert heard.errors[0].headers["message"] == "precondition_failed", heard.errors[0]


def a_refused_message_is_an_error():
    queue = "/queue/" + unique("py-full")
    c, heard = connect()
    arguments = {"x-max-length": "1", "x-overflow": "reject-publish", "on-error": "keep"}
    c.send(queue, "one", headers=arguments, receipt="r1")
    c.send(queue, "two", headers=arguments, receipt="r2")
    eventually(lambda: heard.receipts and heard.errors, what="receipt and error")
    assert heard.receipts == ["r1"], heard.receipts
    assert heard.errors[0].headers["message"] == "Message refused", heard.errors[0]
    assert heard.errors[0].headers["receipt-id"] == "r2" and not heard.gone, heard.errors[0]
    c.disconnect()


def a_silent_client_is_dropped():
    with socket.create_connection(("127.0.0.1", STOMP)) as s:
        s.settimeout(60)
        s.sendall(b"CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:guest\nheart-beat:1000,0\n\n\0")
        data = b""
        while chunk := s.recv(4096):
            data += chunk
        assert b"\nmessage:Heart-beat timeout\n" in data, data


def selectors_on_topics():
    topic, exchange = "/topic/" + unique("sel"), "/exchange/amq.direct/" + unique("sel")
    name = unique("durable")
    c, heard = connect()
    c.subscribe(topic, "red", headers={"selector": "color = 'red'"}, receipt="s1")
    c.subscribe(exchange, "big", headers={"selector": "size IN ('18', '27')"}, receipt="s2")
    c.subscribe(topic, name, ack="client", headers={"selector": "color <> 'red'", "durable": "true", "auto-delete": "false"}, receipt="s3")
    eventually(lambda: len(heard.receipts) == 3, what="receipts")
    c.unsubscribe(name, receipt="gone")
    eventually(lambda: "gone" in heard.receipts, what="receipt")
    for n, color in enumerate(("red", "blue", "red", "green")):
        c.send(topic, color + str(n), headers={"color": color})
        c.send(exchange, "size" + str(n), headers={"size": str(n * 9)})
    eventually(lambda: len(heard.messages) == 4, what="what is selected")
    assert sorted(heard.bodies()) == ["red0", "red2", "size2", "size3"], heard.bodies()
    heard.messages.clear()
    c.subscribe(topic, name, headers={"selector": "color <> 'red'", "durable": "true", "auto-delete": "false"})
    eventually(lambda: len(heard.messages) == 2, what="what was selected meanwhile")
    assert heard.bodies() == ["blue1", "green3"], heard.bodies()
    c.unsubscribe(name, headers={"durable": "true"}, receipt="deleted")
    eventually(lambda: "deleted" in heard.receipts, what="receipt")
    c.subscribe(topic, "bad", headers={"selector": "color = "})
    eventually(lambda: heard.errors, what="error")
    assert heard.errors[0].headers["message"] == "precondition_failed", heard.errors[0]


def selectors_and_browsers():
    queue = "/queue/" + unique("py-view")
    c, heard = connect()
    for n, color in enumerate(("red", "blue", "red", "green")):
        c.send(queue, str(n), headers={"color": color}, receipt=f"r{n}")
    eventually(lambda: len(heard.receipts) == 4, what="receipts")
    c.subscribe(queue, "look", headers={"browser": "true", "selector": "color <> 'green'"})
    eventually(lambda: heard.messages and heard.messages[-1].headers.get("browser") == "end", what="the browser's end")
    assert heard.bodies() == ["0", "1", "2", ""], heard.bodies()
    c.unsubscribe("look", receipt="looked")
    eventually(lambda: "looked" in heard.receipts, what="receipt")
    heard.messages.clear()
    c.subscribe(queue, "red", ack="client-individual", headers={"selector": "color = 'red'"})
    eventually(lambda: len(heard.messages) == 2, what="the red ones")
    assert heard.bodies() == ["0", "2"], heard.bodies()
    for m in heard.messages:
        c.ack(m.headers["ack"])
    c.subscribe(queue, "rest")
    eventually(lambda: len(heard.messages) == 4, what="the rest")
    assert heard.bodies() == ["0", "2", "1", "3"], heard.bodies()
    c.subscribe(queue, "bad", headers={"selector": "color = "})
    eventually(lambda: heard.errors, what="error")
    assert heard.errors[0].headers["message"] == "precondition_failed", heard.errors[0]


def a_stream_is_replayed():
    c, heard = connect()
    stream = "/stream/" + unique("py")
    for n in range(20):
        c.send(stream, f"m{n}", receipt=f"r{n}", headers={"x-stream-filter-value": "even" if n % 2 == 0 else "odd"})
    eventually(lambda: len(heard.receipts) == 20, what="receipts")

    def replay(count, **headers):
        reader, got = connect()
        reader.subscribe(stream, 1, headers=headers, **({"ack": "client-individual"} if "prefetch-count" in headers else {}))
        eventually(lambda: len(got.messages) == count, what=lambda: f"{count} messages, have {got.bodies()}")
        if "prefetch-count" in headers:
            time.sleep(0.1)
            assert len(got.messages) == count, got.bodies()
            for message in list(got.messages):
                reader.ack(message.headers["ack"])
            eventually(lambda: len(got.messages) == 2 * count, what="more after acknowledgements")
        reader.disconnect()
        return got

    everything = replay(20, **{"x-stream-offset": "first"})
    assert everything.bodies() == [f"m{n}" for n in range(20)], everything.bodies()
    assert [m.headers["x-stream-offset"] for m in everything.messages] == [str(n) for n in range(20)]
    assert replay(5, **{"x-stream-offset": "offset=15"}).bodies() == [f"m{n}" for n in range(15, 20)]
    assert replay(10, **{"x-stream-offset": "1h", "x-stream-filter": "odd"}).bodies() == [f"m{n}" for n in range(1, 20, 2)]
    assert replay(3, **{"x-stream-offset": "first", "prefetch-count": "3"}).bodies() == [f"m{n}" for n in range(6)]
    live, got = connect()
    live.subscribe(stream, 1, receipt="s")
    eventually(lambda: got.receipts, what="receipt of SUBSCRIBE")
    c.send(stream, "live")
    eventually(lambda: got.bodies() == ["live"], what="the live message")
    live.disconnect()
    c.disconnect()
