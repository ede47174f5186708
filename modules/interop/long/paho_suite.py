"""Runs one file of Eclipse paho.mqtt.testing's client tests against a broker.

  paho_suite.py FOLDER MODULE HOST PORT

FOLDER is `interoperability` of that repository, MODULE client_test (MQTT 3.1.1) or client_test5
(MQTT 5.0). The files read host, port and topics from globals that only their own command line sets.
"""

import importlib
import sys
import unittest

TOPICS = ("TopicA", "TopicA/B", "Topic/C", "TopicA/C", "/TopicA")
WILD = ("TopicA/+", "+/C", "#", "/#", "/+", "+/+", "TopicA/#")


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
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromModule(suite))
    failed = len(result.failures) + len(result.errors)
    print(f"{module}: {result.testsRun - failed} passed, {failed} failed")
    return 0 if result.testsRun and not failed else 1


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
