package io.serai.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Turns what {@code host} may say into addresses, without asking the network. */
final class HostNames {
  private static final String LOOPBACK = "loopback";
  private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("(?=.*:.*:)[0-9A-Fa-f:.]+(%[A-Za-z0-9]+)?");
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_-]+)*\\.?");

  private HostNames() {}

  /** Whether {@code host} is an IP address, so that no name has to be looked up. */
  static boolean isNumeric(String host) {
    return IPV4.matcher(host).matches() || IPV6.matcher(host).matches();
  }

  /** What is wrong with {@code host} as an address to listen on; empty when nothing is. */
  static String problemWith(String host) {
    boolean isValid =
        NUMBERS.matcher(host).matches()
            ? IPV4.matcher(host).matches()
            : NAME.matcher(host).matches() || IPV6.matcher(host).matches();
    if (isValid) {
      return "";
    }
    return host.matches("[^:]+:\\d+|\\[.*]:\\d+")
        ? "the port has a key of its own, port"
        : "write an IP address such as 127.0.0.1 or \"::1\", a host name, or loopback";
  }

  /** The addresses that {@code hosts} mean, without those that are none. */
  static List<BindAddress> addresses(List<String> hosts) {
    List<BindAddress> addresses = new ArrayList<>();
    for (String host : hosts) {
      if (!problemWith(host).isEmpty()) {
        continue;
      }
      if (host.equals(LOOPBACK)) {
        addresses.add(new BindAddress("127.0.0.1", false));
        addresses.add(new BindAddress("::1", true));
      } else {
        addresses.add(new BindAddress(host, false));
      }
    }
    return addresses.stream().distinct().toList();
  }

  /** Whether listening on both would be listening twice on one address. */
  static boolean overlap(BindAddress a, BindAddress b) {
    return a.host().equals(b.host()) || isAny(a.host()) || isAny(b.host());
  }

  private static boolean isAny(String host) {
    return host.equals("0.0.0.0") || host.equals("::");
  }
}
