'use strict';
// A web page on STOMP over WebSocket, driven by whoever runs it: commands come as JSON lines on standard input, messages
// leave as JSON lines on standard output.
//   {"subscribe": "/topic/a.#"}                                      -> {"subscribed": "/topic/a.#"}
//   {"publish": {"destination": "...", "body": "...", "headers": {}}} -> {"published": "..."}
const readline = require('node:readline');
const { Client } = require('@stomp/stompjs');
const WebSocket = require('ws');

Object.assign(global, { WebSocket });

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const receipt = (client, action) =>
  new Promise((resolve) => {
    const id = `receipt-${Math.random()}`;
    client.watchForReceipt(id, resolve);
    action({ receipt: id });
  });

const client = new Client({
  brokerURL: `ws://127.0.0.1:${process.env.STOMP_WS}/ws`,
  connectHeaders: { login: 'guest', passcode: 'guest' },
  reconnectDelay: 0,
});

const obey = async (command) => {
  if (command.subscribe) {
    await receipt(client, (headers) =>
      client.subscribe(
        command.subscribe,
        (message) => say({ message: { body: message.body, headers: message.headers } }),
        headers));
    say({ subscribed: command.subscribe });
  } else {
    const { destination, body, headers } = command.publish;
    await receipt(client, (more) => client.publish({ destination, body, headers: { ...headers, ...more } }));
    say({ published: destination });
  }
};

client.onConnect = () => {
  say({ connected: true });
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', (line) => obey(JSON.parse(line)));
  lines.on('close', () => process.exit(0));
};
client.onStompError = (frame) => {
  say({ error: frame.headers.message });
  process.exit(1);
};
client.activate();
