package io.serai.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessPatternTest {
  @ParameterizedTest
  @CsvSource({
    "'.*',        anything,      true",
    "'.*',        '',            true",
    "'',          anything,      false",
    "'',          '',            false",
    "'^$',        anything,      false",
    "'task',      my-tasks,      true", // found anywhere, as in RabbitMQ
    "'^task',     my-tasks,      false",
    "'^task',     tasks,         true",
    "'^task$',    tasks,         false",
    "'^(a|b)\\.', b.c,           true",
    "'^amq\\.gen-', amq.gen-x1,  true",
    "'^amq\\.gen-', amqpgen-x1,  false",
  })
  void anExpressionIsFoundAnywhereUnlessAnchored(String expression, String name, boolean matches) {
    assertThat(AccessPattern.of(expression).matches(name)).isEqualTo(matches);
  }

  @Test
  void aDollarMatchesBeforeNoLineEndButNewline() {
    assertThat(AccessPattern.of("^a$").matches("a\r")).isFalse();
    assertThat(AccessPattern.of("^a$").matches("a\u0085")).isFalse();
  }

  @Test
  void anExpressionThatBacktracksWithoutEndMatchesNothing() {
    var pattern = AccessPattern.of("^(a+)+$");

    assertThat(pattern.matches("a".repeat(30))).isTrue();
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    assertThat(pattern.matches("a".repeat(40) + "!")).isFalse();
    assertThat(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start)
        .isLessThan(5_000_000_000L); // 2^40 steps would be days
  }

  @Test
  void anExpressionThatRecursesTooDeepMatchesNothing() {
    assertThat(AccessPattern.of("^(a|b)*$").matches("ab".repeat(32_000))).isFalse();
  }

  @Test
  void aBrokenExpressionSaysWhere() {
    assertThatThrownBy(() -> AccessPattern.of("^(a|b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'^(a|b' is not a regular expression: ")
        .hasMessageContaining("at character");
  }

  @ParameterizedTest
  @CsvSource({
    "'^{client_id}\\.',        sensor-7.temp,  true",
    "'^{client_id}\\.',        sensor-8.temp,  false",
    "'^{username}\\.',         joe.temp,       true",
    "'^{vhost}\\.',            plant.temp,     true",
    "'^{vhost}\\.{username}\\.{client_id}$', plant.joe.sensor-7, true",
    "'^fixed\\.',              fixed.temp,     true",
    "'',                       fixed.temp,     false",
  })
  void placeholdersStandForTheConnection(String expression, String key, boolean matches) {
    var pattern = TopicPattern.of(expression).forConnection("joe", "plant", "sensor-7");

    assertThat(pattern.matches(key)).isEqualTo(matches);
  }

  @Test
  void aClientIdIsTextAndNotAnExpression() {
    var pattern = TopicPattern.of("^{client_id}\\.").forConnection("joe", "/", ".*");

    assertThat(pattern.matches("anybody.temp")).isFalse();
    assertThat(pattern.matches(".*.temp")).isTrue();
  }

  @Test
  void aUserNameThatLooksLikeAPlaceholderIsText() {
    var pattern = TopicPattern.of("^{username}\\.").forConnection("{client_id}", "/", "x");

    assertThat(pattern.matches("x.temp")).isFalse();
    assertThat(pattern.matches("{client_id}.temp")).isTrue();
  }

  @Test
  void withoutAClientIdAnExpressionThatWantsOneMatchesNothing() {
    assertThat(TopicPattern.of("^{client_id}").forConnection("joe", "/", "").matches("a.b"))
        .isFalse();
  }

  @Test
  void aBrokenTopicExpressionIsShownAsItWasWritten() {
    assertThatThrownBy(() -> TopicPattern.of("^({username}"))
        .hasMessageStartingWith("'^({username}' is not a regular expression: ");
  }
}
