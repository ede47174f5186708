package io.serai.node.store;

import io.serai.storage.file.RealFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file in a data folder that an import or a backup is making: it goes when all of it is safe.
 * Whoever ends in the middle leaves a folder that nobody takes for the whole.
 */
public final class UnfinishedMark {
  private static final String FILE = "unfinished";

  private UnfinishedMark() {}

  /** Makes the folder if it is missing, and marks it. */
  static void set(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.createFile(folder.resolve(FILE));
    new RealFiles().syncFolder(folder);
  }

  /**
   * All that is in the folder is safe but for its names; they are made so ahead of the mark's end.
   */
  static void clear(Path folder) throws IOException {
    new RealFiles().syncFolder(folder);
    Files.delete(folder.resolve(FILE));
    new RealFiles().syncFolder(folder);
  }

  /**
   * Refuses a folder that is not whole.
   *
   * @throws IOException that says what to do
   */
  public static void check(Path folder) throws IOException {
    if (Files.exists(folder.resolve(FILE))) {
      throw new IOException(
          "an import or a backup into %s has not ended, so not everything is in it. If none is under way, delete the folder and make it again."
              .formatted(folder));
    }
  }
}
