package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiskWatchTest {
  private final List<String> said = new ArrayList<>();
  private long free = 100;
  private final DiskWatch watch =
      new DiskWatch(
          () -> free,
          50,
          new MemoryWatch.Gate() {
            @Override
            public void block() {
              said.add("block");
            }

            @Override
            public void unblock() {
              said.add("unblock");
            }
          });

  private void look(long bytes) {
    free = bytes;
    watch.look();
  }

  @Test
  void publishersWaitBelowTheLimitAndGoOnByThemselves() {
    look(50);
    assertThat(said).isEmpty();
    look(49);
    look(0);
    assertThat(said).containsExactly("block");
    look(50);
    look(100);
    assertThat(said).containsExactly("block", "unblock");
  }

  @Test
  void aDiskThatDoesNotAnswerBlocksNobody() {
    look(-1);
    assertThat(said).isEmpty();
  }

  @Test
  void aFullDiskThatDoesNotAnswerForAMomentIsStillTakenForFull() {
    look(10);
    look(-1);
    assertThat(said).containsExactly("block");
    look(60);
    assertThat(said).containsExactly("block", "unblock");
  }
}
