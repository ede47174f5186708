package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Source;
import io.serai.config.Configuration;
import io.serai.config.ListenerConfig;
import io.serai.config.LoadRequest;
import io.serai.gateway.Gateway;
import io.serai.gateway.driver.ListenerSpec;
import io.serai.model.Value;
import io.serai.routing.DeclaredTopology;
import io.serai.routing.RoutingRule;
import io.serai.security.AuthOptions;
import io.serai.security.UserSpec;
import io.serai.security.UserSpec.PermissionSpec;
import io.serai.security.UserSpec.TopicPermissionSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the configuration says arrives in the words of the modules that carry it out. */
class ConfigMappingTest {
  @TempDir Path folder;

  @Test
  void usersKeepTheirPermissionsAndHowTheyLogIn() throws IOException {
    Configuration config =
        load(
            """
            users.eve {
              password = secret
              loopback-only = true
              addresses = ["10.0.0.0/8", "::1"]
              tags = [monitoring]
              permissions."/" {
                configure = "^a", write = "b", read = "c"
                topics."amq.topic" { write = "^plant", read = ".*", max-qos = 1, retain = false }
              }
            }
            users.robot { login = false, permissions."/" { read = ".*" } }
            anonymous.user = robot
            """);
    List<UserSpec> users = UserMapping.users(config.server());
    UserSpec eve = users.stream().filter(it -> it.name().equals("eve")).findFirst().orElseThrow();
    assertThat(eve.password()).isEqualTo("secret");
    assertThat(eve.verifier()).isNull();
    assertThat(eve.tags()).containsExactly("monitoring");
    assertThat(eve.permissions()).containsExactly(new PermissionSpec("/", "^a", "b", "c"));
    assertThat(eve.topicPermissions())
        .containsExactly(new TopicPermissionSpec("/", "amq.topic", "^plant", ".*", 1, false));
    UserSpec robot =
        users.stream().filter(it -> it.name().equals("robot")).findFirst().orElseThrow();
    assertThat(robot.password()).isNull();
    assertThat(robot.verifier()).isNull();
    AuthOptions options = UserMapping.options(config.server());
    assertThat(options.loopbackOnlyUsers()).containsExactlyInAnyOrder("eve", "guest");
    assertThat(options.anonymousUser()).isEqualTo("robot");
  }

  @Test
  void nobodyIsAnonymousWhenTheConfigurationNamesNobody() throws IOException {
    AuthOptions options = UserMapping.options(load("anonymous.user = \"\"").server());
    assertThat(options.anonymousUser()).isEmpty();
  }

  @Test
  void exchangesQueuesAndBindingsAreTheConfigurations() throws IOException {
    DeclaredTopology.Vhost vhost =
        vhost(
            """
            vhosts."/" {
              exchanges.plant { type = topic, alternate-exchange = rest, internal = true }
              exchanges.rest { type = fanout, durable = false, auto-delete = true }
              queues.readings { arguments { x-max-length = 5, x-overflow = reject-publish } }
              queues.live { type = volatile, durable = false }
              bindings = [
                { source = plant, destination = readings, key = "temp.*" }
                { source = plant, destination = rest, destination-type = exchange, key = "#" }
              ]
            }
            """);
    ExchangeSpec plant = exchange(vhost, "plant");
    assertThat(plant.type()).isEqualTo("topic");
    assertThat(plant.lifetime()).isEqualTo(Lifetime.DURABLE);
    assertThat(plant.internal()).isTrue();
    assertThat(plant.source()).isEqualTo(Source.CONF);
    assertThat(plant.arguments().entries())
        .containsExactly(
            new Value.Entry(new Value.Str("alternate-exchange"), new Value.Str("rest")));
    ExchangeSpec rest = exchange(vhost, "rest");
    assertThat(rest.lifetime()).isEqualTo(Lifetime.TRANSIENT);
    assertThat(rest.autoDelete()).isTrue();
    QueueSpec readings = queue(vhost, "readings");
    assertThat(readings.kind()).isEqualTo(QueueKind.CLASSIC);
    assertThat(readings.arguments().entries())
        .containsExactlyInAnyOrder(
            new Value.Entry(new Value.Str("x-max-length"), new Value.Long(5)),
            new Value.Entry(new Value.Str("x-overflow"), new Value.Str("reject-publish")));
    assertThat(queue(vhost, "live").kind()).isEqualTo(QueueKind.VOLATILE);
    assertThat(vhost.bindings())
        .extracting(BindingSpec::destination, BindingSpec::toExchange, BindingSpec::key)
        .containsExactly(tuple("readings", false, "temp.*"), tuple("rest", true, "#"));
  }

  @Test
  void aRuleSeesWhatItsFilterCaptures() throws IOException {
    RoutingRule rule =
        vhost(
                """
                vhosts."/".exchanges.plant { type = topic }
                vhosts."/".rules = [{
                  name = r
                  from { protocol = mqtt, user = eve, topic = "a%2Fb/{line}/+" }
                  to { exchange = plant, key = "x%2Ey.{2}.l-{line}" }
                }]
                users.eve { password = x, permissions."/" { read = ".*" } }
                """)
            .rules()
            .getFirst();
    assertThat(rule.protocol()).isEqualTo("mqtt");
    assertThat(rule.user()).isEqualTo("eve");
    assertThat(rule.exchange()).isNull();
    assertThat(rule.filter().spelled(io.serai.model.Spelling.SLASH)).isEqualTo("a%2Fb/+/+");
    assertThat(rule.filter().hidesDollar()).isTrue();
    assertThat(rule.toTopic())
        .containsExactly(
            List.of(new RoutingRule.Fixed("x.y")),
            List.of(new RoutingRule.Captured(1)),
            List.of(new RoutingRule.Fixed("l-"), new RoutingRule.Captured(0)));
  }

  @Test
  void aListenersOwnSettingsReachItsGateway() throws IOException {
    Configuration config =
        load(
            """
            limits.max-message-size = 1 MiB
            listeners.amqp.heartbeat = 30 s
            listeners.mqtt { max-inflight = 7, vhost = "/", anonymous = off }
            listeners.mqtt-ws.path = /broker
            """);
    ListenerSpec amqp = spec(config, "amqp");
    assertThat(amqp.settings().longValue("heartbeat", 0)).isEqualTo(30_000);
    assertThat(amqp.settings().longValue("max-message-size", 0)).isEqualTo(1 << 20);
    ListenerSpec mqtt = spec(config, "mqtt");
    assertThat(mqtt.kind()).isEqualTo(ListenerSpec.Kind.STREAM);
    assertThat(mqtt.settings().intValue("max-inflight", 0)).isEqualTo(7);
    assertThat(mqtt.anonymousAllowed()).isFalse();
    ListenerSpec webSocket = spec(config, "mqtt-ws");
    assertThat(webSocket.kind()).isEqualTo(ListenerSpec.Kind.WEBSOCKET);
    assertThat(webSocket.path()).isEqualTo("/broker");
  }

  private static ExchangeSpec exchange(DeclaredTopology.Vhost vhost, String name) {
    return vhost.exchanges().stream()
        .filter(it -> it.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static QueueSpec queue(DeclaredTopology.Vhost vhost, String name) {
    return vhost.queues().stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  private static ListenerSpec spec(Configuration config, String name) {
    ListenerConfig listener =
        config.server().listeners().stream()
            .filter(it -> it.name().equals(name))
            .findFirst()
            .orElseThrow();
    Gateway gateway = RunningNode.INSTALLED.gateways().get(listener.protocol());
    return ListenerMapping.spec(
        listener,
        gateway,
        ListenerMapping.gate(listener.limits()),
        config.server().limits(),
        null,
        "127.0.0.1",
        listener.port());
  }

  private DeclaredTopology.Vhost vhost(String text) throws IOException {
    return TopologyMapping.declared(load(text).routing()).vhosts().getFirst();
  }

  private Configuration load(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("x.conf"), text);
    return RunningNode.valid(LoadRequest.defaults().withFile(file)).config();
  }
}
