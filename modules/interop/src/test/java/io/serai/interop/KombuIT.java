package io.serai.interop;

import org.junit.jupiter.api.Test;

/** AMQP 0-9-1 with kombu; the steps are in src/test/python/kombu_queues.py. */
@Uses(ThirdParty.KOMBU)
class KombuIT {
  @Test
  void simpleQueue() throws Exception {
    run("simple_queue");
  }

  @Test
  void queueArgumentsAndExchanges() throws Exception {
    run("queue_arguments_and_exchanges");
  }

  @Test
  void broadcastReachesEveryReader() throws Exception {
    run("broadcast");
  }

  @Test
  void confirmedAndReturned() throws Exception {
    run("confirmed_and_returned");
  }

  @Test
  void requestAndReplyWithPools() throws Exception {
    run("request_and_reply_with_pools");
  }

  @Test
  void heartbeatsKeepAConnectionAndTheirAbsenceEndsIt() throws Exception {
    run("heartbeats");
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "kombu_queues", function);
  }
}
