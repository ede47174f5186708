package io.serai.routing.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.MatchData;
import io.serai.model.Message;
import io.serai.model.StoredMessages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A store without a disk that survives a "restart": as a journal does it keeps what each loop hands
 * over whole or not at all, and a crash takes what was not synced. Messages are kept as bytes. Used
 * from every loop and the test.
 */
public final class MemoryNodeStore implements NodeStore {
  /** Starts are told apart by the upper half of a sequence's 48 bits. */
  private static final int RUN_BITS = 32;

  /** One thing that was said. */
  private sealed interface Op {
    record Append(long owner, long sequence, Object payload, Kept kept) implements Op {}

    record Update(long owner, long sequence, int deliveryCount) implements Op {}

    record Settle(long owner, long sequence) implements Op {}

    record Removed(long owner) implements Op {}

    record Put(Key key, byte[] value) implements Op {}

    record Remove(Key key) implements Op {}
  }

  private record Kept(@Nullable MatchData match, int deliveryCount, long note) {}

  private record Key(int kind, String bytes) {
    static Key of(FactKind kind, byte[] key) {
      return new Key(kind.number(), new String(key, java.nio.charset.StandardCharsets.ISO_8859_1));
    }
  }

  private record Reference(Object payload, Kept kept) {}

  private final int starts;
  private final List<List<Op>> synced = new ArrayList<>();
  private final List<List<Op>> unsynced = new ArrayList<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private final Map<Message, byte[]> payloads = new IdentityHashMap<>();
  private boolean isHeld;

  /** What is synced, by owner and sequence. */
  private final Map<Long, TreeMap<Long, Reference>> live = new HashMap<>();

  /** Of the loops, in the order they were opened. */
  private final List<MemorySpill> spills = new ArrayList<>();

  /** Sequences that cannot be read back. */
  private final Set<Long> lost = new HashSet<>();

  private int loaded;

  /** An empty store that syncs as soon as it is told something. */
  public MemoryNodeStore() {
    this(0, List.of());
  }

  private MemoryNodeStore(int starts, List<List<Op>> log) {
    this.starts = starts;
    log.forEach(this::isSafe);
  }

  private void isSafe(List<Op> batch) {
    synced.add(batch);
    batch.forEach(op -> replay(op, new HashMap<>(), live));
  }

  /** From now on nothing is safe until {@link #sync}. */
  public synchronized void hold() {
    isHeld = true;
  }

  /** After {@link #hold}: what was handed over is safe, and what will be is so at once. */
  public synchronized void letGo() {
    isHeld = false;
    sync();
  }

  /** Everything that was handed over is safe now. */
  public synchronized void sync() {
    unsynced.forEach(this::isSafe);
    unsynced.clear();
    waiting.forEach(Runnable::run);
    waiting.clear();
  }

  /** From now on a message cannot be read back. */
  public synchronized void lose(long sequence) {
    lost.add(sequence);
  }

  /** It can be read again. */
  public synchronized void find(long sequence) {
    lost.remove(sequence);
  }

  /** What the one loop that was opened first spills. */
  public synchronized MemorySpill spill() {
    return spills.getFirst();
  }

  /** How many batches are not safe. */
  public synchronized int unsyncedBatches() {
    return unsynced.size();
  }

  /** The store that the next start finds after a crash: without what was not synced. */
  public synchronized MemoryNodeStore afterCrash() {
    return new MemoryNodeStore(starts + 1, synced);
  }

  /** The store that the next start finds when what was not synced happened to be written. */
  public synchronized MemoryNodeStore afterCrashWithTail() {
    List<List<Op>> all = new ArrayList<>(synced);
    all.addAll(unsynced);
    return new MemoryNodeStore(starts + 1, all);
  }

  @Override
  public synchronized Recovered recover() {
    Map<Key, byte[]> facts = new LinkedHashMap<>();
    Map<Long, TreeMap<Long, Reference>> owners = new HashMap<>();
    for (List<Op> batch : synced) {
      batch.forEach(op -> replay(op, facts, owners));
    }
    List<Fact> all = new ArrayList<>();
    facts.forEach((key, value) ->
        all.add(
            new Fact(
                key.kind(),
                key.bytes().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                value)));
    StoredMessages reader = new StoredMessages();
    Map<Object, Message> read = new IdentityHashMap<>();
    List<StoredMessage> retained = new ArrayList<>();
    List<StoredDelay> delayed = new ArrayList<>();
    Map<Long, StoredBacklog> backlogs = new HashMap<>();
    owners.forEach((owner, references) -> {
      if (owner == Store.DELAYED_OWNER) {
        references.forEach((sequence, reference) ->
            delayed.add(
                new StoredDelay(
                    sequence, reference.kept().note(), message(reference).body().length())));
        return;
      }
      if (owner != Store.RETAINED_OWNER) {
        backlogs.put(owner, new Backlog(references));
        return;
      }
      references.forEach((sequence, reference) -> {
        Message message =
            read.computeIfAbsent(
                reference.payload(), bytes -> reader.read(Unpooled.wrappedBuffer((byte[]) bytes)));
        Kept kept = reference.kept();
        retained.add(
            new StoredMessage(sequence, message, kept.match(), kept.deliveryCount(), kept.note()));
      });
    });
    return new Recovered(all, retained, delayed, backlogs, 0);
  }

  /** A queue's messages without their content. */
  private record Backlog(TreeMap<Long, Reference> references) implements StoredBacklog {
    @Override
    public long count() {
      return references.size();
    }

    @Override
    public void forEach(Visitor visitor) {
      references.forEach((sequence, reference) -> {
        Message message = message(reference);
        visitor.message(
            sequence,
            message.body().length(),
            message.expiresAtMillis(),
            reference.kept().deliveryCount(),
            reference.kept().match());
      });
    }
  }

  private static Message message(Reference reference) {
    return new StoredMessages().read(Unpooled.wrappedBuffer((byte[]) reference.payload()));
  }

  /** How many messages were read back. */
  public synchronized int loadedCount() {
    return loaded;
  }

  private synchronized @Nullable Message[] load(long owner, long[] sequences) {
    loaded += sequences.length;
    TreeMap<Long, Reference> own = live.getOrDefault(owner, new TreeMap<>());
    @Nullable Message[] found = new Message[sequences.length];
    for (int i = 0; i < sequences.length; i++) {
      Reference reference = own.get(sequences[i]);
      found[i] = reference == null || lost.contains(sequences[i]) ? null : message(reference);
    }
    return found;
  }

  private static void replay(
      Op op, Map<Key, byte[]> facts, Map<Long, TreeMap<Long, Reference>> owners) {
    switch (op) {
      case Op.Append(long owner, long sequence, Object payload, Kept kept) ->
          owners
              .computeIfAbsent(owner, _ -> new TreeMap<>())
              .put(sequence, new Reference(payload, kept));
      case Op.Update(long owner, long sequence, int count) ->
          owners
              .getOrDefault(owner, new TreeMap<>())
              .computeIfPresent(
                  sequence,
                  (_, it) ->
                      new Reference(
                          it.payload(), new Kept(it.kept().match(), count, it.kept().note())));
      case Op.Settle(long owner, long sequence) -> {
        TreeMap<Long, Reference> own = owners.get(owner);
        if (own != null && own.remove(sequence) != null && own.isEmpty()) {
          owners.remove(owner);
        }
      }
      case Op.Removed(long owner) -> owners.remove(owner);
      case Op.Put(Key key, byte[] value) -> facts.put(key, value);
      case Op.Remove(Key key) -> facts.remove(key);
    }
  }

  @Override
  public synchronized Store open(int loop, Executor onLoop) {
    return new Handle(onLoop);
  }

  private synchronized void take(List<Op> batch, Runnable whenSynced) {
    unsynced.add(batch);
    waiting.add(whenSynced);
    if (!isHeld) {
      sync();
    }
  }

  private synchronized byte[] bytes(Message message) {
    return payloads.computeIfAbsent(
        message,
        it -> {
          ByteBuf out = Unpooled.buffer();
          StoredMessages.write(it, out);
          byte[] bytes = new byte[out.readableBytes()];
          out.readBytes(bytes);
          return bytes;
        });
  }

  @Override
  public void close() {}

  private final class Handle implements Store {
    private final Executor onLoop;
    private List<Op> batch = new ArrayList<>();
    private long position;
    private LongConsumer onSynced = _ -> {};
    private final MemorySpill spill;

    Handle(Executor onLoop) {
      this.onLoop = onLoop;
      this.spill = new MemorySpill(onLoop);
      spills.add(spill);
    }

    private void say(Op op) {
      batch.add(op);
      position++;
    }

    @Override
    public long firstSequence() {
      return (long) (starts + 1) << RUN_BITS;
    }

    @Override
    public void append(
        long owner,
        long sequence,
        Message message,
        @Nullable MatchData match,
        boolean isDelivered,
        long note) {
      say(
          new Op.Append(
              owner, sequence, bytes(message), new Kept(match, isDelivered ? 1 : 0, note)));
    }

    @Override
    public void update(
        long owner, long sequence, Message message, @Nullable MatchData match, int count) {
      say(new Op.Update(owner, sequence, count));
    }

    @Override
    public void settle(long owner, long sequence) {
      say(new Op.Settle(owner, sequence));
    }

    @Override
    public void removed(long owner) {
      say(new Op.Removed(owner));
    }

    @Override
    public void put(FactKind kind, byte[] key, byte[] value) {
      say(new Op.Put(Key.of(kind, key), value));
    }

    @Override
    public void remove(FactKind kind, byte[] key) {
      say(new Op.Remove(Key.of(kind, key)));
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void flush() {
      if (batch.isEmpty()) {
        return;
      }
      List<Op> full = batch;
      batch = new ArrayList<>();
      long upTo = position;
      take(full, () -> onLoop.execute(() -> onSynced.accept(upTo)));
    }

    @Override
    public Pages pages() {
      return new Pages() {
        @Override
        public void load(long owner, long[] sequences, Consumer<@Nullable Message[]> loaded) {
          onLoop.execute(() -> loaded.accept(MemoryNodeStore.this.load(owner, sequences)));
        }

        @Override
        public Spill spill() {
          return spill;
        }
      };
    }

    @Override
    public void onSynced(LongConsumer synced) {
      onSynced = synced;
    }
  }
}
