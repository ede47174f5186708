package io.serai.routing.queue;

import io.serai.bus.RepeatWindow;
import io.serai.model.Message;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a queue was given lately, so that a message which its publisher sends again is known: by the
 * queue's own window and by those of the exchanges it comes through. Holds at most as many keys as
 * each window says. Confined to the shard's loop.
 */
final class RepeatFilter {
  /** The header of the community's plugin. */
  private static final String PLUGIN_HEADER = "x-deduplication-header";

  /** Longer keys are remembered by their hash. */
  private static final int MAX_KEY_CHARS = 128;

  /** The queue's own window, or null. */
  private @Nullable RepeatWindow own;

  /** By window, so that one with other bounds starts afresh. Few: one for each such exchange. */
  private final Map<RepeatWindow, Seen> seen = new HashMap<>();

  RepeatFilter(@Nullable RepeatWindow own) {
    this.own = own;
  }

  /** The queue's own window is another one now. */
  void use(@Nullable RepeatWindow window) {
    if (own != null && !own.equals(window)) {
      seen.remove(own);
    }
    own = window;
  }

  /** Whether the message was here before. */
  boolean knows(Message message, @Nullable RepeatWindow ofExchange, long nowMillis) {
    return knows(message, nowMillis, own) || knows(message, nowMillis, ofExchange);
  }

  private boolean knows(Message message, long nowMillis, @Nullable RepeatWindow window) {
    if (window == null) {
      return false;
    }
    Seen known = seen.get(window);
    String key = known == null ? null : key(message, window);
    return key != null && known != null && known.holds(key, window, nowMillis);
  }

  /** The queue has taken the message. */
  void remember(Message message, @Nullable RepeatWindow ofExchange, long nowMillis) {
    remember(message, nowMillis, own);
    remember(message, nowMillis, ofExchange);
  }

  private void remember(Message message, long nowMillis, @Nullable RepeatWindow window) {
    if (window == null) {
      return;
    }
    String key = key(message, window);
    if (key != null) {
      seenIn(window).add(key, window, nowMillis);
    }
  }

  /** What came by a window; one that takes the place of another of its exchange starts afresh. */
  private Seen seenIn(RepeatWindow window) {
    Seen known = seen.get(window);
    if (known == null) {
      seen.keySet().removeIf(other -> other.scope().equals(window.scope()));
      known = new Seen();
      seen.put(window, known);
    }
    return known;
  }

  /** Windows that something came by, for tests. */
  int windowCount() {
    return seen.size();
  }

  /** What tells the message apart, or null when it says nothing about that. */
  private static @Nullable String key(Message message, RepeatWindow window) {
    String header = window.header();
    Value value = message.headers().first(header == null ? PLUGIN_HEADER : header);
    if (value == null && header == null) {
      value = message.properties().messageId();
    }
    if (value == null) {
      return null;
    }
    String text = value.asText();
    return text.length() <= MAX_KEY_CHARS ? text : hash(text);
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return new String(digest, StandardCharsets.ISO_8859_1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Keys by when they came, the oldest first. */
  private static final class Seen {
    private final LinkedHashMap<String, Long> cameAt = new LinkedHashMap<>();

    boolean holds(String key, RepeatWindow window, long nowMillis) {
      forget(window, nowMillis);
      return cameAt.containsKey(key);
    }

    void add(String key, RepeatWindow window, long nowMillis) {
      cameAt.putIfAbsent(key, nowMillis);
      forget(window, nowMillis);
    }

    private void forget(RepeatWindow window, long nowMillis) {
      Iterator<Long> oldest = cameAt.values().iterator();
      while (oldest.hasNext()
          && (oldest.next() <= nowMillis - window.maxMillis()
              || cameAt.size() > window.maxKeys())) {
        oldest.remove();
      }
    }
  }
}
