package io.serai.security;

import java.nio.file.Path;

/** A certificate, key or trust file is not usable. The message says which, why and what to do. */
public final class TlsException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Path file;

  TlsException(Path file, String problem) {
    super(file + ": " + problem);
    this.file = file;
  }

  /** The file at fault. */
  public Path file() {
    return file;
  }
}
