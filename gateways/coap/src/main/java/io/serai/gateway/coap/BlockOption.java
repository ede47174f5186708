package io.serai.gateway.coap;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a body a message holds or asks for (RFC 7959 §2.2).
 *
 * @param number of the block, 0 to 1 048 575
 * @param isMore whether more follow
 * @param sizeExponent 0 to 6 for blocks of 16 to 1024 bytes; 7 for several of 1024 bytes at once
 *     (BERT, RFC 8323 §6)
 */
record BlockOption(int number, boolean isMore, int sizeExponent) {
  /** Several blocks of 1024 bytes in one message. */
  static final int BERT = 7;

  /** Blocks of 1024 bytes, the longest there are. */
  static final int LARGEST = 6;

  private static final int MAX_NUMBER = (1 << 20) - 1;
  private static final int MAX_OPTION_BYTES = 3;

  /** The block option of this number, or null when there is none. */
  static @Nullable BlockOption in(List<CoapOption> options, int number) {
    CoapOption option = CoapRequest.first(options, number);
    if (option == null || option.length() > MAX_OPTION_BYTES) {
      return null;
    }
    int value = (int) option.unsigned();
    return new BlockOption(value >> 4, (value & 8) != 0, value & 7);
  }

  /** The block that starts at {@code offset}. */
  static BlockOption at(int offset, boolean isMore, int sizeExponent) {
    return new BlockOption(offset / sizeOf(sizeExponent), isMore, sizeExponent);
  }

  /** Bytes of one block, by which block numbers count. */
  static int sizeOf(int sizeExponent) {
    return 16 << Math.min(sizeExponent, LARGEST);
  }

  /** The largest exponent whose blocks have at most {@code bytes} bytes. */
  static int exponentFor(int bytes) {
    return Math.clamp(27L - Integer.numberOfLeadingZeros(Math.max(16, bytes)), 0, LARGEST);
  }

  /** Bytes of one block, by which block numbers count. */
  int size() {
    return sizeOf(sizeExponent);
  }

  /** Where the block starts in the body. */
  long offset() {
    return (long) number * size();
  }

  /** As an option. */
  CoapOption as(int optionNumber) {
    return CoapOption.of(
        optionNumber, (long) Math.min(number, MAX_NUMBER) << 4 | (isMore ? 8 : 0) | sizeExponent);
  }
}
