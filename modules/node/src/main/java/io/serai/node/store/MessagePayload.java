package io.serai.node.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.StoredMessages;
import io.serai.storage.journal.StoredPayload;
import io.serai.storage.stream.StreamRecord;
import java.nio.ByteBuffer;

/**
 * A message as the journal and streams see it. Written by their threads, which ask for the size and
 * then for the bytes: they are made once for both.
 */
final class MessagePayload implements StoredPayload, StreamRecord {
  private static final int FIRST_BYTES = 8 * 1024;
  private static final int MOST_KEPT_BYTES = 1024 * 1024;

  /** Where a thread writes messages, and which one it wrote last. */
  private static final class Scratch {
    ByteBuf bytes = Unpooled.buffer(FIRST_BYTES);
    Object holds = this;
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private final Message message;
  private long journalId;

  private MessagePayload(Message message) {
    this.message = message;
  }

  /** The message's one payload. */
  static MessagePayload of(Message message) {
    return (MessagePayload) message.stored(MessagePayload::new);
  }

  /** As {@link #of} for a message that the journal has. */
  static void restored(Message message, long journalId) {
    of(message).journalId = journalId;
  }

  @Override
  public long journalId() {
    return journalId;
  }

  @Override
  public void journalId(long id) {
    journalId = id;
  }

  @Override
  public int encodedSize() {
    return written().readableBytes();
  }

  @Override
  public void encode(ByteBuffer into) {
    ByteBuf bytes = written();
    into.put(bytes.array(), bytes.arrayOffset(), bytes.readableBytes());
    Scratch scratch = SCRATCH.get();
    scratch.holds = scratch;
    if (bytes.capacity() > MOST_KEPT_BYTES) {
      scratch.bytes = Unpooled.buffer(FIRST_BYTES);
    }
  }

  /** What no format is for is kept without what is its publisher's own. */
  private static Message storable(Message message) {
    return StoredMessages.canWrite(message)
        ? message
        : message.reencoded(new Encoding.Neutral(message.properties(), message.headers()));
  }

  private ByteBuf written() {
    Scratch scratch = SCRATCH.get();
    if (scratch.holds != this) {
      scratch.bytes.clear();
      StoredMessages.write(storable(message), scratch.bytes);
      scratch.holds = this;
    }
    return scratch.bytes;
  }
}
