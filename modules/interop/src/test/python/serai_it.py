"""What the Python client scripts share: ports, and a bounded wait."""
import os
import time

AMQP = int(os.environ["AMQP"])
MQTT = int(os.environ["MQTT"])
PATIENCE = 60  # seconds for what is to come: far more than it takes


def connect(**options):
    """A pika connection with default settings: guest/guest in vhost /."""
    import pika  # not every script has it
    options.setdefault("host", "127.0.0.1")
    return pika.BlockingConnection(pika.ConnectionParameters(port=AMQP, **options))


def eventually(condition, seconds=PATIENCE, what="condition"):
    """Waits until condition() is true, at most `seconds`; `what` is a text or tells one at the end."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            raise AssertionError(f"{what() if callable(what) else what} not met within {seconds} s")
        time.sleep(0.005)


def pump(connection, condition, seconds=PATIENCE, what="condition"):
    """The same while a pika connection handles what arrives."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} not met within {seconds} s"
        connection.process_data_events(time_limit=0.02)


def drain(channel, queue, count, seconds=PATIENCE):
    """Gets `count` messages with basic_get, acknowledged; [(method, properties, body)]."""
    got = []
    deadline = time.monotonic() + seconds
    while len(got) < count:
        method, properties, body = channel.basic_get(queue, auto_ack=True)
        if method is None:
            assert time.monotonic() < deadline, f"{len(got)} of {count} messages in {queue} after {seconds} s"
            time.sleep(0.005)
        else:
            got.append((method, properties, body))
    return got


def count(channel, queue):
    """How many messages of a queue are ready."""
    return channel.queue_declare(queue, passive=True).method.message_count


def undisturbed(seconds, step=lambda: time.sleep(0.05), late=0.7):
    """Repeats a short step for some seconds; whether the machine let it: a client that is kept from its heart-beats shows nothing."""
    end = began = time.monotonic()
    end += seconds
    is_undisturbed = True
    while began < end:
        step()
        now = time.monotonic()
        is_undisturbed = is_undisturbed and now - began < late
        began = now
    return is_undisturbed
