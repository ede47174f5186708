package io.serai.gateway;

/** What a peer offers to prove who it is. Never logged. */
public sealed interface Credentials {
  /** User and password (SASL PLAIN and AMQPLAIN, MQTT CONNECT, STOMP login). */
  record Plain(String user, String password) implements Credentials {
    @Override
    public String toString() {
      return "Plain[" + user + "]";
    }
  }

  /** The subject of a client certificate that TLS has verified (SASL EXTERNAL). */
  record Certificate(String subject) implements Credentials {}

  /** Nothing: allowed only where the listener says so. */
  record Anonymous() implements Credentials {}
}
