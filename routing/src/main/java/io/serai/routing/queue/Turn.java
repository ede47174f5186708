package io.serai.routing.queue;

import io.serai.bus.Counter;
import io.serai.bus.Counters;
import io.serai.bus.Delivery;
import io.serai.bus.SessionEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one shard collects while its loop turns and hands over when the turn ends: one Deliver event
 * per session, then what has to come after deliveries. Queues with messages and credit to match
 * take turns of {@link #SLICE} deliveries until {@link #BUDGET} is used up; the rest waits for the
 * next turn, so that neither a queue nor a socket of the loop starves.
 */
final class Turn {
  /** Deliveries that one queue makes before the next queue's turn. */
  static final int SLICE = 256;

  /** Deliveries out of backlog that one turn makes at most. */
  static final int BUDGET = 8 * 1024;

  /** Messages that one turn handles at most for what nobody waits for. */
  static final int CHORE_BUDGET = 16 * 1024;

  private final ShardHost host;
  private final Counters counters;

  /** Queues that may have something to deliver, each at most once. */
  private final ArrayDeque<ShardQueue> woken = new ArrayDeque<>();

  /** Sessions with deliveries to send, each at most once. */
  private final List<ShardSession> receivers = new ArrayList<>();

  /** Events that follow the deliveries. */
  private final List<SessionEvent> notices = new ArrayList<>();

  private final Consumer<SessionEvent> notice = notices::add;

  /** What is done piece by piece, turn after turn. */
  private final ArrayDeque<Chore> chores = new ArrayDeque<>();

  /** Queues with marks to write, each at most once. */
  private final List<DeliveryNotes> notes = new ArrayList<>(0);

  /** While the turn ends nobody has to ask for that. */
  private boolean isEnding;

  Turn(ShardHost host, Counters counters) {
    this.host = host;
    this.counters = counters;
  }

  /** The queue looks for something to deliver when the turn ends. */
  void wake(ShardQueue queue) {
    if (!queue.isWoken) {
      queue.isWoken = true;
      woken.add(queue);
      askForEnd();
    }
  }

  /** Adds to what the session gets when the turn ends. */
  void deliver(ShardSession session, Delivery delivery) {
    if (session.deliver(delivery)) {
      receivers.add(session);
      askForEnd();
    }
  }

  /** Sends what the session gets so far, so that something else can follow it. */
  void flush(ShardSession session) {
    List<Delivery> deliveries = session.takeOutgoing();
    if (!deliveries.isEmpty()) {
      counters.add(Counter.DELIVERIES, deliveries.size());
      host.send(new SessionEvent.Deliver(session.ref, deliveries));
    }
  }

  /** Adds what has to follow the turn's deliveries. */
  void tell(SessionEvent event) {
    notices.add(event);
    askForEnd();
  }

  /** Does this over the next turns. */
  void add(Chore chore) {
    chores.add(chore);
    askForEnd();
  }

  /** A durable queue has something to say to the store when the turn's deliveries are made. */
  void note(DeliveryNotes ofQueue) {
    notes.add(ofQueue);
    askForEnd();
  }

  /** Makes deliveries within the budget and hands over. */
  void end() {
    isEnding = true;
    try {
      dispatch();
      handOver();
      writeNotes();
      doChores();
    } finally {
      isEnding = false;
    }
    if (!woken.isEmpty() || !chores.isEmpty()) {
      host.wake();
    }
  }

  private void dispatch() {
    int left = BUDGET;
    for (ShardQueue queue; left > 0 && (queue = woken.poll()) != null; ) {
      left -= dispatch(queue, Math.min(left, SLICE));
    }
  }

  /** One that fails is woken again like any other, and the others have their turn. */
  private int dispatch(ShardQueue queue, int most) {
    try {
      int handled = queue.dispatch(most);
      if (queue.canDeliver()) {
        woken.add(queue);
      } else {
        queue.isWoken = false;
        queue.finishDispatch(notice);
      }
      return handled;
    } catch (RuntimeException e) {
      queue.isWoken = false;
      host.failed("delivering from " + QueueArguments.named(queue.ref), e);
      return 1;
    }
  }

  private void handOver() {
    for (int i = 0; i < receivers.size(); i++) {
      flush(receivers.get(i));
    }
    receivers.clear();
    for (int i = 0; i < notices.size(); i++) {
      host.send(notices.get(i));
    }
    notices.clear();
  }

  private void writeNotes() {
    for (int i = 0; i < notes.size(); i++) {
      try {
        notes.get(i).write();
      } catch (RuntimeException e) {
        host.failed("noting deliveries", e);
      }
    }
    notes.clear();
  }

  private void askForEnd() {
    if (!isEnding) {
      host.wake();
    }
  }

  private void doChores() {
    int left = CHORE_BUDGET;
    for (Chore next; left > 0 && (next = chores.poll()) != null; ) {
      left -= doSome(next, left);
    }
  }

  /** One that fails is given up. */
  private int doSome(Chore chore, int most) {
    try {
      int handled = chore.doSome(most);
      if (!chore.isDone()) {
        chores.addFirst(chore);
      }
      return handled;
    } catch (RuntimeException e) {
      host.failed("a chore", e);
      return 1;
    }
  }
}
