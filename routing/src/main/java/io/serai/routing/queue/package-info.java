/**
 * Queue state on its owner loop: the shard, its queues, consumers and credit, retained values and
 * kept client sessions. Everything here is confined to the shard's event loop.
 */
@NullMarked
package io.serai.routing.queue;

import org.jspecify.annotations.NullMarked;
