package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every command in a {@code sh} block of the README and of docs/, and every program in a
 * {@code python} block, in the order they are shown, against a demo node whose ports take the place
 * of the default ones and that has what docs/operations.md speaks of.
 */
@Uses({
  ThirdParty.MOSQUITTO,
  ThirdParty.AMQP_TOOLS,
  ThirdParty.LIBCOAP,
  ThirdParty.PIKA,
  ThirdParty.RABBITMQ_JAVA
})
@Timeout(600)
class DocumentedCommandsIT {
  private static final Pattern BLOCK =
      Pattern.compile("(?m)^```(sh|python)\\n(.*?)^```", Pattern.DOTALL);

  /** Listens until it is stopped: started in the background, and something must arrive. */
  private static final Pattern LISTENS =
      Pattern.compile("^(amqp-consume|mosquitto_sub|coap-client-notls -s) .*");

  /** What others hear. */
  private static final Pattern TALKS =
      Pattern.compile("^(amqp-publish|mosquitto_pub|coap-client-notls -m put) .*");

  /** Starts a node of its own. */
  private static final Pattern STARTS = Pattern.compile("^\\./serai( demo| start.*)?$");

  /** Not run here, each for its reason. */
  private static final Map<Pattern, String> ELSEWHERE =
      Map.of(
          Pattern.compile("^(CI=\\S+ )?\\./mvnw .*"), "this very run",
          Pattern.compile("^docker .*"), "needs a Docker engine; DockerFilesTest reads the files",
          Pattern.compile("^\\./serai (bench|test|build).*"), "long forms, run by hand",
          Pattern.compile("^(kill|sudo|systemctl|apt|brew|sdk|keytool|openssl|ulimit) .*"),
              "changes the machine");

  /** What the commands of docs/operations.md ask about. */
  private static final String DECLARED =
      """
      vhosts."/" {
        exchanges.later { type = x-delayed-message, arguments { x-delayed-type = direct } }
        queues.orders-0 { arguments { x-queue-type = stream } }
      }
      """;

  @TempDir Path folder;

  @Test
  void everyDocumentedCommandWorks() throws Exception {
    List<String> ran = new ArrayList<>();
    List<Listening> listening = new ArrayList<>();
    Path conf = Files.writeString(folder.resolve("documented.conf"), DECLARED);
    try (SeraiProcess node =
        SeraiProcess.startAs(
            "demo", Files.createTempDirectory(folder, "demo"), "--conf", conf.toString())) {
      publishLater(node);
      readAs(node, "billing");
      for (Path page : pages()) {
        Matcher block = BLOCK.matcher(Files.readString(page));
        while (block.find()) {
          if (block.group(1).equals("python")) {
            String here = SeraiProcess.home().relativize(page) + ": a program";
            Path program =
                Files.writeString(
                    folder.resolve("program" + ran.size() + ".py"),
                    withPorts(block.group(2), node));
            listening.add(listen(here, Scripts.PYTHON + " -u " + program));
            ran.add(here);
            continue;
          }
          for (String line : block.group(2).replace("\\\n", " ").split("\n")) {
            String command = line.replaceFirst("\\s+#\\s.*$", "").strip();
            if (command.isEmpty() || command.startsWith("#") || isElsewhere(command)) {
              continue;
            }
            String here = SeraiProcess.home().relativize(page) + ": " + command;
            if (LISTENS.matcher(command).matches()) {
              listening.add(listen(here, withPorts(command, node)));
            } else if (TALKS.matcher(command).matches()) {
              String talk = withPorts(command, node);
              run(here, talk, node);
              listening.forEach(one -> one.said().add(talk));
            } else if (STARTS.matcher(command).matches()) {
              startAndStop(command);
            } else {
              run(here, withPorts(command, node), node);
            }
            ran.add(here);
          }
        }
      }
      for (Listening one : listening) {
        one.mustHaveHeardSomething(node);
      }
    }
    assertThat(ran).hasSizeGreaterThan(10);
  }

  /** Something that waits under the message id that the pages name. */
  private static void publishLater(SeraiProcess node) throws Exception {
    try (Connection connection = JavaClient.connect(node)) {
      connection
          .createChannel()
          .basicPublish(
              "later",
              "orders",
              new AMQP.BasicProperties.Builder()
                  .messageId("order-7")
                  .headers(Map.of("x-delay", 600_000))
                  .build(),
              new byte[] {1});
    }
  }

  /** A reader that has kept its place in the stream. */
  private static void readAs(SeraiProcess node, String name) throws Exception {
    try (Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      channel.basicPublish("", "orders-0", null, new byte[] {1});
      channel.waitForConfirmsOrDie(60_000);
      channel.basicQos(1);
      var acknowledged = new CompletableFuture<Boolean>();
      channel.basicConsume(
          "orders-0",
          false,
          Map.of("x-stream-offset", "first", "x-stream-consumer-name", name),
          (_, message) -> {
            channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
            acknowledged.complete(true);
          },
          _ -> {});
      assertThat(acknowledged.get(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static List<Path> pages() throws Exception {
    List<Path> pages = new ArrayList<>(List.of(SeraiProcess.home().resolve("README.md")));
    try (Stream<Path> files = Files.walk(SeraiProcess.home().resolve("docs"))) {
      files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.endsWith("security.md")) // SecurityGuideIT runs those
          .sorted()
          .forEach(pages::add);
    }
    return pages;
  }

  private static boolean isElsewhere(String command) {
    return ELSEWHERE.keySet().stream().anyMatch(pattern -> pattern.matcher(command).matches());
  }

  private String withPorts(String command, SeraiProcess node) {
    return command
        .replaceAll("\\b15672\\b", Integer.toString(node.port("http")))
        .replaceAll("\\b5672\\b", Integer.toString(node.port("amqp")))
        .replaceAll("\\b1883\\b", Integer.toString(node.port("mqtt")))
        .replaceAll("\\b5683\\b", Integer.toString(node.port("coap")))
        .replace("/tmp/serai", folder.resolve("serai").toString())
        .replace("curl -s ", "curl -sS --fail-with-body ");
  }

  private void startAndStop(String command) throws Exception {
    String[] words = command.split(" ");
    List<String> arguments = new ArrayList<>();
    for (int i = 2; i < words.length; i++) {
      arguments.add(words[i].replace("/tmp/serai", folder.resolve("data").toString()));
    }
    String verb = words.length > 1 ? words[1] : "start";
    try (SeraiProcess node =
        SeraiProcess.startAs(
            verb,
            arguments.contains("--data") ? null : Files.createTempDirectory(folder, "started"),
            arguments.toArray(String[]::new))) {
      assertThat(node.terminate()).as(command).isZero();
    }
  }

  private static void run(String where, String command, SeraiProcess node) throws Exception {
    Map<String, String> environment = new HashMap<>(SeraiProcess.freePorts());
    environment.put("SERAI_HTTP", Integer.toString(node.port("http"))); // whom serai delayed asks
    Finished finished =
        Finished.of(
            new ProcessBuilder("sh", "-c", command).directory(SeraiProcess.home().toFile()),
            120,
            environment,
            "");
    assertThat(finished.exitCode()).as("%s\n%s", where, finished.all()).isZero();
  }

  private static Listening listen(String where, String command) throws Exception {
    Path output = Files.createTempFile("listening", ".txt");
    Process process =
        new ProcessBuilder("sh", "-c", "exec stdbuf -oL " + command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    // It says nothing when it is attached; commands that follow are what it has to hear.
    TimeUnit.MILLISECONDS.sleep(500);
    return new Listening(where, process, output, new ArrayList<>());
  }

  /**
   * What listens in the background.
   *
   * @param said the commands after it that it may have to hear
   */
  private record Listening(String where, Process process, Path output, List<String> said) {
    void mustHaveHeardSomething(SeraiProcess node) throws Exception {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      long again = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      while (Files.size(output) == 0 && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(20);
        if (System.nanoTime() > again) { // it was attached too late to hear it before
          for (String command : said) {
            run(where, command, node);
          }
          again = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        }
      }
      process.destroy();
      assertThat(Files.readString(output)).as(where).isNotBlank();
      Files.delete(output);
    }
  }
}
