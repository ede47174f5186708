package io.serai.routing.store;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which messages may have been delivered in an earlier run: those up to the mark of their owner and
 * priority, written as {@link FactKind#DELIVERED}.
 */
public final class DeliveryHistory {
  /** By owner and priority. */
  private final Map<Long, Map<Integer, Long>> marks = new HashMap<>();

  /** The key of the mark of an owner's messages of one priority. */
  public static byte[] key(long owner, int priority) {
    return ByteBuffer.allocate(Long.BYTES + 1).putLong(owner).put((byte) priority).array();
  }

  /** The mark. */
  public static byte[] value(long sequence) {
    return ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
  }

  /** Adds a fact of that kind. */
  public void add(Fact fact) {
    ByteBuffer key = ByteBuffer.wrap(fact.key());
    marks
        .computeIfAbsent(key.getLong(), _ -> new HashMap<>())
        .put(Byte.toUnsignedInt(key.get()), ByteBuffer.wrap(fact.value()).getLong());
  }

  /** The owners with a mark. */
  public Set<Long> owners() {
    return marks.keySet();
  }

  /** A queue's messages with the delivery counts that follow. */
  public StoredBacklog applyTo(long owner, StoredBacklog backlog) {
    Map<Integer, Long> own = marks.get(owner);
    if (own == null) {
      return backlog;
    }
    return new StoredBacklog() {
      @Override
      public Map<Integer, Long> marks() {
        return own;
      }

      @Override
      public long count() {
        return backlog.count();
      }

      @Override
      public void forEach(Visitor visitor) {
        backlog.forEach((sequence, bodyLength, expiresAtMillis, count, match) ->
            visitor.message(
                sequence, bodyLength, expiresAtMillis, counted(own, sequence, count), match));
      }
    };
  }

  private static int counted(Map<Integer, Long> marks, long sequence, int count) {
    if (count > 0) {
      return count;
    }
    Long mark = marks.get((int) (sequence >>> Store.SEQUENCE_BITS));
    return mark == null || sequence > mark ? 0 : 1;
  }
}
