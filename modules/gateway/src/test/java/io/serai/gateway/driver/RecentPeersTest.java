package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecentPeersTest {
  private final Set<String> anchored = new HashSet<>();
  private final List<String> forgotten = new ArrayList<>();
  private final RecentPeers<String> peers =
      new RecentPeers<>(3, anchored::contains, forgotten::add);

  private void come(String... names) {
    for (String name : names) {
      peers.put(name, name);
    }
  }

  @Test
  void theOneThatIsSilentLongestGoes() {
    come("a", "b", "c");
    assertThat(peers.get("a")).isEqualTo("a");
    come("d", "e");
    assertThat(forgotten).containsExactly("b", "c");
  }

  @Test
  void whoWaitsForSomethingStaysHoweverManyStrangersCome() {
    anchored.add("a");
    come("a");
    for (int i = 0; i < 1_000; i++) {
      come("stranger-" + i);
    }
    assertThat(peers.get("a")).isEqualTo("a");
    assertThat(forgotten).hasSize(998).doesNotContain("a");
  }

  @Test
  void whenAllWaitForSomethingTheOneThatIsSilentLongestGoes() {
    anchored.addAll(List.of("a", "b", "c", "d"));
    come("a", "b", "c", "d");
    assertThat(forgotten).containsExactly("a");
    assertThat(peers.all()).containsExactlyInAnyOrder("b", "c", "d");
  }

  @Test
  void whoLeftIsNotThereAndMakesRoom() {
    come("a", "b", "c");
    peers.remove("b", "b");
    come("d");
    assertThat(forgotten).isEmpty();
    assertThat(peers.get("b")).isNull();
  }
}
