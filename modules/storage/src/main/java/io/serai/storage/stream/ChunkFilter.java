package io.serai.storage.stream;

import java.util.Arrays;

/**
 * Which filter values the messages of a chunk have: a Bloom filter. It may say yes to a value that
 * is not there, never no to one that is.
 *
 * @param bits a power of two of bytes from 8 on, or none when no message has a value
 * @param hasUnfiltered whether a message has no value
 */
record ChunkFilter(byte[] bits, boolean hasUnfiltered) {
  private static final int PROBES = 4;
  private static final int LEAST_BYTES = 8;

  int bytes() {
    return bits.length;
  }

  /** Whether a message with a value of that hash may be in the chunk. */
  boolean mayHave(long hash) {
    if (bits.length == 0) {
      return false;
    }
    for (int probe = 0; probe < PROBES; probe++) {
      int bit = bit(hash, probe, bits.length);
      if ((bits[bit >> 3] & 1 << (bit & 7)) == 0) {
        return false;
      }
    }
    return true;
  }

  private static int bit(long hash, int probe, int bytes) {
    int mixed = (int) hash + probe * ((int) (hash >>> 32) | 1);
    return mixed & (bytes * 8 - 1);
  }

  /** The hash of a value's UTF-8 bytes, part of the format: FNV-1a, then mixed. */
  static long hash(byte[] value) {
    long hash = 0xCBF2_9CE4_8422_2325L;
    for (byte one : value) {
      hash = (hash ^ (one & 0xFF)) * 0x100_0000_01B3L;
    }
    hash = (hash ^ (hash >>> 32)) * 0x9E37_79B9_7F4A_7C15L;
    return hash ^ (hash >>> 29);
  }

  /** Gathers the values of a chunk at full size; what they need of it is known at the end. */
  static final class Builder {
    private final byte[] bits = new byte[StreamFormat.MAX_FILTER_BYTES];
    private boolean isEmpty = true;

    void clear() {
      if (!isEmpty) {
        Arrays.fill(bits, (byte) 0);
        isEmpty = true;
      }
    }

    void add(long hash) {
      isEmpty = false;
      for (int probe = 0; probe < PROBES; probe++) {
        int bit = bit(hash, probe, bits.length);
        bits[bit >> 3] |= (byte) (1 << (bit & 7));
      }
    }

    /** Halves it, one half laid over the other, as long as at most a third of the bits is set. */
    byte[] bits() {
      if (isEmpty) {
        return new byte[0];
      }
      byte[] smallest = bits.clone();
      while (smallest.length > LEAST_BYTES) {
        byte[] half = folded(smallest);
        if (3 * setBits(half) > half.length * 8) {
          break;
        }
        smallest = half;
      }
      return smallest;
    }

    private static byte[] folded(byte[] whole) {
      byte[] half = Arrays.copyOf(whole, whole.length / 2);
      for (int i = 0; i < half.length; i++) {
        half[i] |= whole[half.length + i];
      }
      return half;
    }

    private static int setBits(byte[] bytes) {
      int set = 0;
      for (byte one : bytes) {
        set += Integer.bitCount(one & 0xFF);
      }
      return set;
    }
  }
}
