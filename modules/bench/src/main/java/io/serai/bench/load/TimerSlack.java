package io.serai.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Asks Linux to wake this thread when it is due instead of up to 50 microseconds later, which would
 * count as the broker's latency. Elsewhere nothing happens.
 */
final class TimerSlack {
  private static final Path THREAD = Path.of("/proc/thread-self");

  private TimerSlack() {}

  static void reduce() {
    try {
      if (Files.exists(THREAD)) {
        Path id = Files.readSymbolicLink(THREAD).getFileName();
        Files.writeString(Path.of("/proc", id.toString(), "timerslack_ns"), "1000");
      }
    } catch (IOException | UnsupportedOperationException e) {
      return; // a container may forbid it: the latencies are then a little higher
    }
  }
}
