package io.serai.node.store;

import io.serai.model.Message;
import io.serai.model.StoredMessageWriter;
import io.serai.storage.journal.StoredPayload;
import io.serai.storage.stream.StreamRecord;
import java.nio.ByteBuffer;

/** A message as the journal and streams see it. Written by their threads. */
final class MessagePayload implements StoredPayload, StreamRecord {
  private static final ThreadLocal<StoredMessageWriter> WRITER =
      ThreadLocal.withInitial(StoredMessageWriter::new);

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
    return WRITER.get().size(message);
  }

  @Override
  public void encode(ByteBuffer into) {
    WRITER.get().write(message, into);
  }
}
