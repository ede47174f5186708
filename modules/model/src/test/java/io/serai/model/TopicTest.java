package io.serai.model;

import static io.serai.model.Spelling.DOT;
import static io.serai.model.Spelling.SLASH;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TopicTest {
  /** What makes spelling hard: separators, wildcards, percent signs and hex digits. */
  private static final String[] PIECES = {
    "a", "ä", "😀", ".", "/", "+", "*", "#", "%", "2", "5", "E", "F", "A", "B", "3", "f", "%25",
    "%2E", "%2F", "%2A", "%2B", "%23", "%2f", " ", "$"
  };

  private static final int ROUNDS = 50_000;

  @ParameterizedTest
  @CsvSource({
    "plant/1/temp, plant.1.temp",
    "a.b/c,        a%2Eb.c",
    "a//b,         a..b",
    "/a,           .a",
    "a/,           a.",
    "/,            .",
    "*/x,          %2A.x",
    "100%2F/x,     100/.x", // %2F reads as an escape in the slash spelling; it goes back as one
    "käse/1,       käse.1",
    "50%/x,        50%.x",
    "'a b',        'a b'",
    "$SYS/x,       $SYS.x",
    "owntracks/joe@example.com/phone, owntracks.joe@example%2Ecom.phone",
  })
  void aTopicIsSpelledReversiblyInTheOtherProtocol(String slashed, String dotted) {
    Topic topic = Topic.of(slashed, SLASH);

    assertThat(topic.spelled(DOT)).isEqualTo(dotted);
    assertThat(topic.spelled(SLASH)).isEqualTo(slashed);
    Topic back = Topic.of(topic.spelled(DOT), DOT);
    assertThat(back).isEqualTo(topic).hasSameHashCodeAs(topic);
    assertThat(back.spelled(SLASH)).isEqualTo(slashed);
  }

  @ParameterizedTest
  @CsvSource({
    "a.b.c,  3",
    "a..c,   3",
    ".,      2",
    "a,      1",
    "'',     0",
  })
  void thereIsOneLevelMoreThanSeparatorsAndNoneInTheEmptyTopic(String dotted, int levels) {
    Topic topic = Topic.of(dotted, DOT);

    assertThat(topic.levelCount()).isEqualTo(levels);
    assertThat(topic.levelList()).hasSize(levels);
  }

  @Test
  void theSameLevelsAreTheSameTopicWhoeverPublished() {
    assertThat(Topic.of("plant/1", SLASH))
        .isEqualTo(Topic.of("plant.1", DOT))
        .hasSameHashCodeAs(Topic.of("plant.1", DOT))
        .isNotEqualTo(Topic.of("plant.1", SLASH))
        .isNotEqualTo(Topic.of("plant/1", DOT));
    assertThat(Topic.of("", SLASH)).isSameAs(Topic.EMPTY);
  }

  @ParameterizedTest
  @EnumSource
  void levelsThatAreSpelledAndReadAgainAreTheSameLevels(Spelling spelling) {
    Random random = new Random(42);
    for (int i = 0; i < ROUNDS; i++) {
      List<String> levels = randomLevels(random);
      Topic topic = Topic.ofLevels(levels, spelling);

      Topic read = Topic.of(topic.spelled(spelling), spelling);

      assertThat(read.levelList()).as("%s", levels).isEqualTo(levels);
      assertThat(read).isEqualTo(topic).hasSameHashCodeAs(topic);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anyTextComesBackByteForByteThroughTheOtherSpelling(Spelling spelling) {
    Random random = new Random(43);
    for (int i = 0; i < ROUNDS; i++) {
      // A wildcard cannot stand in a published MQTT topic; in an AMQP key it comes back escaped.
      String text =
          randomText(random, 12)
              .replace(spelling.singleWildcard(), 'w')
              .replace(Spelling.MULTI, 'm');

      Topic there = Topic.of(Topic.of(text, spelling).spelled(spelling.other()), spelling.other());

      assertThat(there.spelled(spelling)).as(text).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSpelledLevelHoldsNoSeparatorOrWildcard(Spelling spelling) {
    Random random = new Random(44);
    for (int i = 0; i < ROUNDS; i++) {
      String level = randomText(random, 8);
      if (level.isEmpty()) {
        continue;
      }

      String spelled = Topic.ofLevels(List.of(level), spelling).spelled(spelling);

      for (char c : new char[] {spelling.separator(), spelling.singleWildcard(), Spelling.MULTI}) {
        assertThat(spelled.indexOf(c)).as("%s as %s", level, spelled).isNegative();
      }
    }
  }

  @Test
  void aSpelledTopicNeverHoldsTheOthersWildcardsAsItsOwn() {
    assertThat(Topic.of("*/#", SLASH).spelled(DOT)).isEqualTo("%2A.%23");
    assertThat(Topic.of("+.x", DOT).spelled(SLASH)).isEqualTo("%2B/x");
  }

  private static List<String> randomLevels(Random random) {
    int count = random.nextInt(5);
    List<String> levels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      levels.add(randomText(random, 6));
    }
    // One empty level alone has no spelling of its own: "" is the topic without levels.
    return levels.equals(List.of("")) ? List.of() : levels;
  }

  private static String randomText(Random random, int maxPieces) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(maxPieces + 1); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }
}
