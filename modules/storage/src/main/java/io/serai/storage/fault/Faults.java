package io.serai.storage.fault;

import io.serai.storage.file.CrashPoint;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What is to go wrong, and when. All counts are from 1; 0 stands for never. Safe for use by several
 * threads.
 */
public final class Faults {
  /** File operations that can be made to fail. */
  public enum Operation {
    WRITE,
    FORCE,
    READ,
    CREATE,
    SYNC_FOLDER
  }

  private final Random random;
  private final Map<Operation, Integer> failures = new EnumMap<>(Operation.class);
  private final Map<CrashPoint, Integer> crashes = new EnumMap<>(CrashPoint.class);
  private @Nullable String onlyIn;
  private int crashAfterOperations;
  private boolean shortWrites;
  private boolean lyingSync;
  private long stallMillis;
  private long diskBytes = Long.MAX_VALUE;

  public Faults(long seed) {
    random = new Random(seed * 0x9E37_79B9_7F4A_7C15L); // small seeds begin alike otherwise
  }

  /**
   * Reads faults from a line such as {@code "seed=7,crash-at=MID_ROLL:2,stall-ms=200"}: also {@code
   * crash-after=N}, {@code fail=FORCE:3}, {@code only-in=spill}, {@code disk-bytes=N}, {@code
   * short-writes}, {@code lying-sync}.
   */
  public static Faults parse(String line) {
    Map<String, String> words = new LinkedHashMap<>();
    for (String word : line.split(",", -1)) {
      int equals = word.indexOf('=');
      words.put(
          (equals < 0 ? word : word.substring(0, equals)).strip(),
          equals < 0 ? "" : word.substring(equals + 1).strip());
    }
    Faults faults = new Faults(Long.parseLong(words.getOrDefault("seed", "1")));
    words.forEach(faults::set);
    return faults;
  }

  private void set(String name, String value) {
    switch (name) {
      case "seed", "" -> {}
      case "crash-at" -> crashAt(CrashPoint.valueOf(constant(value)), count(value));
      case "fail" -> fail(Operation.valueOf(constant(value)), count(value));
      case "only-in" -> onlyIn(value);
      case "crash-after" -> crashAfter(Integer.parseInt(value));
      case "stall-ms" -> stallSync(Long.parseLong(value));
      case "disk-bytes" -> diskBytes(Long.parseLong(value));
      case "short-writes" -> shortWrites();
      case "lying-sync" -> lieAboutSync();
      default -> throw new IllegalArgumentException("unknown fault " + name);
    }
  }

  private static String constant(String value) {
    int colon = value.indexOf(':');
    String name = colon < 0 ? value : value.substring(0, colon);
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static int count(String value) {
    int colon = value.indexOf(':');
    return colon < 0 ? 1 : Integer.parseInt(value.substring(colon + 1));
  }

  /** Power fails when a point is reached for the nth time. */
  public synchronized Faults crashAt(CrashPoint point, int nth) {
    crashes.put(point, nth);
    return this;
  }

  /** Power fails in the middle of the nth write, sync, creation, deletion or renaming. */
  public synchronized Faults crashAfter(int operations) {
    crashAfterOperations = operations;
    return this;
  }

  /** The nth operation of a kind fails with an I/O error. */
  public synchronized Faults fail(Operation operation, int nth) {
    failures.put(operation, nth);
    return this;
  }

  /** I/O errors are of files below folders of this name only, and only those are counted. */
  public synchronized Faults onlyIn(String folderName) {
    onlyIn = folderName;
    return this;
  }

  /** Writes take only a part of what they are given. */
  public synchronized Faults shortWrites() {
    shortWrites = true;
    return this;
  }

  /** Syncs report success and do nothing: what a checker has to find. */
  public synchronized Faults lieAboutSync() {
    lyingSync = true;
    return this;
  }

  /** Every sync takes this long. */
  public synchronized Faults stallSync(long millis) {
    stallMillis = millis;
    return this;
  }

  /** The file system holds no more than this. */
  public synchronized Faults diskBytes(long bytes) {
    diskBytes = bytes;
    return this;
  }

  synchronized boolean crashesAt(CrashPoint point) {
    return countDown(crashes, point);
  }

  synchronized boolean crashesNow() {
    return crashAfterOperations > 0 && --crashAfterOperations == 0;
  }

  synchronized boolean fails(Operation operation, @Nullable Path folder) {
    boolean isMeant = onlyIn == null || folder != null && isBelow(onlyIn, folder);
    return isMeant && countDown(failures, operation);
  }

  private static boolean isBelow(String name, Path folder) {
    for (Path part : folder) {
      if (part.toString().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static <K> boolean countDown(Map<K, Integer> counts, K key) {
    Integer left = counts.get(key);
    if (left == null || left <= 0) {
      return false;
    }
    counts.put(key, left - 1);
    return left == 1;
  }

  /** How much of a write is done. */
  synchronized int writes(int wanted) {
    return shortWrites && wanted > 1 ? 1 + random.nextInt(wanted) : wanted;
  }

  synchronized boolean liesAboutSync() {
    return lyingSync;
  }

  synchronized long stallMillis() {
    return stallMillis;
  }

  synchronized long diskBytes() {
    return diskBytes;
  }

  synchronized boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  synchronized int below(int bound) {
    return random.nextInt(bound);
  }
}
