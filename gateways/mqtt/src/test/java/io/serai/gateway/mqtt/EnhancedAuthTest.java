package io.serai.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.AuthResult.Kind;
import io.serai.gateway.Credentials;
import io.serai.gateway.SaslExchange;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.Auth;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Connect;
import io.serai.gateway.mqtt.MqttFrame.Disconnect;
import io.serai.gateway.mqtt.MqttFrame.PingReq;
import io.serai.gateway.mqtt.MqttFrame.PingResp;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Enhanced authentication: CONNECT with a method, AUTH, and AUTH anew (MQTT 5.0 §4.12). */
class EnhancedAuthTest {
  private static final String SCRAM = "SCRAM-SHA-256";

  /** What the authenticator makes of each step; sessions only carry it. */
  private record Step(int number) implements SaslExchange {}

  private static final AuthResult.Challenge CHALLENGE =
      new AuthResult.Challenge(bytes("r=abc"), new Step(1));

  private final Client client = Client.v5().start();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static MqttProperties properties(@Nullable String method, @Nullable String data) {
    MqttProperties.Builder properties = MqttProperties.builder();
    if (method != null) {
      properties.text(PropertyId.AUTHENTICATION_METHOD, method);
    }
    if (data != null) {
      properties.binary(PropertyId.AUTHENTICATION_DATA, bytes(data));
    }
    return properties.build();
  }

  private static Connect connect(@Nullable String user, @Nullable String data) {
    return new Connect(MqttVersion.V5, "c", true, 60, null, user, null, properties(SCRAM, data));
  }

  private static Auth answer(String data) {
    return new Auth(MqttReason.CONTINUE_AUTHENTICATION, properties(SCRAM, data));
  }

  private static Auth anew(String data) {
    return new Auth(MqttReason.REAUTHENTICATE, properties(SCRAM, data));
  }

  private static AuthResult granted(String user) {
    return new AuthResult.Granted(new Unrestricted(user), bytes("v=sig"));
  }

  private Credentials offered() {
    return client.harness.recorded(Recorded.Authenticating.class).getLast().credentials();
  }

  private static MqttProperties.Property[] auth(MqttProperties properties) {
    return properties.list().toArray(MqttProperties.Property[]::new);
  }

  /** Logs in as guest in two steps. */
  private void connected() {
    client.harness.receives(connect(null, "n,,n=guest,r=a"));
    client.harness.authenticated(CHALLENGE);
    client.harness.receives(answer("p=proof"));
    client.harness.authenticated(granted("guest"));
    assertThat(client.harness.sent().getLast()).isInstanceOf(ConnAck.class);
  }

  @Test
  void theExchangeGoesThroughAuthAndEndsInConnackWithTheServersLastWord() {
    client.harness.receives(connect(null, "n,,n=guest,r=a"));
    assertThat(offered()).isEqualTo(new Credentials.Sasl(SCRAM, bytes("n,,n=guest,r=a")));
    client.harness.authenticated(CHALLENGE);
    assertThat(client.harness.sent()).containsExactly(answer("r=abc"));

    client.harness.receives(answer("p=proof"));
    assertThat(offered()).isEqualTo(new Credentials.SaslAnswer(CHALLENGE, bytes("p=proof")));
    client.harness.authenticated(granted("guest"));
    ConnAck ack = client.harness.sentOne(ConnAck.class);
    assertThat(ack.reason()).isZero();
    assertThat(ack.properties().list()).startsWith(auth(properties(SCRAM, "v=sig")));
    assertThat(client.harness.closeReason()).isNull();
  }

  @Test
  void aClientThatBeginsWithoutDataIsAskedForIt() {
    client.harness.receives(connect(null, null));
    assertThat(offered()).isEqualTo(new Credentials.Sasl(SCRAM, new byte[0]));
    client.harness.authenticated(new AuthResult.Challenge(new byte[0], new Step(0)));
    assertThat(client.harness.sent())
        .containsExactly(new Auth(MqttReason.CONTINUE_AUTHENTICATION, properties(SCRAM, null)));
  }

  @Test
  void refusalsAreToldInTheirOwnReason() {
    Map.of(
            Kind.BAD_CREDENTIALS, 0x86,
            Kind.NOT_AUTHORIZED, 0x87,
            Kind.BANNED, 0x8A,
            Kind.UNAVAILABLE, 0x88,
            Kind.BUSY, 0x89,
            Kind.QUOTA_EXCEEDED, 0x97,
            Kind.CONNECTION_RATE_EXCEEDED, 0x9F,
            Kind.UNKNOWN_MECHANISM, 0x8C)
        .forEach((kind, reason) -> {
          for (boolean isEnhanced : List.of(true, false)) {
            Client refused = Client.v5().start();
            refused.harness.receives(isEnhanced ? connect(null, "x") : refused.connect());
            refused.harness.authenticated(new AuthResult.Denied(kind, "because"));
            assertThat(refused.harness.sent())
                .containsExactly(new ConnAck(false, reason, MqttProperties.NONE));
            assertThat(refused.harness.closeReason()).isEqualTo("connect_refused");
          }
        });
  }

  @Test
  void theUserNameOfConnectMayNameTheVhost() {
    client.harness.receives(connect("shop:guest", "x"));
    client.harness.authenticated(granted("guest"));
    assertThat(client.harness.recorded(Recorded.Entered.class).getFirst().origin().vhost())
        .isEqualTo("shop");
  }

  @Test
  void theUserNameOfConnectMustNotBeAnotherUsers() {
    client.harness.receives(connect("admin", "x"));
    client.harness.authenticated(granted("guest"));
    assertThat(client.harness.sentOne(ConnAck.class).reason())
        .isEqualTo(MqttReason.BAD_USER_NAME_OR_PASSWORD);
  }

  @Test
  void nothingButAuthAndDisconnectMayComeDuringTheExchange() {
    client.harness.receives(connect(null, "x"));
    client.harness.authenticated(CHALLENGE);
    client.harness.sent();
    client.harness.receives(PingReq.PING_REQ);
    assertThat(client.harness.sentOne(ConnAck.class).reason()).isEqualTo(MqttReason.PROTOCOL_ERROR);
    assertThat(client.harness.closeReason()).isEqualTo("protocol_error");
  }

  @Test
  void aClientMayGiveUpDuringTheExchange() {
    client.harness.receives(connect(null, "x"));
    client.harness.authenticated(CHALLENGE);
    client.harness.receives(new Disconnect(MqttReason.SUCCESS, MqttProperties.NONE));
    assertThat(client.harness.closeReason()).isEqualTo("client_request");
  }

  @Test
  void aChangedMethodIsRefused() {
    client.harness.receives(connect(null, "x"));
    client.harness.authenticated(CHALLENGE);
    client.harness.sent();
    client.harness.receives(new Auth(MqttReason.CONTINUE_AUTHENTICATION, properties("PLAIN", "y")));
    assertThat(client.harness.sentOne(ConnAck.class).reason())
        .isEqualTo(MqttReason.BAD_AUTHENTICATION_METHOD);
  }

  @Test
  void authWithoutAMethodIsAProtocolError() {
    client.harness.receives(connect(null, "x"));
    client.harness.authenticated(CHALLENGE);
    client.harness.sent();
    client.harness.receives(new Auth(MqttReason.CONTINUE_AUTHENTICATION, properties(null, null)));
    assertThat(client.harness.sentOne(ConnAck.class).reason()).isEqualTo(MqttReason.PROTOCOL_ERROR);
  }

  @Test
  void authOnAConnectionWithoutMethodIsAProtocolError() {
    client.connected();
    client.harness.receives(anew("x"));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.PROTOCOL_ERROR);
  }

  @Test
  void aLivingConnectionAuthenticatesAnewWhileOtherPacketsGoOn() {
    connected();
    client.harness.receives(anew("n,,n=guest,r=b"));
    assertThat(offered()).isEqualTo(new Credentials.Sasl(SCRAM, bytes("n,,n=guest,r=b")));
    client.harness.authenticated(CHALLENGE);
    assertThat(client.harness.sent()).containsExactly(answer("r=abc"));
    client.harness.receives(PingReq.PING_REQ);
    assertThat(client.harness.sent()).containsExactly(PingResp.PING_RESP);
    client.harness.receives(answer("p=proof"));
    client.harness.authenticated(granted("guest"));
    assertThat(client.harness.sent())
        .containsExactly(new Auth(MqttReason.SUCCESS, properties(SCRAM, "v=sig")));
    client.harness.receives(anew("n,,n=guest,r=c"));
    assertThat(client.harness.isWaiting()).as("and once more").isTrue();
  }

  @Test
  void aFailedReauthenticationEndsTheConnection() {
    connected();
    client.harness.receives(anew("x"));
    client.harness.authenticated(new AuthResult.Denied("wrong"));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.NOT_AUTHORIZED);
    assertThat(client.harness.closeReason()).isEqualTo("reauthentication_failed");
  }

  @Test
  void reauthenticationAsAnotherUserEndsTheConnection() {
    connected();
    client.harness.receives(anew("x"));
    client.harness.authenticated(granted("admin"));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.NOT_AUTHORIZED);
  }

  @Test
  void reauthenticationWithAnotherMethodEndsTheConnection() {
    connected();
    client.harness.receives(new Auth(MqttReason.REAUTHENTICATE, properties("PLAIN", "x")));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.BAD_AUTHENTICATION_METHOD);
  }

  @Test
  void authOutOfTurnIsAProtocolError() {
    connected();
    client.harness.receives(answer("p=proof"));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.PROTOCOL_ERROR);
  }

  @Test
  void reauthenticationBegunTwiceIsAProtocolError() {
    connected();
    client.harness.receives(anew("x"));
    client.harness.authenticated(CHALLENGE);
    client.harness.sent();
    client.harness.receives(anew("y"));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.PROTOCOL_ERROR);
  }
}
