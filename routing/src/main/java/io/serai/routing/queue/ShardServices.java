package io.serai.routing.queue;

import io.serai.bus.Counters;
import io.serai.routing.store.Store;
import io.serai.routing.stream.StreamStore;

/** What the queues of one shard share. */
record ShardServices(
    ShardHost host,
    ShardLimits limits,
    Counters counters,
    Store store,
    StreamStore streams,
    Safety safety,
    StreamHandover handover,
    MemoryAccount memory,
    Deadlines deadlines,
    Turn turn,
    Pager pager,
    ReadBudget reads) {}
