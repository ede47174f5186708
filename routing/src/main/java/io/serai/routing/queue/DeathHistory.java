package io.serai.routing.queue;

import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Rewrite;
import io.serai.model.Spelling;
import io.serai.model.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The history that dead letters carry, as RabbitMQ writes it: {@code x-death} has one table per
 * queue and reason, the latest first, each with how often that happened and what the message looked
 * like the first time; {@code x-first-death-*} and {@code x-last-death-*} name the ends of it.
 */
final class DeathHistory {
  static final String DEATHS = "x-death";
  private static final String FIRST = "x-first-death-";
  private static final String LAST = "x-last-death-";
  private static final String CC = "CC";

  private static final String QUEUE = "queue";
  private static final String REASON = "reason";
  private static final String EXCHANGE = "exchange";
  private static final String COUNT = "count";

  /** One more always fits a long. */
  private static final int MAX_COUNT_BITS = 62;

  private static final String TIME = "time";
  private static final String ROUTING_KEYS = "routing-keys";
  private static final String ORIGINAL_EXPIRATION = "original-expiration";

  private DeathHistory() {}

  /** The dead letter that a message becomes: one more death on record, no expiry of its own. */
  static Message recorded(
      Message message, String queue, DeathReason reason, DeadLetterTarget target, long nowMillis) {
    Headers headers = message.headers();
    List<Value> deaths = deaths(headers);
    List<Header> changed = new ArrayList<>(7);
    changed.add(
        new Header(DEATHS, new Value.ListOf(withDeath(deaths, message, queue, reason, nowMillis))));
    String exchange = message.address().exchange();
    if (headers.first(FIRST + REASON) == null) {
      addEnd(changed, FIRST, queue, reason, exchange);
    }
    addEnd(changed, LAST, queue, reason, exchange);
    return message.republished(
        target.addressFor(message),
        new Rewrite(changed, target.hasRoutingKey() ? Set.of(CC) : Set.of(), true),
        nowMillis);
  }

  private static void addEnd(
      List<Header> to, String prefix, String queue, DeathReason reason, String exchange) {
    to.add(Header.of(prefix + REASON, reason.word()));
    to.add(Header.of(prefix + QUEUE, queue));
    to.add(Header.of(prefix + EXCHANGE, exchange));
  }

  /**
   * The queues a dead letter must not come to: it has been there since a consumer last rejected it,
   * so that it would go round by itself for ever.
   */
  static Set<String> cycle(Message deadLetter) {
    Set<String> queues = new HashSet<>();
    for (Value death : deaths(deadLetter.headers())) {
      if (DeathReason.REJECTED.word().equals(text(death, REASON))) {
        break;
      }
      String queue = text(death, QUEUE);
      if (queue != null) {
        queues.add(queue);
      }
    }
    return queues;
  }

  /** What is no list was put there by a publisher and is not a history. */
  private static List<Value> deaths(Headers headers) {
    return headers.first(DEATHS) instanceof Value.ListOf(List<Value> deaths) ? deaths : List.of();
  }

  private static List<Value> withDeath(
      List<Value> before, Message message, String queue, DeathReason reason, long nowMillis) {
    List<Value> after = new ArrayList<>(before.size() + 1);
    Value known = null;
    for (Value death : before) {
      if (known == null
          && queue.equals(text(death, QUEUE))
          && reason.word().equals(text(death, REASON))) {
        known = death;
      } else {
        after.add(death);
      }
    }
    after.addFirst(
        known instanceof Value.MapOf(List<Value.Entry> entries)
            ? again(entries)
            : first(message, queue, reason, nowMillis));
    return after;
  }

  private static Value first(Message message, String queue, DeathReason reason, long nowMillis) {
    List<Value.Entry> entries = new ArrayList<>(7);
    entries.add(entry(COUNT, new Value.Long(1)));
    entries.add(entry(REASON, Value.of(reason.word())));
    entries.add(entry(QUEUE, Value.of(queue)));
    entries.add(entry(TIME, new Value.Timestamp(nowMillis)));
    entries.add(entry(EXCHANGE, Value.of(message.address().exchange())));
    entries.add(entry(ROUTING_KEYS, new Value.ListOf(routingKeys(message))));
    long expiry = message.encoding().expiryMillis();
    if (expiry >= 0) {
      entries.add(entry(ORIGINAL_EXPIRATION, Value.of(Long.toString(expiry))));
    }
    return new Value.MapOf(entries);
  }

  /** The same death once more: everything but the count stays as it was the first time. */
  private static Value again(List<Value.Entry> entries) {
    List<Value.Entry> counted = new ArrayList<>(entries.size());
    long count = 1;
    for (Value.Entry entry : entries) {
      if (isNamed(entry, COUNT)) {
        BigInteger known = entry.value().wholeNumber(); // clients write their own widths
        count = known == null || known.bitLength() > MAX_COUNT_BITS ? 1 : known.longValue() + 1;
      } else {
        counted.add(entry);
      }
    }
    counted.addFirst(entry(COUNT, new Value.Long(count)));
    return new Value.MapOf(counted);
  }

  private static List<Value> routingKeys(Message message) {
    List<Value> keys = new ArrayList<>(1);
    keys.add(Value.of(message.topic().spelled(Spelling.DOT)));
    if (message.headers().first(CC) instanceof Value.ListOf(List<Value> copies)) {
      keys.addAll(copies);
    }
    return keys;
  }

  private static @Nullable String text(Value death, String name) {
    if (death instanceof Value.MapOf(List<Value.Entry> entries)) {
      for (Value.Entry entry : entries) {
        if (isNamed(entry, name) && entry.value() instanceof Value.Str(String text)) {
          return text;
        }
      }
    }
    return null;
  }

  private static boolean isNamed(Value.Entry entry, String name) {
    return entry.key() instanceof Value.Str(String key) && key.equals(name);
  }

  private static Value.Entry entry(String name, Value value) {
    return new Value.Entry(Value.of(name), value);
  }
}
