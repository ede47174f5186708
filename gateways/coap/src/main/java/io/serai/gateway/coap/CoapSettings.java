package io.serai.gateway.coap;

import io.serai.gateway.Settings;

/**
 * How a listener exchanges messages with its peers. Names in the configuration are beside each.
 *
 * @param maxBodyBytes {@code max-body-size}: the largest body, put together of blocks or not
 * @param blockExponent {@code block-size}: what we cut bodies into over UDP, as RFC 7959 writes it
 * @param ackTimeoutMillis {@code ack-timeout}: ACK_TIMEOUT of RFC 7252 §4.8
 * @param maxRetransmit {@code max-retransmit}: MAX_RETRANSMIT
 * @param nstart {@code nstart}: NSTART, confirmable messages underway to one peer
 * @param maxObservations {@code max-observations}: what one peer may observe
 * @param maxPendingRequests {@code max-pending-requests}: requests of one peer without an answer;
 *     4.29 beyond
 * @param maxRequestsPerSecond {@code max-requests-per-second}: of one peer; 4.29 beyond; 0 for any
 * @param amplificationFactor {@code amplification-factor}: how much more we send than we get until
 *     a peer has shown that its address is its own; 0 for any
 * @param confirmEvery {@code confirm-every}: of so many notifications that need not be confirmed
 *     one must be
 * @param observerCheckMillis {@code observer-check}: silence after which an observer is asked
 *     whether it is still there
 */
record CoapSettings(
    int maxBodyBytes,
    int blockExponent,
    long ackTimeoutMillis,
    int maxRetransmit,
    int nstart,
    int maxObservations,
    int maxPendingRequests,
    int maxRequestsPerSecond,
    int amplificationFactor,
    int confirmEvery,
    long observerCheckMillis) {
  /** ACK_RANDOM_FACTOR of RFC 7252 §4.8. */
  static final double ACK_RANDOM_FACTOR = 1.5;

  /** MAX_LATENCY of RFC 7252 §4.8.2: how long a datagram may be on its way. */
  private static final long MAX_LATENCY_MILLIS = 100_000;

  /** Every default. */
  static final CoapSettings DEFAULTS = of(Settings.DEFAULTS);

  static CoapSettings of(Settings settings) {
    long maxMessage = settings.longValue("max-message-size", Integer.MAX_VALUE);
    return new CoapSettings(
        (int) Math.min(maxMessage, settings.longValue("max-body-size", 8 << 20)),
        BlockOption.exponentFor(settings.intValue("block-size", 1024)),
        settings.longValue("ack-timeout", 2_000),
        settings.intValue("max-retransmit", 4),
        settings.intValue("nstart", 1),
        settings.intValue("max-observations", 1_000),
        settings.intValue("max-pending-requests", 1_000),
        settings.intValue("max-requests-per-second", 0),
        settings.intValue("amplification-factor", 3),
        settings.intValue("confirm-every", 20),
        settings.longValue("observer-check", 3_600_000));
  }

  /** From the first time a confirmable message is sent to the last (RFC 7252 §4.8.2). */
  private long maxTransmitSpanMillis() {
    return (long) (ackTimeoutMillis * ((1 << maxRetransmit) - 1) * ACK_RANDOM_FACTOR);
  }

  /** How long the message id of a CON means that message (RFC 7252 §4.8.2). */
  long exchangeLifetimeMillis() {
    return maxTransmitSpanMillis() + 2 * MAX_LATENCY_MILLIS + ackTimeoutMillis;
  }

  /** How long the message id of a NON means that message (RFC 7252 §4.8.2). */
  long nonLifetimeMillis() {
    return maxTransmitSpanMillis() + MAX_LATENCY_MILLIS;
  }
}
