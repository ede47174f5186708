/**
 * STOMP 1.0 to 1.2. Here: how its frames' headers and destinations correspond to the neutral
 * message (docs/protocols/mapping.md).
 */
@NullMarked
package io.serai.gateway.stomp;

import org.jspecify.annotations.NullMarked;
