package io.serai.routing.queue;

import io.serai.bus.Request;
import io.serai.model.Message;
import io.serai.model.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks through the messages of one shard that wait for their time, in the order of their times, a
 * slice in each turn of the loop: to list some of them, or to take those with a message id away.
 * What is in the store only is read a page at a time, to be looked at; it does not stay.
 */
final class DelayedSearch implements Chore {
  private final DelayedMessages delayed;
  private final Turn turn;
  private final String vhost;

  /** Null for all exchanges. */
  private final @Nullable String exchange;

  /** Null to list. */
  private final @Nullable String cancelledId;

  private final int mostFound;
  private final Consumer<List<Request.DelayedMessage>> answer;
  private final List<Request.DelayedMessage> found = new ArrayList<>();

  /** What was looked at last; to begin with what comes before everything wanted. */
  private HeldMessage at;

  /** Messages that were read for it, in their order; it looks at no others that are away. */
  private final ArrayDeque<Read> read = new ArrayDeque<>(0);

  private boolean isDone;

  /** Whether it goes on when messages have been read. */
  private boolean isWaiting;

  private record Read(HeldMessage held, @Nullable Message message) {}

  /**
   * @param turn where it goes on
   * @param from where to begin
   * @param mostFound after that many it ends
   * @param answer told once what was found, or taken away
   */
  DelayedSearch(
      DelayedMessages delayed,
      Turn turn,
      String vhost,
      @Nullable String exchange,
      @Nullable String cancelledId,
      HeldMessage from,
      int mostFound,
      Consumer<List<Request.DelayedMessage>> answer) {
    this.delayed = delayed;
    this.turn = turn;
    this.vhost = vhost;
    this.exchange = exchange;
    this.cancelledId = cancelledId;
    this.at = from;
    this.mostFound = mostFound;
    this.answer = answer;
  }

  /** It is, or goes on later. */
  @Override
  public boolean isDone() {
    return isDone || isWaiting;
  }

  @Override
  public int doSome(int most) {
    int looked = 0;
    while (looked < most && !isDone()) {
      HeldMessage next = delayed.after(at);
      if (next == null || found.size() == mostFound) {
        isDone = true;
        answer.accept(found);
      } else if (mayBeWanted(next)) {
        look(next);
        looked++;
      } else {
        at = next;
        looked++;
      }
    }
    return Math.max(1, looked);
  }

  private boolean mayBeWanted(HeldMessage one) {
    return cancelledId == null || exchange == null || one.mayBe(exchange, cancelledId);
  }

  private void look(HeldMessage one) {
    while (!read.isEmpty() && HeldMessage.ORDER.compare(read.getFirst().held(), one) < 0) {
      read.removeFirst();
    }
    Message message = one.message;
    if (message == null && (read.isEmpty() || read.getFirst().held() != one)) {
      readFrom(one);
      return;
    }
    at = one;
    message = message == null ? read.removeFirst().message() : message;
    if (message != null) {
      look(one, message);
    }
  }

  private void readFrom(HeldMessage one) {
    List<HeldMessage> page = delayed.awayFrom(one).stream().filter(this::mayBeWanted).toList();
    read.clear();
    isWaiting = true;
    delayed.read(
        page,
        messages -> {
          for (int i = 0; i < messages.length; i++) {
            read.add(new Read(page.get(i), messages[i]));
          }
          isWaiting = false;
          turn.add(this);
        });
  }

  private void look(HeldMessage one, Message message) {
    String in = message.address().exchange();
    if (!message.origin().vhost().equals(vhost) || (exchange != null && !exchange.equals(in))) {
      return;
    }
    Value id = message.encoding().properties().messageId();
    if (cancelledId == null) {
      found.add(described(one, message, id));
    } else if (id != null && id.asText().equals(cancelledId) && delayed.cancel(one)) {
      found.add(described(one, message, id));
    }
  }

  private static Request.DelayedMessage described(
      HeldMessage one, Message message, @Nullable Value id) {
    return new Request.DelayedMessage(
        message.address(), id == null ? null : id.asText(), one.dueMillis, message.body().length());
  }
}
