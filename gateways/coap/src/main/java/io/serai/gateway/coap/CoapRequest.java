package io.serai.gateway.coap;

import io.serai.model.Body;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as resources see it: whole (blocks are put together, repeats filtered out) and of known
 * form (no option in it is unknown and critical, and each has a length its format allows).
 *
 * @param method {@link CoapCode#GET} and so on; an unknown method is never handed over
 * @param options in the order of their numbers, without those of the message layer (Observe,
 *     blocks, sizes, Echo, Request-Tag, No-Response)
 * @param payload empty when there was none
 * @param isConfirmable whether the client asked for reliability: a CON, or any request over TCP or
 *     WebSocket
 * @param isObserve whether it asks for an observation (Observe 0 on GET or FETCH); answering it
 *     without {@link Reply#observe} is allowed and means "not observable"
 * @param token the client's name for the request; two observations of one peer differ in it
 */
public record CoapRequest(
    CoapCode method,
    List<CoapOption> options,
    Body payload,
    boolean isConfirmable,
    boolean isObserve,
    CoapToken token) {

  /** The decoded segments of the path; none for {@code /}. */
  public List<String> path() {
    return path(options);
  }

  /** The decoded parts of the query, such as {@code qos=1}, in order. */
  public List<String> queries() {
    return texts(options, CoapOption.URI_QUERY);
  }

  /** The first option of this number, or null. */
  public @Nullable CoapOption first(int number) {
    return first(options, number);
  }

  /** The number that an option holds, or -1 without one. */
  public long unsigned(int number) {
    CoapOption option = first(number);
    return option == null ? -1 : option.unsigned();
  }

  static @Nullable CoapOption first(List<CoapOption> options, int number) {
    for (CoapOption option : options) {
      if (option.number() == number) {
        return option;
      }
    }
    return null;
  }

  /** The decoded segments of the path that these options give. */
  static List<String> path(List<CoapOption> options) {
    return texts(options, CoapOption.URI_PATH);
  }

  private static List<String> texts(List<CoapOption> options, int number) {
    List<String> texts = new ArrayList<>(4);
    for (CoapOption option : options) {
      if (option.number() == number) {
        texts.add(option.text());
      }
    }
    return texts;
  }
}
