/**
 * The load generator: scenarios, hand-written AMQP 0-9-1 and MQTT 3.1.1 wire code that costs a
 * fraction of a microsecond per message, and the count of every message that was sent.
 */
@NullMarked
package io.serai.bench.load;

import org.jspecify.annotations.NullMarked;
