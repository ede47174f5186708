package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.MatchData;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.routing.store.MemoryStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetainedValuesTest {
  /** What a subscriber's copies carry; folds to itself unless it is to hide something. */
  private record Copy(String hidden) implements MatchData {
    @Override
    public @Nullable MatchData fold(Message message, List<MatchData> matches) {
      return message.body().toUtf8().equals(hidden) ? null : this;
    }
  }

  private ShardHarness shard = new ShardHarness();

  private Message retain(String topic, String body) {
    return retain(topic, body, Properties.NONE);
  }

  private Message retain(String topic, String body, Properties properties) {
    Message message = value(topic, body, properties);
    shard.call(new ShardCall.Retain(message));
    return message;
  }

  private Message value(String topic, String body, Properties properties) {
    return new Message(
        Address.ofTopic(Topic.of(topic, Spelling.SLASH)),
        new Encoding.Neutral(properties, Headers.NONE),
        Body.ofUtf8(body),
        ShardHarness.ORIGIN,
        shard.host.nowMillis());
  }

  private List<String> read(TopicFilter filter) {
    return shard.call(new ShardCall.ReadRetained("/", List.of(filter))).stream()
        .map(found -> found.message().topic() + "=" + found.message().body().toUtf8())
        .sorted()
        .toList();
  }

  private List<String> readMqtt(String filter) {
    return read(TopicFilter.ofMqtt(filter));
  }

  @Test
  void aTopicsLastValueIsKept() {
    retain("a/b", "1");
    retain("a/b", "2");
    assertThat(readMqtt("a/b")).containsExactly("a/b=2");
    assertThat(shard.shard.retainedCount()).isEqualTo(1);
  }

  @Test
  void anEmptyBodyRemovesTheValue() {
    retain("a/b", "1");
    retain("a/b", "");
    retain("never/there", "");
    assertThat(readMqtt("#")).isEmpty();
    assertThat(shard.shard.retainedCount()).isZero();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void whatTheNodeSaysOfItselfIsKeptButNotStored() {
    var store = new MemoryStore();
    shard = new ShardHarness(store, ShardLimits.DEFAULT);
    Topic uptime = Topic.of("$SYS/broker/uptime", Spelling.SLASH);
    for (String value : List.of("10 seconds", "20 seconds")) {
      shard.call(
          new ShardCall.Retain(
              new Message(
                  new Address(Address.SYSTEM_EXCHANGE, uptime),
                  Encoding.Neutral.NONE,
                  Body.ofUtf8(value),
                  Origin.ofBroker(ShardHarness.VHOST),
                  0)));
    }
    assertThat(readMqtt("$SYS/#")).containsExactly("$SYS/broker/uptime=20 seconds");
    assertThat(store.position()).isZero();
    retain("a", "1");
    assertThat(store.position()).as("anybody else's").isEqualTo(1);
  }

  @Test
  void wildcardsFindWhatTheyDoForLiveMessages() {
    for (String topic : List.of("a", "a/b", "a/c", "a/b/c", "/a", "$sys/x", "b")) {
      retain(topic, "v");
    }
    assertThat(readMqtt("a/+")).containsExactly("a/b=v", "a/c=v");
    assertThat(readMqtt("a/#")).containsExactly("a/b/c=v", "a/b=v", "a/c=v", "a=v");
    assertThat(readMqtt("+/b/+")).containsExactly("a/b/c=v");
    assertThat(readMqtt("#")).doesNotContain("$sys/x=v").hasSize(6);
    assertThat(readMqtt("$sys/+")).containsExactly("$sys/x=v");
    assertThat(readMqtt("+")).containsExactly("a=v", "b=v");
    assertThat(read(TopicFilter.ofAmqp("#.c"))).containsExactly("a/b/c=v", "a/c=v");
    assertThat(read(TopicFilter.ofAmqp("#.#"))).hasSize(7);
    assertThat(read(new TopicFilter.Prefix("a.b"))).containsExactly("a/b/c=v", "a/b=v");
  }

  @Test
  void vhostsAreApart() {
    retain("a", "here");
    shard.call(
        new ShardCall.Retain(
            new Message(
                Address.ofTopic(Topic.of("a", Spelling.SLASH)),
                Encoding.Neutral.NONE,
                Body.ofUtf8("there"),
                new Origin("test", "other", "guest", ""),
                0)));
    assertThat(readMqtt("#")).containsExactly("a=here");
  }

  @Test
  void severalFiltersAreReadAtOnceEachWithItsIndex() {
    retain("a/b", "1");
    var found =
        shard.call(
            new ShardCall.ReadRetained(
                "/",
                List.of(
                    TopicFilter.ofMqtt("x"), TopicFilter.ofMqtt("a/+"), TopicFilter.ofMqtt("#"))));
    assertThat(found).extracting(ShardCall.FoundRetained::filterIndex).containsExactly(1, 2);
  }

  @Test
  void anExpiredValueIsGone() {
    retain("a", "1", Properties.builder().expiryMillis(1_000).build());
    retain("b", "2");
    shard.advance(999);
    assertThat(readMqtt("#")).hasSize(2);
    shard.advance(2);
    assertThat(readMqtt("#")).containsExactly("b=2");
    assertThat(shard.shard.retainedCount()).isEqualTo(1);
  }

  @Test
  void aNewValueEndsTheOldOnesExpiry() {
    retain("a", "1", Properties.builder().expiryMillis(1_000).build());
    retain("a", "2");
    shard.advance(5_000);
    assertThat(readMqtt("#")).containsExactly("a=2");
  }

  @Test
  void aTopicBeyondTheLimitIsNotKeptAndCounted() {
    shard = new ShardHarness(new MemoryStore(), new ShardLimits(10, 2, 1 << 20));
    retain("a", "1");
    retain("b", "2");
    retain("c", "3");
    assertThat(readMqtt("#")).containsExactly("a=1", "b=2");
    assertThat(shard.shard.retainedNotKept()).isEqualTo(1);
    retain("a", "4");
    assertThat(readMqtt("#")).as("a known topic's value is replaced").contains("a=4");
    retain("a", "");
    retain("c", "5");
    assertThat(readMqtt("#")).containsExactly("b=2", "c=5");
  }

  @Test
  void aValueTooLargeForTheByteLimitLeavesNoOutdatedOneBehind() {
    shard = new ShardHarness(new MemoryStore(), new ShardLimits(10, 100, 1_000));
    retain("a", "small");
    retain("a", "x".repeat(2_000));
    assertThat(readMqtt("#")).isEmpty();
    assertThat(shard.shard.retainedNotKept()).isEqualTo(1);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aTopicOfThousandsOfLevelsIsKeptWithoutATree() {
    String deep = "a/".repeat(20_000);
    retain(deep, "v");
    assertThat(readMqtt("a/#")).containsExactly(deep + "=v");
    assertThat(readMqtt("b/#")).isEmpty();
    assertThat(readMqtt("+/".repeat(20_000) + "+")).containsExactly(deep + "=v");
    retain(deep, "");
    assertThat(readMqtt("#")).isEmpty();
  }

  @Test
  void aWalkFindsWhatEachFilterMatchesOneByOne() {
    long seed = Long.getLong("serai.seed", 1);
    var random = new Random(seed);
    String[] words = {"a", "b", "", "$s", "c.d"};
    Map<Topic, Message> model = new HashMap<>();
    for (int round = 0; round < 3_000; round++) {
      Topic topic = Topic.ofLevels(levels(random, words, random.nextInt(6)), Spelling.SLASH);
      String body = random.nextInt(3) == 0 ? "" : "v" + round;
      Message message =
          new Message(
              Address.ofTopic(topic),
              Encoding.Neutral.NONE,
              Body.ofUtf8(body),
              ShardHarness.ORIGIN,
              0);
      shard.call(new ShardCall.Retain(message));
      if (body.isEmpty()) {
        model.remove(topic);
      } else {
        model.put(topic, message);
      }
      TopicFilter filter = filter(random, words);
      assertThat(
              shard.call(new ShardCall.ReadRetained("/", List.of(filter))).stream()
                  .map(ShardCall.FoundRetained::message)
                  .toList())
          .as("values that pass %s", filter)
          .containsExactlyInAnyOrderElementsOf(
              model.values().stream().filter(m -> filter.matches(m.topic())).toList());
    }
    assertThat(shard.shard.retainedCount()).isEqualTo(model.size());
    model.keySet().forEach(topic -> retainNothing(topic));
    assertThat(shard.shard.retainedCount()).isZero();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  private void retainNothing(Topic topic) {
    shard.call(
        new ShardCall.Retain(
            new Message(
                Address.ofTopic(topic),
                Encoding.Neutral.NONE,
                Body.EMPTY,
                ShardHarness.ORIGIN,
                0)));
  }

  private static List<String> levels(Random random, String[] words, int count) {
    List<String> levels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      levels.add(words[random.nextInt(words.length)]);
    }
    return levels;
  }

  private static TopicFilter filter(Random random, String[] words) {
    if (random.nextInt(10) == 0) {
      return new TopicFilter.Prefix(words[random.nextInt(words.length)]);
    }
    List<TopicFilter.Step> steps = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      steps.add(
          switch (random.nextInt(4)) {
            case 0 -> TopicFilter.Single.SINGLE;
            case 1 -> TopicFilter.Multi.MULTI;
            default -> new TopicFilter.Literal(words[random.nextInt(words.length)]);
          });
    }
    return new TopicFilter.Levels(steps, random.nextBoolean());
  }

  // ---- what a new subscriber gets

  private int appendRetained(long watch, QueueRef queue, String filter, Copy copy) {
    var wanted = List.of(new Request.WantedRetained(TopicFilter.ofMqtt(filter), copy));
    var found = shard.call(new ShardCall.ReadRetained("/", List.of(TopicFilter.ofMqtt(filter))));
    return shard.call(new ShardCall.AppendRetained(watch, queue, wanted, found));
  }

  @Test
  void aSubscriberGetsRetainedValuesWithTheMatchItAskedFor() {
    retain("a/1", "x");
    retain("a/2", "y");
    var queue = shard.queue("q");
    shard.prefetching(queue, 1, 10);
    long watch = ok(shard.call(new ShardCall.WatchLive(queue)));
    assertThat(appendRetained(watch, queue, "a/+", new Copy("none"))).isEqualTo(2);
    assertThat(shard.deliveries())
        .hasSize(2)
        .extracting(Delivery::match)
        .containsOnly(new Copy("none"));
  }

  @Test
  void aNewerLiveMessageIsNotFollowedByAnOlderRetainedOne() {
    retain("a/1", "old");
    retain("a/2", "only");
    var queue = shard.queue("q");
    shard.prefetching(queue, 1, 10);
    long watch = ok(shard.call(new ShardCall.WatchLive(queue)));
    shard.append(queue, value("a/1", "live", Properties.NONE));
    assertThat(appendRetained(watch, queue, "a/+", new Copy("none"))).isEqualTo(1);
    assertThat(shard.delivered()).containsExactly("live", "only");
  }

  @Test
  void aValueThatFoldsToNothingIsSkipped() {
    retain("a/1", "own");
    retain("a/2", "other");
    var queue = shard.queue("q");
    shard.prefetching(queue, 1, 10);
    long watch = ok(shard.call(new ShardCall.WatchLive(queue)));
    assertThat(appendRetained(watch, queue, "a/+", new Copy("own"))).isEqualTo(1);
    assertThat(shard.delivered()).containsExactly("other");
  }

  @Test
  void aWatchNotesLiveMessagesOnlyNotTheRetainedOnesOfAnother() {
    retain("a/1", "x");
    var queue = shard.queue("q");
    shard.prefetching(queue, 1, 10);
    long one = ok(shard.call(new ShardCall.WatchLive(queue)));
    long two = ok(shard.call(new ShardCall.WatchLive(queue)));
    assertThat(appendRetained(one, queue, "a/+", new Copy("none"))).isEqualTo(1);
    assertThat(appendRetained(two, queue, "#", new Copy("none"))).isEqualTo(1);
    assertThat(shard.delivered()).containsExactly("x", "x");
  }

  @Test
  void aWatchOnAQueueThatIsGoneIsRefusedAndItsValuesDropped() {
    retain("a/1", "x");
    var queue = shard.queue("q");
    long watch = ok(shard.call(new ShardCall.WatchLive(queue)));
    shard.call(new ShardCall.RemoveQueue(queue));
    assertThat(ShardHarness.refusal(shard.call(new ShardCall.WatchLive(queue))))
        .isEqualTo("NOT_FOUND no queue 'q' in vhost '/'");
    assertThat(appendRetained(watch, queue, "#", new Copy("none"))).isZero();
  }

  @Test
  void aSlowSubscriberGetsEveryRetainedValueThoughItsQueueKeepsAShortRunOnly() {
    shard = new ShardHarness(new MemoryStore(), new ShardLimits(5, 1_000, 1 << 20));
    for (int i = 0; i < 100; i++) {
      retain("a/" + i, "r" + i);
    }
    var queue = shard.queue(ShardHarness.spec("v", QueueKind.VOLATILE, Lifetime.EXCLUSIVE, false));
    var consumer = shard.consume(queue, 1, ShardHarness.options(CreditMode.GRANTED, 10));
    long watch = ok(shard.call(new ShardCall.WatchLive(queue)));
    assertThat(appendRetained(watch, queue, "#", new Copy("none"))).isEqualTo(100);
    assertThat(shard.deliveries()).hasSize(10);
    for (int i = 0; i < 7; i++) {
      shard.append(queue, "live" + i); // the last two find no room and nothing to drop
    }
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(2);
    shard.grant(consumer, 90, false);
    assertThat(shard.delivered()).hasSize(90).allMatch(text -> text.startsWith("r"));
    shard.append(queue, "live7"); // now the oldest goes
    shard.grant(consumer, 90, false);
    assertThat(shard.delivered()).containsExactly("live1", "live2", "live3", "live4", "live7");
  }

  @Test
  void retainedValuesDeliveredAtMostOnceWaitForAnAttachedConsumerHoweverMany() {
    shard = new ShardHarness(new MemoryStore(), new ShardLimits(5, 1_000, 1 << 20));
    MatchData atMostOnce = new AtMostOnce();
    for (int i = 0; i < 20; i++) {
      retain("a/" + i, "r" + i);
    }
    var queue = shard.queue("session");
    shard.consume(queue, 1, ShardHarness.options(CreditMode.GRANTED, 0));
    var wanted = List.of(new Request.WantedRetained(TopicFilter.ofMqtt("#"), atMostOnce));
    var found = shard.call(new ShardCall.ReadRetained("/", List.of(TopicFilter.ofMqtt("#"))));
    shard.call(new ShardCall.AppendRetained(0, queue, wanted, found));
    assertThat(shard.readyIn(queue)).isEqualTo(20);
    shard.append(queue, value("a/1", "live", Properties.NONE), List.of(atMostOnce));
    assertThat(shard.readyIn(queue)).as("live ones are dropped beyond the short run").isEqualTo(20);
  }

  @Test
  void aValueIsReplacedOnlyIfItIsStillTheOneThatWasRead() {
    Message first = value("a/b", "first", Properties.NONE);
    Message second = value("a/b", "second", Properties.NONE);
    assertThat(shard.call(new ShardCall.ReplaceRetained(second, first))).isFalse();
    assertThat(readMqtt("#")).isEmpty();
    assertThat(shard.call(new ShardCall.ReplaceRetained(first, null))).isTrue();
    assertThat(shard.call(new ShardCall.ReplaceRetained(second, null))).isFalse();
    assertThat(readMqtt("#")).containsExactly("a/b=first");
    assertThat(shard.call(new ShardCall.ReplaceRetained(second, first))).isTrue();
    assertThat(shard.call(new ShardCall.ReplaceRetained(value("a/b", "", Properties.NONE), first)))
        .isFalse();
    assertThat(shard.call(new ShardCall.ReplaceRetained(value("a/b", "", Properties.NONE), second)))
        .isTrue();
    assertThat(readMqtt("#")).isEmpty();
  }

  @Test
  void noMoreValuesAreCollectedThanAreAskedFor() {
    for (int i = 0; i < 20; i++) {
      retain("a/" + i, "r" + i);
      retain("b/" + "x/".repeat(70) + i, "deep");
    }
    for (String filter :
        List.of("#", "a/+", "b/" + "x/".repeat(70) + "+", "+/" + "+/".repeat(70) + "+")) {
      for (int most : new int[] {1, 7, 20}) {
        var call = new ShardCall.ReadRetained("/", List.of(TopicFilter.ofMqtt(filter)), most);
        assertThat(shard.call(call)).as(filter).hasSize(most);
      }
    }
    var both = List.<TopicFilter>of(TopicFilter.ofMqtt("a/#"), TopicFilter.ofMqtt("b/#"));
    assertThat(shard.call(new ShardCall.ReadRetained("/", both, 3)))
        .extracting(ShardCall.FoundRetained::filterIndex)
        .containsExactly(0, 0, 0, 1, 1, 1);
  }

  private record AtMostOnce() implements MatchData {
    @Override
    public MatchData fold(Message message, List<MatchData> matches) {
      return this;
    }

    @Override
    public boolean isAtMostOnce(Message message) {
      return true;
    }
  }
}
