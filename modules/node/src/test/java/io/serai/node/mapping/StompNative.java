package io.serai.node.mapping;

import io.serai.gateway.stomp.StompDestination;
import io.serai.gateway.stomp.StompEncoding;
import io.serai.gateway.stomp.StompMapping;
import io.serai.model.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** STOMP by header names. */
final class StompNative implements NativeProtocol {
  @Override
  public String column() {
    return "stomp";
  }

  @Override
  public Message publish(List<Field> fields) {
    List<StompEncoding.Field> headers =
        fields.stream()
            .filter(f -> !f.name().equals("body"))
            .map(f -> new StompEncoding.Field(f.name(), f.value()))
            .toList();
    return new Message(
        StompDestination.address(NativeProtocol.first(fields, "destination", "/topic/t")),
        StompEncoding.of(headers),
        NativeProtocol.body(fields, "body"),
        origin(),
        NOW_MILLIS);
  }

  @Override
  public List<Field> delivered(Message message) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("destination", StompDestination.of(message.address())));
    fields.add(new Field("body", NativeProtocol.text(message.body().toByteArray())));
    for (StompEncoding.Field field : message.as(StompMapping.TO_STOMP).fields()) {
      fields.add(new Field(field.name(), field.value()));
    }
    return fields;
  }

  @Override
  public byte[] wire(Message message) {
    return message.as(StompMapping.TO_STOMP).fields().toString().getBytes(StandardCharsets.UTF_8);
  }
}
