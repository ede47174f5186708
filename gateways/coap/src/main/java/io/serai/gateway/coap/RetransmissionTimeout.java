package io.serai.gateway.coap;

/**
 * How long to wait for one peer's acknowledgement before a message is sent again, learnt from how
 * long acknowledgements took (CoCoA, draft-ietf-core-cocoa): those of messages that were sent once,
 * and with less weight those of messages that were sent again, since nobody knows which of them was
 * answered. Never shorter than ACK_TIMEOUT: the peer may be asleep. Confined to the connection's
 * event loop.
 */
final class RetransmissionTimeout {
  private static final long MAX_MILLIS = 32_000;

  /** Beyond this pauses grow by half, not to the double. */
  private static final long LONG_MILLIS = 3_000;

  /** Later repetitions say nothing: the acknowledgement may be of any of them. */
  private static final int MAX_RETRANSMITTED = 2;

  private static final double STRONG_WEIGHT = 0.5;
  private static final double WEAK_WEIGHT = 0.25;
  private static final int STRONG_DEVIATIONS = 4;
  private static final int WEAK_DEVIATIONS = 1;

  /** Mean and deviation of round trips (RFC 6298 §2). */
  private static final class Estimate {
    private double mean = -1;
    private double deviation;

    void add(long millis) {
      if (mean < 0) {
        mean = millis;
        deviation = millis / 2.0;
      } else {
        deviation += (Math.abs(mean - millis) - deviation) / 4;
        mean += (millis - mean) / 8;
      }
    }
  }

  private final long ackTimeoutMillis;
  private final Estimate strong = new Estimate();
  private final Estimate weak = new Estimate();
  private double millis;

  RetransmissionTimeout(long ackTimeoutMillis) {
    this.ackTimeoutMillis = ackTimeoutMillis;
    this.millis = ackTimeoutMillis;
  }

  /**
   * An acknowledgement has come.
   *
   * @param afterMillis since the message was sent first
   * @param retransmitted how often it was sent again
   */
  void measured(long afterMillis, int retransmitted) {
    if (retransmitted == 0) {
      strong.add(afterMillis);
      mix(strong.mean + STRONG_DEVIATIONS * strong.deviation, STRONG_WEIGHT);
    } else if (retransmitted <= MAX_RETRANSMITTED) {
      weak.add(afterMillis);
      mix(weak.mean + WEAK_DEVIATIONS * weak.deviation, WEAK_WEIGHT);
    }
  }

  private void mix(double newest, double weight) {
    millis += weight * (newest - millis);
  }

  /** How long to wait the first time, before ACK_RANDOM_FACTOR. */
  long millis() {
    return Math.clamp(Math.round(millis), ackTimeoutMillis, Math.max(ackTimeoutMillis, MAX_MILLIS));
  }

  /** Whether pauses of what is sent now grow by half: they are long from the start. */
  boolean growsByHalf() {
    return millis() > Math.max(LONG_MILLIS, ackTimeoutMillis);
  }
}
