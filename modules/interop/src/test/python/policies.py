"""Policies of the configuration as a client sees them: the file is edited while the client stays."""
import os
import urllib.request

import pika

from serai_it import connect, count, eventually

HEAD = 'vhosts."/" {\n'


def write(file, text):
    """Replaces the file at once, as editors do."""
    with open(file + ".new", "w") as f:
        f.write(HEAD + text + "\n}\n")
    os.replace(file + ".new", file)


def health():
    return urllib.request.urlopen(f"http://127.0.0.1:{os.environ['HTTP']}/health/ready").read().decode()


def a_policy_changes_a_living_queue(file):
    c = connect()
    ch = c.channel()
    ch.queue_declare("tmp.orders")
    ch.queue_declare("tmp.dead")
    ch.queue_declare("other")
    for n in range(10):
        ch.basic_publish("", "tmp.orders", b"%d" % n)
        ch.basic_publish("", "other", b"%d" % n)
    eventually(lambda: count(ch, "other") == 10)
    assert count(ch, "tmp.orders") == 10
    write(file, """
      policies.short {
        pattern = "^tmp\\\\.orders", apply-to = queues
        definition { max-length = 4, dead-letter-exchange = "", dead-letter-routing-key = tmp.dead }
      }""")
    eventually(lambda: count(ch, "tmp.orders") == 4, what="the policy applies")
    eventually(lambda: count(ch, "tmp.dead") == 6, what="the policy's dead letters")
    assert count(ch, "other") == 10
    ch.queue_declare("tmp.orders")  # the same declaration still fits
    write(file, """
      policies.short { pattern = "^tmp\\\\.orders", apply-to = queues, definition { max-length = 8 } }
      operator-policies.caps { pattern = "^tmp", definition { max-length = 2 } }""")
    eventually(lambda: count(ch, "tmp.orders") == 2, what="the operator policy caps the other")
    write(file, 'policies.short { pattern = "^tmp", definition { max-lenght = 1 } }')
    eventually(lambda: "last reload refused" in health(), what="the refusal is told")
    for n in range(5):
        ch.basic_publish("", "tmp.orders", b"%d" % n)
    assert count(ch, "tmp.orders") == 2, "a file that is wrong changes nothing"
    write(file, "")
    eventually(lambda: grown(ch), what="the policies end")
    c.close()


def grown(ch):
    ch.basic_publish("", "tmp.orders", b"more")
    return count(ch, "tmp.orders") > 3


def an_alternate_exchange_by_policy(file):
    c = connect()
    ch = c.channel()
    ch.confirm_delivery()
    ch.exchange_declare("before", "direct")
    ch.queue_declare("rest")
    ch.exchange_declare("others", "fanout")
    ch.queue_bind("rest", "others")
    write(file, """
      policies.rest { pattern = "^before$", apply-to = exchanges, definition { alternate-exchange = others } }""")

    def routed():
        try:
            ch.basic_publish("before", "nobody", b"x", mandatory=True)
            return True
        except pika.exceptions.UnroutableError:
            return False

    eventually(routed, what="the alternate exchange")
    assert count(ch, "rest") == 1
    c.close()
