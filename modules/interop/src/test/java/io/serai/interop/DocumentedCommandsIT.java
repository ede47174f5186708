package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every command in a {@code sh} block of the README and of docs/, in the order they are shown,
 * against a demo node whose ports take the place of the default ones.
 */
@Uses({ThirdParty.MOSQUITTO, ThirdParty.AMQP_TOOLS, ThirdParty.LIBCOAP})
@Timeout(240)
class DocumentedCommandsIT {
  private static final Pattern BLOCK = Pattern.compile("(?m)^```sh\\n(.*?)^```", Pattern.DOTALL);

  /** Listens until it is stopped: started in the background, and something must arrive. */
  private static final Pattern LISTENS =
      Pattern.compile("^(amqp-consume|mosquitto_sub|coap-client-notls -s) .*");

  /** Starts a node of its own. */
  private static final Pattern STARTS = Pattern.compile("^\\./serai( demo| start.*)?$");

  /** Not run here, each for its reason. */
  private static final Map<Pattern, String> ELSEWHERE =
      Map.of(
          Pattern.compile("^(CI=\\S+ )?\\./mvnw .*"), "this very run",
          Pattern.compile("^docker .*"), "needs a Docker engine; DockerFilesTest reads the files",
          Pattern.compile("^\\./serai (bench|test|build).*"), "long forms, run by hand",
          Pattern.compile("^\\./serai delayed .*"),
              "ExchangeFeaturesIT runs it where there are delayed messages",
          Pattern.compile("^(kill|sudo|systemctl|apt|brew|sdk|keytool|openssl|ulimit) .*"),
              "changes the machine");

  @TempDir Path folder;

  @Test
  void everyDocumentedCommandWorks() throws Exception {
    List<String> ran = new ArrayList<>();
    List<Listening> listening = new ArrayList<>();
    try (SeraiProcess node = SeraiProcess.startAs("demo", Files.createTempDirectory("serai-it"))) {
      for (Path page : pages()) {
        Matcher block = BLOCK.matcher(Files.readString(page));
        while (block.find()) {
          for (String line : block.group(1).replace("\\\n", " ").split("\n")) {
            String command = line.replaceFirst("\\s+#\\s.*$", "").strip();
            if (command.isEmpty() || command.startsWith("#") || isElsewhere(command)) {
              continue;
            }
            String here = SeraiProcess.home().relativize(page) + ": " + command;
            if (LISTENS.matcher(command).matches()) {
              listening.add(listen(here, withPorts(command, node)));
            } else if (STARTS.matcher(command).matches()) {
              startAndStop(command);
            } else {
              run(here, withPorts(command, node));
            }
            ran.add(here);
          }
        }
      }
      for (Listening one : listening) {
        one.mustHaveHeardSomething();
      }
    }
    assertThat(ran).hasSizeGreaterThan(10);
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
        .replace("/tmp/serai", folder.toString());
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
            arguments.contains("--data") ? null : Files.createTempDirectory("serai-it"),
            arguments.toArray(String[]::new))) {
      assertThat(node.terminate()).as(command).isZero();
    }
  }

  private static void run(String where, String command) throws Exception {
    Finished finished =
        Finished.of(
            new ProcessBuilder("sh", "-c", command).directory(SeraiProcess.home().toFile()),
            60,
            SeraiProcess.freePorts(),
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
    return new Listening(where, process, output);
  }

  private record Listening(String where, Process process, Path output) {
    void mustHaveHeardSomething() throws Exception {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (Files.size(output) == 0 && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      process.destroy();
      assertThat(Files.readString(output)).as(where).isNotBlank();
      Files.delete(output);
    }
  }
}
