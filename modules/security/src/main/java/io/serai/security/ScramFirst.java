package io.serai.security;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The first message of a SCRAM client (RFC 5802 §7, {@code client-first-message}).
 *
 * @param gs2Header what comes before the bare message, with its comma: {@code n,,}
 * @param bare the message without that header
 * @param user the user, as SASLprep leaves it
 * @param nonce the client's nonce
 */
record ScramFirst(String gs2Header, String bare, String user, String nonce) {
  /** Longest message read: a user name and a nonce, both longer than makes sense. */
  static final int MAX_BYTES = 4096;

  /**
   * Reads a client's first message.
   *
   * @throws ScramFailure when it is none, or asks for what is not offered
   */
  static ScramFirst read(byte[] message) throws ScramFailure {
    String text = text(message);
    int flagEnd = text.indexOf(',');
    int headerEnd = flagEnd < 0 ? -1 : text.indexOf(',', flagEnd + 1);
    if (headerEnd < 0) {
      throw new ScramFailure("the first message has no GS2 header");
    }
    String flag = text.substring(0, flagEnd);
    if (flag.startsWith("p=")) {
      throw new ScramFailure("the client asks for channel binding, which is not offered");
    }
    if (!flag.equals("n") && !flag.equals("y")) {
      throw new ScramFailure("the first message has an unknown channel binding flag");
    }
    String bare = text.substring(headerEnd + 1);
    String[] fields = bare.split(",", -1);
    if (fields[0].startsWith("m=")) {
      throw new ScramFailure("the client asks for an extension that is not known");
    }
    if (fields.length < 2) {
      throw new ScramFailure("the first message lacks a user or a nonce");
    }
    String user = name(value(fields[0], 'n'));
    String authorizedAs = text.substring(flagEnd + 1, headerEnd);
    if (!authorizedAs.isEmpty() && !name(value(authorizedAs, 'a')).equals(user)) {
      throw new ScramFailure("the client wants to act as another user");
    }
    return new ScramFirst(text.substring(0, headerEnd + 1), bare, user, nonce(fields[1]));
  }

  /** The value of a field {@code letter=value}. */
  static String value(String field, char letter) throws ScramFailure {
    if (field.length() < 2 || field.charAt(0) != letter || field.charAt(1) != '=') {
      throw new ScramFailure("a message lacks the field " + letter + "=");
    }
    return field.substring(2);
  }

  /** Strict UTF-8 (RFC 5802 §5.1). */
  static String text(byte[] message) throws ScramFailure {
    if (message.length > MAX_BYTES) {
      throw new ScramFailure("a message of " + message.length + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
    } catch (CharacterCodingException _) {
      throw new ScramFailure("a message that is not UTF-8");
    }
  }

  /** A {@code saslname}: comma and equals sign are written {@code =2C} and {@code =3D}. */
  private static String name(String written) throws ScramFailure {
    StringBuilder name = new StringBuilder(written.length());
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c != '=') {
        name.append(c);
      } else if (written.startsWith("=2C", i)) {
        name.append(',');
        i += 2;
      } else if (written.startsWith("=3D", i)) {
        name.append('=');
        i += 2;
      } else {
        throw new ScramFailure("a user name with an equals sign that is not =2C or =3D");
      }
    }
    String prepared = SaslPrep.prepare(name.toString());
    if (prepared.isEmpty()) {
      throw new ScramFailure("an empty user name");
    }
    return prepared;
  }

  /** Printable ASCII without a comma, at least one character. */
  private static String nonce(String field) throws ScramFailure {
    String nonce = value(field, 'r');
    if (nonce.isEmpty() || nonce.chars().anyMatch(c -> c < 0x21 || c > 0x7E)) {
      throw new ScramFailure("a nonce that is empty or not printable");
    }
    return nonce;
  }
}
