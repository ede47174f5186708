package io.serai.model;

import static io.serai.model.Spelling.DOT;
import static io.serai.model.Spelling.SLASH;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicFilterTest {
  // MQTT 5.0 §4.7.1 to §4.7.3, the examples there included
  @ParameterizedTest
  @CsvSource({
    "sport/tennis/player1/#, sport/tennis/player1,                 true",
    "sport/tennis/player1/#, sport/tennis/player1/ranking,         true",
    "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
    "sport/#,                sport,                                true",
    "sport/tennis/+,         sport/tennis/player1,                 true",
    "sport/tennis/+,         sport/tennis/player1/ranking,         false",
    "sport/+,                sport,                                false",
    "sport/+,                sport/,                               true",
    "+/+,                    /finance,                             true",
    "/+,                     /finance,                             true",
    "+,                      /finance,                             false",
    "#,                      any/thing,                            true",
    "+/c,                    a.b/c,                                true",
    "+/c,                    a/b/c,                                false",
    "*/x,                    */x,                                  true",
    "*/x,                    a/x,                                  false",
    "a//b,                   a//b,                                 true",
    "a/+/b,                  a//b,                                 true",
    "#,                      $SYS/x,                               false",
    "+/x,                    $SYS/x,                               false",
    "$SYS/#,                 $SYS/x,                               true",
    "x/#,                    x/$SYS,                               true",
    "ACCOUNTS,               Accounts,                             false",
    "käse/+,                 käse/1,                               true",
    "100%2F/x,               100%2F/x,                             true",
  })
  void anMqttFilterMatchesByLevel(String filter, String topic, boolean matches) {
    assertThat(TopicFilter.ofMqtt(filter).matches(Topic.of(topic, SLASH))).isEqualTo(matches);
    // Whoever published: the topic's other spelling is the same topic.
    Topic fromAmqp = Topic.of(Topic.of(topic, SLASH).spelled(DOT), DOT);
    assertThat(TopicFilter.ofMqtt(filter).matches(fromAmqp)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "#,           true",
    "+,           true",
    "/,           true",
    "a//b,        true",
    "+/a/+/#,     true",
    "'',          false",
    "a#,          false",
    "#/a,         false",
    "a/#/b,       false",
    "a+,          false",
    "a/+b/c,      false",
    "##,          false",
  })
  void wildcardsOfMqttStandAloneAndTheLongOneAtTheEnd(String filter, boolean isOne) {
    assertThat(TopicFilter.isMqtt(filter)).isEqualTo(isOne);
  }

  // RabbitMQ's topic exchange: * one word, # zero or more, anywhere; empty words count
  @ParameterizedTest
  @CsvSource({
    "*.orange.*,  quick.orange.rabbit,        true",
    "*.orange.*,  quick.orange.male.rabbit,   false",
    "*.*.rabbit,  lazy.pink.rabbit,           true",
    "lazy.#,      lazy,                       true",
    "lazy.#,      lazy.a.b.c,                 true",
    "#.c,         a.b.c,                      true",
    "#.c,         c,                          true",
    "a.#.c,       a.c,                        true",
    "a.#.c,       a.b.b.c,                    true",
    "a.#.b.#.c,   a.x.b.y.c,                  true",
    "a.#.b.#.c,   a.x.y.c,                    false",
    "#.#,         a,                          true",
    "#,           '',                         true",
    "'',          '',                         true",
    "'',          a,                          false",
    "*,           '',                         false",
    "*.*,         .,                          true",
    "a.*,         a.,                         true",
    "a..b,        a..b,                       true",
    "#,           $SYS.x,                     true",
    "+.x,         +.x,                        true",
    "a*.b,        a*.b,                       true",
    "a*.b,        ax.b,                       false",
  })
  void anAmqpBindingKeyMatchesByWord(String key, String topic, boolean matches) {
    assertThat(TopicFilter.ofAmqp(key).matches(Topic.of(topic, DOT))).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "com.my,      com.myapp.topic, true",
    "com.my,      com.my,          true",
    "com.my,      com.m,           false",
    "com.my.,     com.my,          false",
    "'',          anything,        true",
  })
  void aWampPrefixMatchesByString(String prefix, String topic, boolean matches) {
    assertThat(new TopicFilter.Prefix(prefix).matches(Topic.of(topic, DOT))).isEqualTo(matches);
  }

  @Test
  void aFilterWithoutWildcardsIsOneTopic() {
    Topic topic = Topic.of("a.b/*/c", SLASH);

    assertThat(TopicFilter.exactly(topic).isLiteral()).isTrue();
    assertThat(TopicFilter.exactly(topic).matches(topic)).isTrue();
    assertThat(TopicFilter.exactly(topic).matches(Topic.of("a/b/*/c", SLASH))).isFalse();
    assertThat(TopicFilter.ofMqtt("a/b").isLiteral()).isTrue();
    assertThat(TopicFilter.ofMqtt("a/+").isLiteral()).isFalse();
    assertThat(TopicFilter.ofMqtt("a/#").isLiteral()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "a/+/c/#,  a.*.c.#",
    "a.b/+,    a%2Eb.*",
    "*/+,      %2A.*",
    "a//#,     a..#",
    "#,        #",
  })
  void aFilterIsSpelledInEitherProtocol(String mqtt, String amqp) {
    assertThat(TopicFilter.ofMqtt(mqtt).spelled(DOT)).isEqualTo(amqp);
    assertThat(TopicFilter.ofMqtt(mqtt).spelled(SLASH)).isEqualTo(mqtt);
    assertThat(TopicFilter.ofAmqp(amqp).spelled(SLASH)).isEqualTo(mqtt);
    assertThat(TopicFilter.ofAmqp(amqp).steps()).isEqualTo(TopicFilter.ofMqtt(mqtt).steps());
  }

  @Test
  void aPrefixIsSpelledLikeNoOtherFilter() {
    assertThat(new TopicFilter.Prefix("com.my").spelled(DOT)).isEqualTo("com.my#");
    assertThat(new TopicFilter.Prefix("com.my").spelled(SLASH)).isEqualTo("com/my#");
  }

  @Test
  void matchingAgreesWithARegularExpressionOverGeneratedFilters() {
    Random random = new Random(7);
    String[] words = {"a", "b", "", "*", "#"};
    for (int i = 0; i < 20_000; i++) {
      String filter = joined(random, words, 1 + random.nextInt(5));
      String topic = joined(random, new String[] {"a", "b", ""}, 1 + random.nextInt(6));
      boolean expected = topicMatches(filter, topic);

      assertThat(TopicFilter.ofAmqp(filter).matches(Topic.of(topic, DOT)))
          .as("%s on %s", filter, topic)
          .isEqualTo(expected);
    }
  }

  /** Each word with a dot behind it; then # is any number of such words. */
  private static boolean topicMatches(String filter, String topic) {
    StringBuilder regex = new StringBuilder();
    if (!filter.isEmpty()) {
      for (String word : filter.split("\\.", -1)) {
        regex.append(
            switch (word) {
              case "*" -> "[^.]*\\.";
              case "#" -> "([^.]*\\.)*";
              default -> java.util.regex.Pattern.quote(word) + "\\.";
            });
      }
    }
    return (topic.isEmpty() ? "" : topic + ".").matches(regex.toString());
  }

  private static String joined(Random random, String[] words, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : ".").append(words[random.nextInt(words.length)]);
    }
    return text.toString();
  }

  @Test
  void aFilterAsLongAsAPeerCanMakeItNeedsNeitherDeepStackNorLongTime() {
    Topic deep = Topic.of("a/".repeat(30_000) + "b", SLASH);
    assertThat(TopicFilter.ofMqtt("+/".repeat(30_000) + "+").matches(deep)).isTrue();
    assertThat(TopicFilter.ofAmqp("#." + "#.*.".repeat(20) + "c").matches(deep)).isFalse();
    assertThat(TopicFilter.ofAmqp("#.a.".repeat(100) + "#.b").matches(deep)).isTrue();
    assertThat(TopicFilter.ofAmqp("#.a.".repeat(100) + "#.c").matches(deep)).isFalse();
  }
}
