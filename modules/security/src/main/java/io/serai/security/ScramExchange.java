package io.serai.security;

import io.serai.gateway.SaslExchange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * The server's side of a SCRAM-SHA-256 login (RFC 5802 §5, RFC 7677) between its two messages. An
 * unknown user has the same exchange with a verifier that nothing proves.
 *
 * @param first what the client began with
 * @param verifier of the user, or a decoy
 * @param nonce of both sides
 */
record ScramExchange(ScramFirst first, ScramSha256 verifier, String nonce) implements SaslExchange {
  /** The mechanism's registered name. */
  static final String MECHANISM = "SCRAM-SHA-256";

  /** An exchange in which the client has not said anything yet. */
  enum Unasked implements SaslExchange {
    UNASKED
  }

  /**
   * Goes on after the client's first message.
   *
   * @param serverNonce printable, new for each exchange
   */
  static ScramExchange begin(ScramFirst first, ScramSha256 verifier, String serverNonce) {
    return new ScramExchange(first, verifier, first.nonce() + serverNonce);
  }

  /** What the client is sent: {@code server-first-message}. */
  byte[] challenge() {
    return serverFirst().getBytes(StandardCharsets.UTF_8);
  }

  private String serverFirst() {
    String salt = Base64.getEncoder().encodeToString(verifier.salt());
    return "r=" + nonce + ",s=" + salt + ",i=" + verifier.iterations();
  }

  /**
   * Checks the client's last message.
   *
   * @return what shows the client that we know the user: {@code server-final-message}
   * @throws ScramFailure when the proof is not right
   */
  byte[] finish(byte[] message) throws ScramFailure {
    String text = ScramFirst.text(message);
    int proofAt = text.lastIndexOf(",p=");
    if (proofAt < 0) {
      throw new ScramFailure("the last message has no proof");
    }
    String withoutProof = text.substring(0, proofAt);
    String[] fields = withoutProof.split(",", -1);
    if (fields.length < 2) {
      throw new ScramFailure("the last message lacks a field");
    }
    byte[] binding = base64(ScramFirst.value(fields[0], 'c'));
    if (!Arrays.equals(binding, first.gs2Header().getBytes(StandardCharsets.UTF_8))) {
      throw new ScramFailure("the channel binding is not the one the client began with");
    }
    if (!ScramFirst.value(fields[1], 'r').equals(nonce)) {
      throw new ScramFailure("the nonce is another one");
    }
    byte[] authMessage =
        (first.bare() + ',' + serverFirst() + ',' + withoutProof).getBytes(StandardCharsets.UTF_8);
    byte[] proof = base64(text.substring(proofAt + ",p=".length()));
    if (!verifier.isProvedBy(proof, authMessage)) {
      throw new ScramFailure(DirectoryAuthenticator.WRONG);
    }
    String signature = Base64.getEncoder().encodeToString(verifier.signature(authMessage));
    return ("v=" + signature).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] base64(String text) throws ScramFailure {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException _) {
      throw new ScramFailure("a field that is not base64");
    }
  }

  /** Nothing of the login. */
  @Override
  public String toString() {
    return "ScramExchange";
  }
}
