/**
 * Brokers the tool can start by itself, Serai among them, each fresh, on free ports, on loopback.
 */
@NullMarked
package io.serai.bench.peer;

import org.jspecify.annotations.NullMarked;
