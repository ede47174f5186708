/**
 * The one message model every protocol meets in: immutable messages, topics as lists of levels,
 * typed values and ordered headers. Knows nothing of sockets, queues or the event bus.
 */
@NullMarked
package io.serai.model;

import org.jspecify.annotations.NullMarked;
