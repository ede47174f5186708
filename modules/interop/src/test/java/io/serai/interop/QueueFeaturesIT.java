package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.util.Date;
import java.util.List;
import java.util.Map;
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
  void deadLettersKeepTheRoutingKeysOfTheirCopies() throws Exception {
    run("dead_letters_keep_the_routing_keys_of_their_copies");
  }

  @Test
  void quorumQueuesAreTakenWithTheirArgumentsAndRefusals() throws Exception {
    run("quorum_queues_are_taken_with_their_arguments_and_refusals");
  }

  @Test
  void aMessageIdThatCameBeforeIsConfirmedAndNotKeptAgain() throws Exception {
    run("a_message_id_that_came_before_is_confirmed_and_not_kept_again");
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
  void theDelaysOfCeleryOnQuorumQueuesWork() throws Exception {
    run("the_delays_of_celery_on_quorum_queues_work");
  }

  @Test
  void whatComesBackWaitsLongerEachTime() throws Exception {
    run("what_comes_back_waits_longer_each_time");
  }

  @Test
  void aConsumerThatForgetsADeliveryLosesItsChannel() throws Exception {
    run("a_consumer_that_forgets_a_delivery_loses_its_channel");
  }

  @Test
  @Uses(ThirdParty.RABBITMQ_JAVA)
  void aDeadLettersHistoryHasTheTypesTheJavaClientExpects() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setPort(SharedNode.get().port("amqp"));
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      String dead = channel.queueDeclare().getQueue();
      String queue =
          channel
              .queueDeclare(
                  "",
                  false,
                  true,
                  true,
                  Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead))
              .getQueue();
      channel.basicPublish(
          "", queue, new AMQP.BasicProperties.Builder().expiration("60000").build(), new byte[1]);
      channel.basicReject(get(channel, queue).getEnvelope().getDeliveryTag(), false);
      Map<String, Object> headers = get(channel, dead).getProps().getHeaders();
      assertThat(headers.get("x-first-death-reason")).hasToString("rejected");
      Map<?, ?> death = (Map<?, ?>) ((List<?>) headers.get("x-death")).getFirst();
      assertThat(death.get("count")).isEqualTo(1L);
      assertThat((Date) death.get("time")).isCloseTo(new Date(), 600_000);
      assertThat(death.get("queue")).hasToString(queue);
      assertThat(death.get("original-expiration")).hasToString("60000");
      assertThat((List<?>) death.get("routing-keys")).singleElement().asString().isEqualTo(queue);
    }
  }

  private static GetResponse get(Channel channel, String queue) throws Exception {
    for (int tries = 0; tries < 6_000; tries++) {
      GetResponse got = channel.basicGet(queue, false);
      if (got != null) {
        return got;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("nothing came to " + queue);
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "queue_features", function);
  }
}
