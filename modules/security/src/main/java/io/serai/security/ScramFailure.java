package io.serai.security;

/** A SCRAM message that is wrong; the message says how, without repeating anything secret. */
final class ScramFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  ScramFailure(String reason) {
    super(reason, null, false, false); // a peer's fault: no stack to look at
    this.reason = reason;
  }

  /** What is wrong, for our log. */
  String reason() {
    return reason;
  }
}
