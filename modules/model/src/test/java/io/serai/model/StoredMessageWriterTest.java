package io.serai.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StoredMessageWriterTest {
  private final StoredMessageWriter writer = new StoredMessageWriter();

  private byte[] written(Message message) {
    ByteBuffer into = ByteBuffer.allocate(writer.size(message));
    writer.write(message, into);
    assertThat(into.hasRemaining()).isFalse();
    return into.array();
  }

  private static byte[] alone(Message message) {
    ByteBuf out = Unpooled.buffer();
    StoredMessages.write(message, out);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  private static Encoding encoding(String header) {
    return new Encoding.Neutral(Properties.NONE, Headers.of(Header.of("h", header)));
  }

  @Test
  void eachMessageIsWrittenAsIfItWereAloneWhateverItSharesWithTheOneBefore() {
    Random random = new Random(11);
    var addresses =
        List.of(
            new Address("amq.topic", Topic.of("a/b", Spelling.SLASH)),
            new Address("x", Topic.of("c.d", Spelling.DOT)));
    var origins = List.of(new Origin("mqtt-5.0", "/", "joe", "sensor-7"), Origin.ofBroker("/"));
    var encodings = List.of(encoding("1"), encoding("long ".repeat(20_000)), encoding("2"));
    for (int i = 0; i < 300; i++) {
      byte[] body = new byte[random.nextInt(20) == 0 ? 600_000 : random.nextInt(50)];
      random.nextBytes(body);
      var message =
          new Message(
              addresses.get(random.nextInt(2)),
              encodings.get(random.nextInt(3)),
              Body.of(body),
              origins.get(random.nextInt(2)),
              random.nextLong());
      assertThat(written(message)).isEqualTo(alone(message));
    }
  }

  /** An encoding that no format is for. */
  private record Foreign(Properties properties, Headers headers) implements Encoding {
    @Override
    public boolean isDurable() {
      return true;
    }

    @Override
    public long expiryMillis() {
      return -1;
    }

    @Override
    public int priority() {
      return 0;
    }

    @Override
    public int sizeBytes() {
      return 64;
    }
  }

  @Test
  void whatNoFormatIsForKeepsItsNeutralForm() {
    var headers = Headers.of(Header.of("h", "1"));
    var message =
        new Message(
            new Address("x", Topic.of("c.d", Spelling.DOT)),
            new Foreign(Properties.builder().type("t").build(), headers),
            Body.ofUtf8("b"),
            Origin.ofBroker("/"),
            5);
    var read = new StoredMessages().read(Unpooled.wrappedBuffer(written(message)));
    assertThat(read.properties().type()).isEqualTo("t");
    assertThat(read.headers()).isEqualTo(headers);
    assertThat(read.body()).isEqualTo(message.body());
  }
}
