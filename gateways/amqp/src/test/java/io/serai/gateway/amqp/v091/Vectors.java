package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.harness.HexVector;

/** Golden vectors: commented hex under {@code vectors/amqp091}. */
public final class Vectors {
  private Vectors() {}

  /** The bytes of a vector; what follows {@code #} in a line is a comment. */
  public static byte[] read(String name) {
    return HexVector.read("/vectors/amqp091/" + name + ".hex");
  }

  public static ByteBuf buffer(byte[]... parts) {
    ByteBuf all = Unpooled.buffer();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all;
  }

  public static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.getBytes(buffer.readerIndex(), bytes);
    return bytes;
  }
}
