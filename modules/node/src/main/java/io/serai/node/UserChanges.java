package io.serai.node;

import io.serai.config.ServerConfig;
import io.serai.config.UserConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** What a reload changes of users, as lines for people. Never shows a secret. */
final class UserChanges {
  private UserChanges() {}

  /** One line per user: {@code + added}, {@code - removed}, {@code ~ changed}. */
  static List<String> lines(ServerConfig before, ServerConfig after) {
    TreeSet<String> names = new TreeSet<>(before.users().keySet());
    names.addAll(after.users().keySet());
    List<String> lines = new ArrayList<>();
    for (String name : names) {
      line(name, before.users(), after.users(), lines);
    }
    if (!Objects.equals(before.anonymousUser(), after.anonymousUser())) {
      lines.add("~ anonymous user " + after.anonymousUser());
    }
    return lines;
  }

  private static void line(
      String name,
      Map<String, UserConfig> before,
      Map<String, UserConfig> after,
      List<String> lines) {
    UserConfig was = before.get(name);
    UserConfig is = after.get(name);
    if (was == null) {
      lines.add("+ user " + name);
    } else if (is == null) {
      lines.add("- user " + name);
    } else if (!was.equals(is)) {
      List<String> what = new ArrayList<>();
      if (!was.credential().equals(is.credential())) {
        what.add("password");
      }
      if (!was.permissions().equals(is.permissions())) {
        what.add("permissions");
      }
      if (!was.tags().equals(is.tags())) {
        what.add("tags");
      }
      if (was.isLoopbackOnly() != is.isLoopbackOnly()) {
        what.add("loopback-only");
      }
      lines.add("~ user " + name + ": " + String.join(", ", what));
    }
  }
}
