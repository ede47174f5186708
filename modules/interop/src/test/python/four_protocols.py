"""An MQTT device, a STOMP web page, a CoAP observer and an AMQP consumer on one topic."""
import json
import os
import subprocess
import threading

import pika

import coap
from bridge import Device, properties
from serai_it import PATIENCE, connect as amqp_connect, eventually, pump
from stomp_py import unique

NODE_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "node")


class Page:
    """A web page (node/page.js) and what it was told."""

    def __init__(self):
        self.said = []
        self.process = subprocess.Popen(["node", "page.js"], cwd=NODE_FOLDER, text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self._read, daemon=True).start()
        self.waits_for("connected")

    def _read(self):
        for line in self.process.stdout:
            self.said.append(json.loads(line))

    def waits_for(self, what):
        eventually(lambda: any(what in one for one in self.said), what=lambda: f"{what} of the page: {self.said}")

    def does(self, what, answer, **command):
        self.said.clear()
        self.process.stdin.write(json.dumps({what: command["value"]}) + "\n")
        self.waits_for(answer)

    def messages(self):
        return [one["message"] for one in self.said if "message" in one]

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)


def each_publishes_to_the_other_three():
    """Whoever publishes, all four get the message once, with its topic and properties."""
    level = unique("four")
    c = amqp_connect()
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    ch.queue_bind(queue, "amq.topic", level + ".#")
    amqp = []
    ch.basic_consume(queue, lambda _, method, props, body: amqp.append((method, props, body)), auto_ack=True)
    device = Device()
    device.subscribe(level + "/#", qos=1)
    page = Page()
    page.does("subscribe", "subscribed", value=f"/topic/{level}.#")
    observer = coap.Observer(f"/ps/{level}/%23")
    assert observer.received[0].code == "2.05" and observer.received[0].payload == "", observer.received

    def all_get(body, content_type="text/plain"):
        pump(c, lambda: amqp and device.received and page.messages() and observer.notified(),
             what=f"{body} at all four")
        assert len(amqp) == len(device.received) == len(page.messages()) == len(observer.notified()) == 1
        (method, props, amqp_body), mqtt = amqp[0], device.received[0]
        stomp, notified = page.messages()[0], observer.notified()[0]
        assert (amqp_body.decode(), mqtt.payload.decode(), stomp["body"], notified.payload) == (body,) * 4
        assert method.routing_key == level + ".x.1", method
        assert mqtt.topic == level + "/x/1", mqtt.topic
        assert stomp["headers"]["destination"] == f"/topic/{level}.x.1", stomp
        assert notified.all("65000") == [level + "/x/1"], notified
        assert props.content_type == mqtt.properties.ContentType == stomp["headers"]["content-type"] == content_type
        assert notified.first("Content-Format") == "text/plain", notified
        assert props.correlation_id == stomp["headers"]["correlation-id"] == "c-1"
        assert mqtt.properties.CorrelationData == b"c-1"
        assert "correlation-id=c-1" in notified.all("65004"), notified
        assert props.headers["color"] == stomp["headers"]["color"] == "red"
        assert ("color", "red") in mqtt.properties.UserProperty
        assert "h:color=red" in notified.all("65004"), notified
        assert props.delivery_mode == 2 and mqtt.qos == 1 and stomp["headers"]["persistent"] == "true"
        assert notified.type == "CON", notified
        amqp.clear(), device.received.clear(), page.said.clear()
        del observer.received[1:]

    device.client.publish(level + "/x/1", b"from mqtt", qos=1, properties=properties(
        ContentType="text/plain", CorrelationData=b"c-1", UserProperty=[("color", "red")]))
    all_get("from mqtt")
    page.process.stdin.write(json.dumps({"publish": {
        "destination": f"/topic/{level}.x.1", "body": "from stomp",
        "headers": {"content-type": "text/plain", "correlation-id": "c-1", "color": "red", "persistent": "true"}}}) + "\n")
    all_get("from stomp")
    ch.basic_publish("amq.topic", level + ".x.1", b"from amqp", pika.BasicProperties(
        content_type="text/plain", correlation_id="c-1", headers={"color": "red"}, delivery_mode=2))
    all_get("from amqp")
    answer = coap.request("post", f"/ps/{level}/x/1", "from coap", arguments=["-t", "0"],
                          options=[(65004, "correlation-id=c-1"), (65004, "h:color=red")])
    assert answer.code == "2.04", answer
    all_get("from coap", "text/plain;charset=utf-8")
    observer.close(), page.close(), device.close(), c.close()
