"""Runs the packet sequences of Mosquitto's msg_sequence_test against a broker.

  mqtt_sequences.py DATA HOST PORT [WORD...]

DATA is the folder test/broker/data of Mosquitto's source: JSON files of groups, each with tests, each
a list of bytes to send and bytes to expect. With WORDs only tests whose name holds one of them run.
The broker is taken to have a topic alias maximum of 10, a receive maximum of 20 and no packet limit.
Prints what failed and a closing line; exits 1 when anything did.
"""

import json
import pathlib
import socket
import struct
import sys

ANSWER_SECONDS = 2
PING = bytes.fromhex("c000")
PONG = bytes.fromhex("d000")


class Failed(Exception):
    """What a test found instead of what it expects."""


def text(value):
    data = value.encode()
    return struct.pack("!H", len(data)) + data


def octets(spelled):
    return bytes.fromhex(spelled.replace(" ", ""))  # spaces may part the digits of one byte


def packet(first_byte, body):
    length, left = b"", len(body)
    while True:
        left, low = left >> 7, left & 0x7F
        length += bytes([low | (0x80 if left else 0)])
        if not left:
            return bytes([first_byte]) + length + body


def connect(client_id, version):
    """A clean CONNECT with keep alive 60; version 5 with a receive maximum of 20."""
    name = "MQIsdp" if version == 3 else "MQTT"
    properties = bytes.fromhex("03210014") if version == 5 else b""
    return packet(0x10, text(name) + struct.pack("!BBH", version, 2, 60) + properties + text(client_id))


def connack(version):
    """What answers it; version 5 with topic alias maximum 10 and receive maximum 20 and nothing else."""
    return packet(0x20, bytes.fromhex("00000622000a210014") if version == 5 else bytes(2))


def expect(sock, expected, what):
    data = b""
    while len(data) < len(expected):
        try:
            more = sock.recv(len(expected) - len(data))
        except (socket.timeout, ConnectionResetError) as error:
            raise Failed(f"{what}: {type(error).__name__} after {data.hex(' ')}, expected {expected.hex(' ')}")
        if not more:
            raise Failed(f"{what}: closed after {data.hex(' ')}, expected {expected.hex(' ')}")
        data += more
    if data != expected:
        raise Failed(f"{what}: got {data.hex(' ')}, expected {expected.hex(' ')}")


def expect_closed(sock):
    try:
        data = sock.recv(64)
    except ConnectionResetError:
        return
    except socket.timeout:
        raise Failed("still connected")
    if data:
        raise Failed(f"still connected: got {data.hex(' ')}")


def publish(address, message):
    """Publishes through a connection of its own and waits until the broker has the message."""
    qos, packet_id = message["qos"], struct.pack("!H", 1)
    body = text(message["topic"]) + (packet_id if qos else b"") + message["payload"].encode()
    with socket.create_connection(address, ANSWER_SECONDS) as sock:
        sock.sendall(connect("helper", 4))
        expect(sock, connack(4), "helper's CONNACK")
        sock.sendall(packet(0x30 | qos << 1, body))
        if qos == 1:
            expect(sock, packet(0x40, packet_id), "helper's PUBACK")
        elif qos == 2:
            expect(sock, packet(0x50, packet_id), "helper's PUBREC")
            sock.sendall(packet(0x62, packet_id))
            expect(sock, packet(0x70, packet_id), "helper's PUBCOMP")


def send(sock, data):
    try:
        sock.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass  # closed already: what is expected next says whether that is right


def run(address, name, test):
    version = test.get("ver", 4)
    with socket.create_connection(address, ANSWER_SECONDS) as sock:
        sock.settimeout(ANSWER_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if test.get("connect", True):
            sock.sendall(connect(name, version))
            expect(sock, connack(version), "CONNACK")
        for message in test["msgs"]:
            if message["type"] == "send":
                send(sock, octets(message["payload"]))
            elif message["type"] == "recv":
                expect(sock, octets(message["payload"]), message.get("comment", "answer"))
            elif message["type"] == "publish":
                publish(address, message)
            else:
                raise Failed(f"a step of unknown type {message['type']}")
        if test.get("expect_disconnect", True):
            expect_closed(sock)
        else:
            send(sock, PING)
            expect(sock, PONG, "PINGRESP")


def main(data, host, port, *words):
    passed = failed = 0
    for file in sorted(pathlib.Path(data).glob("*.json")):
        for group in json.loads(file.read_text()):
            if group.get("disable"):
                continue
            for test in group["tests"]:
                name = group["group"] + " " + test["name"]
                if words and not any(word in name for word in words):
                    continue
                try:
                    run((host, int(port)), name, test)
                    passed += 1
                except Failed as found:
                    failed += 1
                    print(f"FAILED {file.name}: {name}: {found}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
