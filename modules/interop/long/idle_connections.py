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


def main(protocol, port, pid, count, limit):
    opening = {"mqtt": mqtt, "stomp": stomp}[protocol]
    first = [connect(port, *opening(n)) for n in range(100)]  # what is made once is made
    before, _ = live_heap(pid)
    rss_before = rss(pid)
    began = time.monotonic()
    rest = [connect(port, *opening(n)) for n in range(100, 100 + count)]
    seconds = time.monotonic() - began
    time.sleep(2)
    after, histogram = live_heap(pid)
    each = (after - before) / count
    print(f"{protocol}: {count} connections in {seconds:.1f} s, {each:.0f} bytes of live heap each, "
          f"resident {rss_before >> 20} MiB before and {rss(pid) >> 20} MiB after")
    if os.environ.get("HISTOGRAM"):
        print("\n".join(histogram.splitlines()[:45]))
    for s in first + rest:
        s.close()
    if each > limit:
        sys.exit(f"idle-connections: {protocol} connections take more than {limit} bytes each")


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    main(sys.argv[1], *map(int, sys.argv[2:6]))
