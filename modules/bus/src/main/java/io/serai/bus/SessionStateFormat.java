package io.serai.bus;

import io.serai.model.StoredFormat;

/**
 * How a gateway's {@link SessionRecord#state} is stored. Found with {@link
 * java.util.ServiceLoader}. Ids in use: 1 MQTT.
 */
public interface SessionStateFormat extends StoredFormat<Object> {}
