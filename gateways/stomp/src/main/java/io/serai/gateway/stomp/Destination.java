package io.serai.gateway.stomp;

import io.serai.model.Address;
import org.jspecify.annotations.Nullable;

/** What a client may mean by a destination, in RabbitMQ's forms. */
sealed interface Destination {
  /** What an ERROR lists. */
  String FORMS = "/temp-queue, /amq/queue, /topic, /exchange, /queue, /reply-queue";

  /**
   * A queue, reached through the default exchange.
   *
   * @param declares whether it is declared when it does not exist
   */
  record Queue(String name, boolean declares) implements Destination {}

  /** An exchange and a routing key, or binding key: {@code /topic} means amq.topic. */
  record Exchange(Address address) implements Destination {}

  /** A queue of this connection's own, for answers. */
  record TempQueue(String name) implements Destination {}

  /** A stream. */
  record Stream(String name) implements Destination {}

  /** What {@code text} means, or null when it has none of the forms. */
  static @Nullable Destination of(String text) {
    String temp = StompDestination.after(StompDestination.TEMP_QUEUE, text);
    if (temp != null) {
      return new TempQueue(temp);
    }
    String stream = StompDestination.after(StompDestination.STREAM, text);
    if (stream != null) {
      return new Stream(stream);
    }
    Address address = StompDestination.address(text);
    if (address == null) {
      return null;
    }
    return address.exchange().isEmpty()
        ? new Queue(address.topic().toString(), text.startsWith(StompDestination.QUEUE))
        : new Exchange(address);
  }

  /**
   * What {@code text} means.
   *
   * @throws io.serai.gateway.ProtocolException when it has none of the forms
   */
  static Destination required(String text) {
    Destination destination = of(text);
    if (destination == null) {
      throw StompErrors.of(
          "Unknown destination",
          StompErrors.quoted(text)
              + " is not a valid destination.\nValid destination types are: "
              + FORMS
              + '.',
          "");
    }
    return destination;
  }
}
