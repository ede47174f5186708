package io.serai.node.mapping;

import io.serai.gateway.coap.CoapEncoding;
import io.serai.gateway.coap.CoapMapping;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapPath;
import io.serai.model.Address;
import io.serai.model.Message;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** CoAP by option names. */
final class CoapNative implements NativeProtocol {
  @Override
  public String column() {
    return "coap";
  }

  @Override
  public Message publish(List<Field> fields) {
    List<CoapOption> options = new ArrayList<>();
    options.add(CoapOption.of(CoapOption.URI_HOST, "localhost"));
    for (Field field : fields) {
      switch (field.name()) {
        case "Content-Format" ->
            options.add(CoapOption.of(CoapOption.CONTENT_FORMAT, Long.parseLong(field.value())));
        case "Uri-Query" -> options.add(CoapOption.of(CoapOption.URI_QUERY, field.value()));
        case "65004" -> options.add(CoapOption.of(CoapOption.PROPERTY, field.value()));
        default -> {} // read below
      }
    }
    String path = NativeProtocol.first(fields, "Uri-Path", "/ps/t").substring(1);
    List<String> segments =
        Arrays.stream(path.split("/", -1))
            .map(s -> URLDecoder.decode(s, StandardCharsets.UTF_8))
            .toList();
    Address address = CoapPath.address(segments);
    return new Message(
        address,
        CoapEncoding.ofRequest(
            NativeProtocol.first(fields, "Type", "NON").equals("CON"),
            NativeProtocol.first(fields, "Code", "POST").equals("PUT"),
            options),
        NativeProtocol.body(fields, "body"),
        origin(),
        NOW_MILLIS);
  }

  @Override
  public List<Field> delivered(Message message) {
    CoapEncoding encoding = message.as(CoapMapping.TO_COAP);
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("Uri-Path", CoapPath.written(CoapPath.of(message.topic()))));
    fields.add(new Field("body", NativeProtocol.text(message.body().toByteArray())));
    fields.add(new Field("Type", encoding.isDurable() ? "CON" : "NON"));
    if (encoding.expirySeconds() >= 0) {
      fields.add(new Field("Max-Age", Long.toString(encoding.expirySeconds())));
    }
    for (CoapOption option : encoding.options()) {
      fields.add(
          option.number() == CoapOption.CONTENT_FORMAT
              ? new Field("Content-Format", Long.toString(option.unsigned()))
              : new Field(Integer.toString(option.number()), option.text()));
    }
    return fields;
  }

  @Override
  public byte[] wire(Message message) {
    CoapEncoding encoding = message.as(CoapMapping.TO_COAP);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(encoding.isConfirmable() ? 1 : 0);
    out.write(encoding.isRetain() ? 1 : 0);
    out.write(encoding.queryQos());
    out.write((int) encoding.expirySeconds());
    for (CoapOption option : encoding.options()) {
      out.write(option.number());
      out.writeBytes(option.value());
    }
    return out.toByteArray();
  }
}
