package io.serai.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

final class BenchTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Bench.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @Test
  void scenariosAreListed() {
    assertThat(run("scenarios")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("amqp-fan10", "mqtt-pairs1", "cross1", "back");
  }

  @Test
  void anUnknownScenarioNamesTheKnownOnes() {
    assertThat(run("amqp-fan11-16")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("no scenario 'amqp-fan11-16'", "amqp-fan10");
  }

  @Test
  void anUnknownPeerNamesTheKnownOnes() {
    assertThat(run("amqp-16", "--peer", "rabbit")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("no peer 'rabbit'", "rabbitmq");
    assertThat(run("compare", "--peers", "serai,rabbit", "amqp-16")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void anAddressWithoutPortIsAUsageError() {
    assertThat(run("amqp-16", "--amqp", "localhost")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("'localhost' is not HOST:PORT");
  }

  @Test
  void nobodyThereIsExitCodeThree() throws IOException {
    try (Socket taken = new Socket()) {
      taken.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0)); // and never listens
      int port = taken.getLocalPort();
      assertThat(run("amqp-16", "--amqp", "127.0.0.1:" + port)).isEqualTo(ExitCode.CANNOT_CONNECT);
      assertThat(err.toString()).contains("cannot connect AMQP consumer 0 to 127.0.0.1:" + port);
    }
  }

  @Test
  void aScenarioNeedsThePortOfItsProtocol() {
    assertThat(run("cross-16", "--mqtt", "127.0.0.1:1")).isEqualTo(ExitCode.PROBLEM);
    assertThat(err.toString()).contains("no port for AMQP");
  }

  @Test
  void jmhGetsItsOwnOptionsEachWithItsValue() {
    assertThat(run("jmh", "ShardBenchmark", "-prof", "gc", "-f", "1", "-l")).isEqualTo(ExitCode.OK);
    assertThat(run("jmh", "ShardBenchmark", "-f", "many", "-l")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("many");
  }
}
