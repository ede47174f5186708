package io.serai.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** One run of the command line: what it printed and its exit code. */
record CommandRun(int exitCode, String out, String err) {
  static CommandRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Serai.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
    return new CommandRun(exitCode, out.toString(), err.toString());
  }
}
