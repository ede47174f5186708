package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * How subscribers get the retained values of one shard: found by their filters, and given to their
 * queue unless something newer of the topic is there. Confined to the shard's loop.
 */
final class RetainedReads {
  private final RetainedValues retained;
  private final QueueTable queues;
  private final LiveWatches watches;
  private final ShardServices shard;

  RetainedReads(
      RetainedValues retained, QueueTable queues, LiveWatches watches, ShardServices shard) {
    this.retained = retained;
    this.queues = queues;
    this.watches = watches;
    this.shard = shard;
  }

  /** Finds the values that pass filters. */
  List<ShardCall.FoundRetained> read(ShardCall.ReadRetained call) {
    List<ShardCall.FoundRetained> found = new ArrayList<>();
    for (int i = 0; i < call.filters().size(); i++) {
      int index = i;
      long enough = (long) found.size() + call.most();
      retained.read(
          call.vhost(),
          call.filters().get(i),
          message -> {
            found.add(new ShardCall.FoundRetained(index, message));
            return found.size() < enough;
          });
    }
    return found;
  }

  /** Gives values to the queue that asked for them and answers how many it took. */
  int append(ShardCall.AppendRetained call) {
    ShardQueue queue = queues.find(call.queue());
    if (queue == null) {
      return 0;
    }
    int appended = 0;
    try {
      for (ShardCall.FoundRetained one : call.found()) {
        Message message = one.message();
        if (watches.isNoted(queue, call.watch(), message.topic())
            || message.expiresAtMillis() <= shard.host().nowMillis()) {
          continue;
        }
        MatchData wanted = call.wanted().get(one.filterIndex()).match();
        MatchData match = wanted == null ? null : wanted.fold(message, List.of(wanted));
        if (wanted == null || match != null) {
          shard.memory().begin(1);
          if (queue.appendRetained(message, match)) {
            appended++;
          }
          shard.memory().end(message);
        }
      }
    } finally {
      watches.end(queue, call.watch());
    }
    return appended;
  }
}
