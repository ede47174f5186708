package io.serai.gateway.coap.resource;

import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapRequest;
import io.serai.gateway.coap.ContentFormats;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Links to resources in the CoRE Link Format (RFC 6690), and the filters of a query. */
final class LinkFormat {
  /**
   * One link.
   *
   * @param path percent-encoded
   * @param types its resource types, separated by spaces; empty for none
   * @param format its Content-Format, -1 when it has none or several
   * @param isObservable whether it can be observed
   */
  record Link(String path, String types, long format, boolean isObservable) {
    private void writeTo(StringBuilder out) {
      out.append('<').append(path).append('>');
      if (!types.isEmpty()) {
        out.append(";rt=\"").append(types).append('"');
      }
      if (format >= 0) {
        out.append(";ct=").append(format);
      }
      if (isObservable) {
        out.append(";obs");
      }
    }
  }

  private LinkFormat() {}

  /** Links that pass the filters of a query (RFC 6690 §4.1). */
  static CoapAnswer answer(List<Link> links, CoapRequest request, Query query) {
    long accepted = request.unsigned(CoapOption.ACCEPT);
    if (accepted >= 0 && accepted != ContentFormats.LINK_FORMAT) {
      return CoapAnswer.error(
          CoapCode.NOT_ACCEPTABLE, "links have Content-Format " + ContentFormats.LINK_FORMAT);
    }
    StringBuilder text = new StringBuilder();
    for (Link link : links) {
      if (passes(link, query)) {
        text.append(text.isEmpty() ? "" : ",");
        link.writeTo(text);
      }
    }
    return new CoapAnswer(
        CoapCode.CONTENT,
        List.of(CoapOption.of(CoapOption.CONTENT_FORMAT, ContentFormats.LINK_FORMAT)),
        Body.ofUtf8(text.toString()));
  }

  private static boolean passes(Link link, Query query) {
    List<String> types = List.of(link.types().split(" ", -1));
    List<String> paths = List.of(link.path());
    List<String> formats = new ArrayList<>(1);
    if (link.format() >= 0) {
      formats.add(Long.toString(link.format()));
    }
    return passes(query.text("rt"), types)
        && passes(query.text("href"), paths)
        && passes(query.text("ct"), formats)
        && (query.text("obs") == null || link.isObservable());
  }

  /** A filter names one of the values, or with a final asterisk the beginning of one. */
  private static boolean passes(@Nullable String wanted, List<String> values) {
    if (wanted == null) {
      return true;
    }
    boolean isPrefix = wanted.endsWith("*");
    String text = isPrefix ? wanted.substring(0, wanted.length() - 1) : wanted;
    return values.stream()
        .anyMatch(value -> isPrefix ? value.startsWith(text) : value.equals(text));
  }
}
