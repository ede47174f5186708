package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.TopicPattern.Literal;
import io.serai.config.TopicPattern.Many;
import io.serai.config.TopicPattern.One;
import io.serai.config.TopicTemplate.Captured;
import io.serai.config.TopicTemplate.Fixed;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicPatternTest {
  private static TopicPattern slash(String text) {
    return ((KeyType.Good<TopicPattern>) TopicPattern.parse(text, TopicSpelling.SLASH)).value();
  }

  private static TopicPattern dot(String text) {
    return ((KeyType.Good<TopicPattern>) TopicPattern.parse(text, TopicSpelling.DOT)).value();
  }

  private static TopicTemplate template(String text) {
    return ((KeyType.Good<TopicTemplate>) TopicTemplate.parse(text, TopicSpelling.DOT)).value();
  }

  @Test
  void wildcardsAndCapturesAreLevels() {
    assertThat(slash("plant/{line}/+/{rest#}").levels())
        .containsExactly(new Literal("plant"), new One("line"), new One(""), new Many("rest"));
    assertThat(dot("a.#.{x}").levels())
        .containsExactly(new Literal("a"), new Many(""), new One("x"));
  }

  @Test
  void theOtherSpellingsCharactersAreOrdinary() {
    assertThat(slash("a.b/*").levels()).containsExactly(new Literal("a.b"), new Literal("*"));
    assertThat(dot("a/b.+").levels()).containsExactly(new Literal("a/b"), new Literal("+"));
    assertThat(slash("a//b").levels())
        .containsExactly(new Literal("a"), new Literal(""), new Literal("b"));
    assertThat(slash("/").levels()).containsExactly(new Literal(""), new Literal(""));
  }

  @Test
  void doubledBracesAreBraces() {
    assertThat(slash("{{a}}/b").levels()).containsExactly(new Literal("{a}"), new Literal("b"));
    assertThat(template("{{a}}.{b}").levels())
        .containsExactly(List.of(new Fixed("{a}")), List.of(new Captured("b")));
  }

  @Test
  void aTemplateLevelMayMixTextAndCaptures() {
    assertThat(template("line-{line}-{1}.temp").levels())
        .containsExactly(
            List.of(new Fixed("line-"), new Captured("line"), new Fixed("-"), new Captured("1")),
            List.of(new Fixed("temp")));
  }

  @Test
  void referencesFindWildcardsByNameAndPosition() {
    TopicPattern filter = slash("{a}/x/+/{b#}");
    assertThat(filter.wildcardIndex("a")).isZero();
    assertThat(filter.wildcardIndex("1")).isZero();
    assertThat(filter.wildcardIndex("2")).isEqualTo(1);
    assertThat(filter.wildcardIndex("b")).isEqualTo(2);
    assertThat(filter.wildcardIndex("0")).isEqualTo(-1);
    assertThat(filter.wildcardIndex("4")).isEqualTo(-1);
    assertThat(filter.wildcardIndex("c")).isEqualTo(-1);
  }

  private static boolean covers(TopicPattern wide, TopicPattern narrow) {
    CoverIndex<String> index = new CoverIndex<>(wide.spelling());
    index.add(wide, "wide");
    return index.covering(narrow, _ -> true).isPresent();
  }

  @Test
  void aFilterCoversThoseThatLetLessThrough() {
    assertThat(covers(slash("#"), slash("a/+"))).isTrue();
    assertThat(covers(slash("a/#"), slash("a"))).isTrue();
    assertThat(covers(slash("a/#"), slash("a/b/{c}/#"))).isTrue();
    assertThat(covers(slash("a/+"), slash("a/{x}"))).isTrue();
    assertThat(covers(dot("#.b.#"), dot("a.b.*"))).isTrue();
    assertThat(covers(slash("a/+"), slash("a/#"))).isFalse();
    assertThat(covers(slash("a/b"), slash("a/+"))).isFalse();
    assertThat(covers(slash("a/+/c"), slash("a/b/d"))).isFalse();
    assertThat(covers(dot("a.#.b"), dot("a.#"))).isFalse();
  }

  @Test
  void leadingWildcardsOfMqttDoNotCoverDollarTopics() {
    assertThat(covers(slash("#"), slash("$SYS/a"))).isFalse();
    assertThat(covers(slash("+/a"), slash("$SYS/a"))).isFalse();
    assertThat(covers(slash("$SYS/#"), slash("$SYS/a"))).isTrue();
    assertThat(covers(dot("#"), dot("$SYS.a"))).isTrue();
  }

  @Test
  void manyFiltersAreSearchedByLevel() {
    CoverIndex<String> index = new CoverIndex<>(TopicSpelling.SLASH);
    for (String filter : List.of("a/b", "a/+/c", "x/#")) {
      index.add(slash(filter), filter);
    }
    assertThat(index.covering(slash("a/{b}/c"), _ -> true)).contains("a/+/c");
    assertThat(index.covering(slash("x/y/z"), _ -> true)).contains("x/#");
    assertThat(index.covering(slash("x/y/z"), found -> !found.equals("x/#"))).isEmpty();
    assertThat(index.covering(slash("a/b/d"), _ -> true)).isEmpty();
  }
}
