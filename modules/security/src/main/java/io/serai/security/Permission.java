package io.serai.security;

import io.serai.bus.Principal.Action;

/**
 * What a user may do in one vhost, as in RabbitMQ's access control: an expression over the names of
 * exchanges and queues for each kind of action. Having one at all lets the user into the vhost.
 *
 * @param vhost its name
 * @param configure names it may create, delete and alter
 * @param write names it may send messages into
 * @param read names it may take messages out of
 */
public record Permission(
    String vhost, AccessPattern configure, AccessPattern write, AccessPattern read) {

  /** Everything in {@code vhost}. */
  public static Permission full(String vhost) {
    return new Permission(
        vhost, AccessPattern.EVERYTHING, AccessPattern.EVERYTHING, AccessPattern.EVERYTHING);
  }

  /** Compiles the three expressions. */
  public static Permission of(String vhost, String configure, String write, String read) {
    return new Permission(
        vhost, AccessPattern.of(configure), AccessPattern.of(write), AccessPattern.of(read));
  }

  /** The expression that decides about {@code action}. */
  AccessPattern on(Action action) {
    return switch (action) {
      case CONFIGURE -> configure;
      case WRITE -> write;
      case READ -> read;
    };
  }
}
