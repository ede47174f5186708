package io.serai.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes one AMQP 0-9-1 method frame (§4.2.3): the arguments one after the other, then {@link
 * #send}. For the set-up; what is sent per message has its bytes prepared.
 */
final class AmqpMethod {
  static final byte METHOD = 1;
  static final byte HEADER = 2;
  static final byte BODY = 3;
  static final byte FRAME_END = (byte) 0xCE;

  /** Bytes of a frame before its payload. */
  static final int FRAME_HEAD = 7;

  /** Bytes of a frame around its payload. */
  static final int FRAME_EXTRA = FRAME_HEAD + 1;

  private final ByteBuffer frame = ByteBuffer.allocate(2048);

  private AmqpMethod() {}

  /** A method by class and method number, as in {@code of(1, 60, 40)} for basic.publish. */
  static AmqpMethod of(int channel, int classId, int methodId) {
    AmqpMethod method = new AmqpMethod();
    method.frame.put(METHOD).putShort((short) channel).putInt(0);
    return method.u16(classId).u16(methodId);
  }

  AmqpMethod u8(int value) {
    frame.put((byte) value);
    return this;
  }

  AmqpMethod u16(int value) {
    frame.putShort((short) value);
    return this;
  }

  AmqpMethod u32(int value) {
    frame.putInt(value);
    return this;
  }

  AmqpMethod shortString(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    frame.put((byte) bytes.length).put(bytes);
    return this;
  }

  AmqpMethod longString(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    frame.putInt(bytes.length).put(bytes);
    return this;
  }

  AmqpMethod emptyTable() {
    return u32(0);
  }

  /** The frame as bytes. */
  byte[] bytes() {
    frame.putInt(3, frame.position() - FRAME_HEAD);
    frame.put(FRAME_END);
    byte[] bytes = new byte[frame.position()];
    frame.get(0, bytes);
    return bytes;
  }

  /** Writes the frame, blocking. */
  void send(Link link) {
    byte[] bytes = bytes();
    link.room(bytes.length).put(bytes);
    link.flush();
  }
}
