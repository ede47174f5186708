package io.serai.gateway.stomp;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** Golden vectors, and frames as text. */
final class Vectors {
  private Vectors() {}

  /** The bytes of a vector; what follows {@code #} in a line is a comment. */
  static byte[] read(String name) {
    try (var in = Vectors.class.getResourceAsStream("/vectors/stomp/" + name + ".hex")) {
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

  /** All readable bytes as text, each NUL written {@code ^@}. */
  static String text(ByteBuf buffer) {
    return buffer.toString(StandardCharsets.UTF_8).replace("\0", "^@");
  }

  /** The reverse. */
  static byte[] bytes(String text) {
    return text.replace("^@", "\0").getBytes(StandardCharsets.UTF_8);
  }
}
