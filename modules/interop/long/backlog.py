"""Fills and drains one durable queue over a bare socket, and says what that cost the node."""
import os
import socket
import struct
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")
BATCH = 100
UNCONFIRMED = 4_000
PREFETCH = 5_000
SHALLOW = 5_000
ROUNDS = 40
DEEP, FLAT = b"deep", b"flat"  # of equal length
TAG = b"c"


def say(text):
    print("backlog: " + text, flush=True)


def frame(kind, channel, payload):
    return struct.pack(">BHI", kind, channel, len(payload)) + payload + b"\xce"


def short(text):
    return bytes([len(text)]) + text


def method(class_id, method_id, arguments=b"", channel=1):
    return frame(1, channel, struct.pack(">HH", class_id, method_id) + arguments)


class Client:
    """One connection with one channel, for one queue."""

    def __init__(self, port, queue):
        self.queue, self.confirm_base = queue, 0
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(600)
        self.input = bytearray()
        self.socket.sendall(b"AMQP\x00\x00\x09\x01")
        self.expect(10, 10)
        plain = b"\x00guest\x00guest"
        self.send(method(10, 11, struct.pack(">I", 0) + short(b"PLAIN")
                         + struct.pack(">I", len(plain)) + plain + short(b"en_US"), 0))
        self.expect(10, 30)
        self.send(method(10, 31, struct.pack(">HIH", 0, 131072, 0), 0))
        self.send(method(10, 40, short(b"/") + b"\x00\x00", 0))
        self.expect(10, 41)
        self.call(20, 10, b"\x00", 11)

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise SystemExit("backlog: the node closed the connection")
        self.input += data

    def read(self):
        """The next method frame: class, method, arguments."""
        while len(self.input) < 7 or len(self.input) < 8 + struct.unpack_from(">I", self.input, 3)[0]:
            self.more()
        length = struct.unpack_from(">I", self.input, 3)[0]
        payload = bytes(self.input[7:7 + length])
        del self.input[:8 + length]
        return struct.unpack_from(">HH", payload) + (payload[4:],)

    def expect(self, class_id, method_id):
        got = self.read()
        if got[:2] != (class_id, method_id):
            raise SystemExit("backlog: expected %d.%d, got %d.%d %r" % ((class_id, method_id) + got))
        return got[2]

    def call(self, class_id, method_id, arguments, answer):
        self.send(method(class_id, method_id, arguments))
        return self.expect(class_id, answer)

    def declare(self):
        answer = self.call(50, 10, b"\x00\x00" + short(self.queue) + b"\x02" + b"\x00\x00\x00\x00", 11)
        return struct.unpack_from(">I", answer, 1 + len(self.queue))[0]

    # ---- publishing with confirms

    def publish(self, first, count, size, progress=None):
        head = (method(60, 40, b"\x00\x00" + short(b"") + short(self.queue) + b"\x00")
                + frame(2, 1, struct.pack(">HHQHB", 60, 0, size, 0x1000, 2)))
        one = head + frame(3, 1, bytes(size))
        batch = bytearray(one * BATCH)
        at = [i * len(one) + len(head) + 7 for i in range(BATCH)]
        sent, confirmed = 0, 0
        while sent < count:
            for i in range(BATCH):
                struct.pack_into(">Q", batch, at[i], first + sent + i)
            self.send(batch[:len(one) * min(BATCH, count - sent)])
            sent = min(count, sent + BATCH)
            while sent - confirmed > UNCONFIRMED or (sent == count and confirmed < count):
                confirmed = self.confirm(confirmed, first)
            if progress:
                progress(confirmed)

    def confirm(self, confirmed, first):
        class_id, method_id, arguments = self.read()
        if (class_id, method_id) != (60, 80):
            raise SystemExit("backlog: got %d.%d instead of an ack" % (class_id, method_id))
        tag, multiple = struct.unpack(">QB", arguments)
        return tag - self.confirm_base if multiple else confirmed + 1

    # ---- consuming in order

    def consume(self, first, count, size, progress=None):
        """Takes messages, acknowledging many at a time; fails on one that is not next."""
        self.call(60, 10, struct.pack(">IHB", 0, PREFETCH, 0), 11)
        self.call(60, 20, b"\x00\x00" + short(self.queue) + short(TAG) + b"\x00" + b"\x00" * 4, 21)
        deliver = 7 + 4 + 1 + len(TAG) + 8 + 1 + 1 + 1 + len(self.queue) + 1
        content = 7 + 15 + 1
        record = deliver + content + 7 + size + 1
        layout = struct.Struct(">%dxQ%dxQ%dx" % (
            7 + 4 + 1 + len(TAG), record - (7 + 4 + 1 + len(TAG)) - 8 - 8 - (size - 8) - 1, size - 8 + 1))
        assert layout.size == record
        next_number, done = first, 0
        while done < count:
            while len(self.input) < record:
                self.more()
            whole = min(len(self.input) // record, count - done)
            for tag, number in layout.iter_unpack(memoryview(self.input)[:whole * record]):
                if number != next_number:
                    raise SystemExit("backlog: got message %d where %d is next" % (number, next_number))
                next_number += 1
            del self.input[:whole * record]
            done += whole
            self.send(method(60, 80, struct.pack(">QB", tag, 1)))
            if progress:
                progress(done)
        self.call(60, 30, short(TAG) + b"\x00", 31)  # or it would be sent what comes next


def cpu_seconds(pid):
    fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mib(pid):
    for line in open("/proc/%d/status" % pid):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) >> 10
    return 0


class Cost:
    """What something took: wall clock and the node's CPU."""

    def __init__(self, pid):
        self.pid, self.seconds, self.cpu, self.count = pid, 0.0, 0.0, 0

    def of(self, count, run):
        began, cpu = time.time(), cpu_seconds(self.pid)
        run()
        self.seconds += time.time() - began
        self.cpu += cpu_seconds(self.pid) - cpu
        self.count += count
        return self

    def said(self, what):
        found = {"rate": self.count / self.seconds, "micros": self.cpu / self.count * 1e6}
        say("%-13s %9d messages, %7.0f /s, %5.2f us of the node's CPU each, RSS %d MiB"
            % (what, self.count, found["rate"], found["micros"], rss_mib(self.pid)))
        return found


def steps(pid, count):
    """Says how far it is, ten times."""
    next_step = [max(1, count // 10)]
    last = [time.time(), 0]

    def progress(done):
        if done >= next_step[0]:
            now = time.time()
            say("  %d, %.0f /s, RSS %d MiB" % (done, (done - last[1]) / (now - last[0]), rss_mib(pid)))
            last[0], last[1] = now, done
            next_step[0] += max(1, count // 10)
    return progress


def main():
    command, port, pid, count, size = sys.argv[1], *map(int, sys.argv[2:6])
    publisher = Client(port, DEEP)
    began = time.time()
    ready = publisher.declare()
    publisher.call(85, 10, b"\x00", 11)
    if command == "fill":
        found = shallow(port, pid, size)
        deep = Cost(pid).of(count, lambda: publisher.publish(0, count, size, steps(pid, count)))
        compare("fill", deep.said("deep fill"), found["fill"])
        say("%d messages are ready" % publisher.declare())
    else:
        if ready != count:
            raise SystemExit("backlog: %d messages are ready after the restart, not %d" % (ready, count))
        publisher.publish(count, 1, size)
        say("first confirm %.0f ms after the first connection" % ((time.time() - began) * 1000))
        found = shallow(port, pid, size)
        deep = Cost(pid).of(
            count + 1, lambda: Client(port, DEEP).consume(0, count + 1, size, steps(pid, count)))
        compare("drain", deep.said("deep drain"), found["drain"])
        if publisher.declare() != 0:
            raise SystemExit("backlog: more messages than were published")


def shallow(port, pid, size):
    """What a queue costs that is never deep, beside the deep one."""
    publisher = Client(port, FLAT)
    publisher.declare()
    publisher.call(85, 10, b"\x00", 11)
    for fills, drains in ((Cost(pid), Cost(pid)), (Cost(pid), Cost(pid))):  # warm-up, then for real
        for _ in range(ROUNDS):
            fills.of(SHALLOW, lambda: publisher.publish(0, SHALLOW, size))
            publisher.confirm_base += SHALLOW
            drains.of(SHALLOW, lambda: Client(port, FLAT).consume(0, SHALLOW, size))
    return {"fill": fills.said("shallow fill"), "drain": drains.said("shallow drain")}


def compare(what, deep, shallow):
    times = deep["micros"] / shallow["micros"]
    say("deep %s: %.2f times the CPU, %.2f times the rate of a shallow one"
        % (what, times, deep["rate"] / shallow["rate"]))


main()
