package io.serai.config;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A user.
 *
 * @param isLoopbackOnly whether it is let in only on listeners that this machine alone reaches
 * @param addresses ranges of addresses it may log in from; empty for any
 * @param tags administrator, monitoring, management
 * @param permissions by vhost; none for a vhost it may not enter
 */
public record UserConfig(
    String name,
    Credential credential,
    boolean isLoopbackOnly,
    List<String> addresses,
    Set<String> tags,
    Map<String, Permission> permissions) {

  /**
   * What a user may do in one vhost: regular expressions to be found in the name of an exchange or
   * queue; the empty one matches nothing.
   *
   * @param topics by exchange; one without an entry is open to whoever may use it
   */
  public record Permission(
      String configure, String write, String read, Map<String, TopicPermission> topics) {
    public Permission {
      topics = Map.copyOf(topics);
    }
  }

  /**
   * Which topics a user may publish under and subscribe to through one exchange: regular
   * expressions over the topic in AMQP spelling, where {@code {username}}, {@code {vhost}} and
   * {@code {client_id}} stand for those of the connection.
   *
   * @param maxQos the highest QoS at which it may do either, 0 to 2
   * @param mayRetain whether what it publishes may be kept as retained
   */
  public record TopicPermission(String write, String read, int maxQos, boolean mayRetain) {
    /** At any QoS, retained or not. */
    public TopicPermission(String write, String read) {
      this(write, read, 2, true);
    }
  }

  public UserConfig {
    addresses = List.copyOf(addresses);
    tags = Set.copyOf(tags);
    permissions = Map.copyOf(permissions);
  }
}
