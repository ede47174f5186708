package io.serai.bench.load;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Consumes over AMQP 0-9-1 and acknowledges several deliveries at once. */
final class AmqpConsumer implements Consumer {
  private static final int DELIVER = 60 << 16 | 60;

  private final Link link;
  private final int index;
  private final Tally tally;
  private final boolean isAutoAck;
  private final int ackEvery;
  private long tag;
  private int unacknowledged;
  private long bodyBytes; // of the message whose content is coming
  private int bodyAt;
  private @Nullable Bytes assembled; // a body in several frames, made for the first

  AmqpConsumer(AmqpChannel channel, int index, Tally tally, boolean isAutoAck, int ackEvery) {
    this.link = channel.link();
    this.index = index;
    this.tally = tally;
    this.isAutoAck = isAutoAck;
    this.ackEvery = ackEvery;
  }

  @Override
  public Link link() {
    return link;
  }

  @Override
  public void onBytes(Bytes in, long nowNanos) {
    ByteBuffer bytes = in.buffer();
    int at = bytes.position();
    int limit = bytes.limit();
    while (limit - at >= AmqpMethod.FRAME_EXTRA) {
      int size = bytes.getInt(at + 3);
      int end = at + AmqpMethod.FRAME_EXTRA + size;
      if (end > limit) {
        break;
      }
      if (bytes.get(end - 1) != AmqpMethod.FRAME_END) {
        throw new LoadFailure(link.name() + ": a frame without end octet");
      }
      switch (bytes.get(at)) {
        case AmqpMethod.METHOD -> onMethod(bytes, at);
        case AmqpMethod.HEADER -> bodyBytes = bytes.getLong(at + 11);
        case AmqpMethod.BODY -> onBody(in, at + AmqpMethod.FRAME_HEAD, size, nowNanos);
        default -> {} // a heartbeat
      }
      at = end;
    }
    bytes.position(at);
  }

  private void onMethod(ByteBuffer bytes, int at) {
    if (bytes.getInt(at + 7) == DELIVER) {
      tag = bytes.getLong(at + 12 + (bytes.get(at + 11) & 0xff));
      bodyAt = 0;
    } else {
      AmqpChannel.refuseClose(link, bytes, at);
    }
  }

  private void onBody(Bytes in, int at, int size, long nowNanos) {
    if (bodyAt == 0 && size == bodyBytes) {
      tally.onBody(in, at, size, index, nowNanos);
    } else if (!assemble(in, at, size, nowNanos)) {
      return;
    }
    if (!isAutoAck && ++unacknowledged >= ackEvery) {
      acknowledge();
    }
  }

  /** Returns whether the body is whole now. */
  private boolean assemble(Bytes in, int at, int size, long nowNanos) {
    if (assembled == null || assembled.buffer().capacity() < bodyBytes) {
      assembled = Bytes.allocate((int) bodyBytes);
    }
    assembled.buffer().put(bodyAt, in.buffer(), at, size);
    bodyAt += size;
    if (bodyAt < bodyBytes) {
      return false;
    }
    tally.onBody(assembled, 0, bodyAt, index, nowNanos);
    return true;
  }

  private void acknowledge() {
    link.room(AmqpMethod.FRAME_EXTRA + 13)
        .put(AmqpMethod.METHOD)
        .putShort((short) 1)
        .putInt(13)
        .putShort((short) 60)
        .putShort((short) 80)
        .putLong(tag)
        .put((byte) (unacknowledged > 1 ? 1 : 0))
        .put(AmqpMethod.FRAME_END);
    unacknowledged = 0;
  }

  @Override
  public void acknowledgeRest() {
    if (!isAutoAck && unacknowledged > 0) {
      acknowledge();
      link.flushOrWait();
    }
  }
}
