package io.serai.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bench.load.Figures;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
  private final Comparison comparison = new Comparison(List.of("serai", "rabbitmq"));

  private static Figures figures(double rate, double perSecond, double cpuMicros, long lost) {
    Figures.Percentiles latency = new Figures.Percentiles(100, 2000, 3000, 4000);
    Figures.Percentiles none =
        new Figures.Percentiles(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    return new Figures(
        "amqp-16",
        rate,
        perSecond,
        perSecond,
        latency,
        none,
        new Figures.Cpu(cpuMicros, cpuMicros, 1, 0.1, 0.2, 0),
        200,
        210,
        Double.NaN,
        0,
        new Figures.Check(1000, 1000 - lost, lost, 0, 0, 0, 0, 0));
  }

  @Test
  void mediansAndRatioComeFromAllRounds() {
    comparison.add("serai", figures(0, 1_000_000, 0.5, 0));
    comparison.add("rabbitmq", figures(0, 70_000, 20, 0));
    comparison.add("serai", figures(0, 3_000_000, 0.4, 0));
    comparison.add("rabbitmq", figures(0, 50_000, 30, 0));
    comparison.add("serai", figures(0, 2_000_000, 0.6, 0));
    assertThat(comparison.table())
        .contains(
            "| amqp-16 | serai | 2,000,000 (1,000,000-3,000,000) | 0.500 (0.400-0.600) | - | 200 |"
                + " ok |")
        .contains(
            "| amqp-16 | rabbitmq | 60,000 (50,000-70,000) | 25.0 (20.0-30.0) | 0.020 | 200 | ok"
                + " |");
    assertThat(comparison.slowest("amqp-16")).isEqualTo(60_000);
    assertThat(comparison.isGood()).isTrue();
  }

  @Test
  void latenciesHaveATableOfTheirOwn() {
    comparison.add("serai", figures(20_000, 20_000, 8, 0));
    assertThat(comparison.table())
        .contains("| amqp-16 | serai | 20,000 | 0.100 | 2.00 | 3.00 | 8.00 | ok |");
  }

  @Test
  void oneBadRunSpoilsTheComparison() {
    comparison.add("serai", figures(0, 1_000_000, 0.5, 0));
    comparison.add("serai", figures(0, 1_000_000, 0.5, 3));
    assertThat(comparison.isGood()).isFalse();
    assertThat(comparison.table()).contains("BAD lost=3");
  }

  @Test
  void aFailedStartSpoilsTheComparison() {
    comparison.add("serai", figures(0, 1_000_000, 0.5, 0));
    comparison.addFailure("rabbitmq", "amqp-16");
    assertThat(comparison.isGood()).isFalse();
    assertThat(comparison.table()).contains("failed: rabbitmq in amqp-16");
  }

  @Test
  void jsonHasNullForWhatIsNotKnown() {
    String json = Json.of(figures(0, 1_234_567.8, 0.123456789, 0).toMap());
    assertThat(json)
        .startsWith("{\"scenario\":\"amqp-16\",\"loop\":\"closed\"")
        .contains("\"published_per_s\":1234570")
        .contains("\"cpu_us_per_delivery\":0.123457")
        .contains("\"confirm_p50_us\":null")
        .contains("\"ok\":true");
  }
}
