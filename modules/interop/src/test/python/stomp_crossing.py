"""STOMP on one side, AMQP 0-9-1 and MQTT on the others, through one node. Each function is one test."""
import pika

from bridge import Device, properties
from serai_it import connect as amqp_connect, eventually, pump
from stomp_py import connect as stomp_connect, unique


def every_pair_with_properties():
    """A topic that all three read; each of them publishes, and all three get it with its properties."""
    level = unique("cross")
    c = amqp_connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(queue, "amq.topic", level + ".#")
    amqp = []
    ch.basic_consume(queue, lambda _, method, props, body: amqp.append((method, props, body)), auto_ack=True)
    device = Device()
    device.subscribe(level + "/#", qos=1)
    s, heard = stomp_connect()
    s.subscribe(f"/topic/{level}.#", 1, receipt="on")
    eventually(lambda: "on" in heard.receipts, what="subscription")

    def all_get(body):
        pump(c, lambda: amqp and device.received and heard.messages, what=f"{body} at all three")
        got = amqp[0], device.received[0], heard.messages[0]
        assert len(amqp) == len(device.received) == len(heard.messages) == 1
        assert (got[0][2], got[1].payload, got[2].body) == (body, body, body.decode())
        amqp.clear(), device.received.clear(), heard.messages.clear()
        assert got[0][0].routing_key == level + ".x.1", got[0][0]
        assert got[1].topic == level + "/x/1", got[1].topic
        assert got[2].headers["destination"] == f"/topic/{level}.x.1", got[2].headers
        for content_type in (got[0][1].content_type, got[1].properties.ContentType, got[2].headers["content-type"]):
            assert content_type == "text/plain", content_type
        assert got[0][1].correlation_id == "c-1" and got[1].properties.CorrelationData == b"c-1"
        assert got[2].headers["correlation-id"] == "c-1"
        assert got[0][1].headers["color"] == "red" and got[2].headers["color"] == "red"
        assert ("color", "red") in got[1].properties.UserProperty
        assert got[0][1].delivery_mode == 2 and got[1].qos == 1 and got[2].headers["persistent"] == "true"

    s.send(f"/topic/{level}.x.1", "from stomp", content_type="text/plain",
           headers={"correlation-id": "c-1", "color": "red", "persistent": "true"})
    all_get(b"from stomp")
    ch.basic_publish("amq.topic", level + ".x.1", b"from amqp", pika.BasicProperties(
        content_type="text/plain", correlation_id="c-1", headers={"color": "red"}, delivery_mode=2))
    all_get(b"from amqp")
    device.client.publish(level + "/x/1", b"from mqtt", qos=1, properties=properties(
        ContentType="text/plain", CorrelationData=b"c-1", UserProperty=[("color", "red")]))
    all_get(b"from mqtt")
    s.disconnect(), device.close(), c.close()


def a_stomp_client_calls_an_amqp_worker():
    queue = unique("rpc.stomp")
    c = amqp_connect()
    ch = c.channel()
    ch.queue_declare(queue, durable=True)

    def work(channel, method, props, body):
        channel.basic_publish("", props.reply_to, body.upper(), pika.BasicProperties(correlation_id=props.correlation_id))

    ch.basic_consume(queue, work, auto_ack=True)
    s, heard = stomp_connect()
    s.send("/queue/" + queue, "question", headers={"reply-to": "/temp-queue/mine", "correlation-id": "7"})
    pump(c, lambda: heard.messages, what="answer")
    assert heard.bodies() == ["QUESTION"] and heard.messages[0].headers["correlation-id"] == "7"
    ch.queue_delete(queue)
    s.disconnect(), c.close()


def an_mqtt_client_calls_a_stomp_worker():
    level = unique("call")
    s, heard = stomp_connect()
    s.subscribe(f"/topic/{level}.*", 1, receipt="on")
    eventually(lambda: "on" in heard.receipts, what="subscription")
    device = Device()
    device.subscribe(level + "/answers/7", qos=1)
    device.client.publish(level + "/q", b"question", qos=1, properties=properties(
        ResponseTopic=level + "/answers/7", CorrelationData=b"n1"))
    eventually(lambda: heard.messages, what="request")
    asked = heard.messages[0].headers
    assert asked["reply-to"] == f"/topic/{level}.answers.7", asked
    s.send(asked["reply-to"], "answer", headers={"correlation-id": asked["correlation-id"]})
    eventually(lambda: device.received, what="answer")
    assert device.received[0].payload == b"answer" and device.received[0].properties.CorrelationData == b"n1"
    s.disconnect(), device.close()


def typed_amqp_headers_become_text():
    c = amqp_connect()
    ch = c.channel()
    s, heard = stomp_connect()
    topic = unique("typed")
    s.subscribe("/topic/" + topic, 1, receipt="on")
    eventually(lambda: "on" in heard.receipts, what="subscription")
    ch.basic_publish("amq.topic", topic, b"x", pika.BasicProperties(
        message_id="m-1", reply_to="answers", priority=7, timestamp=1_700_000_000, expiration="60000",
        headers={"n": 5, "yes": True, "list": [1, "two"], "a:b\n": "c:d\\", "subscription": "mine"}))
    eventually(lambda: heard.messages, what="message")
    got = heard.messages[0].headers
    assert got["n"] == "5" and got["yes"] == "true" and got["list"] == '[1,"two"]', got
    assert got["serai-header-subscription"] == "mine" and got["subscription"] == "1", got
    assert got["amqp-message-id"] == "m-1" and got["reply-to"] == "/reply-queue/answers", got
    assert got["priority"] == "7" and got["timestamp"] == "1700000000" and got["expiration"] == "60000", got
    s.disconnect(), c.close()
