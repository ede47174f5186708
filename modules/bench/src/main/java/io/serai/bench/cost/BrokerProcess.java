package io.serai.bench.cost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A process as the operating system accounts for it. */
final class BrokerProcess {
  private final ProcessHandle handle;
  private final Path status;

  private BrokerProcess(ProcessHandle handle) {
    this.handle = handle;
    this.status = Path.of("/proc", Long.toString(handle.pid()), "status");
  }

  /**
   * The process of that id.
   *
   * @throws IllegalArgumentException when there is none
   */
  static BrokerProcess of(long pid) {
    return new BrokerProcess(
        ProcessHandle.of(pid)
            .orElseThrow(() -> new IllegalArgumentException("there is no process " + pid)));
  }

  /** User and system time of all threads, ended ones too: on Linux from /proc/PID/stat. */
  double cpuSeconds() {
    Optional<Duration> cpu = handle.info().totalCpuDuration();
    return cpu.map(duration -> duration.toNanos() / 1e9).orElse(Double.NaN);
  }

  /** Resident memory, NaN where there is no /proc. */
  double rssMegabytes() {
    return megabytes("VmRSS:");
  }

  double peakRssMegabytes() {
    return megabytes("VmHWM:");
  }

  private double megabytes(String key) {
    if (!Files.exists(status)) {
      return Double.NaN;
    }
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith(key)) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
        }
      }
    } catch (IOException e) {
      return Double.NaN; // it has just ended
    }
    return Double.NaN;
  }
}
