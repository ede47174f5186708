/** Tests of the MQTT gateway: no socket, no clock, no broker. */
@NullMarked
package io.serai.gateway.mqtt;

import org.jspecify.annotations.NullMarked;
