package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeedTest {
  @TempDir Path folder;

  /** A reload of many rules must not take time that grows with the square of their number. */
  @Test
  void tenThousandRulesLoadInSeconds() throws IOException {
    StringBuilder text = new StringBuilder("vhosts.\"/\".rules = [\n");
    for (int i = 0; i < 10_000; i++) {
      text.append("{ name = r").append(i).append(", from { topic = \"plant/").append(i);
      text.append("/{line}\" }, to { exchange = amq.topic, key = \"t").append(i);
      text.append(".{line}\" } }\n");
    }
    Path file = folder.resolve("many.conf");
    Files.writeString(file, text.append("]\n"));
    long started = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    var vhost = Load.valid(Load.DEFAULTS.withFile(file)).routing().vhosts().get("/");
    long millis =
        (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - started) / 1_000_000;
    assertThat(vhost.rules()).hasSize(10_000);
    assertThat(millis).as("milliseconds; 2000 on two busy cores when written").isLessThan(12_000);
  }
}
