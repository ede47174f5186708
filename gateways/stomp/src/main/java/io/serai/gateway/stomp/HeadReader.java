package io.serai.gateway.stomp;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.stomp.StompEncoding.Field;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what comes before a frame's body. Lines end with a line feed, a carriage return before it
 * is left out (1.2 "Augmented BNF"; others write it too). A head that is cut short is looked at
 * from where the last look ended, so that it costs no more to send it byte by byte.
 */
final class HeadReader {
  private static final String SECTION = "STOMP 1.2 STOMP Frames";
  private static final char REPLACEMENT = '\uFFFD';
  private static final byte NUL = 0;

  /** What somebody who has not logged in may make the node hold, besides one line. */
  static final int MAX_CONNECT_BYTES = 64 * 1024;

  /** Longest line that is looked at before it is known to be a command. */
  private static final int MAX_COMMAND_BYTES = 32;

  private final StompOptions options;

  /** Bytes of the head underway that are whole lines, and how many lines that is. */
  private int scannedBytes;

  private int scannedLines;

  HeadReader(StompOptions options) {
    this.options = options;
  }

  /**
   * How long the head at the reader index is, its empty line included; -1 when it is cut short.
   *
   * @param isConnecting whether nobody has logged in yet: then little is held
   * @throws io.serai.gateway.ProtocolException when it can be seen already that it is none
   */
  int length(ByteBuf in, boolean isConnecting) {
    int start = in.readerIndex();
    while (true) {
      int from = start + scannedBytes;
      int feed = in.indexOf(from, in.writerIndex(), (byte) '\n');
      if (feed < 0) {
        checkUnfinished(in, from);
        return -1;
      }
      int end = feed > from && in.getByte(feed - 1) == '\r' ? feed - 1 : feed;
      if (end == from && scannedLines > 0) {
        int length = feed + 1 - start;
        reset();
        return length;
      }
      checkLine(in, from, end);
      scannedLines++;
      scannedBytes = feed + 1 - start;
      if (scannedLines - 1 > options.maxHeaders()) {
        throw StompErrors.limit(
            "the frame has more than %d headers, the listener's %s"
                .formatted(options.maxHeaders(), StompOptions.MAX_HEADERS));
      }
      if (isConnecting && scannedBytes > MAX_CONNECT_BYTES) {
        throw StompErrors.limit(
            "the headers of CONNECT are longer than %d bytes".formatted(MAX_CONNECT_BYTES));
      }
      if (scannedBytes > options.maxFrameBytes()) {
        throw tooLong(options);
      }
    }
  }

  /** The next head starts at the reader index. */
  void reset() {
    scannedBytes = 0;
    scannedLines = 0;
  }

  static ProtocolException tooLong(StompOptions options) {
    return StompErrors.limit(
        "the frame is larger than %d bytes, the listener's %s"
            .formatted(options.maxFrameBytes(), StompOptions.MAX_FRAME_SIZE));
  }

  /** The command is checked at once: whoever speaks another protocol should hear of it. */
  private void checkLine(ByteBuf in, int from, int end) {
    checkLength(end - from);
    if (scannedLines == 0) {
      byte[] line = copy(in, from, Math.min(end - from, MAX_COMMAND_BYTES));
      if (Command.of(line, 0, line.length) == null) {
        throw badCommand(line);
      }
    }
  }

  /** A line whose end has not come: it may be too long already, or never end. */
  private void checkUnfinished(ByteBuf in, int from) {
    int length = in.writerIndex() - from;
    checkLength(length);
    int nul = in.indexOf(from, in.writerIndex(), NUL);
    if (scannedLines == 0 && (nul >= 0 || length > MAX_COMMAND_BYTES)) {
      throw badCommand(copy(in, from, Math.min(nul < 0 ? length : nul - from, MAX_COMMAND_BYTES)));
    }
    if (nul >= 0) {
      throw StompErrors.malformed(
          "a NUL among the headers: an empty line must stand before the body", SECTION);
    }
  }

  private void checkLength(int length) {
    if (length > options.maxHeaderBytes()) {
      throw StompErrors.limit(
          "a header line is longer than %d bytes, the listener's %s"
              .formatted(options.maxHeaderBytes(), StompOptions.MAX_HEADER_SIZE));
    }
  }

  private static ProtocolException badCommand(byte[] line) {
    return StompErrors.of(
        "Bad command",
        "Could not interpret command "
            + StompErrors.quoted(printable(line))
            + ": expected CONNECT, STOMP, SEND, SUBSCRIBE, UNSUBSCRIBE, ACK, NACK, BEGIN, COMMIT,"
            + " ABORT or DISCONNECT",
        SECTION);
  }

  private static String printable(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    for (byte b : bytes) {
      out.append(b >= ' ' && b < 0x7F ? (char) b : '?');
    }
    return out.toString();
  }

  // ---- parsing

  /**
   * The head in these bytes, which {@link #length} has found whole.
   *
   * @param version null before it is negotiated
   */
  static FrameHead parse(byte[] head, @Nullable StompVersion version) {
    int at = lineEnd(head, 0);
    Command command = Command.of(head, 0, contentEnd(head, 0, at));
    if (command == null) {
      throw badCommand(head);
    }
    // CONNECT is never escaped, so that any server can read it (1.2 "Value Encoding").
    StompVersion spoken = version == null || command.connects() ? StompVersion.V1_0 : version;
    boolean trims = version == StompVersion.V1_0;
    List<Field> fields = new ArrayList<>();
    for (int from = at + 1; ; from = at + 1) {
      at = lineEnd(head, from);
      int end = contentEnd(head, from, at);
      if (end == from) {
        break;
      }
      fields.add(field(head, from, end, spoken, trims));
    }
    return new FrameHead(command, List.copyOf(fields));
  }

  private static int lineEnd(byte[] head, int from) {
    int at = from;
    while (head[at] != '\n') {
      at++;
    }
    return at;
  }

  private static int contentEnd(byte[] head, int from, int feed) {
    return feed > from && head[feed - 1] == '\r' ? feed - 1 : feed;
  }

  private static Field field(byte[] head, int from, int end, StompVersion version, boolean trims) {
    int colon = from;
    while (colon < end && head[colon] != ':') {
      colon++;
    }
    if (colon == end) {
      throw StompErrors.malformed(
          "a header line without a colon: "
              + StompErrors.quoted(new String(head, from, end - from, StandardCharsets.UTF_8)),
          SECTION);
    }
    String name = text(head, from, colon);
    String value = text(head, colon + 1, end);
    if (trims) { // 1.0 leaves it open whether spaces around count; its clients write them
      name = name.strip();
      value = value.strip();
    }
    if (name.isEmpty()) {
      throw StompErrors.malformed("a header without a name", SECTION);
    }
    return new Field(HeaderEscapes.read(name, version), HeaderEscapes.read(value, version));
  }

  private static String text(byte[] head, int from, int end) {
    String text = new String(head, from, end - from, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0 && !isUtf8(head, from, end)) {
      throw StompErrors.malformed("a header that is not UTF-8", "STOMP 1.2 Value Encoding");
    }
    if (text.indexOf(NUL) >= 0) {
      throw StompErrors.malformed(
          "a NUL among the headers: an empty line must stand before the body", SECTION);
    }
    return text;
  }

  private static boolean isUtf8(byte[] head, int from, int end) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(head, from, end - from));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    }
  }

  private static byte[] copy(ByteBuf in, int from, int length) {
    byte[] bytes = new byte[length];
    in.getBytes(from, bytes);
    return bytes;
  }
}
