"""CoAP as libcoap's coap-client speaks it: requests, and observers that run beside the test."""
import os
import re
import subprocess
import threading
import urllib.parse

from serai_it import eventually

COAP = int(os.environ["COAP"])
COAP_TCP = int(os.environ["COAP_TCP"])
CLIENT = "coap-client-notls"

# v:1 t:ACK c:2.05 i:1f3e {01} [ Observe:1, Content-Format:text/plain ] :: 'hello'
# v:Reliable c:2.05 {01} [ ] :: 'hello'                                        over TCP
MESSAGE = re.compile(r"v:(?:1 t:(\w+)|Reliable) c:([\w.]+) (?:i:\w+ )?\{\w*\} \[ ?(.*?) ?\](?: :: (.*))?$")


def plain(text):
    """What coap-client writes of options that it does not know: each byte as \\x61."""
    return re.sub(r"(?:\\x[0-9A-F]{2})+", lambda m: bytes.fromhex(m.group().replace("\\x", "")).decode(), text)


class Message:
    """One message as coap-client prints it: code, options as [(name, value)], payload."""

    def __init__(self, match):
        self.type, self.code, options, payload = match.groups()
        self.options = [tuple(plain(option).split(":", 1)) for option in options.split(", ") if ":" in option]
        self.payload = (payload or "").strip()
        if self.payload.startswith("'") and self.payload.endswith("'"):
            self.payload = self.payload[1:-1]

    def all(self, name):
        return [value for key, value in self.options if key == name]

    def first(self, name):
        return next(iter(self.all(name)), None)

    def __repr__(self):
        return f"{self.type} {self.code} {self.options} {self.payload}"


def uri(path, tcp=False, **query):
    parts = "&".join(f"{name}={urllib.parse.quote(str(value))}" for name, value in query.items())
    where = f"coap+tcp://127.0.0.1:{COAP_TCP}" if tcp else f"coap://127.0.0.1:{COAP}"
    return where + path + (f"?{parts}" if parts else "")


def messages(text):
    return [Message(match) for match in map(MESSAGE.search, text.splitlines()) if match]


def request(method, path, payload=None, options=(), arguments=(), seconds=60, **query):
    """Makes one request and answers the last message that is an answer to it."""
    command = [CLIENT, "-v", "7", "-m", method, "-B", str(seconds), *arguments]
    for number, text in options:
        command += ["-O", f"{number},{text}"]
    if payload is not None:
        command += ["-e", urllib.parse.quote(payload)]
    done = subprocess.run(command + [uri(path, **query)], capture_output=True, text=True, errors="replace",
                          timeout=seconds + 10)
    answers = [m for m in messages(done.stdout + done.stderr) if m.code[0] in "245" and "." in m.code]
    assert answers, (command, done.stdout, done.stderr)
    return answers[-1]


class Observer:
    """coap-client -s: what it was sent, its first answer included."""

    def __init__(self, path, seconds=600, arguments=(), **query):
        self.received = []
        self.process = subprocess.Popen(
            ["stdbuf", "-oL", CLIENT, "-v", "7", "-s", str(seconds), *arguments, uri(path, **query)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        threading.Thread(target=self._read, daemon=True).start()
        eventually(lambda: self.received, what=f"answer to the observation of {path}")

    def _read(self):
        for line in self.process.stdout:
            match = MESSAGE.search(line)
            message = match and Message(match)
            # Of a body in blocks each is printed, and then the whole without the option.
            if message and message.code[0] in "245" and "." in message.code and not message.first("Block2"):
                self.received.append(message)

    def notified(self):
        """What came after the first answer."""
        return self.received[1:]

    def close(self):
        self.process.kill()
        self.process.wait()
