package io.serai.node.store;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import io.serai.model.StoredMessages;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Spill;
import io.serai.routing.store.Store;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalHandle;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One loop's way into the journal. Confined to the loop. */
final class LoopJournal implements Store {
  private final JournalHandle handle;
  private final long firstSequence;
  private final RunCounter runs;

  /** Sequences from here on are those of a later run, and this one takes them away from it. */
  private long firstOfNextRun;

  private final Pages pages;
  private final LoopNotice notice;

  private record LoopPages(PageReader<Message> messages, Spill spill) implements Pages {
    @Override
    public void load(long owner, long[] sequences, Consumer<@Nullable Message[]> loaded) {
      messages.load(owner, sequences, loaded);
    }
  }

  LoopJournal(Journal journal, Executor onLoop, RunCounter runs, Spill spill) {
    this.runs = runs;
    this.firstSequence = runs.firstSequence();
    this.firstOfNextRun = runs.firstSequenceAfter(firstSequence);
    this.notice = new LoopNotice(onLoop);
    this.handle = journal.handle(notice);
    this.pages = new LoopPages(messages(journal, onLoop), spill);
  }

  private static PageReader<Message> messages(Journal journal, Executor onLoop) {
    return new PageReader<>(
        journal,
        onLoop,
        Message[]::new,
        () -> {
          StoredMessages reader = new StoredMessages();
          return reader::read;
        });
  }

  @Override
  public long firstSequence() {
    return firstSequence;
  }

  @Override
  public void append(
      long owner,
      long sequence,
      Message message,
      @Nullable MatchData match,
      boolean isDelivered,
      long note) {
    if ((sequence & RunCounter.COUNTED_BITS) >= firstOfNextRun) {
      firstOfNextRun = runs.take(sequence, handle);
    }
    handle.append(
        owner,
        sequence,
        MessagePayload.of(message),
        Notes.attributes(message, match, isDelivered ? 1 : 0, note));
  }

  @Override
  public void update(
      long owner, long sequence, Message message, @Nullable MatchData match, int deliveryCount) {
    handle.update(owner, sequence, Notes.attributes(message, match, deliveryCount, 0));
  }

  @Override
  public void settle(long owner, long sequence) {
    handle.settle(owner, sequence);
  }

  @Override
  public void removed(long owner) {
    handle.ownerRemoved(owner);
  }

  @Override
  public void put(FactKind kind, byte[] key, byte[] value) {
    if (kind == FactKind.SESSION_NOTE) {
      handle.keepTogether(); // says that the client has what is settled
    }
    handle.put((byte) kind.number(), key, value);
  }

  @Override
  public void remove(FactKind kind, byte[] key) {
    handle.remove((byte) kind.number(), key);
  }

  @Override
  public long position() {
    return handle.position();
  }

  @Override
  public void flush() {
    handle.flush();
  }

  @Override
  public Pages pages() {
    return pages;
  }

  @Override
  public void onSynced(LongConsumer synced) {
    notice.tell(synced);
  }
}
