package io.serai.interop.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Reads what {@code ClientReport} found when the client tests had run. */
class ClientCountsIT {
  @Test
  void noClientRanFewerTestsThanRecorded() throws Exception {
    Path shortfall = Path.of("target", "client-shortfall.txt");
    if (Files.exists(shortfall)) {
      assertThat(Files.readString(shortfall))
          .as("tests that no longer run; if that is meant, lower modules/interop/clients.txt")
          .isEmpty();
    }
    if (System.getenv("CI") != null) {
      assertThat(Path.of("target", "client-counts.txt")).exists();
    }
  }
}
