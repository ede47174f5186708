package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Conversations that were had with RabbitMQ, played to the node: reply codes and texts, tags, order
 * and content are the same. The file says how it is read.
 */
@Timeout(600)
class RecordedConversationsIT {
  private static final int CONNECTION_CLOSE = 10 << 16 | 50;
  private static final int CHANNEL_CLOSE = 20 << 16 | 40;
  private static final int DECLARE_OK = 50 << 16 | 11;

  private static final String HEADER = "414d515000000901";

  /** connection.start-ok of guest, with the capabilities of a client of today. */
  private static final String START_OK =
      "0100000000005c000a000b000000380c6361706162696c6974696573460000002616636f6e73"
          + "756d65725f63616e63656c5f6e6f7469667974010a62617369632e6e61636b740105504c4149"
          + "4e0000000c00677565737400677565737405656e5f5553ce";

  private static final String TUNE_OK = "0100000000000c000a001f07ff000200000000ce";
  private static final String OPEN = "01000000000008000a0028012f0000ce";
  private static final String CHANNEL_OPEN = "010001000000050014000a00ce";
  private static final String CLOSE = "0100000000000b000a003200c80000000000ce";

  private record Conversation(String name, List<String> lines) {}

  private static List<Conversation> recorded() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            RecordedConversationsIT.class.getResourceAsStream("/rabbitmq-3.10.conversations"))) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<Conversation> found = new ArrayList<>();
      for (String block : all.split("\n\n")) {
        List<String> lines = block.lines().toList();
        if (lines.size() > 1 && !lines.get(1).startsWith("#")) {
          found.add(
              new Conversation(lines.getFirst().substring(2), lines.subList(1, lines.size())));
        }
      }
      return found;
    }
  }

  @Test
  void theNodeAnswersAsRabbitMqDid() throws Exception {
    List<String> differences = new ArrayList<>();
    List<Conversation> all = recorded();
    for (Conversation conversation : all) {
      try (Peer peer = new Peer(SharedNode.get().port("amqp"))) {
        peer.play(conversation, differences);
      }
    }
    assertThat(differences).isEmpty();
    assertThat(all).hasSizeGreaterThan(200);
  }

  /** A client that sends what it is told and shows what comes back. */
  private static final class Peer implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    Peer(int port) throws IOException {
      socket = new Socket("127.0.0.1", port);
      socket.setSoTimeout(60_000);
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
      for (String step : List.of(HEADER, START_OK, TUNE_OK + OPEN, CHANNEL_OPEN)) {
        send(step);
        next();
      }
    }

    void play(Conversation conversation, List<String> differences) throws IOException {
      String last = "";
      for (String line : conversation.lines()) {
        if (line.startsWith("> ")) {
          send(line.substring(2));
          continue;
        }
        last = "< " + next();
        if (!last.equals(line)) {
          differences.add(conversation.name() + "\n  RabbitMQ " + line + "\n  here     " + last);
          return;
        }
      }
      if (!last.startsWith("< 0 10.50 ") && !last.startsWith("< 0 10.51")) {
        send(CLOSE);
        String end = next();
        if (!end.equals("0 10.51")) {
          differences.add(conversation.name() + "\n  more than RabbitMQ sent: " + end);
        }
      }
    }

    private void send(String hex) throws IOException {
      out.write(HexFormat.of().parseHex(hex));
      out.flush();
    }

    /** The next frame as the file shows it. */
    private String next() throws IOException {
      try {
        int type = in.readUnsignedByte();
        int channel = in.readUnsignedShort();
        byte[] payload = in.readNBytes(in.readInt());
        in.readByte();
        return channel
            + " "
            + switch (type) {
              case 1 -> method(payload);
              case 2 -> "header " + HexFormat.of().formatHex(payload);
              case 3 -> "body " + HexFormat.of().formatHex(payload);
              default -> "frame " + type;
            };
      } catch (SocketTimeoutException e) {
        return "nothing";
      }
    }

    private static String method(byte[] payload) {
      ByteBuffer arguments = ByteBuffer.wrap(payload);
      int id = arguments.getInt();
      String name = (id >>> 16) + "." + (id & 0xFFFF);
      if (id == CONNECTION_CLOSE || id == CHANNEL_CLOSE) {
        int code = arguments.getShort();
        byte[] text = new byte[arguments.get() & 0xFF];
        arguments.get(text);
        return "%s %d %d.%d %s"
            .formatted(
                name,
                code,
                arguments.getShort(),
                arguments.getShort(),
                new String(text, StandardCharsets.UTF_8));
      }
      String plain = new String(payload, StandardCharsets.ISO_8859_1);
      if ((id == DECLARE_OK && plain.contains("amq.gen")) || plain.contains("amq.ctag")) {
        return name + " a name of the server";
      }
      return (name + " " + HexFormat.of().formatHex(payload, 4, payload.length)).strip();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
