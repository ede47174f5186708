package io.serai.interop.reports;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The XML reports that Surefire and Failsafe left in every module. */
final class TestReports {
  /** What became of a test. */
  enum Fate {
    RAN,
    SKIPPED
  }

  private static final Pattern CASE =
      Pattern.compile("<testcase ([^>]*?)(/>|>(.*?)</testcase>)", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("\\bname=\"([^\"(\\[{]*)");
  private static final Pattern CLASS = Pattern.compile("\\bclassname=\"(?:[^\"]*\\.)?([^\".]*)\"");

  private final Map<String, Fate> tests = new HashMap<>();
  private final int reports;

  private TestReports(List<Path> files) {
    for (Path file : files) {
      read(file);
    }
    this.reports = files.size();
  }

  /** Reads the reports below the root of the source tree. */
  static TestReports below(Path root) {
    try (Stream<Path> paths = Files.walk(root, 6)) {
      return new TestReports(
          paths
              .filter(p -> p.getFileName().toString().matches("TEST-.*\\.xml"))
              .filter(p ->
                  p.getParent().getFileName().toString().matches("(surefire|failsafe)-reports"))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Matcher testCase = CASE.matcher(text);
    while (testCase.find()) {
      Matcher name = NAME.matcher(testCase.group(1));
      Matcher type = CLASS.matcher(testCase.group(1));
      if (name.find() && type.find()) {
        String inside = testCase.group(3) == null ? "" : testCase.group(3);
        Fate fate = inside.contains("<skipped") ? Fate.SKIPPED : Fate.RAN;
        String simple = type.group(1).replaceFirst(".*\\$", "");
        // A parameterized test is one line of the table: it ran if any of its cases did.
        tests.merge(simple + "#" + name.group(1).strip(), fate, (a, b) -> a == Fate.RAN ? a : b);
      }
    }
  }

  /** Number of report files. */
  int count() {
    return reports;
  }

  /** What became of {@code Class#method}, or null when no report names it. */
  Fate fateOf(String test) {
    return tests.get(test);
  }
}
