package io.serai.node.store;

import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.UnsyncedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a node has transient messages that take too much memory: {@link SpillVolume volumes} that
 * sync nothing, the first made when a loop needs it, a new one some time after the one before has
 * failed. All are deleted when the node stops, or by the next start. Safe for use from any thread.
 */
final class SpillFiles implements AutoCloseable {
  /** In the data folder; in it a folder for each volume. */
  static final String FOLDER = "spill";

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration MOST_PAUSE = Duration.ofMinutes(5);

  /** Each has files and threads: no more are made while what is in so many is wanted. */
  static final int MOST_VOLUMES = 8;

  private static final Logger log = LoggerFactory.getLogger(SpillFiles.class);

  /** A loop that writes. Both are called on any thread, or in place. */
  private record Loop(Consumer<SpillVolume> opened, Runnable whenSpaceAgain) {}

  private final Path dataFolder;
  private final Path folder;
  private final FileSystemSeam files;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private final AtomicBoolean isAskedFor = new AtomicBoolean();

  /** Those with a folder, {@link #MOST_VOLUMES} at most. Guarded by this. */
  private final Set<SpillVolume> volumes = new LinkedHashSet<>();

  /** Of the one thread that opens: the next is started by what that has opened. */
  private final GrowingPause pause;

  private int lastNumber;

  /** The latest; null before the first is open. */
  private volatile @Nullable SpillVolume current;

  /** The last one. */
  private volatile @Nullable Throwable failure;

  /**
   * Deletes what an earlier run has left. Where that cannot be done it is reported, and nothing is
   * written here until it is.
   */
  SpillFiles(Path dataFolder, FileSystemSeam files) {
    this(dataFolder, files, new GrowingPause(FIRST_PAUSE, MOST_PAUSE));
  }

  /**
   * @param pause between attempts to open it
   */
  SpillFiles(Path dataFolder, FileSystemSeam files, GrowingPause pause) {
    this.dataFolder = dataFolder;
    this.folder = dataFolder.resolve(FOLDER);
    this.files = new UnsyncedFiles(files);
    this.pause = pause;
    tryToDelete(this::deleteAll);
  }

  private interface Deletion {
    void run() throws IOException;
  }

  private void tryToDelete(Deletion deletion) {
    try {
      deletion.run();
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("reason", e.toString())
          .log("transient messages that nobody wants any more cannot be deleted");
    }
  }

  private void deleteAll() throws IOException {
    if (!hasFolder()) {
      return;
    }
    for (Path left : files.folders(folder)) {
      if (String.valueOf(left.getFileName()).matches("\\d+")) {
        delete(left);
      }
    }
    if (Files.isSymbolicLink(folder)) {
      return; // to where somebody wants them: it is used by the next run, too
    }
    try {
      delete(folder);
    } catch (IOException e) {
      // a disk of its own is mounted there, or somebody else has a folder in it: that may stay
      if (!files.list(folder).isEmpty()) {
        throw e;
      }
    }
  }

  private boolean hasFolder() throws IOException {
    return files.folders(dataFolder).contains(folder);
  }

  private void delete(Path of) throws IOException {
    for (Path file : files.list(of)) {
      files.delete(file);
    }
    files.deleteFolder(of);
  }

  /** What one loop uses of it. */
  LoopSpill ofLoop(int loop, Executor onLoop) {
    return new LoopSpill(this, loop, onLoop);
  }

  /**
   * Has it opened, if it is not, and tells a loop from now on.
   *
   * @param opened told each volume that can be written, some more than once, also out of order
   * @param whenSpaceAgain told each time the disk is not full any more
   */
  void use(Consumer<SpillVolume> opened, Runnable whenSpaceAgain) {
    loops.add(new Loop(opened, whenSpaceAgain));
    SpillVolume now = current;
    if (now != null) {
      opened.accept(now);
    }
    if (isAskedFor.compareAndSet(false, true)) {
      openAfter(Duration.ZERO);
    }
  }

  /** Why transient messages cannot be written out now; empty while they can, or need not be. */
  Optional<String> trouble() {
    SpillVolume now = current;
    Throwable why = failure;
    if (now != null && now.takesPages()) {
      return Optional.empty();
    }
    if (now != null && !now.hasFailed()) {
      return Optional.of("the disk is full");
    }
    return Optional.ofNullable(why).map(WatchedDisk::reason);
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  // ---- open

  private void openAfter(Duration wait) {
    if (!isClosed()) {
      Thread.ofPlatform().name("serai-spill-opener").daemon().start(() -> open(wait));
    }
  }

  /** Tries until it is open or closed. */
  private void open(Duration firstWait) {
    Duration wait = firstWait;
    boolean isAgain = wait.isPositive();
    while (!isClosedWithin(wait)) {
      SpillVolume next = null;
      try {
        next = nextVolume();
        next.open(files);
        opened(next, isAgain);
        return;
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        isAgain = true; // also when there is no memory outside the heap, which may be for now only
        wait = pause.after(Duration.ZERO);
        failure = e;
        log.atError()
            .addKeyValue("folder", folder)
            .addKeyValue("retry_ms", wait.toMillis())
            .setCause(e)
            .log("transient messages cannot be written out and stay in memory");
        if (next != null) {
          close(next);
        }
      }
    }
  }

  private boolean isClosedWithin(Duration wait) {
    try {
      return closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      return true; // nobody interrupts it but to end it
    }
  }

  private synchronized SpillVolume nextVolume() throws IOException {
    if (volumes.isEmpty()) {
      deleteAll(); // of earlier runs
    } else if (volumes.size() == MOST_VOLUMES) {
      throw new IOException(
          "%d folders whose disk has failed have messages that are not consumed yet"
              .formatted(MOST_VOLUMES));
    }
    lastNumber++;
    Path of = folder.resolve(Integer.toString(lastNumber));
    SpillVolume next = new SpillVolume(lastNumber, of, new Listener());
    volumes.add(next);
    return next;
  }

  private void opened(SpillVolume volume, boolean isAgain) {
    synchronized (this) {
      if (isClosed()) {
        close(volume);
        return;
      }
      current = volume;
    }
    if (isAgain) {
      log.atInfo()
          .addKeyValue("folder", volume.folder())
          .log("transient messages are written out again");
    }
    loops.forEach(loop -> loop.opened().accept(volume));
    volume.release();
  }

  /** On the threads of a volume, or on a loop. */
  private final class Listener implements SpillVolume.Listener {
    @Override
    public void failed(SpillVolume volume, Throwable cause) {
      failure = cause;
      Duration wait = pause.after(volume.age());
      log.atError()
          .addKeyValue("folder", volume.folder())
          .addKeyValue("retry_ms", wait.toMillis())
          .setCause(cause)
          .log(
              "transient messages cannot be written out and stay in memory for now; those on disk"
                  + " are read as far as they can be: look after the disk");
      openAfter(wait);
    }

    @Override
    public void spaceAgain() {
      loops.forEach(loop -> loop.whenSpaceAgain().run());
    }

    @Override
    public void unused(SpillVolume volume) {
      Thread.ofPlatform().name("serai-spill-closer").daemon().start(() -> close(volume));
    }
  }

  // ---- close

  /** Closes a volume and deletes what is in it, unless that is done. Blocks. */
  private synchronized void close(SpillVolume volume) {
    volume.close();
    if (volumes.remove(volume)) {
      tryToDelete(() -> {
        if (hasFolder() && files.folders(folder).contains(volume.folder())) {
          delete(volume.folder());
        }
      });
    }
    deleteRest();
  }

  private void deleteRest() {
    if (isClosed() && lastNumber > 0 && volumes.isEmpty()) {
      tryToDelete(this::deleteAll);
    }
  }

  @Override
  public synchronized void close() {
    closed.countDown();
    for (SpillVolume volume : List.copyOf(volumes)) {
      if (volume.isOpen()) { // else who opens it closes it
        close(volume);
      }
    }
    deleteRest();
  }
}
