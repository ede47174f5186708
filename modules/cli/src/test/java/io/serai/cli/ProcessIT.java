package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ProcessIT {
  /** MQTT 5.0 CONNECT: client id "x", clean start, no keep alive, no properties. */
  private static final byte[] MQTT_CONNECT = {
    0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 0, 0, 0, 1, 'x'
  };

  @TempDir Path folder;

  @Test
  void stdoutHasBannerAndReadyAndLogsGoToStderrAsJson() throws Exception {
    try (var node = SeraiProcess.node(folder, "start")) {
      assertThat(node.out())
          .contains("127.0.0.1:" + node.port("mqtt"), folder + "/data", "mosquitto_pub")
          .containsPattern(
              "(?m)^READY amqp=\\d+ coap=\\d+ coap-tcp=\\d+ mqtt=\\d+ mqtt-ws=\\d+ stomp=\\d+"
                  + " stomp-ws=\\d+ http=\\d+$");
      assertThat(node.err().lines())
          .isNotEmpty()
          .allSatisfy(line -> assertThat(line).startsWith("{\"time\":\"").endsWith("}"));
    }
  }

  @Test
  void sigtermEndsWithExitCode0() throws Exception {
    try (var node = SeraiProcess.node(folder, "start")) {
      node.signal("TERM");
      assertThat(node.exitCode()).isZero();
      assertThat(node.err()).contains("node stopped");
    }
  }

  @Test
  void aSecondSigtermDoesNotWaitForClients() throws Exception {
    int tries = 1;
    while (!isStoppedByASecondSigterm()) {
      assertThat(++tries).as("nodes that stopped by the first one").isLessThan(10);
    }
  }

  /** False when it had given the client up before, as on a machine that takes a second for this. */
  private boolean isStoppedByASecondSigterm() throws Exception {
    try (var node = SeraiProcess.node(folder, "start", "--set", "limits.drain-timeout=10m");
        Socket client = new Socket("127.0.0.1", node.port("mqtt"))) {
      client.getOutputStream().write(MQTT_CONNECT);
      assertThat(client.getInputStream().read()).isEqualTo(0x20); // and stays from here on
      node.signal("TERM");
      Thread.sleep(500); // within 200 ms two signals count as one
      node.signal("TERM");
      if (node.exitCode() == 0) {
        return false;
      }
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.err()).contains("stopped at once");
      return true;
    }
  }

  @Test
  void sighupReloadsTheConfiguration() throws Exception {
    Path conf = Files.writeString(folder.resolve("my.conf"), "");
    try (var node = SeraiProcess.node(folder, "start", "--conf", conf.toString())) {
      node.signal("HUP");
      assertThat(node.awaitErr("configuration reloaded\".*").group()).contains("SIGHUP");
    }
  }

  @Test
  void aBadConfigurationExitsWith1AndListsEveryProblem() throws Exception {
    Path conf = Files.writeString(folder.resolve("bad.conf"), "nod.name = x\nlimits.x = 1\n");
    try (var node = SeraiProcess.run(folder, Map.of(), "start", "--conf", conf.toString())) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.err()).contains("bad.conf:1", "bad.conf:2", "2 problems");
      assertThat(node.out()).isEmpty();
    }
  }

  @Test
  void numbersHaveLatinDigitsWhateverTheLanguageOfTheMachine() throws Exception {
    Path conf = Files.writeString(folder.resolve("bad.conf"), "nod.name = x\nlimits.x = 1\n");
    var arabic = Map.of("JDK_JAVA_OPTIONS", "-Duser.language=ar -Duser.country=EG");
    try (var node = SeraiProcess.run(folder, arabic, "start", "--conf", conf.toString())) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.err()).contains("2 problems in the configuration");
    }
  }

  @Test
  void aPortInUseExitsWith1AndNamesTheKeyToChange() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        var node =
            SeraiProcess.run(
                folder,
                Map.of(
                    "SERAI_AMQP", "0",
                    "SERAI_HTTP", "0",
                    "SERAI_MQTT", String.valueOf(taken.getLocalPort())),
                "start",
                "--data",
                folder + "/data")) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.err())
          .contains("listener mqtt: port " + taken.getLocalPort() + " is in use")
          .contains("listeners.mqtt.port");
      assertThat(node.out()).doesNotContain("READY");
    }
  }

  @Test
  void aDataFolderInUseExitsWith1() throws Exception {
    try (var _ = SeraiProcess.node(folder, "start");
        var second =
            SeraiProcess.run(
                folder, Map.of("SERAI_MQTT", "0"), "start", "--data", folder + "/data")) {
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.err()).contains("in use by another node", "--data");
    }
  }

  @Test
  void demoShowsAMessageCrossingFromMqttToAmqp() throws Exception {
    try (var node = SeraiProcess.node(folder, "demo")) {
      node.awaitOut("MQTT  published  plant/1/temp: 21\\.5");
      node.awaitOut("AMQP  received   temp\\.1: 21\\.5  \\(exchange plant, text/plain\\)");
      node.awaitOut("amqp-consume -u amqp://guest:guest@127\\.0\\.0\\.1:" + node.port("amqp"));
      node.signal("TERM");
      assertThat(node.exitCode()).isZero();
    }
  }
}
