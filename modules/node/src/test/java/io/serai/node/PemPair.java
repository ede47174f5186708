package io.serai.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** Writes self-signed certificates with the JDK's keytool. */
final class PemPair {
  private static final String PASSWORD = "changeit";

  private PemPair() {}

  /** {@code server.crt} and {@code server.key} in a folder, for a subject of this common name. */
  static void write(Path folder, String commonName)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve(commonName + ".p12");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-J-XX:TieredStopAtLevel=1",
                    "-genkeypair",
                    "-alias",
                    "one",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=" + commonName,
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    PASSWORD))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + output);
    }
    KeyStore loaded = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    Files.writeString(
        folder.resolve("server.key"),
        pem("PRIVATE KEY", loaded.getKey("one", PASSWORD.toCharArray()).getEncoded()));
    Files.writeString(
        folder.resolve("server.crt"),
        pem("CERTIFICATE", loaded.getCertificate("one").getEncoded()));
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }
}
