package io.serai.storage.journal;

import java.nio.ByteBuffer;

/**
 * What is kept once however many owners refer to it: a message. The journal calls all methods on
 * its writer thread only, so the loops that append pay no encoding and need no lock.
 */
public interface StoredPayload {
  /** The id last given by {@link #journalId(long)}; 0 before that. */
  long journalId();

  /** Remembers under which id the journal keeps this content. */
  void journalId(long id);

  /** Bytes that {@link #encode} is going to write. */
  int encodedSize();

  /** Writes exactly {@link #encodedSize} bytes. */
  void encode(ByteBuffer into);
}
