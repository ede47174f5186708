package io.serai.interop;

import org.junit.jupiter.api.Test;

/** Queue features as pika sees them; the steps are in src/test/python/queue_features.py. */
@Uses(ThirdParty.PIKA)
class QueueFeaturesIT {
  @Test
  void theFourthDeliveryGoesToTheDeadLetterExchange() throws Exception {
    run("the_fourth_delivery_goes_to_the_dead_letter_exchange");
  }

  @Test
  void rejectedExpiredAndOverflowingMessagesAreDeadLetters() throws Exception {
    run("rejected_expired_and_overflowing_messages_are_dead_letters");
  }

  @Test
  void retryThroughAWaitingQueueCountsItsRounds() throws Exception {
    run("retry_through_a_waiting_queue_counts_its_rounds");
  }

  @Test
  void aCycleThatNobodyRejectsInEnds() throws Exception {
    run("a_cycle_that_nobody_rejects_in_ends");
  }

  @Test
  void aMissingDeadLetterExchangeLosesTheMessageAndNothingElse() throws Exception {
    run("a_missing_dead_letter_exchange_loses_the_message_and_nothing_else");
  }

  @Test
  void quorumQueuesAreTakenWithTheirArgumentsAndRefusals() throws Exception {
    run("quorum_queues_are_taken_with_their_arguments_and_refusals");
  }

  @Test
  void higherPrioritiesComeFirst() throws Exception {
    run("higher_priorities_come_first");
  }

  @Test
  void oneConsumerAtATimeIsActiveAndTheNextTakesOver() throws Exception {
    run("one_consumer_at_a_time_is_active_and_the_next_takes_over");
  }

  @Test
  void consumersOfHigherPriorityGetMessagesFirst() throws Exception {
    run("consumers_of_higher_priority_get_messages_first");
  }

  @Test
  void aConsistentHashExchangeKeepsEqualKeysTogether() throws Exception {
    run("a_consistent_hash_exchange_keeps_equal_keys_together");
  }

  @Test
  void aRandomExchangeGivesEachMessageToOneQueue() throws Exception {
    run("a_random_exchange_gives_each_message_to_one_queue");
  }

  @Test
  void aDelayedMessageComesWhenItIsTime() throws Exception {
    run("a_delayed_message_comes_when_it_is_time");
  }

  @Test
  void theDelaysOfCeleryOnQuorumQueuesWork() throws Exception {
    run("the_delays_of_celery_on_quorum_queues_work");
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "queue_features", function);
  }
}
