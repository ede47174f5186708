package io.serai.gateway.amqp.v091;

import io.serai.bus.Principal;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Result;
import io.serai.bus.RouteQuestion;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/** basic.publish and publisher confirms of one channel. */
final class ChannelPublisher {
  private static final String IMPERSONATOR = "impersonator";
  private static final String SECTION = "AMQP 0-9-1 §1.8.3.7";

  private final Channel channel;
  private final ConnectionScope connection;
  private final DirectReply directReply;
  private @Nullable Confirms confirms;

  /** Null until a message asks to be told. */
  private @Nullable Repeats repeats;

  /** Set once the channel is transactional. */
  private @Nullable Transaction transaction;

  ChannelPublisher(Channel channel, ConnectionScope connection, DirectReply directReply) {
    this.channel = channel;
    this.connection = connection;
    this.directReply = directReply;
  }

  void publish(Publish publish, Effects<Amqp091Frame> out) {
    if (publish.immediate()) {
      throw ReplyCode.NOT_IMPLEMENTED.because("immediate=true", SECTION);
    }
    Amqp091Encoding encoding = publish.encoding();
    int flags = 0;
    if (encoding.needsCare()) {
      encoding = cared(encoding);
      flags = RouteQuestion.isAskedBy(encoding.headers()) ? explained(encoding) : 0;
    }
    Message message =
        new Message(
            publish.address(), encoding, publish.body(), connection.origin(), out.nowMillis());
    flags |= encoding.moreTopics().isEmpty() ? 0 : Publisher.COPIES;
    Confirms wanted = confirms;
    Transaction held = transaction;
    if (wanted != null) {
      confirmed(wanted, publish.mandatory(), message, flags, out);
    } else if (held == null) {
      settleAtOnce(out.publish(message, flags, 0), publish.mandatory(), message, out);
    } else {
      checkTaken(out.publish(message, flags | Publisher.CHECK, 0), message);
      held.add(message, flags, publish.mandatory());
    }
  }

  /** The properties to publish, where some of them mean something to the broker. */
  private Amqp091Encoding cared(Amqp091Encoding encoding) {
    if (encoding.has(Property.USER_ID)) {
      checkUserId(encoding);
    }
    String badExpiration = encoding.badExpiration();
    if (badExpiration != null) {
      throw ReplyCode.PRECONDITION_FAILED.because(
          "invalid expiration '" + badExpiration + "': " + whyBad(badExpiration), SECTION);
    }
    if (encoding.hasUnknownDeliveryMode()) {
      throw ReplyCode.PRECONDITION_FAILED.because(
          "invalid message: {delivery_mode_unknown," + encoding.deliveryMode() + "}", SECTION);
    }
    return Copies.apply(directReply.addressed(encoding));
  }

  /** Such a message is not delivered, so nobody would hear of it but by the answer. */
  private static int explained(Amqp091Encoding encoding) {
    if (encoding.properties().replyTo() == null) {
      throw ReplyCode.PRECONDITION_FAILED.because(
          "a message with header '" + RouteQuestion.HEADER + "' needs a reply-to", SECTION);
    }
    return Publisher.EXPLAIN;
  }

  private void confirmed(
      Confirms wanted, boolean mandatory, Message message, int flags, Effects<Amqp091Frame> out) {
    long number = wanted.published();
    if (((Amqp091Encoding) message.encoding()).needsCare()
        && Repeats.areAskedFor(message.headers())) {
      Repeats known = repeats;
      if (known == null) {
        known = new Repeats(channel.number());
        repeats = known;
      }
      known.published(number, message);
    }
    PublishResult result =
        out.publish(message, flags | Publisher.CONFIRM, channel.confirmToken(number));
    if (result != PublishResult.ROUTED) {
      forget(number);
      settleAtOnce(result, mandatory, message, out);
      wanted.settled(number, true); // nobody wanted it, and nobody lost it
      connection.endBatch(out);
    }
  }

  /** What the publisher is told of a message at once. */
  void settleAtOnce(
      PublishResult result, boolean mandatory, Message message, Effects<Amqp091Frame> out) {
    checkTaken(result, message);
    if (result == PublishResult.UNROUTABLE && mandatory) {
      out.send(new BasicContent.Return(channel.number(), ReplyCode.NO_ROUTE, message));
    }
  }

  /**
   * Whether a message may be published where it wants to go, found or not.
   *
   * @throws ProtocolException NOT_FOUND or ACCESS_REFUSED
   */
  void checkTaken(PublishResult result, Message message) {
    Result.Refused<?> refused = result.refusal(message.address(), connection.caller());
    if (refused != null) {
      throw ReplyCode.of(refused.reason()).because(refused.text(), SECTION);
    }
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
        : "{value_too_large," + expiration + "}";
  }

  // ---- confirms and transactions

  /** From now on publishes are confirmed. */
  void select() {
    if (transaction != null) {
      throw ReplyCode.PRECONDITION_FAILED.because("cannot switch from tx to confirm mode");
    }
    if (confirms == null) {
      confirms = new Confirms(channel.number(), connection);
    }
  }

  /** From now on publishes are held back by {@code held}. */
  void select(Transaction held) {
    if (confirms != null) {
      throw ReplyCode.PRECONDITION_FAILED.because("cannot switch from confirm to tx mode");
    }
    transaction = held;
  }

  void onConfirm(long number, boolean accepted) {
    Confirms wanted = confirms;
    if (wanted != null) {
      forget(number);
      wanted.settled(number, accepted);
    }
  }

  void onRepeat(long number, Effects<Amqp091Frame> out) {
    if (repeats != null) {
      repeats.repeated(number, out);
    }
  }

  private void forget(long number) {
    if (repeats != null) {
      repeats.confirmed(number);
    }
  }

  void close() {
    Confirms wanted = confirms;
    if (wanted != null) {
      wanted.close();
    }
  }
}
