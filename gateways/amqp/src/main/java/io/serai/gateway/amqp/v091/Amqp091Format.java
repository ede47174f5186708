package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.serai.model.Encoding;
import io.serai.model.EncodingFormat;
import io.serai.model.StoredFields;
import io.serai.model.Topic;
import java.util.ArrayList;
import java.util.List;

/** Stores the properties of AMQP 0-9-1 messages as the bytes they came as. */
public final class Amqp091Format implements EncodingFormat {
  @Override
  public int id() {
    return 2;
  }

  @Override
  public Class<? extends Encoding> type() {
    return Amqp091Encoding.class;
  }

  @Override
  public void write(Encoding value, ByteBuf out) {
    Amqp091Encoding encoding = (Amqp091Encoding) value;
    StoredFields.writeBytes(encoding.wire(), out);
    StoredFields.writeCount(encoding.moreTopics().size(), out);
    for (Topic topic : encoding.moreTopics()) {
      StoredFields.writeTopic(topic, out);
    }
  }

  @Override
  public Encoding read(ByteBuf in) {
    int length = StoredFields.readCount(in);
    int from = in.readerIndex();
    in.skipBytes(length);
    Amqp091Encoding encoding =
        Amqp091Encoding.read(new FieldReader().over(in, from, from + length));
    int more = StoredFields.readCount(in);
    if (more == 0) {
      return encoding;
    }
    List<Topic> topics = new ArrayList<>();
    for (int i = 0; i < more; i++) {
      topics.add(StoredFields.readTopic(in));
    }
    return encoding.routedBy(List.copyOf(topics));
  }
}
