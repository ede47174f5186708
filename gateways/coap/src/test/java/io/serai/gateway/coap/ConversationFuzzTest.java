package io.serai.gateway.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A conversation over UDP with bytes changed, datagrams lost, repeated and swapped: whatever comes
 * is answered by the rules, nothing is done twice, and nothing is left behind.
 */
class ConversationFuzzTest {
  private static final CoapOption REGISTER = CoapOption.of(CoapOption.OBSERVE, 0);

  private final DatagramCodec codec = new DatagramCodec();

  private static List<CoapMessage> conversation() {
    List<CoapMessage> good = new ArrayList<>();
    good.add(TestPeer.con(1, CoapCode.GET, 1, TestPeer.path("ps"), TestPeer.path("a")));
    good.add(TestPeer.con(2, CoapCode.GET, 2, TestPeer.path("ps"), REGISTER));
    for (int i = 0; i < 3; i++) {
      good.add(
          TestPeer.message(
              CoapType.CON,
              10 + i,
              CoapCode.PUT,
              3,
              Body.of(new byte[i < 2 ? 64 : 10]),
              TestPeer.path("up"),
              new BlockOption(i, i < 2, 2).as(CoapOption.BLOCK1)));
    }
    good.add(TestPeer.non(20, CoapCode.POST, 4, CoapOption.of(CoapOption.NO_RESPONSE, 2)));
    good.add(
        TestPeer.con(
            21, CoapCode.GET, 5, TestPeer.path("big"), new BlockOption(1, false, 3).as(23)));
    good.add(TestPeer.empty(CoapType.CON, 22));
    good.add(TestPeer.con(23, CoapCode.GET, 2, CoapOption.of(CoapOption.OBSERVE, 1)));
    return good;
  }

  private byte[] bytes(CoapMessage message) {
    ByteBuf out = Unpooled.buffer();
    codec.encode(message, out);
    return ByteBufUtil.getBytes(out);
  }

  private static TestPeer peer() {
    TestPeer peer = new TestPeer(false, Map.of("amplification-factor", 0));
    peer.doing((request, out) -> answer(peer, request, out));
    return peer;
  }

  private static void answer(TestPeer peer, CoapRequest request, Effects<CoapFrame> out) {
    Reply reply = peer.replies.getLast();
    CoapAnswer content =
        TestPeer.content(Body.of(new byte[request.path().contains("big") ? 500 : 5]));
    if (request.isObserve()) {
      reply.observe(
          content,
          new Observer() {
            @Override
            public void onNotified(long tag, Notified outcome, Effects<CoapFrame> later) {}

            @Override
            public void onEnded(Ended why, Effects<CoapFrame> later) {}
          },
          out);
    } else if (request.method().value() % 2 == 1 || request.isConfirmable()) {
      reply.answer(content, out);
    }
  }

  /** Every answer has the type, id and token that its request calls for. */
  private void says(TestPeer peer, byte[] datagram, String what) {
    CoapFrame frame = codec.decode(Unpooled.wrappedBuffer(datagram));
    if (frame == null) {
      return;
    }
    for (CoapMessage sent : peer.says(frame)) {
      assertThat(sent.code().isRequest()).as(what).isFalse();
      if (sent.type() == CoapType.ACK && !sent.isEmpty() && frame instanceof CoapMessage asked) {
        assertThat(sent.messageId()).as(what).isEqualTo(asked.messageId());
      }
      assertThat(bytes(sent).length).as(what).isLessThanOrEqualTo(1_280);
    }
  }

  private static void assertNothingLeft(TestPeer peer, String what) {
    peer.session.pass(4_000_000);
    peer.session.pass(4_000_000);
    if (peer.session.closeReason() == null) {
      // a request without an answer keeps its peer: NON POST is not answered here
      assertThat(peer.replies.stream().anyMatch(Reply::isOpen)).as(what).isTrue();
    }
    peer.session.disconnect();
    assertThat(peer.isClosed).as(what).isTrue();
    assertThat(peer.budget.used()).as(what).isZero();
  }

  @Test
  void anyChangedByteIsAnsweredOrPassedOver() {
    List<byte[]> good = conversation().stream().map(this::bytes).toList();
    for (int datagram = 0; datagram < good.size(); datagram++) {
      for (int at = 0; at < Math.min(30, good.get(datagram).length); at++) {
        for (int change = 1; change < 256; change = change < 128 ? change * 2 : change + 127) {
          TestPeer peer = peer();
          String what = "datagram " + datagram + " byte " + at + " xor " + change;
          for (int i = 0; i < good.size(); i++) {
            byte[] next = good.get(i).clone();
            if (i == datagram) {
              next[at] ^= (byte) change;
            }
            says(peer, next, what);
          }
          assertNothingLeft(peer, what);
        }
      }
    }
  }

  @Test
  void lostRepeatedSwappedAndRandomDatagramsLeaveNothingBehind() {
    long seed = Long.getLong("serai.seed", 1);
    Random random = new Random(seed);
    List<byte[]> good = conversation().stream().map(this::bytes).toList();
    for (int round = 0; round < 2_000; round++) {
      TestPeer peer = peer();
      String what = "seed " + seed + " round " + round;
      for (int n = 0; n < 30; n++) {
        byte[] next = good.get(random.nextInt(good.size())).clone();
        switch (random.nextInt(5)) {
          case 0 -> next[random.nextInt(next.length)] = (byte) random.nextInt(256);
          case 1 -> next = Arrays.copyOf(next, 1 + random.nextInt(next.length));
          case 2 -> {
            int id = random.nextInt(100);
            next = bytes(TestPeer.empty(id % 2 == 0 ? CoapType.ACK : CoapType.RST, id));
          }
          default -> {}
        }
        says(peer, next, what);
        peer.session.pass(random.nextInt(3_000));
        peer.sent();
      }
      assertNothingLeft(peer, what);
    }
  }

  @Test
  void aRequestIsDoneOnceHoweverOftenItsDatagramComes() {
    Random random = new Random(5);
    TestPeer peer = peer();
    List<CoapMessage> good = conversation();
    for (int i = 0; i < 500; i++) {
      says(peer, bytes(good.get(random.nextInt(good.size()))), "repeat " + i);
    }
    long bodies = peer.requests.stream().filter(it -> it.method().equals(CoapCode.PUT)).count();
    assertThat(bodies).isLessThanOrEqualTo(1);
    assertThat(peer.requests.size()).isLessThanOrEqualTo(good.size());
  }
}
