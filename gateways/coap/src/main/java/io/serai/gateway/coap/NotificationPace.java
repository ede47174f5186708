package io.serai.gateway.coap;

/**
 * How fast notifications may go to one peer that need no confirmation: one in a round trip on
 * average (RFC 7641 §4.5.1), with a few at once after a rest. Round trips are those of messages
 * that were acknowledged at the first attempt. Confined to the connection's event loop.
 */
final class NotificationPace {
  private static final int BURST = 16;

  /** What a round trip is taken for as long as none is known (RFC 7641 §4.5.1). */
  private static final long UNKNOWN_MILLIS = 3_000;

  private static final double NEWEST_WEIGHT = 0.25;

  private double roundTripMillis = -1;
  private double allowed = 1;
  private long countedMillis;

  /** Whether a round trip has been seen. */
  boolean isKnown() {
    return roundTripMillis >= 0;
  }

  /** A message was acknowledged that was sent once. */
  void measured(long millis) {
    roundTripMillis =
        roundTripMillis < 0 ? millis : roundTripMillis + NEWEST_WEIGHT * (millis - roundTripMillis);
  }

  /** A message had to be sent again: slower, until the next measurement. */
  void lost() {
    if (isKnown()) {
      roundTripMillis = Math.min(UNKNOWN_MILLIS, 2 * Math.max(1, roundTripMillis));
    }
  }

  /** Takes one if it may leave now. */
  boolean take(long clockMillis) {
    count(clockMillis);
    if (allowed < 1) {
      return false;
    }
    allowed--;
    return true;
  }

  /** When the next one may leave. */
  long nextMillis(long clockMillis) {
    count(clockMillis);
    return allowed >= 1 ? clockMillis : clockMillis + (long) Math.ceil((1 - allowed) * apart());
  }

  private void count(long clockMillis) {
    allowed = Math.min(BURST, allowed + (clockMillis - countedMillis) / apart());
    countedMillis = clockMillis;
  }

  private double apart() {
    return isKnown() ? Math.max(0.01, roundTripMillis) : UNKNOWN_MILLIS;
  }
}
