package io.serai.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bench.cost.Meter;
import java.io.IOException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The tool against a broker that loses, doubles or reorders: its check must say so. */
final class LyingBrokerIT {
  private static final int[] NONE = {};
  private static final Pace PACE = Pace.counted(200, 0).withQuietSeconds(5);

  private static Figures.Check check(IntFunction<int[]> copies, Pace pace)
      throws IOException, InterruptedException {
    try (FakeMqttBroker broker = new FakeMqttBroker(copies)) {
      return LoadRun.run(
              Scenarios.named("mqtt-one-16"), broker.target(), pace, Meter.withoutProcess())
          .check();
    }
  }

  @Test
  void anHonestBrokerIsGood() throws Exception {
    Figures.Check check = check(number -> new int[] {number}, PACE);
    assertThat(check.isGood()).as(check.describe()).isTrue();
    assertThat(check.delivered()).isEqualTo(200);
  }

  @Test
  void lostMessagesAreCounted() throws Exception {
    Figures.Check check = check(number -> number % 10 == 9 ? NONE : new int[] {number}, PACE);
    assertThat(check.isGood()).isFalse();
    assertThat(check.describe()).isEqualTo("BAD lost=20");
  }

  @Test
  void doubledMessagesAreCounted() throws Exception {
    Figures.Check check =
        check(number -> number == 7 ? new int[] {7, 7} : new int[] {number}, PACE);
    assertThat(check.describe()).isEqualTo("BAD doubled=1");
  }

  @Test
  void reorderedMessagesAreCountedAtAConstantRateToo() throws Exception {
    IntFunction<int[]> swapped =
        number ->
            switch (number) {
              case 3 -> NONE;
              case 4 -> new int[] {4, 3};
              default -> new int[] {number};
            };
    Figures.Check check = check(swapped, Pace.counted(200, 2000).withQuietSeconds(5));
    assertThat(check.describe()).isEqualTo("BAD reordered=1");
  }
}
