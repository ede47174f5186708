package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.serai.model.Encoding;
import io.serai.model.EncodingFormat;
import io.serai.model.Header;
import io.serai.model.StoredFields;
import java.util.List;

/** Stores what MQTT publishers said: flags, expiry, and properties as the bytes they came as. */
public final class MqttEncodingFormat implements EncodingFormat {
  @Override
  public int id() {
    return 3;
  }

  @Override
  public Class<? extends Encoding> type() {
    return MqttEncoding.class;
  }

  @Override
  public void write(Encoding value, ByteBuf out) {
    MqttEncoding encoding = (MqttEncoding) value;
    out.writeByte(encoding.qos());
    out.writeBoolean(encoding.isRetain());
    out.writeLong(encoding.expirySeconds());
    StoredFields.writeBytes(encoding.propertyBytes(), out);
    StoredFields.writeHeaders(encoding.added(), out);
  }

  @Override
  public Encoding read(ByteBuf in) {
    int qos = in.readByte();
    boolean isRetain = in.readBoolean();
    long expirySeconds = in.readLong();
    byte[] properties = StoredFields.readBytes(in);
    List<Header> added = StoredFields.readHeaders(in);
    return MqttEncoding.of(qos, isRetain, expirySeconds, properties).with(added);
  }
}
