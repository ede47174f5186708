package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DescriptorWatchTest {
  private final List<Integer> fitting = new ArrayList<>();
  private long open;
  private int connections;

  private int look(long limit) {
    try (var watch =
        new DescriptorWatch(OptionalLong.of(limit), () -> open, () -> connections, fitting::add)) {
      watch.look();
    }
    return fitting.getLast();
  }

  @Test
  void whatIsNotAConnectionAndAFifthAreLeftToStorage() {
    open = 80;
    assertThat(look(1_000)).isEqualTo(720);
    open = 380;
    connections = 300;
    assertThat(look(1_000)).as("the same, however many there are").isEqualTo(720);
    open = 680;
    assertThat(look(1_000)).as("300 more segments").isEqualTo(420);
  }

  @Test
  void whatIsReservedHasBounds() {
    assertThat(FileDescriptors.reserve(100)).isEqualTo(64);
    assertThat(FileDescriptors.reserve(1_000)).isEqualTo(200);
    assertThat(FileDescriptors.reserve(1_048_576)).isEqualTo(1_000);
  }

  @Test
  void someAreLetInWhateverElseIsOpenSoThatABacklogCanBeDrained() {
    open = 999;
    assertThat(look(1_000)).isEqualTo(16);
  }

  @Test
  void whereNobodyKnowsNothingChanges() {
    open = -1;
    try (var watch = new DescriptorWatch(OptionalLong.of(10), () -> open, () -> 0, fitting::add)) {
      watch.look();
    }
    assertThat(fitting).isEmpty();
  }
}
