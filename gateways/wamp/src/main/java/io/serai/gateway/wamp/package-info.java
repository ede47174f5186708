/**
 * WAMP v2. Here: how options, details, arguments and URIs correspond to the neutral message
 * (docs/protocols/mapping.md).
 */
@NullMarked
package io.serai.gateway.wamp;

import org.jspecify.annotations.NullMarked;
