package io.serai.interop;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * MQTT sessions whose topics do not all matter as much, with paho; the steps are in
 * src/test/python/queue_priorities.py.
 */
@Uses(ThirdParty.PAHO)
class QueuePrioritiesIT {
  private static SeraiProcess node;

  @BeforeAll
  static void start() {
    node =
        SeraiProcess.start(
            "--set", "listeners.mqtt.queue-priorities=\"alarms/#=9, +/state=2\"",
            "--set", "listeners.mqtt.max-queued-messages=300");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void anAbsentClientGetsWhatMattersMostFirstAndKeepsItWhenItsQueueIsFull() throws Exception {
    run("an_absent_client_gets_what_matters_most_first_and_keeps_it_when_its_queue_is_full");
  }

  @Test
  void noQos2MessageComesTwiceHoweverOftenTheConnectionBreaks() throws Exception {
    run("no_qos_2_message_comes_twice_however_often_the_connection_breaks");
  }

  @Test
  void whatWasUnderWayIsFinishedWhenTheQueueOverflowedMeanwhile() throws Exception {
    run("what_was_under_way_is_finished_when_the_queue_overflowed_meanwhile");
  }

  private static void run(String function) throws Exception {
    Scripts.python(node, "queue_priorities", function);
  }
}
