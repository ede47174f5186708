package io.serai.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The set-up half of an AMQP 0-9-1 connection with channel 1 open: declares, binds, consumes, each
 * answered before the next is sent.
 */
final class AmqpChannel {
  private static final int CHANNEL = 1;
  private static final int MAX_FRAME_BYTES = 131_072;

  private final Link link;
  private int frameMax = MAX_FRAME_BYTES;

  private AmqpChannel(Link link) {
    this.link = link;
  }

  /** Connects, logs in to vhost {@code /} and opens the channel. */
  static AmqpChannel open(String name, Target target) {
    Link link = Link.connect("AMQP " + name, target.host(), target.port(Protocol.AMQP));
    AmqpChannel channel = new AmqpChannel(link);
    channel.handshake(target);
    return channel;
  }

  private void handshake(Target target) {
    link.room(8).put(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
    link.flush();
    answer(10, 10);
    done();
    AmqpMethod.of(0, 10, 11)
        .emptyTable()
        .shortString("PLAIN")
        .longString("\0" + target.user() + "\0" + target.password())
        .shortString("en_US")
        .send(link);
    ByteBuffer tune = answer(10, 30);
    int channelMax = tune.getShort(11);
    int offered = tune.getInt(13);
    frameMax = offered == 0 ? MAX_FRAME_BYTES : Math.min(offered, MAX_FRAME_BYTES);
    done();
    AmqpMethod.of(0, 10, 31).u16(channelMax).u32(frameMax).u16(0).send(link);
    AmqpMethod.of(0, 10, 40).shortString("/").u8(0).u8(0).send(link);
    answer(10, 41);
    done();
    AmqpMethod.of(CHANNEL, 20, 10).u8(0).send(link);
    answer(20, 11);
    done();
  }

  Link link() {
    return link;
  }

  /** Bytes of a frame at most. */
  int frameMax() {
    return frameMax;
  }

  void declareQueue(String queue, boolean isDurable, boolean isExclusive) {
    int flags = (isDurable ? 2 : 0) | (isExclusive ? 4 | 8 : 0); // exclusive ones delete themselves
    ask(AmqpMethod.of(CHANNEL, 50, 10).u16(0).shortString(queue).u8(flags).emptyTable(), 50, 11);
  }

  void deleteQueue(String queue) {
    ask(AmqpMethod.of(CHANNEL, 50, 40).u16(0).shortString(queue).u8(0), 50, 41);
  }

  void declareExchange(String exchange, String type) {
    ask(
        AmqpMethod.of(CHANNEL, 40, 10)
            .u16(0)
            .shortString(exchange)
            .shortString(type)
            .u8(0)
            .emptyTable(),
        40,
        11);
  }

  void deleteExchange(String exchange) {
    ask(AmqpMethod.of(CHANNEL, 40, 20).u16(0).shortString(exchange).u8(0), 40, 21);
  }

  void bind(String queue, String exchange, String key) {
    ask(
        AmqpMethod.of(CHANNEL, 50, 20)
            .u16(0)
            .shortString(queue)
            .shortString(exchange)
            .shortString(key)
            .u8(0)
            .emptyTable(),
        50,
        21);
  }

  void prefetch(int messages) {
    ask(AmqpMethod.of(CHANNEL, 60, 10).u32(0).u16(messages).u8(0), 60, 11);
  }

  void consume(String queue, boolean isAutoAck) {
    ask(
        AmqpMethod.of(CHANNEL, 60, 20)
            .u16(0)
            .shortString(queue)
            .shortString("c")
            .u8(isAutoAck ? 2 : 0)
            .emptyTable(),
        60,
        21);
  }

  void selectConfirms() {
    ask(AmqpMethod.of(CHANNEL, 85, 10).u8(0), 85, 11);
  }

  private void ask(AmqpMethod method, int classId, int methodId) {
    method.send(link);
    answer(classId, methodId);
    done();
  }

  /** The frame with that method; other methods before it are passed over. */
  private ByteBuffer answer(int classId, int methodId) {
    while (true) {
      ByteBuffer frame = link.await(AmqpMethod.FRAME_EXTRA);
      if (frame.get(0) == 'A') {
        throw new LoadFailure(link.name() + ": the broker does not speak AMQP 0-9-1");
      }
      frame = link.await(frame.getInt(3) + AmqpMethod.FRAME_EXTRA);
      if (frame.get(0) == AmqpMethod.METHOD) {
        int thisClass = frame.getShort(7);
        int thisMethod = frame.getShort(9);
        if (thisClass == classId && thisMethod == methodId) {
          return frame;
        }
        refuseClose(link, frame, 0);
      }
      done();
    }
  }

  private void done() {
    link.discard(link.await(AmqpMethod.FRAME_HEAD).getInt(3) + AmqpMethod.FRAME_EXTRA);
  }

  /**
   * Passes over a method frame unless it is connection.close or channel.close.
   *
   * @throws LoadFailure with the broker's code and text when it is
   */
  static void refuseClose(Link link, ByteBuffer in, int at) {
    int classId = in.getShort(at + 7);
    int methodId = in.getShort(at + 9);
    if ((classId == 10 && methodId == 50) || (classId == 20 && methodId == 40)) {
      byte[] text = new byte[in.get(at + 13) & 0xff];
      in.get(at + 14, text);
      throw new LoadFailure(
          link.name()
              + ": the broker closed the "
              + (classId == 10 ? "connection" : "channel")
              + ": "
              + in.getShort(at + 11)
              + " "
              + new String(text, StandardCharsets.UTF_8));
    }
  }
}
