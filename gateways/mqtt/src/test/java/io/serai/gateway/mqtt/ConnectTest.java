package io.serai.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Connect;
import io.serai.gateway.mqtt.MqttFrame.Disconnect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CONNECT and CONNACK (MQTT 5.0 §3.1, §3.2). */
class ConnectTest {
  private static final AuthResult GRANTED = new AuthResult.Granted(new Unrestricted("guest"));

  private static Connect connect(
      MqttVersion version, String clientId, @Nullable String user, @Nullable String password) {
    return new Connect(
        version,
        clientId,
        true,
        60,
        null,
        user,
        password == null ? null : password.getBytes(StandardCharsets.UTF_8),
        MqttProperties.NONE);
  }

  private static Client started(MqttVersion version) {
    return (version == MqttVersion.V5 ? Client.v5() : Client.v311()).start();
  }

  private static Credentials offered(Client client) {
    return client.harness.recorded(Recorded.Authenticating.class).getFirst().credentials();
  }

  @Test
  void aClientWithoutCredentialsIsAnonymousWhereTheListenerAllowsIt() {
    Client client = Client.v311().start();
    client.harness.receives(connect(MqttVersion.V3_1_1, "c", null, null));
    assertThat(offered(client)).isEqualTo(new Credentials.Anonymous());
    client.harness.authenticated(GRANTED);
    assertThat(client.harness.sent()).containsExactly(new ConnAck(false, 0, MqttProperties.NONE));
  }

  @Test
  void aClientWithoutCredentialsIsNotAuthorizedElsewhere() {
    for (MqttVersion version : MqttVersion.values()) {
      Client client = Client.v5().start(Client.info(false), Vector.broker(version));
      client.harness.receives(connect(version, "c", null, null));
      assertThat(client.harness.sentOne(ConnAck.class).reason())
          .isEqualTo(MqttReason.NOT_AUTHORIZED); // 5 in 3.x
      assertThat(client.harness.closeReason()).isEqualTo("connect_refused");
    }
  }

  @Test
  void aWrongPasswordIsRefused() {
    Client client = Client.v5().start();
    client.harness.receives(connect(MqttVersion.V5, "c", "guest", "wrong"));
    assertThat(offered(client)).isEqualTo(new Credentials.PlainOrAnonymous("guest", "wrong"));
    client.harness.authenticated(new AuthResult.Denied("wrong password"));
    assertThat(client.harness.sentOne(ConnAck.class))
        .isEqualTo(new ConnAck(false, MqttReason.BAD_USER_NAME_OR_PASSWORD, MqttProperties.NONE));
    assertThat(client.harness.closeReason()).isEqualTo("connect_refused");
  }

  @Test
  void aUserNameIsCheckedWhereNobodyIsAnonymous() {
    Client client = Client.v5().start(Client.info(false), Vector.broker(MqttVersion.V5));
    client.harness.receives(connect(MqttVersion.V5, "c", "anybody", "secret"));
    assertThat(offered(client)).isEqualTo(new Credentials.Plain("anybody", "secret"));
  }

  @Test
  void aVerifiedCertificateIsACredential() {
    ConnectionInfo tls =
        new ConnectionInfo(
            new io.serai.bus.SessionRef(0, 1), "mqtts", "tls", "h:1", true, "/", true, "CN=dev");
    Client client = Client.v5().start(tls, Vector.broker(MqttVersion.V5));
    client.harness.receives(connect(MqttVersion.V5, "c", null, null));
    assertThat(offered(client)).isEqualTo(new Credentials.Certificate("CN=dev"));
  }

  @Test
  void aUserNameMayNameTheVhost() {
    Client client = Client.v311().start();
    client.harness.receives(connect(MqttVersion.V3_1_1, "c", "shop:eu:guest", "secret"));
    assertThat(offered(client)).isEqualTo(new Credentials.PlainOrAnonymous("guest", "secret"));
    client.harness.authenticated(GRANTED);
    assertThat(client.harness.recorded(Recorded.Entered.class).getFirst().origin().vhost())
        .isEqualTo("shop:eu");
  }

  @Test
  void aVhostTheUserMayNotEnterIsNotAuthorized() {
    Client client = Client.v5().start();
    client.harness.forbidVhost("secret");
    client.harness.receives(connect(MqttVersion.V5, "c", "secret:guest", "guest"));
    client.harness.authenticated(GRANTED);
    assertThat(client.harness.sentOne(ConnAck.class).reason()).isEqualTo(MqttReason.NOT_AUTHORIZED);
  }

  @Test
  void anUnknownAuthenticationMethodIsRefused() {
    Client client = Client.v5().start();
    client.harness.receives(
        new Connect(
            MqttVersion.V5,
            "c",
            true,
            0,
            null,
            null,
            null,
            MqttProperties.builder().text(PropertyId.AUTHENTICATION_METHOD, "GS2-KRB5").build()));
    assertThat(offered(client)).isEqualTo(new Credentials.Sasl("GS2-KRB5", new byte[0]));
    client.harness.authenticated(
        new AuthResult.Denied(AuthResult.Kind.UNKNOWN_MECHANISM, "no such mechanism"));
    assertThat(client.harness.sentOne(ConnAck.class).reason())
        .isEqualTo(MqttReason.BAD_AUTHENTICATION_METHOD);
  }

  @Test
  void aClientThatIsTooFastIsToldSoWhereItMayNotStay() {
    Client client = Client.v5().connected();
    client.harness.event(out -> client.session().onRateExceeded(out));
    assertThat(client.harness.sent())
        .containsExactly(new Disconnect(MqttReason.MESSAGE_RATE_TOO_HIGH, MqttProperties.NONE));
    assertThat(client.harness.closeReason()).isEqualTo("rate_exceeded");
  }

  @Test
  void aClientThatWasWelcomedIsMadeKnown() {
    Client client = started(MqttVersion.V5);
    client.harness.receives(connect(MqttVersion.V5, "c", null, null));
    assertThat(client.harness.recorded(Recorded.Welcomed.class)).isEmpty();
    client.harness.authenticated(GRANTED);
    List<Recorded.Welcomed> known = client.harness.recorded(Recorded.Welcomed.class);
    assertThat(known).hasSize(1);
    assertThat(known.getFirst().origin().clientId()).isEqualTo("c");
  }

  @Test
  void aClientIdThatIsBannedIsToldSo() {
    for (MqttVersion version : MqttVersion.values()) {
      Client client = started(version);
      client.harness.ban("c");
      client.harness.receives(connect(version, "c", null, null));
      client.harness.authenticated(GRANTED);
      assertThat(client.harness.recorded(Recorded.Entered.class)).isEmpty();
      assertThat(client.harness.sentOne(ConnAck.class).reason())
          .isEqualTo(MqttReason.BANNED); // 5 in 3.x
      assertThat(client.harness.closeReason()).isEqualTo("connect_refused");
    }
  }

  @Test
  void anMqtt5ClientWithoutIdIsGivenOne() {
    ConnAck ack = Client.v5().clientId("").welcome();
    assertThat(ack.properties().text(PropertyId.ASSIGNED_CLIENT_IDENTIFIER)).isEqualTo("auto-1");
  }

  @Test
  void aClientIsKnownByItsUserWhereTheListenerSaysSo() {
    for (Client client : List.of(Client.v5().clientId("mine"), Client.v311().clientId("mine"))) {
      client.setting("use-username-as-clientid", true).arrive("joe");
      assertThat(client.asked.getFirst())
          .isInstanceOfSatisfying(
              Request.ClaimSession.class, claim -> assertThat(claim.clientId()).isEqualTo("joe"));
    }
    Client nameless = Client.v5().clientId("").setting("use-username-as-clientid", true);
    assertThat(nameless.welcome().properties().text(PropertyId.ASSIGNED_CLIENT_IDENTIFIER))
        .isEqualTo("guest");
  }

  @Test
  void a311ClientWithoutIdNeedsACleanSession() {
    assertThat(Client.v311().clientId("").welcome().reason()).isZero();
    Client client = Client.v311().clientId("").cleanStart(false).start();
    client.harness.receives(client.connect());
    assertThat(client.harness.sentOne(ConnAck.class).reason())
        .isEqualTo(MqttReason.CLIENT_IDENTIFIER_NOT_VALID);
  }

  @Test
  void connackNamesTheListenersLimits() {
    ConnAck ack =
        Client.v5()
            .setting("topic-alias-maximum", 10)
            .setting("receive-maximum", 20)
            .setting("max-packet-size", 1000)
            .welcome();
    assertThat(ack.properties())
        .isEqualTo(
            MqttProperties.builder()
                .number(PropertyId.TOPIC_ALIAS_MAXIMUM, 10)
                .number(PropertyId.RECEIVE_MAXIMUM, 20)
                .number(PropertyId.MAXIMUM_PACKET_SIZE, 1000)
                .build());
  }

  @Test
  void responseInformationIsToldToAClientThatAsks() {
    String where = "answers/{username}/{client_id}";
    Client asking =
        Client.v5()
            .setting("response-information", where)
            .property(PropertyId.REQUEST_RESPONSE_INFORMATION, 1);
    assertThat(asking.welcome().properties().text(PropertyId.RESPONSE_INFORMATION))
        .isEqualTo("answers/guest/sensor-7");
    Client silent = Client.v5().setting("response-information", where);
    assertThat(silent.welcome().properties().has(PropertyId.RESPONSE_INFORMATION)).isFalse();
    Client nothing = Client.v5().property(PropertyId.REQUEST_RESPONSE_INFORMATION, 1);
    assertThat(nothing.welcome().properties().has(PropertyId.RESPONSE_INFORMATION)).isFalse();
  }

  @Test
  void aClientThatTakesNoPacketAsLargeAsConnackIsClosed() {
    Client client = Client.v5().property(PropertyId.MAXIMUM_PACKET_SIZE, 2).start();
    client.harness.receives(client.connect());
    client.harness.authenticated(GRANTED);
    assertThat(client.harness.sent()).isEmpty();
    assertThat(client.harness.closeReason()).isEqualTo("packet_too_large");
  }

  @Test
  void connackLeavesOutWhatIsTheProtocolsDefault() {
    ConnAck ack =
        Client.v5()
            .setting("topic-alias-maximum", 0)
            .setting("receive-maximum", 65_535)
            .setting("max-packet-size", MqttCodec.MAX_PACKET_BYTES)
            .welcome();
    assertThat(ack.properties()).isEqualTo(MqttProperties.NONE);
  }

  /** Mosquitto's test suite compares whole CONNACKs with these options. */
  @Test
  void connackCarriesTopicAliasMaximumAndReceiveMaximumAndNothingElse() {
    ConnAck ack =
        Client.v5()
            .setting("topic-alias-maximum", 10)
            .setting("receive-maximum", 20)
            .setting("max-packet-size", MqttCodec.MAX_PACKET_BYTES)
            .welcome();
    ByteBuf wire = Unpooled.buffer();
    Vector.broker(MqttVersion.V5).encode(ack, wire);
    assertThat(ByteBufUtil.hexDump(wire)).isEqualTo("2009" + "0000" + "06" + "22000a" + "210014");
  }

  @Test
  void silenceOfOneAndAHalfKeepAlivesEndsTheConnection() {
    Client client = Client.v5().keepAlive(10).connected();
    assertThat(client.harness.recorded(Recorded.Keepalive.class))
        .containsExactly(new Recorded.Keepalive(15_000, 0));
  }

  @Test
  void keepAliveTimeoutIsSaidToAnMqtt5Client() {
    Client client = Client.v5().keepAlive(10).connected();
    client.readTimeout();
    assertThat(client.harness.sent())
        .containsExactly(new Disconnect(MqttReason.KEEP_ALIVE_TIMEOUT, MqttProperties.NONE));
    assertThat(client.harness.closeReason()).isEqualTo("keepalive_timeout");
  }

  @Test
  void theListenersKeepAliveOverridesALongerOne() {
    Client client = Client.v5().keepAlive(600).setting("max-keep-alive", 60_000L);
    assertThat(client.welcome().properties().number(PropertyId.SERVER_KEEP_ALIVE, -1))
        .isEqualTo(60);
    assertThat(client.harness.recorded(Recorded.Keepalive.class))
        .containsExactly(new Recorded.Keepalive(90_000, 0));
    Client shorter = Client.v5().keepAlive(30).setting("max-keep-alive", 60_000L);
    assertThat(shorter.welcome().properties().has(PropertyId.SERVER_KEEP_ALIVE)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aSecondConnectIsAProtocolError(MqttVersion version) {
    Client client = started(version);
    client.harness.receives(connect(version, "c", null, null));
    client.harness.authenticated(GRANTED);
    client.harness.sent();
    client.harness.receives(connect(version, "c", null, null));
    assertThat(client.harness.closeReason()).isEqualTo("protocol_error");
    if (version == MqttVersion.V5) {
      assertThat(client.harness.sentOne(Disconnect.class).reason())
          .isEqualTo(MqttReason.PROTOCOL_ERROR);
    } else {
      assertThat(client.harness.sent()).isEmpty();
    }
  }

  @Test
  void anUnknownProtocolLevelIsAnsweredAndClosed() {
    Client client = Client.v311().start(Client.info(true), MqttCodec.forBroker(1 << 20, 128));
    client.harness.receivesGarbage(
        new ProtocolException(MqttReason.UNSUPPORTED_PROTOCOL_VERSION, "level 6", "§3.1.2.2"));
    assertThat(client.harness.sentOne(ConnAck.class).reason())
        .isEqualTo(MqttReason.UNSUPPORTED_PROTOCOL_VERSION);
    assertThat(client.harness.closeReason()).isEqualTo("protocol_error");
  }

  @Test
  void aMalformedMqtt5ConnectIsAnsweredWithItsReason() {
    Client client = Client.v5().start();
    client.harness.receivesGarbage(PacketReader.malformed("half a property", "§2.2.2"));
    assertThat(client.harness.sentOne(ConnAck.class).reason())
        .isEqualTo(MqttReason.MALFORMED_PACKET);
  }

  @Test
  void aMalformed311ConnectIsClosedWithoutAnAnswer() {
    Client client = Client.v311().start();
    client.harness.receivesGarbage(PacketReader.malformed("flags", "§3.1"));
    assertThat(client.harness.sent()).isEmpty();
    assertThat(client.harness.closeReason()).isEqualTo("protocol_error");
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatCannotSayWhoItIsIsNotAnswered(MqttVersion version) {
    Client client = started(version);
    client.harness.receivesGarbage(
        new ProtocolException(MqttReason.UNANSWERED, "client identifier", "§3.1.3.1"));
    assertThat(client.harness.sent()).isEmpty();
    assertThat(client.harness.closeReason()).isEqualTo("protocol_error");
  }

  @Test
  void aPingWithContentEndsTheConnectionWithoutAWord() {
    Client client = Client.v5().connected();
    client.harness.receivesGarbage(
        new ProtocolException(MqttReason.UNANSWERED, "PINGREQ of 1 bytes", "§3.12"));
    assertThat(client.harness.sent()).isEmpty();
    assertThat(client.harness.closeReason()).isEqualTo("protocol_error");
  }

  @Test
  void aMalformedPacketLaterIsAnsweredWithDisconnect() {
    Client client = Client.v5().connected();
    client.harness.receivesGarbage(PacketReader.malformed("QoS 3", "§3.3.1"));
    assertThat(client.harness.sent())
        .containsExactly(new Disconnect(MqttReason.MALFORMED_PACKET, MqttProperties.NONE));
    assertThat(client.harness.closeReason()).isEqualTo("protocol_error");
  }

  @Test
  void aClientIdThatCannotBeClaimedIsAnsweredWithServerUnavailable() {
    Client client =
        Client.v5()
            .answering(r ->
                r instanceof Request.ClaimSession
                    ? Result.refused(io.serai.bus.Refusal.INTERNAL_ERROR, "no owner")
                    : null);
    assertThat(client.welcome().reason()).isEqualTo(MqttReason.SERVER_UNAVAILABLE);
  }

  @Test
  void pingIsAnswered() {
    Client client = Client.v311().connected();
    client.harness.receives(MqttFrame.PingReq.PING_REQ);
    assertThat(client.harness.sent()).containsExactly(MqttFrame.PingResp.PING_RESP);
  }

  @Test
  void shutdownIsSaidToMqtt5Clients() {
    Client client = Client.v5().connected();
    client.shutdown();
    assertThat(client.harness.sent())
        .containsExactly(new Disconnect(MqttReason.SERVER_SHUTTING_DOWN, MqttProperties.NONE));
    Client old = Client.v311().connected();
    old.shutdown();
    assertThat(old.harness.sent()).isEmpty();
    assertThat(old.harness.closeReason()).isEqualTo("shutdown");
  }
}
