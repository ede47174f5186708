package io.serai.gateway.coap;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of one operation in blocks have in common (RFC 7959 §2.4, §2.5).
 *
 * @param options those for resources but for ETag, which a client may leave away later
 * @param tag the first Request-Tag (RFC 9175 §3.3), of bodies that come in blocks
 */
record RequestKey(CoapCode method, List<CoapOption> options, @Nullable CoapOption tag) {
  static RequestKey of(CoapCode method, List<CoapOption> options) {
    boolean hasETag = CoapRequest.first(options, CoapOption.ETAG) != null;
    return new RequestKey(
        method,
        hasETag
            ? options.stream().filter(option -> option.number() != CoapOption.ETAG).toList()
            : options,
        null);
  }

  /** How many bytes its options have. */
  int bytes() {
    int sum = 0;
    for (CoapOption option : options) {
      sum += option.length();
    }
    return sum;
  }

  RequestKey tagged(@Nullable CoapOption requestTag) {
    return new RequestKey(method, options, requestTag);
  }
}
