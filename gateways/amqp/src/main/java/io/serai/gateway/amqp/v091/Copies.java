package io.serai.gateway.amqp.v091;

import io.serai.bus.TypeNames;
import io.serai.gateway.ProtocolException;
import io.serai.model.Header;
import io.serai.model.Rewrite;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The headers {@code CC} and {@code BCC}: arrays of routing keys that a message is routed by beside
 * its own (RabbitMQ's sender-selected distribution). Whoever gets the message sees {@code CC},
 * never {@code BCC}.
 */
final class Copies {
  static final String CC = "CC";
  private static final String BCC = "BCC";

  /** Different keys a message may have; each is routed like a message of its own. */
  static final int MAX_KEYS = 1_000;

  private static final Rewrite WITHOUT_BCC = new Rewrite(List.of(), Set.of(BCC), false);

  private Copies() {}

  /**
   * The properties to publish: routed by the keys in both headers, each once, and without {@code
   * BCC}.
   *
   * @throws ProtocolException PRECONDITION_FAILED when one of the headers is no array, or there are
   *     more than {@link #MAX_KEYS} keys
   */
  static Amqp091Encoding apply(Amqp091Encoding encoding) {
    Set<Topic> topics = new LinkedHashSet<>(4);
    boolean isBlind = false;
    for (Header header : encoding.headers()) {
      if (header.name().equals(CC)) {
        addKeys(header, topics);
      } else if (header.name().equals(BCC)) {
        addKeys(header, topics);
        isBlind = true;
      }
    }
    Amqp091Encoding shown = isBlind ? HeaderSplice.apply(encoding, WITHOUT_BCC) : encoding;
    return topics.isEmpty() ? shown : shown.routedBy(List.copyOf(topics));
  }

  /** Keys are long strings; anything else in the array is passed over, as in RabbitMQ. */
  private static void addKeys(Header header, Set<Topic> to) {
    if (!(header.value() instanceof Value.ListOf(List<Value> keys))) {
      throw ReplyCode.PRECONDITION_FAILED.because(
          "invalid message: {unacceptable_type_in_header,\"%s\",%s}"
              .formatted(header.name(), TypeNames.of(header.value())));
    }
    for (Value key : keys) {
      if (key instanceof Value.Str(String text)) {
        to.add(Topic.of(text, Spelling.DOT));
      }
      if (to.size() > MAX_KEYS) {
        throw ReplyCode.PRECONDITION_FAILED.because(
            "invalid message: more than " + MAX_KEYS + " routing keys in CC and BCC");
      }
    }
  }
}
