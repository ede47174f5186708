package io.serai.gateway;

import io.serai.bus.Principal;

/** What came of an attempt to authenticate. */
public sealed interface AuthResult {
  /** The peer is this user. */
  record Granted(Principal principal) implements AuthResult {}

  /**
   * The peer is not let in.
   *
   * @param reason for our log; peers are told no more than that credentials were refused
   */
  record Denied(String reason) implements AuthResult {}
}
