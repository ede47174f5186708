package io.serai.config;

/**
 * An address to listen on.
 *
 * @param host an IP address or a host name
 * @param isOptional whether to go on without it when the machine does not have it: {@code ::1}
 *     where IPv6 is off
 */
public record BindAddress(String host, boolean isOptional) {

  /** Whether only this machine reaches it. Names other than localhost are not looked up. */
  public boolean isLoopback() {
    return host.startsWith("127.")
        || host.equals("localhost")
        || host.equals("::1")
        || host.equals("0:0:0:0:0:0:0:1");
  }
}
