package io.serai.model;

/**
 * Who published: one instance per connection, shared by all its messages.
 *
 * @param protocol the gateway's protocol name, such as {@code mqtt-5.0} or {@code amqp-0-9-1}
 * @param vhost the name space (realm) of the connection
 * @param user the authenticated user
 * @param clientId MQTT client id, AMQP container id or connection name; empty when there is none
 */
public record Origin(String protocol, String vhost, String user, String clientId) {
  /** Messages that the broker makes by itself. */
  public static Origin ofBroker(String vhost) {
    return new Origin("serai", vhost, "", "");
  }
}
