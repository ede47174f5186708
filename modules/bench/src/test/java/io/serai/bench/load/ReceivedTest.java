package io.serai.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReceivedTest {
  @Test
  void messagesInOrderAreEachNew() {
    Received received = new Received();
    assertThat(received.add(0)).isTrue();
    assertThat(received.add(1)).isTrue();
    assertThat(received.count()).isEqualTo(2);
  }

  @Test
  void aMessageThatComesAgainIsNotCountedTwice() {
    Received received = new Received();
    received.add(0);
    received.add(1);
    assertThat(received.add(0)).isFalse();
    assertThat(received.count()).isEqualTo(2);
  }

  @Test
  void aMessageThatWasOvertakenIsNewOnce() {
    Received received = new Received();
    received.add(5);
    assertThat(received.add(2)).isTrue();
    assertThat(received.add(2)).isFalse();
    assertThat(received.add(4)).isTrue();
    assertThat(received.add(0)).isTrue();
    assertThat(received.count()).isEqualTo(4);
  }

  @Test
  void anyOrderWithRepeatsCountsAsASetDoes() {
    Random random = new Random(20251101);
    for (int run = 0; run < 50; run++) {
      List<Integer> numbers = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        numbers.add(random.nextInt(200));
      }
      Collections.shuffle(numbers, random);
      Received received = new Received();
      Set<Integer> model = new HashSet<>();
      for (int number : numbers) {
        assertThat(received.add(number)).isEqualTo(model.add(number));
      }
      assertThat(received.count()).isEqualTo(model.size());
    }
  }
}
