package io.serai.gateway.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** Golden vectors: files of commented hex among a gateway's test resources. */
public final class HexVector {
  private HexVector() {}

  /** The bytes of a file; what follows {@code #} in a line is a comment. */
  public static byte[] read(String resource) {
    try (var in = HexVector.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new AssertionError("no vector " + resource);
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
}
