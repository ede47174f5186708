package io.serai.gateway.coap;

/**
 * The code of a message (RFC 7252 §3): a class of three bits and a detail of five, written {@code
 * c.dd}. Any byte is one, known or not.
 *
 * @param value 0 to 255
 */
public record CoapCode(int value) {
  public static final CoapCode EMPTY = of(0, 0);

  // ---- methods

  public static final CoapCode GET = of(0, 1);
  public static final CoapCode POST = of(0, 2);
  public static final CoapCode PUT = of(0, 3);
  public static final CoapCode DELETE = of(0, 4);
  public static final CoapCode FETCH = of(0, 5); // RFC 8132
  public static final CoapCode PATCH = of(0, 6); // RFC 8132
  public static final CoapCode IPATCH = of(0, 7); // RFC 8132

  // ---- answers

  public static final CoapCode CREATED = of(2, 1);
  public static final CoapCode DELETED = of(2, 2);
  public static final CoapCode VALID = of(2, 3);
  public static final CoapCode CHANGED = of(2, 4);
  public static final CoapCode CONTENT = of(2, 5);
  public static final CoapCode CONTINUE = of(2, 31); // RFC 7959
  public static final CoapCode BAD_REQUEST = of(4, 0);
  public static final CoapCode UNAUTHORIZED = of(4, 1);
  public static final CoapCode BAD_OPTION = of(4, 2);
  public static final CoapCode FORBIDDEN = of(4, 3);
  public static final CoapCode NOT_FOUND = of(4, 4);
  public static final CoapCode METHOD_NOT_ALLOWED = of(4, 5);
  public static final CoapCode NOT_ACCEPTABLE = of(4, 6);
  public static final CoapCode REQUEST_ENTITY_INCOMPLETE = of(4, 8); // RFC 7959
  public static final CoapCode CONFLICT = of(4, 9); // RFC 8132
  public static final CoapCode PRECONDITION_FAILED = of(4, 12);
  public static final CoapCode REQUEST_ENTITY_TOO_LARGE = of(4, 13);
  public static final CoapCode UNSUPPORTED_CONTENT_FORMAT = of(4, 15);
  public static final CoapCode UNPROCESSABLE_ENTITY = of(4, 22); // RFC 8132
  public static final CoapCode TOO_MANY_REQUESTS = of(4, 29); // RFC 8516
  public static final CoapCode INTERNAL_SERVER_ERROR = of(5, 0);
  public static final CoapCode NOT_IMPLEMENTED = of(5, 1);
  public static final CoapCode BAD_GATEWAY = of(5, 2);
  public static final CoapCode SERVICE_UNAVAILABLE = of(5, 3);
  public static final CoapCode GATEWAY_TIMEOUT = of(5, 4);
  public static final CoapCode PROXYING_NOT_SUPPORTED = of(5, 5);

  // ---- signals (RFC 8323 §5)

  public static final CoapCode CSM = of(7, 1);
  public static final CoapCode PING = of(7, 2);
  public static final CoapCode PONG = of(7, 3);
  public static final CoapCode RELEASE = of(7, 4);
  public static final CoapCode ABORT = of(7, 5);

  private static final int CLASS_SHIFT = 5;
  private static final int DETAIL_MASK = 0x1f;

  /** The code {@code codeClass.detail}. */
  public static CoapCode of(int codeClass, int detail) {
    return new CoapCode(codeClass << CLASS_SHIFT | detail);
  }

  /** 0 for requests and the empty message, 2, 4 and 5 for answers, 7 for signals. */
  public int codeClass() {
    return value >> CLASS_SHIFT;
  }

  /** What stands after the dot, 0 to 31. */
  public int detail() {
    return value & DETAIL_MASK;
  }

  /** Whether it asks for something, with a known method or not. */
  public boolean isRequest() {
    return codeClass() == 0 && value != 0;
  }

  /** Whether it answers a request. */
  public boolean isAnswer() {
    return codeClass() == 2 || codeClass() == 4 || codeClass() == 5;
  }

  /** Whether it says that a request was done. */
  public boolean isSuccess() {
    return codeClass() == 2;
  }

  /** Whether it is about the connection (RFC 8323 §5). */
  public boolean isSignal() {
    return codeClass() == 7;
  }

  /** As RFC 7252 writes it, such as {@code 2.05}. */
  @Override
  public String toString() {
    return codeClass() + "." + (detail() < 10 ? "0" : "") + detail();
  }
}
