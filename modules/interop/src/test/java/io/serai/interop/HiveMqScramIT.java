package io.serai.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttUtf8String;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientConfig;
import com.hivemq.client.mqtt.mqtt5.auth.Mqtt5EnhancedAuthMechanism;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5Auth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5AuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Enhanced authentication with SCRAM-SHA-256, through HiveMQ's client (MQTT 5.0 §4.12). */
@Uses(ThirdParty.HIVEMQ_JAVA)
@Timeout(600)
class HiveMqScramIT {
  /** The mechanism as an application gives it to the client. */
  private static class Scram implements Mqtt5EnhancedAuthMechanism {
    private final String user;
    private String password;
    private ScramClient exchange;

    Scram(String user, String password) {
      this.user = user;
      this.password = password;
    }

    private static byte[] bytes(Optional<ByteBuffer> data) {
      ByteBuffer from = data.orElseThrow();
      byte[] bytes = new byte[from.remaining()];
      from.get(bytes);
      return bytes;
    }

    @Override
    public MqttUtf8String getMethod() {
      return MqttUtf8String.of(ScramClient.MECHANISM);
    }

    @Override
    public int getTimeout() {
      return 60;
    }

    @Override
    public CompletableFuture<Void> onAuth(
        Mqtt5ClientConfig config, Mqtt5Connect connect, Mqtt5EnhancedAuthBuilder auth) {
      exchange = new ScramClient(user, password);
      auth.data(exchange.first());
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> onReAuth(Mqtt5ClientConfig config, Mqtt5AuthBuilder auth) {
      exchange = new ScramClient(user, password);
      auth.data(exchange.first());
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Boolean> onContinue(
        Mqtt5ClientConfig config, Mqtt5Auth auth, Mqtt5AuthBuilder answer) {
      answer.data(exchange.last(bytes(auth.getData())));
      return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletableFuture<Boolean> onAuthSuccess(Mqtt5ClientConfig config, Mqtt5ConnAck ack) {
      return CompletableFuture.completedFuture(
          exchange.trusts(bytes(ack.getEnhancedAuth().orElseThrow().getData())));
    }

    @Override
    public CompletableFuture<Boolean> onReAuthSuccess(Mqtt5ClientConfig config, Mqtt5Auth auth) {
      return CompletableFuture.completedFuture(exchange.trusts(bytes(auth.getData())));
    }

    @Override
    public void onAuthRejected(Mqtt5ClientConfig config, Mqtt5ConnAck ack) {}

    @Override
    public void onReAuthRejected(Mqtt5ClientConfig config, Mqtt5Disconnect disconnect) {}

    @Override
    public void onAuthError(Mqtt5ClientConfig config, Throwable cause) {}

    @Override
    public void onReAuthError(Mqtt5ClientConfig config, Throwable cause) {}
  }

  private static Mqtt5Client client(Mqtt5EnhancedAuthMechanism mechanism) {
    return Mqtt5Client.builder()
        .identifier("scram-" + UUID.randomUUID())
        .serverHost("127.0.0.1")
        .serverPort(SharedNode.get().port("mqtt"))
        .enhancedAuth(mechanism)
        .build();
  }

  @Test
  void aClientProvesItsPasswordAndMayDoSoAnew() throws Exception {
    Scram scram = new Scram("guest", "guest");
    Mqtt5AsyncClient client = client(scram).toAsync();
    client.connect().get(60, TimeUnit.SECONDS);
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        client.toBlocking().publishes(MqttGlobalPublishFilter.ALL)) {
      client.toBlocking().subscribeWith().topicFilter("scram/it").send();
      client.reauth().get(60, TimeUnit.SECONDS);
      client.toBlocking().publishWith().topic("scram/it").payload("on".getBytes(UTF_8)).send();
      assertThat(publishes.receive(60, TimeUnit.SECONDS)).isPresent();
    }
    client.disconnect().get(60, TimeUnit.SECONDS);
  }

  @Test
  void aWrongPasswordAndAnUnknownUserAreRefusedAlike() {
    for (String user : new String[] {"guest", "nobody"}) {
      assertThatThrownBy(() -> client(new Scram(user, "wrong")).toBlocking().connect())
          .isInstanceOfSatisfying(
              Mqtt5ConnAckException.class,
              refused ->
                  assertThat(refused.getMqttMessage().getReasonCode())
                      .isEqualTo(Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD));
    }
  }

  @Test
  void aMethodNobodyKnowsIsRefused() {
    Scram other =
        new Scram("guest", "guest") {
          @Override
          public MqttUtf8String getMethod() {
            return MqttUtf8String.of("GS2-KRB5");
          }
        };
    assertThatThrownBy(() -> client(other).toBlocking().connect())
        .isInstanceOfSatisfying(
            Mqtt5ConnAckException.class,
            refused ->
                assertThat(refused.getMqttMessage().getReasonCode())
                    .isEqualTo(Mqtt5ConnAckReasonCode.BAD_AUTHENTICATION_METHOD));
  }

  @Test
  void aFailedReauthenticationEndsTheConnection() throws Exception {
    Scram scram = new Scram("guest", "guest");
    Mqtt5AsyncClient client = client(scram).toAsync();
    client.connect().get(60, TimeUnit.SECONDS);
    scram.password = "wrong";
    assertThatThrownBy(() -> client.reauth().get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            Mqtt5DisconnectException.class,
            ended ->
                assertThat(ended.getMqttMessage().getReasonCode())
                    .isEqualTo(Mqtt5DisconnectReasonCode.NOT_AUTHORIZED));
    // The client answers before it has taken note of the end itself.
    Eventually.await("the end of the connection", 60, () -> !client.getState().isConnected());
  }
}
