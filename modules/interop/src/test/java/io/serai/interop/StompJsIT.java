package io.serai.interop;

import org.junit.jupiter.api.Test;

/** STOMP over WebSocket with @stomp/stompjs, as a web page speaks it. */
@Uses(ThirdParty.STOMP_JS)
class StompJsIT {
  @Test
  void everyVersionOverWebSocket() throws Exception {
    run("everyVersionOverWebSocket");
  }

  @Test
  void binaryBodiesAndEscapes() throws Exception {
    run("binaryBodiesAndEscapes");
  }

  @Test
  void acknowledgementsReceiptsAndTransactions() throws Exception {
    run("acknowledgementsReceiptsAndTransactions");
  }

  @Test
  void heartBeatsKeepAnIdleConnection() throws Exception {
    run("heartBeatsKeepAnIdleConnection");
  }

  @Test
  void anErrorIsToldAndCloses() throws Exception {
    run("anErrorIsToldAndCloses");
  }

  @Test
  void textFramesAreAnsweredInText() throws Exception {
    run("textFramesAreAnsweredInText");
  }

  private static void run(String function) throws Exception {
    Scripts.node(SharedNode.get(), "stomp.js", function);
  }
}
