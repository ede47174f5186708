package io.serai.gateway.coap.resource;

import io.serai.gateway.coap.CoapEncoding;
import io.serai.gateway.coap.CoapOption;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.ArrayList;
import java.util.List;

/** Messages that somebody else publishes. */
final class Messages {
  private static final long NOW = 1_700_000_000_000L;
  private static final Origin SOMEBODY = new Origin("coap", "/", "guest", "");

  private Messages() {}

  /** To a topic spelled as in MQTT, now. */
  static Message topic(String topic, String body) {
    return topic(topic, body, NOW, false, -1);
  }

  static Message topic(
      String topic, String body, long receivedMillis, boolean isDurable, int format) {
    List<CoapOption> options = new ArrayList<>();
    if (format >= 0) {
      options.add(CoapOption.of(CoapOption.CONTENT_FORMAT, format));
    }
    return new Message(
        Address.ofTopic(Topic.of(topic, Spelling.SLASH)),
        CoapEncoding.ofRequest(isDurable, false, options),
        Body.ofUtf8(body),
        SOMEBODY,
        receivedMillis);
  }

  /** To a topic, by a client. */
  static Message topic(String topic, String body, long receivedMillis, String clientId) {
    return new Message(
        Address.ofTopic(Topic.of(topic, Spelling.SLASH)),
        CoapEncoding.ofRequest(true, false, List.of()),
        Body.ofUtf8(body),
        new Origin("coap", "/", "guest", clientId),
        receivedMillis);
  }

  /** What clears a topic's value. */
  static Message deletion(String topic) {
    return new Message(
        Address.ofTopic(Topic.of(topic, Spelling.SLASH)),
        CoapEncoding.ofRequest(true, true, List.of()),
        Body.EMPTY,
        SOMEBODY,
        NOW);
  }

  /** To a queue, with these properties. */
  static Message queue(String queue, String body, String... properties) {
    List<CoapOption> options = new ArrayList<>();
    for (String property : properties) {
      options.add(CoapOption.of(CoapOption.PROPERTY, property));
    }
    return new Message(
        Address.ofQueue(queue),
        CoapEncoding.ofRequest(true, false, options),
        Body.ofUtf8(body),
        SOMEBODY,
        NOW);
  }
}
