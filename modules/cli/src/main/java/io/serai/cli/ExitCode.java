package io.serai.cli;

/** What the process says when it ends; docs/operations.md has the table. */
final class ExitCode {
  /** It went as asked. */
  static final int OK = 0;

  /** A problem was found: a bad configuration, a port in use, no route. */
  static final int PROBLEM = 1;

  /** The command line was not understood. */
  static final int USAGE = 2;

  /** Something could not be reached. */
  static final int CANNOT_CONNECT = 3;

  private ExitCode() {}
}
