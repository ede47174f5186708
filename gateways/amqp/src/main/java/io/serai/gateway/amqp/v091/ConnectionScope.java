package io.serai.gateway.amqp.v091;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.serai.bus.Caller;
import io.serai.bus.CreditMode;
import io.serai.gateway.Effects;
import io.serai.gateway.HeldBytes;
import io.serai.model.Origin;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the channels of an open connection share: who it is, its consumers by id, and which of them
 * wait for credit or confirms to be sent. Confined to the connection's event loop.
 */
final class ConnectionScope {
  private final Caller caller;
  private final Origin origin;
  private final ClientTraits client;
  private final int channelMax;

  /** Running consumers of all channels; as many as the client started. */
  private final IntObjectMap<ChannelConsumer> consumers = new IntObjectHashMap<>(4);

  private final HeldBytes held = new HeldBytes();
  private int lastConsumerId;
  private long lastServerTag;

  /** Consumers whose window is half used up; each is in it once. */
  private final List<ChannelConsumer> toGrant = new ArrayList<>(2);

  /** Channels with confirms to send; each is in it once. */
  private final List<Confirms> toConfirm = new ArrayList<>(2);

  ConnectionScope(Caller caller, Origin origin, ClientTraits client, int channelMax) {
    this.caller = caller;
    this.origin = origin;
    this.client = client;
    this.channelMax = channelMax;
  }

  Caller caller() {
    return caller;
  }

  Origin origin() {
    return origin;
  }

  ClientTraits client() {
    return client;
  }

  /** What the transactions of all channels hold. */
  HeldBytes held() {
    return held;
  }

  int channelMax() {
    return channelMax;
  }

  /** A consumer id that no running consumer of the connection has. */
  int newConsumerId() {
    do {
      lastConsumerId = lastConsumerId == Integer.MAX_VALUE ? 1 : lastConsumerId + 1;
    } while (consumers.containsKey(lastConsumerId));
    return lastConsumerId;
  }

  /** A consumer tag that nobody on this node was given before. */
  String newConsumerTag() {
    return ServerTag.of(caller.session(), ++lastServerTag);
  }

  void add(ChannelConsumer consumer) {
    consumers.put(consumer.id(), consumer);
  }

  void remove(ChannelConsumer consumer) {
    consumers.remove(consumer.id());
    consumers.remove(consumer.formerId());
  }

  @Nullable ChannelConsumer consumer(int id) {
    return consumers.get(id);
  }

  /** The consumer's credit is renewed at the end of the batch, if the peer keeps up. */
  void grantLater(ChannelConsumer consumer) {
    toGrant.add(consumer);
  }

  void confirmLater(Confirms confirms) {
    toConfirm.add(confirms);
  }

  /** Sends the confirms and grants the credit that a batch has brought together. */
  void endBatch(Effects<Amqp091Frame> out) {
    if (!toConfirm.isEmpty()) {
      for (int i = 0; i < toConfirm.size(); i++) {
        toConfirm.get(i).flush(out);
      }
      toConfirm.clear();
    }
    if (!toGrant.isEmpty() && out.isWritable()) {
      for (int i = 0; i < toGrant.size(); i++) {
        ChannelConsumer consumer = toGrant.get(i);
        if (consumers.get(consumer.id()) == consumer
            && consumer.creditMode() == CreditMode.GRANTED) {
          consumer.window.renew(consumer.ref(), out);
        }
      }
      toGrant.clear();
    }
  }
}
