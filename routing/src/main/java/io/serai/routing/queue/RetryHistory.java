package io.serai.routing.queue;

import io.serai.model.Header;
import io.serai.model.Message;
import io.serai.model.Rewrite;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The header {@code x-retry-history}: one table for each time a message came back to a queue that
 * makes it wait, the latest first, with the queue, which attempt it was, when it came back and how
 * long it waits.
 */
final class RetryHistory {
  static final String HEADER = "x-retry-history";

  /** Older attempts are forgotten. */
  static final int MOST = 32;

  private RetryHistory() {}

  /** The message with one more attempt on record. */
  static Message recorded(
      Message message, String queue, int attempt, long nowMillis, long waitMillis) {
    List<Value> attempts = new ArrayList<>();
    attempts.add(
        new Value.MapOf(
            List.of(
                entry("queue", Value.of(queue)),
                entry("attempt", new Value.Long(attempt)),
                entry("time", new Value.Timestamp(nowMillis)),
                entry("delay", new Value.Long(waitMillis)))));
    if (message.headers().first(HEADER) instanceof Value.ListOf(List<Value> before)) {
      attempts.addAll(before.subList(0, Math.min(before.size(), MOST - 1)));
    }
    return message.republished(
        message.address(),
        Rewrite.with(new Header(HEADER, new Value.ListOf(attempts))),
        message.receivedMillis());
  }

  private static Value.Entry entry(String name, Value value) {
    return new Value.Entry(Value.of(name), value);
  }
}
