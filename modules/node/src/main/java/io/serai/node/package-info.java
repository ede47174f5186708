/**
 * The assembly: takes a configuration, starts one shard and the gateways on every event loop, opens
 * the listeners, and stops it all in order. The only module that knows every other one.
 */
@NullMarked
package io.serai.node;

import org.jspecify.annotations.NullMarked;
