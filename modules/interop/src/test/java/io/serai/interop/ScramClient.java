package io.serai.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The client's side of one SCRAM-SHA-256 exchange (RFC 5802 §3), for libraries that leave it out.
 */
final class ScramClient {
  static final String MECHANISM = "SCRAM-SHA-256";

  private final String bare;
  private final String password;
  private String expectedLast = "";

  ScramClient(String user, String password) {
    this.bare = "n=" + user + ",r=" + UUID.randomUUID();
    this.password = password;
  }

  byte[] first() {
    return ("n,," + bare).getBytes(UTF_8);
  }

  /** The proof to the server's challenge. */
  byte[] last(byte[] challenge) {
    String serverFirst = new String(challenge, UTF_8);
    String[] fields = serverFirst.split(",");
    byte[] salt = Base64.getDecoder().decode(fields[1].substring(2));
    int iterations = Integer.parseInt(fields[2].substring(2));
    try {
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
              .getEncoded();
      byte[] clientKey = hmac(salted, "Client Key");
      String withoutProof = "c=biws," + fields[0];
      String authMessage = bare + "," + serverFirst + "," + withoutProof;
      byte[] proof = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), authMessage);
      for (int i = 0; i < proof.length; i++) {
        proof[i] ^= clientKey[i];
      }
      byte[] signature = hmac(hmac(salted, "Server Key"), authMessage);
      expectedLast = "v=" + Base64.getEncoder().encodeToString(signature);
      return (withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof)).getBytes(UTF_8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether the server has shown that it knows the user. */
  boolean trusts(byte[] serverLast) {
    return !expectedLast.isEmpty() && new String(serverLast, UTF_8).equals(expectedLast);
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }
}
