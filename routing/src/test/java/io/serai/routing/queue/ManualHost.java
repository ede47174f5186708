package io.serai.routing.queue;

import io.serai.bus.Caller;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** A loop that does nothing by itself: time stands until a test moves it, what is sent is kept. */
final class ManualHost implements ShardHost {
  private record Timer(long atMillis, long order, Runnable task) {}

  record Letter(DeadLetter letter, Consumer<LetterFate> answer) {}

  record Published(Caller as, Message message, int flags) {}

  final List<SessionEvent> events = new ArrayList<>();
  final List<Published> published = new ArrayList<>();

  /** Dead letters that nobody has answered for yet, in order. */
  final List<Letter> deadLetters = new ArrayList<>();

  /** Whether dead letters are refused at once, as those for an exchange that does not exist. */
  boolean isDeadLetterRefused;

  final List<String> deletedNames = new ArrayList<>();
  final List<QueueRef> deletedQueues = new ArrayList<>();

  /** What has failed through our fault. */
  final List<RuntimeException> failures = new ArrayList<>();

  /** Deletions that wait for {@link #finishDeletions}. */
  final List<Runnable> deletions = new ArrayList<>();

  boolean isWoken;

  /** What the loop has to do, in order. */
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

  private long nowMillis = 1_000_000;
  private long timersSet;
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(
          Comparator.comparingLong(Timer::atMillis).thenComparingLong(Timer::order));

  @Override
  public void send(SessionEvent event) {
    events.add(event);
  }

  @Override
  public void wake() {
    isWoken = true;
  }

  @Override
  public long nowMillis() {
    return nowMillis;
  }

  @Override
  public void publish(Caller as, Message message, int flags) {
    published.add(new Published(as, message, flags));
  }

  @Override
  public void deadLetter(DeadLetter letter, Consumer<LetterFate> answer) {
    deadLetters.add(new Letter(letter, answer));
    if (isDeadLetterRefused) {
      answer.accept(LetterFate.REFUSED);
    }
  }

  @Override
  public void deleteQueue(String vhost, String name) {
    deletedNames.add(name);
  }

  @Override
  public void deleteQueue(QueueRef queue) {
    deletedQueues.add(queue);
  }

  @Override
  public void deleteQueue(String vhost, String name, Runnable whenGone) {
    deletedNames.add(name);
    deletions.add(whenGone);
  }

  @Override
  public void failed(String what, RuntimeException why) {
    failures.add(why);
  }

  @Override
  public void schedule(long delayMillis, Runnable task) {
    timers.add(new Timer(nowMillis + delayMillis, timersSet++, task));
  }

  /** Has the loop do something the next time its tasks are run. */
  void execute(Runnable task) {
    tasks.add(task);
  }

  /** Runs the next task; false when there is none. */
  boolean runTask() {
    Runnable next = tasks.poll();
    if (next != null) {
      next.run();
    }
    return next != null;
  }

  /** What waits for queues to be gone goes on. */
  void finishDeletions() {
    List<Runnable> now = List.copyOf(deletions);
    deletions.clear();
    now.forEach(Runnable::run);
  }

  /** Moves time, running timers at their time; {@code turn} ends the turn after each. */
  void advance(long millis, Runnable turn) {
    long until = nowMillis + millis;
    for (Timer next; (next = timers.peek()) != null && next.atMillis() <= until; ) {
      timers.remove();
      nowMillis = next.atMillis();
      next.task().run();
      turn.run();
    }
    nowMillis = until;
  }

  /** Timers outstanding. */
  int timerCount() {
    return timers.size();
  }
}
