package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.serai.bus.MatchData;
import io.serai.bus.SessionStateFormat;
import io.serai.gateway.mqtt.MqttFrame.Wanted;
import io.serai.gateway.mqtt.SessionState.OfGroup;
import io.serai.gateway.mqtt.SessionState.Unfinished;
import io.serai.model.Message;
import io.serai.model.StoredFields;
import io.serai.model.StoredMessages;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stores what MQTT keeps of a session. */
public final class SessionStateStorage implements SessionStateFormat {
  private static final SubscriptionMatchFormat MATCHES = new SubscriptionMatchFormat();

  @Override
  public int id() {
    return 1;
  }

  @Override
  public Class<?> type() {
    return SessionState.class;
  }

  @Override
  public void write(Object value, ByteBuf out) {
    SessionState state = (SessionState) value;
    StoredFields.writeCount(state.subscriptions().size(), out);
    state.subscriptions().forEach(subscription -> write(subscription, out));
    StoredFields.writeCount(state.outbound().size(), out);
    state.outbound().forEach(unfinished -> write(unfinished, out));
    StoredFields.writeBytes(state.received().toByteArray(), out);
    out.writeBoolean(state.isPartial());
    out.writeLong(state.session());
  }

  private static void write(Subscription subscription, ByteBuf out) {
    Wanted options = subscription.options();
    StoredFields.writeText(options.filter(), out);
    out.writeByte(options.qos());
    out.writeBoolean(options.noLocal());
    out.writeBoolean(options.retainAsPublished());
    out.writeByte(options.retainHandling());
    StoredFields.writeCount(subscription.identifier(), out);
  }

  private static void write(Unfinished unfinished, ByteBuf out) {
    out.writeShort(unfinished.packetId());
    out.writeLong(unfinished.sequence());
    out.writeByte(unfinished.qos());
    out.writeBoolean(unfinished.isReleased());
    OfGroup ofGroup = unfinished.ofGroup();
    out.writeBoolean(ofGroup != null);
    if (ofGroup != null) {
      StoredMessages.write(ofGroup.message(), out);
      MATCHES.write(ofGroup.match(), out);
    }
  }

  @Override
  public Object read(ByteBuf in) {
    List<Subscription> subscriptions = new ArrayList<>();
    for (int left = StoredFields.readCount(in); left > 0; left--) {
      subscriptions.add(readSubscription(in));
    }
    List<Unfinished> outbound = new ArrayList<>();
    for (int left = StoredFields.readCount(in); left > 0; left--) {
      outbound.add(readUnfinished(in));
    }
    BitSet received = BitSet.valueOf(StoredFields.readBytes(in));
    boolean isPartial = in.readBoolean();
    long session = in.isReadable() ? in.readLong() : 0; // none in what older programs wrote
    return new SessionState(subscriptions, outbound, received, Map.of(), session, isPartial);
  }

  private static Subscription readSubscription(ByteBuf in) {
    String filter = StoredFields.readText(in);
    int qos = in.readByte();
    boolean noLocal = in.readBoolean();
    boolean retainAsPublished = in.readBoolean();
    int retainHandling = in.readByte();
    return new Subscription(
        new Wanted(filter, qos, noLocal, retainAsPublished, retainHandling),
        StoredFields.readCount(in));
  }

  private static Unfinished readUnfinished(ByteBuf in) {
    int packetId = in.readUnsignedShort();
    long sequence = in.readLong();
    int qos = in.readByte();
    boolean isReleased = in.readBoolean();
    return new Unfinished(
        packetId, sequence, qos, isReleased, in.readBoolean() ? readOfGroup(in) : null);
  }

  private static @Nullable OfGroup readOfGroup(ByteBuf in) {
    Message message = new StoredMessages().read(in);
    MatchData match = MATCHES.read(in);
    return match instanceof SubscriptionMatch own ? new OfGroup(message, own) : null;
  }
}
