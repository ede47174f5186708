package io.serai.interop;

import org.junit.jupiter.api.Test;

/** Selectors and browsing as pika sees them; the steps are in src/test/python/queue_views.py. */
@Uses(ThirdParty.PIKA)
class QueueViewsIT {
  @Test
  void aSelectorTakesItsMessagesAndLeavesTheRest() throws Exception {
    run("a_selector_takes_its_messages_and_leaves_the_rest");
  }

  @Test
  void aSelectorThatIsNoneIsRefused() throws Exception {
    run("a_selector_that_is_none_is_refused");
  }

  @Test
  void aBrowserReadsAndLeavesEverything() throws Exception {
    run("a_browser_reads_and_leaves_everything");
  }

  @Test
  void aBrowserThatFollowsSeesWhatComesWithinItsPrefetch() throws Exception {
    run("a_browser_that_follows_sees_what_comes_within_its_prefetch");
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "queue_views", function);
  }
}
