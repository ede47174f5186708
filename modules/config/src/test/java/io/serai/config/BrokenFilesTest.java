package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Walks a folder of files that each have something wrong. The head of a file says what must be
 * told: {@code # expect: [file:]line key | text of message and hint}, and may set variables ({@code
 * # env:}) and overrides ({@code # set:}). Nothing else may be told.
 */
class BrokenFilesTest {
  static final Path FOLDER = Path.of("src/test/resources/io/serai/config").toAbsolutePath();

  /** What the head of a file asks for. */
  record Case(Path file, LoadRequest request, List<String> expected) {

    static Case read(Path file) {
      Map<String, String> environment = new HashMap<>();
      List<String> settings = new ArrayList<>();
      List<String> expected = new ArrayList<>();
      for (String line : lines(file)) {
        if (line.startsWith("# env: ")) {
          String[] variable = line.substring(7).split("=", 2);
          environment.put(variable[0], variable[1]);
        } else if (line.startsWith("# set: ")) {
          settings.add(line.substring(7));
        } else if (line.startsWith("# expect: ")) {
          expected.add(line.substring(10));
        }
      }
      var request = new LoadRequest(file, false, settings, environment, file.getParent());
      return new Case(file, request, expected);
    }

    private static List<String> lines(Path file) {
      try {
        return Files.readAllLines(file);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** Whether {@code told} is what line {@code expected} of the head asks for. */
    boolean isMet(String expected, ConfigError told) {
      String where = expected.substring(0, expected.indexOf(" | "));
      String text = expected.substring(expected.indexOf(" | ") + 3);
      int space = where.lastIndexOf(' ');
      String key = where.substring(space + 1).equals("-") ? "" : where.substring(space + 1);
      String place = where.substring(0, space);
      String fileAndLine = place.contains(":") ? place : file.getFileName() + ":" + place;
      return fileAndLine.equals(told.file() + ":" + told.line())
          && told.key().equals(key)
          && (told.message() + "; " + told.hint()).contains(text);
    }
  }

  @TestFactory
  Stream<DynamicTest> brokenFileIsRefusedWithPlaceAndHint() throws IOException {
    return files("broken").map(file -> DynamicTest.dynamicTest(name(file), () -> refused(file)));
  }

  @TestFactory
  Stream<DynamicTest> suspiciousFileIsAcceptedWithAWarning() throws IOException {
    return files("suspicious").map(file -> DynamicTest.dynamicTest(name(file), () -> warned(file)));
  }

  @Test
  void thereAreManyBrokenFiles() throws IOException {
    assertThat(files("broken")).hasSizeGreaterThanOrEqualTo(60);
    assertThat(files("suspicious")).hasSizeGreaterThanOrEqualTo(8);
  }

  private static void refused(Path file) {
    Case wanted = Case.read(file);
    ConfigResult result = Load.LOADER.load(wanted.request());
    assertThat(result).isInstanceOf(ConfigResult.Invalid.class);
    List<ConfigError> told = ((ConfigResult.Invalid) result).errors();
    assertTold(wanted, told);
    assertThat(told).noneMatch(error -> error.toString().contains("hunter2"));
    assertThat(told).isSortedAccordingTo(BrokenFilesTest::byPlace);
  }

  private static void warned(Path file) {
    Case wanted = Case.read(file);
    ConfigResult result = Load.LOADER.load(wanted.request());
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    assertTold(wanted, result.warnings());
  }

  private static void assertTold(Case wanted, List<ConfigError> told) {
    assertThat(wanted.expected()).as("the head says what to expect").isNotEmpty();
    for (String expected : wanted.expected()) {
      assertThat(told).as(expected).anyMatch(error -> wanted.isMet(expected, error));
    }
    for (ConfigError error : told) {
      assertThat(wanted.expected()).as(error.toString()).anyMatch(e -> wanted.isMet(e, error));
    }
  }

  private static int byPlace(ConfigError a, ConfigError b) {
    int files = a.file().compareTo(b.file());
    return files != 0 ? files : Integer.compare(a.line(), b.line());
  }

  static Stream<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
      return files.filter(Files::isRegularFile).sorted().toList().stream();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).replace(".conf", "").replace('-', ' ');
  }
}
