package io.serai.gateway;

/**
 * The peer broke its protocol. The driver turns it into the protocol's own error through {@link
 * Session#onProtocolError}.
 */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String section;

  /**
   * @param code the protocol's own reason code (AMQP 501, MQTT 0x81)
   * @param message what was expected and what came, in a form fit for the peer and the log
   * @param section the clause that was broken, such as {@code MQTT 5.0 §3.1}
   */
  public ProtocolException(int code, String message, String section) {
    super(message, null, false, false); // peers can provoke these at will: no stack trace
    this.code = code;
    this.section = section;
  }

  /** The protocol's own reason code. */
  public int code() {
    return code;
  }

  /** The clause that was broken. */
  public String section() {
    return section;
  }
}
