'use strict';
// CoAP as the npm package coap speaks it. Each exported function is one test.
const assert = require('node:assert');
const coap = require('coap');

const unique = (name) => `${name}-${Date.now()}${Math.random().toString(36).slice(2)}`;

const request = (method, pathname, { payload, options = {}, query = '', confirmable = true } = {}) => {
  const sent = coap.request({ host: '127.0.0.1', port: Number(process.env.COAP), method, pathname, query, confirmable, options });
  return new Promise((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end(payload);
  });
};

const observe = (pathname, onState, query = '') =>
  new Promise((resolve, reject) => {
    // An agent of its own: the end of an observation closes its socket.
    const sent = coap.request({
      host: '127.0.0.1', port: Number(process.env.COAP), pathname, query, observe: true, agent: new coap.Agent({ type: 'udp4' }),
    });
    sent.on('response', (stream) => {
      stream.on('data', (state) => onState(state.toString(), stream));
      resolve(stream);
    });
    sent.on('error', reject);
    sent.end();
  });

const until = async (condition, what) => {
  const deadline = Date.now() + 60000;
  while (!condition()) {
    assert(Date.now() < deadline, what());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

exports.valuesWithTheirFormatAndConditions = async () => {
  const path = `/ps/${unique('js')}`;
  assert.strictEqual((await request('GET', path)).code, '4.04');
  const json = { 'Content-Format': 'application/json' };
  assert.strictEqual((await request('PUT', path, { payload: '{"t":21}', options: json })).code, '2.01');
  const got = await request('GET', path);
  assert.strictEqual(got.code, '2.05');
  assert.strictEqual(got.payload.toString(), '{"t":21}');
  assert.strictEqual(got.headers['Content-Format'], 'application/json');
  const tag = got.headers.ETag;
  assert(tag, JSON.stringify(got.headers));
  assert.strictEqual((await request('GET', path, { options: { ETag: Buffer.from(tag, 'hex') } })).code, '2.05');
  assert.strictEqual((await request('GET', path, { options: { Accept: 'application/cbor' } })).code, '4.06');
  assert.strictEqual((await request('POST', path, { payload: 'x', confirmable: false })).code, '2.04');
  assert.strictEqual((await request('DELETE', path)).code, '2.02');
};

exports.observingUntilTheEnd = async () => {
  const path = `/ps/${unique('js')}`;
  const states = [];
  const stream = await observe(path, (state) => states.push(state));
  for (const payload of ['one', 'two', 'three']) {
    assert.strictEqual((await request('POST', path, { payload })).code, '2.04');
    await until(() => states.includes(payload), () => JSON.stringify(states));
  }
  stream.close();
  await request('POST', path, { payload: 'four' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert(!states.includes('four'), JSON.stringify(states));
};

exports.largeBodiesGoInBlocks = async () => {
  const path = `/ps/${unique('js')}`;
  const body = Buffer.alloc(20000, 0).map((_, i) => i % 251);
  assert.strictEqual((await request('PUT', path, { payload: body, options: { Block1: Buffer.from([6]) } })).code, '2.01');
  const got = await request('GET', path);
  assert.strictEqual(got.code, '2.05');
  assert(body.equals(got.payload), `${got.payload.length} bytes`);
};

exports.aWorkerIsCalledThatAnswersLate = async () => {
  const amqp = require('amqplib');
  const name = unique('js');
  const connection = await amqp.connect(`amqp://guest:guest@127.0.0.1:${process.env.AMQP}`);
  const channel = await connection.createChannel();
  await channel.assertQueue(`rpc.${name}`, { autoDelete: true });
  await channel.consume(`rpc.${name}`, (message) => setTimeout(() => {
    channel.sendToQueue(message.properties.replyTo, Buffer.from(`${message.content} done`),
      { correlationId: message.properties.correlationId });
  }, 3000), { noAck: true });
  const answer = await request('POST', `/rpc/${name}`, { payload: 'work' });
  assert.strictEqual(answer.code, '2.04');
  assert.strictEqual(answer.payload.toString(), 'work done');
  await connection.close();
};
