package io.serai.routing.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.bus.MatchData;
import io.serai.model.Message;
import io.serai.model.StoredFields;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction over several loops, as it is stored before any of them does its part: with this it
 * is committed. Each loop then writes in one unit what its queues get, what they let go of, and
 * that its part is done. After a crash the parts that are not done are done by this record; once
 * all are, it goes.
 *
 * <p>Streams have files of their own. A loop notes at which offsets they get their messages when it
 * notes that its part is done, and gives them the messages once that is safe: at the next start
 * those are missing that a stream has nothing at the offset of.
 *
 * <p>The messages stand under {@link Store#TRANSACTION_OWNER}, one reference for each queue that
 * gets one.
 *
 * @param id unique in the store
 */
public record CommittedTransaction(long id, List<Part> parts) {
  private static final int VERSION = 2;

  /** Knew no streams. */
  private static final int VERSION_WITHOUT_STREAMS = 1;

  /** In {@link #done}: a stream was not given the message, and is not to be. */
  public static final long NOT_GIVEN = -1;

  /**
   * What one loop has to do.
   *
   * @param loop its index then
   */
  public record Part(int loop, List<Enqueue> enqueues, List<Settle> settles) {}

  /**
   * A message for an owner.
   *
   * @param held its sequence under {@link Store#TRANSACTION_OWNER}
   * @param level the upper bits of its sequence with the owner: a priority
   * @param isStream whether the owner is a stream
   */
  public record Enqueue(long held, long owner, int level, boolean isStream) {
    /** A message for a queue. */
    public Enqueue(long held, long owner, int level) {
      this(held, owner, level, false);
    }
  }

  /** A message that an owner lets go of. */
  public record Settle(long owner, long sequence) {}

  /** A message on its way into the store, and what stands beside it. */
  public record Stored(Message message, @Nullable MatchData match, long note) {}

  /** The key of the record itself. */
  public static byte[] key(long id) {
    return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
  }

  /** The key of the note that a loop's part is done. */
  public static byte[] key(long id, int loop) {
    return ByteBuffer.allocate(Long.BYTES + Short.BYTES).putLong(id).putShort((short) loop).array();
  }

  /**
   * The value of the note that a loop's part is done.
   *
   * @param offsets of its enqueues that are for streams, in their order; {@link #NOT_GIVEN} for one
   *     that the stream did not want
   */
  public static byte[] done(List<Long> offsets) {
    ByteBuffer out = ByteBuffer.allocate(offsets.size() * Long.BYTES);
    offsets.forEach(out::putLong);
    return out.array();
  }

  /** Reads what {@link #done} wrote. */
  public static List<Long> offsets(byte[] done) {
    List<Long> offsets = new ArrayList<>();
    for (ByteBuffer in = ByteBuffer.wrap(done); in.hasRemaining(); ) {
      offsets.add(in.getLong());
    }
    return offsets;
  }

  /** The record's value. */
  public byte[] write() {
    ByteBuf out = Unpooled.buffer(64);
    out.writeByte(VERSION);
    StoredFields.writeCount(parts.size(), out);
    for (Part part : parts) {
      StoredFields.writeCount(part.loop(), out);
      StoredFields.writeCount(part.enqueues().size(), out);
      for (Enqueue one : part.enqueues()) {
        out.writeLong(one.held()).writeLong(one.owner()).writeByte(one.level());
        out.writeBoolean(one.isStream());
      }
      StoredFields.writeCount(part.settles().size(), out);
      part.settles().forEach(one -> out.writeLong(one.owner()).writeLong(one.sequence()));
    }
    return ByteBufUtil.getBytes(out);
  }

  /** Reads a record's value. */
  public static CommittedTransaction read(long id, byte[] value) {
    ByteBuf in = Unpooled.wrappedBuffer(value);
    int version = in.readUnsignedByte();
    if (version != VERSION && version != VERSION_WITHOUT_STREAMS) {
      throw new IllegalArgumentException(
          "a transaction of layout %d, this program knows %d".formatted(version, VERSION));
    }
    List<Part> parts = new ArrayList<>();
    for (int left = StoredFields.readCount(in); left > 0; left--) {
      int loop = StoredFields.readCount(in);
      List<Enqueue> enqueues = new ArrayList<>();
      for (int more = StoredFields.readCount(in); more > 0; more--) {
        enqueues.add(
            new Enqueue(
                in.readLong(),
                in.readLong(),
                in.readUnsignedByte(),
                version != VERSION_WITHOUT_STREAMS && in.readBoolean()));
      }
      List<Settle> settles = new ArrayList<>();
      for (int more = StoredFields.readCount(in); more > 0; more--) {
        settles.add(new Settle(in.readLong(), in.readLong()));
      }
      parts.add(new Part(loop, enqueues, settles));
    }
    return new CommittedTransaction(id, parts);
  }
}
