package io.serai.gateway;

import io.serai.bus.Principal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What came of an attempt to authenticate, or of one step of it. */
public sealed interface AuthResult {
  /**
   * The peer is this user.
   *
   * @param lastWord what a mechanism of several steps says with its success, such as SCRAM's server
   *     signature; empty for others. Not written to
   */
  record Granted(Principal principal, byte[] lastWord) implements AuthResult {
    private static final byte[] NOTHING = {};

    /** Success without a last word. */
    public Granted(Principal principal) {
      this(principal, NOTHING);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Granted that
          && principal.equals(that.principal)
          && Arrays.equals(lastWord, that.lastWord);
    }

    @Override
    public int hashCode() {
      return principal.hashCode();
    }

    @Override
    public String toString() {
      return "Granted[" + principal + "]";
    }
  }

  /**
   * The mechanism goes on: the peer is sent {@code data} and its answer goes back with {@link
   * Credentials.SaslAnswer}.
   *
   * @param data may be empty; not written to
   * @param exchange what the authenticator knows of the exchange, good for one answer
   */
  record Challenge(byte[] data, SaslExchange exchange) implements AuthResult {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Challenge that
          && Arrays.equals(data, that.data)
          && exchange.equals(that.exchange);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(data);
    }

    @Override
    public String toString() {
      return "Challenge[" + data.length + " bytes]";
    }
  }

  /**
   * The peer is not let in.
   *
   * @param kind what the peer may be told
   * @param reason for our log; peers are told no more than the kind
   */
  record Denied(Kind kind, String reason) implements AuthResult {
    /** Wrong credentials. */
    public Denied(String reason) {
      this(Kind.BAD_CREDENTIALS, reason);
    }
  }

  /** Why a peer is not let in, as far as it may know. */
  enum Kind {
    /** User, password, proof or certificate are not right. */
    BAD_CREDENTIALS,
    /** It is known who it is, or that it wants to be nobody, and that is not allowed here. */
    NOT_AUTHORIZED,
    /** It is kept out for a while. */
    BANNED,
    /** It could not be checked; another attempt may go through. */
    UNAVAILABLE,
    /** Too many log in at the moment. */
    BUSY,
    /** As many connections are open as are allowed here, or to this user or address. */
    QUOTA_EXCEEDED,
    /** More connections come than are allowed in a second. */
    CONNECTION_RATE_EXCEEDED,
    /** The mechanism it asked for is not there. */
    UNKNOWN_MECHANISM
  }
}
