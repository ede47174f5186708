package io.serai.gateway.stomp;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.model.Encoding;
import io.serai.model.EncodingFormat;
import io.serai.model.StoredFields;
import java.util.ArrayList;
import java.util.List;

/** Stores what STOMP publishers said: every header in order, repeats included. */
public final class StompEncodingFormat implements EncodingFormat {
  @Override
  public int id() {
    return 5;
  }

  @Override
  public Class<? extends Encoding> type() {
    return StompEncoding.class;
  }

  @Override
  public void write(Encoding value, ByteBuf out) {
    List<Field> fields = ((StompEncoding) value).fields();
    StoredFields.writeCount(fields.size(), out);
    for (Field field : fields) {
      StoredFields.writeText(field.name(), out);
      StoredFields.writeText(field.value(), out);
    }
  }

  @Override
  public Encoding read(ByteBuf in) {
    int count = StoredFields.readCount(in);
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      fields.add(new Field(StoredFields.readText(in), StoredFields.readText(in)));
    }
    return StompEncoding.of(fields);
  }
}
