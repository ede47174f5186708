package io.serai.security;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Makes self-signed certificates with the JDK's keytool, as PKCS#12 and as PEM. */
final class TestCertificates {
  static final String PASSWORD = "changeit";

  private TestCertificates() {}

  /** The files of one certificate. */
  record Files3(Path pkcs12, Path chainPem, Path keyPem) {}

  /**
   * @param more further keytool options, such as {@code -startdate -10d -validity 5}
   */
  static Files3 make(Path folder, String name, String subject, String keyAlgorithm, String... more)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve(name + ".p12");
    List<String> options =
        new ArrayList<>(
            List.of("-genkeypair", "-alias", name, "-dname", subject, "-keyalg", keyAlgorithm));
    options.addAll(List.of("-ext", "SAN=dns:localhost,ip:127.0.0.1"));
    options.addAll(List.of(more));
    keytool(store, options);
    KeyStore loaded = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    Path chain = folder.resolve(name + ".crt.pem");
    Files.writeString(chain, pem("CERTIFICATE", loaded.getCertificate(name).getEncoded()));
    Path key = folder.resolve(name + ".key.pem");
    byte[] secret = loaded.getKey(name, PASSWORD.toCharArray()).getEncoded();
    Files.writeString(key, pem("PRIVATE KEY", secret));
    return new Files3(store, chain, key);
  }

  /** A PKCS#12 file that holds only the certificate of another one, trusted. */
  static Path trustStore(Path folder, String name, Path pkcs12)
      throws IOException, GeneralSecurityException {
    KeyStore own = KeyStore.getInstance(pkcs12.toFile(), PASSWORD.toCharArray());
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry(name, own.getCertificate(own.aliases().nextElement()));
    Path store = folder.resolve(name + ".p12");
    try (OutputStream out = Files.newOutputStream(store)) {
      trust.store(out, PASSWORD.toCharArray());
    }
    return store;
  }

  /** The revocation list of {@code signer}, with the serial number of {@code revoked} in it. */
  static Path revocationList(Path folder, Files3 signer, Files3 revoked)
      throws IOException, InterruptedException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(revoked.pkcs12().toFile(), PASSWORD.toCharArray());
    var certificate =
        (java.security.cert.X509Certificate) store.getCertificate(store.aliases().nextElement());
    Path list = Files.createTempFile(folder, "revoked", ".crl");
    String alias = signer.pkcs12().getFileName().toString().replace(".p12", "");
    keytool(
        signer.pkcs12(),
        List.of(
            "-gencrl",
            "-alias",
            alias,
            "-id",
            certificate.getSerialNumber().toString(),
            "-rfc",
            "-file",
            list.toString()));
    return list;
  }

  private static void keytool(Path store, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "-J-XX:TieredStopAtLevel=1",
            "-J-XX:+UseSerialGC",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + output);
    }
  }

  static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }
}
