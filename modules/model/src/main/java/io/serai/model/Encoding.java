package io.serai.model;

import java.util.List;

/**
 * A message's properties and headers in its publisher's own encoding. Each gateway has one
 * implementation that keeps what came off the wire, so that a consumer of the same protocol gets
 * every field back exactly, and that translates to the neutral form on first use only.
 *
 * <p>Immutable and shared: consecutive messages with equal properties may share one instance. The
 * first three methods are read on the data path and must be cheap.
 */
public interface Encoding {
  /** Whether the message asks to survive a restart. */
  boolean isDurable();

  /** Time to live in milliseconds from when the broker received the message, -1 for none. */
  long expiryMillis();

  /** Priority 0 to 255; 0 when the publisher gave none. */
  int priority();

  /** Bytes this encoding keeps in memory, for accounting. */
  int sizeBytes();

  /** The typed properties, neutral. Computed once. */
  Properties properties();

  /** The application headers, neutral, in the publisher's order. Computed once. */
  Headers headers();

  /**
   * Topics the publisher wants the message routed by beside the address's own, on the same exchange
   * (AMQP 0-9-1: the headers CC and BCC). Empty for almost every message.
   */
  default List<Topic> moreTopics() {
    return List.of();
  }

  /**
   * This encoding with a change the broker makes to its copy of a message. One that can tell the
   * changed part from the rest on the wire keeps the rest as it came; the others go on in neutral
   * form, from which their own protocol's mapping restores every field.
   */
  default Encoding rewritten(Rewrite rewrite) {
    return new Neutral(rewrite.apply(properties()), rewrite.apply(headers()));
  }

  /** An encoding that keeps nothing but the neutral form: for messages the broker itself makes. */
  record Neutral(Properties properties, Headers headers) implements Encoding {
    /** No properties and no headers. */
    public static final Neutral NONE = new Neutral(Properties.NONE, Headers.NONE);

    @Override
    public boolean isDurable() {
      return properties.durable();
    }

    @Override
    public long expiryMillis() {
      return properties.expiryMillis();
    }

    @Override
    public int priority() {
      return Math.max(0, properties.priority());
    }

    @Override
    public int sizeBytes() {
      return 64 + 64 * headers.size();
    }
  }
}
