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
import io.serai.gateway.harness.BlankEncoding;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliverWriterTest {
  private static final byte[] TAG = {'c'};
  private static final Address PLANT = Address.ofTopic(Topic.of("plant/1", Spelling.SLASH));
  private static final Address OTHER = Address.ofTopic(Topic.of("other", Spelling.SLASH));

  /** What a publisher of another protocol said; counts how often it is translated. */
  private static final class Foreign implements BlankEncoding {
    private final String contentType;
    int translations;

    Foreign(String contentType) {
      this.contentType = contentType;
    }

    @Override
    public Properties properties() {
      translations++;
      return Properties.builder().contentType(contentType).build();
    }
  }

  private static Delivery delivery(Address address, Encoding encoding, String body) {
    var queue = new QueueRef("/", "q", 0, 0, 1);
    var options = new ConsumerOptions("c", false, false, 0, CreditMode.PER_SETTLE, 1);
    var origin = new Origin("mqtt-5.0", "/", "guest", "");
    return new Delivery(
        new ConsumerRef(new SessionRef(0, 1), 1, queue, options),
        0,
        0,
        new Message(address, encoding, Body.ofUtf8(body), origin, 0),
        0,
        null);
  }

  private static byte[] encoded(Amqp091Codec codec, List<Delivery> run, int from, int to) {
    ByteBuf out = Unpooled.buffer();
    codec.encode(new BasicContent.Deliver(1, TAG, from, run, from, to), out);
    return Vectors.bytes(out);
  }

  @Test
  void aRunOfAnotherProtocolsMessagesIsTranslatedOnce() {
    Foreign encoding = new Foreign("text/plain");
    List<Delivery> run = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      run.add(delivery(PLANT, encoding, "body " + i));
    }
    encoded(Amqp091CodecTest.codec(4096), run, 0, 10);
    assertThat(encoding.translations).isEqualTo(1);
  }

  @Test
  void whatIsWrittenInARunIsWhatWouldBeWrittenAlone() {
    Foreign text = new Foreign("text/plain");
    Foreign json = new Foreign("application/json");
    List<Delivery> run =
        List.of(
            delivery(PLANT, text, "a"),
            delivery(PLANT, text, "b"),
            delivery(PLANT, text, ""),
            delivery(PLANT, json, "c"),
            delivery(PLANT, json, "d"),
            delivery(OTHER, json, "e"),
            delivery(OTHER, json, "f"),
            delivery(OTHER, text, "g"),
            delivery(PLANT, text, "h"));
    ByteBuf alone = Unpooled.buffer();
    for (int i = 0; i < run.size(); i++) {
      alone.writeBytes(encoded(Amqp091CodecTest.codec(4096), run, i, i + 1));
    }
    assertThat(encoded(Amqp091CodecTest.codec(4096), run, 0, run.size()))
        .isEqualTo(Vectors.bytes(alone));
  }
}
