package io.serai.security;

import java.util.regex.Pattern;

/**
 * An {@link AccessPattern} over routing keys in which {@code {username}}, {@code {vhost}} and
 * {@code {client_id}} stand for those of the connection. They are inserted as plain text: a client
 * id such as {@code .*} gives no rights, as it would in RabbitMQ. Immutable.
 */
public final class TopicPattern {
  private static final String USERNAME = "{username}";
  private static final String VHOST = "{vhost}";
  private static final String CLIENT_ID = "{client_id}";

  private final AccessPattern fixed;
  private final String source;
  private final boolean varies;

  private TopicPattern(AccessPattern fixed, String source, boolean varies) {
    this.fixed = fixed;
    this.source = source;
    this.varies = varies;
  }

  /**
   * Compiles an expression.
   *
   * @throws IllegalArgumentException saying what is wrong and where in the expression
   */
  public static TopicPattern of(String expression) {
    boolean varies =
        expression.contains(USERNAME)
            || expression.contains(VHOST)
            || expression.contains(CLIENT_ID);
    AccessPattern sample =
        AccessPattern.compiled(expression, varies ? filled(expression, "u", "v", "c") : expression);
    return new TopicPattern(sample, expression, varies);
  }

  /**
   * The pattern for one connection. Without a client id an expression that asks for it matches
   * nothing.
   */
  AccessPattern forConnection(String user, String vhost, String clientId) {
    if (!varies) {
      return fixed;
    }
    if (clientId.isEmpty() && source.contains(CLIENT_ID)) {
      return AccessPattern.NOTHING;
    }
    return AccessPattern.compiled(source, filled(source, user, vhost, clientId));
  }

  private static String filled(String expression, String user, String vhost, String clientId) {
    StringBuilder out = new StringBuilder(expression.length() + 32);
    for (int i = 0; i < expression.length(); ) {
      if (expression.startsWith(USERNAME, i)) {
        out.append(Pattern.quote(user));
        i += USERNAME.length();
      } else if (expression.startsWith(VHOST, i)) {
        out.append(Pattern.quote(vhost));
        i += VHOST.length();
      } else if (expression.startsWith(CLIENT_ID, i)) {
        out.append(Pattern.quote(clientId));
        i += CLIENT_ID.length();
      } else {
        out.append(expression.charAt(i++));
      }
    }
    return out.toString();
  }

  /** The expression as it was written. */
  public String source() {
    return source;
  }

  @Override
  public String toString() {
    return source;
  }
}
