/**
 * The routing core: exchanges, bindings and rules as one persistent table, the topology owner that
 * writes it, and each loop's way into it.
 */
@NullMarked
package io.serai.routing;

import org.jspecify.annotations.NullMarked;
