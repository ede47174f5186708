package io.serai.gateway.amqp.v091;

import io.serai.bus.Principal;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.gateway.Effects;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/** basic.publish and publisher confirms of one channel. */
final class ChannelPublisher {
  private static final String IMPERSONATOR = "impersonator";
  private static final String SECTION = "AMQP 0-9-1 §1.8.3.7";

  private final Channel channel;
  private final ConnectionScope connection;
  private @Nullable Confirms confirms;

  ChannelPublisher(Channel channel, ConnectionScope connection) {
    this.channel = channel;
    this.connection = connection;
  }

  void publish(Publish publish, Effects<Amqp091Frame> out) {
    if (publish.immediate()) {
      throw ReplyCode.NOT_IMPLEMENTED.because("immediate=true", SECTION);
    }
    Amqp091Encoding encoding = publish.encoding();
    if (encoding.has(Property.USER_ID)) {
      checkUserId(encoding);
    }
    String badExpiration = encoding.badExpiration();
    if (badExpiration != null) {
      throw ReplyCode.PRECONDITION_FAILED.because(
          "invalid expiration '" + badExpiration + "': " + whyBad(badExpiration), SECTION);
    }
    Message message =
        new Message(
            publish.address(), encoding, publish.body(), connection.origin(), out.nowMillis());
    Confirms wanted = confirms;
    if (wanted == null) {
      settleAtOnce(out.publish(message, 0, 0), publish, message, out);
    } else {
      confirmed(wanted, publish, message, out);
    }
  }

  private void confirmed(
      Confirms wanted, Publish publish, Message message, Effects<Amqp091Frame> out) {
    long number = wanted.published();
    PublishResult result = out.publish(message, Publisher.CONFIRM, channel.confirmToken(number));
    if (result != PublishResult.ROUTED) {
      settleAtOnce(result, publish, message, out);
      wanted.settled(number, true); // nobody wanted it, and nobody lost it
      connection.endBatch(out);
    }
  }

  private void settleAtOnce(
      PublishResult result, Publish publish, Message message, Effects<Amqp091Frame> out) {
    switch (result) {
      case ROUTED -> {}
      case UNROUTABLE -> {
        if (publish.mandatory()) {
          out.send(new BasicContent.Return(channel.number(), ReplyCode.NO_ROUTE, message));
        }
      }
      case NO_EXCHANGE -> throw ReplyCode.NOT_FOUND.because("no " + exchange(message), SECTION);
      case DENIED ->
          throw ReplyCode.ACCESS_REFUSED.because(
              "write access to "
                  + exchange(message)
                  + " refused for user '"
                  + connection.caller().principal().user()
                  + "'",
              SECTION);
      case INTERNAL_EXCHANGE ->
          throw ReplyCode.ACCESS_REFUSED.because(
              "cannot publish to internal " + exchange(message), SECTION);
    }
  }

  private String exchange(Message message) {
    String name = message.address().exchange();
    return "exchange '"
        + (name.isEmpty() ? "amq.default" : name)
        + "' in vhost '"
        + connection.caller().vhost()
        + "'";
  }

  /** A user-id property must tell the truth, unless the user may speak for others. */
  private void checkUserId(Amqp091Encoding encoding) {
    Principal user = connection.caller().principal();
    String claimed = encoding.properties().userId();
    if (claimed != null && !claimed.equals(user.user()) && !user.tags().contains(IMPERSONATOR)) {
      throw ReplyCode.PRECONDITION_FAILED.because(
          "user_id property set to '"
              + claimed
              + "' but authenticated user was '"
              + user.user()
              + "'",
          SECTION);
    }
  }

  /** What is wrong with an expiration, in RabbitMQ's terms. */
  private static String whyBad(String expiration) {
    int digits = expiration.startsWith("-") || expiration.startsWith("+") ? 1 : 0;
    int end = digits;
    while (end < expiration.length() && Character.isDigit(expiration.charAt(end))) {
      end++;
    }
    if (end == digits) {
      return "no_integer";
    }
    if (end < expiration.length()) {
      return "{leftover_string,\"" + expiration.substring(end) + "\"}";
    }
    return expiration.startsWith("-")
        ? "{value_negative," + expiration + "}"
        : "{value_too_big," + expiration + "}";
  }

  // ---- confirms

  /** From now on publishes are confirmed. */
  void select() {
    if (confirms == null) {
      confirms = new Confirms(channel.number(), connection);
    }
  }

  void onConfirm(long number, boolean accepted) {
    Confirms wanted = confirms;
    if (wanted != null) {
      wanted.settled(number, accepted);
    }
  }

  void close() {
    Confirms wanted = confirms;
    if (wanted != null) {
      wanted.close();
    }
  }
}
