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
 * <p>The messages stand under {@link Store#TRANSACTION_OWNER}, one reference for each queue that
 * gets one.
 *
 * @param id unique in the store
 */
public record CommittedTransaction(long id, List<Part> parts) {
  private static final int VERSION = 1;

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
   */
  public record Enqueue(long held, long owner, int level) {}

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
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "a transaction of layout %d, this program knows %d".formatted(version, VERSION));
    }
    List<Part> parts = new ArrayList<>();
    for (int left = StoredFields.readCount(in); left > 0; left--) {
      int loop = StoredFields.readCount(in);
      List<Enqueue> enqueues = new ArrayList<>();
      for (int more = StoredFields.readCount(in); more > 0; more--) {
        enqueues.add(new Enqueue(in.readLong(), in.readLong(), in.readUnsignedByte()));
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
