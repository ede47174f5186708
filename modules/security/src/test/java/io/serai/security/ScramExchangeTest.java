package io.serai.security;

import static io.serai.security.ScramClient.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677). */
class ScramExchangeTest {
  // RFC 7677 §3, word for word.
  private static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String SERVER_FIRST =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  private static final String CLIENT_LAST =
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
          + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final String SERVER_LAST = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  /** The verifier of the RFC's password "pencil" with its salt, worked out once with Python. */
  private static final ScramSha256 PENCIL =
      ScramSha256.parse(
          "scram-sha-256$4096$W22ZaJ0SNY7soEsUEjb6gQ=="
              + "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
              + "$wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");

  private static ScramExchange begun() throws ScramFailure {
    return ScramExchange.begin(ScramFirst.read(bytes(CLIENT_FIRST)), PENCIL, SERVER_NONCE);
  }

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.UTF_8);
  }

  @Test
  void theExchangeOfRfc7677GoesThroughWordForWord() throws Exception {
    ScramExchange exchange = begun();
    assertThat(text(exchange.challenge())).isEqualTo(SERVER_FIRST);
    assertThat(text(exchange.finish(bytes(CLIENT_LAST)))).isEqualTo(SERVER_LAST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|no GS2 header",
        "n,|no GS2 header",
        "p=tls-unique,,n=user,r=abc|channel binding, which is not offered",
        "x,,n=user,r=abc|unknown channel binding flag",
        "n,a=other,n=user,r=abc|act as another user",
        "n,,m=ext,n=user,r=abc|extension",
        "n,,n=user|lacks a user or a nonce",
        "n,,u=user,r=abc|lacks the field n=",
        "n,,n=,r=abc|empty user name",
        "n,,n=a=b,r=abc|equals sign",
        "n,,n=user,r=|nonce",
        "n,,n=user,r=a b|nonce",
        "n,,n=user,x=abc|lacks the field r=",
      })
  void aFirstMessageThatIsWrongSaysHow(String message, String reason) {
    assertThatThrownBy(() -> ScramFirst.read(bytes(message)))
        .isInstanceOf(ScramFailure.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aFirstMessageThatIsNotUtf8OrEndlessIsRefused() {
    assertThatThrownBy(() -> ScramFirst.read(new byte[] {'n', ',', ',', (byte) 0xC3, '('}))
        .hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> ScramFirst.read(new byte[ScramFirst.MAX_BYTES + 1]))
        .hasMessageContaining("4097 bytes");
  }

  @Test
  void userNamesAreUnescapedAndNormalised() throws Exception {
    assertThat(ScramFirst.read(bytes("n,,n=a=2Cb=3Dc,r=x")).user()).isEqualTo("a,b=c");
    assertThat(ScramFirst.read(bytes("n,,n=I\u00adX,r=x")).user()).isEqualTo("IX"); // RFC 4013 §3
    assertThat(ScramFirst.read(bytes("n,,n=\u2168,r=x")).user()).isEqualTo("IX");
    assertThat(ScramFirst.read(bytes("y,a=joe,n=joe,r=x,ext=1")).user()).isEqualTo("joe");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c=biws",
        // another channel binding than the one in the first message: y,, for n,,
        "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        // another nonce
        "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        // a proof with one bit changed, of another length, not base64, none
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVU=",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzb",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=?",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
        // an extension nobody signed
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,x=1,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
      })
  void aLastMessageThatIsNotTheRightOneIsRefused(String message) {
    assertThatThrownBy(() -> begun().finish(bytes(message))).isInstanceOf(ScramFailure.class);
  }

  @Test
  void aDecoyHasTheSameSaltForANameAsOftenAsItIsAsked() {
    SaltSecret secret = SaltSecret.random();
    ScramSha256 decoy = ScramSha256.decoyOf(PENCIL);
    assertThat(decoy.named("nobody", secret).salt())
        .hasSize(16)
        .isEqualTo(ScramSha256.decoyOf(PENCIL).named("nobody", secret).salt())
        .isNotEqualTo(decoy.named("somebody", secret).salt())
        .isNotEqualTo(decoy.named("nobody", SaltSecret.random()).salt());
    ScramSha256 longSalt =
        ScramSha256.parse(
            "scram-sha-256$4096$"
                + Base64.getEncoder().encodeToString(new byte[80])
                + "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
                + "$wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
    byte[] salt = ScramSha256.decoyOf(longSalt).named("nobody", secret).salt();
    assertThat(salt).hasSize(80);
    assertThat(java.util.Arrays.copyOfRange(salt, 48, 80)).isNotEqualTo(new byte[32]);
  }
}
