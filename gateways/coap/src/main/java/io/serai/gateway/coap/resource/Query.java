package io.serai.gateway.coap.resource;

import io.serai.gateway.TextProperties;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request: {@code name=value}, or a name alone. Of a repeated one the first
 * counts. EMQX's short names of the login are known.
 */
final class Query {
  static final String CLIENT_ID = "clientid";
  static final String USERNAME = "username";
  static final String PASSWORD = "password";
  static final String TOKEN = "token";

  /** Who asks; every resource takes these. */
  private static final Set<String> LOGIN = Set.of(CLIENT_ID, USERNAME, PASSWORD, TOKEN);

  private static final Map<String, String> SHORT =
      Map.of("c", CLIENT_ID, "u", USERNAME, "p", PASSWORD);

  private final Map<String, String> values;

  private Query(Map<String, String> values) {
    this.values = values;
  }

  /** The parameters in these parts of a query. */
  static Query of(List<String> parts) {
    if (parts.isEmpty()) {
      return new Query(Map.of());
    }
    Map<String, String> values = LinkedHashMap.newLinkedHashMap(parts.size());
    for (String part : parts) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      values.putIfAbsent(
          SHORT.getOrDefault(name, name), equals < 0 ? "" : part.substring(equals + 1));
    }
    return new Query(values);
  }

  /**
   * Makes sure that there are no others: what is misspelt would silently do nothing.
   *
   * @throws RequestException 4.00 naming one that is not among {@code known}, nor of the login
   */
  void allow(String... known) {
    for (String name : values.keySet()) {
      if (!LOGIN.contains(name) && !List.of(known).contains(name)) {
        throw RequestException.badRequest(
            "unknown parameter '"
                + name
                + "'"
                + (known.length == 0 ? "" : ", there are " + String.join(", ", known)));
      }
    }
  }

  /** The value, empty for a name alone; null when it is not there. */
  @Nullable String text(String name) {
    return values.get(name);
  }

  /** Whether a switch is on: {@code name}, {@code name=1} or {@code name=true}. */
  boolean isOn(String name) {
    String value = values.get(name);
    if (value == null) {
      return false;
    }
    return switch (value) {
      case "", "1", "true" -> true;
      case "0", "false" -> false;
      default ->
          throw RequestException.badRequest(name + "=" + value + ": expected 0, 1, false or true");
    };
  }

  /**
   * A whole number.
   *
   * @param otherwise when the parameter is not there
   * @param most the largest there may be
   * @throws RequestException 4.00 when it is none, or larger
   */
  long number(String name, long otherwise, long most) {
    String value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    long number = TextProperties.decimal(value, most);
    if (number < 0) {
      throw RequestException.badRequest(
          name + "=" + value + ": expected a whole number up to " + most);
    }
    return number;
  }

  /**
   * Makes sure of the parameters that {@link io.serai.gateway.coap.CoapEncoding} takes over, which
   * reads what is none as if it were not there.
   *
   * @throws RequestException 4.00 when {@code qos} or {@code expiry} is there and no such number
   */
  void checkPublication() {
    number("qos", -1, 2);
    number("expiry", -1, 0xffff_ffffL);
  }
}
