package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** Golden vectors: commented hex under {@code vectors/amqp091}. */
public final class Vectors {
  private Vectors() {}

  /** The bytes of a vector; what follows {@code #} in a line is a comment. */
  public static byte[] read(String name) {
    try (var in = Vectors.class.getResourceAsStream("/vectors/amqp091/" + name + ".hex")) {
      if (in == null) {
        throw new AssertionError("no vector " + name);
      }
      String hex =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .map(line -> line.replaceFirst("#.*", ""))
              .collect(Collectors.joining())
              .replaceAll("\\s", "");
      return HexFormat.of().parseHex(hex);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
