"""kombu as applications use it without Celery. Each function is one test."""
import socket
import time
from queue import Empty

from kombu import Connection, Consumer, Exchange, Producer, Queue
from kombu.common import Broadcast
from kombu.mixins import ConsumerProducerMixin
from kombu.pools import connections, producers

from serai_it import AMQP, PATIENCE, eventually, undisturbed

URL = f"amqp://guest:guest@127.0.0.1:{AMQP}//"


def connect(**options):
    return Connection(URL, **options)


def drain(connection, condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not met within {seconds} s"
        try:
            connection.drain_events(timeout=0.2)
        except socket.timeout:
            pass


def simple_queue():
    with connect() as connection:
        queue = connection.SimpleQueue("kombu-simple")
        queue.clear()
        for i in range(3):
            queue.put({"job": i}, serializer="json", compression="zlib" if i == 1 else None)
        eventually(lambda: queue.qsize() == 3, what="three messages")
        first = queue.get(timeout=PATIENCE)
        assert first.payload == {"job": 0}
        first.ack()
        second = queue.get(block=True, timeout=PATIENCE)
        second.reject()
        third = queue.get(timeout=PATIENCE)
        third.requeue()
        again = queue.get(timeout=PATIENCE)
        assert again.payload == {"job": 2} and again.delivery_info["redelivered"]
        again.ack()
        try:
            queue.get(timeout=0.3)
            raise AssertionError("the queue is empty")
        except Empty:
            pass
        try:
            queue.get_nowait()
            raise AssertionError("the queue is empty")
        except Empty:
            pass
        queue.put("left over")
        queue.get(timeout=PATIENCE)  # not acknowledged: it comes back when the connection closes
    with connect() as connection:
        queue = connection.SimpleQueue("kombu-simple")
        message = queue.get(timeout=PATIENCE)
        assert message.payload == "left over" and message.delivery_info["redelivered"]
        message.ack()
        assert queue.clear() == 0
        queue.close()
        queue.queue.delete()

        buffer = connection.SimpleBuffer("kombu-buffer")  # transient, not acknowledged
        buffer.put([1, 2])
        assert buffer.get(timeout=PATIENCE).payload == [1, 2]
        buffer.close()


def queue_arguments_and_exchanges():
    events = Exchange("kombu-events", type="topic", durable=False, auto_delete=True)
    errors = Queue("kombu-errors", events, routing_key="#.error", exclusive=True)
    some = Queue("kombu-some", events, routing_key="shop.*", auto_delete=True, durable=False)
    bounded = Queue("kombu-bounded", events, routing_key="bounded", durable=False, expires=60.0,
                    message_ttl=30.0, max_length=3, max_priority=5)
    got = []
    with connect() as connection, connection.channel() as channel:
        with Consumer(channel, [errors, some], accept=["json"], prefetch_count=10,
                      callbacks=[lambda body, message: (got.append(
                          (message.delivery_info["routing_key"], body)), message.ack())]):
            producer = Producer(channel, exchange=events)
            for key in ("shop.error", "shop.sale", "bar.error", "bar.sale"):
                producer.publish({"from": key}, routing_key=key, priority=3)
            drain(connection, lambda: len(got) == 4)
        assert sorted(key for key, _ in got) == ["bar.error", "shop.error", "shop.error", "shop.sale"]
        try:  # an exclusive queue of kombu goes with its consumer
            connection.channel().queue_declare("kombu-errors", passive=True)
            raise AssertionError("the queue is still there")
        except connection.channel_errors as e:
            assert e.reply_code == 404, e

        queue = bounded(channel)
        queue.declare()
        for priority in (0, 1, 5, 3):  # for the fourth the next to be delivered goes
            producer.publish(priority, routing_key="bounded", priority=priority)
        left = [queue.get(no_ack=True) for _ in range(4)]
        left = [message and message.payload for message in left]
        assert left == [3, 1, 0, None], left
        queue.delete()


def broadcast():
    """Broadcast gives every reader a queue of its own behind one fanout exchange."""
    got = []
    with connect() as connection:
        readers = []
        for i in range(3):
            channel = connection.channel()
            reader = Consumer(channel, [Broadcast("kombu-news")], no_ack=True,
                              callbacks=[lambda body, _, i=i: got.append((i, body))])
            reader.consume()
            readers.append(reader)
        Producer(connection.channel(), exchange=Exchange("kombu-news", "fanout")).publish("hello")
        drain(connection, lambda: len(got) == 3)
        assert sorted(got) == [(i, "hello") for i in range(3)], got


def confirmed_and_returned():
    with connect(transport_options={"confirm_publish": True}) as connection:
        returned = []
        producer = Producer(connection.channel(), on_return=lambda *what: returned.append(what))
        queue = Queue("kombu-confirmed", Exchange(""), "kombu-confirmed", durable=True)
        producer.publish("kept", routing_key="kombu-confirmed", declare=[queue], retry=True,
                         delivery_mode=2, mandatory=True)
        bound = queue(connection.default_channel)
        assert bound.queue_declare(passive=True).message_count == 1 and not returned
        producer.publish("nowhere", routing_key="kombu-nowhere", mandatory=True)
        drain(connection, lambda: returned)
        (error, exchange, key, message), = returned
        assert error.reply_code == 312 and (exchange, key) == ("", "kombu-nowhere"), returned
        assert bound.purge() == 1
        bound.delete()


def request_and_reply_with_pools():
    """The shape of nameko and other RPC libraries: a service, and a client with a reply queue."""
    rpc = Queue("kombu-rpc", Exchange("kombu-rpc", "direct"), routing_key="double")

    class Service(ConsumerProducerMixin):
        def __init__(self, connection):
            self.connection = connection

        def get_consumers(self, Consumer, channel):
            return [Consumer([rpc], callbacks=[self.on_request], accept=["json"], prefetch_count=1)]

        def on_request(self, body, message):
            self.producer.publish(body * 2, exchange="", routing_key=message.properties["reply_to"],
                                  correlation_id=message.properties["correlation_id"])
            message.ack()
            if body == 4:
                self.should_stop = True

    with connect() as connection:
        pool = connections[connection]
        with pool.acquire(block=True) as client, client.channel() as channel:
            replies, answers = Queue("", exclusive=True, auto_delete=True, durable=False), {}

            def on_reply(body, message):
                answers[message.properties["correlation_id"]] = body
            bound = replies(channel)
            bound.queue_declare()
            rpc(channel).declare()
            with Consumer(channel, [bound], callbacks=[on_reply], no_ack=True, auto_declare=False):
                with producers[connection].acquire(block=True) as producer:
                    for i in range(5):
                        producer.publish(i, exchange="kombu-rpc", routing_key="double",
                                         reply_to=bound.name, correlation_id=str(i))
                Service(connect()).run()
                drain(client, lambda: len(answers) == 5)
            assert answers == {str(i): 2 * i for i in range(5)}, answers
            rpc(channel).delete()
            Exchange("kombu-rpc", "direct")(channel).delete()
        pool.force_close_all()


def heartbeats():
    for _ in range(10):
        with connect(heartbeat=1) as connection:
            connection.ensure_connection()
            assert connection.get_heartbeat_interval() == 1
            lost = []

            def idle():
                try:
                    connection.heartbeat_check(rate=2)
                    connection.drain_events(timeout=0.3)
                except socket.timeout:
                    pass
                except connection.connection_errors as e:
                    lost.append(e)
                    time.sleep(0.3)

            if undisturbed(4, idle):  # four intervals with nothing but heartbeats
                assert not lost, lost
                connection.SimpleBuffer("kombu-beats").close()
                break
    else:
        raise AssertionError("the machine let nobody send heart-beats in time")

    for seconds in (3.5, 15, 45):  # one that does not send them is dropped, by a busy node later
        with connect(heartbeat=1) as connection:
            connection.ensure_connection()
            time.sleep(seconds)
            try:
                connection.SimpleBuffer("kombu-beats")
            except connection.connection_errors + connection.recoverable_connection_errors:
                return
    raise AssertionError("a silent connection was kept")
