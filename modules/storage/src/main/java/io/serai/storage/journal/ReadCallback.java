package io.serai.storage.journal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Takes payloads that were read back, on a reader's thread. */
@FunctionalInterface
public interface ReadCallback {
  /**
   * The answer to one read.
   *
   * @param payloads in the order of the ids; null where a payload is not live any more, or could
   *     not be read
   * @param failure why one or more could not be read; null when none failed
   */
  void read(byte[] @Nullable [] payloads, @Nullable IOException failure);
}
