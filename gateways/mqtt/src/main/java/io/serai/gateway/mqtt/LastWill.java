package io.serai.gateway.mqtt;

import io.serai.bus.Publisher;
import io.serai.gateway.mqtt.MqttFrame.Will;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;

/** The client's will and who it comes from. */
record LastWill(Will will, Origin origin) {
  /** The will as a message of {@code atMillis}, from when its expiry counts. */
  Message message(long atMillis) {
    Address to = isForQueue() ? QueueTopics.address(topic()) : will.address();
    return new Message(to, will.encoding(), will.body(), origin, atMillis);
  }

  /** {@link Publisher} flags. */
  int flags() {
    return will.encoding().isRetain() && !isForQueue() ? Publisher.RETAIN : 0;
  }

  private boolean isForQueue() {
    return QueueTopics.isQueue(topic());
  }

  private String topic() {
    return will.address().topic().spelled(Spelling.SLASH);
  }

  long delayMillis() {
    return will.delaySeconds() * 1000;
  }
}
