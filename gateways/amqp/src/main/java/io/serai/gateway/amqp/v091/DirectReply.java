package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.DirectReplyTo;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.gateway.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A channel's reply consumer, started on {@code amq.rabbitmq.reply-to}: requests published on the
 * channel carry its address in place of that name (RabbitMQ's direct reply-to).
 */
final class DirectReply {
  private static final byte[] NAME = DirectReplyTo.NAME.getBytes(StandardCharsets.US_ASCII);

  private @Nullable ChannelConsumer consumer;

  /** Whether these bytes are the name that is no queue. */
  static boolean isName(ByteBuf in, int at, int length) {
    return length == NAME.length && Wire.matches(in, at, NAME);
  }

  /** The queue behind a new reply consumer; nobody can guess its name. */
  static QueueSpec newQueue() {
    return new QueueSpec(
        DirectReplyTo.PREFIX + ServerTag.unguessable(),
        QueueKind.VOLATILE,
        Lifetime.EXCLUSIVE,
        true,
        Request.noArguments(),
        Source.CLIENT);
  }

  /**
   * Whether the channel may start its reply consumer now.
   *
   * @throws ProtocolException PRECONDITION_FAILED when it wants to acknowledge or there is one
   */
  void checkMayStart(BasicMethod.Consume consume) {
    if (!consume.noAck()) {
      throw ReplyCode.PRECONDITION_FAILED.because("reply consumer cannot acknowledge");
    }
    if (consumer != null) {
      throw ReplyCode.PRECONDITION_FAILED.because("reply consumer already set");
    }
  }

  void started(ChannelConsumer by) {
    consumer = by;
  }

  /** A consumer of the channel has ended. */
  @SuppressWarnings("ReferenceEquality") // the very one
  void ended(ChannelConsumer by) {
    if (consumer == by) {
      consumer = null;
    }
  }

  /**
   * The properties with the reply consumer's address as reply-to where they name {@code
   * amq.rabbitmq.reply-to}, else unchanged.
   *
   * @throws ProtocolException PRECONDITION_FAILED when there is no reply consumer
   */
  Amqp091Encoding addressed(Amqp091Encoding encoding) {
    FieldReader in = new FieldReader();
    byte[] wire = encoding.wire();
    ByteBuf buffer = Unpooled.wrappedBuffer(wire);
    int at = replyToAt(in.over(buffer, 0, wire.length));
    if (at < 0 || !isName(buffer, at + 1, buffer.getUnsignedByte(at))) {
      return encoding;
    }
    ChannelConsumer to = consumer;
    if (to == null) {
      throw ReplyCode.PRECONDITION_FAILED.because("fast reply consumer does not exist");
    }
    ByteBuf changed = Unpooled.buffer(wire.length + 32);
    changed.writeBytes(wire, 0, at);
    new FieldWriter(changed).shortString(to.queue());
    int rest = at + 1 + NAME.length;
    changed.writeBytes(wire, rest, wire.length - rest);
    byte[] bytes = new byte[changed.readableBytes()];
    changed.readBytes(bytes);
    return encoding.with(bytes);
  }

  /** Where the value of reply-to starts in a property list, or -1 when there is none. */
  private static int replyToAt(FieldReader in) {
    int flags = in.shortUint();
    if (!Property.REPLY_TO.isIn(flags)) {
      return -1;
    }
    skipShort(in, flags, Property.CONTENT_TYPE);
    skipShort(in, flags, Property.CONTENT_ENCODING);
    if (Property.HEADERS.isIn(flags)) {
      in.skip(in.length());
    }
    in.skip(Property.DELIVERY_MODE.isIn(flags) ? 1 : 0);
    in.skip(Property.PRIORITY.isIn(flags) ? 1 : 0);
    skipShort(in, flags, Property.CORRELATION_ID);
    return in.position();
  }

  private static void skipShort(FieldReader in, int flags, Property property) {
    if (property.isIn(flags)) {
      in.skip(in.octet());
    }
  }
}
