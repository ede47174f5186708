/**
 * MQTT 3.1, 3.1.1 and 5.0 on one port, chosen by CONNECT. {@link io.serai.gateway.mqtt.MqttCodec}
 * turns bytes into {@link io.serai.gateway.mqtt.MqttFrame}s, {@link
 * io.serai.gateway.mqtt.MqttSession} frames into effects; {@link io.serai.gateway.mqtt.MqttMapping}
 * is the way between MQTT's properties and everybody else's.
 */
@NullMarked
package io.serai.gateway.mqtt;

import org.jspecify.annotations.NullMarked;
