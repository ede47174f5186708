package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that a node which has started tells people to type, as it tells them. */
@Uses({ThirdParty.MOSQUITTO, ThirdParty.AMQP_TOOLS, ThirdParty.LIBCOAP, ThirdParty.STOMP_PY})
@Timeout(600)
class BannerCommandsIT {
  /** Waits for messages; the others end by themselves. */
  private static final Predicate<String> LISTENS =
      Pattern.compile("^(mosquitto_sub|coap-client-notls -s|python3 -m stomp) .*")
          .asMatchPredicate();

  private static final String PUBLISHED = "21.5";

  @TempDir Path folder;

  @Test
  void everyCommandOfTheBannerWorksAndWhatOnePublishesTheOthersHear() throws Exception {
    try (SeraiProcess node = SeraiProcess.start()) {
      List<String> commands = commands(node.output());
      assertThat(commands).hasSizeGreaterThan(5);
      Map<Process, Path> listening = new LinkedHashMap<>();
      try {
        for (String command : commands.stream().filter(LISTENS).toList()) {
          Path output = folder.resolve("listening" + listening.size());
          listening.put(start(command, output), output);
        }
        assertThat(listening).hasSize(3);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        do { // who is attached later hears the next round
          for (String command : commands.stream().filter(LISTENS.negate()).toList()) {
            Path output = folder.resolve("output");
            Process process = start(command, output);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command).isTrue();
            assertThat(process.exitValue())
                .as("%s\n%s", command, Files.readString(output))
                .isZero();
          }
          TimeUnit.MILLISECONDS.sleep(200);
        } while (!allHeard(listening) && System.nanoTime() < deadline);
        for (Path output : listening.values()) {
          assertThat(Files.readString(output)).contains(PUBLISHED);
        }
      } finally {
        listening.keySet().forEach(Process::destroy);
      }
    }
  }

  private static boolean allHeard(Map<Process, Path> listening) throws IOException {
    for (Path output : listening.values()) {
      if (!Files.readString(output).contains(PUBLISHED)) {
        return false;
      }
    }
    return true;
  }

  /** What stands below "Try" up to the next empty line. */
  private static List<String> commands(String output) {
    List<String> commands = new ArrayList<>();
    boolean isBelow = false;
    for (String line : output.lines().toList()) {
      if (isBelow && line.isBlank()) {
        return commands;
      }
      if (isBelow) {
        commands.add(line.strip());
      }
      isBelow |= line.startsWith("Try, ");
    }
    return commands;
  }

  private static Process start(String command, Path output) throws IOException {
    String here = command.replaceFirst("^python3 ", Scripts.PYTHON + " -u ");
    return new ProcessBuilder("sh", "-c", "exec stdbuf -oL " + here)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }
}
