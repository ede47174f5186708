package io.serai.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One published message. What the publisher said is kept as it said it ({@link #encoding}) and
 * converted only for a consumer that speaks something else ({@link #as}).
 *
 * <p>Immutable and safe to share between event loops. Four fields are bookkeeping rather than
 * content: the conversion cache (a benign race), the holder count and the store's note (atomic),
 * and whether it goes to many (set before other loops see it).
 */
public final class Message {
  private static final VarHandle HOLDERS;
  private static final VarHandle STORED;

  static {
    try {
      HOLDERS = MethodHandles.lookup().findVarHandle(Message.class, "holders", int.class);
      STORED = MethodHandles.lookup().findVarHandle(Message.class, "stored", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Bytes of heap a message costs beside its body and encoding, for accounting. */
  private static final int OVERHEAD_BYTES = 96;

  private final Address address;
  private final Encoding encoding;
  private final Body body;
  private final Origin origin;
  private final long receivedMillis;

  private volatile @Nullable Converted conversions;
  private boolean isForMany;

  @SuppressWarnings("unused") // through HOLDERS
  private int holders;

  @SuppressWarnings("unused") // through STORED
  private @Nullable Object stored;

  /** A link of the conversion cache: in practice one or two long. */
  private record Converted(Conversion<?> target, Object result, @Nullable Converted next) {}

  /**
   * A message as it came in.
   *
   * @param receivedMillis when the broker received it, milliseconds since 1970; expiry counts from
   *     it
   */
  public Message(
      Address address, Encoding encoding, Body body, Origin origin, long receivedMillis) {
    this.address = address;
    this.encoding = encoding;
    this.body = body;
    this.origin = origin;
    this.receivedMillis = receivedMillis;
  }

  /** The exchange and topic it was published to, or where a rule republished it. */
  public Address address() {
    return address;
  }

  /** Shorthand for the address's topic. */
  public Topic topic() {
    return address.topic();
  }

  /** Properties and headers in the publisher's own encoding. */
  public Encoding encoding() {
    return encoding;
  }

  public Body body() {
    return body;
  }

  public Origin origin() {
    return origin;
  }

  /** When the broker received it, milliseconds since 1970. */
  public long receivedMillis() {
    return receivedMillis;
  }

  /** The typed properties in neutral form. */
  public Properties properties() {
    return encoding.properties();
  }

  /** The application headers in neutral form. */
  public Headers headers() {
    return encoding.headers();
  }

  /** When it expires, milliseconds since 1970; {@link Long#MAX_VALUE} for never. */
  public long expiresAtMillis() {
    long ttl = encoding.expiryMillis();
    return ttl < 0 || ttl > Long.MAX_VALUE - receivedMillis ? Long.MAX_VALUE : receivedMillis + ttl;
  }

  /** Approximate heap bytes while it is held. */
  public int sizeBytes() {
    return OVERHEAD_BYTES + encoding.sizeBytes() + body.length();
  }

  /** The same content under another address, as after a routing rule. Conversions start afresh. */
  public Message readdressed(Address to) {
    return new Message(to, encoding, body, origin, receivedMillis);
  }

  /**
   * The same message as if it came in at another time.
   *
   * @param millis from when its expiry counts
   */
  public Message receivedAt(long millis) {
    return millis == receivedMillis ? this : new Message(address, encoding, body, origin, millis);
  }

  /** The same message with another encoding, as after a rule or dead-lettering added headers. */
  public Message reencoded(Encoding other) {
    return new Message(address, other, body, origin, receivedMillis);
  }

  /**
   * A copy that the broker publishes anew, as a dead letter: to another address, changed a little.
   *
   * @param receivedMillis from when its time to live counts
   */
  public Message republished(Address to, Rewrite rewrite, long receivedMillis) {
    return new Message(to, encoding.rewritten(rewrite), body, origin, receivedMillis);
  }

  /** This message in the target encoding, converted at most once per target (bar a race). */
  public <T> T as(Conversion<T> target) {
    for (Converted c = conversions; c != null; c = c.next) {
      if (c.target == target) {
        @SuppressWarnings("unchecked") // stored under the same Conversion<T> below
        T known = (T) c.result;
        return known;
      }
    }
    T result = target.convert(this);
    conversions = new Converted(target, result, conversions);
    return result;
  }

  /**
   * Whether so many queues get it that bytes made for one consumer are worth keeping for the
   * others.
   */
  public boolean isForMany() {
    return isForMany;
  }

  /** Many queues get it. Before it is handed to any. */
  public void markForMany() {
    isForMany = true;
  }

  /**
   * Adds {@code count} holders (queues that keep this message).
   *
   * @return true when it had none before: it now counts towards the node's memory
   */
  public boolean hold(int count) {
    return (int) HOLDERS.getAndAdd(this, count) == 0;
  }

  /**
   * Gives up one holder.
   *
   * @return true when it was the last: nobody keeps the message any more
   */
  public boolean release() {
    return (int) HOLDERS.getAndAdd(this, -1) == 1;
  }

  /**
   * Gives up {@code count} holders.
   *
   * @return true when they were the last: nobody keeps the message any more
   */
  public boolean release(int count) {
    return (int) HOLDERS.getAndAdd(this, -count) == count;
  }

  /** How many queues keep this message now. */
  public int holderCount() {
    return (int) HOLDERS.getVolatile(this);
  }

  /**
   * What the node's store keeps beside this message, such as where it has it: the same object for
   * everyone who asks, however many loops store the message at a time.
   *
   * @param make called when there is none yet; may be called in vain
   */
  public Object stored(Function<Message, ?> make) {
    Object known = STORED.getAcquire(this);
    if (known == null) {
      Object made = make.apply(this);
      known = STORED.compareAndExchange(this, null, made);
      return known == null ? made : known;
    }
    return known;
  }

  /** Address and size; never content. */
  @Override
  public String toString() {
    return "Message[" + address.exchange() + " " + address.topic() + " " + body + "]";
  }
}
