package io.serai.routing.queue;

import io.serai.model.Header;
import io.serai.model.Message;
import io.serai.model.Rewrite;
import io.serai.model.Value;
import io.serai.routing.stream.StreamEntry;
import org.jspecify.annotations.Nullable;

/** A message of a stream in memory, with what its readers are shown: made once for all of them. */
final class StreamItem {
  /** The header in which each delivery says its offset. */
  private static final String OFFSET = "x-stream-offset";

  private final StreamEntry entry;
  private @Nullable Message shown;

  StreamItem(StreamEntry entry) {
    this.entry = entry;
  }

  StreamEntry entry() {
    return entry;
  }

  /** The message with its offset among its headers, as RabbitMQ delivers it. */
  Message shown() {
    Message made = shown;
    if (made == null) {
      made =
          entry
              .message()
              .reencoded(
                  entry
                      .message()
                      .encoding()
                      .rewritten(Rewrite.with(new Header(OFFSET, new Value.Long(entry.offset())))));
      shown = made;
    }
    return made;
  }
}
