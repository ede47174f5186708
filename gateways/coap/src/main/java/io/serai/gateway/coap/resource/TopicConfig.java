package io.serai.gateway.coap.resource;

import io.serai.model.Topic;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of one topic of the collection (draft-ietf-core-coap-pubsub, "Topic
 * Properties"). A change makes a new one; both count the same subscribers.
 *
 * @param id its segment below {@code /topics}
 * @param vhost whose topic it is
 * @param name unique in the vhost
 * @param data where it is published to and observed
 * @param resourceType of the data
 * @param contentFormat that publications need to have, -1 for any
 * @param topicType null for none
 * @param expirationSeconds when it ends, seconds since 1970; -1 for never
 * @param maxSubscribers how many may observe it, -1 for any number
 * @param observerCheckSeconds after how long a notification has to be confirmed
 * @param subscribers who observes it, on all loops
 */
record TopicConfig(
    String id,
    String vhost,
    String name,
    Topic data,
    String resourceType,
    long contentFormat,
    @Nullable String topicType,
    long expirationSeconds,
    long maxSubscribers,
    long observerCheckSeconds,
    Subscribers subscribers) {
  /** RFC 7641 §4.5: once a day. */
  static final long OBSERVER_CHECK_SECONDS = 86_400;

  /** A topic with nothing but what it has to have. */
  static TopicConfig plain(
      String id,
      String vhost,
      String name,
      Topic data,
      String resourceType,
      Subscribers subscribers) {
    return new TopicConfig(
        id, vhost, name, data, resourceType, -1, null, -1, -1, OBSERVER_CHECK_SECONDS, subscribers);
  }

  boolean isOver(long nowMillis) {
    return expirationSeconds >= 0 && nowMillis >= expirationSeconds * 1_000;
  }

  /** How long it lasts, at least 1; -1 for ever. */
  long secondsLeft(long nowMillis) {
    return expirationSeconds < 0 ? -1 : Math.max(1, expirationSeconds - nowMillis / 1_000);
  }
}
