package io.serai.gateway.amqp.v10;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.StoredMessages;
import io.serai.model.Topic;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Amqp10FormatTest {
  private static byte[] bytes(Message message) {
    ByteBuf out = Unpooled.buffer();
    ((Amqp10Encoding) message.encoding()).writeTo(out, message.body());
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00 53 75 a0 02 6869",
        "00 53 75 a0 00",
        "00 53 77 b1 00000002 6869",
        "00 53 77 a0 02 6869",
        "00 53 77 54 05",
        "00 53 77 40",
        "00 53 76 45 00 53 76 45",
        "00 53 75 a0 01 61 00 53 75 a0 01 62",
        "00 a3 10 616d71703a646174613a62696e617279 a0 02 6869",
        "00 80 0000000000000070 c0 08 05 41 50 09 52 3c 40 43"
            + "00 53 71 c1 07 02 a3 01 64 a1 01 31"
            + "00 53 72 c1 0b 02 a3 05 782d6f7074 a1 01 32"
            + "00 53 73 d0 00000013 00000003 a1 02 6d31 a0 03 6a6f65 a1 04 2f746f31"
            + "00 53 74 c1 09 02 a1 01 6b 71 0000002a"
            + "00 53 75 b0 00000002 6869"
            + "00 53 78 c1 07 02 a3 01 66 a1 01 33"
      })
  void everySectionIsStoredByteForByte(String hex) {
    byte[] wire = HexFormat.of().parseHex(hex.replace(" ", ""));
    var received = Amqp10Encoding.read(Unpooled.wrappedBuffer(wire));
    var message =
        new Message(
            Address.ofTopic(Topic.of("a/b", Spelling.SLASH)),
            received.encoding(),
            received.body(),
            Origin.ofBroker("/"),
            1000);
    ByteBuf stored = Unpooled.buffer();
    StoredMessages.write(message, stored);
    Message read = new StoredMessages().read(stored);

    assertThat(bytes(read)).isEqualTo(wire);
    assertThat(read.encoding()).isEqualTo(message.encoding());
    assertThat(read.encoding().isDurable()).isEqualTo(message.encoding().isDurable());
    assertThat(read.expiresAtMillis()).isEqualTo(message.expiresAtMillis());
    assertThat(((Amqp10Encoding) read.encoding()).footer()).isEqualTo(received.encoding().footer());
  }
}
