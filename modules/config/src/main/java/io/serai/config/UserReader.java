package io.serai.config;

import io.serai.config.UserConfig.Permission;
import io.serai.config.UserConfig.TopicPermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes users of the {@code users} block, with their permissions. */
final class UserReader {
  private final Set<String> vhosts;
  private final Problems problems;

  UserReader(Set<String> vhosts, Problems problems) {
    this.vhosts = vhosts;
    this.problems = problems;
  }

  Map<String, UserConfig> read(Section users) {
    Map<String, UserConfig> byName = new LinkedHashMap<>();
    users.blocks().forEach((name, at) -> byName.put(name, user(name, at)));
    return byName;
  }

  private UserConfig user(String name, Section at) {
    if (name.isEmpty() || name.length() > 255) {
      problems.error(at.place(), at.path().toString(), "a user name has 1 to 255 characters", "");
    }
    List<String> tags = at.get(ServerKeys.TAGS);
    for (String tag : tags) {
      if (!ServerKeys.KNOWN_TAGS.containsKey(tag)) {
        problems.error(
            at.placeOf(ServerKeys.TAGS),
            at.pathOf(ServerKeys.TAGS),
            "unknown tag " + Found.quoted(tag),
            Suggestions.didYouMean(tag, ServerKeys.KNOWN_TAGS.keySet()));
      }
    }
    Map<String, Permission> permissions = new LinkedHashMap<>();
    at.block("permissions")
        .blocks()
        .forEach((vhost, block) -> permissions.put(vhost, permission(vhost, block)));
    if (permissions.isEmpty() && tags.isEmpty()) {
      problems.warn(
          at.place(),
          at.path().then("permissions").toString(),
          "the user has no permissions and may enter no vhost",
          "add permissions { \"/\" { configure = \".*\", write = \".*\", read = \".*\" } }");
    }
    return new UserConfig(
        name,
        credential(at),
        at.get(ServerKeys.LOOPBACK_ONLY),
        at.get(ServerKeys.ADDRESSES),
        Set.copyOf(tags),
        permissions);
  }

  private Permission permission(String vhost, Section at) {
    if (!vhosts.contains(vhost)) {
      problems.error(
          at.place(),
          at.path().toString(),
          "there is no vhost " + Found.quoted(vhost),
          Suggestions.didYouMean(vhost, vhosts));
    }
    Map<String, TopicPermission> topics = new LinkedHashMap<>();
    at.block("topics").blocks().forEach((exchange, block) -> topics.put(exchange, topic(block)));
    return new Permission(
        at.get(ServerKeys.CONFIGURE), at.get(ServerKeys.WRITE), at.get(ServerKeys.READ), topics);
  }

  private static TopicPermission topic(Section at) {
    return new TopicPermission(
        at.get(ServerKeys.TOPIC_WRITE),
        at.get(ServerKeys.TOPIC_READ),
        at.get(ServerKeys.TOPIC_MAX_QOS),
        at.get(ServerKeys.TOPIC_RETAIN));
  }

  private Credential credential(Section at) {
    List<String> given = new ArrayList<>();
    for (Key<?> key : List.of(ServerKeys.PASSWORD, ServerKeys.PASSWORD_FILE, ServerKeys.VERIFIER)) {
      if (at.has(key)) {
        given.add(key.name());
      }
    }
    boolean mayLogIn = at.get(ServerKeys.LOGIN);
    String hint = "exactly one of password, password-file and verifier, or login = false";
    if (given.size() > 1) {
      problems.error(
          at.placeOf(given.getLast()),
          at.path().toString(),
          "has " + String.join(" and ", given),
          hint);
    } else if (mayLogIn && given.isEmpty()) {
      problems.error(at.place(), at.path().toString(), "the user has no password", "set " + hint);
    } else if (!mayLogIn && !given.isEmpty()) {
      problems.error(
          at.placeOf(ServerKeys.LOGIN),
          at.path().toString(),
          "has login = false and a " + given.getFirst(),
          "remove one of them");
    }
    return at.find(ServerKeys.PASSWORD)
        .or(() -> at.find(ServerKeys.PASSWORD_FILE))
        .<Credential>map(Credential.Password::new)
        .or(() -> at.find(ServerKeys.VERIFIER).map(Credential.Stored::new))
        .orElseGet(Credential.NoLogin::new);
  }
}
