package io.serai.gateway.amqp.v091;

import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.gateway.ProtocolException;
import io.serai.model.Value;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of basic.consume that say how a stream is read, while they are being read: those of
 * RabbitMQ, and the name under which the consumer's place is kept. Consumers of other queues may
 * send them without effect.
 */
final class StreamArguments {
  private static final String OFFSET = "x-stream-offset";
  private static final String FILTER = "x-stream-filter";
  private static final String MATCH_UNFILTERED = "x-stream-match-unfiltered";

  /** What RabbitMQ calls it in its stream protocol. */
  private static final String NAME = "x-stream-consumer-name";

  private static final String SINGLE_ACTIVE = "x-single-active-consumer";
  private static final int MAX_NAME_CHARS = 255;

  private StreamOffset from = StreamOffset.NEXT;
  private Set<String> filter = Set.of();
  private boolean takesUnfiltered;
  private String consumerName = "";
  private boolean takesTurns;

  /**
   * Takes an argument, if it is one of these.
   *
   * @throws ProtocolException PRECONDITION_FAILED for an offset or a name that is none
   */
  void take(String name, Value value, String vhost, String queue) {
    switch (name) {
      case OFFSET -> {
        StreamOffset offset = offset(value);
        if (offset == null) {
          throw ReplyCode.PRECONDITION_FAILED.because(
              "failed consuming from stream queue '%s' in vhost '%s': %s"
                  .formatted(
                      queue,
                      vhost,
                      value instanceof Value.Str // what is no word is taken for a time
                          ? "invalid_max_age"
                          : "{invalid_offset_arg," + value.asText() + "}"));
        }
        from = offset;
      }
      case FILTER -> filter = texts(value);
      case MATCH_UNFILTERED -> takesUnfiltered = value.equals(new Value.Bool(true));
      case NAME -> {
        if (!(value instanceof Value.Str(String text)) || text.length() > MAX_NAME_CHARS) {
          throw ReplyCode.PRECONDITION_FAILED.because(
              "invalid arg '%s' for queue '%s' in vhost '%s': \"expected a text of at most %d characters\""
                  .formatted(NAME, queue, vhost, MAX_NAME_CHARS));
        }
        consumerName = text;
      }
      case SINGLE_ACTIVE -> takesTurns = value.equals(new Value.Bool(true));
      default -> {}
    }
  }

  private static @Nullable StreamOffset offset(Value value) {
    return switch (value) {
      case Value.Str(String text) -> StreamOffset.parse(text);
      case Value.Timestamp(long epochMillis) -> new StreamOffset.Since(epochMillis);
      default -> at(value.wholeNumber());
    };
  }

  private static @Nullable StreamOffset at(@Nullable BigInteger number) {
    return number == null || number.signum() < 0 || number.bitLength() >= Long.SIZE
        ? null
        : new StreamOffset.At(number.longValue());
  }

  /** One text or a list of them; what is no text in it does not count, as in RabbitMQ. */
  private static Set<String> texts(Value value) {
    List<Value> all =
        switch (value) {
          case Value.Str _ -> List.of(value);
          case Value.ListOf(List<Value> items) -> items;
          case Value.ArrayOf(List<Value> items) -> items;
          default -> List.of();
        };
    return all.stream()
        .filter(Value.Str.class::isInstance)
        .map(Value::asText)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * What they come to.
   *
   * @param prefetch how many deliveries the consumer may have unsettled, 0 for no limit
   */
  StreamRead read(int prefetch) {
    return new StreamRead(
        from,
        filter,
        filter.isEmpty() || takesUnfiltered,
        prefetch,
        consumerName,
        takesTurns && !consumerName.isEmpty());
  }
}
