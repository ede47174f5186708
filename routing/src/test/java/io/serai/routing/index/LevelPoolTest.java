package io.serai.routing.index;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LevelPoolTest {
  @Test
  void aLevelThatWasSeenIsTheSameInstance() {
    String first = LevelPool.shared("level-pool-test");
    assertThat(LevelPool.shared(new String("level-pool-test"))).isSameAs(first);
  }

  @Test
  void levelsWithTheSameHashAreToldApart() {
    assertThat("AaAa".hashCode()).isEqualTo("BBBB".hashCode());
    LevelPool.shared("AaAa");
    assertThat(LevelPool.shared("BBBB")).isEqualTo("BBBB");
  }

  @Test
  void filtersThatEndAlikeShareTheirEnd() {
    Object[] one = {"site", TopicNode.SINGLE, LevelPool.shared("pool-temp")};
    Object[] other = {"hall", TopicNode.SINGLE, LevelPool.shared(new String("pool-temp"))};
    assertThat(Tail.of(one, 1, "a").rest()).isSameAs(Tail.of(other, 1, "b").rest());
  }

  @Test
  void longEndsAreNotRemembered() {
    Object[] steps = {"a", "b", "c", "d", "e"};
    assertThat(Tail.of(steps, 1, "x").rest()).isNotSameAs(Tail.of(steps.clone(), 1, "x").rest());
  }
}
