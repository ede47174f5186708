package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import io.serai.node.mapping.NativeProtocol;
import io.serai.node.mapping.ValueNotation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** AMQP 0-9-1 by property names; the property list is written and read here byte by byte. */
public final class Amqp091Native implements NativeProtocol {
  private static final String HEADERS = "headers.";

  @Override
  public String column() {
    return "amqp-0-9-1";
  }

  @Override
  public Message publish(List<Field> fields) {
    int flags = 0;
    FieldWriter list = new FieldWriter(Unpooled.buffer());
    List<Value.Entry> headers = new ArrayList<>();
    for (Field field : fields) {
      if (field.name().startsWith(HEADERS)) {
        headers.add(
            new Value.Entry(
                Value.of(field.name().substring(HEADERS.length())),
                ValueNotation.AMQP_0_9_1.read(field.value())));
      }
    }
    for (Property property : Property.values()) {
      String value = NativeProtocol.first(fields, name(property), "");
      if (property == Property.HEADERS ? headers.isEmpty() : value.isEmpty()) {
        continue;
      }
      flags |= property.flag;
      switch (property) {
        case HEADERS -> list.table(new Value.MapOf(headers));
        case DELIVERY_MODE, PRIORITY -> list.octet(Integer.parseInt(value));
        case TIMESTAMP -> list.longLong(Long.parseLong(value));
        default -> list.shortString(value);
      }
    }
    ByteBuf wire = Unpooled.buffer().writeShort(flags).writeBytes(list.out());
    Topic key = Topic.of(NativeProtocol.first(fields, "routing-key", "t"), Spelling.DOT);
    return new Message(
        Address.ofTopic(key),
        Amqp091Encoding.read(new FieldReader().over(wire, 0, wire.writerIndex())),
        NativeProtocol.body(fields, "body"),
        origin(),
        NOW_MILLIS);
  }

  private static String name(Property property) {
    return property.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public List<Field> delivered(Message message) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("routing-key", message.topic().spelled(Spelling.DOT)));
    fields.add(new Field("body", NativeProtocol.text(message.body().toByteArray())));
    byte[] wire = wire(message);
    FieldReader in = new FieldReader().over(Unpooled.wrappedBuffer(wire), 0, wire.length);
    int flags = in.shortUint();
    for (Property property : Property.values()) {
      if (!property.isIn(flags)) {
        continue;
      }
      switch (property) {
        case HEADERS ->
            in.table()
                .entries()
                .forEach(e ->
                    fields.add(
                        new Field(
                            HEADERS + e.key().asText(),
                            ValueNotation.AMQP_0_9_1.write(e.value()))));
        case DELIVERY_MODE, PRIORITY ->
            fields.add(new Field(name(property), Integer.toString(in.octet())));
        case TIMESTAMP -> fields.add(new Field(name(property), Long.toString(in.longLong())));
        default -> fields.add(new Field(name(property), in.shortString()));
      }
    }
    return fields;
  }

  @Override
  public byte[] wire(Message message) {
    return message.as(Amqp091Mapping.CONVERSION).wire();
  }
}
