package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** mosquitto_pub and mosquitto_sub, and rabbitmq-c's tools. */
class CommandLineClientsIT {
  private final SeraiProcess node = SharedNode.get();

  @Test
  @Uses(ThirdParty.MOSQUITTO)
  void mosquittoPubReachesMosquittoSubAtEveryQosAndVersion() throws Exception {
    for (String version : List.of("mqttv31", "mqttv311", "mqttv5")) {
      for (String qos : List.of("0", "1", "2")) {
        String topic = "cli/" + version + "/" + qos;
        List<String> got = new ArrayList<>();
        Process subscriber =
            new ProcessBuilder(
                    "stdbuf",
                    "-oL", // the tool buffers what it writes into a pipe
                    "mosquitto_sub",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    mqtt(),
                    "-V",
                    version,
                    "-q",
                    qos,
                    "-t",
                    topic,
                    "-C",
                    "2",
                    "-W",
                    "120",
                    "-v",
                    "-d")
                .redirectErrorStream(true)
                .start();
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(subscriber.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !line.startsWith("Subscribed")) {
          line = lines.readLine();
        }
        for (String body : List.of("first", "second")) {
          Scripts.program(
              node,
              "mosquitto_pub",
              "-h",
              "127.0.0.1",
              "-p",
              mqtt(),
              "-V",
              version,
              "-q",
              qos,
              "-t",
              topic,
              "-m",
              body);
        }
        line = lines.readLine();
        while (line != null) {
          if (line.startsWith("cli/")) {
            got.add(line);
          }
          line = lines.readLine();
        }
        assertThat(subscriber.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(got).containsExactly(topic + " first", topic + " second");
      }
    }
  }

  @Test
  @Uses(ThirdParty.MOSQUITTO)
  void anOlderConnectionOfTheSameClientIdIsToldItWasTakenOver() throws Exception {
    Process first =
        new ProcessBuilder(
                "stdbuf",
                "-oL",
                "mosquitto_sub",
                "-h",
                "127.0.0.1",
                "-p",
                mqtt(),
                "-V",
                "mqttv5",
                "-i",
                "cli-twice",
                "-t",
                "cli/twice",
                "-W",
                "120",
                "-d")
            .redirectErrorStream(true)
            .start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(first.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.startsWith("Subscribed")) {
      line = lines.readLine();
    }
    Scripts.program(
        node,
        "mosquitto_pub",
        "-h",
        "127.0.0.1",
        "-p",
        mqtt(),
        "-V",
        "mqttv5",
        "-i",
        "cli-twice",
        "-t",
        "cli/other",
        "-m",
        "x");
    line = lines.readLine();
    first.destroy();
    assertThat(line).isEqualTo("Received DISCONNECT (142)"); // 0x8E, MQTT 5.0 §3.14.2.1
  }

  @Test
  @Uses(ThirdParty.MOSQUITTO)
  void mosquittoSubGetsARetainedValue() throws Exception {
    Scripts.program(
        node,
        "mosquitto_pub",
        "-h",
        "127.0.0.1",
        "-p",
        mqtt(),
        "-t",
        "cli/kept",
        "-r",
        "-q",
        "1",
        "-m",
        "value");
    String got =
        Scripts.program(
            node,
            "mosquitto_sub",
            "-h",
            "127.0.0.1",
            "-p",
            mqtt(),
            "-t",
            "cli/kept",
            "-C",
            "1",
            "-W",
            "120",
            "-F",
            "%r %p");
    assertThat(got.trim()).isEqualTo("1 value");
    Scripts.program(
        node,
        "mosquitto_pub",
        "-h",
        "127.0.0.1",
        "-p",
        mqtt(),
        "-t",
        "cli/kept",
        "-r",
        "-q",
        "1",
        "-n");
  }

  @Test
  @Uses(ThirdParty.AMQP_TOOLS)
  void amqpToolsDeclarePublishGetAndDelete() throws Exception {
    String url = "amqp://guest:guest@127.0.0.1:" + node.port("amqp");
    Scripts.program(node, "amqp-declare-queue", "-u", url, "-q", "cli.queue");
    Scripts.program(
        node, "amqp-publish", "-u", url, "-r", "cli.queue", "-b", "from the shell", "-p");
    assertThat(Scripts.program(node, "amqp-get", "-u", url, "-q", "cli.queue"))
        .isEqualTo("from the shell");
    Finished empty =
        Finished.of(
            new ProcessBuilder("amqp-get", "-u", url, "-q", "cli.queue"),
            120,
            java.util.Map.of(),
            "");
    assertThat(empty.exitCode()).isEqualTo(2);
    Scripts.program(node, "amqp-delete-queue", "-u", url, "-q", "cli.queue");
  }

  @Test
  @Uses(ThirdParty.AMQP_TOOLS)
  void amqpConsumeReadsAServerNamedQueue() throws Exception {
    String url = "amqp://guest:guest@127.0.0.1:" + node.port("amqp");
    Process consumer =
        new ProcessBuilder(
                "amqp-consume", "-u", url, "-e", "amq.topic", "-r", "cli.consume", "-c", "1", "cat")
            .redirectErrorStream(true)
            .start();
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(consumer.getInputStream(), StandardCharsets.UTF_8));
    assertThat(lines.readLine()).contains("amq.gen-");
    String got = "";
    for (int attempt = 0; attempt < 100 && got.isEmpty(); attempt++) {
      // The tool prints the queue's name before it binds: publish until it takes one.
      Scripts.program(
          node, "amqp-publish", "-u", url, "-e", "amq.topic", "-r", "cli.consume", "-b", "taken");
      if (consumer.waitFor(100, TimeUnit.MILLISECONDS)) {
        got = lines.readLine();
      }
    }
    assertThat(got).isEqualTo("taken");
  }

  private String mqtt() {
    return Integer.toString(node.port("mqtt"));
  }
}
