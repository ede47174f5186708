package io.serai.config;

import java.util.Map;
import java.util.Set;

/**
 * A user.
 *
 * @param isLoopbackOnly whether it is let in only on listeners that this machine alone reaches
 * @param tags administrator, monitoring, management
 * @param permissions by vhost; none for a vhost it may not enter
 */
public record UserConfig(
    String name,
    Credential credential,
    boolean isLoopbackOnly,
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
   */
  public record TopicPermission(String write, String read) {}

  public UserConfig {
    tags = Set.copyOf(tags);
    permissions = Map.copyOf(permissions);
  }
}
