/** Exchange types: each one file, found through {@link io.serai.routing.exchange.ExchangeType}. */
@NullMarked
package io.serai.routing.exchange;

import org.jspecify.annotations.NullMarked;
