package io.serai.routing.exchange;

/** The hash by which RabbitMQ's stream clients choose a partition: MurmurHash3, x86, 32 bit. */
final class Murmur3 {
  /** The seed that those clients take. */
  static final int SEED = 104_729;

  private static final int C1 = 0xcc9e2d51;
  private static final int C2 = 0x1b873593;

  private Murmur3() {}

  static int of(byte[] bytes, int seed) {
    int hash = seed;
    int blocksEnd = bytes.length & ~3;
    for (int i = 0; i < blocksEnd; i += 4) {
      hash ^= mixed(block(bytes, i, 4));
      hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
    }
    if (blocksEnd < bytes.length) {
      hash ^= mixed(block(bytes, blocksEnd, bytes.length - blocksEnd));
    }
    return finished(hash ^ bytes.length);
  }

  /** Little-endian. */
  private static int block(byte[] bytes, int from, int count) {
    int block = 0;
    for (int i = count - 1; i >= 0; i--) {
      block = (block << 8) | (bytes[from + i] & 0xff);
    }
    return block;
  }

  private static int mixed(int block) {
    return Integer.rotateLeft(block * C1, 15) * C2;
  }

  private static int finished(int hash) {
    int h = hash;
    h = (h ^ (h >>> 16)) * 0x85ebca6b;
    h = (h ^ (h >>> 13)) * 0xc2b2ae35;
    return h ^ (h >>> 16);
  }
}
