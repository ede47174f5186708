package io.serai.routing.queue;

import io.serai.model.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The last messages of every exchange that remembers them, in memory only. An exchange is known
 * from when it is declared until it is deleted; what comes for another one is not kept. Bounded by
 * the lengths that exchanges may have and, by bytes, by the memory watermark. Confined to the
 * shard's loop.
 */
final class Histories {
  private record Key(String vhost, String exchange) {}

  private record History(int most, Deque<Message> messages) {}

  private final MemoryAccount memory;
  private final Map<Key, History> histories = new HashMap<>();

  Histories(MemoryAccount memory) {
    this.memory = memory;
  }

  /** An exchange remembers from now on, with nothing yet. */
  void begin(String vhost, String exchange, int most) {
    end(vhost, exchange);
    histories.put(new Key(vhost, exchange), new History(most, new ArrayDeque<>()));
  }

  /** An exchange is gone. */
  void end(String vhost, String exchange) {
    History gone = histories.remove(new Key(vhost, exchange));
    if (gone != null) {
      gone.messages.forEach(memory::drop);
    }
  }

  /** A message came to an exchange; the oldest one it remembers makes room. */
  void add(String vhost, String exchange, Message message) {
    History history = histories.get(new Key(vhost, exchange));
    if (history == null) {
      return;
    }
    if (history.messages.size() == history.most) {
      memory.drop(history.messages.remove());
    }
    memory.take(message, 1);
    history.messages.add(message);
  }

  /** What an exchange remembers and has not expired, oldest first. */
  List<Message> read(String vhost, String exchange, long nowMillis) {
    History history = histories.get(new Key(vhost, exchange));
    if (history == null) {
      return List.of();
    }
    List<Message> current = new ArrayList<>(history.messages.size());
    for (Message message : history.messages) {
      if (message.expiresAtMillis() > nowMillis) {
        current.add(message);
      }
    }
    return current;
  }
}
