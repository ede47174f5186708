package io.serai.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
  private final FixedNode node = FixedNode.healthy();
  private final MetricsPage page = new MetricsPage(node);

  @AfterEach
  void close() {
    page.close();
  }

  @Test
  void aCounterIsTheSumOverAllLoops() {
    node.counters().get(0).add(Counter.MESSAGES_PUBLISHED, 3);
    node.counters().get(1).add(Counter.MESSAGES_PUBLISHED, 4);
    assertThat(page.text()).contains("\nserai_messages_published_total 7.0\n");
    node.counters().get(1).add(Counter.MESSAGES_PUBLISHED, 1);
    assertThat(page.text()).contains("\nserai_messages_published_total 8.0\n");
  }

  @Test
  void everyCounterHasAHelpLineAndAValue() {
    String text = page.text();
    for (Counter counter : Counter.values()) {
      String name = "serai_" + counter.name().toLowerCase(Locale.ROOT) + "_total";
      assertThat(text).contains("# HELP " + name + " ").contains("\n" + name + " 0.0\n");
    }
  }

  @Test
  void gaugesVersionAndTheJvmAreShown() {
    assertThat(page.text())
        .contains("# HELP serai_queues Queues there are.", "\nserai_queues{kind=\"classic\"} 7.0\n")
        .contains("serai_build_info{version=\"1.2.3\"} 1")
        .contains("jvm_memory_used_bytes{", "process_files_open_files");
  }
}
