'use strict';
// AMQP 0-9-1 as amqplib speaks it. Each exported function is one test.
const assert = require('node:assert');
const amqp = require('amqplib');

const URL = `amqp://guest:guest@127.0.0.1:${process.env.AMQP}`;

exports.confirmChannelAndConsume = async () => {
  const connection = await amqp.connect(URL);
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (let n = 0; n < 500; n++) channel.publish('', queue, Buffer.from(String(n)), { persistent: true, headers: { n } });
  await channel.waitForConfirms();
  await channel.prefetch(10);
  const got = [];
  await new Promise((resolve, reject) => {
    channel.consume(queue, (m) => {
      try {
        assert.strictEqual(m.properties.headers.n, got.length);
        got.push(m.content.toString());
        channel.ack(m);
        if (got.length === 500) resolve();
      } catch (e) {
        reject(e);
      }
    }).catch(reject);
  });
  assert.deepStrictEqual(got, Array.from({ length: 500 }, (_, n) => String(n)));
  await channel.close();
  await connection.close();
};

exports.mandatoryReturn = async () => {
  const connection = await amqp.connect(URL);
  const channel = await connection.createConfirmChannel();
  const order = [];
  channel.on('return', (m) => order.push(`return ${m.fields.replyCode} ${m.content}`));
  await new Promise((resolve, reject) =>
    channel.publish('amq.direct', 'nobody', Buffer.from('x'), { mandatory: true }, (e) => (order.push('ack'), e ? reject(e) : resolve())));
  assert.deepStrictEqual(order, ['return 312 x', 'ack']);
  await connection.close();
};

exports.channelErrorLeavesTheConnection = async () => {
  const connection = await amqp.connect(URL);
  const bad = await connection.createChannel();
  const failed = new Promise((resolve) => bad.on('error', resolve));
  await assert.rejects(bad.checkQueue('no-such-queue'), /404/);
  assert.match((await failed).message, /NOT_FOUND - no queue 'no-such-queue' in vhost '\/'/);
  const good = await connection.createChannel();
  const { queue } = await good.assertQueue('', { exclusive: true });
  assert.ok((await good.checkQueue(queue)).messageCount === 0);
  await connection.close();
};

exports.topicExchangeAndCancelNotice = async () => {
  const connection = await amqp.connect(URL);
  const channel = await connection.createChannel();
  await channel.assertExchange('it.node', 'topic', { durable: false, autoDelete: true });
  const { queue } = await channel.assertQueue('it.node.q', { durable: false });
  await channel.bindQueue(queue, 'it.node', '#.end');
  const got = [];
  const cancelled = new Promise((resolve, reject) => {
    channel.consume(queue, (m) => (m === null ? resolve() : got.push(m.fields.routingKey)), { noAck: true }).catch(reject);
  });
  for (const key of ['a.end', 'a.b.end', 'end', 'end.not']) channel.publish('it.node', key, Buffer.from(key));
  while (got.length < 3) await new Promise((r) => setTimeout(r, 5));
  const other = await connection.createChannel();
  await other.deleteQueue(queue);
  await cancelled;
  assert.deepStrictEqual(got, ['a.end', 'a.b.end', 'end']);
  await connection.close();
};

exports.directReplyToAndCopies = async () => {
  const client = await amqp.connect(URL);
  const server = await amqp.connect(URL);
  const asking = await client.createChannel();
  const serving = await server.createChannel();
  const { queue } = await serving.assertQueue('', { exclusive: true });
  const audit = (await serving.assertQueue('', { exclusive: true })).queue;
  await serving.consume(queue, (m) => {
    assert.ok(!('BCC' in m.properties.headers), 'blind copies show');
    serving.sendToQueue(m.properties.replyTo, Buffer.from(`re: ${m.content}`), { correlationId: m.properties.correlationId });
  }, { noAck: true });
  const replies = new Promise((resolve, reject) => {
    const got = [];
    asking.consume('amq.rabbitmq.reply-to', (m) => {
      got.push(`${m.properties.correlationId} ${m.content}`);
      if (got.length === 100) resolve(got);
    }, { noAck: true }).catch(reject);
  });
  for (let n = 0; n < 100; n++) {
    asking.sendToQueue(queue, Buffer.from(`q${n}`), { replyTo: 'amq.rabbitmq.reply-to', correlationId: `c${n}`, BCC: [audit] });
  }
  assert.deepStrictEqual(await replies, Array.from({ length: 100 }, (_, n) => `c${n} re: q${n}`));
  assert.strictEqual((await serving.checkQueue(audit)).messageCount, 100);
  await client.close();
  await server.close();
};

exports.replayOfAStream = async () => {
  const connection = await amqp.connect(URL);
  const channel = await connection.createConfirmChannel();
  const stream = 'it.stream.node';
  await channel.assertQueue(stream, { durable: true, arguments: { 'x-queue-type': 'stream', 'x-max-age': '1D' } });
  for (let n = 0; n < 300; n++) channel.sendToQueue(stream, Buffer.from(String(n)));
  await channel.waitForConfirms();
  await channel.prefetch(20);
  const got = [];
  await new Promise((resolve, reject) => {
    channel.consume(stream, (m) => {
      try {
        assert.strictEqual(m.properties.headers['x-stream-offset'], 100 + got.length);
        got.push(m.content.toString());
        channel.ack(m);
        if (got.length === 200) resolve();
      } catch (e) {
        reject(e);
      }
    }, { arguments: { 'x-stream-offset': 100 } }).catch(reject);
  });
  assert.deepStrictEqual(got, Array.from({ length: 200 }, (_, n) => String(n + 100)));
  await channel.deleteQueue(stream);
  await connection.close();
};
