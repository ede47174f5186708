"""SASL EXTERNAL with pika: the certificate says who it is."""
import ssl

import pika
import pika.exceptions as errors


def parameters(port, server, credentials, certificate=None, key=None):
    context = ssl.create_default_context(cafile=server)
    if certificate:
        context.load_cert_chain(certificate, key)
    return pika.ConnectionParameters(
        "localhost", int(port), credentials=credentials, ssl_options=pika.SSLOptions(context, "localhost"))


def external(port, server, certificate, key):
    c = pika.BlockingConnection(parameters(port, server, pika.credentials.ExternalCredentials(), certificate, key))
    ch = c.channel()
    queue = ch.queue_declare("", exclusive=True).method.queue
    ch.confirm_delivery()
    ch.basic_publish("", queue, b"hello", pika.BasicProperties(user_id="robot"), mandatory=True)
    assert ch.basic_get(queue, auto_ack=True)[1].user_id == "robot"
    try:
        ch.queue_declare("not.mine")
    except errors.ChannelClosedByBroker as e:
        assert e.reply_code == 403 and "user 'robot'" in e.reply_text, e
    else:
        raise AssertionError("robot may configure only what the broker names")
    c.close()
    # With a password the same listener takes it too, and without either nobody.
    c = pika.BlockingConnection(parameters(port, server, pika.PlainCredentials("guest", "guest")))
    c.close()
    try:
        pika.BlockingConnection(parameters(port, server, pika.credentials.ExternalCredentials()))
    except errors.AMQPConnectionError:
        return
    raise AssertionError("EXTERNAL without a certificate")
