package io.serai.routing.exchange;

import java.nio.charset.StandardCharsets;

/** Hashes of texts that are the same in every process and version. */
final class StableHash {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private StableHash() {}

  /** FNV-1a, 64 bit, of the text's UTF-8. */
  static long of(String text) {
    long hash = FNV_OFFSET;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** A number above 0 and below 1 that looks random: the hash with its bits well mixed. */
  static double fraction(long hash) {
    return ((mixed(hash) >>> 12) + 0.5) * 0x1p-52;
  }

  /** The hash with its bits well mixed: the finalizer of SplitMix64. */
  static long mixed(long hash) {
    long mixed = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
