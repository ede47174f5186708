package io.serai.storage.stream;

import io.serai.storage.file.FileSystemSeam;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Syncs the streams of a round, several at a time: a file system does what is asked for together in
 * one go.
 */
final class Syncs {
  private final FileSystemSeam files;
  private final Executor helpers;
  private final List<CompletableFuture<@Nullable Void>> underWay = new ArrayList<>();

  Syncs(FileSystemSeam files, Executor helpers) {
    this.files = files;
    this.helpers = helpers;
  }

  /** Returns when all that was written to these segments is on the device. */
  void force(List<ActiveSegment> segments) throws IOException {
    for (ActiveSegment segment : segments.subList(0, Math.max(0, segments.size() - 1))) {
      underWay.add(CompletableFuture.runAsync(() -> forceOne(segment), helpers));
    }
    try {
      if (!segments.isEmpty()) {
        segments.getLast().force(files); // the only one in most rounds
      }
    } finally {
      await();
    }
  }

  /** The segments are used by helpers until this returns, whatever failed. */
  private void await() throws IOException {
    IOException failure = null;
    for (CompletableFuture<@Nullable Void> one : underWay) {
      try {
        one.join();
      } catch (CompletionException e) {
        failure = new IOException("a stream cannot be synced", e.getCause());
      }
    }
    underWay.clear();
    if (failure != null) {
      throw failure;
    }
  }

  private void forceOne(ActiveSegment segment) {
    try {
      segment.force(files);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }
}
