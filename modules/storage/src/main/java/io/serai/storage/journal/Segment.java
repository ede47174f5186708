package io.serai.storage.journal;

import io.serai.storage.file.SeamFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One file of the journal and what is known of its content. The counts belong to the writer thread;
 * readers only pin it.
 */
final class Segment {
  private static final String PREFIX = "segment-";
  private static final String SUFFIX = ".journal";
  private static final String NEW = ".new";
  private static final String DAMAGED = ".damaged";
  private static final String ASIDE = ".aside";

  final long number;

  /** Its number in index entries, used again when it is gone. */
  final int slot;

  final Path path;
  final SeamFile file;

  /** Bytes on disk when it is sealed, its capacity before that. */
  long bytes;

  /** Where it was once written, what the payloads in it took. */
  long payloadCount;

  long payloadBytes;

  long livePayloads;
  long liveReferences;
  long liveFacts;

  boolean sealed;

  /** Its survivors are elsewhere: it goes whatever it still kills. */
  boolean emptied;

  /** Something in it could not be read: it stays as it is. */
  boolean damaged;

  /** How many references and facts in which earlier segments are dead because of this one. */
  final Map<Long, Long> kills = new HashMap<>();

  /** Reads under way. */
  final AtomicInteger pins = new AtomicInteger();

  Segment(long number, int slot, Path path, SeamFile file, long bytes) {
    this.number = number;
    this.slot = slot;
    this.path = path;
    this.file = file;
    this.bytes = bytes;
  }

  static String fileName(long number) {
    return String.format(Locale.ROOT, "%s%016d%s", PREFIX, number, SUFFIX);
  }

  /** The name while it is being filled. */
  static String newName(long number) {
    return fileName(number) + NEW;
  }

  static boolean isUnfinished(Path file) {
    return name(file).endsWith(SUFFIX + NEW);
  }

  static boolean isDamaged(Path file) {
    return name(file).startsWith(PREFIX) && name(file).endsWith(DAMAGED);
  }

  /** The number in a segment's file name, or -1 when it is another file. */
  static long numberOf(Path file) {
    String name = name(file);
    if (!name.startsWith(PREFIX) || !name.endsWith(SUFFIX)) {
      return -1;
    }
    String digits = name.substring(PREFIX.length(), name.length() - SUFFIX.length());
    return digits.matches("\\d{16}") ? Long.parseLong(digits) : -1;
  }

  /** The number in the name of a segment, whatever became of it; 0 for other files. */
  static long anyNumberOf(Path file) {
    String name = name(file);
    int end = PREFIX.length() + 16;
    if (!name.startsWith(PREFIX) || name.length() < end) {
      return 0;
    }
    String digits = name.substring(PREFIX.length(), end);
    return digits.matches("\\d{16}") ? Long.parseLong(digits) : 0;
  }

  /** The name of a damaged segment that keeps the journal from being opened. */
  static Path damaged(Path file) {
    return file.resolveSibling(name(file) + DAMAGED);
  }

  /** The name of a damaged segment that the operator goes on without. */
  static Path aside(Path file) {
    String name = name(file);
    return file.resolveSibling(
        (name.endsWith(DAMAGED) ? name.substring(0, name.length() - DAMAGED.length()) : name)
            + ASIDE);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  void kill(long target) {
    if (target != 0 && target != number) {
      kills.merge(target, 1L, Long::sum);
    }
  }

  /** Nothing in it is needed but perhaps what it kills. */
  boolean isDead() {
    return livePayloads == 0 && liveReferences == 0 && liveFacts == 0;
  }

  /** Bytes that would have to be copied to be rid of it: an estimate by averages. */
  long liveBytes(long neededKills) {
    long average = payloadCount == 0 ? 0 : payloadBytes / payloadCount;
    return livePayloads * average + (liveReferences + neededKills) * 24 + liveFacts * 128;
  }
}
