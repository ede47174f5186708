package io.serai.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What tests of faults have counted, for {@code ./serai test faults}: lines of words with tabs
 * between them, in the file that {@code SERAI_FAULT_REPORT} names. Without one nobody is told.
 */
final class FaultReport {
  /** {@code ./serai test faults} asks for more rounds than the build has. */
  static int rounds(int inTheBuild) {
    String asked = System.getenv("SERAI_FAULT_ROUNDS");
    return asked == null ? inTheBuild : Integer.parseInt(asked);
  }

  /**
   * What came of messages.
   *
   * @param sent also those of which nobody knows whether they were taken
   */
  record Counts(
      int sent, int confirmed, int lost, int invented, int damaged, int twice, int outOfOrder) {
    /** Of consumers that share messages: nobody promises them an order. */
    Counts inAnyOrder() {
      return new Counts(sent, confirmed, lost, invented, damaged, twice, 0);
    }

    private String words() {
      return "%d\t%d\t%d\t%d\t%d\t%d"
          .formatted(confirmed, lost, invented, damaged, twice, outOfOrder);
    }
  }

  private FaultReport() {}

  private static void say(String line) {
    String file = System.getenv("SERAI_FAULT_REPORT");
    if (file == null) {
      return;
    }
    try {
      Files.writeString(
          Path.of(file), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A round begins. */
  static void round(String what, int round, int rounds) {
    say("round\t%s\t%d\t%d".formatted(what, round + 1, rounds));
  }

  /** A test has ended; before it says whether it is content. */
  static void row(String what, int rounds, Counts counts) {
    System.out.println(what + ", " + rounds + " rounds: " + counts);
    say("row\t%s\t%d\t%s".formatted(what, rounds, counts.words()));
  }

  /** A negative control has ended: the same check, of something that does lose messages. */
  static void control(String what, Counts counts, boolean isFoundOut) {
    System.out.println(what + (isFoundOut ? " is found out: " : " IS NOT FOUND OUT: ") + counts);
    say("control\t%s\t%s\t%s".formatted(what, isFoundOut ? "yes" : "NO", counts.words()));
  }
}
