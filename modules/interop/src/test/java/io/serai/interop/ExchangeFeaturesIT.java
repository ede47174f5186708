package io.serai.interop;

import org.junit.jupiter.api.Test;

/** Exchange types as pika sees them; the steps are in src/test/python/exchange_features.py. */
@Uses(ThirdParty.PIKA)
class ExchangeFeaturesIT {
  @Test
  void aConsistentHashExchangeKeepsEqualKeysTogether() throws Exception {
    run("a_consistent_hash_exchange_keeps_equal_keys_together");
  }

  @Test
  void aRandomExchangeGivesEachMessageToOneQueue() throws Exception {
    run("a_random_exchange_gives_each_message_to_one_queue");
  }

  @Test
  void aJmsTopicExchangeRoutesByTheSelectorsOfItsBindings() throws Exception {
    run("a_jms_topic_exchange_routes_by_the_selectors_of_its_bindings");
  }

  @Test
  void aRecentHistoryExchangeTellsNewcomersWhatWasSaid() throws Exception {
    run("a_recent_history_exchange_tells_newcomers_what_was_said");
  }

  @Test
  void aDelayedExchangeRemembersWhatHasWaited() throws Exception {
    run("a_delayed_exchange_remembers_what_has_waited");
  }

  @Test
  void aDelayedMessageComesWhenItIsTime() throws Exception {
    run("a_delayed_message_comes_when_it_is_time");
  }

  @Test
  void delayedMessagesAreListedAndCancelled() throws Exception {
    run("delayed_messages_are_listed_and_cancelled");
  }

  @Test
  void localRandomAndModulusHashExchangesChooseOneQueue() throws Exception {
    run("local_random_and_modulus_hash_exchanges_choose_one_queue");
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "exchange_features", function);
  }
}
