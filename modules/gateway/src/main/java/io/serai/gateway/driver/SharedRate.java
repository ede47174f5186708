package io.serai.gateway.driver;

import java.util.LinkedHashSet;

/**
 * One loop's part of a rate that all connections of a listener share. What it has is leased from
 * the listener's {@link RateLedger}, a thousandth of a second's worth for each connection that
 * waits and a second's worth at most, so that loops get as much as they have connections in need of
 * it. When there is none, connections that have taken more than they had wait, and are served in
 * turns. Confined to its loop.
 */
final class SharedRate {
  /** Has something done on this loop in so many milliseconds, outside of any session's call. */
  @FunctionalInterface
  interface Alarm {
    void in(long millis, Runnable task);
  }

  private static final int TURNS_PER_SECOND = 1_000;
  private static final int LEASES_PER_SECOND = 20;
  private static final long MILLI_NANOS = 1_000_000L;

  private final RateLedger ledger;
  private final Alarm alarm;

  /** What a connection may take in its turn. */
  private final long quantum;

  /** What a loop asks for at once, unless more wait. */
  private final long most;

  /** Those in debt, in the order of their turns; each leaves when it ends. */
  private final LinkedHashSet<Account> waiting = new LinkedHashSet<>();

  /**
   * What connections owed that have ended: one that waits as they did, however many they were, so
   * that coming again and again is no way to keep the others waiting.
   */
  private final Account gone = new Account(() -> {});

  /** Leased and not taken. */
  private long left;

  /** Leased, but not to be taken before {@link #usableNanos}; 0 when nothing is. */
  private long coming;

  private long usableNanos;
  private boolean isAlarmSet;

  SharedRate(RateLedger ledger, Alarm alarm) {
    this.ledger = ledger;
    this.alarm = alarm;
    this.quantum = Math.max(1, ledger.perSecond() / TURNS_PER_SECOND);
    this.most = Math.max(1, ledger.perSecond() / LEASES_PER_SECOND);
  }

  /** One connection's account. */
  final class Account {
    private final Runnable readOn;

    /** Less than 0 while it owes something; more only while it is its turn. */
    private long balance;

    private Account(Runnable readOn) {
      this.readOn = readOn;
    }

    /** Takes {@code amount}, which may leave a debt. */
    void take(long amount, long nowNanos) {
      balance -= amount;
      if (balance < 0 && waiting.isEmpty()) {
        have(-balance, nowNanos);
        pay();
      }
    }

    /** Takes 1 if that leaves no debt. */
    boolean tryTake(long nowNanos) {
      if (balance <= 0) {
        if (balance < 0 || !waiting.isEmpty()) {
          return false;
        }
        have(1, nowNanos);
        if (left <= 0) {
          return false;
        }
        left--;
        balance++;
      }
      balance--;
      return true;
    }

    /** Whether it owes nothing. */
    boolean isFree() {
      return balance >= 0;
    }

    /** Waits for its turn, if it owes something; {@code readOn} is called when it does not. */
    void await(long nowNanos) {
      if (balance < 0 && waiting.add(this)) {
        lease(nowNanos);
      }
    }

    /** Its connection has ended: what it owes is still paid, in turns, up to a second's worth. */
    void leave(long nowNanos) {
      waiting.remove(this);
      gone.balance = Math.max(gone.balance + Math.min(0, balance), -ledger.perSecond());
      left += Math.max(0, balance);
      balance = 0;
      gone.await(nowNanos);
    }

    private void pay() {
      long paid = Math.min(left, -balance);
      left -= paid;
      balance += paid;
    }

    /** Goes on with what it is given, and gives back what it does not need. */
    private void takeTurn() {
      long given = Math.min(left, quantum);
      left -= given;
      balance += given;
      if (balance < 0) {
        waiting.add(this);
        return;
      }
      readOn.run();
      if (balance > 0) {
        left += balance;
        balance = 0;
      }
    }
  }

  /** The account of a connection that calls itself again through {@code readOn}. */
  Account open(Runnable readOn) {
    return new Account(readOn);
  }

  /** Has {@code amount} if that can be had now. */
  private void have(long amount, long nowNanos) {
    receive(nowNanos);
    while (left < amount && coming == 0) {
      reserve(amount - left, nowNanos);
      receive(nowNanos);
    }
  }

  /**
   * Reserves about as much, a second's worth at most: other loops wait behind it, and those it is
   * for may be gone by then.
   */
  private void reserve(long amount, long nowNanos) {
    long bound = Math.min(ledger.perSecond(), Math.max(most, quantum * waiting.size()));
    coming = Math.clamp(amount, quantum, bound);
    usableNanos = ledger.reserve(coming, nowNanos);
  }

  private void receive(long nowNanos) {
    if (coming > 0 && nowNanos - usableNanos >= 0) {
      left += coming;
      coming = 0;
    }
  }

  /** Sees to it that those who wait get something. */
  private void lease(long nowNanos) {
    if (isAlarmSet || waiting.isEmpty()) {
      return;
    }
    reserveForAll(nowNanos);
    isAlarmSet = true;
    long nanos = usableNanos - nowNanos;
    alarm.in(Math.max(1, (nanos + MILLI_NANOS - 1) / MILLI_NANOS), () -> serve(System.nanoTime()));
  }

  private void reserveForAll(long nowNanos) {
    if (coming == 0) {
      reserve(Math.max(quantum * waiting.size(), owedAlone()), nowNanos);
    }
  }

  /** What one that waits alone owes: it need not wait for its turn. */
  private long owedAlone() {
    return waiting.size() == 1 ? -waiting.getFirst().balance : 0;
  }

  /** The alarm rings: hands out what there is, and sees to those who get nothing yet. */
  void serve(long nowNanos) {
    isAlarmSet = false;
    receive(nowNanos);
    try {
      serveAll(nowNanos);
    } finally {
      lease(nowNanos); // also when one fails in its turn
    }
  }

  /** Ends with what connections hold of their input, which is no more than a read each. */
  private void serveAll(long nowNanos) {
    while (!waiting.isEmpty()) {
      if (left > 0) {
        waiting.removeFirst().takeTurn();
        continue;
      }
      reserveForAll(nowNanos); // an alarm may be late, and more has flowed in than was asked for
      receive(nowNanos);
      if (coming > 0) {
        return;
      }
    }
  }
}
