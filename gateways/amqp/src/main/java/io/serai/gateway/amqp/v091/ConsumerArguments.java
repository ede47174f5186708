package io.serai.gateway.amqp.v091;

import io.serai.bus.ConsumerView;
import io.serai.bus.TypeNames;
import io.serai.gateway.ProtocolException;
import io.serai.model.Value;
import java.math.BigInteger;

/**
 * The arguments of basic.consume. Those that nobody knows are taken and mean nothing, as in
 * RabbitMQ.
 *
 * @param priority {@code x-priority}, higher first; 0 unless asked for
 * @param view {@code x-selector} and {@code x-browse}
 * @param stream how a stream is read
 */
record ConsumerArguments(int priority, ConsumerView view, StreamArguments stream) {
  private static final String PRIORITY = "x-priority";
  private static final BigInteger LOWEST_PRIORITY = BigInteger.valueOf(Integer.MIN_VALUE);
  private static final BigInteger HIGHEST_PRIORITY = BigInteger.valueOf(Integer.MAX_VALUE);
  private static final String SELECTOR = "x-selector";
  private static final String BROWSE = "x-browse";

  /** What Qpid Broker-J calls a selector. */
  private static final String QPID_SELECTOR = "x-filter-jms-selector";

  /**
   * Reads the arguments of a consumer of {@code queue}.
   *
   * @throws ProtocolException PRECONDITION_FAILED for a value of the wrong type
   */
  static ConsumerArguments read(Value.MapOf arguments, String vhost, String queue) {
    int priority = 0;
    String selector = "";
    ConsumerView.Mode mode = ConsumerView.Mode.TAKE;
    StreamArguments stream = new StreamArguments();
    for (Value.Entry entry : arguments.entries()) {
      String name = entry.key().asText();
      switch (name) {
        case PRIORITY -> priority = priority(entry.value(), vhost, queue);
        case SELECTOR, QPID_SELECTOR -> {
          if (!(entry.value() instanceof Value.Str(String text))) {
            throw invalid(
                name, vhost, queue, "\"expected text, got " + TypeNames.of(entry.value()) + "\"");
          }
          selector = text;
        }
        case BROWSE -> mode = mode(entry.value(), vhost, queue);
        default -> stream.take(name, entry.value(), vhost, queue);
      }
    }
    return new ConsumerArguments(
        priority,
        selector.isBlank() && mode == ConsumerView.Mode.TAKE
            ? ConsumerView.ALL
            : new ConsumerView(selector, ConsumerView.Syntax.JMS, mode),
        stream);
  }

  private static int priority(Value value, String vhost, String queue) {
    BigInteger priority = value.wholeNumber();
    if (priority == null) {
      throw invalid(
          PRIORITY, vhost, queue, "\"expected integer, got " + TypeNames.of(value) + "\"");
    }
    return priority.min(HIGHEST_PRIORITY).max(LOWEST_PRIORITY).intValue();
  }

  private static ConsumerView.Mode mode(Value value, String vhost, String queue) {
    return switch (value) {
      case Value.Bool(boolean isBrowsing) ->
          isBrowsing ? ConsumerView.Mode.BROWSE : ConsumerView.Mode.TAKE;
      case Value.Str(String word) when word.equals("follow") -> ConsumerView.Mode.FOLLOW;
      default ->
          throw invalid(
              BROWSE,
              vhost,
              queue,
              "\"expected true, false or 'follow', got " + TypeNames.of(value) + "\"");
    };
  }

  private static ProtocolException invalid(String name, String vhost, String queue, String why) {
    return ReplyCode.PRECONDITION_FAILED.because(
        "invalid arg '%s' for queue '%s' in vhost '%s': %s".formatted(name, queue, vhost, why));
  }
}
