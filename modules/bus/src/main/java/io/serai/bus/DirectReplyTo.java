package io.serai.bus;

/**
 * Answers without a queue of one's own, as RabbitMQ has them: a client consumes from a name that is
 * no queue and gets an address that only it receives from. The address is an exclusive, volatile
 * queue, so it works from every connection, event loop and protocol; it needs no permission,
 * because nobody but its owner can read it and nobody can guess it.
 */
public final class DirectReplyTo {
  /** What clients consume from and write into their requests' reply-to. */
  public static final String NAME = "amq.rabbitmq.reply-to";

  /** What the addresses start with. */
  public static final String PREFIX = NAME + '.';

  private DirectReplyTo() {}

  /** Whether a queue name is such an address. */
  public static boolean isAddress(String queue) {
    return queue.startsWith(PREFIX);
  }

  /** Whether a queue is declared to be such an address; no client can declare one itself. */
  public static boolean isDeclaredBy(QueueSpec spec) {
    return spec.kind() == QueueKind.VOLATILE
        && spec.lifetime() == Lifetime.EXCLUSIVE
        && isAddress(spec.name());
  }
}
