package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeadlinesTest {
  @Test
  void whatIsCancelledIsNotKeptUntilItsTime() {
    Deadlines deadlines = new Deadlines();
    deadlines.at(1, _ -> {}); // stays at the head
    for (int i = 0; i < 10_000; i++) {
      deadlines.cancel(deadlines.at(1_000_000 + i, _ -> {}));
    }
    assertThat(deadlines.size()).isLessThan(200);
    assertThat(deadlines.nextMillis()).isEqualTo(1);
  }
}
