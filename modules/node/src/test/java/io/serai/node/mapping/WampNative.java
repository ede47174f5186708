package io.serai.node.mapping;

import io.serai.gateway.wamp.WampEncoding;
import io.serai.gateway.wamp.WampMapping;
import io.serai.gateway.wamp.WampSerializer;
import io.serai.gateway.wamp.WampUri;
import io.serai.model.Header;
import io.serai.model.Message;
import io.serai.model.Value;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** WAMP by options and details, with the JSON serializer. */
final class WampNative implements NativeProtocol {
  private static final String HEADERS = "x_headers";

  @Override
  public String column() {
    return "wamp";
  }

  @Override
  public Message publish(List<Field> fields) {
    List<Header> options = new ArrayList<>();
    List<Value.Entry> headers = new ArrayList<>();
    byte[] args = "[\"hello\"]".getBytes(StandardCharsets.UTF_8);
    byte[] kwargs = null;
    for (Field field : fields) {
      switch (field.name()) {
        case "topic" -> {} // read below
        case "args" -> args = field.value().isEmpty() ? null : utf8(field.value());
        case "kwargs" -> kwargs = utf8(field.value());
        case String name when name.startsWith(HEADERS + ".") ->
            headers.add(
                new Value.Entry(
                    Value.of(name.substring(HEADERS.length() + 1)), read(field.value())));
        default -> options.add(new Header(field.name(), read(field.value())));
      }
    }
    if (!headers.isEmpty()) {
      options.add(new Header(HEADERS, new Value.MapOf(headers)));
    }
    WampEncoding.Published published = WampEncoding.of(options, WampSerializer.JSON, args, kwargs);
    return new Message(
        WampUri.address(NativeProtocol.first(fields, "topic", "t")),
        published.encoding(),
        published.body(),
        origin(),
        NOW_MILLIS);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Value read(String json) {
    return json.startsWith("0x")
        ? new Value.Binary(HexFormat.of().parseHex(json.substring(2)))
        : value(Json.decodeValue(json));
  }

  private static Value value(Object decoded) {
    return switch (decoded) {
      case null -> Value.NULL;
      case Boolean b -> new Value.Bool(b);
      case Integer i -> new Value.Int(i);
      case Long l -> new Value.Long(l);
      case Double d -> new Value.Double(d);
      case String s -> Value.of(s);
      case JsonArray a -> new Value.ListOf(a.stream().map(WampNative::value).toList());
      case JsonObject o ->
          new Value.MapOf(
              o.stream()
                  .map(e -> new Value.Entry(Value.of(e.getKey()), value(e.getValue())))
                  .toList());
      default -> throw new AssertionError(decoded.getClass());
    };
  }

  @Override
  public List<Field> delivered(Message message) {
    WampEncoding encoding = message.as(WampMapping.TO_WAMP);
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("topic", WampUri.of(message.topic())));
    byte[] args = encoding.args(message.body(), WampSerializer.JSON);
    byte[] kwargs = encoding.kwargs(message.body(), WampSerializer.JSON);
    fields.add(new Field("args", args == null ? "" : new String(args, StandardCharsets.UTF_8)));
    if (kwargs != null) {
      fields.add(new Field("kwargs", new String(kwargs, StandardCharsets.UTF_8)));
    }
    for (Header option : encoding.options()) {
      if (option.name().equals(HEADERS) && option.value() instanceof Value.MapOf(var entries)) {
        entries.forEach(
            e -> fields.add(new Field(HEADERS + "." + e.key().asText(), json(e.value()))));
      } else {
        fields.add(new Field(option.name(), json(option.value())));
      }
    }
    return fields;
  }

  private static String json(Value value) {
    return switch (value) {
      case Value.Null _ -> "null";
      case Value.Str(String text) -> Json.encode(text);
      case Value.Binary(byte[] bytes) -> "0x" + HexFormat.of().formatHex(bytes);
      default -> value.asText();
    };
  }

  @Override
  public byte[] wire(Message message) {
    WampEncoding encoding = message.as(WampMapping.TO_WAMP);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(utf8(encoding.options().toString()));
    byte[] args = encoding.args(message.body(), WampSerializer.JSON);
    out.writeBytes(args == null ? new byte[0] : args);
    byte[] kwargs = encoding.kwargs(message.body(), WampSerializer.JSON);
    out.writeBytes(kwargs == null ? new byte[0] : kwargs);
    return out.toByteArray();
  }
}
