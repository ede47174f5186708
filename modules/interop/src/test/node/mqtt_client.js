'use strict';
// MQTT as mqtt.js speaks it. Each exported function is one test.
const assert = require('node:assert');
const mqtt = require('mqtt');

const URL = `mqtt://127.0.0.1:${process.env.MQTT}`;

const received = (client, count) =>
  new Promise((resolve) => {
    const got = [];
    client.on('message', (topic, payload, packet) => {
      got.push({ topic, payload: payload.toString(), packet });
      if (got.length === count) resolve(got);
    });
  });

exports.everyVersionAndQos = async () => {
  for (const protocolVersion of [4, 5]) {
    const a = await mqtt.connectAsync(URL, { protocolVersion });
    const b = await mqtt.connectAsync(URL, { protocolVersion });
    await b.subscribeAsync('js/+', { qos: 2 });
    const all = received(b, 30);
    for (let n = 0; n < 30; n++) await a.publishAsync(`js/${n}`, String(n), { qos: n % 3 });
    const got = await all;
    // mqtt.js hands a QoS 2 message over when PUBREL comes, so order is kept within a QoS only.
    for (const qos of [0, 1, 2]) {
      assert.deepStrictEqual(
        got.filter((m) => m.packet.qos === qos).map((m) => m.payload),
        Array.from({ length: 10 }, (_, n) => String(3 * n + qos)));
    }
    await a.endAsync();
    await b.endAsync();
  }
};

exports.version5Properties = async () => {
  const client = await mqtt.connectAsync(URL, { protocolVersion: 5 });
  await client.subscribeAsync('js5/x', { qos: 1, properties: { subscriptionIdentifier: 7 } });
  const one = received(client, 1);
  await client.publishAsync('js5/x', 'body', {
    qos: 1,
    properties: {
      payloadFormatIndicator: true,
      messageExpiryInterval: 10000,
      responseTopic: 'js5/answer',
      correlationData: Buffer.from([1, 0, 255]),
      contentType: 'text/plain',
      userProperties: { a: ['1', '2'], b: '3' },
    },
  });
  const [{ packet }] = await one;
  const p = packet.properties;
  assert.strictEqual(p.contentType, 'text/plain');
  assert.strictEqual(p.responseTopic, 'js5/answer');
  assert.deepStrictEqual([...p.correlationData], [1, 0, 255]);
  assert.strictEqual(p.payloadFormatIndicator, true);
  assert.ok(p.messageExpiryInterval <= 10000 && p.messageExpiryInterval >= 9900, p.messageExpiryInterval);
  assert.strictEqual(p.subscriptionIdentifier, 7);
  assert.deepStrictEqual({ ...p.userProperties }, { a: ['1', '2'], b: '3' });
  await client.endAsync();
};

exports.overWebSocket = async () => {
  const large = Buffer.alloc(300_000, 'w');
  for (const protocolVersion of [4, 5]) {
    const url = `ws://127.0.0.1:${process.env.MQTT_WS}/mqtt`;
    const socket = await mqtt.connectAsync(url, { protocolVersion });
    const plain = await mqtt.connectAsync(URL, { protocolVersion });
    await socket.subscribeAsync('jsws/in', { qos: 2 });
    await plain.subscribeAsync('jsws/out', { qos: 2 });
    const came = received(socket, 3);
    const left = received(plain, 3);
    for (const qos of [0, 1, 2]) {
      await plain.publishAsync('jsws/in', large, { qos });
      await socket.publishAsync('jsws/out', large, { qos });
    }
    for (const got of [await came, await left]) {
      assert.deepStrictEqual(got.map((m) => m.packet.qos).sort(), [0, 1, 2]);
      assert.ok(got.every((m) => m.payload === large.toString()));
    }
    await socket.endAsync();
    await plain.endAsync();
  }
};

exports.takeoverIsTold = async () => {
  const options = { protocolVersion: 5, clientId: 'js-twice', reconnectPeriod: 0 };
  const first = await mqtt.connectAsync(URL, options);
  const told = new Promise((resolve) => first.on('disconnect', resolve));
  const second = await mqtt.connectAsync(URL, options);
  assert.strictEqual((await told).reasonCode, 0x8e);
  await second.endAsync();
};

exports.retainedAndShared = async () => {
  const options = { protocolVersion: 5 };
  const publisher = await mqtt.connectAsync(URL, options);
  await publisher.publishAsync('jsret/1', 'kept', { qos: 1, retain: true });
  const late = await mqtt.connectAsync(URL, options);
  const kept = received(late, 1);
  await late.subscribeAsync('jsret/+', { qos: 1 });
  const [{ payload, packet }] = await kept;
  assert.deepStrictEqual([payload, packet.retain], ['kept', true]);
  await publisher.publishAsync('jsret/1', '', { qos: 1, retain: true });
  const members = [await mqtt.connectAsync(URL, options), await mqtt.connectAsync(URL, options)];
  const got = [];
  for (const member of members) {
    member.on('message', (topic, body) => got.push(body.toString()));
    await member.subscribeAsync('$share/js/jsshare/#', { qos: 1 });
  }
  for (let n = 0; n < 20; n++) await publisher.publishAsync(`jsshare/${n}`, String(n), { qos: 1 });
  for (let tries = 0; got.length < 20 && tries < 6000; tries++) await new Promise((r) => setTimeout(r, 10));
  assert.deepStrictEqual(got.map(Number).sort((a, b) => a - b), Array.from({ length: 20 }, (_, n) => n));
  for (const client of [publisher, late, ...members]) await client.endAsync();
};

exports.wrongPasswordIsRefused = async () => {
  for (const [protocolVersion, code] of [[4, 5], [5, 0x86]]) {
    await assert.rejects(
      mqtt.connectAsync(URL, { protocolVersion, username: 'guest', password: 'wrong', reconnectPeriod: 0 }),
      (e) => {
        assert.ok(e.code === code || (protocolVersion === 4 && e.code === 4), `code ${e.code}`);
        return true;
      });
  }
};
