package io.serai.bench.load;

import java.io.Serial;

/** The run could not go on: the broker refused, closed a connection or did not answer. */
public final class LoadFailure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final boolean isUnreachable;

  /** A failure described by what happened where. */
  public LoadFailure(String message) {
    super(message);
    this.isUnreachable = false;
  }

  /** A failure with the exception behind it. */
  public LoadFailure(String message, Throwable cause) {
    this(message, cause, false);
  }

  private LoadFailure(String message, Throwable cause, boolean isUnreachable) {
    super(message + ": " + cause.getMessage(), cause);
    this.isUnreachable = isUnreachable;
  }

  /** Nobody answers there. */
  static LoadFailure unreachable(String message, Throwable cause) {
    return new LoadFailure(message, cause, true);
  }

  /** Whether not even a connection could be made. */
  public boolean isUnreachable() {
    return isUnreachable;
  }
}
