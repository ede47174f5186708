package io.serai.gateway.stomp;

import io.serai.gateway.Settings;

/**
 * What a listener takes from its STOMP clients. Each limit is named in the ERROR of who exceeds it.
 *
 * @param maxFrameBytes largest frame, headers and body together
 * @param maxHeaders headers of one frame, repeats counted
 * @param maxHeaderBytes longest header line; also the longest body of a frame other than SEND
 * @param maxMessageBytes largest body of a SEND
 * @param maxSubscriptions subscriptions one connection may have
 * @param maxTransactions transactions one connection may have open
 * @param maxTransactionFrames SEND, ACK and NACK frames one transaction may hold
 */
record StompOptions(
    long maxFrameBytes,
    int maxHeaders,
    int maxHeaderBytes,
    long maxMessageBytes,
    int maxSubscriptions,
    int maxTransactions,
    int maxTransactionFrames) {

  /** The option's names, in the configuration and in what clients are told. */
  static final String MAX_FRAME_SIZE = "max-frame-size";

  static final String MAX_HEADERS = "max-headers";
  static final String MAX_HEADER_SIZE = "max-header-size";
  static final String MAX_MESSAGE_SIZE = "max-message-size";
  static final String MAX_SUBSCRIPTIONS = "max-subscriptions";
  static final String MAX_TRANSACTIONS = "max-transactions";
  static final String MAX_TRANSACTION_FRAMES = "max-transaction-frames";

  /** Every default. */
  static final StompOptions DEFAULTS = of(Settings.DEFAULTS);

  static StompOptions of(Settings settings) {
    return new StompOptions(
        settings.longValue(MAX_FRAME_SIZE, 128L << 20),
        settings.intValue(MAX_HEADERS, 1000),
        settings.intValue(MAX_HEADER_SIZE, 16 << 10),
        settings.longValue(MAX_MESSAGE_SIZE, 64L << 20),
        settings.intValue(MAX_SUBSCRIPTIONS, 10_000),
        settings.intValue(MAX_TRANSACTIONS, 100),
        settings.intValue(MAX_TRANSACTION_FRAMES, 100_000));
  }
}
