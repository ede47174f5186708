/** What both AMQP versions share, so that neither sees the gateway that chooses between them. */
@NullMarked
package io.serai.gateway.amqp.frame;

import org.jspecify.annotations.NullMarked;
