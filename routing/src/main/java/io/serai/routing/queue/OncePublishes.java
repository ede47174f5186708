package io.serai.routing.queue;

import io.serai.bus.PublishOnce;
import io.serai.bus.SessionItem;
import io.serai.bus.ShardCommand;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredNotes;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The publishes of one batch that may come again after a restart: keeps a message from the owners
 * that have it, and notes beside it who has it now. Made for a batch that has some.
 */
final class OncePublishes {
  private final int loop;
  private final Store store;
  private final List<ShardCommand.Once> all;
  private int next;
  private @Nullable PublishOnce current;

  /** Owners by item; copies of one message may be several entries. */
  private final Map<SessionItem, Set<Long>> holders = new LinkedHashMap<>();

  /**
   * @param loop the shard's
   * @param all ascending by entry
   */
  OncePublishes(int loop, Store store, List<ShardCommand.Once> all) {
    this.loop = loop;
    this.store = store;
    this.all = all;
  }

  /** The entry of this index is next. */
  void at(int entryIndex) {
    current = null;
    if (next < all.size() && all.get(next).entryIndex() == entryIndex) {
      current = all.get(next++).publish();
    }
  }

  /** Whether an owner has the entry's message from before. */
  boolean isHeldBy(long owner) {
    PublishOnce publish = current;
    return publish != null && publish.holders().contains(owner);
  }

  /** An owner has taken the entry's message. */
  void taken(long owner) {
    PublishOnce publish = current;
    if (publish != null && owner != Store.NOT_STORED) {
      holders.computeIfAbsent(publish.item(), _ -> new HashSet<>(publish.holders())).add(owner);
    }
  }

  /** Has the store note who has what, in one unit with the messages. */
  void write() {
    holders.forEach((item, owners) ->
        store.put(FactKind.PUBLISHED_ONCE, StoredNotes.key(item, loop), StoredNotes.value(owners)));
  }
}
