package io.serai.routing.queue;

import io.serai.bus.PublishOnce;
import io.serai.bus.SessionItem;
import io.serai.bus.ShardCommand;
import io.serai.model.Message;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredNotes;
import io.serai.routing.store.StoredNotes.Holder;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

  /** By item; copies of one message may be several entries. */
  private final Map<SessionItem, Set<Holder>> holders = new LinkedHashMap<>();

  /** Whether a stream is among those who took a message. */
  private boolean hasStream;

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

  /** Whether a queue has the entry's message from before. */
  boolean isHeldBy(ShardQueue queue, Message message) {
    return isHeldBy(queue instanceof StreamQueue stream ? stream.owner() : queue.ownerOf(message));
  }

  /** A queue has taken the entry's message, just now. */
  void taken(ShardQueue queue, Message message) {
    if (queue instanceof StreamQueue stream) {
      hasStream |= taken(new Holder(stream.owner(), stream.lastOffset()));
    } else {
      taken(queue.ownerOf(message));
    }
  }

  /** An owner in the store has taken the entry's message. */
  void taken(long owner) {
    taken(Holder.of(owner));
  }

  private boolean taken(Holder holder) {
    PublishOnce publish = current;
    return publish != null
        && holder.owner() != Store.NOT_STORED
        && holders.computeIfAbsent(publish.item(), _ -> known(publish)).add(holder);
  }

  private static Set<Holder> known(PublishOnce publish) {
    return publish.holders().stream()
        .map(Holder::of)
        .collect(Collectors.toCollection(HashSet::new));
  }

  /**
   * Has the store note who has what, in one unit with the messages; those of streams follow it.
   *
   * @param streams has what streams were given
   */
  void write(StreamHandover streams) {
    holders.forEach((item, all) ->
        store.put(FactKind.PUBLISHED_ONCE, StoredNotes.key(item, loop), StoredNotes.value(all)));
    if (hasStream) {
      streams.followStore();
    }
  }
}
