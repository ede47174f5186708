package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.SessionEvent;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Follows what a shard under {@link ShardModel} says, each time checking that it may. */
final class ModelEvents {
  private final ShardModel model;

  ModelEvents(ShardModel model) {
    this.model = model;
  }

  /** Dead letters are those that the model expects, and each is taken. */
  void takeDeadLetters() {
    List<ManualHost.Letter> letters = List.copyOf(model.shard.host.deadLetters);
    model.shard.host.deadLetters.clear();
    for (ManualHost.Letter letter : letters) {
      Message message = letter.letter().message();
      int number = Integer.parseInt(message.body().toUtf8());
      ModelQueue queue = queueCalled(message.headers().first("x-last-death-queue").asText());
      String reason = message.headers().first("x-last-death-reason").asText();
      if (reason.equals("maxlen")) {
        assertThat(queue.bound).isNotNull();
        queue.overflowed.add(number);
      } else if (reason.equals("expired")) {
        Message published = model.messages.get(number);
        assertThat(queue.hasExpired(published, model.nowMillis())).as("its time is up").isTrue();
        assertThat(queue.ready.remove(number)).as("was ready: %s", number).isNotNull();
        queue.uncertain.remove(number);
      } else if (!queue.dying.remove(number)) {
        // It was about to be delivered once too often to a session that ended.
        assertThat(queue.uncertain.remove(number)).as("may have died: %s", number).isTrue();
        assertThat(queue.ready.remove(number)).as("was ready: %s", number).isNotNull();
      }
      letter.answer().accept(LetterFate.TAKEN);
    }
    for (ModelQueue queue : model.queues) {
      assertThat(queue.dying).as("given up").isEmpty();
    }
  }

  private ModelQueue queueCalled(String name) {
    return model.queues.stream()
        .filter(queue -> queue.ref.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Follows what the shard has said to its sessions; answers what was delivered to be taken. */
  List<Delivery> takeEvents() {
    List<Delivery> all = new ArrayList<>();
    for (SessionEvent event : List.copyOf(model.shard.host.events)) {
      switch (event) {
        case SessionEvent.Deliver(var to, var deliveries) -> {
          ModelSession session = model.sessions.get(to.id());
          assertThat(session).as("a session that lives").isNotNull();
          Map<List<Object>, Integer> lastFirst = new HashMap<>();
          for (Delivery delivery : deliveries) {
            ModelQueue queue = queueOf(delivery);
            if (!delivery.isRedelivered()) {
              Integer last =
                  lastFirst.put(
                      List.of(
                          queue,
                          model.rank(number(delivery)),
                          isBrowsed(delivery) ? delivery.consumer() : ""),
                      number(delivery));
              assertThat(last == null || last < number(delivery))
                  .as("first deliveries in order")
                  .isTrue();
            }
            credited(delivery);
            if (isBrowsed(delivery)) {
              browsed(session, queue, delivery);
              continue;
            }
            delivered(session, queue, delivery);
            all.add(delivery);
          }
        }
        case SessionEvent.Ready(var to, var ref) -> {
          ModelConsumer consumer = model.consumers.get(ref);
          if (consumer != null) {
            assertThat(consumer.isTold).as("told once until granted").isFalse();
            assertThat(consumer.isShared()).isTrue();
            assertThat(to).isEqualTo(ref.session());
            consumer.isTold = true;
          }
        }
        case SessionEvent.Drained(var to, var ref, int unused) -> {
          ModelConsumer consumer = model.consumers.get(ref);
          if (consumer != null) {
            assertThat(unused).as("all that is left").isEqualTo((int) consumer.credit);
            assertThat(unused).isPositive();
            consumer.credit = 0;
            if (consumer.isShared()) {
              model.sessions.get(to.id()).sharedInUse -= unused;
            }
          }
        }
        case SessionEvent.BrowseEnded(var to, var ref) -> {
          ModelConsumer consumer = model.consumers.get(ref);
          if (consumer != null) {
            assertThat(ref.options().view().mode()).isEqualTo(ConsumerView.Mode.BROWSE);
            model.forget(model.sessions.get(to.id()), consumer);
          }
        }
        case SessionEvent.Appended _, SessionEvent.Repeated _, SessionEvent.Unrouted _ -> {}
        default -> throw new AssertionError("unexpected " + event);
      }
    }
    model.shard.host.events.clear();
    return all;
  }

  /** Shown and not taken: nothing that the consumer was shown before, unless it was delivered. */
  private void browsed(ModelSession session, ModelQueue queue, Delivery delivery) {
    ModelConsumer consumer = model.consumers.get(delivery.consumer());
    assertThat(consumer).isNotNull();
    assertThat(consumer.seen.add(number(delivery))).as("shown once").isTrue();
    if (!queue.hasLimit() || !delivery.isRedelivered()) {
      isTheMessage(delivery);
    }
    if (delivery.unsettledIndex() >= 0) {
      session.unsettled.add(delivery);
      model.browsedInMemory.add(number(delivery));
    }
  }

  /** It is what was published: the very same as long as it never leaves memory. */
  private void isTheMessage(Delivery delivery) {
    Message published = model.messages.get(number(delivery));
    if (model.isPaging) {
      assertThat(delivery.message().encoding()).isEqualTo(published.encoding());
    } else {
      assertThat(delivery.message()).isSameAs(published);
    }
  }

  static boolean isBrowsed(Delivery delivery) {
    return delivery.consumer().options().view().isBrowsing();
  }

  private void credited(Delivery delivery) {
    ModelConsumer consumer = model.consumers.get(delivery.consumer());
    assertThat(consumer).as("an attached consumer").isNotNull();
    assertThat(consumer.queue.serves(consumer)).as("the active consumer").isTrue();
    assertThat(consumer.wants(ShardModel.kind(number(delivery)))).as("what it selects").isTrue();
    consumer.credit--;
    assertThat(consumer.credit).as("credit").isNotNegative();
  }

  /** A message is on its way to a consumer, or was taken by basic.get. */
  void delivered(ModelSession session, ModelQueue queue, Delivery delivery) {
    Integer count = queue.ready.remove(number(delivery));
    assertThat(count).as("message %s was ready once", number(delivery)).isNotNull();
    Message published = model.messages.get(number(delivery));
    assertThat(model.isAtOnce(published) || !queue.hasExpired(published, model.actedAtMillis))
        .as("has time left")
        .isTrue();
    if (!queue.uncertain.remove(number(delivery))) {
      assertThat(delivery.deliveryCount()).isEqualTo(count);
    }
    if (!queue.hasLimit() || !delivery.isRedelivered()) {
      isTheMessage(delivery);
    }
    assertThat(delivery.unsettledIndex() < 0).isEqualTo(delivery.consumer().options().noAck());
    if (delivery.unsettledIndex() >= 0) {
      queue.unsettled.put(delivery, number(delivery));
      session.unsettled.add(delivery);
    }
  }

  static boolean isShared(Delivery delivery) {
    return delivery.consumer().options().creditMode() == CreditMode.SHARED;
  }

  /** The queue that a delivery came from. */
  ModelQueue queueOf(Delivery delivery) {
    for (ModelQueue queue : model.queues) {
      if (queue.ref.equals(delivery.consumer().queue())) {
        return queue;
      }
    }
    throw new AssertionError("no queue of " + delivery);
  }

  /** Which message it is. */
  static int number(Delivery delivery) {
    return Integer.parseInt(delivery.message().body().toUtf8());
  }
}
