package io.serai.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScramSha256Test {
  /** RFC 7677 §3: user "user", password "pencil"; keys computed there from salt and count. */
  private static final String RFC_7677_SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";

  @Test
  void theExampleOfRfc7677Verifies() throws Exception {
    // The RFC gives proof and signature, not the keys: rebuild both from the verifier.
    var made = ScramSha256.create("pencil", 4096);
    var parts = made.written().split("\\$");
    assertThat(parts[0]).isEqualTo("scram-sha-256");
    byte[] salt = Base64.getDecoder().decode(RFC_7677_SALT);
    var spec = new javax.crypto.spec.PBEKeySpec("pencil".toCharArray(), salt, 4096, 256);
    byte[] salted =
        javax.crypto.SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(spec)
            .getEncoded();
    byte[] clientKey = hmac(salted, "Client Key".getBytes());
    byte[] storedKey = java.security.MessageDigest.getInstance("SHA-256").digest(clientKey);
    byte[] serverKey = hmac(salted, "Server Key".getBytes());
    var base64 = Base64.getEncoder();
    var verifier =
        ScramSha256.parse(
            "scram-sha-256$4096$%s$%s$%s"
                .formatted(
                    RFC_7677_SALT,
                    base64.encodeToString(storedKey),
                    base64.encodeToString(serverKey)));

    assertThat(verifier.verifies("pencil")).isTrue();
    assertThat(verifier.verifies("pencils")).isFalse();

    String authMessage =
        "n=user,r=rOprNGfwEbeRWgbNEkqO,"
            + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
            + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    assertThat(base64.encodeToString(hmac(verifier.serverKey(), authMessage.getBytes())))
        .isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="); // v= in the RFC's last message
    byte[] proof = hmac(verifier.storedKey(), authMessage.getBytes());
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= clientKey[i];
    }
    assertThat(base64.encodeToString(proof))
        .isEqualTo("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="); // p= in the RFC
  }

  private static byte[] hmac(byte[] key, byte[] text) throws Exception {
    var mac = javax.crypto.Mac.getInstance("HmacSHA256");
    mac.init(new javax.crypto.spec.SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text);
  }

  @Test
  void onlyThePasswordItWasMadeOfVerifies() {
    var verifier = ScramSha256.create("käse und brot", 4096);

    assertThat(verifier.verifies("käse und brot")).isTrue();
    assertThat(verifier.verifies("kase und brot")).isFalse();
    assertThat(verifier.verifies("käse und brot ")).isFalse();
    assertThat(verifier.verifies("")).isFalse();
  }

  @Test
  void thePasswordMayBeTypedDecomposedOrWithAnotherSpace() {
    var verifier = ScramSha256.create("k\u00e4se brot", 4096);

    assertThat(verifier.verifies("ka\u0308se brot")).isTrue(); // a + combining diaeresis
    assertThat(verifier.verifies("k\u00e4se\u00a0brot")).isTrue(); // no-break space
    assertThat(verifier.verifies("k\u00e4se\u00ad brot")).isTrue(); // soft hyphen is nothing
    assertThat(verifier.verifies("kaese brot")).isFalse();
  }

  @Test
  void whatIsWrittenIsReadBackAndStillVerifies() {
    var verifier = ScramSha256.create("secret", 5000);
    var read = ScramSha256.parse(verifier.written());

    assertThat(read).isEqualTo(verifier).hasSameHashCodeAs(verifier);
    assertThat(read.iterations()).isEqualTo(5000);
    assertThat(read.verifies("secret")).isTrue();
  }

  @Test
  void twoVerifiersOfOnePasswordDiffer() {
    assertThat(ScramSha256.create("secret", 4096)).isNotEqualTo(ScramSha256.create("secret", 4096));
  }

  @Test
  void aDecoyVerifiesNothing() {
    var decoy = ScramSha256.decoy(4096);

    assertThat(decoy.iterations()).isEqualTo(4096);
    assertThat(decoy.verifies("guest")).isFalse();
    assertThat(decoy.verifies("")).isFalse();
  }

  @Test
  void itsTextShowsNeitherKeysNorSalt() {
    var verifier = ScramSha256.create("secret", 4096);

    assertThat(verifier.toString()).isEqualTo("ScramSha256[iterations=4096]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "secret|form",
        "md5$4096$AAAAAAAAAAA=$x$y|form",
        "scram-sha-256$many$AAAAAAAAAAA=$x$y|not a number",
        "scram-sha-256$1000$AAAAAAAAAAA=$x$y|1000 iterations",
        "scram-sha-256$99999999$AAAAAAAAAAA=$x$y|99999999 iterations",
        "scram-sha-256$4096$!!$x$y|salt is not base64",
        "scram-sha-256$4096$AAAA$x$y|salt has 3 bytes",
        "scram-sha-256$4096$AAAAAAAAAAA=$AAAA$AAAA|stored key has 3 bytes",
        "scram-sha-256$4096$AAAAAAAAAAA=$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=$AAAA|server"
            + " key",
      })
  void aBrokenVerifierSaysWhichPartIsWrong(String written, String reason) {
    assertThatThrownBy(() -> ScramSha256.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void anEmptyPasswordAndTooFewIterationsAreRefused() {
    assertThatThrownBy(() -> ScramSha256.create("", 4096)).hasMessageContaining("empty");
    assertThatThrownBy(() -> ScramSha256.create("x", 4095)).hasMessageContaining("4095");
  }
}
