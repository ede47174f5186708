package io.serai.gateway.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionRef;
import io.serai.gateway.ProtocolException;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Origin;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Generated frames and broken bytes; others with {@code -Dserai.seed=N}. */
class Amqp091CodecRandomTest {
  private final long seed = Long.getLong("serai.seed", 1);

  private static Amqp091Codec codec() {
    return new Amqp091Codec(new FrameLimits(4096 * 4, 1024 * 1024));
  }

  @Test
  void whatIsWrittenIsReadBackTheSame() {
    var frames = new RandomFrames(seed);
    for (Class<?> type : RandomFrames.methods()) {
      for (int i = 0; i < 20; i++) {
        assertReadBack(List.of(frames.method(type)));
      }
    }
    for (int i = 0; i < 500; i++) {
      List<Amqp091Frame> several = new ArrayList<>();
      for (int n = 0; n < 10; n++) {
        several.add(frames.next());
      }
      assertReadBack(several);
    }
  }

  private static void assertReadBack(List<Amqp091Frame> frames) {
    ByteBuf bytes = Unpooled.buffer();
    var codec = codec();
    frames.forEach(frame -> codec.encode(frame, bytes));
    assertThat(Amqp091CodecTest.decodeAll(codec(), bytes))
        .usingElementComparator(SameFrames.COMPARATOR)
        .isEqualTo(frames);
    assertThat(bytes.isReadable()).isFalse();
  }

  /** One codec remembers what it wrote last; one made for each delivery cannot. */
  @Test
  void deliveriesAreWrittenTheSameWhateverWasWrittenBefore() {
    var random = new Random(seed);
    var frames = new RandomFrames(seed);
    List<BasicContent.Publish> kinds =
        List.of(frames.publish(), frames.publish(), frames.publish());
    byte[][] tags = {"c1".getBytes(StandardCharsets.UTF_8), new byte[255]};
    var remembering = codec();
    for (int round = 0; round < 300; round++) {
      List<Delivery> deliveries = new ArrayList<>();
      for (int i = random.nextInt(1, 60); i > 0; i--) {
        var kind = kinds.get(random.nextInt(10) < 8 ? 0 : random.nextInt(kinds.size()));
        int size = random.nextInt(5) == 0 ? random.nextInt(40_000) : random.nextInt(40);
        var message =
            new Message(
                kind.address(), kind.encoding(), Body.of(new byte[size]), Origin.ofBroker("/"), 0);
        deliveries.add(new Delivery(NOBODY, i, i, message, random.nextInt(2), null));
      }
      byte[] tag = tags[random.nextInt(2)];
      int channel = random.nextInt(1, 3);
      ByteBuf together = Unpooled.buffer();
      remembering.encode(
          new BasicContent.Deliver(channel, tag, 1000 + round, deliveries, 0, deliveries.size()),
          together);
      ByteBuf apart = Unpooled.buffer();
      for (int i = 0; i < deliveries.size(); i++) {
        codec()
            .encode(
                new BasicContent.Deliver(channel, tag, 1000 + round + i, deliveries, i, i + 1),
                apart);
      }
      assertThat(together).isEqualTo(apart);
    }
  }

  private static final ConsumerRef NOBODY =
      new ConsumerRef(
          new SessionRef(0, 1),
          1,
          new QueueRef("/", "q", 0, 0, 1),
          new ConsumerOptions("c1", false, false, 0, CreditMode.PER_SETTLE, 1));

  @Test
  void brokenBytesGiveAProtocolErrorAndNothingElse() {
    var frames = new RandomFrames(seed);
    var random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      ByteBuf bytes = Unpooled.buffer();
      var writer = codec();
      for (int n = 0; n < 3; n++) {
        writer.encode(frames.next(), bytes);
      }
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        mutate(bytes, random);
      }
      try {
        for (Amqp091Frame frame : Amqp091CodecTest.decodeAll(codec(), bytes)) {
          if (frame instanceof BasicContent.Publish publish) {
            publish.encoding().properties(); // whatever was accepted can be translated
            publish.encoding().headers();
          }
        }
      } catch (ProtocolException e) {
        assertThat(ReplyCode.of(e.code()).number()).isEqualTo(e.code());
        assertThat(e.getMessage()).startsWith(ReplyCode.of(e.code()).name() + " - ");
        refused++;
      }
    }
    assertThat(refused).as("mutations that matter").isGreaterThan(2_000);
  }

  private static void mutate(ByteBuf bytes, Random random) {
    int length = bytes.readableBytes();
    if (length == 0) {
      return;
    }
    int at = random.nextInt(length);
    switch (random.nextInt(4)) {
      case 0 -> bytes.setByte(at, random.nextInt(256));
      case 1 -> bytes.setByte(at, bytes.getByte(at) ^ 1 << random.nextInt(8));
      case 2 -> bytes.writerIndex(at);
      default -> {
        int to = random.nextInt(length);
        int count = Math.min(random.nextInt(16), length - Math.max(at, to));
        byte[] piece = new byte[count];
        bytes.getBytes(at, piece).setBytes(to, piece);
      }
    }
  }
}
