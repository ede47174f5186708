package io.serai.node;

/**
 * How much of something happens in a minute, over the last one, five and fifteen minutes: a moving
 * average in which older intervals count ever less, as Mosquitto's {@code $SYS/broker/load}.
 */
final class LoadAverage {
  /** The spans, in minutes. */
  static final int[] SPANS = {1, 5, 15};

  private final double[] perMinute = new double[SPANS.length];
  private long last;

  /**
   * Takes the next reading.
   *
   * @param total how much there was since the start
   * @param seconds since the last reading, above 0
   */
  void read(long total, double seconds) {
    double rate = (total - last) * 60 / seconds;
    last = total;
    for (int i = 0; i < SPANS.length; i++) {
      double weight = Math.exp(-seconds / (SPANS[i] * 60.0));
      perMinute[i] = rate + weight * (perMinute[i] - rate);
    }
  }

  /** The average over the span of that index. */
  double perMinute(int span) {
    return perMinute[span];
  }
}
