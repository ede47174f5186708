package io.serai.model;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages one after the other as {@link StoredMessages#read} reads them. What a message
 * shares with the one before, as those of one publisher do, is not made again, and a body is copied
 * once. One thread at a time.
 */
public final class StoredMessageWriter {
  private static final int FIXED_BYTES = Byte.BYTES + Long.BYTES + Integer.BYTES;
  private static final int FIRST_BYTES = 256;

  /** A buffer that has become larger is not kept for the next message. */
  private static final int MOST_KEPT_BYTES = 64 * 1024;

  /** What is made of the three below. */
  private ByteBuf common = Unpooled.buffer(FIRST_BYTES);

  private @Nullable Address address;
  private @Nullable Origin origin;
  private @Nullable Encoding encoding;

  /** Bytes that {@link #write} takes. */
  public int size(Message message) {
    return FIXED_BYTES + common(message).readableBytes() + message.body().length();
  }

  /** Writes a message. What no format is for is kept without what is its publisher's own. */
  public void write(Message message, ByteBuffer into) {
    ByteBuf shared = common(message);
    Body body = message.body();
    into.put((byte) StoredMessages.VERSION).putLong(message.receivedMillis());
    into.put(shared.array(), shared.arrayOffset(), shared.readableBytes());
    into.putInt(body.length());
    for (int i = 0; i < body.chunkCount(); i++) {
      into.put(body.chunk(i));
    }
  }

  private ByteBuf common(Message message) {
    if (message.encoding() == encoding
        && message.address() == address
        && message.origin() == origin) {
      return common;
    }
    encoding = null; // until all of it is there
    common = common.capacity() > MOST_KEPT_BYTES ? Unpooled.buffer(FIRST_BYTES) : common.clear();
    Encoding storable =
        StoredMessages.canWrite(message)
            ? message.encoding()
            : new Encoding.Neutral(message.properties(), message.headers());
    StoredMessages.writeCommon(message.address(), message.origin(), storable, common);
    address = message.address();
    origin = message.origin();
    encoding = message.encoding();
    return common;
  }
}
