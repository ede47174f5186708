package io.serai.bench.cost;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What all processes of the machine have used: tells whether others disturbed a measurement. */
final class MachineLoad {
  private static final Path STAT = Path.of("/proc/stat");

  /** Linux reports in hundredths of a second to user space, whatever its own timer does. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;
  private static final int STEAL = 8;

  private MachineLoad() {}

  /** Seconds all cores have been busy, time stolen by a hypervisor included; NaN without /proc. */
  static double busySeconds() {
    if (!Files.exists(STAT)) {
      return Double.NaN;
    }
    try (BufferedReader reader = Files.newBufferedReader(STAT)) {
      String line = reader.readLine();
      String[] words = line == null ? new String[0] : line.split("\\s+");
      long ticks = 0;
      for (int i = 1; i < words.length && i <= STEAL; i++) {
        ticks += i == IDLE || i == IO_WAIT ? 0 : Long.parseLong(words[i]);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
