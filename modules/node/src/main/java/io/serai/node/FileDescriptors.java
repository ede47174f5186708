package io.serai.node;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many files and sockets the process may have open, and whether that is enough. The JVM has
 * raised the soft limit to the hard one by the time this is read.
 */
final class FileDescriptors {
  /** Jars, listeners, selectors and data files, generously. */
  static final int OWN_USE = 500;

  /** Part of the limit that connections leave to files that storage opens, and its bounds. */
  private static final int RESERVED_PART = 5;

  private static final int LEAST_RESERVED = 64;
  private static final int MOST_RESERVED = 1_000;

  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files\\s+(\\d+)\\s");

  private FileDescriptors() {}

  /** The limit in force, empty where the system does not tell or has none. */
  static OptionalLong limit() {
    try {
      return limitIn(Files.readString(LIMITS));
    } catch (IOException _) {
      return OptionalLong.empty(); // not Linux
    }
  }

  static OptionalLong limitIn(String limits) {
    Matcher line = OPEN_FILES.matcher(limits);
    return line.find() ? OptionalLong.of(Long.parseLong(line.group(1))) : OptionalLong.empty();
  }

  /** How many of them the process has, -1 where the system does not tell. Takes long for many. */
  static long open() {
    try {
      return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
          ? unix.getOpenFileDescriptorCount()
          : -1;
    } catch (InternalError _) {
      return -1; // to look takes a descriptor, and there is none
    }
  }

  /** Descriptors beyond those in use that no connection gets. */
  static long reserve(long limit) {
    return Math.clamp(limit / RESERVED_PART, LEAST_RESERVED, MOST_RESERVED);
  }

  /** What to raise so that {@code maxConnections} can be reached; empty when it is enough. */
  static Optional<String> advice(OptionalLong limit, int maxConnections) {
    long wanted = (long) maxConnections + OWN_USE;
    if (limit.isEmpty() || limit.getAsLong() >= wanted) {
      return Optional.empty();
    }
    return Optional.of(
        "only about %d connections fit, limits.max-connections allows %d; raise the limit to %d (ulimit -Hn and -n in the shell, LimitNOFILE= in a systemd unit, --ulimit nofile= for docker) or lower the key"
            .formatted(Math.max(0, limit.getAsLong() - OWN_USE), maxConnections, wanted));
  }

  /**
   * Why a journal cannot be opened, and what to raise: it has more files than may be open. Empty
   * when it can. Opening it would wait for others to be closed, which nobody does at a start.
   *
   * @param open how many descriptors the process has without it; negative when nobody knows
   * @param files those of the journal: each stays open
   */
  static Optional<String> refusal(OptionalLong limit, long open, long files) {
    if (limit.isEmpty() || open < 0 || open + files < limit.getAsLong()) {
      return Optional.empty();
    }
    return Optional.of(
        "the journal has %d files, and this process may have %d open of which it uses %d; raise the limit to %d at least (ulimit -Hn and -n in the shell, LimitNOFILE= in a systemd unit, --ulimit nofile= for docker)"
            .formatted(files, limit.getAsLong(), open, files + OWN_USE));
  }
}
