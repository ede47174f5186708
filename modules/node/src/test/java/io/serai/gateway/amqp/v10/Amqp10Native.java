package io.serai.gateway.amqp.v10;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import io.serai.node.mapping.NativeProtocol;
import io.serai.node.mapping.ValueNotation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** AMQP 1.0 by sections and fields; messages are written and read here as whole byte strings. */
public final class Amqp10Native implements NativeProtocol {
  private static final List<String> HEADER =
      List.of("durable", "priority", "ttl", "first-acquirer", "delivery-count");
  private static final List<String> PROPERTIES =
      List.of(
          "message-id",
          "user-id",
          "to",
          "subject",
          "reply-to",
          "correlation-id",
          "content-type",
          "content-encoding",
          "absolute-expiry-time",
          "creation-time",
          "group-id",
          "group-sequence",
          "reply-to-group-id");

  @Override
  public String column() {
    return "amqp-1.0";
  }

  @Override
  public Message publish(List<Field> fields) {
    ByteBuf wire = Unpooled.buffer();
    list(Sections.HEADER, HEADER, "header.", fields, wire);
    map(Sections.DELIVERY_ANNOTATIONS, "delivery-annotations.", true, fields, wire);
    map(Sections.MESSAGE_ANNOTATIONS, "annotations.", true, fields, wire);
    list(Sections.PROPERTIES, PROPERTIES, "properties.", fields, wire);
    map(Sections.APPLICATION_PROPERTIES, "application-properties.", false, fields, wire);
    String value = NativeProtocol.first(fields, "value", "");
    section(
        value.isEmpty() ? Sections.DATA : Sections.VALUE,
        value.isEmpty()
            ? new Value.Binary(NativeProtocol.body(fields, "data").toByteArray())
            : ValueNotation.AMQP_1_0.read(value),
        wire);
    map(Sections.FOOTER, "footer.", true, fields, wire);
    Amqp10Encoding.Received received = Amqp10Encoding.read(wire);
    String to = received.encoding().to();
    Address address =
        to == null ? Address.ofTopic(Topic.of("t", Spelling.DOT)) : Amqp10Address.read(to, "");
    return new Message(address, received.encoding(), received.body(), origin(), NOW_MILLIS);
  }

  private static void section(int descriptor, Value value, ByteBuf out) {
    TypeWriter.write(new Value.Described(new Value.ULong(descriptor), value), out);
  }

  private static void list(
      int descriptor, List<String> names, String prefix, List<Field> fields, ByteBuf out) {
    Value[] values = new Value[names.size()];
    Arrays.fill(values, Value.NULL);
    boolean isGiven = false;
    for (Field field : fields) {
      if (field.name().startsWith(prefix)) {
        isGiven = true;
        values[names.indexOf(field.name().substring(prefix.length()))] =
            ValueNotation.AMQP_1_0.read(field.value());
      }
    }
    if (isGiven) {
      section(descriptor, new Value.ListOf(List.of(values)), out);
    }
  }

  private static void map(
      int descriptor, String prefix, boolean isSymbol, List<Field> fields, ByteBuf out) {
    List<Value.Entry> entries = new ArrayList<>();
    for (Field field : fields) {
      if (field.name().startsWith(prefix)) {
        String name = field.name().substring(prefix.length());
        entries.add(
            new Value.Entry(
                isSymbol ? new Value.Symbol(name) : Value.of(name),
                ValueNotation.AMQP_1_0.read(field.value())));
      }
    }
    if (!entries.isEmpty()) {
      section(descriptor, new Value.MapOf(entries), out);
    }
  }

  @Override
  public List<Field> delivered(Message message) {
    List<Field> fields = new ArrayList<>();
    ByteBuf in = Unpooled.wrappedBuffer(wire(message));
    while (in.isReadable()) {
      int descriptor = Sections.descriptor(in);
      Value value = TypeReader.read(in);
      switch (descriptor) {
        case Sections.HEADER -> fields("header.", HEADER, value, fields);
        case Sections.DELIVERY_ANNOTATIONS -> entries("delivery-annotations.", value, fields);
        case Sections.MESSAGE_ANNOTATIONS -> entries("annotations.", value, fields);
        case Sections.PROPERTIES -> fields("properties.", PROPERTIES, value, fields);
        case Sections.APPLICATION_PROPERTIES -> entries("application-properties.", value, fields);
        case Sections.DATA ->
            fields.add(new Field("data", NativeProtocol.text(((Value.Binary) value).bytes())));
        case Sections.FOOTER -> entries("footer.", value, fields);
        default -> fields.add(new Field("value", ValueNotation.AMQP_1_0.write(value)));
      }
    }
    return fields;
  }

  private static void fields(String prefix, List<String> names, Value list, List<Field> fields) {
    List<Value> items = ((Value.ListOf) list).items();
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) != Value.NULL && !(items.get(i) instanceof Value.Null)) {
        fields.add(new Field(prefix + names.get(i), ValueNotation.AMQP_1_0.write(items.get(i))));
      }
    }
  }

  private static void entries(String prefix, Value map, List<Field> fields) {
    for (Value.Entry entry : ((Value.MapOf) map).entries()) {
      fields.add(
          new Field(prefix + entry.key().asText(), ValueNotation.AMQP_1_0.write(entry.value())));
    }
  }

  @Override
  public byte[] wire(Message message) {
    ByteBuf out = Unpooled.buffer();
    Body body = message.body();
    message.as(Amqp10Mapping.TO_AMQP10).writeTo(out, body);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }
}
