package io.serai.storage.file;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens files and folders that storage cannot do without. When the process has as many files and
 * sockets open as it may, nothing is wrong with the disk and nothing was written: it waits for some
 * to be closed, however long that takes, so that nobody can end a node by holding connections.
 */
final class PatientOpening {
  private static final Logger log = LoggerFactory.getLogger(PatientOpening.class);

  private static final long LOOK_AGAIN_MILLIS = 50;

  /** It is said again after so many attempts, about once a minute. */
  private static final int ATTEMPTS_BETWEEN_LINES = 1_200;

  /** Made while there are descriptors: its native libraries take some. */
  private static final OperatingSystemMXBean SYSTEM = ManagementFactory.getOperatingSystemMXBean();

  /** One in so many may be free when it is asked: others close files meanwhile. */
  private static final int SPARE_PART = 16;

  /**
   * Words of a system that speaks English for what has no exception of its own and is not this,
   * beside those for a full disk.
   */
  private static final List<String> OTHER_REASONS =
      List.of("input/output error", "read-only file system");

  /** What may fail for lack of descriptors. */
  @FunctionalInterface
  interface Opening<T> {
    T open() throws IOException;
  }

  private PatientOpening() {}

  static FileChannel open(Path file, OpenOption... options) throws IOException {
    return open(() -> FileChannel.open(file, options));
  }

  /** Tries until it is open or fails for another reason. */
  static <T> T open(Opening<T> opening) throws IOException {
    return open(opening, () -> isAtLimit(SPARE_PART));
  }

  /** As above, where a reason that is not known is mostly another one, and can be done without. */
  static FileChannel openIfPossible(Path file, OpenOption... options) throws IOException {
    return open(() -> FileChannel.open(file, options), () -> isAtLimit(Integer.MAX_VALUE));
  }

  /**
   * As above.
   *
   * @param isAtLimit whether the process has as many files and sockets open as it may
   */
  static <T> T open(Opening<T> opening, BooleanSupplier isAtLimit) throws IOException {
    long began = System.nanoTime();
    for (int attempt = 0; ; attempt++) {
      try {
        T opened = opening.open();
        if (attempt > 0) {
          log.atInfo()
              .addKeyValue("waited_ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began))
              .log("file descriptors are free again");
        }
        return opened;
      } catch (FileSystemException e) {
        if (!isOutOfDescriptors(e, isAtLimit)) {
          throw e;
        }
        if (attempt % ATTEMPTS_BETWEEN_LINES == 0) {
          log.atError()
              .addKeyValue("file", e.getFile())
              .log(
                  "no file descriptors left, storage waits until connections are closed: raise the"
                      + " limit of the process (LimitNOFILE=, ulimit -n, --ulimit nofile=)");
        }
      }
      pause();
    }
  }

  /**
   * The system's words are in the language of the locale, and the exception has nothing else. Its
   * subclasses have: they stand for what is not this.
   */
  private static boolean isOutOfDescriptors(FileSystemException e, BooleanSupplier isAtLimit) {
    if (e.getClass() != FileSystemException.class) {
      return false;
    }
    String reason = String.valueOf(e.getReason()).toLowerCase(Locale.ROOT);
    boolean isAnother = saysFull(reason) || OTHER_REASONS.stream().anyMatch(reason::contains);
    return reason.contains("too many open files") || (!isAnother && isAtLimit.getAsBoolean());
  }

  /**
   * Whether these are the words, in lower case, of a system that speaks English for a full disk.
   * Here because a class that is not loaded yet cannot be while there are no descriptors.
   */
  static boolean saysFull(String words) {
    return words.contains("no space left") || words.contains("quota exceeded");
  }

  /**
   * Whether the process has as many as it may.
   *
   * @param sparePart one in so many may be free
   */
  private static boolean isAtLimit(int sparePart) {
    if (!(SYSTEM instanceof UnixOperatingSystemMXBean unix)) {
      return false;
    }
    long limit = unix.getMaxFileDescriptorCount();
    try {
      return unix.getOpenFileDescriptorCount() >= limit - limit / sparePart;
    } catch (InternalError _) {
      return true; // to look takes a descriptor, and there is none
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while there were no file descriptors", e);
    }
  }
}
