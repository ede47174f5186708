package io.serai.routing.queue;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.bus.SlotRing;
import io.serai.model.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A consumer at its queue: credit and unsettled deliveries. It outlives its detachment until the
 * last of those is settled.
 */
final class QueueConsumer {
  /** Credit that is not counted down. */
  static final int UNLIMITED = Integer.MAX_VALUE;

  final ShardQueue queue;
  final ConsumerRef ref;
  final ShardSession session;
  final boolean isNoAck;

  /** Whether each settled delivery gives one credit back. */
  final boolean isCreditedPerSettle;

  /** What it sees when it does not simply take everything. */
  final @Nullable QueueView view;

  /** Deliveries sent and not settled; its numbers are {@link Delivery#unsettledIndex}. */
  final SlotRing<Delivery> unsettled = new SlotRing<>(0);

  /** Bytes of those, where that is limited. Written by {@link ReadBudget}. */
  long unsettledBytes;

  /** Whether it takes new messages; false for basic.get and after a detach. */
  boolean isAttached;

  /** Messages that may be sent now; {@link #UNLIMITED} stays so. */
  int credit;

  /** Credit left when the turn's deliveries are made is given back. */
  boolean isDraining;

  /** The session was told that messages wait and has not granted credit since. */
  boolean isToldReady;

  /** It has a view and has looked at everything. Written by {@link Consumers}. */
  boolean isStarved;

  /** It has a view and what it comes to is not here. Written by {@link Consumers}. */
  boolean isAwaitingPage;

  /** Only where unsettled deliveries have a time limit. Written by {@link AckTimeout}. */
  @Nullable AckMarks marks;

  /** Index among its session's consumers. Written by {@link ShardSession}. */
  int placeInSession;

  /** Those of its priority; null while it is not attached. Written by {@link ConsumerRings}. */
  ConsumerRings.@Nullable Ring ring;

  /** Neighbours in the ring of consumers with credit. Written by {@link Consumers}. */
  @Nullable QueueConsumer nextActive;

  @Nullable QueueConsumer previousActive;

  QueueConsumer(ShardQueue queue, ConsumerRef ref, ShardSession session, @Nullable QueueView view) {
    this.view = view;
    this.queue = queue;
    this.ref = ref;
    this.session = session;
    this.isNoAck = ref.options().noAck();
    this.isCreditedPerSettle = ref.options().creditMode() == CreditMode.PER_SETTLE;
  }

  /** Who holds what a session takes by basic.get: lives while something of it is unsettled. */
  static QueueConsumer taker(Queue queue, ShardSession session, boolean noAck) {
    List<QueueConsumer> known = session.consumers();
    for (int i = 0; !noAck && i < known.size(); i++) {
      QueueConsumer one = known.get(i);
      if (one.queue == queue && one.ref.id() == Queue.TAKER_ID) {
        return one;
      }
    }
    ConsumerOptions options = new ConsumerOptions("", noAck, false, 0, CreditMode.GRANTED, 0);
    return new QueueConsumer(
        queue, new ConsumerRef(session.ref, Queue.TAKER_ID, queue.ref, options), session, null);
  }

  ConsumerOptions options() {
    return ref.options();
  }

  boolean isShared() {
    return ref.options().creditMode() == CreditMode.SHARED;
  }

  /** Whether its deliveries can be unsettled for too long; what basic.get took cannot. */
  boolean isTimed() {
    return isAttached && !isNoAck && !isBrowser();
  }

  /** Its marks, made when first asked for. */
  AckMarks marks() {
    AckMarks known = marks;
    if (known == null) {
      known = new AckMarks();
      marks = known;
    }
    return known;
  }

  /** Whether it reads without taking. */
  boolean isBrowser() {
    return view != null && view.isBrowsing();
  }

  /** Whether its session is told as soon as anything is ready; one with a view looks first. */
  boolean isToBeTold() {
    return view == null && isShared();
  }

  /** Whether it looks for a message without credit, so that its session hears there is one. */
  boolean wantsToKnow() {
    return view != null && isShared() && !isToldReady;
  }

  /**
   * Whether it may take a message out of turn.
   *
   * @param isFirst whether nothing comes before the message
   */
  boolean mayTake(Message message, boolean isFirst) {
    QueueView own = view;
    return own == null ? isFirst : (isFirst || isStarved || own.isAtEnd()) && own.lets(message);
  }

  /** Whether sending leaves credit as it is: no limit, or settled as soon as sent. */
  boolean isUncounted() {
    return credit == UNLIMITED || (isNoAck && isCreditedPerSettle);
  }

  /** Adds credit; more than an int holds means no limit. */
  void addCredit(int amount) {
    int sum = credit + Math.max(0, amount);
    credit = sum < 0 ? UNLIMITED : sum;
  }

  /** A delivery to this consumer; unsettled from now on unless it does not acknowledge. */
  Delivery delivery(long sequence, Message message, int deliveryCount, @Nullable MatchData match) {
    if (isNoAck) {
      return new Delivery(ref, sequence, -1, message, deliveryCount, match);
    }
    Delivery delivery =
        new Delivery(ref, sequence, unsettled.nextNumber(), message, deliveryCount, match);
    unsettled.add(delivery);
    return delivery;
  }

  /** Takes back what was delivered; null when it is settled already. */
  @Nullable Delivery removeUnsettled(Delivery delivery) {
    Delivery held = unsettled.get(delivery.unsettledIndex());
    if (held == null || held.sequence() != delivery.sequence()) {
      return null;
    }
    unsettled.remove(delivery.unsettledIndex());
    return held;
  }
}
