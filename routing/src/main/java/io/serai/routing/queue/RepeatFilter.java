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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a queue was given lately, so that a message which its publisher sends again is known: by the
 * queue's own window and by those of the exchanges it comes through. Holds at most as many keys as
 * each window says, which count as memory of messages. Confined to the shard's loop.
 */
final class RepeatFilter {
  /** The header of the community's plugin. */
  private static final String PLUGIN_HEADER = "x-deduplication-header";

  /** Longer keys are remembered by their hash. */
  private static final int MAX_KEY_CHARS = 128;

  /** Heap bytes of a key beside its characters: a map's entry, a string and a time. */
  private static final int KEY_BYTES = 120;

  private final MemoryAccount memory;

  /** The queue's own window, or null. */
  private @Nullable RepeatWindow own;

  /** By window, so that one with other bounds starts afresh. Few: one for each such exchange. */
  private final Map<RepeatWindow, Seen> seen = new HashMap<>();

  RepeatFilter(@Nullable RepeatWindow own, MemoryAccount memory) {
    this.own = own;
    this.memory = memory;
  }

  /** The queue's own window is another one now. */
  void use(@Nullable RepeatWindow window) {
    if (own != null && !own.equals(window)) {
      forget(own);
    }
    own = window;
  }

  /** Nothing was here before. */
  void clear() {
    List.copyOf(seen.keySet()).forEach(this::forget);
  }

  private void forget(RepeatWindow window) {
    Seen known = seen.remove(window);
    if (known != null) {
      known.clear();
    }
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
      for (RepeatWindow other : List.copyOf(seen.keySet())) {
        if (other.scope().equals(window.scope())) {
          forget(other);
        }
      }
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
  private final class Seen {
    /** Keys of the past that one message makes room of, so that none pays for a long silence. */
    private static final int FORGOTTEN_AT_ONCE = 32;

    private final LinkedHashMap<String, Long> cameAt = new LinkedHashMap<>();
    private long bytes;

    boolean holds(String key, RepeatWindow window, long nowMillis) {
      Long at = cameAt.get(key);
      return at != null && at > nowMillis - window.maxMillis();
    }

    void add(String key, RepeatWindow window, long nowMillis) {
      if (holds(key, window, nowMillis)) {
        return;
      }
      if (cameAt.remove(key) == null) {
        count(bytesOf(key));
      }
      cameAt.put(key, nowMillis);
      forget(window, nowMillis);
    }

    private void forget(RepeatWindow window, long nowMillis) {
      Iterator<Map.Entry<String, Long>> oldest = cameAt.entrySet().iterator();
      for (int n = 0; n < FORGOTTEN_AT_ONCE && oldest.hasNext(); n++) {
        Map.Entry<String, Long> next = oldest.next();
        if (next.getValue() > nowMillis - window.maxMillis() && cameAt.size() <= window.maxKeys()) {
          break;
        }
        count(-bytesOf(next.getKey()));
        oldest.remove();
      }
    }

    void clear() {
      count(-bytes);
    }

    private void count(long more) {
      bytes += more;
      memory.add(more);
    }

    private static long bytesOf(String key) {
      return KEY_BYTES + 2L * key.length();
    }
  }
}
