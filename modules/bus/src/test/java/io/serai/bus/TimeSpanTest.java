package io.serai.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSpanTest {
  @ParameterizedTest
  @CsvSource({
    "0s, 0",
    "30s, 30000",
    "5m, 300000",
    "1h, 3600000",
    "7D, 604800000",
    "2M, 5184000000",
    "1Y, 31536000000"
  })
  void aSpanIsANumberWithItsUnit(String text, long millis) {
    assertThat(TimeSpan.millis(text)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "7", "7d", "-1s", "1.5h", " 1s", "1s ", "1234567890s", "٣s"})
  void anythingElseIsNone(String text) {
    assertThat(TimeSpan.millis(text)).isNull();
  }

  @Test
  void whatIsLongerThanAnyTimeIsTheLongest() {
    assertThat(TimeSpan.millis("999999999Y")).isEqualTo(Long.MAX_VALUE);
    assertThat(TimeSpan.millis("292471209Y")).as("wrapped round to less than nothing").isPositive();
  }
}
