"""Opens idle connections to a node and measures what each takes of its live heap."""
import os
import re
import resource
import socket
import struct
import subprocess
import sys
import time


def mqtt(n):
    """CONNECT with a client id and a clean session, then SUBSCRIBE; ends with SUBACK."""
    client = b"idle-%d" % n
    variable = b"\0\4MQTT\4\2\0\0" + struct.pack(">H", len(client)) + client
    topic = b"idle/%d" % n
    subscribe = b"\0\1" + struct.pack(">H", len(topic)) + topic + b"\0"
    return b"\x10" + bytes([len(variable)]) + variable + b"\x82" + bytes([len(subscribe)]) + subscribe, b"\x90\3\0\1\0"


def stomp(n):
    """CONNECT without heart-beats, then SUBSCRIBE; ends with its RECEIPT."""
    return (b"CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:guest\nheart-beat:0,0\n\n\0"
            b"SUBSCRIBE\nid:1\ndestination:/topic/idle.%d\nreceipt:r\n\n\0" % n), b"receipt-id:r\n\n\0"


def coap(n):
    """A confirmable GET with Observe; ends with the answer in its acknowledgement."""
    name = b"%d" % n
    path = b"\x52ps" + b"\x04idle" + bytes([len(name)]) + name
    return b"\x42\1" + struct.pack(">HH", n, n) + b"\x60" + path, b"\x62\x45" + struct.pack(">HH", n, n)


def observe(port, says, begins):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(60)
    s.connect(("127.0.0.1", port))
    s.send(says)
    heard = s.recv(4096)
    if not heard.startswith(begins):
        sys.exit(f"idle-connections: an observer was answered {heard!r}")
    return s


def connect(port, says, until):
    s = socket.create_connection(("127.0.0.1", port), timeout=60)
    s.sendall(says)
    heard = b""
    while not heard.endswith(until):
        more = s.recv(4096)
        if not more:
            sys.exit(f"idle-connections: the node closed a connection after {heard!r}")
        heard += more
    return s


def live_heap(pid):
    """Bytes that are reachable: the histogram's total, for which the node collects all garbage."""
    jcmd = os.path.join(os.environ["JAVA_HOME"], "bin", "jcmd") if "JAVA_HOME" in os.environ else "jcmd"
    for _ in range(2):  # what the first collection finds dead may hold on to more
        out = subprocess.run([jcmd, str(pid), "GC.class_histogram"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"^Total +\d+ +(\d+)", out, re.M).group(1)), out


def rss(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) * 1024


OPENINGS = {"mqtt": (connect, mqtt), "stomp": (connect, stomp), "coap": (observe, coap)}


class Clients:
    """All clients of one protocol, in a process of their own: one may open only so many sockets."""

    def __init__(self, how, says, port):
        self.how, self.says, self.port = how, says, port
        mine, theirs = socket.socketpair()
        if os.fork() == 0:
            mine.close()
            self.obey(theirs)
        theirs.close()
        self.orders = mine

    def obey(self, orders):
        """Opens what it is told to until the other side is gone."""
        held = []
        while order := orders.recv(64):
            held += [self.how(self.port, *self.says(n)) for n in range(*map(int, order.split()))]
            orders.sendall(b"done")
        os._exit(0)

    def open(self, first, end):
        self.orders.sendall(b"%d %d" % (first, end))

    def wait(self):
        if not self.orders.recv(4):
            sys.exit("idle-connections: a client failed, see above")


def open_all(clients, first, end):
    for one in clients:
        one.open(first, end)
    for one in clients:
        one.wait()


def main(protocols, pid, count, limit, resident):
    clients = []
    for one in protocols.split("+"):
        name, port = one.split(":")
        clients.append(Clients(*OPENINGS[name], int(port)))
    open_all(clients, 0, 100)  # what is made once is made
    before, _ = live_heap(pid)
    rss_before = rss(pid)
    began = time.monotonic()
    open_all(clients, 100, 100 + count)
    seconds = time.monotonic() - began
    opened = count * len(clients)
    time.sleep(2)
    after, histogram = live_heap(pid)
    each = (after - before) / opened
    names = re.sub(r":\d+", "", protocols)
    print(f"{names}: {opened} connections in {seconds:.1f} s, {each:.0f} bytes of live heap each, "
          f"resident {rss_before // 1_000_000} MB before and {rss(pid) // 1_000_000} MB after")
    if os.environ.get("HISTOGRAM"):
        print("\n".join(histogram.splitlines()[:45]))
    taken = rss(pid)
    if each > limit:
        sys.exit(f"idle-connections: {names} connections take more than {limit} bytes each")
    if taken > resident * 1_000_000:
        sys.exit(f"idle-connections: with its {names} connections the node takes more than {resident} MB")


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    main(sys.argv[1], *map(int, sys.argv[2:6]))
