package io.serai.gateway.coap.resource;

import io.serai.bus.Refusal;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;

/** A request that cannot be carried out, and the answer that says why. */
final class RequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient CoapCode code;

  /**
   * @param why for people: what was found and what was expected
   */
  RequestException(CoapCode code, String why) {
    super(why, null, false, false); // somebody else's mistake: no stack trace
    this.code = code;
  }

  /** What the broker refuses, in its words. */
  static RequestException refused(Refusal reason, String text) {
    return new RequestException(
        switch (reason) {
          case NOT_FOUND -> CoapCode.NOT_FOUND;
          case ACCESS_REFUSED, RESOURCE_LOCKED, NOT_ALLOWED -> CoapCode.FORBIDDEN;
          case PRECONDITION_FAILED -> CoapCode.CONFLICT;
          case NOT_IMPLEMENTED -> CoapCode.NOT_IMPLEMENTED;
          case RESOURCE_ERROR -> CoapCode.SERVICE_UNAVAILABLE;
          case INTERNAL_ERROR -> CoapCode.INTERNAL_SERVER_ERROR;
        },
        text);
  }

  static RequestException badRequest(String why) {
    return new RequestException(CoapCode.BAD_REQUEST, why);
  }

  /** The method is not one of the resource's; {@code methods} names those that are. */
  static RequestException notAllowed(String methods) {
    return new RequestException(
        CoapCode.METHOD_NOT_ALLOWED, "this resource knows " + methods + " only");
  }

  CoapAnswer answer() {
    String why = getMessage();
    return CoapAnswer.error(code, why == null ? "" : why);
  }
}
