package io.serai.bench;

import io.serai.bench.cost.Allocation;
import io.serai.bench.cost.Meter;
import io.serai.bench.load.Figures;
import io.serai.bench.load.LoadRun;
import io.serai.bench.load.Pace;
import io.serai.bench.load.Scenario;
import io.serai.bench.load.Target;
import java.io.IOException;

/** Runs scenarios against one broker and reads its process while they run. */
final class Runner implements AutoCloseable {
  private final Target target;
  private final AutoCloseable measured;
  private final Meter meter;

  private Runner(Target target, AutoCloseable measured, Meter meter) {
    this.target = target;
    this.measured = measured;
    this.meter = meter;
  }

  /**
   * For a running broker.
   *
   * @param isAllocationWanted whether its JVM is asked what it allocates
   * @throws IOException when that cannot be asked
   */
  static Runner of(Target target, boolean isAllocationWanted) throws IOException {
    if (target.pid() == 0) {
      return new Runner(target, () -> {}, Meter.withoutProcess());
    }
    if (!isAllocationWanted) {
      return new Runner(target, () -> {}, Meter.of(target.pid(), null));
    }
    Allocation allocation = Allocation.of(target.pid());
    return new Runner(target, allocation, Meter.of(target.pid(), allocation));
  }

  Figures run(Scenario scenario, Pace pace) throws InterruptedException {
    return LoadRun.run(scenario, target, pace, meter);
  }

  @Override
  public void close() throws IOException {
    try {
      measured.close();
    } catch (Exception e) {
      throw new IOException("the broker's JVM cannot be left", e);
    }
  }
}
