package io.serai.interop;

import org.junit.jupiter.api.Test;

/** AMQP 0-9-1 with pika; the steps are in src/test/python/pika_basics.py. */
@Uses(ThirdParty.PIKA)
class PikaIT {
  @Test
  void publishAndGet() throws Exception {
    run("publish_and_get");
  }

  @Test
  void allPropertiesComeBack() throws Exception {
    run("all_properties_come_back");
  }

  @Test
  void confirmsAndMandatory() throws Exception {
    run("confirms_and_mandatory");
  }

  @Test
  void ackNackRejectAndRequeueOrder() throws Exception {
    run("ack_nack_reject_and_requeue_order");
  }

  @Test
  void unackedMessagesReturnWhenTheConnectionGoes() throws Exception {
    run("unacked_messages_return_when_the_connection_goes");
  }

  @Test
  void prefetchOneConsumerCancelAndThreadsafeAck() throws Exception {
    run("prefetch_one_consumer_cancel_and_threadsafe_ack");
  }

  @Test
  void prefetchOneOverEightQueuesHoldsExactly() throws Exception {
    run("prefetch_one_over_eight_queues");
  }

  @Test
  void exchangeTypes() throws Exception {
    run("exchange_types");
  }

  @Test
  void errorsAreRabbitMqs() throws Exception {
    run("errors_are_rabbitmqs");
  }

  @Test
  void wrongPasswordAndVhost() throws Exception {
    run("wrong_password_and_vhost");
  }

  @Test
  void largeBodiesAndSmallFrames() throws Exception {
    run("large_bodies_and_small_frames");
  }

  @Test
  void heartbeatsKeepAnIdleConnection() throws Exception {
    run("heartbeats_keep_an_idle_connection");
  }

  @Test
  void messageTtlAndLengthLimits() throws Exception {
    run("message_ttl_and_length_limits");
  }

  @Test
  void copiesGoToTheKeysOfCcAndBcc() throws Exception {
    run("cc_and_bcc");
  }

  @Test
  void directReplyToCrossesConnections() throws Exception {
    run("direct_reply_to");
  }

  @Test
  void transactionsCommitAndRollBack() throws Exception {
    run("transactions");
  }

  @Test
  void propertiesLargerThanTheConsumersFrameMax() throws Exception {
    run("properties_larger_than_frame_max");
  }

  @Test
  void aDryRunTellsWhichRulesExchangesAndQueuesMatch() throws Exception {
    run("route_explain");
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "pika_basics", function);
  }
}
