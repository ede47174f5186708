package io.serai.storage.journal;

import java.nio.file.Path;

/** A place on disk that is not as it was written. */
public record Damage(Path file, long offset, String what) {
  @Override
  public String toString() {
    return file + " at byte " + offset + ": " + what;
  }
}
