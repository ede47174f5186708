package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.serai.bus.MatchData;
import io.serai.bus.MatchFormat;
import io.serai.model.StoredFields;
import java.util.ArrayList;
import java.util.List;

/** Stores what subscriptions carry on their bindings and messages. */
public final class SubscriptionMatchFormat implements MatchFormat {
  @Override
  public int id() {
    return 1;
  }

  @Override
  public Class<? extends MatchData> type() {
    return SubscriptionMatch.class;
  }

  @Override
  public void write(MatchData value, ByteBuf out) {
    SubscriptionMatch match = (SubscriptionMatch) value;
    StoredFields.writeText(match.clientId(), out);
    out.writeByte(match.qos());
    out.writeBoolean(match.noLocal());
    out.writeBoolean(match.retainAsPublished());
    out.writeBoolean(match.isRetainedCopy());
    StoredFields.writeCount(match.identifiers().size(), out);
    for (int identifier : match.identifiers()) {
      StoredFields.writeCount(identifier, out);
    }
  }

  @Override
  public MatchData read(ByteBuf in) {
    String clientId = StoredFields.readText(in);
    int qos = in.readByte();
    boolean noLocal = in.readBoolean();
    boolean retainAsPublished = in.readBoolean();
    boolean isRetainedCopy = in.readBoolean();
    int count = StoredFields.readCount(in);
    List<Integer> identifiers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      identifiers.add(StoredFields.readCount(in));
    }
    return new SubscriptionMatch(
        clientId, qos, noLocal, retainAsPublished, isRetainedCopy, List.copyOf(identifiers));
  }
}
