package io.serai.interop;

import org.junit.jupiter.api.Test;

/** STOMP over TCP with stomp.py. */
@Uses(ThirdParty.STOMP_PY)
class StompPyIT {
  @Test
  void everyVersionRoundTrip() throws Exception {
    run("every_version_round_trip");
  }

  @Test
  void aBinaryBodyWithNul() throws Exception {
    run("a_binary_body_with_nul");
  }

  @Test
  void acknowledgementsOfEveryMode() throws Exception {
    run("acknowledgements");
  }

  @Test
  void prefetchCountLimitsWhatIsUnacknowledged() throws Exception {
    run("prefetch_count");
  }

  @Test
  void transactionsCommitAndAbort() throws Exception {
    run("transactions");
  }

  @Test
  void aDurableSubscriptionKeepsWhatComesMeanwhile() throws Exception {
    run("durable_subscription");
  }

  @Test
  void requestAndReplyThroughATempQueue() throws Exception {
    run("request_and_reply");
  }

  @Test
  void heartbeatsKeepAnIdleConnection() throws Exception {
    run("heartbeats_keep_an_idle_connection");
  }

  @Test
  void errorsCloseTheConnection() throws Exception {
    run("errors_close_the_connection");
  }

  @Test
  void wrongPasswordAndVhostAreRefused() throws Exception {
    run("wrong_password_and_vhost");
  }

  @Test
  void queueArgumentsAreHeaders() throws Exception {
    run("queue_arguments");
  }

  @Test
  void aRefusedMessageIsAnError() throws Exception {
    run("a_refused_message_is_an_error");
  }

  @Test
  void aSilentClientIsDropped() throws Exception {
    run("a_silent_client_is_dropped");
  }

  @Test
  void selectorsAndBrowsers() throws Exception {
    run("selectors_and_browsers");
  }

  @Test
  void aStreamIsReplayed() throws Exception {
    run("a_stream_is_replayed");
  }

  @Test
  void selectorsOnTopicsAndExchanges() throws Exception {
    run("selectors_on_topics");
  }

  @Test
  void aReceiptOfDisconnectMeansThatNothingIsLeftBehind() throws Exception {
    run("disconnect_leaves_nothing_behind");
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "stomp_py", function);
  }
}
