package io.serai.gateway.coap;

import io.serai.model.Body;
import java.util.List;

/**
 * What a resource says to a request, or of a change to an observer. Immutable; one answer may go to
 * many.
 *
 * @param code of class 2, 4 or 5
 * @param options in any order, without those of the message layer: Observe and blocks are put in as
 *     needed. A body that does not fit one message is cut into blocks, with the ETag given here or
 *     one of its own
 * @param payload of any length; empty for none. For an error, a short text for people
 */
public record CoapAnswer(CoapCode code, List<CoapOption> options, Body payload) {
  public CoapAnswer {
    options = List.copyOf(options);
  }

  /** An answer of nothing but a code. */
  public static CoapAnswer of(CoapCode code) {
    return new CoapAnswer(code, List.of(), Body.EMPTY);
  }

  /** An error and, for people, what is wrong (RFC 7252 §5.5.2). */
  public static CoapAnswer error(CoapCode code, String diagnostic) {
    return new CoapAnswer(code, List.of(), Body.ofUtf8(diagnostic));
  }
}
