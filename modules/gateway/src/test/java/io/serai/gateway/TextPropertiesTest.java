package io.serai.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Properties;
import io.serai.model.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextPropertiesTest {
  @Test
  void whatIsWrittenIsReadBack() {
    Properties all =
        Properties.builder()
            .contentType("text/plain")
            .contentEncoding("gzip")
            .correlationId(Value.of("c"))
            .messageId(Value.of("m"))
            .expiryMillis(5)
            .priority(6)
            .type("t")
            .userId("u")
            .appId("a")
            .build();
    Map<String, String> written = new LinkedHashMap<>();
    TextProperties.write(all, written::put);
    Properties.Builder read = Properties.builder();

    assertThat(written).hasSize(9);
    written.forEach((name, text) -> assertThat(TextProperties.read(name, text, read)).isTrue());
    assertThat(read.build()).isEqualTo(all);
  }

  @ParameterizedTest
  @CsvSource({
    "priority, high",
    "priority, 256",
    "priority, -1",
    "priority, ''",
    "expiration, 1.5",
    "expiration, 9999999999999999999",
    "colour, red",
    "'', ''",
  })
  void whatIsNoPropertyIsLeftToBeAHeader(String name, String text) {
    Properties.Builder to = Properties.builder();

    assertThat(TextProperties.read(name, text, to)).isFalse();
    assertThat(to.build()).isEqualTo(Properties.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "0,                  100, 0",
    "100,                100, 100",
    "101,                100, -1",
    "007,                100, 7",
    "999999999999999999, 9223372036854775807, 999999999999999999",
    "1e3,                9999, -1",
    "' 1',               9999, -1",
    "+1,                 9999, -1",
    "٣,                  9999, -1",
  })
  void onlyPlainDigitsAreANumber(String text, long most, long number) {
    assertThat(TextProperties.decimal(text, most)).isEqualTo(number);
  }

  @Test
  void bytesAreTextWhereTheyAreOneAndBase64Otherwise() {
    byte[][] samples = {
      {'a', 'b'},
      {(byte) 0xff, 0},
      {'a', '\n'},
      "base64:x".getBytes(UTF_8),
      "käse".getBytes(UTF_8),
      {}
    };
    String[] texts = {"ab", "base64:/wA=", "base64:YQo=", "base64:YmFzZTY0Ong=", "käse", ""};
    for (int i = 0; i < samples.length; i++) {
      String text = TextProperties.text(new Value.Binary(samples[i]));
      assertThat(text).isEqualTo(texts[i]);
      Value read = TextProperties.correlationId(text);
      assertThat(read instanceof Value.Binary(byte[] bytes) ? bytes : read.asText().getBytes(UTF_8))
          .isEqualTo(samples[i]);
    }
  }

  @Test
  void aTextThatOnlyLooksLikeBase64StaysText() {
    assertThat(TextProperties.correlationId("base64:!")).isEqualTo(Value.of("base64:!"));
    assertThat(TextProperties.text(null)).isNull();
    assertThat(TextProperties.text(new Value.ULong(7))).isEqualTo("7");
  }
}
