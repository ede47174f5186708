package io.serai.storage.file;

import java.io.IOException;

/** There is no space for what was to be written. It can be tried again when there is. */
public final class DiskFullException extends IOException {
  public DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }

  public DiskFullException(String message) {
    super(message);
  }
}
