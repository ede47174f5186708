package io.serai.bus.seeded;

import io.serai.routing.seeded.SeesGateway;

/** Breaks: bus sees of ours only model. */
record SeesRouting(SeesGateway upwards) {}
