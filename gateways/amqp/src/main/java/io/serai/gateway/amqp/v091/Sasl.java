package io.serai.gateway.amqp.v091;

import io.netty.buffer.Unpooled;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.ProtocolException;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the SASL responses of connection.start-ok. SCRAM-SHA-256 goes on with secure and secure-ok,
 * the others take one step.
 */
final class Sasl {
  static final String PLAIN = "PLAIN";
  static final String AMQPLAIN = "AMQPLAIN";
  static final String EXTERNAL = "EXTERNAL";
  static final String SCRAM_SHA_256 = "SCRAM-SHA-256";

  private Sasl() {}

  /** The mechanisms offered, separated by spaces. Never ANONYMOUS: 0-9-1 always has a user. */
  static String mechanisms(ConnectionInfo info) {
    // PLAIN comes first: there are clients that take the first mechanism, or the last they know.
    String passwords = PLAIN + ' ' + AMQPLAIN + ' ' + SCRAM_SHA_256;
    return info.certificateSubject() == null ? passwords : passwords + ' ' + EXTERNAL;
  }

  /**
   * The credentials in a response, or null when there are none in it.
   *
   * @throws ProtocolException COMMAND_INVALID for a mechanism that was not offered
   */
  static @Nullable Credentials read(String mechanism, byte[] response, ConnectionInfo info) {
    String subject = info.certificateSubject();
    if (mechanism.equals(EXTERNAL) && subject != null) {
      return new Credentials.Certificate(subject);
    }
    return switch (mechanism) {
      case PLAIN -> plain(response);
      case AMQPLAIN -> amqPlain(response);
      case SCRAM_SHA_256 -> new Credentials.Sasl(mechanism, response);
      default ->
          throw ReplyCode.COMMAND_INVALID.because(
              "unknown authentication mechanism '" + mechanism + "'", "AMQP 0-9-1 §1.4.2.2");
    };
  }

  /**
   * Authorization id, user and password, separated by NUL (RFC 4616). Nobody may act for somebody
   * else, so the first is empty or the user.
   */
  private static @Nullable Credentials plain(byte[] response) {
    String[] parts = new String(response, StandardCharsets.UTF_8).split("\0", -1);
    return parts.length == 3 && (parts[0].isEmpty() || parts[0].equals(parts[1]))
        ? new Credentials.Plain(parts[1], parts[2])
        : null;
  }

  /** A field table without its length, with LOGIN and PASSWORD. */
  private static @Nullable Credentials amqPlain(byte[] response) {
    byte[] table = new byte[response.length + 4];
    System.arraycopy(response, 0, table, 4, response.length);
    var buffer = Unpooled.wrappedBuffer(table).setInt(0, response.length);
    String user = null;
    String password = null;
    for (Value.Entry entry : new FieldReader().over(buffer, 0, table.length).table().entries()) {
      switch (entry.key().asText()) {
        case "LOGIN" -> user = entry.value().asText();
        case "PASSWORD" -> password = secret(entry.value());
        default -> {}
      }
    }
    return user == null || password == null ? null : new Credentials.Plain(user, password);
  }

  private static String secret(Value value) {
    return value instanceof Value.Binary(byte[] bytes)
        ? new String(bytes, StandardCharsets.UTF_8)
        : value.asText();
  }

  /** A new password for a user that is already known (connection.update-secret). */
  static Credentials password(String user, byte[] secret) {
    return new Credentials.Plain(user, new String(secret, StandardCharsets.UTF_8));
  }
}
