package io.serai.bench;

/** What the process says when it ends. */
final class ExitCode {
  /** Every message came once, unchanged and in order. */
  static final int OK = 0;

  /** Messages are missing, doubled, out of order or changed, or the broker failed. */
  static final int PROBLEM = 1;

  /** The command line was not understood. */
  static final int USAGE = 2;

  /** The broker could not be reached or started. */
  static final int CANNOT_CONNECT = 3;

  private ExitCode() {}
}
