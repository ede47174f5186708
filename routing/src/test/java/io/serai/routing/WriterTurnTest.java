package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WriterTurnTest {
  private final WriterTurn turn = new WriterTurn();

  @Test
  void oneAtATimeHasIt() {
    assertThat(turn.tryTake()).isTrue();
    assertThat(turn.tryTake()).isFalse();
    turn.giveBack();
    assertThat(turn.tryTake()).isTrue();
  }

  @Test
  void whileTheOwnerHasItNobodyElseDoes() {
    assertThat(turn.tryTakeAsOwner()).isTrue();
    assertThat(turn.tryTake()).isFalse();
    turn.giveBack();
    assertThat(turn.tryTake()).isTrue();
  }

  @Test
  void nobodyGetsInBeforeAnOwnerThatHasAsked() {
    assertThat(turn.tryTake()).isTrue();
    assertThat(turn.tryTakeAsOwner()).isFalse();
    turn.giveBack();
    assertThat(turn.tryTake()).isFalse();
    assertThat(turn.tryTakeAsOwner()).isTrue();
    turn.giveBack();
    assertThat(turn.tryTake()).isTrue();
  }
}
