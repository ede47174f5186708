package io.serai.node.store;

import io.serai.storage.journal.StoredPayload;
import io.serai.storage.stream.StreamRecord;
import java.nio.ByteBuffer;

/** A message as it is stored already, for a journal or a stream to write again. */
final class StoredBytes implements StoredPayload, StreamRecord {
  private final byte[] bytes;
  private long journalId;

  StoredBytes(byte[] bytes) {
    this.bytes = bytes;
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
    return bytes.length;
  }

  @Override
  public void encode(ByteBuffer into) {
    into.put(bytes);
  }
}
