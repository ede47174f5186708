package io.serai.routing.queue;

import io.serai.model.Message;
import io.serai.model.TopicFilter;
import io.serai.routing.queue.ArgumentReader.Invalid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which priority messages have in one queue by their topics, whatever they say themselves: {@code
 * x-topic-priorities}, as {@code alarms/#=9, status/+=2}. The highest of those that match counts; a
 * message that none matches has its own.
 *
 * @param byFilter the highest priority first, at most {@link #MOST}
 */
record TopicPriorities(List<ByFilter> byFilter) {
  static final String ARGUMENT = "x-topic-priorities";

  /** Each is tried for every message. */
  private static final int MOST = 100;

  /** One filter, as MQTT spells it. */
  record ByFilter(TopicFilter filter, int priority) {}

  /** Reads the argument. */
  static TopicPriorities of(ArgumentReader argument) throws Invalid {
    List<ByFilter> read = new ArrayList<>();
    for (String one : argument.text().split(",", -1)) {
      int equals = one.lastIndexOf('=');
      String filter = one.substring(0, Math.max(equals, 0)).strip();
      int priority = priority(one.substring(equals + 1).strip());
      if (priority == 0 || !TopicFilter.isMqtt(filter) || read.size() == MOST) {
        throw argument.wrong(
            "\"expected at most %d of filter=priority, 1 to %d, found '%s'\""
                .formatted(MOST, QueueArguments.HIGHEST_PRIORITY, one.strip()));
      }
      read.add(new ByFilter(TopicFilter.ofMqtt(filter), priority));
    }
    read.sort(Comparator.comparingInt(ByFilter::priority).reversed());
    return new TopicPriorities(List.copyOf(read));
  }

  /** 0 when it is none. */
  private static int priority(String text) {
    int priority = text.matches("\\d{1,3}") ? Integer.parseInt(text) : 0;
    return priority > QueueArguments.HIGHEST_PRIORITY ? 0 : priority;
  }

  /** The highest there is. */
  int highest() {
    return byFilter.getFirst().priority();
  }

  /** The priority of a message. */
  int of(Message message) {
    for (int i = 0; i < byFilter.size(); i++) {
      ByFilter one = byFilter.get(i);
      if (one.filter().matches(message.topic())) {
        return one.priority();
      }
    }
    return message.encoding().priority();
  }
}
