package io.serai.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.security.TestCertificates.Files3;
import io.serai.security.TlsOptions.ClientCertificates;
import io.serai.security.TlsOptions.Own;
import io.serai.security.TlsOptions.Trusted;
import io.vertx.core.http.ClientAuth;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsOptionsTest {
  @TempDir static Path folder;
  private static final Map<String, Files3> KINDS = new HashMap<>();
  private static Files3 server;

  @BeforeAll
  static void makeCertificate() throws Exception {
    server = TestCertificates.make(folder, "server", "CN=localhost,O=Serai", "EC");
  }

  /** A certificate with that kind of key, not the server's; made once. */
  private static Files3 ofKind(String algorithm) throws Exception {
    Files3 known = KINDS.get(algorithm);
    if (known == null) {
      known = TestCertificates.make(folder, "kind-" + algorithm, "CN=" + algorithm, algorithm);
      KINDS.put(algorithm, known);
    }
    return known;
  }

  private static TlsOptions.Loaded load(TlsOptions options) throws TlsException {
    return options.load(Instant.now());
  }

  private static void assertProblem(TlsOptions options, Path file, String problem) {
    assertThatThrownBy(() -> load(options))
        .isInstanceOf(TlsException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(problem)
        .extracting(e -> ((TlsException) e).file())
        .isEqualTo(file);
  }

  private static TlsOptions pkcs12(Path file, String password) {
    return new TlsOptions(
        new Own.Pkcs12(file, password), null, ClientCertificates.NONE, TlsOptions.ALL_PROTOCOLS);
  }

  private static TlsOptions trusting(Trusted trusted, ClientCertificates clients) {
    return new TlsOptions(
        new Own.Pem(server.chainPem(), server.keyPem()),
        trusted,
        clients,
        TlsOptions.ALL_PROTOCOLS);
  }

  private static Path written(String name, String content) throws Exception {
    return Files.writeString(folder.resolve(name), content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void pemFilesOfEveryKindOfKeyAreLoaded(String algorithm) throws Exception {
    var files = ofKind(algorithm);

    var loaded = load(TlsOptions.ofPem(files.chainPem(), files.keyPem()));

    assertThat(loaded.certificate().getSubjectX500Principal().getName())
        .isEqualTo("CN=" + algorithm);
    assertThat(loaded.notAfter()).isAfter(Instant.now());
    assertThat(loaded.options().getClientAuth()).isEqualTo(ClientAuth.NONE);
    assertThat(loaded.options().getEnabledSecureTransportProtocols())
        .containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
  }

  @ParameterizedTest
  @CsvSource({"EC, EC PRIVATE KEY", "RSA, RSA PRIVATE KEY"})
  void theOlderPemFormsOfKeysAreLoadedToo(String algorithm, String label) throws Exception {
    var files = ofKind(algorithm);
    byte[] pkcs8 =
        Base64.getMimeDecoder()
            .decode(Files.readString(files.keyPem()).replaceAll("-----[A-Z ]+-----", ""));
    Path old =
        written("old-" + algorithm + ".pem", TestCertificates.pem(label, inner(pkcs8, algorithm)));

    assertThat(load(TlsOptions.ofPem(files.chainPem(), old)).certificate()).isNotNull();
  }

  /** The older form: the octets inside PKCS#8; for EC with the curve put into them. */
  private static byte[] inner(byte[] pkcs8, String algorithm) {
    int at = 1 + lengthBytes(pkcs8, 1); // sequence
    at += 3; // version
    int identifierBytes = pkcs8[at + 1];
    byte[] identifier = Arrays.copyOfRange(pkcs8, at + 2, at + 2 + identifierBytes);
    at += 2 + identifierBytes + 1; // at the octet string's length
    byte[] inside = Arrays.copyOfRange(pkcs8, at + lengthBytes(pkcs8, at), pkcs8.length);
    if (algorithm.equals("RSA")) {
      return inside;
    }
    byte[] curve = Arrays.copyOfRange(identifier, 9, identifier.length); // after id-ecPublicKey
    int keyBytes = inside[6];
    var content = new ByteArrayOutputStream();
    content.writeBytes(Arrays.copyOfRange(inside, 2, 7 + keyBytes));
    content.write(0xa0);
    content.write(curve.length);
    content.writeBytes(curve);
    var sec1 = new ByteArrayOutputStream();
    sec1.write(0x30);
    sec1.write(content.size());
    sec1.writeBytes(content.toByteArray());
    return sec1.toByteArray();
  }

  private static int lengthBytes(byte[] der, int at) {
    return der[at] >= 0 ? 1 : 1 + (der[at] & 0x7f);
  }

  @Test
  void aPkcs12FileIsLoaded() throws Exception {
    assertThat(load(pkcs12(server.pkcs12(), TestCertificates.PASSWORD)).options())
        .extracting(o -> o.getKeyCertOptions())
        .isNotNull();
  }

  @Test
  void clientCertificatesAreAskedOrDemandedAsConfigured() throws Exception {
    var trusted = new Trusted.Pem(server.chainPem());

    assertThat(load(trusting(trusted, ClientCertificates.REQUEST)).options().getClientAuth())
        .isEqualTo(ClientAuth.REQUEST);
    assertThat(load(trusting(trusted, ClientCertificates.REQUIRE)).options().getClientAuth())
        .isEqualTo(ClientAuth.REQUIRED);
  }

  @Test
  void onlyTls12And13AreAllowed() {
    assertThatThrownBy(() ->
            new TlsOptions(
                new Own.Pem(server.chainPem(), server.keyPem()),
                null,
                ClientCertificates.NONE,
                Set.of("TLSv1.1")))
        .hasMessageContaining("TLSv1.1")
        .hasMessageContaining("[TLSv1.3, TLSv1.2]");
  }

  @Test
  void wantingClientCertificatesWithoutTrustIsAMistake() {
    assertThatThrownBy(() -> trusting(null, ClientCertificates.REQUIRE))
        .hasMessageContaining("no file says who may sign them");
  }

  @Test
  void aMissingFileIsNamed() {
    Path gone = folder.resolve("gone.pem");

    assertProblem(TlsOptions.ofPem(gone, server.keyPem()), gone, "no such file");
    assertProblem(TlsOptions.ofPem(server.chainPem(), gone), gone, "no such file");
    assertProblem(pkcs12(gone, "x"), gone, "no such file");
    assertProblem(
        trusting(new Trusted.Pem(gone), ClientCertificates.REQUIRE), gone, "no such file");
    assertProblem(TlsOptions.ofPem(folder, server.keyPem()), folder, "is a folder");
  }

  @Test
  void swappedFilesAreNoticed() {
    assertProblem(
        TlsOptions.ofPem(server.keyPem(), server.chainPem()),
        server.keyPem(),
        "holds no certificate, only [PRIVATE KEY]; are two files swapped?");
    assertProblem(
        TlsOptions.ofPem(server.chainPem(), server.chainPem()),
        server.chainPem(),
        "holds no private key, only [CERTIFICATE]");
    assertProblem(
        TlsOptions.ofPem(server.pkcs12(), server.keyPem()), server.pkcs12(), "not a PEM file");
    assertProblem(pkcs12(server.chainPem(), "x"), server.chainPem(), "not a PKCS#12 file");
  }

  @Test
  void aKeyOfAnotherCertificateIsNoticed() throws Exception {
    var sameKind = ofKind("EC");
    var otherKind = ofKind("RSA");

    for (var other : new Files3[] {sameKind, otherKind}) {
      assertProblem(
          TlsOptions.ofPem(server.chainPem(), other.keyPem()),
          other.keyPem(),
          "does not belong to the certificate in " + server.chainPem());
    }
  }

  @Test
  void damagedAndEncryptedContentIsNoticed() throws Exception {
    Path damaged =
        written("damaged.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    Path badKey =
        written("bad-key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    Path encrypted =
        written(
            "encrypted.pem",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    Path oldEncrypted =
        written(
            "old-encrypted.pem",
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n"
                + "-----END RSA PRIVATE KEY-----\n");

    assertProblem(TlsOptions.ofPem(damaged, server.keyPem()), damaged, "certificate 1 is damaged");
    assertProblem(
        TlsOptions.ofPem(server.chainPem(), badKey), badKey, "the private key is damaged");
    assertProblem(TlsOptions.ofPem(server.chainPem(), encrypted), encrypted, "is encrypted");
    assertProblem(TlsOptions.ofPem(server.chainPem(), oldEncrypted), oldEncrypted, "is encrypted");
  }

  @Test
  void aWrongPasswordIsSaidToBeOne() {
    assertProblem(pkcs12(server.pkcs12(), "wrong"), server.pkcs12(), "wrong password");
  }

  @Test
  void aStoreOfTheOtherKindIsNoticed() throws Exception {
    Path trust = TestCertificates.trustStore(folder, "trust", server.pkcs12());

    assertProblem(pkcs12(trust, TestCertificates.PASSWORD), trust, "holds no private key");
    assertProblem(
        trusting(
            new Trusted.Pkcs12(server.pkcs12(), TestCertificates.PASSWORD),
            ClientCertificates.REQUIRE),
        server.pkcs12(),
        "holds no trusted certificate");
    assertThat(
            load(trusting(
                    new Trusted.Pkcs12(trust, TestCertificates.PASSWORD),
                    ClientCertificates.REQUIRE))
                .options()
                .getTrustOptions())
        .isNotNull();
  }

  @Test
  void aCertificateThatHasEndedOrNotBegunIsRefused() {
    var options = TlsOptions.ofPem(server.chainPem(), server.keyPem());

    assertThatThrownBy(() -> options.load(Instant.parse("2200-01-01T00:00:00Z")))
        .hasMessageStartingWith(server.chainPem() + ": the certificate ended at ");
    assertThatThrownBy(() -> options.load(Instant.parse("2000-01-01T00:00:00Z")))
        .hasMessageContaining("is this machine's clock right?");
  }

  @Test
  void noPasswordIsInAnyText() {
    assertThat(pkcs12(server.pkcs12(), "hunter2").toString()).doesNotContain("hunter2");
    assertThat(new Trusted.Pkcs12(server.pkcs12(), "hunter2").toString()).doesNotContain("hunter2");
  }
}
