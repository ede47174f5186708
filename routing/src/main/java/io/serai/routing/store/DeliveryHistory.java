package io.serai.routing.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which messages may have been delivered in an earlier run: those up to the mark of their owner and
 * priority, written as {@link FactKind#DELIVERED}.
 */
public final class DeliveryHistory {
  private record Level(long owner, int priority) {}

  private final Map<Level, Long> marks = new HashMap<>();

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
    marks.put(
        new Level(key.getLong(), Byte.toUnsignedInt(key.get())),
        ByteBuffer.wrap(fact.value()).getLong());
  }

  /** The messages with the delivery counts that follow. */
  public Map<Long, List<StoredMessage>> applyTo(Map<Long, List<StoredMessage>> messages) {
    if (marks.isEmpty()) {
      return messages;
    }
    Map<Long, List<StoredMessage>> counted = HashMap.newHashMap(messages.size());
    messages.forEach((owner, all) -> {
      List<StoredMessage> own = new ArrayList<>(all.size());
      for (StoredMessage message : all) {
        own.add(counted(owner, message));
      }
      counted.put(owner, own);
    });
    return counted;
  }

  private StoredMessage counted(long owner, StoredMessage message) {
    if (message.deliveryCount() > 0) {
      return message;
    }
    long sequence = message.sequence();
    Long mark = marks.get(new Level(owner, (int) (sequence >>> Store.SEQUENCE_BITS)));
    return mark == null || sequence > mark ? message : message.withDeliveryCount(1);
  }
}
