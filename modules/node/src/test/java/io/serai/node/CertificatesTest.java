package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.ConfigResult;
import io.serai.config.LoadRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
  @TempDir Path folder;

  @Test
  void aKeyThatDoesNotBelongIsToldOnceWithFileAndLineBeforeAnythingIsStarted() throws Exception {
    Path mine = Files.createDirectory(folder.resolve("mine"));
    Path other = Files.createDirectory(folder.resolve("other"));
    PemPair.write(mine, "mine");
    PemPair.write(other, "other");
    assertThat(problems("mine/server.key")).isEmpty();
    assertThat(problems("other/server.key"))
        .hasSize(1)
        .first()
        .asString()
        .contains("serai.conf:3 tls.key-file: listener ")
        .contains("does not belong to the certificate");
  }

  private List<String> problems(String key) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("serai.conf"),
            """
            tls {
              certificate-file = mine/server.crt
              key-file = %s
            }
            listeners { amqp-tls.enabled = true, mqtt-tls.enabled = true }
            """
                .formatted(key));
    var request = new LoadRequest(file, false, List.of(), Map.of(), folder);
    return switch (Installed.find().loader().load(request)) {
      case ConfigResult.Valid valid -> Certificates.problems(valid.config());
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.errors().toString());
    };
  }
}
