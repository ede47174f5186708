package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies added by editing the file, as pika sees them: src/test/python/policies.py. */
@Uses(ThirdParty.PIKA)
class PolicyFileIT {
  @TempDir Path folder;

  @Test
  void aPolicyInTheFileChangesALivingQueue() throws Exception {
    String log = run("a_policy_changes_a_living_queue");
    assertThat(log)
        .contains("+ policy short in vhost /", "max-length=4")
        .contains("no policy has this key", "routing.conf:2")
        .containsPattern("did you mean .{0,2}max-length"); // logs are JSON unless on a terminal
  }

  @Test
  void aPolicyGivesALivingExchangeAnAlternate() throws Exception {
    run("an_alternate_exchange_by_policy");
  }

  /** Runs one function against a node of its own and answers what the node printed. */
  private String run(String function) throws Exception {
    Path routing = Files.writeString(folder.resolve("routing.conf"), "vhosts.\"/\" {}\n");
    Path server =
        Files.writeString(
            folder.resolve("serai.conf"), "include required(file(\"" + routing + "\"))\n");
    try (SeraiProcess node = SeraiProcess.start("--conf", server.toString())) {
      Scripts.python(node, "policies", function, routing.toString());
      return node.output();
    }
  }
}
