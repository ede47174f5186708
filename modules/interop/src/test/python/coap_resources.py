"""CoAP's resources as coap-client uses them, and the other protocols behind them. Each function is one test."""
import threading
import time

import pika

import coap
from bridge import Device, properties
from serai_it import PATIENCE, connect as amqp_connect, drain, eventually, pump
from stomp_py import connect as stomp_connect, unique


def a_topic_keeps_its_last_value():
    topic = "/ps/" + unique("value")
    assert coap.request("get", topic).code == "4.04"
    assert coap.request("put", topic, "21.5", arguments=["-t", "0"]).code == "2.01"
    assert coap.request("put", topic, "22.5", arguments=["-t", "0"]).code == "2.04"
    got = coap.request("get", topic)
    assert (got.code, got.payload, got.first("Content-Format")) == ("2.05", "22.5", "text/plain"), got
    tag = got.first("ETag")
    assert tag, got
    assert coap.request("get", topic, options=[(4, tag)]).code == "2.03", tag
    assert coap.request("get", topic, arguments=["-A", "50"]).code == "4.06"
    assert coap.request("put", topic, "x", options=[(5, "")]).code == "4.12"
    assert coap.request("delete", topic).code == "2.02"
    assert coap.request("get", topic).code == "4.04"


def mqtt_and_coap_share_last_values():
    level = unique("shared")
    device = Device()
    device.client.publish(level + "/kept", b"by mqtt", qos=1, retain=True,
                          properties=properties(ContentType="application/json", MessageExpiryInterval=10000))
    eventually(lambda: device.acks, what="PUBACK")
    got = coap.request("get", f"/ps/{level}/kept")
    assert (got.code, got.payload) == ("2.05", "by mqtt"), got
    assert got.first("Content-Format") == "application/json" and 9900 <= int(got.first("Max-Age")) <= 10000, got
    assert coap.request("put", f"/ps/{level}/mine", "by coap").code == "2.01"
    device.subscribe(level + "/mine", qos=1)
    eventually(lambda: device.received, what="retained message")
    assert (device.received[0].payload, device.received[0].retain) == (b"by coap", 1)
    device.close()


def an_observer_hears_of_every_protocol_and_of_the_end():
    level = unique("observed")
    observer = coap.Observer(f"/ps/{level}")
    c = amqp_connect()
    c.channel().basic_publish("amq.topic", level, b"by amqp")
    eventually(lambda: observer.notified(), what="notification")
    s, _ = stomp_connect()
    s.send("/topic/" + level, "by stomp")
    eventually(lambda: len(observer.notified()) == 2, what="notification")
    assert coap.request("put", f"/ps/{level}", "by coap").code == "2.01"
    eventually(lambda: len(observer.notified()) == 3, what="notification")
    assert [n.payload for n in observer.notified()] == ["by amqp", "by stomp", "by coap"]
    numbers = [int(n.first("Observe")) for n in observer.received]
    assert numbers == sorted(set(numbers)), numbers
    assert coap.request("delete", f"/ps/{level}").code == "2.02"
    eventually(lambda: len(observer.notified()) == 4, what="end")
    last = observer.notified()[3]
    assert last.code == "4.04" and last.first("Observe") is None, last
    observer.close(), s.disconnect(), c.close()


def all_brings_every_message():
    level = unique("all")
    observer = coap.Observer(f"/ps/{level}", all=1)
    c = amqp_connect()
    ch = c.channel()
    for n in range(200):
        ch.basic_publish("amq.topic", level, b"m%d" % n)
    eventually(lambda: len(observer.notified()) >= 200, what=lambda: f"{len(observer.notified())} of 200")
    assert [n.payload for n in observer.notified()] == [f"m{n}" for n in range(200)]
    observer.close(), c.close()


def a_queue_is_read_and_acknowledged():
    queue = unique("jobs")
    c = amqp_connect()
    ch = c.channel()
    ch.queue_declare(queue, durable=True)
    assert coap.request("get", f"/q/{queue}").code == "4.04"
    assert coap.request("post", f"/q/{queue}", "by coap").code == "2.04"
    ch.basic_publish("", queue, b"by amqp")
    one = coap.request("get", f"/q/{queue}")
    assert (one.code, one.payload) == ("2.05", "by coap"), one
    tag = one.all("Location-Path")
    assert tag[:2] == ["q", queue], one
    assert coap.request("delete", "/" + "/".join(tag)).code == "2.02"
    two = coap.request("get", f"/q/{queue}", wait=5)
    assert two.payload == "by amqp", two
    assert coap.request("delete", "/" + "/".join(two.all("Location-Path")), requeue=1).code == "2.02"
    [(method, _, body)] = drain(ch, queue, 1)
    assert body == b"by amqp" and method.redelivered
    assert ch.queue_declare(queue, passive=True).method.message_count == 0
    later = threading.Timer(1, lambda: coap.request("post", f"/q/{queue}", "late"))
    begun = time.monotonic()
    later.start()
    waited = coap.request("get", f"/q/{queue}", wait=20)
    assert waited.payload == "late" and time.monotonic() - begun > 0.9, waited
    later.join()
    assert coap.request("post", f"/q/{unique('none')}", "x").code == "4.04"
    ch.queue_delete(queue)
    c.close()


def an_exchange_is_published_to():
    name = unique("orders")
    c = amqp_connect()
    ch = c.channel()
    ch.exchange_declare(name, "direct")
    queue = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(queue, name, "eu")
    assert coap.request("post", f"/x/{name}", "x", key="eu").code == "2.04"
    [(method, _, body)] = drain(ch, queue, 1)
    assert (method.exchange, method.routing_key, body) == (name, "eu", b"x")
    assert coap.request("post", f"/x/{name}", "x", key="us", mandatory=1).code == "4.04"
    assert coap.request("post", f"/x/{unique('none')}", "x", key="eu").code == "4.04"
    ch.exchange_delete(name)
    c.close()


def an_amqp_worker_is_called():
    name = unique("upper")
    c = amqp_connect()
    ch = c.channel()
    ch.queue_declare("rpc." + name)

    def work(channel, method, props, body):
        assert props.reply_to and props.correlation_id
        channel.basic_publish("", props.reply_to, body.upper(), pika.BasicProperties(
            correlation_id=props.correlation_id, content_type="text/plain"))

    ch.basic_consume("rpc." + name, work, auto_ack=True)
    answers = []
    caller = threading.Thread(target=lambda: answers.append(coap.request("post", f"/rpc/{name}", "question")))
    caller.start()
    pump(c, lambda: answers, what="answer")
    caller.join()
    assert (answers[0].code, answers[0].payload) == ("2.04", "QUESTION"), answers
    ch.queue_delete("rpc." + name)
    c.close()


def a_stomp_worker_is_called():
    name = unique("lower")
    s, heard = stomp_connect()
    s.subscribe("/queue/rpc." + name, 1, receipt="on")
    eventually(lambda: "on" in heard.receipts, what="subscription")
    answers = []
    caller = threading.Thread(target=lambda: answers.append(coap.request("post", f"/rpc/{name}", "QUESTION")))
    caller.start()
    eventually(lambda: heard.messages, what="call")
    asked = heard.messages[0].headers
    s.send(asked["reply-to"], "question", headers={"correlation-id": asked["correlation-id"]})
    caller.join(PATIENCE)
    assert answers and (answers[0].code, answers[0].payload) == ("2.04", "question"), answers
    s.disconnect()


def a_call_without_answer_or_procedure_fails():
    name = unique("silent")
    c = amqp_connect()
    ch = c.channel()
    ch.queue_declare("rpc." + name)
    assert coap.request("post", f"/rpc/{name}", "x", timeout=1).code == "5.04"
    eventually(lambda: ch.queue_declare("rpc." + name, passive=True).method.message_count == 0, what="expiry of the call")
    assert coap.request("post", f"/rpc/{unique('none')}", "x").code == "4.04"
    ch.queue_delete("rpc." + name)
    c.close()


def the_collection_configures_topics():
    name = unique("room").encode()
    topic = b"\xa2\x00\x78" + bytes([len(name)]) + name + b"\x02\x6ccore.ps.data"
    created = coap.request("post", "/topics", arguments=["-t", "606", "-e", "".join(f"%{b:02x}" for b in topic)])
    assert created.code == "2.01" and created.all("Location-Path")[0] == "topics", created
    path = "/" + "/".join(created.all("Location-Path"))
    data = "/ps/" + name.decode()
    assert path in coap.request("get", "/topics").payload
    assert coap.request("get", path).first("Content-Format") in ("606", "application/core-pubsub+cbor")
    assert coap.request("get", data).code == "4.04"
    assert coap.request("put", data, "21").code == "2.01"
    assert coap.request("get", data).payload == "21"
    assert coap.request("delete", path).code == "2.02"
    assert coap.request("get", data).code == coap.request("get", path).code == "4.04"


def emqx_connection_mode():
    opened = coap.request("post", "/mqtt/connection", clientid="123", username="guest", password="guest")
    assert opened.code == "2.01" and opened.payload, opened
    login = {"clientid": "123", "token": opened.payload}
    topic = unique("emqx")
    device = Device()
    device.subscribe(topic)
    assert coap.request("post", "/ps/" + topic, "Hello, CoAP", **login, qos=1, retain="true").code == "2.04"
    eventually(lambda: device.received, what="message")
    assert device.received[0].payload == b"Hello, CoAP"
    assert coap.request("get", "/ps/" + topic, **login).payload == "Hello, CoAP"
    assert coap.request("put", "/mqtt/connection", **login).code == "2.04"
    assert coap.request("post", "/ps/" + topic, "x", clientid="123", token="wrong").code == "4.01"
    assert coap.request("delete", "/mqtt/connection", **login).code == "2.02"
    assert coap.request("post", "/ps/" + topic, "x", **login).code == "4.01"
    device.close()


def resources_are_discovered():
    core = coap.request("get", "/.well-known/core")
    assert core.code == "2.05" and "</topics>" in core.payload and "core.ps.coll" in core.payload, core
    assert coap.request("get", "/.well-known/core", rt="core.ps.coll").payload.startswith("</topics>")


def a_senml_pack_becomes_a_message_for_each_name():
    level = unique("senml")
    device = Device()
    device.subscribe(level + "/#")
    answer = coap.request("post", "/ps/" + level, '[{"bn":"dev1/","n":"temp","v":21.5},{"n":"hum","v":60}]',
                          arguments=["-t", "110"], split=1)
    assert answer.code == "2.04", answer
    eventually(lambda: len(device.received) == 2, what="messages")
    assert {m.topic: m.payload for m in device.received} == {
        level + "/dev1/temp": b'[{"n":"dev1/temp","v":21.5}]', level + "/dev1/hum": b'[{"n":"dev1/hum","v":60}]'}
    device.close()


def values_and_observers_over_tcp():
    level = unique("tcp")
    large = "0123456789" * 30_000
    observer = coap.Observer(f"/ps/{level}", tcp=True)
    every = coap.Observer(f"/ps/{level}/%23", tcp=True, all=1)
    assert coap.request("put", f"/ps/{level}", "over tcp", tcp=True).code == "2.01"
    assert coap.request("put", f"/ps/{level}", "over udp").code == "2.04"
    eventually(lambda: observer.notified() and observer.notified()[-1].payload == "over udp", what="newest state")
    eventually(lambda: len(every.notified()) == 2, what="every message")
    assert [n.payload for n in every.notified()] == ["over tcp", "over udp"]
    got = coap.request("get", f"/ps/{level}", tcp=True)
    assert (got.code, got.payload) == ("2.05", "over udp"), got
    c = amqp_connect()
    c.channel().basic_publish("amq.topic", level, large.encode())
    eventually(lambda: len(every.notified()) == 3, what="large message")
    assert large[:500] in every.notified()[2].payload, every.notified()[2]  # coap-client prints a part
    observer.close(), every.close(), c.close()


def keeps_a_value(topic):
    assert coap.request("put", "/ps/" + topic, "kept", arguments=["-t", "0"], options=[(65004, "h:color=red")]).code == "2.01"


def still_has_the_value(topic):
    got = coap.request("get", "/ps/" + topic)
    assert (got.code, got.payload, got.first("Content-Format")) == ("2.05", "kept", "text/plain"), got
    assert "h:color=red" in got.all("65004"), got
    assert coap.request("put", "/ps/" + topic, "newer").code == "2.04"
