package io.serai.bus;

import io.serai.model.Address;
import io.serai.model.Spelling;
import org.jspecify.annotations.Nullable;

/** What routing says of a published message at once; storing it is confirmed separately. */
public enum PublishResult {
  /** At least one queue will get it. */
  ROUTED,
  /** Nothing matched (AMQP 312 NO_ROUTE when mandatory, MQTT 5 reason 0x10). */
  UNROUTABLE,
  /** The user may not write there (AMQP 403, MQTT 5 reason 0x87). */
  DENIED,
  /** The exchange does not exist (AMQP 404). */
  NO_EXCHANGE,
  /** The exchange takes messages from other exchanges only (AMQP 403). */
  INTERNAL_EXCHANGE,
  /** Never routed: its publisher was over its rate, and nobody waits for the message. */
  SHED;

  /**
   * Why a message may not be published there, in RabbitMQ's words; null when it may, whether or not
   * anybody gets it.
   *
   * @param to where it was published to
   * @param by who did
   */
  public Result.@Nullable Refused<PublishResult> refusal(Address to, Caller by) {
    return switch (this) {
      case ROUTED, UNROUTABLE, SHED -> null;
      case NO_EXCHANGE -> new Result.Refused<>(Refusal.NOT_FOUND, "no " + exchange(to, by));
      case DENIED ->
          new Result.Refused<>(
              Refusal.ACCESS_REFUSED,
              "write access to %s refused for user '%s'"
                  .formatted(denied(to, by), by.principal().user()));
      case INTERNAL_EXCHANGE ->
          new Result.Refused<>(
              Refusal.ACCESS_REFUSED, "cannot publish to internal " + exchange(to, by));
    };
  }

  /** The exchange, or what in it only topic permissions keep the user from. */
  private static String denied(Address to, Caller by) {
    Principal user = by.principal();
    boolean isByTopic =
        user.may(Principal.Action.WRITE, by.vhost(), name(to))
            && !user.mayPublish(by.vhost(), to.exchange(), to.topic(), by.clientId());
    return isByTopic
        ? "topic '%s' in %s".formatted(to.topic().spelled(Spelling.DOT), exchange(to, by))
        : exchange(to, by);
  }

  private static String exchange(Address to, Caller by) {
    return "exchange '%s' in vhost '%s'".formatted(name(to), by.vhost());
  }

  private static String name(Address to) {
    return to.exchange().isEmpty() ? "amq.default" : to.exchange();
  }
}
