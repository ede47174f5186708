package io.serai.routing.queue;

import io.serai.bus.Counters;
import io.serai.routing.store.Store;

/** What the queues of one shard share. */
record ShardServices(
    ShardHost host,
    ShardLimits limits,
    Counters counters,
    Store store,
    MemoryAccount memory,
    Deadlines deadlines,
    Turn turn) {}
