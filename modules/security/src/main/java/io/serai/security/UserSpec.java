package io.serai.security;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A user as the configuration writes it, in plain texts.
 *
 * @param name what it logs in with
 * @param password in plain text, or null
 * @param verifier the written form of {@link ScramSha256}, or null; a user with neither cannot log
 *     in with a password
 * @param tags RabbitMQ's user tags
 */
public record UserSpec(
    String name,
    @Nullable String password,
    @Nullable String verifier,
    Set<String> tags,
    List<PermissionSpec> permissions,
    List<TopicPermissionSpec> topicPermissions) {

  /** The expressions of a {@link Permission}. */
  public record PermissionSpec(String vhost, String configure, String write, String read) {}

  /** The expressions of a {@link TopicPermission}. */
  public record TopicPermissionSpec(
      String vhost, String exchange, String write, String read, int maxQos, boolean mayRetain) {
    /** At any QoS, retained or not. */
    public TopicPermissionSpec(String vhost, String exchange, String write, String read) {
      this(vhost, exchange, write, read, 2, true);
    }
  }

  public UserSpec {
    tags = Set.copyOf(tags);
    permissions = List.copyOf(permissions);
    topicPermissions = List.copyOf(topicPermissions);
  }

  /**
   * The user this describes, or null when something is wrong. Hashes a plain password: never call
   * it on an event loop.
   *
   * @param known the user of that name until now: its verifier is kept when the password is still
   *     the same, so that logins remembered in the cache stay good
   * @param salts what the salt of a plain password is made of
   * @param problems gets one line for everything that is wrong; none repeats a secret
   */
  @Nullable User toUser(@Nullable User known, SaltSecret salts, List<String> problems) {
    int before = problems.size();
    if (name.isEmpty()) {
      problems.add("a user has an empty name");
    }
    ScramSha256 checked = checked("", problems, () -> verifier(known, salts));
    List<Permission> vhosts = new ArrayList<>();
    for (PermissionSpec p : permissions) {
      Permission permission =
          checked(
              "permissions in vhost " + p.vhost + ": ",
              problems,
              () -> Permission.of(p.vhost, p.configure, p.write, p.read));
      if (permission != null) {
        vhosts.add(permission);
      }
    }
    List<TopicPermission> topics = new ArrayList<>();
    for (TopicPermissionSpec p : topicPermissions) {
      TopicPermission permission =
          checked(
              "topic permissions on " + p.exchange + " in vhost " + p.vhost + ": ",
              problems,
              () ->
                  TopicPermission.of(p.vhost, p.exchange, p.write, p.read, p.maxQos, p.mayRetain));
      if (permission != null) {
        topics.add(permission);
      }
    }
    User user = checked("", problems, () -> new User(name, checked, tags, vhosts, topics));
    return problems.size() == before ? user : null;
  }

  private @Nullable ScramSha256 verifier(@Nullable User known, SaltSecret salts) {
    if (verifier != null) {
      if (password != null) {
        throw new IllegalArgumentException("has a password and a verifier; leave one");
      }
      return ScramSha256.parse(verifier);
    }
    if (password == null) {
      return null;
    }
    ScramSha256 old = known == null ? null : known.verifier();
    return old != null && old.verifies(password)
        ? old
        : ScramSha256.create(password, ScramSha256.PLAIN_TEXT_ITERATIONS, name, salts);
  }

  private <T> @Nullable T checked(
      String where, List<String> problems, Supplier<@Nullable T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      problems.add("user " + name + ": " + where + e.getMessage());
      return null;
    }
  }

  /** Without password and verifier. */
  @Override
  public String toString() {
    return "UserSpec[" + name + " " + tags + "]";
  }
}
