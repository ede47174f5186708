package io.serai.gateway.coap;

import io.netty.buffer.ByteBuf;
import io.serai.model.Encoding;
import io.serai.model.EncodingFormat;
import io.serai.model.StoredFields;
import java.util.ArrayList;
import java.util.List;

/** Stores what CoAP publishers said: the options that describe the content, in order. */
public final class CoapEncodingFormat implements EncodingFormat {
  private static final int CONFIRMABLE = 1;
  private static final int RETAIN = 2;

  @Override
  public int id() {
    return 6;
  }

  @Override
  public Class<? extends Encoding> type() {
    return CoapEncoding.class;
  }

  @Override
  public void write(Encoding value, ByteBuf out) {
    CoapEncoding encoding = (CoapEncoding) value;
    out.writeByte(
        (encoding.isConfirmable() ? CONFIRMABLE : 0) | (encoding.isRetain() ? RETAIN : 0));
    out.writeByte(encoding.queryQos());
    out.writeLong(encoding.expirySeconds());
    StoredFields.writeCount(encoding.options().size(), out);
    for (CoapOption option : encoding.options()) {
      StoredFields.writeCount(option.number(), out);
      StoredFields.writeBytes(option.value(), out);
    }
  }

  @Override
  public Encoding read(ByteBuf in) {
    int flags = in.readByte();
    int queryQos = in.readByte();
    long expirySeconds = in.readLong();
    int count = StoredFields.readCount(in);
    List<CoapOption> options = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      options.add(CoapOption.of(StoredFields.readCount(in), StoredFields.readBytes(in)));
    }
    return CoapEncoding.stored(
        (flags & CONFIRMABLE) != 0, (flags & RETAIN) != 0, queryQos, expirySeconds, options);
  }
}
