/**
 * What gateways and shards say to each other: sealed commands, events and requests, and the typed
 * {@link io.serai.bus.Bus} that alone knows event-bus addresses.
 */
@NullMarked
package io.serai.bus;

import org.jspecify.annotations.NullMarked;
