package io.serai.storage.file;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Another process, or another part of this one, holds the lock of a file. */
public final class FileLocked extends FileSystemException {
  private static final long serialVersionUID = 1L;

  FileLocked(Path file) {
    super(file.toString(), null, "is locked by another process");
  }
}
