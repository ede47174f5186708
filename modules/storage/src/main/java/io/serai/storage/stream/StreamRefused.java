package io.serai.storage.stream;

import java.io.IOException;

/** A stream, or the folder of all streams, cannot be used as it is; says why and what to do. */
public final class StreamRefused extends IOException {
  public StreamRefused(String message) {
    super(message);
  }

  public StreamRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
