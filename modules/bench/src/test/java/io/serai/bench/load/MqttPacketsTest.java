package io.serai.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MqttPacketsTest {
  /** MQTT 3.1.1 table 2.4: the first and last length of every size of the field. */
  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "127, 1",
    "128, 2",
    "16383, 2",
    "16384, 3",
    "2097151, 3",
    "2097152, 4",
    "268435455, 4"
  })
  void remainingLengthComesBack(int length, int bytes) {
    ByteBuffer packet = ByteBuffer.allocate(8);
    MqttPackets.putHead(packet, 0x30, length);
    packet.flip();
    assertThat(MqttPackets.lengthBytes(packet, 0)).isEqualTo(bytes);
    assertThat(MqttPackets.remainingLength(packet, 0, bytes)).isEqualTo(length);
    packet.limit(packet.limit() - 1);
    assertThat(MqttPackets.lengthBytes(packet, 0)).isZero();
  }
}
