package io.serai.bench.cost;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** Reads what the broker, this process and the machine have spent. */
public final class Meter {
  private final @Nullable BrokerProcess broker;
  private final @Nullable Allocation allocation;
  private final OperatingSystemMXBean self =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private Meter(@Nullable BrokerProcess broker, @Nullable Allocation allocation) {
    this.broker = broker;
    this.allocation = allocation;
  }

  /** For a broker whose process is not on this machine or not known. */
  public static Meter withoutProcess() {
    return new Meter(null, null);
  }

  /** For a broker's process, with the heap allocation of a JVM if it is given. */
  public static Meter of(long pid, @Nullable Allocation allocation) {
    return new Meter(BrokerProcess.of(pid), allocation);
  }

  /** The sums so far. */
  public Reading read() {
    return new Reading(
        System.nanoTime(),
        broker == null ? Double.NaN : broker.cpuSeconds(),
        self.getProcessCpuTime() / 1e9,
        MachineLoad.busySeconds(),
        allocation == null ? Double.NaN : allocation.bytes(),
        broker == null ? Double.NaN : broker.rssMegabytes(),
        broker == null ? Double.NaN : broker.peakRssMegabytes());
  }

  /**
   * Sums at one moment; NaN for what cannot be read.
   *
   * @param nanos {@link System#nanoTime}
   * @param brokerSeconds CPU of the broker since its start
   * @param toolSeconds CPU of this process since its start
   * @param busySeconds CPU of everybody since the machine's start
   * @param allocatedBytes heap bytes the broker's threads have allocated
   * @param rssMegabytes resident memory of the broker now
   * @param peakRssMegabytes its peak
   */
  public record Reading(
      long nanos,
      double brokerSeconds,
      double toolSeconds,
      double busySeconds,
      double allocatedBytes,
      double rssMegabytes,
      double peakRssMegabytes) {
    /** What was spent since an earlier reading. */
    public Spent since(Reading earlier) {
      double broker = brokerSeconds - earlier.brokerSeconds;
      double tool = toolSeconds - earlier.toolSeconds;
      double others =
          busySeconds - earlier.busySeconds - tool - (Double.isNaN(broker) ? 0 : broker);
      return new Spent(
          Math.max(1e-9, (nanos - earlier.nanos) / 1e9),
          broker,
          tool,
          others,
          allocatedBytes - earlier.allocatedBytes);
    }
  }

  /**
   * What was spent between two readings; NaN for what cannot be read.
   *
   * @param seconds time between them
   * @param brokerSeconds CPU of the broker
   * @param toolSeconds CPU of this process
   * @param otherSeconds CPU of the rest of the machine
   * @param allocatedBytes heap bytes the broker's threads allocated
   */
  public record Spent(
      double seconds,
      double brokerSeconds,
      double toolSeconds,
      double otherSeconds,
      double allocatedBytes) {}
}
