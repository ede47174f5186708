package io.serai.node;

/**
 * The node cannot start (or a data folder cannot be used) and the operator can change that. The
 * message says what, where and what to do, and is shown without a stack trace.
 */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartFailure(String message) {
    super(message);
  }

  public StartFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
