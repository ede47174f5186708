package io.serai.gateway.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.ConsumerRef;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Settings;
import io.serai.gateway.amqp.frame.AmqpFrame;
import io.serai.gateway.amqp.v091.ConnectionMethod;
import io.serai.gateway.amqp.v091.ReplyCode;
import io.serai.gateway.amqp.v091.Vectors;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.harness.SessionHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A whole conversation out of the golden vectors, from the protocol header to connection.close,
 * with bytes of it changed: it ends in the right error or goes on, and never in anything else.
 */
class ConversationFuzzTest {
  private static final ConnectionInfo INFO =
      new ConnectionInfo(
          new SessionRef(0, 1), "amqp", "tcp", "127.0.0.1:1", true, "/", false, null);
  private static final Credentials GUEST = new Credentials.Plain("guest", "guest");

  private static final List<String> VECTORS =
      List.of(
          "connection-start-ok",
          "connection-tune-ok",
          "connection-open",
          "channel-open",
          "exchange-declare",
          "queue-declare-all-types",
          "basic-consume",
          "basic-publish",
          "heartbeat",
          "basic-publish-all-properties",
          "connection-close");

  /** One byte stream and how the server took it. */
  private static final class Run {
    private final AmqpCodec codec = new AmqpCodec();
    private final SessionHarness<AmqpFrame> session =
        new SessionHarness<>(new AmqpSession(INFO, Settings.DEFAULTS, codec));
    private final List<AmqpFrame> sent = new ArrayList<>();
    final ByteBuf in;

    Run(byte[] bytes) {
      in = Unpooled.wrappedBuffer(bytes);
      session.answerWith(Run::answer);
      session.open();
      while (session.closeReason() == null && step()) {
        sent.addAll(session.sent());
      }
      sent.addAll(session.sent());
    }

    /** Handles one frame; false when there is no whole one left. */
    private boolean step() {
      AmqpFrame frame;
      try {
        frame = codec.decode(in);
      } catch (ProtocolException e) {
        session.receivesGarbage(e);
        return false;
      }
      if (frame == null) {
        return false;
      }
      session.receives(frame);
      for (var asked : session.recorded(Recorded.Authenticating.class)) {
        session.authenticated(
            asked.credentials().equals(GUEST)
                ? new AuthResult.Granted(new Unrestricted("guest"))
                : new AuthResult.Denied("wrong"));
      }
      return true;
    }

    private static @Nullable Result<?> answer(Request<?> request) {
      return switch (request) {
        case Request.DeclareQueue(_, var spec) ->
            Result.ok(new Request.QueueInfo(queue(spec.name()), 0, 0));
        case Request.CheckQueue(_, String name) ->
            Result.ok(new Request.QueueInfo(queue(name), 0, 0));
        case Request.DeleteQueue _, Request.PurgeQueue _ -> Result.ok(0);
        case Request.Unbind _ -> Result.ok(List.of(true));
        case Request.Consume(var caller, String name, int id, var options) ->
            Result.ok(new ConsumerRef(caller.session(), id, queue(name), options));
        case Request.Get _ -> Result.ok(new Request.Got(null, 0));
        default -> Result.ok(Request.Done.DONE);
      };
    }

    private static QueueRef queue(String name) {
      return new QueueRef("/", name, 0, 0, name.hashCode());
    }

    boolean isClosed() {
      return session.closeReason() != null;
    }

    int published() {
      return session.recorded(Recorded.Published.class).size();
    }

    /** The code the connection was closed with; null when it was not, or not with one. */
    @Nullable ReplyCode code() {
      if (isClosed() && !sent.isEmpty() && sent.getLast() instanceof ConnectionMethod.Close close) {
        ReplyCode code = ReplyCode.of(close.replyCode());
        assertThat(code.number()).isEqualTo(close.replyCode());
        assertThat(close.replyText()).startsWith(code.name() + " - ");
        return code;
      }
      return null;
    }

    /** Checks that it came to a proper end, or still waits for the rest of one frame. */
    void assertProper(String what) {
      String reason = session.closeReason();
      if (reason == null) {
        assertThat(in.readableBytes()).as(what).isLessThan(128 * 1024);
        session.timeOutReading();
        assertThat(session.closeReason()).as(what).isEqualTo("heartbeat_timeout");
        return;
      }
      switch (reason) {
        case "client_request" ->
            assertThat(sent.getLast()).as(what).isInstanceOf(ConnectionMethod.CloseOk.class);
        case "unsupported_version" ->
            assertThat(sent.getLast()).as(what).isInstanceOf(ProtocolHeader.class);
        case "login_refused" -> {} // told or not, as the client's capabilities have it
        default -> {
          ReplyCode code = Objects.requireNonNull(code(), what);
          assertThat(code).as(what).isNotEqualTo(ReplyCode.INTERNAL_ERROR);
          assertThat(code.isHard()).as(what).isTrue();
        }
      }
    }
  }

  private static byte[] conversation() {
    ByteBuf all = Vectors.buffer(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
    for (String vector : VECTORS) {
      all.writeBytes(Vectors.read(vector));
    }
    return Vectors.bytes(all);
  }

  @Test
  void theConversationItselfGoesThrough() {
    Run run = new Run(conversation());
    assertThat(run.published()).isEqualTo(2);
    run.assertProper("unchanged");
    assertThat(run.session.closeReason()).isEqualTo("client_request");
    assertThat(run.in.isReadable()).isFalse();
  }

  @Test
  void anyChangedByteEndsTheConnectionProperlyOrIsHarmless() {
    byte[] good = conversation();
    int ended = 0;
    for (int at = 0; at < good.length; at++) {
      for (int change = 1; change < 256; change = change < 128 ? change * 2 : change + 127) {
        byte[] bad = good.clone();
        bad[at] ^= (byte) change;
        Run run = new Run(bad);
        run.assertProper("byte " + at + " xor " + change);
        ended += run.code() == null ? 0 : 1;
      }
    }
    assertThat(ended).as("changes that matter").isGreaterThan(good.length);
  }

  @Test
  void severalChangesCutsAndRepeatsEndProperlyToo() {
    long seed = Long.getLong("serai.seed", 1);
    Random random = new Random(seed);
    byte[] good = conversation();
    for (int i = 0; i < 10_000; i++) {
      ByteBuf bad = Unpooled.buffer().writeBytes(good);
      for (int n = random.nextInt(1, 5); n > 0; n--) {
        int at = 8 + random.nextInt(good.length - 8);
        switch (random.nextInt(3)) {
          case 0 -> bad.setByte(at, random.nextInt(256));
          case 1 -> bad.setInt(Math.min(at, bad.writerIndex() - 4), random.nextInt());
          default -> {
            int count = Math.min(random.nextInt(1, 200), good.length - at);
            bad.writeBytes(good, at, count);
          }
        }
      }
      bad.writerIndex(random.nextInt(8, bad.writerIndex() + 1));
      new Run(Vectors.bytes(bad)).assertProper("seed " + seed + " round " + i);
    }
  }

  @Test
  void aChangedFrameEndIsAFrameErrorWhereverItIs() {
    byte[] good = conversation();
    int at = 8;
    while (at < good.length) {
      int end = at + 7 + Unpooled.wrappedBuffer(good).getInt(at + 3);
      byte[] bad = good.clone();
      bad[end] = 0;
      assertThat(new Run(bad).code()).as("frame at byte %d", at).isEqualTo(ReplyCode.FRAME_ERROR);
      at = end + 1;
    }
  }

  /** As RabbitMQ says it: tools show which method was at fault. */
  @Test
  void anErrorInTheMiddleOfAMethodOrItsContentNamesTheMethod() {
    byte[] good = conversation();
    int declare = startOf("exchange-declare");
    good[declare + 7 + 4 + 2] = (byte) 255; // the length of the exchange's name
    var close = (ConnectionMethod.Close) new Run(good).sent.getLast();
    assertThat(close.replyCode()).isEqualTo(ReplyCode.SYNTAX_ERROR.number());
    assertThat(close.classId()).isEqualTo(40);
    assertThat(close.methodId()).isEqualTo(10);

    good = conversation();
    int publish = startOf("basic-publish");
    int header = publish + 7 + Unpooled.wrappedBuffer(good).getInt(publish + 3) + 1;
    good[header] = 1; // a method frame where the content header must be
    close = (ConnectionMethod.Close) new Run(good).sent.getLast();
    assertThat(close.replyCode()).isEqualTo(ReplyCode.UNEXPECTED_FRAME.number());
    assertThat(close.classId()).isEqualTo(60);
    assertThat(close.methodId()).isEqualTo(40);
  }

  private static int startOf(String vector) {
    int at = 8;
    for (String earlier : VECTORS.subList(0, VECTORS.indexOf(vector))) {
      at += Vectors.read(earlier).length;
    }
    return at;
  }

  /** Whoever has not logged in makes us keep one frame, no more than it has sent of it. */
  @Test
  void nothingOfAMessageIsKeptBeforeTheConnectionIsOpen() {
    ByteBuf early = Vectors.buffer(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
    int before = early.writerIndex();
    early.writeBytes(Vectors.read("basic-publish"));
    Run run = new Run(Vectors.bytes(early));
    assertThat(run.code()).isEqualTo(ReplyCode.UNEXPECTED_FRAME);
    assertThat(run.in.readerIndex()).isEqualTo(before);
  }
}
