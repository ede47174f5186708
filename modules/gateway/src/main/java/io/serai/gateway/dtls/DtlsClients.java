package io.serai.gateway.dtls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Clients that are known by a key of their own rather than by a certificate.
 *
 * @param preShared the secret of each user, whose name is the identity
 * @param raw the user of each public key (RFC 7250)
 */
public record DtlsClients(Map<String, byte[]> preShared, Map<PublicKey, String> raw) {
  private static final List<String> ALGORITHMS = List.of("EC", "EdDSA", "RSA");

  public DtlsClients {
    preShared = Map.copyOf(preShared);
    raw = Map.copyOf(raw);
  }

  /**
   * Reads both files. Blocks: not for an event loop.
   *
   * @param preSharedFile lines of {@code user:key in hexadecimal}, as Mosquitto's {@code psk_file}
   *     has them; null for none
   * @param rawFile lines of {@code user:SubjectPublicKeyInfo in base64}; null for none
   * @throws IOException naming file and line
   */
  public static DtlsClients read(@Nullable Path preSharedFile, @Nullable Path rawFile)
      throws IOException {
    Map<String, byte[]> preShared = new LinkedHashMap<>();
    Map<PublicKey, String> raw = new LinkedHashMap<>();
    if (preSharedFile != null) {
      lines(preSharedFile, (user, key) -> preShared.put(user, HexFormat.of().parseHex(key)));
    }
    if (rawFile != null) {
      lines(rawFile, (user, key) -> raw.put(publicKey(Base64.getDecoder().decode(key)), user));
    }
    return new DtlsClients(preShared, raw);
  }

  /** Takes one entry of a file. */
  @FunctionalInterface
  private interface Entry {
    /**
     * @throws IllegalArgumentException when the key cannot be read
     */
    void take(String user, String key);
  }

  private static void lines(Path file, Entry entry) throws IOException {
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int colon = line.lastIndexOf(':');
      try {
        if (colon < 1 || colon == line.length() - 1) {
          throw new IllegalArgumentException("no colon between user and key");
        }
        entry.take(line.substring(0, colon), line.substring(colon + 1).strip());
      } catch (IllegalArgumentException e) {
        // The line itself is a secret.
        throw new IOException(
            "%s:%d: expected is user:key (%s)".formatted(file, i + 1, reason(e)), e);
      }
    }
  }

  private static String reason(IllegalArgumentException e) {
    String said = e.getMessage();
    return said != null && said.startsWith("no ") ? said : "the key cannot be read";
  }

  private static PublicKey publicKey(byte[] info) {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(info));
      } catch (GeneralSecurityException _) {
        // of another algorithm
      }
    }
    throw new IllegalArgumentException("no public key");
  }

  /** Without the keys. */
  @Override
  public String toString() {
    return "DtlsClients[" + preShared.size() + " pre-shared, " + raw.size() + " raw]";
  }
}
