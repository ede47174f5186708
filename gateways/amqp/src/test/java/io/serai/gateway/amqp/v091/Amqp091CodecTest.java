package io.serai.gateway.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionRef;
import io.serai.gateway.amqp.v091.Amqp091Frame.ContentPending;
import io.serai.gateway.amqp.v091.Amqp091Frame.Heartbeat;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Amqp091CodecTest {
  private static final int FRAME_MAX = 128 * 1024;

  private final Amqp091Codec codec = codec(FRAME_MAX);

  static Amqp091Codec codec(int frameMax) {
    return new Amqp091Codec(new FrameLimits(frameMax, 128L * 1024 * 1024));
  }

  /** Everything the bytes hold, without the marks of half-read contents. */
  static List<Amqp091Frame> decodeAll(Amqp091Codec codec, ByteBuf in) {
    List<Amqp091Frame> frames = new ArrayList<>();
    for (Amqp091Frame frame = codec.decode(in); frame != null; frame = codec.decode(in)) {
      if (frame != ContentPending.PENDING) {
        frames.add(frame);
      }
    }
    return frames;
  }

  private Amqp091Frame decodeOne(String vector) {
    List<Amqp091Frame> frames = decodeAll(codec, Vectors.buffer(Vectors.read(vector)));
    assertThat(frames).hasSize(1);
    return frames.getFirst();
  }

  private static Value text(String text) {
    return new Value.Str(text);
  }

  private static Value.Entry entry(String name, Value value) {
    return new Value.Entry(text(name), value);
  }

  private static Value.MapOf table(Value.Entry... entries) {
    return new Value.MapOf(List.of(entries));
  }

  // ---- reading

  @Test
  void startOkIsReadWithItsPropertiesAndResponse() {
    var startOk = (ConnectionMethod.StartOk) decodeOne("connection-start-ok");
    assertThat(startOk.mechanism()).isEqualTo("PLAIN");
    assertThat(startOk.response()).isEqualTo("\0guest\0guest".getBytes(StandardCharsets.UTF_8));
    assertThat(startOk.locale()).isEqualTo("en_US");
    assertThat(startOk.clientProperties())
        .isEqualTo(
            table(
                entry("product", text("pika")),
                entry(
                    "capabilities",
                    table(
                        entry("basic.nack", new Value.Bool(true)),
                        entry("connection.blocked", new Value.Bool(true))))));
  }

  @Test
  void methodsOfTheHandshakeAreRead() {
    assertThat(decodeOne("connection-tune-ok"))
        .isEqualTo(new ConnectionMethod.TuneOk(0, 2047, 131072, 60));
    assertThat(decodeOne("connection-open")).isEqualTo(new ConnectionMethod.Open(0, "/", false));
    assertThat(decodeOne("connection-close"))
        .isEqualTo(new ConnectionMethod.Close(0, 200, "Normal shutdown", 0, 0));
    assertThat(decodeOne("channel-open")).isEqualTo(new ChannelMethod.Open(1));
    assertThat(decodeOne("heartbeat")).isEqualTo(Heartbeat.HEARTBEAT);
  }

  @Test
  void exchangeDeclareIsReadWithItsBits() {
    assertThat(decodeOne("exchange-declare"))
        .isEqualTo(
            new ExchangeMethod.Declare(
                1,
                "logs",
                "topic",
                false,
                true,
                false,
                false,
                false,
                table(entry("alternate-exchange", text("rest")))));
  }

  @Test
  void everyFieldTypeIsReadAsItsValue() {
    var declare = (QueueMethod.Declare) decodeOne("queue-declare-all-types");
    assertThat(declare.durable()).isTrue();
    assertThat(declare.autoDelete()).isTrue();
    assertThat(declare.exclusive()).isFalse();
    assertThat(declare.arguments())
        .isEqualTo(
            table(
                entry("t", new Value.Bool(true)),
                entry("b", new Value.Byte((byte) -1)),
                entry("B", new Value.UByte(255)),
                entry("s", new Value.Short((short) -2)),
                entry("u", new Value.UShort(65534)),
                entry("I", new Value.Int(-3)),
                entry("i", new Value.UInt(4294967293L)),
                entry("l", new Value.Long(-4)),
                entry("L", new Value.Long(5)),
                entry("f", new Value.Float(1.5f)),
                entry("d", new Value.Double(-2.25)),
                entry("D", new Value.Decimal(new BigDecimal("3.14"), 32)),
                entry("S", text("käse")),
                entry("x", new Value.Binary(new byte[] {0, (byte) 0xff})),
                entry("T", new Value.Timestamp(1_700_000_000_000L)),
                entry(
                    "A",
                    new Value.ListOf(
                        List.of(
                            new Value.Int(1), text("two"), new Value.ListOf(List.of(Value.NULL))))),
                entry("F", table(entry("inner", table(entry("deep", new Value.Bool(false)))))),
                entry("V", Value.NULL)));
  }

  @Test
  void publishIsReadWhole() {
    var publish = (Publish) decodeOne("basic-publish");
    assertThat(publish.channel()).isEqualTo(1);
    assertThat(publish.address()).isEqualTo(new Address("logs", Topic.of("plant.1", Spelling.DOT)));
    assertThat(publish.mandatory()).isTrue();
    assertThat(publish.immediate()).isFalse();
    assertThat(publish.body().toUtf8()).isEqualTo("hello");
    assertThat(publish.encoding().isDurable()).isTrue();
    assertThat(publish.encoding().properties().contentType()).isEqualTo("text/plain");
  }

  @Test
  void publishWithoutABodyNeedsNoBodyFrame() {
    var publish = (Publish) decodeOne("basic-publish-empty");
    assertThat(publish.channel()).isEqualTo(7);
    assertThat(publish.body().length()).isZero();
    assertThat(publish.encoding()).isSameAs(Amqp091Encoding.NONE);
  }

  @Test
  void otherChannelsMayComeBetweenTheFramesOfAContent() {
    var frames = decodeAll(codec, Vectors.buffer(Vectors.read("basic-publish-parts")));
    assertThat(frames).hasSize(3);
    assertThat(frames.get(0)).isEqualTo(Heartbeat.HEARTBEAT);
    assertThat(frames.get(1)).isEqualTo(new BasicMethod.Ack(2, 3, true));
    assertThat(((Publish) frames.get(2)).body().toUtf8()).isEqualTo("abcdefghi");
  }

  @Test
  void allFourteenPropertiesAreReadIntoNeutralForm() {
    var encoding = ((Publish) decodeOne("basic-publish-all-properties")).encoding();
    assertThat(encoding.properties())
        .isEqualTo(
            Properties.builder()
                .contentType("application/json")
                .contentEncoding("gzip")
                .durable(true)
                .priority(9)
                .correlationId(text("corr-1"))
                .replyTo(new ReplyTo.Queue("answers"))
                .expiryMillis(60_000)
                .messageId(text("id-1"))
                .timestampMillis(1_700_000_000_000L)
                .type("order")
                .userId("guest")
                .appId("shop")
                .build());
    assertThat(encoding.headers().list()).containsExactly(new Header("n", new Value.Int(7)));
    assertThat(encoding.expiryMillis()).isEqualTo(60_000);
    assertThat(encoding.priority()).isEqualTo(9);
  }

  @Test
  void methodsOfClassBasicAreRead() {
    assertThat(decodeOne("basic-nack")).isEqualTo(new BasicMethod.Nack(1, 42, true, true));
    assertThat(decodeOne("basic-consume"))
        .isEqualTo(
            new BasicMethod.Consume(
                1,
                "q",
                "c1",
                false,
                true,
                true,
                false,
                table(entry("x-priority", new Value.Int(5)))));
  }

  // ---- cutting

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connection-start-ok",
        "connection-tune-ok",
        "connection-open",
        "connection-close",
        "heartbeat",
        "channel-open",
        "exchange-declare",
        "queue-declare-all-types",
        "basic-publish",
        "basic-publish-empty",
        "basic-publish-parts",
        "basic-publish-all-properties",
        "basic-nack",
        "basic-consume",
        "channel-close"
      })
  void framesCutAtAnyByteOrBackToBackReadTheSame(String vector) {
    byte[] bytes = Vectors.read(vector);
    List<Amqp091Frame> whole = decodeAll(codec(FRAME_MAX), Vectors.buffer(bytes));
    assertThat(whole).isNotEmpty();
    for (int cut = 0; cut <= bytes.length; cut++) {
      Amqp091Codec fresh = codec(FRAME_MAX);
      ByteBuf in = Unpooled.buffer().writeBytes(bytes, 0, cut);
      List<Amqp091Frame> frames = decodeAll(fresh, in);
      int left = in.readableBytes();
      assertThat(fresh.decode(in)).isNull();
      assertThat(in.readableBytes()).as("a cut frame stays in the buffer").isEqualTo(left);
      in.writeBytes(bytes, cut, bytes.length - cut);
      frames.addAll(decodeAll(fresh, in));
      assertThat(frames).usingElementComparator(SameFrames.COMPARATOR).isEqualTo(whole);
      assertThat(in.isReadable()).isFalse();
    }
    List<Amqp091Frame> twice = decodeAll(codec(FRAME_MAX), Vectors.buffer(bytes, bytes));
    List<Amqp091Frame> expected = new ArrayList<>(whole);
    expected.addAll(whole);
    assertThat(twice).usingElementComparator(SameFrames.COMPARATOR).isEqualTo(expected);
  }

  // ---- sharing

  @Test
  void publishesToOneAddressShareItAndEqualPropertiesShareTheirEncoding() {
    byte[] one = Vectors.read("basic-publish");
    byte[] other = Vectors.read("basic-publish-all-properties");
    var frames = decodeAll(codec, Vectors.buffer(one, one, other, one));
    Publish first = (Publish) frames.get(0);
    Publish second = (Publish) frames.get(1);
    Publish third = (Publish) frames.get(2);
    Publish fourth = (Publish) frames.get(3);
    assertThat(second.address()).isSameAs(first.address());
    assertThat(second.encoding()).isSameAs(first.encoding());
    assertThat(third.encoding()).isNotEqualTo(first.encoding());
    assertThat(fourth.address()).isSameAs(first.address());
    assertThat(fourth.encoding()).isEqualTo(first.encoding());
  }

  @Test
  void manyAddressesAreToldApart() {
    List<Amqp091Frame> sent = new ArrayList<>();
    ByteBuf bytes = Unpooled.buffer();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5_000; i++) {
        var publish =
            new Publish(
                1,
                new Address("ex" + i % 3, Topic.of("sensor." + i + ".temp", Spelling.DOT)),
                false,
                false,
                Amqp091Encoding.NONE,
                Body.EMPTY);
        sent.add(publish);
        codec.encode(publish, bytes);
      }
    }
    assertThat(decodeAll(codec(FRAME_MAX), bytes)).isEqualTo(sent);
  }

  // ---- writing

  private static Message message(int bodyBytes) {
    return message(bodyBytes == 5 ? Body.ofUtf8("hello") : Body.of(new byte[bodyBytes]));
  }

  private static Message message(Body body) {
    return new Message(
        new Address("logs", Topic.of("plant.1", Spelling.DOT)),
        Amqp091Mapping.encode(
            Properties.builder().contentType("text/plain").durable(true).build(), Headers.NONE),
        body,
        new Origin("amqp-0-9-1", "/", "guest", ""),
        0);
  }

  private static Delivery delivery(Message message, int count) {
    var queue = new QueueRef("/", "q", 0, 0, 1);
    var options = new ConsumerOptions("c1", false, false, 0, CreditMode.PER_SETTLE, 1);
    var consumer = new ConsumerRef(new SessionRef(0, 1), 1, queue, options);
    return new Delivery(consumer, 0, 0, message, count, null);
  }

  private byte[] encoded(Amqp091Frame... frames) {
    ByteBuf out = Unpooled.buffer();
    for (Amqp091Frame frame : frames) {
      codec.encode(frame, out);
    }
    return Vectors.bytes(out);
  }

  @Test
  void deliverReturnAndGetOkAreWrittenAsTheSpecificationShowsThem() {
    var deliver =
        new BasicContent.Deliver(
            1, "c1".getBytes(StandardCharsets.UTF_8), 7, List.of(delivery(message(5), 1)), 0, 1);
    assertThat(encoded(deliver)).isEqualTo(Vectors.read("basic-deliver"));
    assertThat(encoded(new BasicContent.Return(1, ReplyCode.NO_ROUTE, message(5))))
        .isEqualTo(Vectors.read("basic-return"));
    assertThat(encoded(new BasicContent.GetOk(1, 9, false, message(5), 3)))
        .isEqualTo(Vectors.read("basic-get-ok"));
    assertThat(
            encoded(
                new ChannelMethod.Close(1, 404, "NOT_FOUND - no queue 'x' in vhost '/'", 50, 10)))
        .isEqualTo(Vectors.read("channel-close"));
    assertThat(encoded(Heartbeat.HEARTBEAT)).isEqualTo(Vectors.read("heartbeat"));
  }

  @Test
  void aRunOfDeliveriesCountsItsTagsUp() {
    var run = List.of(delivery(message(5), 0), delivery(message(5), 0), delivery(message(5), 0));
    byte[] tag = "c1".getBytes(StandardCharsets.UTF_8);
    byte[] both = encoded(new BasicContent.Deliver(1, tag, 40, run, 1, 3));
    byte[] one = encoded(new BasicContent.Deliver(1, tag, 40, run, 1, 2));
    byte[] next = encoded(new BasicContent.Deliver(1, tag, 41, run, 2, 3));
    assertThat(both).isEqualTo(Vectors.bytes(Vectors.buffer(one, next)));
  }

  @Test
  void bodiesAreSplitAtFrameMax() {
    byte[] pattern = new byte[3 * (4096 - 8) + 10];
    for (int i = 0; i < pattern.length; i++) {
      pattern[i] = (byte) (i * 31);
    }
    var small = codec(4096);
    ByteBuf out = Unpooled.buffer();
    small.encode(
        new Publish(
            1,
            new Address("", Topic.of("q", Spelling.DOT)),
            false,
            false,
            Amqp091Encoding.NONE,
            Body.of(pattern)),
        out);
    int frames = 0;
    for (int at = 0; at < out.writerIndex(); at += out.getInt(at + 3) + 8) {
      assertThat(out.getInt(at + 3)).isLessThanOrEqualTo(4096 - 8);
      frames++;
    }
    assertThat(frames).as("method, header, four bodies").isEqualTo(6);
    var read = (Publish) decodeAll(codec(4096), out).getFirst();
    assertThat(read.body()).isEqualTo(Body.of(pattern));
  }

  @Test
  void aBodyOfManyChunksIsReadAndWrittenWhole() {
    byte[] pattern = new byte[3 * Body.MAX_CHUNK_BYTES + 12345];
    for (int i = 0; i < pattern.length; i++) {
      pattern[i] = (byte) (i * 17 + (i >> 8));
    }
    ByteBuf out = Unpooled.buffer();
    codec.encode(
        new Publish(
            1,
            new Address("", Topic.of("q", Spelling.DOT)),
            false,
            false,
            Amqp091Encoding.NONE,
            Body.of(pattern)),
        out);
    var read = (Publish) decodeAll(codec(FRAME_MAX), out).getFirst();
    assertThat(read.body().toByteArray()).isEqualTo(pattern);
  }

  @Test
  void aLongBodyFrameIsTakenAsItComes() {
    byte[] pattern = new byte[100_000];
    for (int i = 0; i < pattern.length; i++) {
      pattern[i] = (byte) (i * 13 + (i >> 7));
    }
    ByteBuf bytes = Unpooled.buffer();
    var sent =
        new Publish(
            1,
            new Address("", Topic.of("q", Spelling.DOT)),
            false,
            false,
            Amqp091Encoding.NONE,
            Body.of(pattern));
    codec.encode(sent, bytes);
    codec.encode(sent, bytes);
    for (int piece : new int[] {1, 7, 4095, 65_536, 99_999}) {
      var reader = codec(FRAME_MAX);
      ByteBuf in = Unpooled.buffer();
      List<Amqp091Frame> frames = new ArrayList<>();
      for (int at = 0; at < bytes.writerIndex(); at += piece) {
        in.writeBytes(bytes, at, Math.min(piece, bytes.writerIndex() - at));
        frames.addAll(decodeAll(reader, in));
        assertThat(in.readableBytes()).as("nothing long is left waiting").isLessThan(4096);
      }
      assertThat(frames).containsExactly(sent, sent);
    }
  }

  @Test
  void aLongBodyFrameWithAWrongEndIsAFrameErrorToo() {
    ByteBuf bytes = Unpooled.buffer();
    codec.encode(
        new Publish(
            1,
            new Address("", Topic.of("q", Spelling.DOT)),
            false,
            false,
            Amqp091Encoding.NONE,
            Body.of(new byte[50_000])),
        bytes);
    var reader = codec(FRAME_MAX);
    ByteBuf in = Unpooled.buffer().writeBytes(bytes, 0, bytes.writerIndex() - 1);
    assertThat(decodeAll(reader, in)).isEmpty();
    in.writeByte(0xCD);
    assertThatThrownBy(() -> reader.decode(in))
        .hasMessage("FRAME_ERROR - frame of type 3 on channel 1 ends with octet 0xcd, not 0xce");
  }

  /** A header frame cannot be split: like RabbitMQ we send it whole (§2.3.5.2). */
  @Test
  void aHeaderLargerThanTheConsumersFrameMaxGoesOutInOneFrame() {
    var headers = Headers.of(new Header("long", text("x".repeat(20_000))));
    var message =
        new Message(
            new Address("", Topic.of("q", Spelling.DOT)),
            Amqp091Mapping.encode(Properties.NONE, headers),
            Body.of(new byte[10_000]),
            new Origin("amqp-0-9-1", "/", "guest", ""),
            0);
    var small = codec(4096);
    for (int i = 0; i < 3; i++) { // the second and third time from a template
      ByteBuf out = Unpooled.buffer();
      small.encode(
          new BasicContent.Deliver(1, new byte[] {'c'}, 1, List.of(delivery(message, 0)), 0, 1),
          out);
      List<Integer> sizes = new ArrayList<>();
      List<Integer> types = new ArrayList<>();
      for (int at = 0; at < out.writerIndex(); at += out.getInt(at + 3) + 8) {
        types.add((int) out.getByte(at));
        sizes.add(out.getInt(at + 3));
      }
      assertThat(types).containsExactly(1, 2, 3, 3, 3);
      assertThat(sizes.get(1)).isGreaterThan(20_000);
      assertThat(sizes.subList(2, 5)).allMatch(size -> size <= 4088);
    }
  }
}
