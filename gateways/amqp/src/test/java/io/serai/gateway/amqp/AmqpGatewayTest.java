package io.serai.gateway.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.Request;
import io.serai.bus.SessionRef;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Gateway;
import io.serai.gateway.Settings;
import io.serai.gateway.amqp.frame.AmqpFrame;
import io.serai.gateway.amqp.v091.ConnectionMethod;
import io.serai.gateway.harness.SessionHarness;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** The protocol header and what it leads to. */
class AmqpGatewayTest {
  private static final ConnectionInfo INFO =
      new ConnectionInfo(
          new SessionRef(0, 1), "amqp", "tcp", "127.0.0.1:1", true, "/", false, null);

  private final AmqpCodec codec = new AmqpCodec();
  private final SessionHarness<AmqpFrame> session =
      new SessionHarness<>(
          new AmqpSession(INFO, new Settings(Map.of("heartbeat", 30_000L)), codec));

  private static ByteBuf bytes(String text, int... more) {
    ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    for (int octet : more) {
      bytes.writeByte(octet);
    }
    return bytes;
  }

  @Test
  void theGatewayIsFoundAsAService() {
    assertThat(ServiceLoader.load(Gateway.class))
        .anyMatch(gateway -> gateway instanceof AmqpGateway && gateway.name().equals("amqp"));
  }

  @Test
  void header091StartsTheHandshake() {
    session.open();
    AmqpFrame header = codec.decode(bytes("AMQP", 0, 0, 9, 1));
    assertThat(header).isEqualTo(ProtocolHeader.V_0_9_1);
    session.receives(header);
    var start = session.sentOne(ConnectionMethod.Start.class);
    ByteBuf out = Unpooled.buffer();
    codec.encode(start, out);
    assertThat(codec.decode(out)).isInstanceOf(ConnectionMethod.Start.class);
  }

  @Test
  void theHeaderOf09StartsTheSameHandshake() {
    session.open();
    session.receives(codec.decode(bytes("AMQP", 1, 1, 0, 9)));
    var start = session.sentOne(ConnectionMethod.Start.class);
    assertThat(start.versionMajor()).isZero();
    assertThat(start.versionMinor()).isEqualTo(9);
  }

  @Test
  void aHeaderMayComeByteByByte() {
    ByteBuf in = Unpooled.buffer();
    for (int octet : new int[] {'A', 'M', 'Q', 'P', 0, 0, 9}) {
      in.writeByte(octet);
      assertThat(codec.decode(in)).isNull();
      assertThat(in.readerIndex()).isZero();
    }
    assertThat(codec.decode(in.writeByte(1))).isEqualTo(ProtocolHeader.V_0_9_1);
  }

  @Test
  void anyOtherHeaderIsAnsweredWithTheOneWeSpeakAndClosed() {
    for (ByteBuf wrong :
        new ByteBuf[] {
          bytes("AMQP", 1, 1, 0, 10), bytes("AMQP", 9, 9, 9, 9), bytes("GET / HTTP/1.1\r\n")
        }) {
      var each = new AmqpCodec();
      var other = new SessionHarness<AmqpFrame>(new AmqpSession(INFO, Settings.DEFAULTS, each));
      other.open();
      other.receives(each.decode(wrong));
      AmqpFrame answer = other.sentOne(ProtocolHeader.class);
      ByteBuf out = Unpooled.buffer();
      each.encode(answer, out);
      assertThat(out).isEqualTo(bytes("AMQP", 0, 0, 9, 1));
      assertThat(other.closeReason()).isEqualTo("unsupported_version");
    }
  }

  @Test
  void bytesThatCannotBecomeAHeaderAreRefusedAtTheFirst() {
    assertThat(codec.decode(bytes("G"))).isEqualTo(ProtocolHeader.UNKNOWN);
    assertThat(codec.decode(bytes("more"))).isNull();
  }

  @Test
  void theListenersSettingsReachTheSession() {
    session.receives(ProtocolHeader.V_0_9_1);
    session.sent();
    session.receives(
        new ConnectionMethod.StartOk(
            0, Request.noArguments(), "PLAIN", "\0u\0p".getBytes(StandardCharsets.UTF_8), "en_US"));
    session.authenticated(new AuthResult.Granted(new Unrestricted("u")));
    assertThat(session.sentOne(ConnectionMethod.Tune.class).heartbeatSeconds()).isEqualTo(30);
  }

  @Test
  void aBlockedNodeTellsAConnectionThatPicksItsVersionLater() {
    session.blockPublishers("memory");
    session.receives(ProtocolHeader.V_0_9_1);
    assertThat(session.sent()).hasSize(1);
    session.shutDown();
    assertThat(session.sentOne(ConnectionMethod.Close.class).replyCode()).isEqualTo(320);
  }
}
