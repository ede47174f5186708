package io.serai.interop.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The protocol pages name the test that proves each line. A name no report knows, or a test that
 * was skipped, fails the build.
 */
class ProtocolDocsIT {
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*#\\w+)`");

  /** The lines of the tables of what applications expect, by page. */
  private static final Map<String, Integer> EXPECTED = Map.of("amqp-0-9-1.md", 47, "coap.md", 25);

  private static final boolean IN_CI = System.getenv("CI") != null;

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("serai"))) {
      here = here.getParent();
    }
    return here;
  }

  @Test
  void everyTestThatAProtocolPageNamesExistsAndRan() throws Exception {
    TestReports reports = TestReports.below(root());
    // Built alone, this module has no reports of the others to look at; CI always has them all.
    boolean isWholeBuild =
        Files.isDirectory(root().resolve("gateways/mqtt/target/surefire-reports"))
            && Files.isDirectory(root().resolve("gateways/amqp/target/surefire-reports"));
    if (!isWholeBuild && !IN_CI) {
      System.out.println("SKIPPED check of docs/protocols: the gateways' tests did not run");
    }
    assumeTrue(isWholeBuild || IN_CI, "the gateways' tests did not run");
    List<String> problems = new ArrayList<>();
    int named = 0;
    for (Path page : pages()) {
      List<String> lines = Files.readAllLines(page);
      for (int i = 0; i < lines.size(); i++) {
        Matcher test = TEST.matcher(lines.get(i));
        while (test.find()) {
          named++;
          String where = root().relativize(page) + ":" + (i + 1) + " " + test.group(1) + ": ";
          TestReports.Fate fate = reports.fateOf(test.group(1));
          if (fate == null) {
            problems.add(where + "no such test ran");
          } else if (fate == TestReports.Fate.SKIPPED) {
            if (IN_CI) {
              problems.add(where + "was skipped");
            } else {
              System.out.println("SKIPPED " + where + "its client is missing here");
            }
          }
        }
      }
    }
    assertThat(problems).isEmpty();
    assertThat(named).as("tests named in docs/protocols").isGreaterThan(100);
  }

  @Test
  void everyLineOfASupportTableNamesATest() throws Exception {
    List<String> problems = new ArrayList<>();
    for (Path page : pages()) {
      boolean inTable = false;
      List<String> lines = Files.readAllLines(page);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.startsWith("| feature |")) {
          inTable = true;
        } else if (!line.startsWith("|")) {
          inTable = false;
        } else if (inTable && !line.startsWith("|--") && !line.startsWith("| --")) {
          if (!TEST.matcher(line).find()) {
            problems.add(root().relativize(page) + ":" + (i + 1) + " " + line);
          }
        }
      }
    }
    assertThat(problems).isEmpty();
  }

  /** Each line of what applications expect is there, in its place, and names a test. */
  @Test
  void everyLineOfWhatApplicationsExpectNamesATest() throws Exception {
    for (Map.Entry<String, Integer> page : EXPECTED.entrySet()) {
      List<String> lines =
          Files.readAllLines(root().resolve("docs/protocols/" + page.getKey())).stream()
              .dropWhile(line -> !line.equals("| no | what | tests |"))
              .skip(2)
              .takeWhile(line -> line.startsWith("|"))
              .toList();
      assertThat(lines).as(page.getKey()).hasSize(page.getValue());
      for (int i = 0; i < lines.size(); i++) {
        assertThat(lines.get(i)).startsWith("| " + (i + 1) + " | ").containsPattern(TEST);
      }
    }
  }

  private static List<Path> pages() throws Exception {
    try (Stream<Path> files = Files.list(root().resolve("docs/protocols"))) {
      return files
          .filter(file -> file.toString().endsWith(".md") && !file.endsWith("mapping.md"))
          .sorted()
          .toList();
    }
  }
}
