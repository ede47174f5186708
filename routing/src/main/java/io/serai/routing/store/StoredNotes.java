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

  /** The owners that have a publish. */
  public static byte[] value(Collection<Long> owners) {
    ByteBuffer out = ByteBuffer.allocate(owners.size() * Long.BYTES);
    owners.forEach(out::putLong);
    return out.array();
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
    for (ByteBuffer value = ByteBuffer.wrap(fact.value()); value.hasRemaining(); ) {
      owners.add(value.getLong());
    }
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
