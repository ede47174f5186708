package io.serai.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code $SYS} statistics with paho and pika; the steps are in src/test/python/sys_topics.py. */
@Uses({ThirdParty.PAHO, ThirdParty.PIKA})
class SysTopicsIT {
  private static SeraiProcess node;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    Path config = folder.resolve("sys-topics.conf");
    Files.writeString(
        config,
        """
        sys-topics { interval = 1 s, client-events = true }
        users.plant {
          password = secret
          permissions."/" {
            configure = "^mqtt-session", write = "^mqtt-session", read = "^(mqtt-session|amq\\\\.topic$)"
          }
        }
        """);
    node = SeraiProcess.start("--conf", config.toString());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void aNewSubscriberGetsTheLastValuesAndThenTheNextOnes() throws Exception {
    run("a_new_subscriber_gets_the_last_values_and_then_the_next_ones");
  }

  @Test
  void figuresFollowWhatHappens() throws Exception {
    run("figures_follow_what_happens");
  }

  @Test
  void wildcardsHideIt() throws Exception {
    run("wildcards_hide_it");
  }

  @Test
  void onlyWhoMayReadTheExchangeGetsIt() throws Exception {
    run("only_who_may_read_the_exchange_gets_it");
  }

  @Test
  void clientsThatComeAndGoAreToldOf() throws Exception {
    run("clients_that_come_and_go_are_told_of");
  }

  private static void run(String function) throws Exception {
    Scripts.python(node, "sys_topics", function);
  }
}
