package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.model.TopicFilter.Levels;
import io.serai.model.TopicFilter.Literal;
import io.serai.model.TopicFilter.Multi;
import io.serai.model.TopicFilter.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class CapturesTest {
  private static List<List<String>> captures(String filter, String topic) {
    return Captures.of(
        TopicFilter.ofAmqp(filter).steps(), Topic.of(topic, Spelling.DOT).levelsShared());
  }

  @Test
  void eachWildcardGetsItsLevels() {
    assertThat(captures("plant.*.temp", "plant.7.temp")).containsExactly(List.of("7"));
    assertThat(captures("*.*", "a.b")).containsExactly(List.of("a"), List.of("b"));
    assertThat(captures("a.#", "a")).containsExactly(List.of());
    assertThat(captures("a.#", "a.b.c")).containsExactly(List.of("b", "c"));
    assertThat(captures("#.x.#", "a.x.b.x.c"))
        .containsExactly(List.of("a"), List.of("b", "x", "c"));
    assertThat(captures("#.x.y", "x.x.x.y")).containsExactly(List.of("x", "x"));
    assertThat(captures("a.b", "a.b")).isEmpty();
  }

  @Test
  void capturesPutBackInPlaceOfTheWildcardsGiveTheTopic() {
    long seed = Long.getLong("serai.seed", 1);
    Random random = new Random(seed);
    int passed = 0;
    for (int i = 0; i < 100_000; i++) {
      Levels filter = TopicFilter.ofAmqp(words(random, "a", "b", "*", "#"));
      Topic topic = Topic.of(words(random, "a", "b", "c"), Spelling.DOT);
      if (filter.matches(topic)) {
        passed++;
        List<List<String>> captures = Captures.of(filter.steps(), topic.levelsShared());
        assertThat(filled(filter.steps(), captures))
            .as("%s on %s, seed %d", filter, topic, seed)
            .isEqualTo(topic.levelList());
      }
    }
    assertThat(passed).isGreaterThan(1_000);
  }

  private static List<String> filled(List<Step> steps, List<List<String>> captures) {
    List<String> levels = new ArrayList<>();
    int next = 0;
    for (Step step : steps) {
      if (step instanceof Literal(String level)) {
        levels.add(level);
      } else {
        assertThat(step instanceof Multi || captures.get(next).size() == 1).isTrue();
        levels.addAll(captures.get(next++));
      }
    }
    return levels;
  }

  private static String words(Random random, String... from) {
    List<String> words = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      words.add(from[random.nextInt(from.length)]);
    }
    return String.join(".", words);
  }

  @Test
  void manyMultisOverALongTopicTakeNoTime() {
    String topic = "a.".repeat(20_000) + "b";
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60), () -> assertThat(captures("#.a.#.a.#.a.#.b", topic)).hasSize(4));
  }
}
