package io.serai.security;

import io.serai.gateway.driver.AddressRange;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How logins are handled.
 *
 * @param loopbackOnlyUsers users who may log in with a password only from this machine (RabbitMQ's
 *     {@code loopback_users})
 * @param anonymousUser who a peer without credentials is, where the listener lets it in; null when
 *     nobody is let in without
 * @param addresses from where a user may log in at all, whatever with; a user without an entry may
 *     from anywhere
 * @param loginCacheTtl how long a right password is remembered; zero hashes every login
 */
public record AuthOptions(
    Set<String> loopbackOnlyUsers,
    @Nullable String anonymousUser,
    Map<String, List<AddressRange>> addresses,
    Duration loginCacheTtl) {
  /** The default user, as in RabbitMQ. */
  public static final String GUEST = "guest";

  /** {@code guest} only from this machine, and it is the anonymous user. */
  public static final AuthOptions DEFAULTS =
      new AuthOptions(Set.of(GUEST), GUEST, Duration.ofMinutes(1));

  public AuthOptions {
    loopbackOnlyUsers = Set.copyOf(loopbackOnlyUsers);
    addresses = Map.copyOf(addresses);
  }

  /** Likewise, from any address. */
  public AuthOptions(
      Set<String> loopbackOnlyUsers, @Nullable String anonymousUser, Duration loginCacheTtl) {
    this(loopbackOnlyUsers, anonymousUser, Map.of(), loginCacheTtl);
  }

  /**
   * Whether a user may log in from there.
   *
   * @param remoteAddress {@code host:port}, the host a literal address
   */
  boolean mayComeFrom(String user, String remoteAddress) {
    List<AddressRange> ranges = addresses.get(user);
    if (ranges == null) {
      return true;
    }
    int colon = remoteAddress.lastIndexOf(':');
    String host = colon < 0 ? remoteAddress : remoteAddress.substring(0, colon);
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      return ranges.stream().anyMatch(range -> range.contains(address));
    } catch (IllegalArgumentException _) {
      return false; // not known where it is
    }
  }
}
