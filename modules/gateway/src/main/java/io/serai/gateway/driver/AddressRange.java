package io.serai.gateway.driver;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Addresses that begin alike, in CIDR notation.
 *
 * @param network the address that stands for the range
 * @param bits how many of its bits count
 */
public record AddressRange(InetAddress network, int bits) {

  /**
   * Reads {@code 10.1.2.3}, {@code 10.0.0.0/8} or {@code fd00::/8}. Numbers only: no name is looked
   * up.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    try {
      if (!address.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
        throw new UnknownHostException(address);
      }
      InetAddress network = InetAddress.getByName(address);
      int most = network.getAddress().length * Byte.SIZE;
      int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > most) {
        throw new IllegalArgumentException(text + ": " + bits + " bits, at most " + most);
      }
      return new AddressRange(network, bits);
    } catch (UnknownHostException | NumberFormatException _) {
      throw new IllegalArgumentException(text + " is no address or range such as 10.0.0.0/8");
    }
  }

  /** Whether {@code address} lies within. An IPv4 address never lies within an IPv6 range. */
  public boolean contains(InetAddress address) {
    byte[] own = network.getAddress();
    byte[] other = address.getAddress();
    if (own.length != other.length) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if (own[i] != other[i]) {
        return false;
      }
    }
    int rest = bits % Byte.SIZE;
    return rest == 0 || ((own[whole] ^ other[whole]) & 0xFF) >>> Byte.SIZE - rest == 0;
  }
}
