package io.serai.gateway.stomp;

import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The headers of SUBSCRIBE that say how a stream is read, with RabbitMQ's names. */
final class StreamHeaders {
  private static final String OFFSET = "x-stream-offset";
  private static final String SINGLE_ACTIVE = "x-single-active-consumer";
  private static final String TYPE = "x-queue-type";

  private StreamHeaders() {}

  /**
   * How the subscription reads its queue if that is a stream.
   *
   * @param prefetch how many messages may be unacknowledged, 0 for no limit
   * @throws io.serai.gateway.ProtocolException when the offset is none
   */
  static StreamRead read(FrameHead head, AckMode ackMode, int prefetch) {
    String offset = head.first(OFFSET);
    StreamOffset from = offset == null ? StreamOffset.NEXT : StreamOffset.parse(offset.strip());
    if (from == null) {
      throw QueueHeaders.invalid(
          new Field(OFFSET, String.valueOf(offset)),
          "first, last, next, offset=n, timestamp=n in seconds or a time such as 1h");
    }
    String filter = head.first("x-stream-filter");
    Set<String> values = filter == null ? Set.of() : Set.copyOf(List.of(filter.split(",", -1)));
    String name = head.first("x-stream-consumer-name");
    return new StreamRead(
        from,
        values,
        values.isEmpty() || QueueHeaders.flag(head, "x-stream-match-unfiltered", false),
        ackMode == AckMode.AUTO ? StreamRead.BOUNDED : prefetch,
        name == null ? "" : name,
        name != null && QueueHeaders.flag(head, SINGLE_ACTIVE, false));
  }

  /** The arguments of a stream that is declared by using it. */
  static Value.MapOf arguments(FrameHead head) {
    List<Value.Entry> entries = new ArrayList<>();
    entries.add(new Value.Entry(Value.of(TYPE), Value.of("stream")));
    for (Value.Entry entry : QueueHeaders.arguments(head).entries()) {
      String name = entry.key().asText();
      if (!name.equals(TYPE) && !name.equals(SINGLE_ACTIVE)) { // that is the consumer's here
        entries.add(entry);
      }
    }
    return new Value.MapOf(entries);
  }
}
