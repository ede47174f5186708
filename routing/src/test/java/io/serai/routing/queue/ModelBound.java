package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Message;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How much may be ready in a queue of {@link ShardModel}, and what goes beyond that. One operation
 * at a time, so that it is clear what there was no room for.
 *
 * @param most messages or bytes of bodies
 */
record ModelBound(long most, boolean countsBytes, Overflow overflow) {
  /** A small bound, with the arguments that declare it. */
  static ModelBound random(Random random, List<Value> arguments) {
    ModelBound bound =
        new ModelBound(
            random.nextInt(1, 20),
            random.nextInt(3) == 0,
            Overflow.values()[random.nextInt(Overflow.values().length)]);
    arguments.addAll(
        List.of(
            Value.of(bound.countsBytes ? "x-max-length-bytes" : "x-max-length"),
            new Value.Int((int) bound.most),
            Value.of("x-overflow"),
            Value.of(bound.overflow.name().toLowerCase(Locale.ROOT).replace('_', '-'))));
    return bound;
  }

  /** Takes out of a queue what had no room after an operation. */
  void apply(ModelQueue queue, ShardModel model, List<Integer> readyBefore, int readyNow) {
    List<Integer> left = model.inOrder(queue.ready.keySet());
    assertThat(readyNow).as("ready of %s", left).isLessThanOrEqualTo(left.size());
    List<Integer> gone =
        overflow == Overflow.DROP_HEAD
            ? left.subList(0, left.size() - readyNow) // the first, whatever its priority
            : refused(left, queue, model);
    assertThat(readyNow).as("ready of %s", left).isEqualTo(left.size() - gone.size());
    if (overflow == Overflow.DROP_HEAD) {
      List<Integer> kept = new ArrayList<>(left);
      kept.removeAll(gone);
      assertThat(hasRoom(kept, model)).as("%s has room for %s", this, kept).isTrue();
      assertThat(gone.isEmpty() || !hasRoom(readyBefore, model)).as("%s was full", this).isTrue();
      if (!model.hasViews && !model.hasExpiry && !gone.isEmpty()) {
        kept.add(gone.getLast());
        assertThat(hasRoom(kept, model)).as("%s has room for %s", this, kept).isFalse();
      }
    }
    gone.forEach(queue.ready::remove);
    queue.uncertain.removeAll(gone);
    if (queue.hasDeadLetters && overflow != Overflow.REJECT_PUBLISH) {
      assertThat(queue.overflowed).containsExactlyInAnyOrderElementsOf(gone);
    } else {
      assertThat(queue.overflowed).isEmpty();
    }
    queue.overflowed.clear();
  }

  /** What came went, where there was no room for it before anything else happened. */
  private List<Integer> refused(List<Integer> left, ModelQueue queue, ShardModel model) {
    List<Integer> there = new ArrayList<>(queue.readyBeforeArrivals);
    List<Integer> gone = new ArrayList<>();
    for (int number : queue.arrived) {
      if (left.contains(number)) {
        there.add(number);
        if (!hasRoom(there, model)) {
          gone.add(number);
          there.removeLast();
        }
      }
    }
    return gone;
  }

  private boolean hasRoom(List<Integer> numbers, ShardModel model) {
    long sum = 0;
    for (int number : numbers) {
      Message message = model.messages.get(number);
      sum += countsBytes ? message.body().length() : 1;
    }
    return sum <= most;
  }
}
