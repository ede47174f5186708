package io.serai.gateway.stomp;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.harness.HexVector;
import java.nio.charset.StandardCharsets;

/** Golden vectors, and frames as text. */
final class Vectors {
  private Vectors() {}

  /** The bytes of a vector; what follows {@code #} in a line is a comment. */
  static byte[] read(String name) {
    return HexVector.read("/vectors/stomp/" + name + ".hex");
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
