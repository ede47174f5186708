package io.serai.node;

import io.serai.bus.Principal;
import io.serai.config.Configuration;
import io.serai.config.ServerConfig;
import io.serai.gateway.Authenticator;
import io.serai.security.AuthOptions;
import io.serai.security.DirectoryAuthenticator;
import io.serai.security.HashWorkers;
import io.serai.security.SaltSecret;
import io.serai.security.User;
import io.serai.security.UserDirectory;
import io.serai.security.UserSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The users of a node, who change while it runs. Reading them hashes: not for event loops. */
final class NodeUsers {
  private static final Pattern NAMED = Pattern.compile("user (.+?): ");

  private final UserDirectory directory;
  private final DirectoryAuthenticator authenticator;

  /** As configured, to tell whether a reload changes anything. */
  private List<UserSpec> specs;

  private NodeUsers(
      List<UserSpec> specs, AuthOptions options, HashWorkers workers, SaltSecret salts) {
    this.specs = specs;
    this.directory = UserDirectory.read(specs, salts);
    this.authenticator = new DirectoryAuthenticator(directory, options, workers);
  }

  /**
   * The users of a configuration.
   *
   * @param salts to make salts of
   * @throws StartFailure when one of them cannot be
   */
  static NodeUsers of(ServerConfig server, HashWorkers workers, SaltSecret salts) {
    try {
      return new NodeUsers(UserMapping.users(server), UserMapping.options(server), workers, salts);
    } catch (IllegalArgumentException e) {
      throw new StartFailure("users: " + e.getMessage(), e);
    }
  }

  /** What the user of that name may do at any time. */
  Principal principal(String name) {
    return directory.principal(name);
  }

  Authenticator authenticator() {
    return authenticator;
  }

  /**
   * Users that are ready to take over.
   *
   * @param users null when none has changed
   */
  record Prepared(List<UserSpec> specs, AuthOptions options, @Nullable List<User> users) {}

  /**
   * Reads the users of another configuration.
   *
   * @param problems gets a line with file and line for each that cannot be; the answer is of no use
   *     then
   */
  Prepared prepare(Configuration newer, List<String> problems) {
    List<UserSpec> wanted = UserMapping.users(newer.server());
    AuthOptions options = UserMapping.options(newer.server());
    try {
      boolean isSame = new HashSet<>(wanted).equals(new HashSet<>(specs));
      return new Prepared(wanted, options, isSame ? null : directory.prepare(wanted));
    } catch (IllegalArgumentException e) {
      String.valueOf(e.getMessage())
          .lines()
          .forEach(line -> problems.add(place(newer, line) + line));
      return new Prepared(wanted, options, null);
    }
  }

  private static String place(Configuration config, String line) {
    Matcher user = NAMED.matcher(line);
    if (!user.lookingAt()) {
      return "";
    }
    String plain = "users." + user.group(1) + ".";
    String quoted = "users.\"" + user.group(1) + "\".";
    return config.settings().stream()
        .filter(it -> it.key().startsWith(plain) || it.key().startsWith(quoted))
        .findFirst()
        .map(it -> it.place() + " ")
        .orElse("");
  }

  /**
   * Takes them over: permissions count from the next thing a client asks for, passwords from the
   * next login.
   *
   * @return users that are gone; their connections have to end
   */
  Set<String> use(Prepared prepared) {
    authenticator.use(prepared.options);
    List<User> users = prepared.users;
    if (users == null) {
      return Set.of();
    }
    Set<String> gone = new HashSet<>();
    specs.forEach(spec -> gone.add(spec.name()));
    users.forEach(user -> gone.remove(user.name()));
    directory.replace(users);
    specs = prepared.specs;
    return gone;
  }
}
