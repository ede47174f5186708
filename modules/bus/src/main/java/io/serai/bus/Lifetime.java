package io.serai.bus;

/** How long an exchange or queue lives and who ends it. */
public enum Lifetime {
  /** Until deleted; survives restarts once definitions are journaled. */
  DURABLE,
  /** Until deleted or the node stops. */
  TRANSIENT,
  /** Owned by one connection, usable by it only, gone with it. */
  EXCLUSIVE
}
