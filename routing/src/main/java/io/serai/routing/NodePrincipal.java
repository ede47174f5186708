package io.serai.routing;

import io.serai.bus.Principal;
import io.serai.bus.Unrestricted;

/** The node itself, which may publish anywhere, internal exchanges included. */
final class NodePrincipal {
  static final Principal NODE = new Unrestricted("");

  private NodePrincipal() {}
}
