package io.serai.bus;

import io.serai.model.StoredFormat;

/**
 * How a gateway's match data is stored, with durable bindings and with the messages that came
 * through them. Found with {@link java.util.ServiceLoader}. Ids in use: 1 MQTT.
 */
public interface MatchFormat extends StoredFormat<MatchData> {}
