package io.serai.interop;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A listener's total rate over two event loops; the steps are in src/test/python/listener_rate.py.
 */
@Uses(ThirdParty.PAHO)
@Timeout(600)
class ListenerRateIT {
  @Test
  void clientsShareTheRateAndLoseNothing() throws Exception {
    run("clients_share_the_rate_and_lose_nothing", "total-messages-rate=200");
  }

  @Test
  void bytesAreSharedTheSameWay() throws Exception {
    run("clients_share_the_rate_and_lose_nothing", "total-bytes-rate=4000");
  }

  @Test
  void aClientThatSendsLittleIsNotHeldUpByThoseThatSendMuch() throws Exception {
    run("a_client_that_sends_little_is_not_held_up", "total-messages-rate=200");
  }

  private static void run(String function, String limit) throws Exception {
    try (SeraiProcess node =
        SeraiProcess.start("--set", "node.event-loops=2", "--set", "listeners.mqtt." + limit)) {
      Scripts.python(node, "listener_rate", function);
    }
  }
}
