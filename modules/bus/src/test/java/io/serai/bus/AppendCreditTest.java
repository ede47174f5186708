package io.serai.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AppendCreditTest {
  private static final long HALF = AppendCredit.LIMIT_BYTES / 2;

  private final AppendCredit credit = new AppendCredit(3);

  @Test
  void publishersWaitAtTheLimitAndGoOnAtHalfOfIt() {
    assertThat(credit.send(1, HALF)).isFalse();
    assertThat(credit.send(1, HALF)).isTrue();
    assertThat(credit.send(1, 1)).as("said once").isFalse();
    assertThat(credit.arrived(1, HALF)).isFalse();
    assertThat(credit.arrived(1, 1)).isTrue();
    assertThat(credit.arrived(1, HALF)).isFalse();
  }

  @Test
  void theyGoOnWhenNoLoopIsBehind() {
    assertThat(credit.send(1, 2 * HALF)).isTrue();
    assertThat(credit.send(2, 2 * HALF)).as("they wait already").isFalse();
    assertThat(credit.arrived(1, 2 * HALF)).isFalse();
    assertThat(credit.arrived(2, HALF)).isTrue();
  }

  @Test
  void eachLoopHasCreditOfItsOwn() {
    assertThat(credit.send(1, HALF)).isFalse();
    assertThat(credit.send(2, HALF)).isFalse();
  }

  @Test
  void whatWasTakenIsToldInPiecesSmallAgainstTheLimit() {
    credit.take(2, AppendCredit.RETURN_BYTES - 1);
    assertThat(credit.isReturnDue(2)).isFalse();
    credit.take(2, 1);
    assertThat(credit.isReturnDue(2)).isTrue();
    assertThat(credit.giveBack(2)).isEqualTo(AppendCredit.RETURN_BYTES);
    assertThat(credit.giveBack(2)).isZero();
    // Or what nobody tells could hold publishers back for good.
    assertThat(AppendCredit.RETURN_BYTES).isLessThanOrEqualTo(HALF);
  }
}
