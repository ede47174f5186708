package io.serai.routing.stream;

import java.util.List;

/**
 * What one read has found.
 *
 * @param entries in order, offsets ascending; there may be gaps where nothing passed the filter or
 *     where the log is damaged. Not written to again
 * @param nextOffset where the next read goes on; greater than the offset read from unless nothing
 *     was there
 */
public record StreamBatch(List<StreamEntry> entries, long nextOffset) {}
