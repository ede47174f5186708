package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.ALL_CAPABILITIES;
import static io.serai.gateway.amqp.v091.TestClient.startOk;
import static io.serai.gateway.amqp.v091.TestClient.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.Request;
import io.serai.bus.SessionRef;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.SaslExchange;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Origin;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  private final TestClient client = TestClient.connecting();

  private void granted() {
    client.session.authenticated(new AuthResult.Granted(new Unrestricted("guest")));
  }

  private Credentials offered() {
    return client.session.recorded(Recorded.Authenticating.class).getLast().credentials();
  }

  @Test
  void theServerOpensWithItsNameVersionAndWhatItCanDo() {
    var start = client.session.sentOne(ConnectionMethod.Start.class);
    assertThat(start.versionMajor()).isZero();
    assertThat(start.versionMinor()).isEqualTo(9);
    assertThat(start.mechanisms()).isEqualTo("PLAIN AMQPLAIN SCRAM-SHA-256");
    assertThat(start.locales()).isEqualTo("en_US");
    var properties = start.serverProperties().entries();
    assertThat(properties)
        .contains(
            new Value.Entry(Value.of("product"), Value.of("Serai")),
            new Value.Entry(Value.of("version"), Value.of("0.1.0")));
    var capabilities =
        properties.stream()
            .filter(entry -> entry.key().equals(Value.of("capabilities")))
            .map(entry -> ((Value.MapOf) entry.value()).entries())
            .findFirst()
            .orElseThrow();
    assertThat(capabilities)
        .extracting(entry -> entry.key().asText())
        .contains(
            "publisher_confirms",
            "basic.nack",
            "exchange_exchange_bindings",
            "consumer_cancel_notify",
            "connection.blocked",
            "authentication_failure_close",
            "per_consumer_qos",
            "direct_reply_to");
  }

  @Test
  void externalIsOfferedWithAClientCertificateOnly() {
    var info =
        new ConnectionInfo(
            new SessionRef(0, 1), "amqps", "tls", "10.0.0.1:1", false, "/", false, "CN=sensor");
    var withCertificate = TestClient.connecting(info);
    assertThat(withCertificate.session.sentOne(ConnectionMethod.Start.class).mechanisms())
        .isEqualTo("PLAIN AMQPLAIN SCRAM-SHA-256 EXTERNAL");
    withCertificate.session.receives(startOk("EXTERNAL", "", ALL_CAPABILITIES));
    assertThat(withCertificate.session.recorded(Recorded.Authenticating.class))
        .containsExactly(new Recorded.Authenticating(new Credentials.Certificate("CN=sensor")));
  }

  @Test
  void plainCarriesUserAndPassword() {
    client.session.receives(startOk("PLAIN", "\0guest\0pä ss", ALL_CAPABILITIES));
    assertThat(offered()).isEqualTo(new Credentials.Plain("guest", "pä ss"));
  }

  @Test
  void nobodyLogsInForSomebodyElse() {
    client.session.sent();
    client.session.receives(startOk("PLAIN", "admin\0guest\0secret", ALL_CAPABILITIES));
    assertThat(client.session.recorded(Recorded.Authenticating.class)).isEmpty();
    assertThat(client.session.sentOne(ConnectionMethod.Close.class).replyCode()).isEqualTo(403);
  }

  @Test
  void whoNamesHimselfTwiceLogsInAsHimself() {
    client.session.receives(startOk("PLAIN", "guest\0guest\0secret", ALL_CAPABILITIES));
    assertThat(offered()).isEqualTo(new Credentials.Plain("guest", "secret"));
  }

  @Test
  void amqplainCarriesUserAndPasswordInATable() {
    ByteBuf response = Unpooled.buffer();
    new FieldWriter(response).table(table("LOGIN", Value.of("guest"), "PASSWORD", Value.of("s")));
    byte[] withoutLength = new byte[response.readableBytes() - 4];
    response.getBytes(4, withoutLength);
    client.session.receives(
        new ConnectionMethod.StartOk(0, Request.noArguments(), "AMQPLAIN", withoutLength, "en_US"));
    assertThat(offered()).isEqualTo(new Credentials.Plain("guest", "s"));
  }

  @Test
  void aMechanismThatWasNotOfferedIsAnInvalidCommand() {
    client.session.receives(startOk("ANONYMOUS", "", ALL_CAPABILITIES));
    client.assertConnectionClosed(
        ReplyCode.COMMAND_INVALID,
        "unknown authentication mechanism 'ANONYMOUS'",
        ConnectionMethod.StartOk.ID);
  }

  @Test
  void refusedCredentialsAreToldToAClientThatReadsIt() {
    client.session.receives(startOk("PLAIN", "\0guest\0wrong", ALL_CAPABILITIES));
    client.session.sent();
    client.session.authenticated(new AuthResult.Denied("wrong password"));
    assertThat(client.session.sentOne(ConnectionMethod.Close.class))
        .isEqualTo(
            new ConnectionMethod.Close(
                0,
                403,
                "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN."
                    + " For details see the broker logfile.",
                0,
                0));
    assertThat(client.session.closeReason()).isEqualTo("login_refused");
  }

  @Test
  void refusedCredentialsCloseTheSocketOfAClientThatDoesNotReadIt() {
    client.session.receives(startOk("PLAIN", "\0guest\0wrong", Request.noArguments()));
    client.session.sent();
    client.session.authenticated(new AuthResult.Denied("wrong password"));
    assertThat(client.session.sent()).isEmpty();
    assertThat(client.session.closeReason()).isEqualTo("login_refused");
  }

  @Test
  void aResponseWithoutCredentialsIsRefusedWithoutAsking() {
    client.session.receives(startOk("PLAIN", "guest", ALL_CAPABILITIES));
    assertThat(client.session.recorded(Recorded.Authenticating.class)).isEmpty();
    assertThat(client.session.closeReason()).isEqualTo("login_refused");
  }

  @Test
  void aMechanismOfSeveralStepsGoesThroughSecure() {
    var challenge =
        new AuthResult.Challenge("r=ab".getBytes(StandardCharsets.UTF_8), new SaslExchange() {});
    client.session.receives(startOk("SCRAM-SHA-256", "n,,n=guest,r=a", ALL_CAPABILITIES));
    assertThat(offered())
        .isEqualTo(
            new Credentials.Sasl(
                "SCRAM-SHA-256", "n,,n=guest,r=a".getBytes(StandardCharsets.UTF_8)));
    client.session.sent();
    client.session.authenticated(challenge);
    assertThat(client.session.sentOne(ConnectionMethod.Secure.class).challenge())
        .isEqualTo(challenge.data());

    byte[] proof = "p=proof".getBytes(StandardCharsets.UTF_8);
    client.session.receives(new ConnectionMethod.SecureOk(0, proof));
    assertThat(offered()).isEqualTo(new Credentials.SaslAnswer(challenge, proof));
    byte[] signature = "v=sig".getBytes(StandardCharsets.UTF_8);
    client.session.authenticated(new AuthResult.Granted(new Unrestricted("guest"), signature));
    assertThat(client.session.sentOne(ConnectionMethod.Secure.class).challenge())
        .as("the last word has no other place in 0-9-1")
        .isEqualTo(signature);
    client.session.receives(new ConnectionMethod.SecureOk(0, new byte[0]));
    assertThat(client.session.sentOne(ConnectionMethod.Tune.class).channelMax()).isEqualTo(2047);
  }

  @Test
  void secureOkThatNobodyAskedForIsOutOfTurn() {
    client.session.receives(new ConnectionMethod.SecureOk(0, new byte[0]));
    client.assertConnectionClosed(
        ReplyCode.CHANNEL_ERROR,
        "unexpected method in connection state starting",
        ConnectionMethod.SecureOk.ID);
  }

  @Test
  void aLoginThatCouldNotBeCheckedMayBeTriedAgain() {
    client.session.receives(startOk("PLAIN", "\0guest\0s", ALL_CAPABILITIES));
    client.session.sent();
    client.session.authenticated(new AuthResult.Denied(AuthResult.Kind.UNAVAILABLE, "busy"));
    assertThat(client.session.sentOne(ConnectionMethod.Close.class).replyCode()).isEqualTo(320);
  }

  @Test
  void aBannedClientIsToldSo() {
    client.session.receives(startOk("PLAIN", "\0guest\0s", ALL_CAPABILITIES));
    client.session.sent();
    client.session.authenticated(new AuthResult.Denied(AuthResult.Kind.BANNED, "flapping"));
    assertThat(client.session.sentOne(ConnectionMethod.Close.class).replyText())
        .startsWith("ACCESS_REFUSED - This client is kept out for a while");
  }

  @Test
  void afterLogInTheServerProposesItsLimits() {
    client.session.receives(startOk("PLAIN", "\0guest\0s", ALL_CAPABILITIES));
    client.session.sent();
    granted();
    assertThat(client.session.sentOne(ConnectionMethod.Tune.class))
        .isEqualTo(new ConnectionMethod.Tune(0, 2047, 131072, 60));
  }

  @Test
  void theClientsHeartbeatSetsBothIdleLimits() {
    client.logIn(ALL_CAPABILITIES, Set.of());
    client.session.receives(new ConnectionMethod.TuneOk(0, 100, 8192, 10));
    assertThat(client.session.recorded(Recorded.Keepalive.class))
        .containsExactly(new Recorded.Keepalive(20_000, 5_000));
  }

  @Test
  void aClientMaySwitchHeartbeatsOff() {
    client.logIn(ALL_CAPABILITIES, Set.of());
    client.session.receives(new ConnectionMethod.TuneOk(0, 0, 0, 0));
    assertThat(client.session.recorded(Recorded.Keepalive.class))
        .containsExactly(new Recorded.Keepalive(0, 0));
  }

  @Test
  void theSmallestFrameOfTheSpecificationIsTakenAndASmallerOneRefused() {
    client.logIn(ALL_CAPABILITIES, Set.of());
    client.session.receives(new ConnectionMethod.TuneOk(0, 2047, 4096, 60));
    assertThat(client.session.closeReason()).isNull();

    var other = TestClient.connecting();
    other.logIn(ALL_CAPABILITIES, Set.of());
    other.session.receives(new ConnectionMethod.TuneOk(0, 2047, 4095, 60));
    other.assertConnectionClosed(
        ReplyCode.NOT_ALLOWED,
        "negotiated frame_max = 4095 is lower than the minimum allowed value (4096)",
        ConnectionMethod.TuneOk.ID);
  }

  @Test
  void limitsAboveTheProposedOnesAreRefused() {
    client.logIn(ALL_CAPABILITIES, Set.of());
    client.session.receives(new ConnectionMethod.TuneOk(0, 2048, 131072, 60));
    client.assertConnectionClosed(
        ReplyCode.NOT_ALLOWED,
        "negotiated channel_max = 2048 is higher than the maximum allowed value (2047)",
        ConnectionMethod.TuneOk.ID);

    var other = TestClient.connecting();
    other.logIn(ALL_CAPABILITIES, Set.of());
    other.session.receives(new ConnectionMethod.TuneOk(0, 2047, 131073, 60));
    other.assertConnectionClosed(
        ReplyCode.NOT_ALLOWED,
        "negotiated frame_max = 131073 is higher than the maximum allowed value (131072)",
        ConnectionMethod.TuneOk.ID);
  }

  @Test
  void openEntersTheVhostUnderTheConnectionsName() {
    client.logIn(table("connection_name", Value.of("billing")), Set.of());
    client.session.receives(
        new ConnectionMethod.TuneOk(0, 2047, 131072, 60),
        new ConnectionMethod.Open(0, "orders", false));
    assertThat(client.session.recorded(Recorded.Entered.class))
        .extracting(Recorded.Entered::origin)
        .containsExactly(new Origin("amqp-0-9-1", "orders", "guest", "billing"));
    assertThat(client.session.sent()).last().isEqualTo(new ConnectionMethod.OpenOk(0));
  }

  @Test
  void anUnknownVhostIsNotAllowed() {
    client.session.removeVhost("nope");
    client.logIn(ALL_CAPABILITIES, Set.of());
    client.session.receives(
        new ConnectionMethod.TuneOk(0, 2047, 131072, 60),
        new ConnectionMethod.Open(0, "nope", false));
    client.assertConnectionClosed(
        ReplyCode.NOT_ALLOWED, "vhost nope not found", ConnectionMethod.Open.ID);
  }

  @Test
  void aVhostTheUserMayNotEnterIsNotAllowed() {
    client.session.forbidVhost("private");
    client.session.receives(startOk("PLAIN", "\0guest\0s", ALL_CAPABILITIES));
    client.session.authenticated(new AuthResult.Granted(new Unrestricted("guest")));
    client.session.receives(
        new ConnectionMethod.TuneOk(0, 2047, 131072, 60),
        new ConnectionMethod.Open(0, "private", false));
    client.assertConnectionClosed(
        ReplyCode.NOT_ALLOWED,
        "access to vhost 'private' refused for user 'guest'",
        ConnectionMethod.Open.ID);
  }

  @Test
  void aMethodOutOfTurnEndsTheConnection() {
    client.session.receives(new ConnectionMethod.Open(0, "/", false));
    client.assertConnectionClosed(
        ReplyCode.CHANNEL_ERROR,
        "unexpected method in connection state starting",
        ConnectionMethod.Open.ID);
  }

  @Test
  void aChannelBeforeTheVhostEndsTheConnection() {
    client.session.receives(new ChannelMethod.Open(1));
    client.assertConnectionClosed(
        ReplyCode.UNEXPECTED_FRAME,
        "channel.open before connection.open-ok",
        ChannelMethod.Open.ID);
  }

  @Test
  void nothingOfAPublishBeforeTheHandshakeReachesTheBroker() {
    client.session.receives(TestClient.publish("", "q", "x"));
    client.assertConnectionClosed(
        ReplyCode.CHANNEL_ERROR, "expected 'channel.open'", BasicContent.PUBLISH);
    assertThat(client.session.recorded(Recorded.Published.class)).isEmpty();
  }

  @Test
  void passwordsAreNotInAnyText() {
    byte[] secret = "\0guest\0topsecret".getBytes(StandardCharsets.UTF_8);
    assertThat(List.of(Sasl.read("PLAIN", secret, TestClient.INFO)).toString())
        .doesNotContain("topsecret");
  }
}
