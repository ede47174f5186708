package io.serai.gateway.mqtt;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.gateway.Effects;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shared subscriptions a session is a member of (MQTT 5.0 §4.8.2): one consumer of each group's
 * queue. Each has a little credit at any time, so that the queue can give its messages to all
 * members in turn, and no member hoards what another could handle.
 */
final class SharedGroups {
  /** Consumer ids from here on are members of groups. */
  static final int FIRST_CONSUMER_ID = 1 << 16;

  /** Messages of one group that a member has at most, done with or not. */
  static final int MOST_PER_MEMBER = 32;

  /** One membership. */
  static final class Member {
    final ConsumerRef consumer;

    /** Whether the queue is as this gateway declares it, not somebody else's. */
    final boolean isOurQueue;

    /** How this client subscribed. */
    SubscriptionMatch match;

    private int atShard;
    private int underWay;

    Member(ConsumerRef consumer, boolean isOurQueue, SubscriptionMatch match) {
      this.consumer = consumer;
      this.isOurQueue = isOurQueue;
      this.match = match;
    }
  }

  private final int size;

  /** By consumer id; bounded by the number of subscriptions. */
  private final Map<Integer, Member> members = new HashMap<>(0);

  SharedGroups(SendQuota quota) {
    this.size = Math.min(quota.size(), MOST_PER_MEMBER);
  }

  void add(Member member) {
    members.put(member.consumer.id(), member);
  }

  /** The session leaves a group. */
  void remove(Member member) {
    members.remove(member.consumer.id());
  }

  /** Whether a delivery comes from a group's queue. */
  static boolean isShared(Delivery delivery) {
    return delivery.consumer().id() >= FIRST_CONSUMER_ID;
  }

  /** The membership a delivery is for, or null when the session has left the group. */
  @Nullable Member find(Delivery delivery) {
    return members.get(delivery.consumer().id());
  }

  /** A message arrived: it counts until {@link #done}. */
  void arrived(Member member) {
    member.atShard--;
    member.underWay++;
  }

  /** The session is done with a message. */
  void done(Member member, Effects<MqttFrame> out) {
    member.underWay--;
    refill(member, out);
  }

  /** Grants every group's queue what is free. */
  void refill(Effects<MqttFrame> out) {
    for (Member member : members.values()) {
      refill(member, out);
    }
  }

  private void refill(Member member, Effects<MqttFrame> out) {
    int free = size - member.atShard - member.underWay;
    boolean isDue = free >= (size + 1) / 2 || member.atShard == 0;
    if (free > 0 && isDue && out.isWritable()) {
      member.atShard += free;
      out.grant(member.consumer, free, false);
    }
  }
}
