package io.serai.routing.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TopicIndexTest {
  private static final String[] LEVELS = {"a", "b", "c", "", "$s", "ab"};

  // ---- against the filters themselves

  @Test
  void indexAgreesWithEveryFilterWhateverIsAddedAndRemoved() {
    long seed = Long.getLong("serai.seed", 1);
    Random random = new Random(seed);
    long found = 0;
    for (int round = 0; round < 1_500; round++) {
      TopicIndex<String> index = TopicIndex.empty();
      Map<String, TopicFilter> held = new LinkedHashMap<>();
      for (int change = 0; change < 40; change++) {
        if (random.nextInt(3) == 0 && !held.isEmpty()) {
          String value = pick(random, held);
          index = index.without(held.remove(value), value);
        } else {
          TopicFilter filter = randomFilter(random);
          String value = filter + " #" + random.nextInt(2);
          held.put(value, filter);
          index = index.with(filter, value);
        }
        assertThat(index.size()).as("size, seed %d", seed).isEqualTo(held.size());
      }
      for (int i = 0; i < 30; i++) {
        found += check(index, held, randomTopic(random), seed);
      }
      List<String> all = new ArrayList<>();
      index.forEach(all::add);
      assertThat(all)
          .as("everything held, seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(held.keySet());
      for (Map.Entry<String, TopicFilter> entry : held.entrySet()) {
        index = index.without(entry.getValue(), entry.getKey());
      }
      assertThat(index.isEmpty()).isTrue();
    }
    assertThat(found).as("matches seen, seed %d", seed).isGreaterThan(10_000);
  }

  private static int check(
      TopicIndex<String> index, Map<String, TopicFilter> held, Topic topic, long seed) {
    List<String> found = new ArrayList<>();
    index.match(topic, found::add);
    Collections.sort(found);
    TreeSet<String> expected = new TreeSet<>();
    held.forEach((value, filter) -> {
      if (filter.matches(topic)) {
        expected.add(value);
      }
    });
    assertThat(found)
        .as("matches of %s, seed %d", topic.levelList(), seed)
        .containsExactlyElementsOf(expected);
    return found.size();
  }

  private static String pick(Random random, Map<String, TopicFilter> held) {
    return List.copyOf(held.keySet()).get(random.nextInt(held.size()));
  }

  private static TopicFilter randomFilter(Random random) {
    boolean isMqtt = random.nextBoolean();
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(6);
    for (int i = 0; i < length; i++) {
      if (i > 0) {
        text.append(isMqtt ? '/' : '.');
      }
      int kind = random.nextInt(10);
      if (kind < 2) {
        text.append(isMqtt ? '+' : '*');
      } else if (kind < 4 && (!isMqtt || i == length - 1)) {
        text.append('#');
      } else {
        text.append(LEVELS[random.nextInt(LEVELS.length)]);
      }
    }
    if (isMqtt) {
      return TopicFilter.ofMqtt(text.toString());
    }
    return random.nextInt(4) == 0
        ? new TopicFilter.Prefix(text.toString())
        : TopicFilter.ofAmqp(text.toString());
  }

  private static Topic randomTopic(Random random) {
    List<String> levels = new ArrayList<>();
    int length = random.nextInt(7);
    for (int i = 0; i < length; i++) {
      levels.add(LEVELS[random.nextInt(LEVELS.length)]);
    }
    return Topic.of(String.join("/", levels), Spelling.SLASH);
  }

  // ---- rules of the protocols

  private static List<String> matches(String topic, TopicFilter... filters) {
    TopicIndex<String> index = TopicIndex.empty();
    for (TopicFilter filter : filters) {
      index = index.with(filter, filter.spelled(Spelling.SLASH));
    }
    List<String> found = new ArrayList<>();
    index.match(Topic.of(topic, Spelling.SLASH), found::add);
    return found;
  }

  @Test
  void leadingMqttWildcardsHideDollarTopicsAndAmqpOnesDoNot() {
    assertThat(
            matches(
                "$SYS/load",
                TopicFilter.ofMqtt("#"),
                TopicFilter.ofMqtt("+/load"),
                TopicFilter.ofMqtt("$SYS/+"),
                TopicFilter.ofMqtt("$SYS/#"),
                TopicFilter.ofAmqp("*.load"),
                TopicFilter.ofAmqp("#.load")))
        .containsExactlyInAnyOrder("$SYS/+", "$SYS/#", "+/load", "#/load");
  }

  @Test
  void finalMultiMatchesItsParentLevelAndEmptyLevelsCount() {
    assertThat(matches("a", TopicFilter.ofMqtt("a/#"), TopicFilter.ofMqtt("a/+")))
        .containsExactly("a/#");
    assertThat(matches("a//b", TopicFilter.ofMqtt("a/+/b"), TopicFilter.ofAmqp("a..b")))
        .containsExactlyInAnyOrder("a/+/b", "a//b");
    assertThat(matches("", TopicFilter.ofAmqp("#"), TopicFilter.ofAmqp("*"))).containsExactly("#");
  }

  @Test
  void levelsThatHoldTheOtherSeparatorAreLevelsForAll() {
    assertThat(matches("a.b/c", TopicFilter.ofMqtt("+/c"), TopicFilter.ofAmqp("*.c"))).hasSize(2);
    assertThat(matches("a.b/c", TopicFilter.ofAmqp("a.b.c"))).isEmpty();
  }

  @Test
  void equalValuesUnderOneFilterAreOneAndTheLaterReplacesTheEarlier() {
    record Named(String name, int version) {
      @Override
      public boolean equals(Object other) {
        return other instanceof Named that && name.equals(that.name);
      }

      @Override
      public int hashCode() {
        return name.hashCode();
      }
    }
    TopicFilter filter = TopicFilter.ofMqtt("a/+");
    TopicIndex<Named> index = TopicIndex.empty();
    for (int i = 0; i < 50; i++) {
      index = index.with(filter, new Named("subscriber-" + i, 1));
    }
    TopicIndex<Named> changed = index;
    for (int i = 0; i < 50; i++) {
      changed = changed.with(filter, new Named("subscriber-" + i, 2));
    }
    assertThat(changed.size()).isEqualTo(50);
    List<Named> found = new ArrayList<>();
    changed.match(Topic.of("a/b", Spelling.SLASH), found::add);
    assertThat(found).hasSize(50).allMatch(named -> named.version() == 2);
    index.match(Topic.of("a/b", Spelling.SLASH), found::add);
    assertThat(found).as("the older index is as it was").hasSize(100);
    assertThat(found.subList(50, 100)).allMatch(named -> named.version() == 1);
  }

  @Test
  void removingWhatIsNotThereGivesTheSameIndex() {
    TopicIndex<String> index =
        TopicIndex.<String>empty()
            .with(TopicFilter.ofAmqp("a.b.c"), "x")
            .with(TopicFilter.ofAmqp("a.b.d"), "y");
    assertThat(index.without(TopicFilter.ofAmqp("a.b"), "x")).isSameAs(index);
    assertThat(index.without(TopicFilter.ofAmqp("a.b.c"), "y")).isSameAs(index);
    assertThat(index.without(TopicFilter.ofAmqp("a.b.c.d"), "x")).isSameAs(index);
    assertThat(index.without(TopicFilter.ofMqtt("+/b"), "x")).isSameAs(index);
    assertThat(index.without(new TopicFilter.Prefix("a"), "x")).isSameAs(index);
  }

  // ---- what a peer may send

  @Test
  void filtersAndTopicsOfManyLevelsNeedNoStack() {
    int levels = 30_000;
    String deep = "a/".repeat(levels);
    TopicIndex<String> index = TopicIndex.empty();
    List<String> filters = List.of(deep + "x", deep + "y", deep + "+", "+/".repeat(levels) + "#");
    for (String filter : filters) {
      index = index.with(TopicFilter.ofMqtt(filter), filter.substring(filter.length() - 1));
    }
    List<String> found = new ArrayList<>();
    index.match(Topic.of(deep + "x", Spelling.SLASH), found::add);
    assertThat(found).containsExactlyInAnyOrder("x", "+", "#");
    List<String> all = new ArrayList<>();
    index.forEach(all::add);
    assertThat(all).hasSize(4);
    for (String filter : filters) {
      index = index.without(TopicFilter.ofMqtt(filter), filter.substring(filter.length() - 1));
    }
    assertThat(index.isEmpty()).isTrue();
  }

  @Test
  void manyMultisInOneFilterDoNotMultiply() {
    TopicIndex<String> index = TopicIndex.empty();
    index = index.with(TopicFilter.ofAmqp("#.a".repeat(30).substring(1) + ".z"), "one");
    for (int i = 1; i < 30; i++) {
      index = index.with(TopicFilter.ofAmqp("#" + ".a.#".repeat(i) + ".z"), "many-" + i);
    }
    TopicIndex<String> full = index;
    Topic topic = Topic.of("a.".repeat(120) + "y", Spelling.DOT);
    List<String> found = new ArrayList<>();
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60), () -> full.match(topic, found::add));
    assertThat(found).isEmpty();
    full.match(Topic.of("a.".repeat(120) + "z", Spelling.DOT), found::add);
    assertThat(found).contains("many-1", "many-29").doesNotHaveDuplicates();
  }
}
