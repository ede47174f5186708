package io.serai.routing.queue;

import io.serai.model.Message;
import io.serai.routing.store.StoredDelay;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A message that waits for its time, here or in the store only. */
final class HeldMessage {
  /** The order in which they are due; among equals as they came. */
  static final Comparator<HeldMessage> ORDER =
      Comparator.comparingLong((HeldMessage one) -> one.dueMillis)
          .thenComparingLong(one -> one.sequence);

  /** Nobody has looked at the message since the node started. */
  private static final int UNKNOWN = 0;

  final long dueMillis;
  final long sequence;

  /** Whether it is a copy that another exchange sent on. */
  final boolean isRouted;

  /** Heap bytes that its message takes: a guess until it was here. */
  private int messageBytes;

  /** Stands for exchange and message id, {@link #UNKNOWN} before anybody has seen those. */
  private int idHash;

  /** Null while it is in the store only. */
  @Nullable Message message;

  /** The store's position from which on it can be read back. */
  long safeAt;

  /** How often it could not be read back. */
  final int failures;

  private HeldMessage(
      long dueMillis, long sequence, boolean isRouted, int messageBytes, int failures) {
    this.dueMillis = dueMillis;
    this.sequence = sequence;
    this.isRouted = isRouted;
    this.messageBytes = messageBytes;
    this.failures = failures;
  }

  /** One that is here. */
  static HeldMessage of(long dueMillis, long sequence, Message message, boolean isRouted) {
    HeldMessage held = new HeldMessage(dueMillis, sequence, isRouted, 0, 0);
    held.isHere(message);
    return held;
  }

  /** One that is in the store after a restart. */
  static HeldMessage of(StoredDelay stored) {
    long note = stored.note();
    int guessedBytes = Backlog.RESTORED_OVERHEAD_BYTES + stored.bodyBytes();
    return new HeldMessage(Math.abs(note), stored.sequence(), note < 0, guessedBytes, 0);
  }

  /** Comes before all that are due at a time or later. */
  static HeldMessage before(long millis) {
    return new HeldMessage(millis, -1, false, 0, 0);
  }

  /** What the store keeps beside a message: when it is due, negative for a copy. */
  static long note(long dueMillis, boolean isRouted) {
    return isRouted ? -dueMillis : dueMillis;
  }

  /** The same, to be tried again at another time because it could not be read. */
  HeldMessage later(long millis) {
    HeldMessage later = new HeldMessage(millis, sequence, isRouted, messageBytes, failures + 1);
    later.idHash = idHash;
    return later;
  }

  /** It is in memory. */
  void isHere(Message content) {
    message = content;
    messageBytes = content.sizeBytes();
    var id = content.encoding().properties().messageId();
    idHash = idHash(content.address().exchange(), id == null ? null : id.asText());
  }

  /** Whether it may be the message of an exchange with that id: false only when it is not. */
  boolean mayBe(String exchange, String id) {
    return idHash == UNKNOWN || idHash == idHash(exchange, id);
  }

  private static int idHash(String exchange, @Nullable String id) {
    return Objects.hash(exchange, id) | 1;
  }

  /** Heap bytes that its message takes, about, wherever it is. */
  int messageBytes() {
    return messageBytes;
  }
}
