package io.serai.storage.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Time and CPU of the whole process since it was made, a line of a table each. */
final class Measure {
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final long startNanos = System.nanoTime();
  private final long startCpuNanos = system.getProcessCpuTime();

  static void printHead(String messages) {
    System.out.printf("%-40s %12s %10s%n", messages, "messages/s", "CPU us");
  }

  void print(String what, long messages) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    double cpu = (system.getProcessCpuTime() - startCpuNanos) / 1e3 / messages;
    System.out.printf("%-40s %,12.0f %10.2f%n", what, messages / seconds, cpu);
  }
}
