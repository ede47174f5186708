package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.session;
import static io.serai.routing.queue.ShardHarness.texts;
import static io.serai.routing.queue.StreamHarness.numbered;
import static io.serai.routing.queue.StreamHarness.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamQueueTest {
  private final StreamHarness streams = new StreamHarness();
  private final ShardHarness shard = streams.shard;
  private final QueueRef stream = streams.stream;

  private static Message filtered(String text, String value) {
    Headers headers =
        value == null
            ? Headers.NONE
            : Headers.of(new Header("x-stream-filter-value", Value.of(value)));
    return new Message(
        Address.ofTopic(Topic.of("t", Spelling.SLASH)),
        new Encoding.Neutral(Properties.NONE, headers),
        Body.ofUtf8(text),
        ShardHarness.ORIGIN,
        0);
  }

  // ---- reading

  @Test
  void everyReaderGetsEverythingFromItsPlace() {
    shard.append(stream, numbered(0, 5));
    shard.turn();
    streams.read(1, StreamOffset.FIRST, 100);
    streams.read(2, new StreamOffset.At(3), 100);
    streams.read(3, StreamOffset.NEXT, 100);
    assertThat(streams.read()).containsExactlyInAnyOrder("m0", "m1", "m2", "m3", "m4", "m3", "m4");
    shard.append(stream, "new");
    assertThat(streams.read()).containsExactly("new", "new", "new");
    assertThat(shard.readyIn(stream)).isEqualTo(6);
  }

  @Test
  void theOffsetComesAmongTheHeadersAndAsTheDeliverysPlace() {
    shard.append(stream, numbered(0, 2));
    streams.read(1, StreamOffset.FIRST, 100);
    shard.append(stream, "live");
    List<Delivery> all = streams.settled();
    assertThat(all).extracting(Delivery::sequence).containsExactly(0L, 1L, 2L);
    assertThat(all)
        .extracting(delivery -> delivery.message().headers().first("x-stream-offset"))
        .containsExactly(new Value.Long(0), new Value.Long(1), new Value.Long(2));
    assertThat(all).noneMatch(Delivery::isRedelivered);
  }

  @Test
  void nothingIsShownBeforeItIsSynced() {
    streams.read(1, StreamOffset.NEXT, 100);
    shard.turn();
    shard.append(stream, "m");
    shard.host.isWoken = false;
    shard.shard.onTurnEnd(); // delivers first, then the streams are flushed
    assertThat(shard.host.events).isEmpty();
    assertThat(streams.read()).containsExactly("m");
  }

  @Test
  void publishersAreConfirmedOnceTheirMessagesAreSynced() {
    long batch = shard.publish(List.of(ShardHarness.message("m")), stream);
    assertThat(shard.host.events).isEmpty();
    shard.shard.onTurnEnd();
    assertThat(shard.host.events)
        .containsExactly(new SessionEvent.Appended(session(1), batch, List.of()));
  }

  @Test
  void aBatchForAStreamAndAQueueIsConfirmedWhenBothHaveIt() {
    QueueRef queue =
        shard.queue(ShardHarness.spec("q", QueueKind.CLASSIC, Lifetime.DURABLE, false));
    long batch = shard.publish(List.of(ShardHarness.durable("m")), stream, queue);
    shard.shard.onTurnEnd();
    assertThat(shard.host.events)
        .containsExactly(new SessionEvent.Appended(session(1), batch, List.of()));
    assertThat(shard.readyIn(queue)).isEqualTo(1);
    assertThat(shard.readyIn(stream)).isEqualTo(1);
  }

  @Test
  void lastIsWhatWasAppendedTogetherLast() {
    shard.append(stream, numbered(0, 3));
    shard.turn();
    shard.append(stream, numbered(3, 5));
    shard.turn();
    streams.read(1, StreamOffset.LAST, 100);
    assertThat(streams.read()).containsExactly("m3", "m4");
  }

  @Test
  void aReaderMayBeginAtATimeOrThatLongAgo() {
    shard.append(stream, "old");
    shard.turn();
    shard.advance(3_600_000);
    shard.append(stream, "young");
    shard.turn();
    shard.advance(60_000);
    streams.read(1, new StreamOffset.Ago(120_000), 100);
    assertThat(streams.read()).containsExactly("young");
    streams.read(2, new StreamOffset.Since(shard.host.nowMillis() - 3_700_000), 100);
    assertThat(streams.read()).containsExactly("old", "young");
    streams.read(3, new StreamOffset.Since(shard.host.nowMillis() + 1), 100);
    assertThat(streams.read()).as("nothing is that young yet").isEmpty();
    shard.append(stream, "next");
    assertThat(streams.read()).containsExactly("next", "next", "next");
  }

  @Test
  void anOffsetThatIsYetToComeIsWaitedFor() {
    streams.read(1, new StreamOffset.At(2), 100);
    shard.append(stream, numbered(0, 4));
    assertThat(streams.read()).containsExactly("m2", "m3");
  }

  @Test
  void acknowledgementsGiveCreditAndRemoveNothing() {
    shard.append(stream, numbered(0, 5));
    ConsumerRef reader = streams.read(1, StreamOffset.FIRST, 2);
    List<Delivery> two = streams.settled();
    assertThat(texts(two)).containsExactly("m0", "m1");
    shard.settle(Outcome.ACCEPTED, two.getFirst());
    shard.settle(Outcome.ACCEPTED, two.getFirst());
    assertThat(streams.read()).containsExactly("m2");
    shard.settle(Outcome.REJECTED, two.getLast());
    assertThat(streams.read()).as("any outcome gives credit").containsExactly("m3");
    shard.call(new ShardCall.Detach(reader));
    streams.read(2, StreamOffset.FIRST, 100);
    assertThat(streams.read()).containsExactly("m0", "m1", "m2", "m3", "m4");
  }

  @Test
  void aReturnedMessageIsNotDeliveredAgain() {
    shard.append(stream, "m0", "m1");
    streams.read(1, StreamOffset.FIRST, 1);
    shard.settle(Outcome.RETURNED, streams.settled());
    assertThat(streams.read()).containsExactly("m1");
  }

  @Test
  void creditThatIsDrainedComesBackAtTheEnd() {
    shard.append(stream, numbered(0, 2));
    shard.turn();
    ConsumerRef shared =
        shard.consume(
            stream,
            1,
            new ConsumerOptions(
                "ctag",
                false,
                false,
                0,
                CreditMode.SHARED,
                0,
                ConsumerView.ALL,
                StreamRead.from(StreamOffset.FIRST)));
    assertThat(shard.events()).containsExactly(new SessionEvent.Ready(session(1), shared));
    shard.grant(shared, 5, true);
    assertThat(shard.events()).as("the log is being read").isEmpty();
    shard.advance(0);
    List<SessionEvent> events = shard.events();
    assertThat(texts(ShardHarness.deliveriesIn(events))).containsExactly("m0", "m1");
    assertThat(events).contains(new SessionEvent.Drained(session(1), shared, 3));
    shard.append(stream, "m2");
    assertThat(shard.events()).containsExactly(new SessionEvent.Ready(session(1), shared));
  }

  // ---- filters

  @Test
  void filterValuesChooseWhatIsDelivered() {
    shard.append(stream, filtered("a0", "a"));
    shard.append(stream, filtered("b0", "b"));
    shard.append(stream, filtered("none", null));
    shard.turn();
    shard.consume(stream, 1, options(new StreamRead(StreamOffset.FIRST, Set.of("a"), false, 9), 9));
    assertThat(streams.read()).containsExactly("a0");
    shard.consume(
        stream, 2, options(new StreamRead(StreamOffset.FIRST, Set.of("a", "b"), true, 9), 9));
    assertThat(streams.read()).containsExactly("a0", "b0", "none");
    shard.append(stream, filtered("b1", "b"));
    assertThat(streams.read()).as("live messages, too").containsExactly("b1");
  }

  @Test
  void aSelectorChoosesAmongAll() {
    ConsumerView view =
        new ConsumerView("kind = 'b'", ConsumerView.Syntax.JMS, ConsumerView.Mode.TAKE);
    ConsumerOptions options =
        new ConsumerOptions(
            "ctag",
            false,
            false,
            0,
            CreditMode.PER_SETTLE,
            9,
            view,
            StreamRead.from(StreamOffset.FIRST));
    for (String kind : List.of("a", "b")) {
      shard.append(
          stream,
          ShardHarness.message(kind, Properties.NONE, 0)
              .reencoded(
                  new Encoding.Neutral(
                      Properties.NONE, Headers.of(new Header("kind", Value.of(kind))))));
    }
    shard.consume(stream, 1, options);
    assertThat(streams.read()).containsExactly("b");
  }

  // ---- retention

  @Test
  void whatRetentionTakesIsReadNoMore() {
    QueueRef small =
        shard.stream(
            "small",
            Value.of("x-max-length-bytes"),
            new Value.Int(400),
            Value.of("x-stream-max-segment-size-bytes"),
            new Value.Int(100));
    shard.append(small, numbered(0, 10));
    shard.turn();
    assertThat(shard.readyIn(small)).isLessThan(10).isPositive();
    shard.consume(small, 1, options(StreamRead.from(StreamOffset.FIRST), 100));
    List<Delivery> left = streams.settled();
    assertThat(left).hasSize((int) shard.readyIn(small));
    assertThat(left.getLast().sequence()).isEqualTo(9);
  }

  @Test
  void aPolicyMayChangeWhatIsKept() {
    QueueRef small =
        shard.stream("small", Value.of("x-stream-max-segment-size-bytes"), new Value.Int(100));
    shard.append(small, numbered(0, 10));
    shard.turn();
    assertThat(shard.readyIn(small)).isEqualTo(10);
    var limited =
        ShardHarness.spec(
            "small",
            QueueKind.CLASSIC,
            Lifetime.DURABLE,
            false,
            Value.of("x-queue-type"),
            Value.of("stream"),
            Value.of("x-stream-max-segment-size-bytes"),
            new Value.Int(100),
            Value.of("x-max-length-bytes"),
            new Value.Int(300));
    assertThat(ShardHarness.ok(shard.call(new ShardCall.Reconfigure(small, limited)))).isNotNull();
    shard.append(small, "one more");
    shard.turn();
    assertThat(shard.readyIn(small)).isLessThan(10);
  }

  // ---- what streams refuse

  @Test
  void readersMustAcknowledgeWithinALimit() {
    assertThat(streams.refused(options(StreamRead.NEXT, 0)))
        .isEqualTo(
            "PRECONDITION_FAILED consumer prefetch count is not set for stream queue 's' in vhost"
                + " '/'");
    assertThat(
            streams.refused(
                new ConsumerOptions(
                    "ctag",
                    true,
                    false,
                    0,
                    CreditMode.GRANTED,
                    9,
                    ConsumerView.ALL,
                    new StreamRead(StreamOffset.NEXT, Set.of(), true, 9))))
        .isEqualTo(
            "NOT_IMPLEMENTED automatic acknowledgement not supported by stream queue 's' in vhost"
                + " '/'");
    assertThat(
            streams.refused(
                new ConsumerOptions(
                    "ctag",
                    false,
                    false,
                    0,
                    CreditMode.SHARED,
                    0,
                    ConsumerView.ALL,
                    new StreamRead(StreamOffset.NEXT, Set.of(), true, 9))))
        .isEqualTo("NOT_IMPLEMENTED queue 's' in vhost '/' does not support global qos");
  }

  @Test
  void aSessionThatBoundsItselfNeedNotAcknowledge() {
    ConsumerOptions options =
        new ConsumerOptions(
            "ctag",
            true,
            false,
            0,
            CreditMode.GRANTED,
            2,
            ConsumerView.ALL,
            StreamRead.from(StreamOffset.FIRST));
    shard.append(stream, numbered(0, 3));
    shard.turn();
    ConsumerRef reader = shard.consume(stream, 1, options);
    assertThat(streams.read()).containsExactly("m0", "m1");
    shard.grant(reader, 2, false);
    assertThat(streams.read()).containsExactly("m2");
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void getAndPurgeAreNotForStreams() {
    assertThat(ShardHarness.refusal(shard.call(new ShardCall.Take(stream, session(1), false))))
        .isEqualTo(
            "NOT_IMPLEMENTED basic.get not supported by stream queues queue 's' in vhost '/'");
    assertThat(ShardHarness.refusal(shard.call(new ShardCall.Purge(stream))))
        .isEqualTo(
            "NOT_IMPLEMENTED queue.purge not supported by stream queues queue 's' in vhost '/'");
  }

  // ---- the end

  @Test
  void aReaderHasNoMoreFilterValuesThanAreCheap() {
    Set<String> values = IntStream.range(0, 257).mapToObj(n -> "v" + n).collect(Collectors.toSet());
    assertThat(streams.refused(options(new StreamRead(StreamOffset.FIRST, values, false, 10), 10)))
        .isEqualTo(
            "PRECONDITION_FAILED invalid arg 'x-stream-filter' for queue 's' in vhost '/': 257"
                + " values, at most 256 are taken; x-selector chooses by condition");
    values.remove("v0");
    shard.consume(stream, 1, options(new StreamRead(StreamOffset.FIRST, values, false, 10), 10));
  }

  @Test
  void aDeletedStreamCancelsItsReadersAndLetsGoOfEverything() {
    shard.append(stream, numbered(0, 10));
    ConsumerRef reader = streams.read(1, StreamOffset.FIRST, 3);
    assertThat(streams.settled()).hasSize(3);
    assertThat(shard.call(new ShardCall.RemoveQueue(stream))).isEqualTo(10);
    assertThat(shard.events()).contains(new SessionEvent.ConsumerCancelled(session(1), reader));
    assertThat(shard.shard.heldBytes()).isZero();
  }
}
