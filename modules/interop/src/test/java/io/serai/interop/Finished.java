package io.serai.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that has ended.
 *
 * @param exitCode its exit code
 * @param output standard output
 * @param errors standard error
 */
record Finished(int exitCode, String output, String errors) {
  /** Runs a program with {@code input} on its standard input; kills it after the given time. */
  static Finished of(
      ProcessBuilder builder, long seconds, Map<String, String> environment, String input)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("finished", ".out");
    Path err = Files.createTempFile("finished", ".err");
    try {
      builder.environment().putAll(environment);
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IllegalStateException(
            "still running after "
                + seconds
                + " s: "
                + builder.command()
                + "\n"
                + Files.readString(out)
                + Files.readString(err));
      }
      return new Finished(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  /** Both outputs. */
  String all() {
    return output + errors;
  }
}
