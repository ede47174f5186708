package io.serai.routing.store;

import io.netty.buffer.ByteBuf;
import io.serai.bus.SessionStateFormat;
import io.serai.model.StoredFields;

/** Lets sessions of tests be stored whose state is a text. */
public final class TextState implements SessionStateFormat {
  @Override
  public int id() {
    return 200;
  }

  @Override
  public Class<?> type() {
    return String.class;
  }

  @Override
  public void write(Object state, ByteBuf out) {
    StoredFields.writeText((String) state, out);
  }

  @Override
  public Object read(ByteBuf in) {
    return StoredFields.readText(in);
  }
}
