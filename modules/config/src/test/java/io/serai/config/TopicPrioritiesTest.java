package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPrioritiesTest {
  private static KeyType.Reading<String> read(String text) {
    return new TopicPrioritiesType()
        .read(ConfigValueFactory.fromAnyRef(text), new ReadContext(Path.of("/work-folder")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a=1",
        "alarms/#=9, status/+=2",
        "#=255",
        "+/b=3",
        "a//b=10",
        "/=1",
        "$x/+/#=1"
      })
  void filtersAndPrioritiesAreTaken(String text) {
    assertThat(read(text)).isEqualTo(new KeyType.Good<>(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a=", "=1", "a=0", "a=256", "a=1,", "a#=1", "a/b+=1", "#/a=1", "a+b=2"})
  void othersAreSaidToBeWrong(String text) {
    assertThat(read(text)).isInstanceOf(KeyType.Bad.class);
  }
}
