package io.serai.gateway.stomp;

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
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Settings;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.gateway.stomp.StompFrame.ClientFrame;
import io.serai.gateway.stomp.StompFrame.Heartbeat;
import io.serai.gateway.stomp.StompFrame.Messages;
import io.serai.gateway.stomp.StompFrame.Nothing;
import io.serai.gateway.stomp.StompFrame.ServerFrame;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StompCodecTest {
  private static final String READABLE =
      """
      connect              | 1.2 | CONNECT accept-version=1.0,1.1,1.2 host=/ login=guest passcode=gu:est heart-beat=10000,5000 []
      stomp                | 1.1 | STOMP accept-version=1.1 host=/ []
      connect-1.0          | 1.1 | CONNECT login= guest passcode= guest []
      send                 | 1.2 | SEND destination=/queue/a content-type=text/plain [hello]
      send-content-length  | 1.2 | SEND destination=/queue/a content-length=5 [a^@b^@c]
      send-empty           | 1.2 | SEND destination=/queue/a content-length=0 []
      send-crlf            | 1.2 | SEND destination=/queue/a [hello]
      send-crlf            | 1.0 | SEND destination=/queue/a [hello]
      send-escaped         | 1.2 | SEND destination=/queue/a a:b=1<LF>2<CR>3\\4:5 []
      send-escaped-1.1     | 1.1 | SEND destination=/queue/a a:b=1<LF>2\\n<CR>x []
      send-backslash-1.0   | 1.0 | SEND destination=/queue/a path=C:\\new []
      send-repeated        | 1.2 | SEND destination=/queue/a foo=World foo=Hello destination=/queue/b []
      send-utf8            | 1.1 | SEND destination=/topic/käse empty= [\uFFFD\uFFFD]
      subscribe            | 1.2 | SUBSCRIBE id=0 destination=/queue/foo ack=client []
      unsubscribe          | 1.2 | UNSUBSCRIBE id=0 []
      ack                  | 1.2 | ACK id=12345 transaction=tx1 []
      nack                 | 1.2 | NACK id=12345 requeue=false []
      begin                | 1.2 | BEGIN transaction=tx1 []
      commit               | 1.2 | COMMIT transaction=tx1 []
      abort                | 1.2 | ABORT transaction=tx1 []
      disconnect           | 1.2 | DISCONNECT receipt=77 []
      line-ends            | 1.2 | BEGIN transaction=t []
      """;

  private static StompVersion version(String text) {
    return java.util.Objects.requireNonNull(StompVersion.newestIn(text));
  }

  private static StompCodec speaking(String version) {
    StompCodec codec = new StompCodec(StompOptions.DEFAULTS);
    codec.speak(version(version));
    return codec;
  }

  /** Decodes everything; frames in a line each. */
  private static List<String> decoded(StompCodec codec, ByteBuf in) {
    List<String> frames = new ArrayList<>();
    for (StompFrame frame = codec.decode(in); frame != null; frame = codec.decode(in)) {
      if (frame != Nothing.NOTHING) {
        frames.add(describe((ClientFrame) frame));
      }
    }
    return frames;
  }

  private static String describe(ClientFrame frame) {
    return frame.head().fields().stream()
        .map(field -> " " + field.name() + "=" + field.value())
        .collect(
            Collectors.joining(
                "",
                frame.head().command().name(),
                " [" + frame.body().toUtf8().replace("\0", "^@") + "]"))
        .replace("\n", "<LF>")
        .replace("\r", "<CR>");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = READABLE)
  void aVectorIsReadWhole(String name, String version, String expected) {
    ByteBuf in = Unpooled.wrappedBuffer(Vectors.read(name));
    assertThat(decoded(speaking(version), in)).containsExactly(expected);
    assertThat(in.isReadable()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = READABLE)
  void aVectorIsReadWhereverItIsCut(String name, String version, String expected) {
    byte[] bytes = Vectors.read(name);
    for (int cut = 0; cut <= bytes.length; cut++) {
      StompCodec codec = speaking(version);
      ByteBuf in = Unpooled.buffer().writeBytes(bytes, 0, cut);
      List<String> frames = new ArrayList<>(decoded(codec, in));
      in.writeBytes(bytes, cut, bytes.length - cut);
      frames.addAll(decoded(codec, in));
      assertThat(frames).as("cut at byte %d", cut).containsExactly(expected);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = READABLE)
  void aVectorIsReadByteByByte(String name, String version, String expected) {
    StompCodec codec = speaking(version);
    List<String> frames = new ArrayList<>();
    ByteBuf in = Unpooled.buffer();
    for (byte b : Vectors.read(name)) {
      in.writeByte(b);
      frames.addAll(decoded(codec, in));
    }
    assertThat(frames).containsExactly(expected);
  }

  @Test
  void vectorsAreReadBackToBack() {
    List<String> expected = new ArrayList<>();
    ByteBuf all = Unpooled.buffer();
    for (String line : READABLE.lines().toList()) {
      String[] cells = line.split("\\|", -1);
      if (cells[1].strip().equals("1.2")) {
        expected.add(cells[2].strip());
        expected.add(cells[2].strip());
        all.writeBytes(Vectors.read(cells[0].strip())).writeBytes(Vectors.read(cells[0].strip()));
      }
    }
    assertThat(decoded(speaking("1.2"), all)).hasSizeGreaterThan(20).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bad-command        | 1.2 | Bad command     | 'SENT'
          bad-http           | 1.2 | Bad command     | 'GET / HTTP/1.1'
          bad-tls            | 1.2 | Bad command     | Could not interpret command
          bad-escape         | 1.2 | Malformed frame | undefined escape in the header 'a\\tb'
          bad-escape         | 1.1 | Malformed frame | undefined escape in the header 'a\\tb'
          send-escaped       | 1.1 | Malformed frame | undefined escape
          bad-escape-end     | 1.2 | Malformed frame | undefined escape
          bad-no-colon       | 1.2 | Malformed frame | without a colon: 'destination'
          bad-empty-name     | 1.2 | Malformed frame | without a name
          bad-utf8           | 1.2 | Malformed frame | not UTF-8
          bad-content-length | 1.2 | Malformed frame | content-length is '-1'
          bad-missing-nul    | 1.2 | Malformed frame | no NUL follows
          bad-no-empty-line  | 1.2 | Malformed frame | a NUL among the headers
          bad-no-line        | 1.2 | Bad command     | 'SEND'
          """)
  void malformedBytesAreRefusedWithWhatIsWrong(
      String name, String version, String message, String detail) {
    assertThatThrownBy(() -> decoded(speaking(version), Unpooled.wrappedBuffer(Vectors.read(name))))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            error -> {
              assertThat(StompErrors.message(error)).isEqualTo(message);
              assertThat(StompErrors.detail(error)).contains(detail);
            });
  }

  @Test
  void nothingButConnectIsReadBeforeAVersionIsAgreed() {
    StompCodec codec = new StompCodec(StompOptions.DEFAULTS);
    ByteBuf in = Unpooled.wrappedBuffer(Vectors.read("send"));
    assertThatThrownBy(() -> codec.decode(in)).hasMessageContaining("using CONNECT first");
    assertThat(in.readableBytes()).as("the body was not taken").isGreaterThanOrEqualTo(5);
  }

  @Test
  void aHeadThatComesAgainIsNotReadAgain() {
    StompCodec codec = speaking("1.2");
    ByteBuf in =
        Unpooled.wrappedBuffer(
            Vectors.read("send"),
            Vectors.read("send"),
            Vectors.read("send-content-length"),
            Vectors.read("send"));
    List<ClientFrame> frames = new ArrayList<>();
    for (StompFrame frame = codec.decode(in); frame != null; frame = codec.decode(in)) {
      frames.add((ClientFrame) frame);
    }
    assertThat(frames.get(1).head()).isSameAs(frames.get(0).head());
    assertThat(frames.get(1).body().toUtf8()).isEqualTo("hello");
    assertThat(frames.get(3).head()).isNotSameAs(frames.get(0).head());
  }

  @Test
  void headsThatComeAgainAreReadWhereverTheyAreCut() {
    ByteBuf all =
        Unpooled.wrappedBuffer(
            Vectors.read("send-content-length"),
            Vectors.read("send-content-length"),
            Vectors.read("subscribe"),
            Vectors.read("send-content-length"),
            Vectors.read("send"),
            Vectors.read("send"));
    List<String> expected = decoded(speaking("1.2"), all.duplicate());
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    for (int piece = 1; piece < bytes.length; piece++) {
      StompCodec codec = speaking("1.2");
      ByteBuf in = Unpooled.buffer();
      List<String> frames = new ArrayList<>();
      for (int at = 0; at < bytes.length; at += piece) {
        in.writeBytes(bytes, at, Math.min(piece, bytes.length - at));
        frames.addAll(decoded(codec, in));
      }
      assertThat(frames).as("%d bytes at a time", piece).hasSize(6).isEqualTo(expected);
    }
  }

  // ---- limits

  private static StompCodec limited(String key, Object value) {
    StompCodec codec = new StompCodec(StompOptions.of(new Settings(Map.of(key, value))));
    codec.speak(StompVersion.V1_2);
    return codec;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          max-headers      | 3  | SEND;a:1;b:2;c:3;d:4;
          max-header-size  | 20 | SEND;destination:/queue/a-long-name;
          max-header-size  | 20 | SEND;destination:/queue/a-long-name
          max-frame-size   | 30 | SEND;destination:/queue/a;b:1;c:2;d:3;
          max-frame-size   | 40 | SEND;destination:/queue/a;content-length:40;;
          max-message-size | 8  | SEND;destination:/queue/a;content-length:9;;
          max-message-size | 8  | SEND;destination:/queue/a;;123456789
          max-message-size | 8  | SEND;destination:/queue/a;;123456789^@
          max-header-size  | 20 | BEGIN;transaction:t;content-length:21;;
          """)
  void aLimitIsNamedAsSoonAsItIsExceeded(String key, int value, String frame) {
    StompCodec codec = limited(key, value);
    ByteBuf in = Unpooled.wrappedBuffer(Vectors.bytes(frame.replace(';', '\n')));
    assertThatThrownBy(() -> decoded(codec, in))
        .isInstanceOf(ProtocolException.class)
        .hasMessageStartingWith("Limit exceeded")
        .hasMessageContaining(key);
  }

  @Test
  void aBodyOfExactlyTheLimitIsTaken() {
    ByteBuf in = Unpooled.wrappedBuffer(Vectors.bytes("SEND\ndestination:/queue/a\n\n12345678^@"));
    assertThat(decoded(limited("max-message-size", 8), in)).hasSize(1);
  }

  @Test
  void theReceiptOfAFrameWithABadBodyIsKnown() {
    StompCodec codec = speaking("1.2");
    ByteBuf in =
        Unpooled.wrappedBuffer(
            Vectors.bytes("SEND\ndestination:/queue/a\nreceipt:r7\ncontent-length:1\n\nabc^@"));
    assertThatThrownBy(() -> decoded(codec, in)).isInstanceOf(ProtocolException.class);
    assertThat(codec.receiptUnderway()).isEqualTo("r7");
  }

  @Test
  void aBodyThatComesInPiecesLeavesTheReadBufferAtOnce() {
    StompCodec codec = speaking("1.2");
    ByteBuf in = Unpooled.buffer();
    in.writeBytes(Vectors.bytes("SEND\ndestination:/queue/a\ncontent-length:100000\n\n"));
    for (int i = 0; i < 100; i++) {
      in.writeZero(1000);
      assertThat(decoded(codec, in)).isEmpty();
      assertThat(in.isReadable()).isFalse();
    }
    in.writeByte(0);
    assertThat(((ClientFrame) java.util.Objects.requireNonNull(codec.decode(in))).body().length())
        .isEqualTo(100_000);
  }

  // ---- writing

  private static String encoded(StompCodec codec, StompFrame frame) {
    ByteBuf out = Unpooled.buffer();
    codec.encode(frame, out);
    return Vectors.text(out);
  }

  private static String vector(String name) {
    return Vectors.text(Unpooled.wrappedBuffer(Vectors.read(name)));
  }

  @Test
  void serverFramesAreWrittenAsTheirVectors() {
    StompCodec codec = speaking("1.2");
    assertThat(
            encoded(
                codec,
                new ServerFrame(
                    "CONNECTED",
                    List.of(new Field("version", "1.2"), new Field("heart-beat", "0,0")),
                    Body.EMPTY)))
        .isEqualTo(vector("connected"));
    assertThat(
            encoded(
                codec,
                new ServerFrame(
                    "RECEIPT", List.of(new Field("receipt-id", "message:1")), Body.EMPTY)))
        .isEqualTo(vector("receipt"));
    assertThat(
            encoded(
                codec,
                new ServerFrame(
                    "ERROR",
                    List.of(new Field("message", "malformed frame received")),
                    Body.ofUtf8("The message:\n"))))
        .isEqualTo(vector("error"));
    assertThat(encoded(codec, Heartbeat.HEARTBEAT)).isEqualTo("\n");
  }

  private static Delivery delivery(Message message, int count) {
    ConsumerRef consumer =
        new ConsumerRef(
            new SessionRef(0, 1),
            1,
            new QueueRef("/", "a", 0, 0, 1),
            new ConsumerOptions("", false, false, 0, CreditMode.GRANTED, 1));
    return new Delivery(consumer, 0, 0, message, count, null);
  }

  private static Message message(String queue, StompEncoding encoding, Body body) {
    return new Message(Address.ofQueue(queue), encoding, body, Origin.ofBroker("/"), 0);
  }

  private static final StompEncoding FOO =
      StompEncoding.of(List.of(new Field("foo", "1"), new Field("foo", "2")));

  @ParameterizedTest
  @CsvSource({"1.2,message,0", "1.1,message-1.1,3"})
  void aDeliveryIsWrittenAsItsVectorAlsoWhenRepeated(String version, String vector, int count) {
    StompCodec codec = speaking(version);
    Message message = message("a", FOO, Body.ofUtf8("hello"));
    Messages run =
        new Messages(
            new SubscriptionTag("a:1", "s-1-", true),
            7,
            List.of(delivery(message, count), delivery(message, count)),
            0,
            2);
    String first = vector(vector);
    assertThat(encoded(codec, run)).isEqualTo(first + first.replace("s-1-7", "s-1-8"));
  }

  @Test
  void aRunOfDifferentMessagesIsWrittenLikeEachAlone() {
    SubscriptionTag tag = new SubscriptionTag("7", "s-1-", true);
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      int size = i % 50 == 49 ? 300_000 : i % 7 == 0 ? 5000 : i % 20;
      deliveries.add(
          delivery(
              message("q" + i % 3, i % 2 == 0 ? FOO : StompEncoding.NONE, Body.of(new byte[size])),
              i % 5));
    }
    StringBuilder alone = new StringBuilder();
    for (int i = 0; i < deliveries.size(); i++) {
      alone.append(encoded(speaking("1.2"), new Messages(tag, i + 1, deliveries, i, i + 1)));
    }
    String run = encoded(speaking("1.2"), new Messages(tag, 1, deliveries, 0, deliveries.size()));
    assertThat(run.equals(alone.toString())).isTrue();
  }

  @Test
  void aSubscriptionOfOneDotZeroWithoutIdHasNoSubscriptionHeader() {
    Messages run =
        new Messages(
            new SubscriptionTag(null, "s-1-", true),
            1,
            List.of(delivery(message("a", StompEncoding.NONE, Body.EMPTY), 0)),
            0,
            1);
    assertThat(encoded(speaking("1.0"), run))
        .isEqualTo(
            "MESSAGE\ndestination:/queue/a\nredelivered:false\ncontent-length:0\n"
                + "message-id:s-1-1\n\n^@");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1.0 | a\\cb:1:\\n<CR>\\
          1.1 | a\\cb:1\\c\\n<CR>\\\\
          1.2 | a\\cb:1\\c\\n\\r\\\\
          """)
  void eachVersionEscapesWhatItCan(String version, String expected) {
    var encoding = StompEncoding.of(List.of(new Field("a:b", "1:\n\r\\")));
    assertThat(
            new String(encoding.lines(version(version)), java.nio.charset.StandardCharsets.UTF_8)
                .replace("\r", "<CR>"))
        .isEqualTo(expected + "\n");
  }
}
