package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.ConfigResult;
import io.serai.config.Configuration;
import io.serai.config.LoadRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeclaredPlacesTest {
  @TempDir Path folder;

  @Test
  void whatTheRoutingCoreSaysOfAQueueOrAnExchangeStandsBehindItsPlace() throws Exception {
    Configuration config =
        load(
            """
            vhosts."/" {
              exchanges.plant { type = topic }
              queues.readings { arguments { x-max-length = 5 } }
              queues.empty { }
            }
            """);
    String queue = "inequivalent arg 'x-max-length' for queue 'readings' in vhost '/': other";
    String exchange = "inequivalent arg 'type' for exchange 'plant' in vhost '/': other";
    String empty = "inequivalent arg 'durable' for queue 'empty' in vhost '/': other";
    assertThat(DeclaredPlaces.added(config, List.of(queue, exchange, empty, "else")))
        .containsExactly(
            folder.resolve("serai.conf") + ":3 vhosts.\"/\".queues.readings: " + queue,
            folder.resolve("serai.conf") + ":2 vhosts.\"/\".exchanges.plant: " + exchange,
            empty,
            "else");
  }

  private Configuration load(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("serai.conf"), text);
    var request = new LoadRequest(file, false, List.of(), Map.of(), folder);
    return switch (Installed.find().loader().load(request)) {
      case ConfigResult.Valid valid -> valid.config();
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.errors().toString());
    };
  }
}
