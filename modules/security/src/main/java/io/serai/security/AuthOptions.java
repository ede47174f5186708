package io.serai.security;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How logins are handled.
 *
 * @param loopbackOnlyUsers users who may log in with a password only from this machine (RabbitMQ's
 *     {@code loopback_users})
 * @param anonymousUser who a peer without credentials is, where the listener lets it in; null when
 *     nobody is let in without
 * @param loginCacheTtl how long a right password is remembered; zero hashes every login
 */
public record AuthOptions(
    Set<String> loopbackOnlyUsers, @Nullable String anonymousUser, Duration loginCacheTtl) {
  /** The default user, as in RabbitMQ. */
  public static final String GUEST = "guest";

  /** {@code guest} only from this machine, and it is the anonymous user. */
  public static final AuthOptions DEFAULTS =
      new AuthOptions(Set.of(GUEST), GUEST, Duration.ofMinutes(1));

  public AuthOptions {
    loopbackOnlyUsers = Set.copyOf(loopbackOnlyUsers);
  }
}
