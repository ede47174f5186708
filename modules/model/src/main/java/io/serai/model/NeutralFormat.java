package io.serai.model;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Stores the encoding of messages that the broker makes itself. */
public final class NeutralFormat implements EncodingFormat {
  /** Stands before each form of a reply address. */
  private static final int NO_REPLY = 0;

  private static final int REPLY_TO_QUEUE = 1;
  private static final int REPLY_TO_TOPIC = 2;

  @Override
  public int id() {
    return 1;
  }

  @Override
  public Class<? extends Encoding> type() {
    return Encoding.Neutral.class;
  }

  @Override
  public void write(Encoding value, ByteBuf out) {
    Properties it = value.properties();
    StoredFields.writeOptionalText(it.contentType(), out);
    StoredFields.writeOptionalText(it.contentEncoding(), out);
    StoredValues.writeOptional(it.correlationId(), out);
    writeReplyTo(it.replyTo(), out);
    StoredValues.writeOptional(it.messageId(), out);
    out.writeLong(it.expiryMillis());
    out.writeShort(it.priority());
    out.writeLong(it.timestampMillis());
    StoredFields.writeOptionalText(it.type(), out);
    StoredFields.writeOptionalText(it.userId(), out);
    StoredFields.writeOptionalText(it.appId(), out);
    out.writeBoolean(it.durable());
    StoredFields.writeHeaders(value.headers().list(), out);
  }

  private static void writeReplyTo(@Nullable ReplyTo replyTo, ByteBuf out) {
    switch (replyTo) {
      case null -> out.writeByte(NO_REPLY);
      case ReplyTo.Queue(String name) ->
          StoredFields.writeText(name, out.writeByte(REPLY_TO_QUEUE));
      case ReplyTo.AtTopic(Topic topic) ->
          StoredFields.writeTopic(topic, out.writeByte(REPLY_TO_TOPIC));
    }
  }

  private static @Nullable ReplyTo readReplyTo(ByteBuf in) {
    int kind = in.readByte();
    return switch (kind) {
      case NO_REPLY -> null;
      case REPLY_TO_QUEUE -> new ReplyTo.Queue(StoredFields.readText(in));
      case REPLY_TO_TOPIC -> new ReplyTo.AtTopic(StoredFields.readTopic(in));
      default -> throw new IllegalArgumentException("no reply address is of kind " + kind);
    };
  }

  @Override
  public Encoding read(ByteBuf in) {
    Properties.Builder properties = Properties.builder();
    properties.contentType(StoredFields.readOptionalText(in));
    properties.contentEncoding(StoredFields.readOptionalText(in));
    properties.correlationId(StoredValues.readOptional(in));
    properties.replyTo(readReplyTo(in));
    properties.messageId(StoredValues.readOptional(in));
    properties.expiryMillis(in.readLong());
    properties.priority(in.readShort());
    properties.timestampMillis(in.readLong());
    properties.type(StoredFields.readOptionalText(in));
    properties.userId(StoredFields.readOptionalText(in));
    properties.appId(StoredFields.readOptionalText(in));
    properties.durable(in.readBoolean());
    return new Encoding.Neutral(properties.build(), Headers.of(StoredFields.readHeaders(in)));
  }
}
