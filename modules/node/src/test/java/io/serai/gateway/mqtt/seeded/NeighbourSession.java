package io.serai.gateway.mqtt.seeded;

import io.vertx.core.Vertx;

/** Breaks, by its name: a session sees no Vert.x and does not read the clock. */
public record NeighbourSession(Vertx vertx) {
  long now() {
    return System.nanoTime();
  }
}
