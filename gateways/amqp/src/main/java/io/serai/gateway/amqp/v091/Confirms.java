package io.serai.gateway.amqp.v091;

import io.serai.gateway.Effects;
import java.util.Arrays;

/**
 * A channel's publisher confirms: numbers publishes from 1, takes their outcomes in any order and
 * sends them as few basic.ack and basic.nack as possible. Holds one byte per publish from the
 * oldest that is still open, and nothing once all are confirmed.
 */
final class Confirms {
  private static final byte OPEN = 0;
  private static final byte STORED = 1;
  private static final byte REFUSED = 2;
  private static final byte SENT = 3;

  private static final int INITIAL_SIZE = 64;

  private final int channel;
  private final ConnectionScope connection;

  /** Outcomes of publishes {@code first} to {@code next - 1}; a power of two, used as a ring. */
  private byte[] outcomes = new byte[INITIAL_SIZE];

  private long first = 1;
  private long next = 1;

  /** Settled and not sent yet, in the order they were settled. */
  private long[] fresh = new long[INITIAL_SIZE];

  private int freshCount;
  private boolean isQueued;
  private boolean isClosed;

  Confirms(int channel, ConnectionScope connection) {
    this.channel = channel;
    this.connection = connection;
  }

  /** Numbers one more publish. */
  long published() {
    if (next - first == outcomes.length) {
      grow();
    }
    outcomes[at(next)] = OPEN;
    return next++;
  }

  /** A publish was stored or refused; told to the client when the batch ends. */
  void settled(long number, boolean stored) {
    if (number < first || number >= next || outcomes[at(number)] != OPEN) {
      return;
    }
    outcomes[at(number)] = stored ? STORED : REFUSED;
    if (freshCount == fresh.length) {
      fresh = Arrays.copyOf(fresh, freshCount * 2);
    }
    fresh[freshCount++] = number;
    if (!isQueued) {
      isQueued = true;
      connection.confirmLater(this);
    }
  }

  /**
   * Sends what was settled: one method for each run of equal outcomes from the oldest open publish
   * on, and one each for those that come after an open one.
   */
  void flush(Effects<Amqp091Frame> out) {
    isQueued = false;
    if (isClosed) {
      return;
    }
    flushOldest(out);
    for (int i = 0; i < freshCount; i++) {
      long number = fresh[i];
      if (number >= first && outcomes[at(number)] != SENT) {
        send(number, false, outcomes[at(number)], out);
        outcomes[at(number)] = SENT;
      }
    }
    freshCount = 0;
    if (first == next && outcomes.length > INITIAL_SIZE * 64) {
      outcomes = new byte[INITIAL_SIZE];
      fresh = new long[INITIAL_SIZE];
    }
  }

  /** The channel has closed: nothing more is sent. */
  void close() {
    isClosed = true;
  }

  private void flushOldest(Effects<Amqp091Frame> out) {
    byte run = SENT;
    long unsent = 0;
    boolean isMultiple = false;
    while (first < next) {
      byte outcome = outcomes[at(first)];
      if (outcome == OPEN) {
        break;
      }
      if (outcome != SENT) {
        if (unsent > 0 && outcome != run) {
          send(unsent, isMultiple, run, out);
          isMultiple = false;
        } else {
          isMultiple = unsent > 0;
        }
        run = outcome;
        unsent = first;
      }
      first++;
    }
    if (unsent > 0) {
      send(unsent, isMultiple, run, out);
    }
  }

  private void send(long number, boolean multiple, byte outcome, Effects<Amqp091Frame> out) {
    out.send(
        outcome == STORED
            ? new BasicMethod.Ack(channel, number, multiple)
            : new BasicMethod.Nack(channel, number, multiple, false));
  }

  private int at(long number) {
    return (int) (number & (outcomes.length - 1));
  }

  private void grow() {
    byte[] bigger = new byte[outcomes.length * 2];
    for (long n = first; n < next; n++) {
      bigger[(int) (n & (bigger.length - 1))] = outcomes[at(n)];
    }
    outcomes = bigger;
  }
}
