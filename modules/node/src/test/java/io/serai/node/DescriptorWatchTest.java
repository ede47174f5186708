package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DescriptorWatchTest {
  private final List<Integer> fitting = new ArrayList<>();
  private final List<Integer> fittingHttp = new ArrayList<>();
  private long open;
  private int connections;
  private int overHttp;
  private int mostOverHttp;

  private int look(long limit) {
    var clients = new DescriptorWatch.Sockets(100_000, () -> connections, fitting::add);
    var http = new DescriptorWatch.Sockets(mostOverHttp, () -> overHttp, fittingHttp::add);
    try (var watch = new DescriptorWatch(OptionalLong.of(limit), () -> open, clients, http)) {
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
  void httpHasATenthOfWhatFitsForItself() {
    mostOverHttp = 512;
    open = 80;
    assertThat(look(1_000)).isEqualTo(720 - 72);
    assertThat(fittingHttp).containsExactly(72);
    open = 180;
    overHttp = 72;
    connections = 28;
    assertThat(look(1_000)).as("the same, however many of which there are").isEqualTo(720 - 72);
    assertThat(look(100_000)).as("and no more than there can be").isEqualTo(98_920 - 512);
    assertThat(fittingHttp.getLast()).isEqualTo(512);
  }

  @Test
  void someGetThroughToAskWhateverElseIsOpen() {
    mostOverHttp = 512;
    open = 999;
    assertThat(look(1_000)).isEqualTo(16);
    assertThat(fittingHttp).containsExactly(16);
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
    var nobody = new DescriptorWatch.Sockets(10, () -> 0, fitting::add);
    try (var watch = new DescriptorWatch(OptionalLong.of(10), () -> open, nobody, nobody)) {
      watch.look();
    }
    assertThat(fitting).isEmpty();
  }
}
