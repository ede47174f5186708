package io.serai.admin;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** User and password of an {@code Authorization: Basic} header (RFC 7617). */
record BasicCredentials(String user, String password) {
  private static final String SCHEME = "Basic ";

  /** What a request says; null when it says nothing, or nothing well-formed. */
  static @Nullable BasicCredentials of(RoutingContext request) {
    return of(request.request().getHeader(HttpHeaders.AUTHORIZATION));
  }

  /** The response that asks for them, still to be ended. */
  static HttpServerResponse ask(RoutingContext request) {
    return request
        .response()
        .setStatusCode(401)
        .putHeader("www-authenticate", "Basic realm=\"serai\", charset=\"UTF-8\"");
  }

  /** What the header says; null when there is none or it is malformed. */
  static @Nullable BasicCredentials of(@Nullable String header) {
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
      String text = new String(decoded, StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 0
          ? null
          : new BasicCredentials(text.substring(0, colon), text.substring(colon + 1));
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "BasicCredentials[" + user + "]";
  }
}
