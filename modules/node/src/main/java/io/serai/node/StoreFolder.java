package io.serai.node;

import io.serai.node.store.JournalStore;
import io.serai.node.store.UnfinishedMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells data folders from others, before anything is looked for in one, or made. */
public final class StoreFolder {
  private StoreFolder() {}

  /**
   * Sees to it that a folder is a node's, whole, and not of a newer format. Changes nothing.
   *
   * @throws IOException that says what it is instead
   */
  public static void check(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      throw new IOException(folder + ": there is no such folder");
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is no folder");
    }
    UnfinishedMark.check(folder);
    if (!Files.isDirectory(folder.resolve(JournalStore.FOLDER))) {
      throw new IOException(
          "%s is no data folder of a node: it has no folder %s. Name the one that the node has: --data DIR, or node.data-dir in its configuration."
              .formatted(folder, JournalStore.FOLDER));
    }
    try {
      DataFolder.refuseNewer(folder);
    } catch (StartFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
