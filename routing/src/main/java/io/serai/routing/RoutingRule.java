package io.serai.routing;

import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule of the configuration: a message that a client publishes and that passes is also published
 * to another exchange, under a topic built from what the filter's wildcards took.
 *
 * @param name unique in its vhost
 * @param protocol the publisher's protocol, such as {@code mqtt}, which every version of it passes;
 *     null for any
 * @param filter over the message's topic
 * @param exchange the exchange the message was published to; null for any
 * @param user the publisher's user; null for any
 * @param toExchange where the copy goes
 * @param toTopic the copy's topic, level by level; null keeps the message's own
 */
public record RoutingRule(
    String name,
    @Nullable String protocol,
    TopicFilter.Levels filter,
    @Nullable String exchange,
    @Nullable String user,
    String toExchange,
    @Nullable List<List<Part>> toTopic) {

  /** A piece of a level of the copy's topic. */
  public sealed interface Part {}

  /** Fixed text, unescaped. */
  public record Fixed(String text) implements Part {}

  /**
   * What a wildcard took.
   *
   * @param wildcard its index in the filter, from 0
   */
  public record Captured(int wildcard) implements Part {}

  /** Whether everything but the topic filter lets the message pass. */
  boolean accepts(Origin origin, Address address) {
    return (protocol == null
            || origin.protocol().equals(protocol)
            || origin.protocol().startsWith(protocol + "-"))
        && (exchange == null || address.exchange().equals(exchange))
        && (user == null || origin.user().equals(user));
  }

  /** Where a copy of {@code message}, whose topic passes the filter, goes. */
  Address target(Message message) {
    List<List<Part>> levels = toTopic;
    if (levels == null) {
      return new Address(toExchange, message.topic());
    }
    List<List<String>> captures = Captures.of(filter.steps(), message.topic().levelsShared());
    List<String> topic = new ArrayList<>();
    for (List<Part> parts : levels) {
      if (parts.size() == 1 && parts.getFirst() instanceof Captured(int wildcard)) {
        topic.addAll(captures.get(wildcard));
      } else {
        StringBuilder level = new StringBuilder();
        for (Part part : parts) {
          switch (part) {
            case Fixed(String text) -> level.append(text);
            case Captured(int wildcard) -> level.append(String.join("", captures.get(wildcard)));
          }
        }
        topic.add(level.toString());
      }
    }
    // A single empty level cannot be told from no level once it is spelled.
    boolean isEmpty = topic.size() == 1 && topic.getFirst().isEmpty();
    return new Address(toExchange, isEmpty ? Topic.EMPTY : Topic.ofLevels(topic, Spelling.DOT));
  }
}
