package io.serai.gateway.amqp.v091;

import io.serai.gateway.Effects;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Value;
import java.util.HashMap;
import java.util.Map;

/**
 * Messages of a confirming channel whose publisher wants to hear when a queue had them before:
 * those with the header {@code x-deduplication-return}. Such a one comes back in a basic.return
 * with reply code 200 and text REPEATED, before its ack. Holds them until they are confirmed.
 */
final class Repeats {
  static final String RETURN_HEADER = "x-deduplication-return";

  private final int channel;
  private final Map<Long, Message> open = new HashMap<>();

  Repeats(int channel) {
    this.channel = channel;
  }

  /** Whether a message with these headers is to come back. */
  static boolean areAskedFor(Headers headers) {
    return headers.first(RETURN_HEADER) instanceof Value.Bool(boolean asks) && asks;
  }

  void published(long number, Message message) {
    open.put(number, message);
  }

  /** A queue had it before: tells the publisher once, however many queues had it. */
  void repeated(long number, Effects<Amqp091Frame> out) {
    Message message = open.remove(number);
    if (message != null) {
      out.send(new BasicContent.Return(channel, ReplyCode.REPEATED, message));
    }
  }

  void confirmed(long number) {
    open.remove(number);
  }
}
