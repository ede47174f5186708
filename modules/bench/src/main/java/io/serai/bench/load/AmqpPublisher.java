package io.serai.bench.load;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Publishes over AMQP 0-9-1, with everything before the body prepared once. */
final class AmqpPublisher implements Publisher {
  private static final int ACK = 60 << 16 | 80;
  private static final int RETURN = 60 << 16 | 50;
  private static final int NACK = 60 << 16 | 120;

  private final Link link;
  private final int index;
  private final BodyLayout layout;
  private final @Nullable Unconfirmed unconfirmed;
  private final byte[] prefix; // method frame and content header frame
  private final int framePayloadMax;
  private final @Nullable ByteBuffer large; // a body that needs several frames
  private int sequence;
  private long refused;

  AmqpPublisher(
      AmqpChannel channel,
      int index,
      BodyLayout layout,
      @Nullable Unconfirmed unconfirmed,
      String exchange,
      String routingKey,
      boolean isPersistent) {
    this.link = channel.link();
    this.index = index;
    this.layout = layout;
    this.unconfirmed = unconfirmed;
    this.prefix = prefix(exchange, routingKey, layout.size(), isPersistent);
    this.framePayloadMax = channel.frameMax() - AmqpMethod.FRAME_EXTRA;
    this.large = layout.size() > framePayloadMax ? ByteBuffer.allocate(layout.size()) : null;
  }

  private static byte[] prefix(
      String exchange, String routingKey, int bodyBytes, boolean isPersistent) {
    byte[] method =
        AmqpMethod.of(1, 60, 40).u16(0).shortString(exchange).shortString(routingKey).u8(0).bytes();
    ByteBuffer header = ByteBuffer.allocate(AmqpMethod.FRAME_EXTRA + 15);
    header.put(AmqpMethod.HEADER).putShort((short) 1).putInt(15);
    header.putShort((short) 60).putShort((short) 0).putLong(bodyBytes);
    header.putShort((short) 0x1000).put((byte) (isPersistent ? 2 : 1)); // delivery-mode alone
    header.put(AmqpMethod.FRAME_END);
    return ByteBuffer.allocate(method.length + header.capacity())
        .put(method)
        .put(header.flip())
        .array();
  }

  @Override
  public Link link() {
    return link;
  }

  @Override
  public boolean mayPublish() {
    return link.pendingBytes() < MAX_PENDING_BYTES
        && (unconfirmed == null || unconfirmed.hasRoom());
  }

  @Override
  public void publish(long dueNanos) {
    if (unconfirmed != null) {
      unconfirmed.send(dueNanos);
    }
    ByteBuffer body = large;
    if (body == null) {
      int size = layout.size();
      ByteBuffer out = link.room(prefix.length + size + AmqpMethod.FRAME_EXTRA);
      out.put(prefix).put(AmqpMethod.BODY).putShort((short) 1).putInt(size);
      layout.write(out, index, sequence++, dueNanos);
      out.put(AmqpMethod.FRAME_END);
    } else {
      layout.write(body.clear(), index, sequence++, dueNanos);
      publishInFrames(body.flip());
    }
  }

  private void publishInFrames(ByteBuffer body) {
    link.room(prefix.length).put(prefix);
    while (body.hasRemaining()) {
      int part = Math.min(body.remaining(), framePayloadMax);
      ByteBuffer out = link.room(part + AmqpMethod.FRAME_EXTRA);
      out.put(AmqpMethod.BODY).putShort((short) 1).putInt(part);
      out.put(body.slice(body.position(), part));
      out.put(AmqpMethod.FRAME_END);
      body.position(body.position() + part);
    }
  }

  @Override
  public void onBytes(Bytes in, long nowNanos) {
    ByteBuffer bytes = in.buffer();
    int at = bytes.position();
    while (bytes.limit() - at >= AmqpMethod.FRAME_EXTRA) {
      int end = at + AmqpMethod.FRAME_EXTRA + bytes.getInt(at + 3);
      if (end > bytes.limit()) {
        break;
      }
      if (bytes.get(at) == AmqpMethod.METHOD) {
        onMethod(bytes, at, nowNanos);
      }
      at = end;
    }
    bytes.position(at);
  }

  private void onMethod(ByteBuffer bytes, int at, long nowNanos) {
    switch (bytes.getInt(at + 7)) {
      case ACK -> onAck(bytes.getLong(at + 11), bytes.get(at + 19) != 0, nowNanos);
      case NACK -> {
        refused++;
        onAck(bytes.getLong(at + 11), bytes.get(at + 19) != 0, nowNanos);
      }
      case RETURN -> refused++;
      default -> AmqpChannel.refuseClose(link, bytes, at);
    }
  }

  private void onAck(long tag, boolean isMultiple, long nowNanos) {
    if (unconfirmed == null) {
      throw new LoadFailure(link.name() + ": a confirm without confirm.select");
    }
    if (isMultiple) {
      unconfirmed.confirmUpTo(tag, nowNanos);
    } else {
      unconfirmed.confirm(tag, nowNanos);
    }
  }

  @Override
  public long unconfirmed() {
    return unconfirmed == null ? 0 : unconfirmed.open();
  }

  @Override
  public long refused() {
    return refused;
  }
}
