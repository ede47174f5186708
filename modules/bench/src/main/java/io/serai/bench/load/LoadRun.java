package io.serai.bench.load;

import io.serai.bench.cost.Meter;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One run of a scenario against a broker: warm up, measure, wait for the rest, check. */
public final class LoadRun {
  /** Messages one publisher sends before the next has a turn. */
  private static final int BATCH = 64;

  /** The shortest wait for the next due message: more wake-ups would only cost CPU. */
  private static final long SHORTEST_WAIT_NANOS = 50_000;

  private static final long LONGEST_WAIT_NANOS = 5_000_000;
  private static final long RETRY_WAIT_NANOS = 500_000;
  private static final long LATE_NANOS = 1_000_000;

  private final Scenario scenario;
  private final Pace pace;
  private final Meter meter;
  private final Meeting meeting;
  private final Reader reader;
  private final Tally tally;
  private final Histogram confirmLatency;
  private long published;
  private long late;
  private int first; // publisher whose turn it is
  private @Nullable Mark begin;

  /** Counts at one moment. */
  private record Mark(Meter.Reading costs, long published, long delivered) {}

  private LoadRun(
      Scenario scenario,
      Pace pace,
      Meter meter,
      Meeting meeting,
      Reader reader,
      Histogram confirmLatency) {
    this.scenario = scenario;
    this.pace = pace;
    this.meter = meter;
    this.meeting = meeting;
    this.reader = reader;
    this.tally = meeting.tally();
    this.confirmLatency = confirmLatency;
  }

  /**
   * Runs a scenario.
   *
   * @throws LoadFailure when the broker refuses something or goes away
   * @throws InterruptedException when this thread is interrupted; connections are closed
   */
  public static Figures run(Scenario scenario, Target target, Pace pace, Meter meter)
      throws InterruptedException {
    Histogram confirmLatency = new Histogram(Tally.LONGEST_NANOS, 3);
    Meeting meeting = new Meeting(scenario, target, confirmLatency);
    try (Reader reader = new Reader()) {
      try {
        meeting.open();
        Figures figures = new LoadRun(scenario, pace, meter, meeting, reader, confirmLatency).run();
        meeting.tidy();
        return figures;
      } finally {
        meeting.close();
      }
    }
  }

  private Figures run() throws InterruptedException {
    meeting.consumers().forEach(reader::watch);
    meeting.publishers().forEach(reader::watch);
    Mark end;
    if (pace.isOpenLoop()) {
      TimerSlack.reduce();
      reader.start();
      end = openLoop();
    } else {
      end = closedLoop();
    }
    drain();
    if (pace.count() > 0) {
      end = mark(); // all of them belong to the window
    }
    tally.stopMeasuring();
    reader.stop();
    meeting.consumers().forEach(Consumer::acknowledgeRest);
    return figures(begin == null ? end : begin, end);
  }

  private Mark mark() {
    return new Mark(meter.read(), published, tally.delivered());
  }

  private void beginAt(long measureFrom, long now) {
    if (begin == null && now >= measureFrom) {
      begin = mark();
      tally.startMeasuring();
    }
  }

  private boolean isDone(long end, long now) {
    return now >= end || (pace.count() > 0 && published >= pace.count());
  }

  // ---- as fast as the window allows, everything in this thread

  private Mark closedLoop() {
    long start = System.nanoTime();
    long measureFrom = start + nanos(pace.warmSeconds());
    long end = measureFrom + nanos(pace.seconds());
    while (true) {
      long now = System.nanoTime();
      beginAt(measureFrom, now);
      if (isDone(end, now)) {
        return mark();
      }
      reader.poll(publishSome() ? 0 : 5);
    }
  }

  private boolean publishSome() {
    List<Publisher> publishers = meeting.publishers();
    int count = publishers.size();
    long limit = pace.count() > 0 ? pace.count() : Long.MAX_VALUE;
    long window = scenario.undeliveredWindow();
    int copies = scenario.copies();
    boolean isAny = false;
    for (int i = 0; i < count; i++) {
      Publisher publisher = publishers.get((first + i) % count);
      if (publisher.link().isWaiting()) {
        continue;
      }
      long room = window - (published - tally.delivered() / copies);
      long batch = Math.min(BATCH, Math.min(room, limit - published));
      if (batch <= 0 || !publisher.mayPublish()) {
        continue;
      }
      long now = System.nanoTime();
      do {
        publisher.publish(now);
        published++;
        batch--;
      } while (batch > 0 && publisher.mayPublish());
      publisher.link().flushOrWait();
      isAny = true;
    }
    first = (first + 1) % count;
    return isAny;
  }

  // ---- at a constant rate, a second thread reads

  private Mark openLoop() {
    if (pace.warmSeconds() == 0) {
      beginAt(0, 0); // ahead of the schedule, which does not wait while the meter is read
    }
    long start = System.nanoTime();
    long measureFrom = start + nanos(pace.warmSeconds());
    long end = measureFrom + nanos(pace.seconds());
    double interval = 1e9 / pace.ratePerSecond();
    while (true) {
      long now = System.nanoTime();
      beginAt(measureFrom, now);
      if (isDone(end, now)) {
        return mark();
      }
      publishDue(start, interval, now);
      boolean isAll = flushAll();
      reader.check();
      long due = start + (long) (published * interval);
      long wait = Math.clamp(due - System.nanoTime(), SHORTEST_WAIT_NANOS, LONGEST_WAIT_NANOS);
      LockSupport.parkNanos(isAll ? wait : Math.min(wait, RETRY_WAIT_NANOS));
    }
  }

  /** Publishes what is due. What the broker cannot take yet goes later, with its own due time. */
  private void publishDue(long start, double interval, long now) {
    List<Publisher> publishers = meeting.publishers();
    int count = publishers.size();
    long limit = pace.count() > 0 ? pace.count() : Long.MAX_VALUE;
    while (published < limit) {
      long due = start + (long) (published * interval);
      Publisher publisher = publishers.get((int) (published % count));
      if (due > now || !publisher.mayPublish()) {
        return;
      }
      publisher.publish(due);
      published++;
      if (now - due > LATE_NANOS && begin != null) {
        late++;
      }
    }
  }

  private boolean flushAll() {
    boolean isAll = true;
    for (Publisher publisher : meeting.publishers()) {
      if (publisher.link().pendingBytes() > 0) {
        isAll &= publisher.link().flush();
      }
    }
    return isAll;
  }

  // ---- the rest

  private void drain() {
    long expected = published * scenario.copies();
    long seen = tally.delivered();
    long since = System.nanoTime();
    while (tally.delivered() < expected || unconfirmed() > 0) {
      if (pace.isOpenLoop()) {
        flushAll();
        reader.check();
        LockSupport.parkNanos(RETRY_WAIT_NANOS);
      } else {
        reader.poll(20);
      }
      long now = System.nanoTime();
      if (tally.delivered() != seen) {
        seen = tally.delivered();
        since = now;
      } else if (now - since > nanos(pace.quietSeconds())) {
        return;
      }
    }
  }

  private long unconfirmed() {
    long sum = 0;
    for (Publisher publisher : meeting.publishers()) {
      sum += publisher.unconfirmed();
    }
    return sum;
  }

  private Figures figures(Mark from, Mark to) {
    long messages = Math.max(1, to.published - from.published);
    long deliveries = Math.max(1, to.delivered - from.delivered);
    Meter.Spent spent = to.costs.since(from.costs);
    double seconds = spent.seconds();
    return new Figures(
        scenario.name(),
        pace.ratePerSecond(),
        messages / seconds,
        deliveries / seconds,
        percentiles(tally.latency()),
        percentiles(confirmLatency),
        new Figures.Cpu(
            spent.brokerSeconds() * 1e6 / messages,
            spent.brokerSeconds() * 1e6 / deliveries,
            spent.brokerSeconds() / seconds,
            spent.toolSeconds() * 1e6 / deliveries,
            spent.toolSeconds() / seconds,
            spent.otherSeconds() / seconds),
        to.costs.rssMegabytes(),
        to.costs.peakRssMegabytes(),
        spent.allocatedBytes() / deliveries,
        late,
        check());
  }

  private Figures.Check check() {
    long refused = 0;
    for (Publisher publisher : meeting.publishers()) {
      refused += publisher.refused();
    }
    return new Figures.Check(
        published,
        tally.delivered(),
        tally.lost(published),
        tally.doubled(),
        tally.reordered(),
        tally.corrupt(),
        refused,
        unconfirmed());
  }

  private static Figures.Percentiles percentiles(Histogram nanos) {
    if (nanos.getTotalCount() == 0) {
      return new Figures.Percentiles(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
    return new Figures.Percentiles(
        nanos.getValueAtPercentile(50) / 1e3,
        nanos.getValueAtPercentile(99) / 1e3,
        nanos.getValueAtPercentile(99.9) / 1e3,
        nanos.getMaxValue() / 1e3);
  }

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }
}
