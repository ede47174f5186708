package io.serai.gateway.coap.resource;

import io.serai.model.Message;

/**
 * How a topic is to be observed, as EMQX's parameters say it.
 *
 * @param isAll {@code all}: every message, not the newest state
 * @param qos {@code qos}: 0 for notifications that need not be confirmed, more for those that must
 *     be, -1 as each message was published
 * @param noLocalClientId {@code nl}: whose messages are left out, the observer's own; empty for
 *     nobody's
 * @param wantsValues {@code rh}: whether the values there are are told, which only 2 says no to
 */
record ObserveOptions(boolean isAll, long qos, String noLocalClientId, boolean wantsValues) {
  /** The parameters' names. */
  static final String[] NAMES = {"qos", "all", "nl", "rh"};

  static ObserveOptions of(Incoming in) {
    Query query = in.query();
    query.allow(NAMES);
    return new ObserveOptions(
        query.isOn("all"),
        query.number("qos", -1, 2),
        query.isOn("nl") ? in.client().origin().clientId() : "",
        query.number("rh", 0, 2) < 2);
  }

  /** Whether a message is the observer's own, which it does not want to hear. */
  boolean excludes(Message message) {
    return !noLocalClientId.isEmpty() && noLocalClientId.equals(message.origin().clientId());
  }
}
