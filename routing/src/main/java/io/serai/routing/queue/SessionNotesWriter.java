package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.PublishOnce;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionNotes;
import io.serai.bus.SessionRef;
import io.serai.bus.ShardCommand;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredNotes;
import io.serai.routing.store.StoredNotes.Holder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives the store what sessions note, and tells them when it is safe. Confined to the loop. */
final class SessionNotesWriter {
  private final ShardHost host;
  private final Store store;
  private final QueueTable queues;

  SessionNotesWriter(ShardHost host, Store store, QueueTable queues) {
    this.host = host;
    this.store = store;
    this.queues = queues;
  }

  /** Notes without telling anybody. */
  void write(SessionNote note) {
    switch (note) {
      case SessionNote.Keep keep ->
          store.put(
              FactKind.SESSION_NOTE,
              StoredNotes.key(keep.item()),
              StoredNotes.value(keep, owner(keep.message())));
      case SessionNote.Drop(var item) -> store.remove(FactKind.SESSION_NOTE, StoredNotes.key(item));
      case SessionNote.Released(var item) -> {
        for (int loop = 0; loop < host.loops(); loop++) {
          store.remove(FactKind.PUBLISHED_ONCE, StoredNotes.key(item, loop));
        }
      }
    }
  }

  /** Whose a message is in the store; {@link Store#NOT_STORED} when it is not there. */
  private long owner(SessionNote.@Nullable Claimed message) {
    if (message instanceof SessionNote.Claimed.InQueue(Delivery delivery, _)) {
      ShardQueue queue = queues.find(delivery.consumer().queue());
      return queue == null ? Store.NOT_STORED : queue.ownerOf(delivery.message());
    }
    return Store.NOT_STORED;
  }

  /**
   * What is noted of a publish was written by other loops than there are now: it becomes one note,
   * which {@link SessionNote.Released} finds.
   *
   * @param writers loops that may have written of it
   */
  void adopt(PublishOnce publish, int writers) {
    store.put(
        FactKind.PUBLISHED_ONCE,
        StoredNotes.key(publish.item(), 0),
        StoredNotes.value(publish.holders().stream().map(Holder::of).toList()));
    for (int loop = 1; loop < writers; loop++) {
      store.remove(FactKind.PUBLISHED_ONCE, StoredNotes.key(publish.item(), loop));
    }
  }

  /** Forgets all that was noted of a client when the node ended. */
  void drop(SessionNotes notes) {
    notes.kept().forEach(note -> write(new SessionNote.Drop(note.item())));
    notes.published().forEach(publish -> write(new SessionNote.Released(publish.item())));
  }

  /** Notes what is to be told of once it is safe. */
  List<SessionEvent.Noted> write(List<ShardCommand.NoteEntry> entries) {
    Map<SessionRef, List<Long>> tokens = new LinkedHashMap<>();
    for (ShardCommand.NoteEntry entry : entries) {
      write(entry.note());
      tokens.computeIfAbsent(entry.from(), _ -> new ArrayList<>()).add(entry.token());
    }
    return tokens.entrySet().stream()
        .map(one -> new SessionEvent.Noted(one.getKey(), one.getValue()))
        .toList();
  }
}
