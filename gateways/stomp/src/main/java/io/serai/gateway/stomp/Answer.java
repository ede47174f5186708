package io.serai.gateway.stomp;

import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.gateway.stomp.StompFrame.ServerFrame;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants to hear about one of its frames.
 *
 * @param receipt the {@code receipt} header, or null when it wants no RECEIPT
 * @param keeps whether the connection outlives an error of this frame ({@code on-error:keep})
 */
record Answer(@Nullable String receipt, boolean keeps) {
  /** Nothing, and every error closes. */
  static final Answer NONE = new Answer(null, false);

  private static final Answer KEEPING = new Answer(null, true);

  /** What {@code head} asks for, on a connection that keeps on errors or does not. */
  static Answer to(FrameHead head, boolean connectionKeeps) {
    String receipt = head.first("receipt");
    boolean keeps = connectionKeeps || "keep".equals(head.first("on-error"));
    if (receipt == null) {
      return keeps ? KEEPING : NONE;
    }
    return new Answer(receipt, keeps);
  }

  /** The frame has been dealt with. */
  void done(Effects<StompFrame> out) {
    if (receipt != null) {
      out.send(new ServerFrame("RECEIPT", List.of(new Field("receipt-id", receipt)), Body.EMPTY));
    }
  }

  /** The ERROR frame of this frame's failure. */
  ServerFrame error(ProtocolException error, Field... more) {
    return error(StompErrors.message(error), StompErrors.detail(error), more);
  }

  /** An ERROR frame. */
  ServerFrame error(String message, String detail, Field... more) {
    Body body = Body.ofUtf8(detail);
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("message", message));
    if (receipt != null) {
      fields.add(new Field("receipt-id", receipt));
    }
    fields.addAll(List.of(more));
    fields.add(new Field("content-type", "text/plain"));
    fields.add(new Field("content-length", Integer.toString(body.length())));
    return new ServerFrame("ERROR", fields, body);
  }
}
