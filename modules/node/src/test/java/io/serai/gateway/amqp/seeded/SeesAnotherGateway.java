package io.serai.gateway.amqp.seeded;

import io.serai.gateway.mqtt.seeded.NeighbourSession;

/** Breaks: a gateway sees no other gateway. */
record SeesAnotherGateway(NeighbourSession neighbour) {}
