package io.serai.config;

import com.typesafe.config.ConfigValue;

/** Key types whose values are never shown. */
final class SecretTypes {
  private SecretTypes() {}

  /** A password in plain text. */
  record Password() implements KeyType<Secret> {
    @Override
    public Reading<Secret> read(ConfigValue value, ReadContext context) {
      if (!PlainTypes.isScalar(value)) {
        return expected(value);
      }
      return PlainTypes.text(value).isEmpty()
          ? new Bad<>("the password is empty", "an empty password would let anyone in")
          : new Good<>(new Secret(PlainTypes.text(value)));
    }

    @Override
    public String allowed() {
      return "a text";
    }

    @Override
    public boolean isSecret() {
      return true;
    }
  }

  /** A stored SCRAM-SHA-256 verifier. */
  record Verifier() implements KeyType<ScramVerifier> {
    @Override
    public Reading<ScramVerifier> read(ConfigValue value, ReadContext context) {
      if (!PlainTypes.isScalar(value)) {
        return expected(value);
      }
      try {
        return new Good<>(ScramVerifier.parse(PlainTypes.text(value)));
      } catch (IllegalArgumentException e) {
        return new Bad<>(
            "not a SCRAM verifier: " + e.getMessage(), "the form is " + ScramVerifier.FORM);
      }
    }

    @Override
    public String allowed() {
      return "a verifier " + ScramVerifier.FORM;
    }

    @Override
    public boolean isSecret() {
      return true;
    }
  }
}
