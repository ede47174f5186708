package io.serai.gateway;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a peer offers to prove who it is. Never logged. */
public sealed interface Credentials {
  /** User and password (SASL PLAIN and AMQPLAIN, MQTT CONNECT, STOMP login). */
  record Plain(String user, String password) implements Credentials {
    @Override
    public String toString() {
      return "Plain[" + user + "]";
    }
  }

  /**
   * User and password of a protocol whose clients send some even where nobody checks them (MQTT, as
   * brokers without a password file or authenticator take it): while the listener lets peers in
   * without credentials and there is no user but the anonymous one, an unknown user is that one.
   */
  record PlainOrAnonymous(String user, String password) implements Credentials {
    @Override
    public String toString() {
      return "PlainOrAnonymous[" + user + "]";
    }
  }

  /** The subject of a client certificate that TLS has verified (SASL EXTERNAL). */
  record Certificate(String subject) implements Credentials {}

  /** Nothing: allowed only where the listener says so. */
  record Anonymous() implements Credentials {}

  /**
   * The beginning of a SASL mechanism that takes several steps (RFC 4422 §3).
   *
   * @param mechanism its registered name, such as {@code SCRAM-SHA-256}
   * @param initial what the peer says first, empty when it waits to be asked
   */
  record Sasl(String mechanism, byte[] initial) implements Credentials {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Sasl that
          && mechanism.equals(that.mechanism)
          && Arrays.equals(initial, that.initial);
    }

    @Override
    public int hashCode() {
      return mechanism.hashCode();
    }

    @Override
    public String toString() {
      return "Sasl[" + mechanism + "]";
    }
  }

  /** The peer's answer to a challenge. */
  record SaslAnswer(AuthResult.Challenge to, byte[] data) implements Credentials {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof SaslAnswer that
          && to.equals(that.to)
          && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
      return to.hashCode();
    }

    @Override
    public String toString() {
      return "SaslAnswer[" + data.length + " bytes]";
    }
  }
}
