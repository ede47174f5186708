package io.serai.node.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.StoredMessages;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A stored message in a line of an export, and back. For one thread. */
final class MessageText {
  private static final Base64.Encoder BASE64 = Base64.getEncoder();

  private final StoredMessages reader = new StoredMessages();

  /** Adds a message to a line. */
  void put(JsonObject line, byte[] payload) {
    try {
      Message message = reader.read(Unpooled.wrappedBuffer(payload));
      line.put("exchange", message.address().exchange())
          .put("routing_key", message.topic().spelled(Spelling.DOT))
          .put("vhost", message.origin().vhost())
          .put("user", message.origin().user())
          .put("protocol", message.origin().protocol())
          .put("received_ms", message.receivedMillis())
          .put("content_type", message.properties().contentType())
          .put("head", BASE64.encodeToString(written(message, Body.EMPTY)))
          .put("body", BASE64.encodeToString(message.body().toByteArray()));
    } catch (RuntimeException _) {
      line.put("stored", BASE64.encodeToString(payload)); // of a module that is not there
    }
  }

  /**
   * The message of a line, as it is stored.
   *
   * @throws IllegalArgumentException when there is none
   */
  byte[] payload(JsonObject line) {
    if (line.containsKey("stored")) {
      return bytes(line, "stored");
    }
    Message head = reader.read(Unpooled.wrappedBuffer(bytes(line, "head")));
    return written(head, Body.of(bytes(line, "body")));
  }

  private static byte[] written(Message message, Body body) {
    ByteBuf out = Unpooled.buffer();
    StoredMessages.write(
        new Message(
            message.address(),
            message.encoding(),
            body,
            message.origin(),
            message.receivedMillis()),
        out);
    return ByteBufUtil.getBytes(out);
  }

  static byte[] bytes(JsonObject line, String key) {
    return Base64.getDecoder().decode(required(line.getString(key), key));
  }

  static <T> T required(@Nullable T value, String key) {
    if (value == null) {
      throw new IllegalArgumentException("no \"" + key + "\"");
    }
    return value;
  }
}
