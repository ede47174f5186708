package io.serai.routing.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.bus.PublishOnce;
import io.serai.bus.SessionItem;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionNote.Claimed;
import io.serai.bus.SessionNotes;
import io.serai.model.Message;
import io.serai.model.StoredFields;
import io.serai.model.StoredMessages;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  /** Behind a note: number and sequence of a message in a queue, and how the session takes it. */
  private static final int IN_QUEUE = 1;

  /** Behind a note: a message, with its length, and how the session takes it. */
  private static final int WHOLE = 2;

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

  /**
   * A note's value.
   *
   * @param owner who has its message, if it is about one; {@link Store#NOT_STORED} if nobody has
   */
  public static byte[] value(SessionNote.Keep note, long owner) {
    ByteBuf out = Unpooled.buffer(NOTE_BYTES).writeInt(note.state()).writeLong(note.value());
    switch (note.message()) {
      case Claimed.InQueue(Delivery delivery, MatchData match)
          when owner != Store.NOT_STORED && Definitions.MATCHES.canWrite(match) ->
          Definitions.MATCHES.write(
              match, out.writeByte(IN_QUEUE).writeLong(owner).writeLong(delivery.sequence()));
      case Claimed.Whole(Message message, MatchData match) -> {
        ByteBuf stored = Unpooled.buffer();
        StoredMessages.write(message, stored);
        writeWhole(stored, out);
        Definitions.MATCHES.write(match, out);
      }
      case null, default -> {} // nothing that the store could give to the session
    }
    return ByteBufUtil.getBytes(out);
  }

  private static void writeWhole(ByteBuf stored, ByteBuf out) {
    out.writeByte(WHOLE).writeInt(stored.readableBytes()).writeBytes(stored);
  }

  /** A message that a session has claimed and that is in a queue, by that one's number. */
  public record InStore(long owner, long sequence) {}

  /** The message that a note's value says is in a queue, or null. */
  public static @Nullable InStore claimed(byte[] value) {
    ByteBuf in = Unpooled.wrappedBuffer(value).skipBytes(NOTE_BYTES);
    return in.isReadable() && in.readByte() == IN_QUEUE
        ? new InStore(in.readLong(), in.readLong())
        : null;
  }

  /**
   * The note's value when the queue of {@link #claimed} has let go of the message.
   *
   * @param stored the message as it was stored, null when it was not there
   */
  public static byte[] withMessage(byte[] value, byte @Nullable [] stored) {
    ByteBuf out = Unpooled.buffer().writeBytes(value, 0, NOTE_BYTES);
    if (stored != null) {
      int match = NOTE_BYTES + 1 + 2 * Long.BYTES;
      writeWhole(Unpooled.wrappedBuffer(stored), out);
      out.writeBytes(value, match, value.length - match);
    }
    return ByteBufUtil.getBytes(out);
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
    ByteBuf in = Unpooled.wrappedBuffer(fact.value());
    int state = in.readInt();
    long value = in.readLong();
    kept.computeIfAbsent(new Client(item.vhost(), item.clientId()), _ -> new ArrayList<>())
        .add(new SessionNote.Keep(item, state, value, readMessage(in)));
  }

  private static @Nullable Claimed readMessage(ByteBuf in) {
    if (!in.isReadable() || in.readByte() != WHOLE) {
      return null;
    }
    Message message = new StoredMessages().read(in.readSlice(in.readInt()));
    return new Claimed.Whole(message, Definitions.MATCHES.read(in));
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
