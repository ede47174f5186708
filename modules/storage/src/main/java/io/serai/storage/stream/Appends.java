package io.serai.storage.stream;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What one loop appended to one stream in one turn. Filled by the loop, emptied by the writer. */
final class Appends {
  final StreamLog log;
  final long firstOffset;
  int size;
  StreamRecord[] records = new StreamRecord[8];
  long[] timestamps = new long[8];

  /** Null as long as no message has a value. */
  @Nullable String @Nullable [] filterValues;

  Appends(StreamLog log, long firstOffset) {
    this.log = log;
    this.firstOffset = firstOffset;
  }

  void add(StreamRecord record, long timestampMillis, @Nullable String filterValue) {
    if (size == records.length) {
      records = Arrays.copyOf(records, size * 2);
      timestamps = Arrays.copyOf(timestamps, size * 2);
      if (filterValues != null) {
        filterValues = Arrays.copyOf(filterValues, size * 2);
      }
    }
    records[size] = record;
    timestamps[size] = timestampMillis;
    if (filterValue != null) {
      filterValue(filterValue);
    }
    size++;
  }

  private void filterValue(String value) {
    @Nullable String[] values = filterValues;
    if (values == null) {
      values = new @Nullable String[records.length];
      filterValues = values;
    }
    values[size] = value;
  }

  @Nullable String filterValue(int index) {
    return filterValues == null ? null : filterValues[index];
  }
}
