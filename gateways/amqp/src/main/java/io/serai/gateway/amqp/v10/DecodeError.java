package io.serai.gateway.amqp.v10;

import io.serai.gateway.ProtocolException;

/** Makes the exception for bytes that are no AMQP 1.0 (error condition amqp:decode-error). */
final class DecodeError {
  /** Has no number in the protocol; the session sends the symbol. */
  static final int CODE = 1;

  private DecodeError() {}

  static ProtocolException because(String problem, String section) {
    return new ProtocolException(CODE, problem, "AMQP 1.0 " + section);
  }
}
