package io.serai.gateway.amqp.v091;

import io.serai.bus.Refusal;
import io.serai.gateway.ProtocolException;

/**
 * Why the server closes a channel or a connection (AMQP 0-9-1 §1.2, reply codes). Soft errors end
 * the channel, hard ones the connection.
 */
public enum ReplyCode {
  /** Says in basic.return that a message was there before, and that all is well. */
  REPEATED(200, false),
  CONTENT_TOO_LARGE(311, false),
  NO_ROUTE(312, false),
  ACCESS_REFUSED(403, false),
  NOT_FOUND(404, false),
  RESOURCE_LOCKED(405, false),
  PRECONDITION_FAILED(406, false),
  CONNECTION_FORCED(320, true),
  FRAME_ERROR(501, true),
  SYNTAX_ERROR(502, true),
  COMMAND_INVALID(503, true),
  CHANNEL_ERROR(504, true),
  UNEXPECTED_FRAME(505, true),
  RESOURCE_ERROR(506, true),
  NOT_ALLOWED(530, true),
  NOT_IMPLEMENTED(540, true),
  INTERNAL_ERROR(541, true);

  private static final String SECTION = "AMQP 0-9-1 §1.2";

  private final int number;
  private final boolean isHard;

  ReplyCode(int number, boolean isHard) {
    this.number = number;
    this.isHard = isHard;
  }

  /** The code on the wire. */
  public int number() {
    return number;
  }

  /** Whether it ends the connection and not only the channel. */
  public boolean isHard() {
    return isHard;
  }

  /** The error to throw; its text is {@code NAME - explanation}, as RabbitMQ words it. */
  ProtocolException because(String explanation) {
    return because(explanation, SECTION);
  }

  /** The error to throw for breaking a clause of the specification. */
  ProtocolException because(String explanation, String section) {
    return new ProtocolException(number, name() + " - " + explanation, section);
  }

  /** The code for what the broker refused. */
  static ReplyCode of(Refusal refusal) {
    return switch (refusal) {
      case NOT_FOUND -> NOT_FOUND;
      case ACCESS_REFUSED -> ACCESS_REFUSED;
      case RESOURCE_LOCKED -> RESOURCE_LOCKED;
      case PRECONDITION_FAILED -> PRECONDITION_FAILED;
      case NOT_ALLOWED -> NOT_ALLOWED;
      case NOT_IMPLEMENTED -> NOT_IMPLEMENTED;
      case RESOURCE_ERROR -> RESOURCE_ERROR;
      case INTERNAL_ERROR -> INTERNAL_ERROR;
    };
  }

  /** The code with this number, or {@link #INTERNAL_ERROR} for one AMQP does not have. */
  public static ReplyCode of(int number) {
    for (ReplyCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    return INTERNAL_ERROR;
  }
}
