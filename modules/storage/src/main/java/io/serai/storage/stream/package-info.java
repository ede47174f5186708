/**
 * Streams: append-only logs of messages with offsets, one folder each. Knows bytes, not messages.
 */
@NullMarked
package io.serai.storage.stream;

import org.jspecify.annotations.NullMarked;
