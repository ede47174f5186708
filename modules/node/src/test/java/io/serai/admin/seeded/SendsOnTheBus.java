package io.serai.admin.seeded;

import io.serai.gateway.seeded.KitSeesRouting;
import io.vertx.core.eventbus.EventBus;

/** Breaks: admin sees no gateway; only bus knows the event bus. */
record SendsOnTheBus(EventBus bus, KitSeesRouting kit) {}
