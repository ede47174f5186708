package io.serai.node.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Message;
import io.serai.model.StoredMessages;
import io.serai.routing.store.Spill;
import io.serai.storage.journal.StoredPayload;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A page of transient messages as a journal sees it: their number, then each one's sequence and
 * bytes. Encoded by the journal's thread, for the size and the bytes at once; nothing is kept of it
 * when it is written.
 */
final class SpillPage implements StoredPayload {
  private static final int FIRST_BYTES = 64 * 1024;

  private Spill.@Nullable Page page;
  private @Nullable ByteBuf encoded;
  private long journalId;

  SpillPage(Spill.Page page) {
    this.page = page;
  }

  /** Bytes of the bodies, about what it takes on disk. */
  int bodyBytes() {
    long bytes = 0;
    if (page != null) {
      for (Message message : page.messages()) {
        bytes += message.sizeBytes();
      }
    }
    return (int) Math.min(bytes, Integer.MAX_VALUE);
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
    return encoded().readableBytes();
  }

  @Override
  public void encode(ByteBuffer into) {
    ByteBuf bytes = encoded();
    into.put(bytes.array(), bytes.arrayOffset(), bytes.readableBytes());
    page = null;
    encoded = null;
  }

  private ByteBuf encoded() {
    ByteBuf bytes = encoded;
    if (bytes == null) {
      Spill.Page from = page;
      if (from == null) {
        throw new IllegalStateException("a page is written once");
      }
      bytes = Unpooled.buffer(FIRST_BYTES);
      bytes.writeInt(from.messages().length);
      for (int i = 0; i < from.messages().length; i++) {
        bytes.writeLong(from.sequences()[i]);
        StoredMessages.write(from.messages()[i], bytes);
      }
      encoded = bytes;
    }
    return bytes;
  }

  static Spill.Page read(ByteBuf in) {
    StoredMessages reader = new StoredMessages();
    int count = in.readInt();
    long[] sequences = new long[count];
    Message[] messages = new Message[count];
    for (int i = 0; i < count; i++) {
      sequences[i] = in.readLong();
      messages[i] = reader.read(in);
    }
    return new Spill.Page(sequences, messages);
  }
}
