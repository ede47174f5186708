package io.serai.gateway.amqp.v091;

import io.serai.bus.Request;
import io.serai.model.Value;

/**
 * What a client said of itself in connection.start-ok and we act on.
 *
 * @param name its connection name, empty when it gave none
 * @param wantsCloseOnAuthFailure it reads a connection.close that says why it was refused
 * @param wantsCancelNotify it wants to hear when a queue goes away under a consumer
 * @param wantsBlocked it wants to hear when publishing is held back
 * @param limitsWholeChannels its basic.qos without global is one limit over the channel, which
 *     holds for running consumers too (AMQP 0-9-1 §1.8.3.1)
 */
record ClientTraits(
    String name,
    boolean wantsCloseOnAuthFailure,
    boolean wantsCancelNotify,
    boolean wantsBlocked,
    boolean limitsWholeChannels) {

  static ClientTraits of(Value.MapOf properties) {
    Value.MapOf capabilities =
        find(properties, "capabilities") instanceof Value.MapOf table
            ? table
            : Request.noArguments();
    return new ClientTraits(
        find(properties, "connection_name") instanceof Value.Str(String name) ? name : "",
        isTrue(capabilities, "authentication_failure_close"),
        isTrue(capabilities, "consumer_cancel_notify"),
        isTrue(capabilities, "connection.blocked"),
        // kombu, and so Celery, reads our product name as "not RabbitMQ" and takes the word of the
        // specification: there a limit without global is one over all consumers of the channel. A
        // worker of several queues relies on that, it would hoard messages otherwise.
        find(properties, "product").equals(new Value.Str("py-amqp")));
  }

  private static boolean isTrue(Value.MapOf table, String name) {
    return find(table, name).equals(new Value.Bool(true));
  }

  private static Value find(Value.MapOf table, String name) {
    Value key = new Value.Str(name);
    for (Value.Entry entry : table.entries()) {
      if (entry.key().equals(key)) {
        return entry.value();
      }
    }
    return Value.NULL;
  }
}
