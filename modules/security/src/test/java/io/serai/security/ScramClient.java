package io.serai.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** A SCRAM-SHA-256 client, written from RFC 5802 §3 without a look at the server's side. */
final class ScramClient {
  private final String bare;
  private final String password;
  String serverSignature = "";

  ScramClient(String writtenName, String password, String nonce) {
    this.bare = "n=" + writtenName + ",r=" + nonce;
    this.password = password;
  }

  byte[] first() {
    return bytes("n,," + bare);
  }

  /** The last message to what the server began with. */
  byte[] last(byte[] challenge) throws Exception {
    String serverFirst = new String(challenge, StandardCharsets.UTF_8);
    String[] fields = serverFirst.split(",");
    byte[] salt = Base64.getDecoder().decode(fields[1].substring(2));
    int iterations = Integer.parseInt(fields[2].substring(2));
    byte[] salted =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
            .getEncoded();
    byte[] clientKey = hmac(salted, "Client Key");
    byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
    String withoutProof = "c=biws," + fields[0];
    String authMessage = bare + "," + serverFirst + "," + withoutProof;
    byte[] proof = hmac(storedKey, authMessage);
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= clientKey[i];
    }
    serverSignature = "v=" + base64(hmac(hmac(salted, "Server Key"), authMessage));
    return bytes(withoutProof + ",p=" + base64(proof));
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(bytes(text));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
