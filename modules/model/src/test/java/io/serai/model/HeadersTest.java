package io.serai.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadersTest {
  private static final Headers REPEATED =
      Headers.of(Header.of("a", "1"), Header.of("b", "2"), Header.of("a", "3"));

  @Test
  void orderAndRepeatsAreKept() {
    assertThat(REPEATED.list())
        .containsExactly(Header.of("a", "1"), Header.of("b", "2"), Header.of("a", "3"));
    assertThat(REPEATED.first("a")).isEqualTo(Value.of("1"));
    assertThat(REPEATED.first("c")).isNull();
    assertThat(REPEATED.first("A")).as("names are case-sensitive").isNull();
  }

  @Test
  void oneHeaderTakesThePlaceOfAllOfItsName() {
    assertThat(REPEATED.with(Header.of("a", "9")).list())
        .containsExactly(Header.of("a", "9"), Header.of("b", "2"));
    assertThat(REPEATED.with(Header.of("c", "9")).list()).hasSize(4).endsWith(Header.of("c", "9"));
    assertThat(REPEATED.list()).as("the original is unchanged").hasSize(3);
  }

  @Test
  void allOfANameAreRemoved() {
    assertThat(REPEATED.without("a").list()).containsExactly(Header.of("b", "2"));
    assertThat(REPEATED.without("a").without("b")).isSameAs(Headers.NONE);
  }

  @Test
  void propertiesAreCopiedWhole() {
    Properties full =
        Properties.builder()
            .contentType("text/plain")
            .contentEncoding("gzip")
            .correlationId(Value.of("c"))
            .replyTo(new ReplyTo.Queue("q"))
            .messageId(Value.of("m"))
            .expiryMillis(5)
            .priority(6)
            .timestampMillis(7)
            .type("t")
            .userId("u")
            .appId("a")
            .durable(true)
            .build();

    assertThat(full.toBuilder().build()).isEqualTo(full);
    assertThat(full.toBuilder().type(null).build()).isNotEqualTo(full);
    assertThat(Properties.builder().build()).isEqualTo(Properties.NONE);
  }
}
