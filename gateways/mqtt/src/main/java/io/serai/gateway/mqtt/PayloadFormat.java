package io.serai.gateway.mqtt;

import io.serai.model.Body;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Whether a payload is what its Payload Format Indicator says (MQTT 5.0 §3.3.2.3.2). */
final class PayloadFormat {
  private static final int UTF_8 = 1;
  private static final int CHARS_AT_ONCE = 8 * 1024;

  private PayloadFormat() {}

  /** False for a body that is said to be UTF-8 and is not well-formed. */
  static boolean isAsSaid(MqttEncoding encoding, Body body) {
    return encoding.mqttProperties().number(PropertyId.PAYLOAD_FORMAT_INDICATOR, 0) != UTF_8
        || isUtf8(body);
  }

  private static boolean isUtf8(Body body) {
    ByteBuffer in = ByteBuffer.wrap(body.chunkCount() == 1 ? body.chunk(0) : body.toByteArray());
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports what is malformed
    CharBuffer out = CharBuffer.allocate(Math.min(in.remaining(), CHARS_AT_ONCE) + 1);
    CoderResult result;
    do {
      result = decoder.decode(in, out.clear(), true);
    } while (result.isOverflow());
    return !result.isError();
  }
}
