package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutingConfigDiffTest {
  @TempDir Path folder;

  private Configuration load(String text) throws IOException {
    Path file = folder.resolve("test.conf");
    Files.writeString(file, text);
    return Load.valid(Load.DEFAULTS.withFile(file));
  }

  private RoutingConfigDiff diff(String before, String after) throws IOException {
    return RoutingConfigDiff.between(load(before).routing(), load(after).routing());
  }

  @Test
  void equalConfigurationsHaveNoDifferenceWhateverTheirLayout() throws IOException {
    RoutingConfigDiff diff =
        diff(
            "vhosts.\"/\".queues { a { }, b { arguments { x-max-length = 5 } } }",
            "# moved\n\n"
                + "vhosts.\"/\".queues { b { arguments.x-max-length = 5 }, a { durable = true } }");
    assertThat(diff.isEmpty()).isTrue();
    assertThat(diff.lines()).isEmpty();
  }

  @Test
  void everyKindOfObjectIsAddedChangedAndRemovedOnALineOfItsOwn() throws IOException {
    RoutingConfigDiff diff =
        diff(
            """
            vhosts."/" {
              exchanges { plant { type = topic }, old { type = fanout } }
              queues { readings { }, old { } }
              bindings = [ { source = plant, destination = readings, key = "temp.#" } ]
              rules = [
                { name = temps, from { topic = "plant/{line}/temp" }, to { exchange = plant, key = "temp.{line}" } }
                { name = old, from { protocol = mqtt }, to { exchange = old } }
              ]
            }
            vhosts.gone { }
            """,
            """
            vhosts."/" {
              exchanges { plant { type = topic, durable = false }, new { type = headers } }
              queues { readings { arguments { x-max-length = 10 } }, new { type = volatile } }
              bindings = [ { source = plant, destination = readings, key = "#" } ]
              rules = [
                { name = temps, from { topic = "plant/{line}/temp" }, to { exchange = plant, key = "t.{line}" } }
                { name = new, from { user = guest, key = "a.#.b" }, to { exchange = "", key = new } }
              ]
            }
            vhosts.fresh { queues.q { } }
            """);
    assertThat(diff.lines())
        .containsExactly(
            "- exchange old in vhost /",
            "+ exchange new in vhost /: type headers, durable true, auto-delete false, internal"
                + " false",
            "~ exchange plant in vhost /: durable true -> false",
            "- queue old in vhost /",
            "+ queue new in vhost /: type volatile, durable true, auto-delete false",
            "~ queue readings in vhost /: arguments none -> {x-max-length=10}",
            "- binding plant -> queue readings by \"temp.#\" in vhost /",
            "+ binding plant -> queue readings by \"#\" in vhost /",
            "- rule old in vhost /",
            "+ rule new in vhost /: from user guest, from topic a.#.b, to exchange \"\", to topic"
                + " new",
            "~ rule temps in vhost /: to topic temp.{line} -> t.{line}",
            "+ vhost fresh",
            "+ queue q in vhost fresh: type classic, durable true, auto-delete false",
            "- vhost gone");
    var vhost = diff.vhosts().getFirst();
    assertThat(vhost.exchanges().removed())
        .extracting(RoutingConfig.Exchange::name)
        .containsExactly("old");
    assertThat(vhost.queues().changed().getFirst().before().arguments()).isEmpty();
  }

  @Test
  void policiesAreComparedByName() throws IOException {
    RoutingConfigDiff diff =
        diff(
            """
            vhosts."/".policies {
              short { pattern = "^tmp", apply-to = queues, definition { max-length = 5 } }
              old { pattern = "x", definition { message-ttl = 5 } }
            }
            vhosts."/".operator-policies.caps { pattern = "", definition { max-length = 9 } }
            """,
            """
            vhosts."/".policies {
              short { pattern = "^tmp", apply-to = queues, definition { max-length = 7, message-ttl = 1 } }
              new { pattern = "y", apply-to = classic_queues, priority = 3, definition { message-ttl = 5 } }
            }
            """);
    assertThat(diff.lines())
        .containsExactly(
            "- policy old in vhost /",
            "+ policy new in vhost /: pattern \"y\", apply-to classic_queues, priority 3,"
                + " definition {message-ttl=5}",
            "~ policy short in vhost /: definition {max-length=5} -> {max-length=7,"
                + " message-ttl=1}",
            "- operator policy caps in vhost /");
  }

  @Test
  void changesThatWaitForARestartAreNamedAndSecretsAreNot() throws IOException {
    Configuration before =
        load("users.eve { password = hunter2, tags = [monitoring] }, listeners.mqtt.port = 1884");
    Configuration after =
        load(
            """
            users.eve { password = hunter3, tags = [monitoring] }
            log.level = debug
            listeners.mqtt.port = 1884
            vhosts."/".queues.q { durable = false }
            """);
    assertThat(before.restartNeeded(after)).containsExactly("log.level: info -> debug");
    assertThat(before.toString() + after).doesNotContain("hunter");
  }
}
