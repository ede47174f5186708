package io.serai.gateway.mqtt;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.gateway.Effects;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shared subscriptions a session is a member of (MQTT 5.0 §4.8.2): one consumer of each group's
 * queue. A queue says when messages wait; it is then granted as many as the client has places for,
 * and takes back what it has no message for, so no member hoards what another could handle.
 */
final class SharedGroups {
  /** Consumer ids from here on are members of groups. */
  static final int FIRST_CONSUMER_ID = 1 << 16;

  /** One membership. */
  static final class Member {
    final ConsumerRef consumer;

    /** Whether the queue is as this gateway declares it, not somebody else's. */
    final boolean isOurQueue;

    /** How this client subscribed. */
    SubscriptionMatch match;

    /** Places it has credit for. */
    int granted;

    /** Whether its queue waits for credit. */
    boolean isReady;

    Member(ConsumerRef consumer, boolean isOurQueue, SubscriptionMatch match) {
      this.consumer = consumer;
      this.isOurQueue = isOurQueue;
      this.match = match;
    }
  }

  private final SendQuota quota;

  /** By consumer id; bounded by the number of subscriptions. */
  private final Map<Integer, Member> members = new HashMap<>(0);

  /** Those whose queue has messages and no credit, in turn. */
  private final Deque<Member> ready = new ArrayDeque<>(0);

  SharedGroups(SendQuota quota) {
    this.quota = quota;
  }

  void add(Member member) {
    members.put(member.consumer.id(), member);
  }

  /** The session leaves a group. */
  void remove(Member member) {
    members.remove(member.consumer.id());
    if (member.isReady) {
      ready.remove(member);
    }
    quota.give(member.granted);
    member.granted = 0;
  }

  /** Whether a delivery comes from a group's queue. */
  static boolean isShared(Delivery delivery) {
    return delivery.consumer().id() >= FIRST_CONSUMER_ID;
  }

  /** The membership a delivery came for, or null when the session has left the group. */
  @Nullable Member arrived(Delivery delivery) {
    Member member = members.get(delivery.consumer().id());
    if (member != null) {
      member.granted--; // its place stays taken until the message is done with
    }
    return member;
  }

  /** A group's queue has messages and no credit. */
  void ready(ConsumerRef consumer) {
    Member member = members.get(consumer.id());
    if (member != null && !member.isReady) {
      member.isReady = true;
      ready.add(member);
    }
  }

  /** A group's queue had no message for {@code unused} of its places. */
  void drained(ConsumerRef consumer, int unused) {
    Member member = members.get(consumer.id());
    if (member != null) {
      member.granted -= unused;
      quota.give(unused);
    }
  }

  /** Whether a group's queue waits for credit. */
  boolean isReady() {
    return !ready.isEmpty();
  }

  /** Grants the next queue in turn {@code places}, which are free. */
  void grant(int places, Effects<MqttFrame> out) {
    Member member = ready.remove();
    member.isReady = false;
    member.granted += places;
    quota.take(places);
    out.grant(member.consumer, places, true);
  }
}
