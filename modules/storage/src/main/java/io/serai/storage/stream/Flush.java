package io.serai.storage.stream;

import java.util.List;

/**
 * All that one loop appended in one turn.
 *
 * @param appends one for each stream
 * @param endPosition the appender's position behind it
 */
record Flush(StreamAppender appender, List<Appends> appends, long endPosition) {}
