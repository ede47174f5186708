package io.serai.storage.journal;

import java.io.IOException;

/** The journal cannot be opened as it is; the message says why and what to do. */
public final class JournalRefused extends IOException {
  public JournalRefused(String message) {
    super(message);
  }

  public JournalRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
