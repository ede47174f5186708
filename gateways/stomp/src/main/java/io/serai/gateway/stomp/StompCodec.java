package io.serai.gateway.stomp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.gateway.Codec;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.gateway.stomp.StompFrame.ClientFrame;
import io.serai.gateway.stomp.StompFrame.Heartbeat;
import io.serai.gateway.stomp.StompFrame.Messages;
import io.serai.gateway.stomp.StompFrame.Nothing;
import io.serai.gateway.stomp.StompFrame.ServerFrame;
import io.serai.model.Body;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * STOMP 1.0 to 1.2. The session says which version holds once it is negotiated; until then nothing
 * but CONNECT is read. A publisher mostly sends the same headers again, so the head of the last
 * SEND is kept and a frame that starts with the same bytes needs no parsing.
 */
final class StompCodec implements Codec<StompFrame> {
  private static final byte NUL = 0;

  private final StompOptions options;
  private final HeadReader heads;
  private final MessageWriter messages = new MessageWriter();
  private @Nullable StompVersion version;

  /** The head of the last SEND as it came; at most a frame's headers. */
  private ByteBuf lastBytes = Unpooled.EMPTY_BUFFER;

  private @Nullable FrameHead lastSend;

  // ---- the frame underway: its head is read, its body is not whole

  private @Nullable FrameHead underway;

  /** What has come of its body; bounded by {@link #bodyLimit}. */
  private Body.Builder body = new Body.Builder();

  StompCodec(StompOptions options) {
    this.options = options;
    this.heads = new HeadReader(options);
  }

  /** The version from now on. */
  void speak(StompVersion negotiated) {
    version = negotiated;
    messages.speak(negotiated);
  }

  /** What the frame that could not be read wanted as receipt, as far as that is known. */
  @Nullable String receiptUnderway() {
    FrameHead head = underway;
    return head == null ? null : head.first("receipt");
  }

  // ---- reading

  @Override
  public @Nullable StompFrame decode(ByteBuf in) {
    FrameHead head = underway;
    if (head != null) {
      return in.isReadable() ? body(head, in) : null;
    }
    if (skipLineEnds(in)) {
      return Nothing.NOTHING;
    }
    if (!in.isReadable()) {
      return null;
    }
    FrameHead known = lastSend;
    int length = lastBytes.readableBytes();
    if (known != null
        && in.readableBytes() > length
        && ByteBufUtil.equals(in, in.readerIndex(), lastBytes, 0, length)) {
      heads.reset(); // an earlier look may have found it cut short
      in.skipBytes(length);
      return body(known, in);
    }
    return head(in);
  }

  /** Line ends between frames: heart-beats, and what clients write after a frame's NUL. */
  private static boolean skipLineEnds(ByteBuf in) {
    int at = in.readerIndex();
    while (at < in.writerIndex() && (in.getByte(at) == '\n' || in.getByte(at) == '\r')) {
      at++;
    }
    boolean isAny = at > in.readerIndex();
    in.readerIndex(at);
    return isAny;
  }

  private @Nullable StompFrame head(ByteBuf in) {
    int length = heads.length(in, version == null);
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    FrameHead head = HeadReader.parse(bytes, version);
    underway = head;
    if (version == null && !head.command().connects()) {
      throw StompErrors.of(
          "Illegal command",
          "You must log in using CONNECT first, not " + head.command(),
          "STOMP 1.2 Connecting");
    }
    if (head.command() == Command.SEND && head.first("receipt") == null) {
      lastSend = head;
      lastBytes = Unpooled.wrappedBuffer(bytes);
    }
    checkLength(head, length);
    return body(head, in);
  }

  private void checkLength(FrameHead head, int headBytes) {
    if (head.contentLength() > bodyLimit(head)) {
      throw tooLarge(head, head.contentLength());
    }
    if (headBytes + Math.max(0, head.contentLength()) > options.maxFrameBytes()) {
      throw HeadReader.tooLong(options);
    }
  }

  private long bodyLimit(FrameHead head) {
    return head.command() == Command.SEND ? options.maxMessageBytes() : options.maxHeaderBytes();
  }

  private ProtocolException tooLarge(FrameHead head, long bytes) {
    return StompErrors.limit(
        "the body of %s has %s bytes, more than %d, the listener's %s"
            .formatted(
                head.command(),
                head.contentLength() < 0 ? bytes + " or more" : bytes,
                bodyLimit(head),
                head.command() == Command.SEND
                    ? StompOptions.MAX_MESSAGE_SIZE
                    : StompOptions.MAX_HEADER_SIZE));
  }

  // ---- bodies

  private StompFrame body(FrameHead head, ByteBuf in) {
    long announced = head.contentLength();
    int nul = announced < 0 ? in.indexOf(in.readerIndex(), in.writerIndex(), NUL) : -1;
    if (announced < 0 && nul < 0) {
      return part(head, in, in.readableBytes());
    }
    long left = (announced < 0 ? nul - in.readerIndex() : announced - body.length());
    if (left >= in.readableBytes()) {
      return part(head, in, in.readableBytes());
    }
    return whole(head, in, (int) left);
  }

  /** Takes in what has come of the body, so that it need not wait in the read buffer. */
  private StompFrame part(FrameHead head, ByteBuf in, int bytes) {
    if (underway == null || body.length() == 0) {
      underway = head;
      body = head.contentLength() < 0 ? new Body.Builder() : new Body.Builder(head.contentLength());
    }
    if ((long) body.length() + bytes > bodyLimit(head)) {
      throw tooLarge(head, (long) body.length() + bytes);
    }
    body.append(in, in.readerIndex(), bytes);
    in.skipBytes(bytes);
    return Nothing.NOTHING;
  }

  private StompFrame whole(FrameHead head, ByteBuf in, int bytes) {
    int at = in.readerIndex();
    if (in.getByte(at + bytes) != NUL) {
      underway = head;
      throw StompErrors.malformed(
          "content-length is %d, but no NUL follows that many bytes"
              .formatted(head.contentLength()),
          "STOMP 1.2 Header content-length");
    }
    if ((long) body.length() + bytes > bodyLimit(head)) {
      underway = head;
      throw tooLarge(head, (long) body.length() + bytes);
    }
    Body read;
    if (body.length() == 0) {
      read = Body.copyOf(in, at, bytes);
    } else {
      body.append(in, at, bytes);
      read = body.build();
      body = new Body.Builder();
    }
    underway = null;
    in.skipBytes(bytes + 1);
    return new ClientFrame(head, read);
  }

  // ---- writing

  @Override
  public void encode(StompFrame frame, ByteBuf out) {
    switch (frame) {
      case Messages run -> messages.write(run, out);
      case Heartbeat _ -> out.writeByte('\n');
      case ServerFrame server -> encode(server, out);
      case ClientFrame _, Nothing _ ->
          throw new IllegalArgumentException("a server never sends " + frame);
    }
  }

  private void encode(ServerFrame frame, ByteBuf out) {
    // An ERROR before any version holds is read by clients of all of them.
    StompVersion spoken =
        version == null || frame.command().equals("CONNECTED") ? StompVersion.V1_0 : version;
    StringBuilder head = new StringBuilder(frame.command()).append('\n');
    for (Field field : frame.fields()) {
      head.append(HeaderEscapes.name(field.name(), spoken))
          .append(':')
          .append(HeaderEscapes.value(field.value(), spoken))
          .append('\n');
    }
    out.writeCharSequence(head.append('\n'), StandardCharsets.UTF_8);
    frame.body().writeTo(out);
    out.writeByte(NUL);
  }
}
