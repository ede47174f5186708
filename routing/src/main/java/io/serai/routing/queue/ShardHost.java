package io.serai.routing.queue;

import io.serai.bus.Caller;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Message;
import java.util.function.Consumer;

/** What a shard needs from the loop it lives on. */
public interface ShardHost {
  /** Sends an event to a session of any loop. */
  void send(SessionEvent event);

  /** Makes sure the shard's turn end runs. */
  void wake();

  /** The time, milliseconds since 1970, constant during one turn. */
  long nowMillis();

  /**
   * Publishes a message on somebody's behalf (a will), with {@link io.serai.bus.Publisher} flags.
   */
  void publish(Caller as, Message message, int flags);

  /**
   * Routes a message that was held here, a dead letter mostly, and appends it wherever it leads.
   *
   * @param answer told once, on this loop, perhaps at once
   */
  void deadLetter(DeadLetter letter, Consumer<LetterFate> answer);

  /** Asks the topology owner to delete a queue: auto-delete, expiry, end of its session. */
  void deleteQueue(String vhost, String name);

  /**
   * As {@link #deleteQueue(String, String)} for this incarnation only: a queue declared anew under
   * the same name stays.
   */
  void deleteQueue(QueueRef queue);

  /**
   * As {@link #deleteQueue(String, String)}, and runs {@code whenGone} on this loop once no queue
   * has that name any more.
   */
  void deleteQueue(String vhost, String name, Runnable whenGone);

  /**
   * Something of the shard has failed through our fault. It is logged, and whatever else the loop
   * has to do goes on.
   *
   * @param what was being done
   */
  void failed(String what, RuntimeException why);

  /** Runs {@code task} on this loop after about {@code delayMillis}. */
  void schedule(long delayMillis, Runnable task);

  /** Number of state loops of the node. */
  default int loops() {
    return 1;
  }
}
