package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DefaultsTest {
  private final Configuration config = Load.valid(Load.DEFAULTS);

  @Test
  void everyListenerIsOnItsUsualPortAndTransport() {
    assertThat(config.server().listeners())
        .extracting(l -> l.name() + " " + l.protocol() + " " + l.transport() + " " + l.port())
        .containsExactly(
            "amqp amqp TCP 5672",
            "mqtt mqtt TCP 1883",
            "mqtt-ws mqtt WEBSOCKET 8083",
            "stomp stomp TCP 61613",
            "stomp-ws stomp WEBSOCKET 15674",
            "coap coap UDP 5683",
            "coap-tcp coap TCP 5683",
            "wamp wamp WEBSOCKET 8080",
            "wamp-raw wamp TCP 8081",
            "http http TCP 15672");
    assertThat(Load.listener(config, "mqtt-ws").path()).isEqualTo("/mqtt");
    assertThat(Load.listener(config, "stomp-ws").path()).isEqualTo("/ws");
    assertThat(Load.listener(config, "wamp").path()).isEqualTo("/ws");
  }

  @Test
  void everyListenerIsOnLoopbackInVhostSlashAndLetsGuestInAnonymously() {
    assertThat(config.server().listeners())
        .allSatisfy(listener -> {
          assertThat(listener.isLoopback()).isTrue();
          assertThat(listener.addresses())
              .containsExactly(new BindAddress("127.0.0.1", false), new BindAddress("::1", true));
          assertThat(listener.vhost()).isEqualTo("/");
          assertThat(listener.allowsAnonymous()).isTrue();
          assertThat(listener.tls()).isNull();
        });
    assertThat(config.server().anonymousUser()).isEqualTo("guest");
  }

  @Test
  void guestIsTheOnlyUserMayDoEverythingInVhostSlashAndOnlyOnLoopback() {
    UserConfig guest = config.server().users().get("guest");
    assertThat(config.server().users()).containsOnlyKeys("guest");
    assertThat(guest.isLoopbackOnly()).isTrue();
    assertThat(guest.credential()).isEqualTo(new Credential.Password(new Secret("guest")));
    assertThat(guest.tags()).isEqualTo(Set.of("administrator"));
    var permission = guest.permissions().get("/");
    assertThat(permission.configure() + permission.write() + permission.read()).isEqualTo(".*.*.*");
    assertThat(permission.topics()).isEmpty();
  }

  @Test
  void amqpAndMqttLimitsAreTheirs() {
    assertThat(Load.listener(config, "amqp").options())
        .isEqualTo(new ProtocolOptions.Amqp(131_072, 2047, Duration.ofSeconds(60)));
    assertThat(Load.listener(config, "mqtt").options())
        .isEqualTo(Load.listener(config, "mqtt-ws").options())
        .isEqualTo(
            new ProtocolOptions.Mqtt(
                16 << 20,
                256,
                64,
                16,
                Duration.ZERO,
                Duration.ofDays(7),
                100_000,
                256L << 20,
                ProtocolOptions.QueueOverflow.DROP_OLDEST,
                "",
                10_000,
                128,
                "",
                false,
                true,
                ProtocolOptions.StreamOffset.NEXT,
                false));
  }

  @Test
  void nothingIsDeclaredButVhostSlash() {
    assertThat(config.routing().vhosts()).containsOnlyKeys("/");
    var vhost = config.routing().vhosts().get("/");
    assertThat(vhost.exchanges()).isEmpty();
    assertThat(vhost.queues()).isEmpty();
    assertThat(vhost.bindings()).isEmpty();
    assertThat(vhost.rules()).isEmpty();
  }

  @Test
  void dataGoesBelowTheWorkingFolderAndLimitsAreBounded() {
    assertThat(config.server().dataFolder()).isEqualTo(Path.of("/work-folder/data"));
    assertThat(config.server().nodeName()).isEqualTo("serai");
    assertThat(config.server().eventLoops()).isZero();
    assertThat(config.server().limits())
        .isEqualTo(
            new Limits(
                100_000,
                64L << 20,
                0.7,
                0.1,
                50_000_000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                0,
                0,
                new FlappingConfig(false, 15, Duration.ofMinutes(1), Duration.ofMinutes(5))));
    assertThat(config.server().listeners())
        .filteredOn(listener -> listener.limits().maxConnections() != 0)
        .extracting(listener -> listener.name() + " " + listener.limits().maxConnections())
        .containsExactly("http 512");
    assertThat(config.server().hasOpenMetrics()).isTrue();
    assertThat(config.server().log())
        .isEqualTo(new LogConfig(LogConfig.Level.INFO, LogConfig.Format.AUTO));
  }

  @Test
  void demoAddsAnExchangeAQueueABindingAndARule() {
    var vhost = Load.valid(Load.DEFAULTS.withDemo()).routing().vhosts().get("/");
    assertThat(vhost.exchanges()).containsOnlyKeys("plant");
    assertThat(vhost.queues()).containsOnlyKeys("readings");
    assertThat(vhost.bindings()).hasSize(1);
    var rule = vhost.rules().getFirst();
    assertThat(rule.from().filter().text()).isEqualTo("plant/{line}/temp");
    assertThat(rule.from().protocol()).isEqualTo("mqtt");
    assertThat(rule.to().exchange()).isEqualTo("plant");
    assertThat(rule.to().topic().text()).isEqualTo("temp.{line}");
  }

  @Test
  void listenersOfProtocolsThatAreNotInstalledStayClosed() {
    var vocabulary = Vocabulary.standard().withProtocols(Set.of("amqp", "mqtt", "http"));
    var result = new ConfigLoader(Catalogue.standard(), vocabulary).load(Load.DEFAULTS);
    var server = ((ConfigResult.Valid) result).config().server();
    assertThat(server.listeners())
        .extracting(ListenerConfig::name)
        .containsExactly("amqp", "mqtt", "mqtt-ws", "http");
    assertThat(server.notInstalled())
        .containsExactly("stomp", "stomp-ws", "coap", "coap-tcp", "wamp", "wamp-raw");
  }
}
