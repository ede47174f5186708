package io.serai.security;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A user and what it may do. Immutable. */
public final class User {
  private final String name;
  private final @Nullable ScramSha256 verifier;
  private final Set<String> tags;
  private final Map<String, Permission> permissions;
  private final Map<String, Map<String, TopicPermission>> topicPermissions;

  /**
   * @param name what it logs in with
   * @param verifier of its password; null for a user that has none and cannot log in with one
   * @param tags RabbitMQ's user tags, such as {@code administrator}
   * @param permissions at most one per vhost
   * @param topicPermissions at most one per vhost and exchange
   * @throws IllegalArgumentException when two permissions are for the same place
   */
  public User(
      String name,
      @Nullable ScramSha256 verifier,
      Set<String> tags,
      List<Permission> permissions,
      List<TopicPermission> topicPermissions) {
    this.name = name;
    this.verifier = verifier;
    this.tags = Set.copyOf(tags);
    Map<String, Permission> byVhost = new HashMap<>();
    for (Permission permission : permissions) {
      if (byVhost.put(permission.vhost(), permission) != null) {
        throw new IllegalArgumentException(
            "two permissions for the vhost '" + permission.vhost() + "'; leave one");
      }
    }
    this.permissions = Map.copyOf(byVhost);
    Map<String, Map<String, TopicPermission>> byPlace = new HashMap<>();
    for (TopicPermission permission : topicPermissions) {
      if (byPlace
              .computeIfAbsent(permission.vhost(), _ -> new HashMap<>())
              .put(permission.exchange(), permission)
          != null) {
        throw new IllegalArgumentException(
            "two topic permissions for the exchange '"
                + permission.exchange()
                + "' of the vhost '"
                + permission.vhost()
                + "'; leave one");
      }
    }
    byPlace.replaceAll((_, byExchange) -> Map.copyOf(byExchange));
    this.topicPermissions = Map.copyOf(byPlace);
  }

  /** What it logs in with. */
  public String name() {
    return name;
  }

  /** The verifier of its password, or null when it has none. */
  public @Nullable ScramSha256 verifier() {
    return verifier;
  }

  /** RabbitMQ's user tags. */
  public Set<String> tags() {
    return tags;
  }

  /** Its permission in {@code vhost}, or null when it may not enter it. */
  public @Nullable Permission permission(String vhost) {
    return permissions.get(vhost);
  }

  /** Its topic permission for an exchange, or null when every topic of it is open. */
  public @Nullable TopicPermission topicPermission(String vhost, String exchange) {
    Map<String, TopicPermission> byExchange = topicPermissions.get(vhost);
    return byExchange == null ? null : byExchange.get(exchange);
  }

  @Override
  public String toString() {
    return "User[" + name + " " + tags + "]";
  }
}
