package io.serai.bench;

import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.routing.index.TopicIndex;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The topic index with one filter and with a million: matching a topic, adding and removing a
 * filter.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx3g")
public class TopicIndexBenchmark {
  @Param({"1", "1000000"})
  public int filters;

  @Param public FilterShape shape = FilterShape.DEVICE;

  /** How many different topics are published to, in turn; they fit into a cache or they do not. */
  @Param({"1", "1000", "100000"})
  public int topics;

  private TopicIndex<Object> index = TopicIndex.empty();
  private Topic[] published = {};
  private TopicFilter[] added = {};
  private int next;

  /** Fills the index. */
  @Setup(Level.Trial)
  public void fill() {
    Random random = new Random(42);
    for (int i = 0; i < filters; i++) {
      index = index.with(TopicFilter.ofMqtt(shape.filter(i)), this);
    }
    published = new Topic[Math.min(topics, filters)];
    for (int i = 0; i < published.length; i++) {
      published[i] = Topic.of(shape.topic(random.nextInt(filters)), Spelling.SLASH);
      published[i].levelsShared(); // split once per topic, as for a publisher's address
    }
    added = new TopicFilter[1000];
    for (int i = 0; i < added.length; i++) {
      added[i] = TopicFilter.ofMqtt(shape.filter(filters + i));
    }
  }

  private int turn(int length) {
    next = next + 1 < length ? next + 1 : 0;
    return next;
  }

  /** One topic, which one filter matches. */
  @Benchmark
  public void match(Blackhole found) {
    index.match(published[turn(published.length)], found::consume);
  }

  /** Adds a filter that is not there. */
  @Benchmark
  public TopicIndex<Object> add() {
    return index.with(added[turn(added.length)], this);
  }
}
