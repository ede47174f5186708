package io.serai.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScenariosTest {
  @ParameterizedTest
  @CsvSource({
    "amqp, amqp-16, 16",
    "amqp-16, amqp-16, 16",
    "amqp-fan10-1k, amqp-fan10-1k, 1024",
    "mqtt-pairs1-64K, mqtt-pairs1-64k, 65536",
    "cross-1024, cross-1k, 1024",
    "back-100, back-100, 100"
  })
  void aNameEndsInTheSizeOfABody(String name, String canonical, int bytes) {
    Scenario scenario = Scenarios.named(name);
    assertThat(scenario.name()).isEqualTo(canonical);
    assertThat(scenario.bodyBytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "amqp-", "amqp-15", "amqp-2000k", "amqp-0", "amqp--1", "nats-16", "16"})
  void aWrongNameIsRefused(String name) {
    assertThatThrownBy(() -> Scenarios.named(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theUsualScenariosExist() {
    assertThat(Scenarios.USUAL).allSatisfy(name -> assertThat(Scenarios.named(name)).isNotNull());
  }

  @Test
  void copiesAreDeliveriesOfOneMessage() {
    assertThat(Scenarios.named("amqp-fan10-16").copies()).isEqualTo(10);
    assertThat(Scenarios.named("mqtt-fan-16").copies()).isEqualTo(50);
    assertThat(Scenarios.named("amqp-4x4-16").copies()).isEqualTo(1);
    assertThat(Scenarios.named("mqtt-pairs-16").copies()).isEqualTo(1);
  }

  @Test
  void theWindowIsBoundedByBytesAndSharedByCopies() {
    assertThat(Scenarios.named("amqp-16").undeliveredWindow()).isEqualTo(10_000);
    assertThat(Scenarios.named("amqp-64k").undeliveredWindow()).isEqualTo(256);
    assertThat(Scenarios.named("amqp-fan10-16").undeliveredWindow()).isEqualTo(1000);
    assertThat(Scenarios.named("mqtt-fan1k-16").undeliveredWindow()).isEqualTo(20);
  }
}
