package io.serai.gateway.amqp.v091;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.gateway.CreditWindow;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One consumer of a channel. */
final class ChannelConsumer {
  private final Channel channel;
  private int id;
  private int formerId = -1;
  private final byte[] tagUtf8;
  private final String queue;
  private ConsumerOptions options;
  private @Nullable ConsumerRef ref;

  /** With {@link CreditMode#GRANTED}; its use is nobody else's business. */
  final CreditWindow window = new CreditWindow();

  /** Most deliveries it may have unsettled, 0 for no limit of its own. */
  int limit;

  /** Deliveries it has unsettled. */
  int unsettled;

  /** With {@link CreditMode#SHARED}: granted by the pool and not used yet. */
  int slice;

  /** With {@link CreditMode#SHARED}: its queue has messages and it stands in the pool's line. */
  boolean isWaiting;

  ChannelConsumer(Channel channel, int id, String queue, int limit, ConsumerOptions options) {
    this.channel = channel;
    this.id = id;
    this.queue = queue;
    this.limit = limit;
    this.options = options;
    this.tagUtf8 = options.tag().getBytes(StandardCharsets.UTF_8);
  }

  Channel channel() {
    return channel;
  }

  int id() {
    return id;
  }

  String tag() {
    return options.tag();
  }

  byte[] tagUtf8() {
    return tagUtf8;
  }

  String queue() {
    return queue;
  }

  ConsumerOptions options() {
    return options;
  }

  boolean isNoAck() {
    return options.noAck();
  }

  CreditMode creditMode() {
    return options.creditMode();
  }

  /** What it asks for when it is attached anew, with credit from the pool. */
  ConsumerOptions sharedOptions() {
    return new ConsumerOptions(
        options.tag(),
        options.noAck(),
        options.exclusive(),
        options.priority(),
        CreditMode.SHARED,
        0,
        options.view(),
        options.stream());
  }

  /**
   * It is attached anew; what the former attachment delivered is still its own.
   *
   * @return the former attachment, to be cancelled
   */
  ConsumerRef moved(ConsumerRef to) {
    ConsumerRef former = ref();
    formerId = id;
    id = to.id();
    options = to.options();
    ref = to;
    return former;
  }

  /** The id it had before it moved, or -1. */
  int formerId() {
    return formerId;
  }

  void attached(ConsumerRef to) {
    ref = to;
  }

  boolean isAttached() {
    return ref != null;
  }

  /** The consumer at its queue. */
  ConsumerRef ref() {
    ConsumerRef known = ref;
    if (known == null) {
      throw new IllegalStateException("consumer " + tag() + " is not attached yet");
    }
    return known;
  }
}
