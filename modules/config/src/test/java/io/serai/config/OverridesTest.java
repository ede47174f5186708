package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverridesTest {
  @TempDir Path folder;

  private LoadRequest request(String text) throws IOException {
    Path file = folder.resolve("my.conf");
    Files.writeString(file, text);
    return Load.DEFAULTS.withWorkingFolder(folder).withFile(Path.of("my.conf"));
  }

  @Test
  void portsAndDataFolderComeFromTheEnvironment() {
    Configuration config =
        Load.valid(
            Load.DEFAULTS.withEnvironment(
                Map.of(
                    "SERAI_AMQP",
                    "1",
                    "SERAI_MQTT",
                    "2",
                    "SERAI_STOMP",
                    "3",
                    "SERAI_COAP",
                    "4",
                    "SERAI_WAMP",
                    "5",
                    "SERAI_HTTP",
                    "0",
                    "SERAI_DATA",
                    "/var/lib/serai")));
    assertThat(Load.listener(config, "amqp").port()).isEqualTo(1);
    assertThat(Load.listener(config, "mqtt").port()).isEqualTo(2);
    assertThat(Load.listener(config, "stomp").port()).isEqualTo(3);
    assertThat(Load.listener(config, "coap").port()).isEqualTo(4);
    assertThat(Load.listener(config, "coap-tcp").port()).isEqualTo(4);
    assertThat(Load.listener(config, "wamp").port()).isEqualTo(5);
    assertThat(Load.listener(config, "http").port()).isZero();
    assertThat(config.server().dataFolder()).isEqualTo(Path.of("/var/lib/serai"));
  }

  @Test
  void aSecondPortIsFreeWhereTheFirstIsMovedUnlessItIsNamedItself() {
    Configuration moved =
        Load.valid(Load.DEFAULTS.withEnvironment(Map.of("SERAI_MQTT", "2", "SERAI_WAMP", "0")));
    assertThat(Load.listener(moved, "mqtt-ws").port()).isZero();
    assertThat(Load.listener(moved, "wamp-raw").port()).isZero();
    assertThat(Load.listener(moved, "stomp-ws").port()).isEqualTo(15674);
    Configuration named =
        Load.valid(Load.DEFAULTS.withEnvironment(Map.of("SERAI_MQTT", "2", "SERAI_MQTT_WS", "3")));
    assertThat(Load.listener(named, "mqtt-ws").port()).isEqualTo(3);
  }

  @Test
  void aFileChangesWhatItNamesAndLeavesTheRest() throws IOException {
    Configuration config =
        Load.valid(request("listeners.mqtt.port = 1884, listeners.stomp = null"));
    assertThat(Load.listener(config, "mqtt").port()).isEqualTo(1884);
    assertThat(Load.listener(config, "amqp").port()).isEqualTo(5672);
    assertThat(config.server().listeners())
        .extracting(ListenerConfig::name)
        .contains("stomp-ws")
        .doesNotContain("stomp");
  }

  @Test
  void aFileWinsOverTheEnvironmentUnlessItReadsIt() throws IOException {
    Map<String, String> environment = Map.of("SERAI_MQTT", "2", "SERAI_AMQP", "3");
    Configuration config =
        Load.valid(
            request(
                    """
                    listeners.mqtt.port = 1884
                    listeners.amqp.port = 5673
                    listeners.amqp.port = ${?SERAI_AMQP}
                    """)
                .withEnvironment(environment));
    assertThat(Load.listener(config, "mqtt").port()).isEqualTo(1884);
    assertThat(Load.listener(config, "amqp").port()).isEqualTo(3);
  }

  @Test
  void setWinsOverFileAndTheLastOneOverEarlierOnes() throws IOException {
    Configuration config =
        Load.valid(
            request("listeners.mqtt.port = 1884")
                .withSetting("listeners.mqtt.port=1")
                .withSetting("listeners.mqtt.port=2")
                .withSetting("node.name=a#b = c"));
    assertThat(Load.listener(config, "mqtt").port()).isEqualTo(2);
    assertThat(config.server().nodeName()).isEqualTo("a#b = c");
  }

  @Test
  void setReadsBlocksListsAndNull() {
    Configuration config =
        Load.valid(
            Load.DEFAULTS
                .withSetting("users.eve={password=\"x\", tags=[monitoring]}")
                .withSetting("vhosts.\"/\".queues.\"a.b\".durable=false")
                .withSetting("users.guest=null")
                .withSetting("host=[127.0.0.1, localhost]"));
    assertThat(config.server().users()).containsOnlyKeys("eve");
    assertThat(config.server().anonymousUser()).isNull();
    assertThat(config.routing().vhosts().get("/").queues().get("a.b").durable()).isFalse();
    assertThat(Load.listener(config, "mqtt").addresses())
        .containsExactly(new BindAddress("127.0.0.1", false), new BindAddress("localhost", false));
  }

  @Test
  void setWithoutAKeyIsAnError() {
    assertThat(Load.errors(Load.DEFAULTS.withSetting("nonsense")))
        .extracting(ConfigError::toString)
        .containsExactly(
            "--set: expected key=value, found no key; for example --set listeners.mqtt.port=0");
  }

  @Test
  void anEmptyVariableCountsAsSet() {
    assertThat(Load.errors(Load.DEFAULTS.withEnvironment(Map.of("SERAI_MQTT", ""))))
        .extracting(ConfigError::toString)
        .containsExactly(
            "environment variable SERAI_MQTT listeners.mqtt.port: expected a whole number from 0"
                + " to 65535, found the text \"\"");
  }

  @Test
  void includesAreRelativeToTheIncludingFileAndLocalOnesMayBeMissing() throws IOException {
    Path below = Files.createDirectory(folder.resolve("below"));
    Files.writeString(below.resolve("more.conf"), "include \"deep.conf\"\nnode.name = more");
    Files.writeString(below.resolve("deep.conf"), "node.event-loops = 3");
    var result =
        Load.validResult(
            request("include \"below/more.conf\"\ninclude \"mine.local.conf\"\nlog.level = debug"));
    assertThat(result.config().server().nodeName()).isEqualTo("more");
    assertThat(result.config().server().eventLoops()).isEqualTo(3);
    assertThat(result.files().digests())
        .containsOnlyKeys(
            folder.resolve("my.conf"),
            below.resolve("more.conf"),
            below.resolve("deep.conf"),
            folder.resolve("mine.local.conf"));
  }

  @Test
  void includedListsAddWithPlusEquals() throws IOException {
    Files.writeString(
        folder.resolve("more.conf"),
        "vhosts.\"/\".bindings += { source = amq.topic, destination = q, key = b }");
    var config =
        Load.valid(
            request(
                """
                vhosts."/" {
                  queues.q { }
                  bindings += { source = amq.topic, destination = q, key = a }
                }
                include "more.conf"
                """));
    assertThat(config.routing().vhosts().get("/").bindings())
        .extracting(RoutingConfig.Binding::key)
        .containsExactly("a", "b");
  }

  @Test
  void theDemoAddsToTheListsOfTheFile() throws IOException {
    var config =
        Load.valid(
            request(
                    """
                    vhosts."/" {
                      queues.q { }
                      bindings = [ { source = amq.topic, destination = q, key = a } ]
                      rules = []
                    }
                    """)
                .withDemo());
    var vhost = config.routing().vhosts().get("/");
    assertThat(vhost.bindings())
        .extracting(RoutingConfig.Binding::destination)
        .containsExactly("q", "readings");
    assertThat(vhost.rules()).hasSize(1);
  }

  @Test
  void aMissingMainFileIsAnError() {
    assertThat(
            Load.errors(Load.DEFAULTS.withWorkingFolder(folder).withFile(Path.of("nowhere.conf"))))
        .extracting(ConfigError::toString)
        .containsExactly("nowhere.conf: file not found");
  }

  @Test
  void aFolderInPlaceOfTheMainFileIsNamed() {
    assertThat(Load.errors(Load.DEFAULTS.withWorkingFolder(folder).withFile(Path.of(""))))
        .extracting(ConfigError::toString)
        .containsExactly(folder + ": the file cannot be read; Is a directory");
  }

  @Test
  void fileNamesAreRelativeToTheFileThatHoldsThem() throws IOException {
    Path below = Files.createDirectory(folder.resolve("below"));
    Files.writeString(below.resolve("eve.secret"), "hunter2\n");
    Files.writeString(
        below.resolve("users.conf"),
        "users.eve { password-file = eve.secret, tags = [monitoring] }");
    var config = Load.valid(request("include \"below/users.conf\""));
    assertThat(config.server().users().get("eve").credential())
        .isEqualTo(new Credential.Password(new Secret("hunter2")));
  }

  @Test
  void aListenerOpensToOthersOnceThereIsAUser() throws IOException {
    var config =
        Load.valid(
            request(
                """
                host = 0.0.0.0
                users.eve { password = x, permissions."/" { read = ".*" } }
                """));
    var mqtt = Load.listener(config, "mqtt");
    assertThat(mqtt.isLoopback()).isFalse();
    assertThat(mqtt.allowsAnonymous()).isFalse();
  }

  @Test
  void tlsOfTheListenerGoesBeforeTheOneAtTheTop() throws IOException {
    for (String name : new String[] {"a.crt", "a.key", "b.crt", "b.key"}) {
      Files.writeString(folder.resolve(name), "pem");
    }
    var config =
        Load.valid(
            request(
                """
                tls { certificate-file = a.crt, key-file = a.key, protocols = [TLSv1.3] }
                listeners.mqtt-tls { enabled = true, tls { certificate-file = b.crt, key-file = b.key } }
                listeners.amqp-tls.enabled = true
                """));
    var own = Load.listener(config, "mqtt-tls").tls();
    var shared = Load.listener(config, "amqp-tls").tls();
    assertThat(own.certificateFile()).isEqualTo(folder.resolve("b.crt"));
    assertThat(own.protocols()).containsExactly("TLSv1.3");
    assertThat(shared.keyFile()).isEqualTo(folder.resolve("a.key"));
    assertThat(Load.listener(config, "mqtt-tls").port()).isEqualTo(8883);
  }

  @Test
  void behindAProxyNobodyIsAnonymousByDefaultAndLimitsAreRead() throws IOException {
    String written =
        """
        listeners.mqtt {
          proxy-protocol = true
          proxy-protocol-trusted = ["10.0.3.0/24", "fd00::/8"]
          max-connections = 10, max-conn-rate = 20, messages-rate = 30, bytes-rate = 40 KiB
          total-messages-rate = 50, total-bytes-rate = 60 KiB
          shed-qos0 = true, rate-exceeded = disconnect
        }
        limits { max-connections-per-user = 5, max-connections-per-address = 6 }
        flapping-detect { enable = true, ban-time = 30 s }
        """;
    Configuration config = Load.valid(request(written));
    ListenerConfig mqtt = Load.listener(config, "mqtt");
    assertThat(mqtt.proxy())
        .isEqualTo(new ProxyConfig(Duration.ofSeconds(3), List.of("10.0.3.0/24", "fd00::/8")));
    assertThat(mqtt.allowsAnonymous()).as("auto, though on loopback").isFalse();
    assertThat(mqtt.limits())
        .isEqualTo(new ListenerLimits(10, 20, 30, 40 * 1024, 50, 60 * 1024, true, true));
    assertThat(Load.listener(config, "amqp").limits()).isEqualTo(ListenerLimits.NONE);
    Limits limits = config.server().limits();
    assertThat(limits.maxConnectionsPerUser()).isEqualTo(5);
    assertThat(limits.maxConnectionsPerAddress()).isEqualTo(6);
    assertThat(limits.flapping())
        .isEqualTo(new FlappingConfig(true, 15, Duration.ofMinutes(1), Duration.ofSeconds(30)));
  }
}
