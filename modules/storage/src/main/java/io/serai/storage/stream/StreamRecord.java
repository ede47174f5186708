package io.serai.storage.stream;

import java.nio.ByteBuffer;

/**
 * A message as a stream keeps it. The stream's writer thread asks for the size and then for the
 * bytes, so the loops that append pay no encoding.
 */
public interface StreamRecord {
  /** Bytes that {@link #encode} is going to write. */
  int encodedSize();

  /** Writes exactly {@link #encodedSize} bytes. */
  void encode(ByteBuffer into);
}
