package io.serai.config;

import java.util.List;
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
   * What a user may do in one vhost. The first three are regular expressions that must match the
   * whole name of an exchange or queue; the topic filters apply to topics in every protocol.
   */
  public record Permission(
      String configure,
      String write,
      String read,
      List<TopicPattern> publishTopics,
      List<TopicPattern> subscribeTopics) {
    public Permission {
      publishTopics = List.copyOf(publishTopics);
      subscribeTopics = List.copyOf(subscribeTopics);
    }
  }

  public UserConfig {
    tags = Set.copyOf(tags);
    permissions = Map.copyOf(permissions);
  }
}
