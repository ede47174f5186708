package io.serai.storage.stream;

import java.util.List;

/**
 * A piece of a stream.
 *
 * @param entries in order of offset; may be empty although there is more, where a filter leaves all
 *     out
 * @param nextOffset where to read on
 * @param firstOffset of the stream by now: what was before it is gone
 * @param endOffset behind the last message that is safe
 */
public record StreamRead(
    List<StreamEntry> entries, long nextOffset, long firstOffset, long endOffset) {}
