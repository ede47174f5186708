package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.session;
import static io.serai.routing.queue.ShardHarness.texts;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.QueueRef;
import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import java.util.ArrayList;
import java.util.List;

/** A shard with a stream and readers of it. */
final class StreamHarness {
  final ShardHarness shard = new ShardHarness();
  final QueueRef stream = shard.stream("s");
  private int lastConsumer = 100;

  /** A reader that acknowledges, with so much prefetch. */
  static ConsumerOptions options(StreamRead read, int prefetch) {
    return new ConsumerOptions(
        "ctag",
        false,
        false,
        0,
        CreditMode.PER_SETTLE,
        prefetch,
        ConsumerView.ALL,
        new StreamRead(read.from(), read.filter(), read.takesUnfiltered(), prefetch));
  }

  /** Has a session read the stream. */
  ConsumerRef read(long session, StreamOffset from, int prefetch) {
    return shard.consume(stream, session, options(StreamRead.from(from), prefetch));
  }

  /** What a reader is told who is refused. */
  String refused(ConsumerOptions options) {
    return ShardHarness.refusal(
        shard.call(new ShardCall.Attach(stream, session(1), lastConsumer++, options)));
  }

  /** Lets reads of the log come back, until nothing more happens. */
  List<Delivery> settled() {
    List<Delivery> all = new ArrayList<>(shard.deliveries());
    while (shard.host.timerCount() > 0) {
      shard.advance(0);
      all.addAll(shard.deliveries());
    }
    return all;
  }

  /** The texts of what comes. */
  List<String> read() {
    return texts(settled());
  }

  /** The same as {@link ShardHarness#names}, to be appended. */
  static String[] numbered(int from, int to) {
    return ShardHarness.names(from, to).toArray(String[]::new);
  }
}
