package io.serai.routing.seeded;

import io.serai.gateway.seeded.KitSeesRouting;

/** Breaks: routing sees of ours only model and bus. */
public record SeesGateway(KitSeesRouting kit) {}
