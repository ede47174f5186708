package io.serai.bench.load;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Checks off every delivery: lost, doubled, out of order, changed. Confined to the thread that
 * reads; {@link #delivered()} and {@link #startMeasuring()} are for the publishing thread.
 */
final class Tally {
  /** Latencies above count as this. */
  static final long LONGEST_NANOS = 600_000_000_000L;

  private final Scenario scenario;
  private final BodyLayout layout;
  private final @Nullable Received[] received; // by group of consumers and publisher
  private final int[] last; // by consumer and publisher: the last sequence number, for the order
  private final AtomicLong delivered = new AtomicLong();
  private final Histogram latency = new Histogram(LONGEST_NANOS, 3);
  private volatile boolean isMeasuring;
  private long doubled;
  private long reordered;
  private long corrupt;

  Tally(Scenario scenario, BodyLayout layout) {
    this.scenario = scenario;
    this.layout = layout;
    int groups = scenario.isShared() ? 1 : scenario.consumers();
    received = new @Nullable Received[groups * scenario.publishers()];
    last = new int[scenario.consumers() * scenario.publishers()];
    Arrays.fill(last, -1);
  }

  /** Counts one delivery. Never throws for a bad body: it counts as corrupt. */
  void onBody(Bytes in, int at, int length, int consumer, long nowNanos) {
    delivered.setRelease(delivered.getPlain() + 1);
    int publisher = layout.isIntact(in, at, length) ? BodyLayout.publisher(in, at) : -1;
    if (publisher < 0
        || publisher >= scenario.publishers()
        || !scenario.isMeant(publisher, consumer)) {
      corrupt++;
      return;
    }
    int sequence = BodyLayout.sequence(in, at);
    int group = scenario.isShared() ? 0 : consumer;
    if (!group(group, publisher).add(sequence)) {
      doubled++;
      return;
    }
    int line = consumer * scenario.publishers() + publisher;
    if (sequence < last[line]) {
      reordered++;
    } else {
      last[line] = sequence;
    }
    if (isMeasuring) {
      latency.recordValue(Math.clamp(nowNanos - BodyLayout.dueNanos(in, at), 0, LONGEST_NANOS));
    }
  }

  private Received group(int group, int publisher) {
    int index = group * scenario.publishers() + publisher;
    Received there = received[index];
    if (there == null) {
      there = new Received();
      received[index] = there;
    }
    return there;
  }

  /** From now on latencies count. */
  void startMeasuring() {
    isMeasuring = true;
  }

  void stopMeasuring() {
    isMeasuring = false;
  }

  boolean isMeasuring() {
    return isMeasuring;
  }

  /** Deliveries so far, good or bad. */
  long delivered() {
    return delivered.getAcquire();
  }

  /** Expected deliveries that did not come; once the reading thread has ended. */
  long lost(long published) {
    long came = 0;
    for (Received each : received) {
      came += each == null ? 0 : each.count();
    }
    return published * scenario.copies() - came;
  }

  long doubled() {
    return doubled;
  }

  long reordered() {
    return reordered;
  }

  long corrupt() {
    return corrupt;
  }

  Histogram latency() {
    return latency;
  }
}
