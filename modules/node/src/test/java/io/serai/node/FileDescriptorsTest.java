package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FileDescriptorsTest {
  private static final String LIMITS =
      """
      Limit                     Soft Limit           Hard Limit           Units
      Max processes             96000                96000                processes
      Max open files            20000                20000                files
      Max locked memory         8388608              8388608              bytes
      """;

  @Test
  void theSoftLimitIsRead() {
    assertThat(FileDescriptors.limitIn(LIMITS)).hasValue(20_000);
  }

  @Test
  void noLimitIsNoProblem() {
    assertThat(FileDescriptors.limitIn(LIMITS.replace("20000", "unlimited"))).isEmpty();
    assertThat(FileDescriptors.advice(OptionalLong.empty(), 100_000)).isEmpty();
  }

  @Test
  void aLimitThatHoldsEveryConnectionIsEnough() {
    assertThat(FileDescriptors.advice(OptionalLong.of(10_500), 10_000)).isEmpty();
  }

  @Test
  void aLowLimitSaysHowManyConnectionsFitAndWhatToRaise() {
    assertThat(FileDescriptors.advice(OptionalLong.of(10_499), 10_000))
        .hasValueSatisfying(advice ->
            assertThat(advice)
                .contains("9999 connections fit", "to 10500", "LimitNOFILE", "max-connections"));
  }

  @Test
  void aJournalOfMoreFilesThanMayBeOpenIsRefusedInsteadOfWaitedFor() {
    OptionalLong limit = OptionalLong.of(1024);
    assertThat(FileDescriptors.refusal(limit, 150, 873)).isEmpty();
    assertThat(FileDescriptors.refusal(limit, 150, 1600))
        .hasValueSatisfying(refusal ->
            assertThat(refusal).contains("1600 files", "1024", "to 2100 at least", "LimitNOFILE"));
    assertThat(FileDescriptors.refusal(OptionalLong.empty(), 150, 1600)).isEmpty();
    assertThat(FileDescriptors.refusal(limit, -1, 1600)).isEmpty();
  }
}
