package io.serai.routing.seeded;

import io.vertx.core.internal.buffer.BufferInternal;

/** Breaks: only the drivers know what is not Vert.x's public API. */
record SeesVertxInternals(BufferInternal bytes) {}
