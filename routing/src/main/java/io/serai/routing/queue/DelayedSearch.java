package io.serai.routing.queue;

import io.serai.bus.Request;
import io.serai.model.Message;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks through the messages of one shard that wait for their time, in the order of their times, a
 * slice in each turn of the loop: to list some of them, or to take those with a message id away.
 */
final class DelayedSearch implements Chore {
  private final DelayedMessages delayed;
  private final String vhost;

  /** Null for all exchanges. */
  private final @Nullable String exchange;

  /** Null to list. */
  private final @Nullable String cancelledId;

  private final int mostFound;
  private final Consumer<List<Request.DelayedMessage>> answer;
  private final List<Request.DelayedMessage> found = new ArrayList<>();

  /** What was looked at last; to begin with what comes before everything wanted. */
  private DelayedMessages.Held at;

  private boolean isDone;

  /**
   * @param from where to begin
   * @param mostFound after that many it ends
   * @param answer told once what was found, or taken away
   */
  DelayedSearch(
      DelayedMessages delayed,
      String vhost,
      @Nullable String exchange,
      @Nullable String cancelledId,
      DelayedMessages.Held from,
      int mostFound,
      Consumer<List<Request.DelayedMessage>> answer) {
    this.delayed = delayed;
    this.vhost = vhost;
    this.exchange = exchange;
    this.cancelledId = cancelledId;
    this.at = from;
    this.mostFound = mostFound;
    this.answer = answer;
  }

  @Override
  public boolean isDone() {
    return isDone;
  }

  @Override
  public int doSome(int most) {
    int looked = 0;
    while (looked < most && !isDone) {
      DelayedMessages.Held next = delayed.after(at);
      if (next == null || found.size() == mostFound) {
        isDone = true;
        answer.accept(found);
      } else {
        at = next;
        look(next);
        looked++;
      }
    }
    return Math.max(1, looked);
  }

  private void look(DelayedMessages.Held one) {
    Message message = one.message();
    String in = message.address().exchange();
    if (!message.origin().vhost().equals(vhost) || (exchange != null && !exchange.equals(in))) {
      return;
    }
    Value id = message.encoding().properties().messageId();
    if (cancelledId == null) {
      found.add(described(one, id));
    } else if (id != null && id.asText().equals(cancelledId)) {
      found.add(described(one, id));
      delayed.cancel(one);
    }
  }

  private static Request.DelayedMessage described(DelayedMessages.Held one, @Nullable Value id) {
    Message message = one.message();
    return new Request.DelayedMessage(
        message.address(),
        id == null ? null : id.asText(),
        one.dueMillis(),
        message.body().length());
  }
}
