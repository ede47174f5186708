package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeraiTest {
  @TempDir Path temp;

  @Test
  void checkOfTheDefaultsIsOk() {
    CommandRun run = CommandRun.of("check");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("ok: ").contains("1 vhost");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void checkListsEveryProblemWithFileAndLineAndExitsWith1() throws IOException {
    Path file = temp.resolve("bad.conf");
    Files.writeString(
        file,
        """
        listeners.mqtt.prt = 1884
        limits.drain-timeout = soon
        """);
    CommandRun run = CommandRun.of("check", "--conf", file.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains(
            "bad.conf:1 listeners.mqtt.prt", "did you mean", "bad.conf:2 limits.drain-timeout")
        .endsWith("2 problems found" + System.lineSeparator());
  }

  @Test
  void aWarningIsNoProblemAndGoesToTheErrorStream() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("odd.conf"), "vhosts.\"/\".queues.q.arguments { x-mesage-ttl = 5 }\n");
    CommandRun run = CommandRun.of("check", file.toString());
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("ok: ").doesNotContain("warning");
    assertThat(run.err()).startsWith("warning: ").contains("odd.conf:1");
  }

  @Test
  void checkTakesTheFileAsArgumentToo() throws IOException {
    Path file = Files.writeString(temp.resolve("x.conf"), "nod.name = x\n");
    assertThat(CommandRun.of("check", file.toString()).exitCode()).isEqualTo(1);
  }

  @Test
  void diffTellsWhatANodeWouldChange() throws IOException {
    Path older =
        Files.writeString(
            temp.resolve("old.conf"),
            """
            vhosts."/".policies.short { pattern = "^tmp", definition { max-length = 5 } }
            vhosts."/".queues.gone { }
            """);
    Path newer =
        Files.writeString(
            temp.resolve("new.conf"),
            """
            vhosts."/".policies.short { pattern = "^tmp", definition { max-length = 9 } }
            log.level = debug
            """);
    CommandRun run = CommandRun.of("diff", older.toString(), newer.toString());
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "- queue gone in vhost /",
            "~ policy short in vhost /: definition {max-length=5} -> {max-length=9}",
            "after a restart: log.level: info -> debug");
    CommandRun same = CommandRun.of("diff", older.toString(), older.toString());
    assertThat(same.out().trim()).isEqualTo("no difference");
    CommandRun broken = CommandRun.of("diff", older.toString(), temp.resolve("none").toString());
    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(broken.out()).isEmpty();
    assertThat(broken.err()).contains("none", "file not found");
  }

  @Test
  void checkOfAMissingFileNamesIt() {
    CommandRun run = CommandRun.of("check", "--conf", temp.resolve("none.conf").toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("none.conf", "file not found");
  }

  @Test
  void aSettingOnTheCommandLineIsCheckedLikeOneInAFile() {
    CommandRun run = CommandRun.of("check", "--set", "listeners.mqtt.port=70000");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("--set listeners.mqtt.port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chek", "check --cnf x", "start --set", "help nothing", "start extra"})
  void aWrongCommandLineIsExplainedAndExitsWith2(String line) {
    CommandRun run = CommandRun.of(line.split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "strat                 | unknown command \"strat\"; did you mean \"start\"?",
        "store chek x          | unknown command \"chek\"; did you mean \"check\"?",
        "start --confg=x.conf  | unknown option \"--confg=x.conf\"; did you mean \"--conf\"?",
        "check --prot 1883     | unknown option \"--prot\"; allowed: --conf, --data, --help, --set,"
            + " -h",
        "delayed list x --from now | Invalid value for option '--from': \"now\" is not a time such"
            + " as 2026-01-31T08:00:00Z",
        "start extra           | one argument too many: \"extra\"",
      })
  void aWrongWordIsToldWithWhatWasProbablyMeant(String line, String told) {
    CommandRun run = CommandRun.of(line.split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines().toList().getFirst()).isEqualTo("serai: " + told);
    assertThat(run.err().lines().toList().getLast()).startsWith("Help: serai").endsWith("--help");
  }

  @Test
  void helpNamesEveryCommandAndExitsWith0() {
    CommandRun run = CommandRun.of("help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("start", "demo", "check", "route", "version", "bench");
    assertThat(CommandRun.of("start", "--help").out()).contains("--conf", "--data", "--set");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"store --help", "store check --help", "store import -h", "delayed list --help"})
  void helpIsThereBelowCommandsToo(String line) {
    CommandRun run = CommandRun.of(line.split(" "));
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: serai " + line.replaceFirst(" -.*", ""));
    assertThat(run.err()).isEmpty();
  }

  @Test
  void versionNamesSeraiAndJava() {
    CommandRun run = CommandRun.of("version");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("serai ").contains("Java 25");
    assertThat(CommandRun.of("--version")).isEqualTo(run);
  }

  @Test
  void aBadConfigurationDoesNotStart() {
    assertThat(CommandRun.of("start", "--set", "no.such.key=1").exitCode()).isEqualTo(1);
    assertThat(CommandRun.of("--set", "no.such.key=1").exitCode()).isEqualTo(1);
  }
}
