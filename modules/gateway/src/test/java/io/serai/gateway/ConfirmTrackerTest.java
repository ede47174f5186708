package io.serai.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConfirmTrackerTest {
  private final ConfirmTracker tracker = new ConfirmTracker();
  private final List<String> confirmed = new ArrayList<>();

  private final ConfirmTracker.Sink sink =
      new ConfirmTracker.Sink() {
        @Override
        public void confirmed(long token, boolean accepted) {
          confirmed.add(token + (accepted ? "+" : "-"));
        }

        @Override
        public void unrouted(long token) {
          confirmed.add(token + "?");
        }
      };

  private void answered(long batchId, Integer... refused) {
    tracker.answered(batchId, List.of(refused), sink);
  }

  private void sent(long batchId, int shards, long... tokens) {
    for (long token : tokens) {
      tracker.add(token);
    }
    tracker.flushed(batchId, shards);
  }

  @Test
  void aBatchIsConfirmedWhenEveryShardHasAnswered() {
    sent(1, 3, 10, 11);

    answered(1);
    answered(1);
    assertThat(confirmed).isEmpty();
    answered(1);

    assertThat(confirmed).containsExactly("10+", "11+");
    assertThat(tracker.outstandingBatches()).isZero();
  }

  @Test
  void oneRefusalByAnyShardIsEnoughAndCountsOnce() {
    sent(1, 2, 10, 11, 12);

    answered(1, 1);
    answered(1, 1, 2);

    assertThat(confirmed).containsExactly("10+", "11-", "12-");
  }

  @Test
  void whatHadNoQueueAnyMoreIsToldApartInItsPlace() {
    sent(1, 2, 10, 11, 12);

    tracker.unrouted(1, List.of(1));
    answered(1);
    answered(1, 2);
    tracker.unrouted(1, List.of(0));

    assertThat(confirmed).containsExactly("10+", "11?", "12-");
  }

  @Test
  void theTokensOfSomeMessagesOfAWaitingBatchAreFound() {
    sent(1, 1, 10, 11, 12);
    List<Long> tokens = new ArrayList<>();
    tracker.tokens(1, List.of(0, 2), tokens::add);
    assertThat(tokens).containsExactly(10L, 12L);
    answered(1);
    tracker.tokens(1, List.of(0), tokens::add);
    assertThat(tokens).as("nothing of a batch that is done").hasSize(2);
  }

  @Test
  void batchesAreConfirmedInTheOrderTheyComplete() {
    sent(1, 2, 10);
    sent(2, 1, 20);

    answered(2);
    answered(1);
    answered(1);

    assertThat(confirmed).containsExactly("20+", "10+");
  }

  @Test
  void anAnswerForAnUnknownOrFinishedBatchChangesNothing() {
    sent(1, 1, 10);
    answered(9, 0);
    answered(1);
    answered(1, 0);

    assertThat(confirmed).containsExactly("10+");
  }

  @Test
  void theOpenBatchIsEmptyAfterItWasSent() {
    assertThat(tracker.isOpenEmpty()).isTrue();
    tracker.add(10);
    assertThat(tracker.isOpenEmpty()).isFalse();

    tracker.flushed(1, 1);

    assertThat(tracker.isOpenEmpty()).isTrue();
    assertThat(tracker.outstandingBatches()).isEqualTo(1);
    tracker.flushed(2, 0);
    assertThat(tracker.outstandingBatches()).as("nothing was added").isEqualTo(1);
  }

  @Test
  void everyTokenIsConfirmedExactlyOnceWhateverTheOrderOfAnswers() {
    Random random = new Random(5);
    List<Long> answers = new ArrayList<>();
    int tokens = 0;
    for (long batch = 1; batch <= 300; batch++) {
      int count = 1 + random.nextInt(200);
      int shards = 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        tracker.add(tokens++);
      }
      tracker.flushed(batch, shards);
      for (int s = 0; s < shards; s++) {
        answers.add(batch);
      }
    }
    java.util.Collections.shuffle(answers, random);
    answers.forEach(this::answered);

    assertThat(confirmed).hasSize(tokens).doesNotHaveDuplicates();
    assertThat(tracker.outstandingBatches()).isZero();
  }
}
