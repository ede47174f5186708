package io.serai.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A process of its own, with few files and a system that speaks Turkish. */
class TranslatedErrorIT {
  private static final String LOCALE = "tr_TR.UTF-8";
  private static final int FILES = 64;
  private static final int HELD_MILLIS = 300;

  @TempDir Path folder;

  /** Takes all descriptors, and opens a file while another thread is about to give them back. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      Path file = Path.of(args[0]);
      List<FileChannel> taken = new ArrayList<>();
      String reason = takeAll(file, taken);
      long began = System.nanoTime();
      Thread.ofPlatform().start(() -> giveBack(taken));
      PatientOpening.open(file, StandardOpenOption.READ).close();
      long waitedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      System.out.println("waited " + (waitedMillis >= HELD_MILLIS) + " for " + reason);
    }

    private static String takeAll(Path file, List<FileChannel> taken) throws IOException {
      PatientOpening.open(file, StandardOpenOption.READ).close(); // has its classes loaded
      while (true) {
        try {
          taken.add(FileChannel.open(file, StandardOpenOption.READ));
        } catch (FileSystemException e) {
          return String.valueOf(e.getReason());
        }
      }
    }

    private static void giveBack(List<FileChannel> taken) {
      try {
        TimeUnit.MILLISECONDS.sleep(HELD_MILLIS);
        for (FileChannel one : taken) {
          one.close();
        }
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void aLackOfDescriptorsIsWaitedForWhateverTheSystemCallsIt() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/localedef")), "localedef makes the locale");
    run(Map.of(), "/usr/bin/localedef", "-i", "tr_TR", "-f", "UTF-8", folder + "/" + LOCALE);
    Path file = Files.writeString(folder.resolve("file"), "x");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String said =
        run(
            Map.of("LOCPATH", folder.toString(), "LC_ALL", LOCALE),
            "/bin/sh",
            "-c",
            "ulimit -n " + FILES + "; exec \"$@\"",
            "sh",
            java,
            "-cp",
            classPath(),
            Child.class.getName(),
            file.toString());
    assumeTrue(!said.contains("for Too many open files"), "the system has no Turkish");
    assertThat(said).contains("waited true for ");
  }

  private static String classPath() {
    return Stream.of(Child.class, PatientOpening.class, LoggerFactory.class)
        .map(TranslatedErrorIT::placeOf)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
    return said;
  }
}
