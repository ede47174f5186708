package io.serai.interop;

import org.junit.jupiter.api.Test;

/** MQTT 3.1.1 and 5.0 with paho; the steps are in src/test/python/paho_mqtt.py. */
@Uses(ThirdParty.PAHO)
class PahoIT {
  @Test
  void everyQosRoundTrip() throws Exception {
    run("every_qos_round_trip");
  }

  @Test
  void retainedValues() throws Exception {
    run("retained_values");
  }

  @Test
  void willIsPublishedWhenTheSocketDies() throws Exception {
    run("will_is_published_when_the_socket_dies");
  }

  @Test
  void sessionIsResumedWithWhatCameMeanwhile() throws Exception {
    run("session_is_resumed_with_what_came_meanwhile");
  }

  @Test
  void overlappingFiltersGiveOneCopy() throws Exception {
    run("overlapping_filters_give_one_copy");
  }

  @Test
  void noLocalAndRetainAsPublished() throws Exception {
    run("no_local_and_retain_as_published");
  }

  @Test
  void takeoverClosesTheOlderConnection() throws Exception {
    run("takeover_closes_the_older_connection");
  }

  @Test
  void noMatchingSubscribersIsTold() throws Exception {
    run("no_matching_subscribers_is_told");
  }

  @Test
  void messageExpiryCountsDown() throws Exception {
    run("message_expiry_counts_down");
  }

  @Test
  void aStreamIsReplayed() throws Exception {
    run("a_stream_is_replayed");
  }

  @Test
  void publishersStayWhileSubscribersComeAndGo() throws Exception {
    run("publishers_stay_while_subscribers_come_and_go");
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "paho_mqtt", function);
  }
}
