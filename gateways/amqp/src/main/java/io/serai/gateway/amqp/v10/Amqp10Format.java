package io.serai.gateway.amqp.v10;

import io.netty.buffer.ByteBuf;
import io.serai.model.Encoding;
import io.serai.model.EncodingFormat;
import io.serai.model.StoredFields;

/** Stores the sections of AMQP 1.0 messages as the bytes they came as. */
public final class Amqp10Format implements EncodingFormat {
  @Override
  public int id() {
    return 4;
  }

  @Override
  public Class<? extends Encoding> type() {
    return Amqp10Encoding.class;
  }

  @Override
  public void write(Encoding value, ByteBuf out) {
    Amqp10Encoding encoding = (Amqp10Encoding) value;
    out.writeByte(encoding.bodyKind().ordinal());
    StoredFields.writeBytes(encoding.bodyPrefix(), out);
    byte[][] sections = encoding.sections();
    StoredFields.writeCount(sections.length, out);
    for (byte[] section : sections) {
      StoredFields.writeBytes(section, out);
    }
  }

  @Override
  public Encoding read(ByteBuf in) {
    Amqp10Encoding.BodyKind kind = Amqp10Encoding.BodyKind.values()[in.readByte()];
    byte[] bodyPrefix = StoredFields.readBytes(in);
    byte[][] sections = new byte[StoredFields.readCount(in)][];
    for (int i = 0; i < sections.length; i++) {
      sections[i] = StoredFields.readBytes(in);
    }
    return Amqp10Encoding.stored(sections, kind, bodyPrefix);
  }
}
