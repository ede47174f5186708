package io.serai.routing.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.bus.PublishOnce;
import io.serai.bus.SessionItem;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionNotes;
import io.serai.model.StoredFields;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Notes of what is under way in client sessions, as facts. {@link FactKind#SESSION_NOTE} is one to
 * an item. {@link FactKind#PUBLISHED_ONCE} is one to an item and a loop: each loop writes its own,
 * in one unit with the messages it is about.
 */
public final class StoredNotes {
  /** A client id in its vhost. */
  public record Client(String vhost, String clientId) {}

  /**
   * Who has a publish.
   *
   * @param owner its number
   * @param offset of a stream, where it will be once the stream is as safe as this note: it has the
   *     message if it has one there. {@link #NO_OFFSET} of others, and where that was found out
   */
  public record Holder(long owner, long offset) {
    /** It has the message if this note is there. */
    public static final long NO_OFFSET = -1;

    /** What has the message. */
    public static Holder of(long owner) {
      return new Holder(owner, NO_OFFSET);
    }
  }

  private static final int NOTE_BYTES = Integer.BYTES + Long.BYTES;

  private final Map<Client, List<SessionNote.Keep>> kept = new HashMap<>();
  private final Map<SessionItem, Set<Long>> published = new HashMap<>();
  private int loops;

  /** The key of an item's note. */
  public static byte[] key(SessionItem item) {
    return ByteBufUtil.getBytes(itemKey(item));
  }

  /** The key of what one loop's owners have of a publish. */
  public static byte[] key(SessionItem item, int loop) {
    return ByteBufUtil.getBytes(itemKey(item).writeShort(loop));
  }

  private static ByteBuf itemKey(SessionItem item) {
    ByteBuf out = Unpooled.buffer(item.vhost().length() + item.clientId().length() + 20);
    StoredFields.writeText(item.vhost(), out);
    StoredFields.writeText(item.clientId(), out);
    return out.writeLong(item.session()).writeInt(item.id());
  }

  /** A note's value. */
  public static byte[] value(SessionNote.Keep note) {
    return ByteBuffer.allocate(NOTE_BYTES).putInt(note.state()).putLong(note.value()).array();
  }

  /** Who has a publish: a number each, that of a stream below zero and with the offset behind. */
  public static byte[] value(Collection<Holder> holders) {
    ByteBuffer out = ByteBuffer.allocate(holders.size() * 2 * Long.BYTES);
    for (Holder holder : holders) {
      if (holder.offset() == Holder.NO_OFFSET) {
        out.putLong(holder.owner());
      } else {
        out.putLong(-holder.owner()).putLong(holder.offset());
      }
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Reads what {@link #value(Collection)} wrote. */
  public static List<Holder> holders(byte[] value) {
    List<Holder> holders = new ArrayList<>();
    for (ByteBuffer in = ByteBuffer.wrap(value); in.hasRemaining(); ) {
      long owner = in.getLong();
      holders.add(owner < 0 ? new Holder(-owner, in.getLong()) : Holder.of(owner));
    }
    return holders;
  }

  private static SessionItem readItem(ByteBuf in) {
    return new SessionItem(
        StoredFields.readText(in), StoredFields.readText(in), in.readLong(), in.readInt());
  }

  /** Adds a {@link FactKind#SESSION_NOTE}. */
  public void addNote(Fact fact) {
    SessionItem item = readItem(Unpooled.wrappedBuffer(fact.key()));
    ByteBuffer value = ByteBuffer.wrap(fact.value());
    kept.computeIfAbsent(new Client(item.vhost(), item.clientId()), _ -> new ArrayList<>())
        .add(new SessionNote.Keep(item, value.getInt(), value.getLong()));
  }

  /** Adds a {@link FactKind#PUBLISHED_ONCE}. */
  public void addPublished(Fact fact) {
    ByteBuf key = Unpooled.wrappedBuffer(fact.key());
    SessionItem item = readItem(key);
    loops = Math.max(loops, key.readUnsignedShort() + 1);
    Set<Long> owners = published.computeIfAbsent(item, _ -> new HashSet<>());
    holders(fact.value()).forEach(holder -> owners.add(holder.owner()));
  }

  /** How many loops have written what {@link #addPublished} added, at least. */
  public int loops() {
    return loops;
  }

  /** Everything by client. */
  public Map<Client, SessionNotes> byClient() {
    Map<Client, SessionNotes> all = new HashMap<>();
    kept.forEach((client, notes) -> all.put(client, new SessionNotes(notes, new ArrayList<>())));
    published.forEach((item, owners) ->
        all.computeIfAbsent(
                new Client(item.vhost(), item.clientId()),
                _ -> new SessionNotes(List.of(), new ArrayList<>()))
            .published()
            .add(new PublishOnce(item, Set.copyOf(owners))));
    return all;
  }
}
