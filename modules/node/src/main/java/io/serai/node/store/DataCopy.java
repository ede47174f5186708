package io.serai.node.store;

import io.serai.config.FileReason;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalSnapshot;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies of a data folder that a node can be started on: the journal as it was at one moment, and
 * each stream with at least what it had then.
 */
public final class DataCopy {
  private static final long SNAPSHOT_SECONDS = 60;
  private static final List<String> SMALL_FILES = List.of("format", "salt-secret");

  private DataCopy() {}

  /**
   * Says why a copy cannot go into a folder.
   *
   * @throws IOException when it is not empty, or not to be used
   */
  public static void checkTarget(Path target) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw new IOException(target + " is no folder");
    }
    UnfinishedMark.check(target);
    try (Stream<Path> files = Files.list(target)) {
      if (files.findAny().isPresent()) {
        throw new IOException(target + " is not empty: name a folder that is, or a new one");
      }
    }
  }

  /**
   * Copies the data folder of a node that does not run; its lock is the caller's.
   *
   * @return how many bytes that were
   */
  public static long ofStopped(Path data, Path target) throws IOException {
    checkTarget(target);
    UnfinishedMark.set(target);
    long bytes = copyFolder(data.resolve(JournalStore.FOLDER), target.resolve(JournalStore.FOLDER));
    return bytes + copyRest(data, target);
  }

  /**
   * Copies the data folder of a node that goes on.
   *
   * @return how many bytes that were
   */
  public static long ofRunning(Path data, Journal journal, Path target) throws IOException {
    checkTarget(target);
    UnfinishedMark.set(target);
    Path folder = target.resolve(JournalStore.FOLDER);
    Files.createDirectories(folder);
    long bytes;
    try (JournalSnapshot snapshot = await(journal.snapshot())) {
      bytes = snapshot.copyTo(folder);
    }
    // Queues before streams: a stream that is declared meanwhile has no queue in the copy and is
    // left out by its first start.
    return bytes + copyRest(data, target);
  }

  private static JournalSnapshot await(CompletableFuture<JournalSnapshot> snapshot)
      throws IOException {
    try {
      return snapshot.get(SNAPSHOT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      throw new IOException("the journal does not answer within " + SNAPSHOT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static long copyRest(Path data, Path target) throws IOException {
    long bytes = copyFolder(data.resolve(DiskStreams.FOLDER), target.resolve(DiskStreams.FOLDER));
    for (String name : SMALL_FILES) {
      if (Files.exists(data.resolve(name))) {
        bytes += copyFile(data.resolve(name), target.resolve(name));
      }
    }
    UnfinishedMark.clear(target);
    return bytes;
  }

  /** Files that only grow; one that goes away meanwhile was not needed any more. */
  private static long copyFolder(Path from, Path to) throws IOException {
    if (!Files.exists(from)) {
      return 0;
    }
    long[] bytes = {0};
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(folder).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!String.valueOf(file.getFileName()).endsWith("lock")) {
              bytes[0] += copyFile(file, to.resolve(from.relativize(file).toString()));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            sync(to.resolve(from.relativize(folder).toString()));
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }

  private static long copyFile(Path from, Path to) throws IOException {
    try {
      Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    } catch (NoSuchFileException _) {
      return 0;
    } catch (FileSystemException e) {
      String where = e.getOtherFile() == null ? e.getFile() : to.toString(); // one, or in between
      throw new IOException("%s: %s".formatted(where, FileReason.of(e)), e);
    }
    sync(to);
    return Files.size(to);
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
