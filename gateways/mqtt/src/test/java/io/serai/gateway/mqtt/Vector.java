package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A golden vector: one packet as commented hex. Lines that start with {@code #} say where it comes
 * from ({@code # from the broker}), what must come out ({@code # = frame}) or how it must fail
 * ({@code # error: 0x81}, or {@code # error: unanswered}).
 */
record Vector(
    String name,
    MqttVersion version,
    byte[] bytes,
    boolean isFromBroker,
    @Nullable String frame,
    int error) {

  /** All vectors of a folder under {@code vectors}, by name. */
  static List<Vector> all(String folder) {
    try (Stream<Path> files = Files.list(folder(folder))) {
      return files.sorted().map(Vector::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder(String folder) {
    try {
      return Path.of(Vector.class.getResource("/vectors/" + folder).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Vector read(Path file) {
    List<String> lines = new ArrayList<>();
    try {
      lines.addAll(Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    StringBuilder hex = new StringBuilder();
    boolean isFromBroker = false;
    String frame = null;
    int error = 0;
    for (String line : lines) {
      if (line.equals("# from the broker")) {
        isFromBroker = true;
      } else if (line.startsWith("# = ")) {
        frame = line.substring(4);
      } else if (line.startsWith("# error: ")) {
        String reason = line.substring(9);
        error = reason.equals("unanswered") ? MqttReason.UNANSWERED : Integer.decode(reason);
      } else {
        hex.append(line.replaceFirst("#.*", "").replace(" ", ""));
      }
    }
    String name = file.getFileName().toString().replace(".hex", "");
    MqttVersion version =
        name.contains("3.1")
            ? MqttVersion.V3_1
            : file.getParent().endsWith("mqtt5") ? MqttVersion.V5 : MqttVersion.V3_1_1;
    return new Vector(name, version, HexFormat.of().parseHex(hex), isFromBroker, frame, error);
  }

  boolean isConnect() {
    return bytes[0] >> 4 == 1;
  }

  ByteBuf buffer() {
    return Unpooled.copiedBuffer(bytes);
  }

  /** The codec of the side that receives the packet, ready for it. */
  MqttCodec receiver() {
    return isFromBroker ? MqttCodec.forClient(version) : broker(isConnect() ? null : version);
  }

  /** The codec of the side that sends the packet. */
  MqttCodec sender() {
    return isFromBroker ? broker(version) : MqttCodec.forClient(version);
  }

  /** A broker's codec that has seen CONNECT of this version; null for none yet. */
  static MqttCodec broker(@Nullable MqttVersion version) {
    MqttCodec codec = MqttCodec.forBroker(MqttCodec.MAX_PACKET_BYTES, 128);
    if (version != null) {
      ByteBuf connect = Unpooled.buffer();
      MqttCodec.forClient(version)
          .encode(
              new MqttFrame.Connect(version, "v", true, 0, null, null, null, MqttProperties.NONE),
              connect);
      codec.decode(connect);
    }
    return codec;
  }

  @Override
  public String toString() {
    return version + " " + name;
  }
}
