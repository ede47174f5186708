package io.serai.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bench.load.Figures;
import io.serai.bench.load.LoadFailure;
import io.serai.bench.load.Pace;
import io.serai.bench.load.Scenario;
import io.serai.bench.load.Scenarios;
import io.serai.bench.peer.RunningPeer;
import io.serai.bench.peer.SeraiPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario, small, against the assembled node: no message lost, doubled or out of order. */
final class LoadIT {
  private static final long DELIVERIES = 20_000;

  private static RunningPeer node;

  @BeforeAll
  static void start() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(here.resolve("serai"))) {
      here = here.getParent();
    }
    node = SeraiPeer.ofLauncher(here).start();
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  static Stream<String> names() {
    Stream<String> all = Scenarios.all().stream().map(Scenario::name);
    return Stream.concat(all, Stream.of("amqp-1k", "amqp-conf-64k", "cross1-64k", "back-1000k"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyMessageComesOnceUnchangedAndInOrder(String name) throws Exception {
    Scenario scenario = Scenarios.named(name);
    long bytes = Math.max(1, scenario.bodyBytes() / 1000);
    long count = Math.max(10, DELIVERIES / scenario.copies() / bytes);
    Figures figures = run(scenario, Pace.counted(count, 0));
    assertThat(figures.check().describe()).isEqualTo("ok");
    assertThat(figures.check().published()).isEqualTo(count);
    assertThat(figures.check().delivered()).isEqualTo(count * scenario.copies());
  }

  @Test
  void aConstantRateIsKeptAndItsLatencyKnown() throws Exception {
    for (String name : List.of("amqp-conf-16", "mqtt-pairs1-16", "cross-16")) {
      Figures figures = run(Scenarios.named(name), Pace.counted(2000, 4000));
      assertThat(figures.check().describe()).as(name).isEqualTo("ok");
      assertThat(figures.publishedPerSecond()).as(name).isBetween(1.0, 4400.0);
      assertThat(figures.latency().p50()).as(name).isPositive();
      assertThat(figures.latency().p999()).isGreaterThanOrEqualTo(figures.latency().p50());
    }
  }

  @Test
  void costIsReadFromTheProcess() throws Exception {
    Figures figures = run(Scenarios.named("amqp-1k"), Pace.counted(50_000, 0));
    assertThat(figures.cpu().brokerMicrosPerDelivery()).isPositive();
    assertThat(figures.rssMegabytes()).isPositive();
    assertThat(figures.allocatedBytesPerDelivery()).isGreaterThan(1024);
  }

  private static Figures run(Scenario scenario, Pace pace) throws Exception {
    try (Runner runner = Runner.of(node.target(), true)) {
      return runner.run(scenario, pace);
    } catch (LoadFailure e) {
      throw new AssertionError(scenario.name() + ", the node: " + node.lastWords(), e);
    }
  }
}
