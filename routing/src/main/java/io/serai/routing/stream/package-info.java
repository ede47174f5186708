/**
 * Streams: append-only logs of messages with offsets, read by many at their own place. The
 * interfaces that streams need of a store, and one that keeps them in memory. Knows no disk.
 */
@NullMarked
package io.serai.routing.stream;

import org.jspecify.annotations.NullMarked;
