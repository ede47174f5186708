package io.serai.routing;

import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.model.TopicFilter.Literal;
import io.serai.model.TopicFilter.Multi;
import io.serai.model.TopicFilter.Single;
import io.serai.model.TopicFilter.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule of the configuration: a message that a client publishes and that passes is also published
 * to another exchange, under a topic built from what the filter's wildcards took.
 *
 * @param name unique in its vhost
 * @param protocol the publisher's protocol, such as {@code mqtt}; null for any
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
    List<List<String>> captures = new ArrayList<>();
    capture(filter.steps(), 0, message.topic().levelsShared(), 0, captures);
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
    return new Address(toExchange, Topic.ofLevels(topic, Spelling.DOT));
  }

  /**
   * Fills {@code captures} with what each wildcard takes; a {@code #} takes as little as it can.
   */
  private static boolean capture(
      List<Step> steps, int step, String[] levels, int at, List<List<String>> captures) {
    if (step == steps.size()) {
      return at == levels.length;
    }
    switch (steps.get(step)) {
      case Literal(String level) -> {
        return at < levels.length
            && levels[at].equals(level)
            && capture(steps, step + 1, levels, at + 1, captures);
      }
      case Single _ -> {
        if (at == levels.length) {
          return false;
        }
        captures.add(List.of(levels[at]));
        if (capture(steps, step + 1, levels, at + 1, captures)) {
          return true;
        }
        captures.removeLast();
        return false;
      }
      case Multi _ -> {
        for (int end = at; end <= levels.length; end++) {
          int before = captures.size();
          captures.add(List.of(java.util.Arrays.copyOfRange(levels, at, end)));
          if (capture(steps, step + 1, levels, end, captures)) {
            return true;
          }
          while (captures.size() > before) {
            captures.removeLast();
          }
        }
        return false;
      }
    }
  }
}
