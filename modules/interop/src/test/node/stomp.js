'use strict';
// STOMP over WebSocket as @stomp/stompjs speaks it. Each exported function is one test.
const assert = require('node:assert');
const { Client, Versions } = require('@stomp/stompjs');
const WebSocket = require('ws');

Object.assign(global, { WebSocket });

const URL = `ws://127.0.0.1:${process.env.STOMP_WS}/ws`;

const connect = (options = {}) =>
  new Promise((resolve, reject) => {
    const client = new Client({
      brokerURL: URL,
      connectHeaders: { login: 'guest', passcode: 'guest' },
      reconnectDelay: 0,
      ...options,
    });
    client.onConnect = () => resolve(client);
    client.onStompError = (frame) => reject(frame);
    client.onWebSocketError = reject;
    client.activate();
  });

const received = (client, destination, count, headers = {}) => {
  const got = [];
  let subscription;
  const all = new Promise((resolve) => {
    subscription = client.subscribe(
      destination,
      (message) => {
        got.push(message);
        if (got.length === count) resolve(got);
      },
      headers);
  });
  return { all, got, subscription };
};

const receipt = (client, action) =>
  new Promise((resolve) => {
    const id = `receipt-${Math.random()}`;
    client.watchForReceipt(id, resolve);
    action({ receipt: id });
  });

exports.everyVersionOverWebSocket = async () => {
  for (const version of ['1.0', '1.1', '1.2']) {
    const client = await connect({ stompVersions: new Versions([version]) });
    assert.strictEqual(client.connectedVersion, version);
    const { all } = received(client, '/topic/js.*', 3);
    for (let n = 0; n < 3; n++) {
      client.publish({ destination: `/topic/js.${n}`, body: `käse ${n}`, headers: { n: String(n) } });
    }
    const got = await all;
    assert.deepStrictEqual(got.map((m) => m.body), ['käse 0', 'käse 1', 'käse 2']);
    assert.deepStrictEqual(got.map((m) => m.headers.destination), ['/topic/js.0', '/topic/js.1', '/topic/js.2']);
    assert.deepStrictEqual(got.map((m) => m.headers.n), ['0', '1', '2']);
    await client.deactivate();
  }
};

exports.binaryBodiesAndEscapes = async () => {
  const client = await connect();
  const { all } = received(client, '/topic/js-binary', 1);
  const binaryBody = new Uint8Array(100000).map((_, i) => i % 256);
  client.publish({ destination: '/topic/js-binary', binaryBody, headers: { name: 'a:b\nc\\d\re' } });
  const [message] = await all;
  assert.deepStrictEqual(Buffer.from(message.binaryBody), Buffer.from(binaryBody));
  assert.strictEqual(message.headers.name, 'a:b\nc\\d\re');
  await client.deactivate();
};

exports.acknowledgementsReceiptsAndTransactions = async () => {
  const client = await connect();
  const queue = `/queue/js-${Date.now()}`;
  const first = received(client, queue, 2, { ack: 'client-individual', 'auto-delete': 'false' });
  await receipt(client, (headers) => client.publish({ destination: queue, body: 'one', headers }));
  client.publish({ destination: queue, body: 'two' });
  const [one, two] = await first.all;
  const tx = client.begin();
  client.publish({ destination: queue, body: 'aborted', headers: { transaction: tx.id } });
  one.ack({ transaction: tx.id });
  tx.abort();
  one.ack();
  two.nack();
  const again = await new Promise((resolve) => {
    const timer = setInterval(() => {
      if (first.got.length > 2) { clearInterval(timer); resolve(first.got[2]); }
    }, 5);
  });
  assert.strictEqual(again.body, 'two');
  assert.strictEqual(again.headers.redelivered, 'true');
  assert.strictEqual(again.headers['delivery-count'], '1');
  const committed = client.begin();
  client.publish({ destination: queue, body: 'committed', headers: { transaction: committed.id } });
  again.ack({ transaction: committed.id });
  await receipt(client, (headers) => {
    client.publish({ destination: queue, body: 'last', headers: { ...headers, transaction: committed.id } });
  });
  committed.commit();
  while (first.got.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepStrictEqual(first.got.slice(3).map((m) => m.body), ['committed', 'last']);
  await client.deactivate();
};

exports.heartBeatsKeepAnIdleConnection = async () => {
  for (let tries = 0; tries < 10; tries++) {
    const client = await connect({ heartbeatIncoming: 1000, heartbeatOutgoing: 1000 });
    let closed = false;
    client.onWebSocketClose = () => { closed = true; };
    let [last, late] = [Date.now(), 0]; // a client that is kept from its heart-beats shows nothing
    const watch = setInterval(() => {
      late = Math.max(late, Date.now() - last);
      last = Date.now();
    }, 50);
    await new Promise((resolve) => setTimeout(resolve, 4500));
    clearInterval(watch);
    const isOpen = client.connected && !closed;
    await client.deactivate();
    if (late < 700) {
      assert.strictEqual(isOpen, true);
      return;
    }
  }
  assert.fail('the machine let nobody send heart-beats in time');
};

exports.anErrorIsToldAndCloses = async () => {
  const client = await connect();
  const error = new Promise((resolve) => { client.onStompError = resolve; });
  const closed = new Promise((resolve) => { client.onWebSocketClose = resolve; });
  client.publish({ destination: '/nowhere', body: 'x', headers: { receipt: 'r' } });
  const frame = await error;
  assert.strictEqual(frame.headers.message, 'Unknown destination');
  assert.strictEqual(frame.headers['receipt-id'], 'r');
  await closed;
  await client.deactivate();

  await assert.rejects(
    connect({ connectHeaders: { login: 'guest', passcode: 'wrong' } }),
    (refused) => refused.headers.message === 'Bad CONNECT');
};

exports.textFramesAreAnsweredInText = async () => {
  const socket = new WebSocket(URL, ['v12.stomp']);
  const frames = [];
  await new Promise((resolve, reject) => {
    socket.on('open', () => socket.send('CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:guest\n\n\0'));
    socket.on('message', (data, isBinary) => {
      frames.push([data.toString(), isBinary]);
      resolve();
    });
    socket.on('error', reject);
  });
  assert.strictEqual(socket.protocol, 'v12.stomp');
  assert.strictEqual(frames[0][1], false);
  assert.ok(frames[0][0].startsWith('CONNECTED\nversion:1.2\n'), frames[0][0]);
  socket.close();
};
